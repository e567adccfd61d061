"""The heads of all chains on one day, signed and chained by the hub: whoever compares them sees a second history."""

import msgspec

from .canonical import canonical_bytes, sha256_hex
from .envelope import CHAIN_START
from .signature import PublicKey, Purpose, SigningKey

FIRST_DAY_BEFORE = CHAIN_START  # the predecessor of a hub's first day


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last link of one region's chain."""

    region: str
    sequence: int
    event_id: str


class Heads(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All heads at `as_of` (UTC), by region; `previous` is the hash of the day before, so no day can be rewritten."""

    as_of: str
    previous: str
    heads: tuple[Head, ...]
    key_id: str
    signature: str = ""


def signed_heads(heads: Heads, key: SigningKey) -> Heads:
    """Return the heads with the hub's signature."""
    return msgspec.structs.replace(heads, signature=key.sign(Purpose.HEADS, _message(heads)))


def check_heads(heads: Heads, key: PublicKey) -> None:
    """Check the hub's signature; raises SignatureMismatch."""
    key.verify(Purpose.HEADS, _message(heads), heads.signature)


def heads_hash(heads: Heads) -> str:
    """Return the hash that the next day's heads name as their predecessor; it covers the signature."""
    return sha256_hex(canonical_bytes(heads))


def _message(heads: Heads) -> bytes:
    return canonical_bytes(msgspec.structs.replace(heads, signature=""))
