"""What the hub answers: a signed receipt per event, or a refusal with its reason and remedy.

A receipt is signed by itself, or together with others: then its signature is over the root of a tree of which it is a
leaf, and it carries the path that leads there. Either verifies alone, without the others and without the hub.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

import msgspec

from . import merkle
from .canonical import NotCanonical, canonical_bytes
from .signature import PublicKey, Purpose, SignatureMismatch, SigningKey

SIGNED_TOGETHER_SINCE: Final = 2  # the first protocol that reads receipts with a place in a batch
_LARGE: Final = 2**53  # schemas.canonical takes no such number
_ROOTS_REMEMBERED: Final = 4096  # signatures that held; what did not hold is looked at again
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_encoder = msgspec.json.Encoder(order="sorted")


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a receipt stands among those that were signed together: its index, how many there are, and its path.

    The path is that of schemas.merkle, from the leaf upwards, 64 hexadecimal digits a step.
    """

    index: int
    size: int
    path: tuple[str, ...]


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hub's signed word that it holds an event; `accepted_at` is UTC and is what *as known on* means.

    With a `batch` the signature is over the root that its path leads to, without one over the receipt itself.
    """

    event_id: str
    region: str
    sequence: int
    accepted_at: str
    key_id: str
    signature: str = ""
    batch: Place | msgspec.UnsetType = msgspec.UNSET

    def says_the_same(self, other: "Receipt") -> bool:
        """Tell whether both say the same of the same event, in whichever way each is signed."""
        return _message(self) == _message(other)


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
    """Return the receipt with the hub's signature over it alone."""
    message = _message(receipt)
    return msgspec.structs.replace(receipt, signature=key.sign(Purpose.RECEIPT, message), batch=msgspec.UNSET)


def leaf_hash(receipt: Receipt) -> bytes:
    """Return the hash (32 bytes) under which a receipt stands in the tree of its batch."""
    return merkle.leaf_hash(_message(receipt))


def sign_together(region: str, leaves: Sequence[bytes], key: SigningKey) -> tuple[str, list[Place]]:
    """Return one signature over receipts of one region, and the place of each, from their leaf hashes, at least one."""
    root, paths = merkle.root_and_proofs(leaves)
    signature = key.sign(Purpose.RECEIPTS, _root_message(region, key.public.key_id, len(leaves), root))
    return signature, _places(paths)


def places(leaves: Sequence[bytes]) -> list[Place]:
    """Return the place of each of the receipts that were signed together, from their leaf hashes."""
    return _places(merkle.root_and_proofs(leaves)[1])


def understood(answer: Answer, protocol: int, key: SigningKey) -> Answer:
    """Return an answer in a form that a side of this protocol reads, by this hub's own signature where that differs."""
    receipt = answer.receipt
    if receipt is None or receipt.batch is msgspec.UNSET or protocol >= SIGNED_TOGETHER_SINCE:
        return answer
    alone = msgspec.structs.replace(receipt, key_id=key.public.key_id)
    return msgspec.structs.replace(answer, receipt=issued(alone, key))


def check_receipt(receipt: Receipt, key: PublicKey) -> None:
    """Check the hub's signature, over the receipt or over its batch; raises SignatureMismatch."""
    try:
        message = _message(receipt)
    except NotCanonical as error:
        raise SignatureMismatch(f"The receipt cannot have been signed. {error}") from error
    if receipt.batch is msgspec.UNSET:
        key.verify(Purpose.RECEIPT, message, receipt.signature)
    else:
        root = _root_of(message, receipt.batch)
        _check_root(key, _root_message(receipt.region, receipt.key_id, receipt.batch.size, root), receipt.signature)


def _root_of(message: bytes, place: Place) -> str:
    if place.size >= _LARGE or not all(_HASH.fullmatch(step) for step in place.path):
        raise SignatureMismatch("The receipt's place in its batch is not in its one form.")
    try:
        return merkle.implied_root(message, place.index, place.size, place.path)
    except merkle.NotInBundle as error:
        raise SignatureMismatch("The receipt's path is not one through a batch of its size.") from error


@lru_cache(_ROOTS_REMEMBERED)  # one batch's signature is carried by each of its receipts
def _check_root(key: PublicKey, message: bytes, signature: str) -> None:
    key.verify(Purpose.RECEIPTS, message, signature)


def _places(paths: Sequence[tuple[str, ...]]) -> list[Place]:
    return [Place(index, len(paths), path) for index, path in enumerate(paths)]


def _root_message(region: str, key_id: str, size: int, root: str) -> bytes:
    return canonical_bytes({"key_id": key_id, "region": region, "root": root, "size": size})


def _message(receipt: Receipt) -> bytes:
    unsigned = receipt
    if receipt.signature or receipt.batch is not msgspec.UNSET:
        unsigned = msgspec.structs.replace(receipt, signature="", batch=msgspec.UNSET)
    if type(receipt.sequence) is int and 0 <= receipt.sequence < _LARGE:
        try:
            return _encoder.encode(unsigned)  # of texts and one small number, sorted JSON is canonical already
        except UnicodeEncodeError:
            return canonical_bytes(unsigned)  # which says what is wrong
    return canonical_bytes(unsigned)


def _refusal_message(answer: Answer) -> bytes:
    return canonical_bytes({"event_id": answer.event_id, "reason": answer.reason, "detail": answer.detail})
