"""What the hub holds of one region's chain, in its own signed words: what the region sends again follows from it."""

import msgspec

from .canonical import canonical_bytes
from .signature import PublicKey, Purpose, SigningKey


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One chain as the hub holds it at `as_of` (UTC): its last link, and the runs (first, last) missing below it.

    `last_sequence` is 0 and `last_event` empty before the first event.
    """

    region: str
    last_sequence: int
    last_event: str
    gaps: tuple[tuple[int, int], ...]
    as_of: str
    key_id: str
    protocol: int = 1  # of a hub that names none
    signature: str = ""


def signed_standing(standing: Standing, key: SigningKey) -> Standing:
    """Return the standing with the hub's signature."""
    return msgspec.structs.replace(standing, signature=key.sign(Purpose.STANDING, _message(standing)))


def check_standing(standing: Standing, key: PublicKey) -> None:
    """Check the hub's signature; raises SignatureMismatch."""
    key.verify(Purpose.STANDING, _message(standing), standing.signature)


def _message(standing: Standing) -> bytes:
    return canonical_bytes(msgspec.structs.replace(standing, signature=""))
