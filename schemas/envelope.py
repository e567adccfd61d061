"""The signed envelope: what a region's chain consists of, and what anyone may fetch.

It carries no figure and no title: a salted payload hash, an opaque subject, the reviewers' approvals, and the hash
of its predecessor. Its own hash is the event's id.
"""

import hashlib
from typing import Final

import msgspec

from . import merkle
from .canonical import NotCanonical, canonical_bytes, parse_canonical, sha256_hex
from .codes import Audience, EventType
from .signature import PublicKey, Purpose, SigningKey

CHAIN_START: Final = "0" * 64  # the predecessor of a region's first envelope
SALT_BYTES: Final = 32
_encoder = msgspec.json.Encoder()


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reviewer's signature over the bundle's root; `key_id` names the reviewer's own key."""

    key_id: str
    signature: str


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The release bundle an event belongs to: Merkle root, its place, the bundle's size and the inclusion proof."""

    root: str
    index: int
    size: int
    path: tuple[str, ...]


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One link of a region's chain; `signature` is the region's service key over everything else."""

    region: str
    sequence: int
    previous: str
    type: EventType
    subject: str
    time: str
    audience: Audience
    payload_hash: str
    key_id: str
    bundle: Bundle
    approvals: tuple[Approval, ...]
    signature: str = ""


def payload_hash(salt: bytes, payload: bytes) -> str:
    """Return sha256(salt || payload) in hex; the salt keeps small numbers from being guessed."""
    return hashlib.sha256(salt + payload).hexdigest()


class _Item(msgspec.Struct):
    """One bundle item as the reviewers approve it; the fields stand in the order of canonical JSON, all are texts."""

    audience: str
    payload_hash: str
    subject: str
    type: str


def bundle_leaf(type_: str, subject: str, audience: Audience, hash_: str) -> bytes:
    """Return the bytes of one bundle item as the reviewers approve it; raises NotCanonical."""
    item = _Item(audience, hash_, subject, type_)
    try:
        return _encoder.encode(item)
    except UnicodeEncodeError:
        return canonical_bytes(item)  # which says what is wrong


def approval_message(region: str, root: str, size: int) -> bytes:
    """Return the bytes a reviewer signs: the region, the frozen copy's root, the number of its items."""
    return canonical_bytes({"region": region, "root": root, "size": size})


def signing_message(envelope: Envelope) -> bytes:
    """Return the canonical envelope without its signature: the bytes the region signs."""
    return canonical_bytes(msgspec.structs.replace(envelope, signature=""))


def signed(envelope: Envelope, key: SigningKey) -> Envelope:
    """Return the envelope with the region's signature."""
    return msgspec.structs.replace(envelope, signature=key.sign(Purpose.ENVELOPE, signing_message(envelope)))


def event_id(envelope: Envelope) -> str:
    """Return the event's id: the SHA-256 of the whole envelope, its signature included."""
    return sha256_hex(canonical_bytes(envelope))


def parse_envelope(data: bytes) -> Envelope:
    """Read canonical envelope bytes; raises NotCanonical."""
    parse_canonical(data)
    try:
        return msgspec.json.decode(data, type=Envelope)
    except msgspec.ValidationError as error:
        raise NotCanonical(f"The envelope does not fit its schema: {error}.") from error


def check_signature(envelope: Envelope, key: PublicKey) -> None:
    """Check the region's signature; raises SignatureMismatch."""
    key.verify(Purpose.ENVELOPE, signing_message(envelope), envelope.signature)


def check_in_bundle(envelope: Envelope) -> None:
    """Check that the event is part of the bundle its approvals cover; raises NotInBundle."""
    leaf = bundle_leaf(envelope.type, envelope.subject, envelope.audience, envelope.payload_hash)
    bundle = envelope.bundle
    try:
        merkle.check(leaf, bundle.index, bundle.size, bundle.path, bundle.root)
    except ValueError as error:
        raise merkle.NotInBundle(str(error)) from error
