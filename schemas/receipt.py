"""What the hub answers: a signed receipt per event, or a refusal with its reason and remedy."""

from typing import Final, Literal

import msgspec

from .canonical import canonical_bytes
from .signature import PublicKey, Purpose, SignatureMismatch, SigningKey

_LARGE: Final = 2**53  # schemas.canonical takes no such number
_encoder = msgspec.json.Encoder(order="sorted")


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hub's signed word that it holds an event; `accepted_at` is UTC and is what *as known on* means."""

    event_id: str
    region: str
    sequence: int
    accepted_at: str
    key_id: str
    signature: str = ""


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The hub's answer to one delivered event; accepted and duplicate carry the receipt, refused a signed reason."""

    event_id: str
    outcome: Literal["accepted", "duplicate", "refused"]
    reason: str | None = None
    detail: str | None = None
    receipt: Receipt | None = None
    signature: str | None = None  # of a refusal, by the hub; an acceptance is signed in its receipt


def refused(event_id: str, reason: str, detail: str, key: SigningKey) -> Answer:
    """Return a refusal with the hub's signature, so that nobody on the way can make one up."""
    answer = Answer(event_id, "refused", reason, detail)
    return msgspec.structs.replace(answer, signature=key.sign(Purpose.REFUSAL, _refusal_message(answer)))


def check_answer(answer: Answer, key: PublicKey) -> None:
    """Check that the hub said this of this event; raises SignatureMismatch."""
    if answer.outcome == "refused":
        key.verify(Purpose.REFUSAL, _refusal_message(answer), answer.signature or "")
    elif answer.receipt is None or answer.receipt.event_id != answer.event_id:
        raise SignatureMismatch(
            f"The answer to event {answer.event_id} carries no receipt for it; tell the hub's team."
        )
    else:
        check_receipt(answer.receipt, key)


def issued(receipt: Receipt, key: SigningKey) -> Receipt:
    """Return the receipt with the hub's signature."""
    return msgspec.structs.replace(receipt, signature=key.sign(Purpose.RECEIPT, _message(receipt)))


def check_receipt(receipt: Receipt, key: PublicKey) -> None:
    """Check the hub's signature; raises SignatureMismatch."""
    key.verify(Purpose.RECEIPT, _message(receipt), receipt.signature)


def _message(receipt: Receipt) -> bytes:
    unsigned = msgspec.structs.replace(receipt, signature="") if receipt.signature else receipt
    if type(receipt.sequence) is int and 0 <= receipt.sequence < _LARGE:
        try:
            return _encoder.encode(unsigned)  # of texts and one small number, sorted JSON is canonical already
        except UnicodeEncodeError:
            return canonical_bytes(unsigned)  # which says what is wrong
    return canonical_bytes(unsigned)


def _refusal_message(answer: Answer) -> bytes:
    return canonical_bytes({"event_id": answer.event_id, "reason": answer.reason, "detail": answer.detail})
