"""What the hub answers: a signed receipt per event, or a refusal with its reason and remedy."""

from typing import Literal

import msgspec

from .canonical import canonical_bytes
from .signature import PublicKey, Purpose, SigningKey


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hub's signed word that it holds an event; `accepted_at` is UTC and is what *as known on* means."""

    event_id: str
    region: str
    sequence: int
    accepted_at: str
    key_id: str
    signature: str = ""


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The hub's answer to one delivered event; accepted and duplicate carry the receipt, refused the reason."""

    event_id: str
    outcome: Literal["accepted", "duplicate", "refused"]
    reason: str | None = None
    detail: str | None = None
    receipt: Receipt | None = None


def issued(receipt: Receipt, key: SigningKey) -> Receipt:
    """Return the receipt with the hub's signature."""
    return msgspec.structs.replace(receipt, signature=key.sign(Purpose.RECEIPT, _message(receipt)))


def check_receipt(receipt: Receipt, key: PublicKey) -> None:
    """Check the hub's signature; raises SignatureMismatch."""
    key.verify(Purpose.RECEIPT, _message(receipt), receipt.signature)


def _message(receipt: Receipt) -> bytes:
    return canonical_bytes(msgspec.structs.replace(receipt, signature=""))
