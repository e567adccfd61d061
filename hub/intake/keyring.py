"""Which of a region's keys hold at which place of its chain, and with what a signature by another key is refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, Select, select

from connectors.database import Asked, among, listed
from hub.intake.refusal import Refusal
from hub.tables import key, region
from schemas.signature import PublicKey

_KEYS: Final = select(
    *(key.c.region, key.c.key_id, key.c.hex, key.c.use, key.c.from_sequence, key.c.until_sequence),
    *(region.c.region_set, region.c.awaiting.is_not(None)),
).join_from(key, region)


class KeyUnknown(Refusal):
    """A signature by a key that this region did not enrol for this use, or that holds only from a later event on."""

    reason: ClassVar = "unknown_key"


class KeyHoldsNoLonger(Refusal):
    """An event behind the revocation of the key that signed it."""

    reason: ClassVar = "key_revoked"


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A verifying key and the stretch of its region's chain in which it holds: from <= sequence < until."""

    key: PublicKey
    from_sequence: int
    until_sequence: int | None  # None: it holds on

    def holds_at(self, sequence: int) -> bool:
        """Tell whether the key holds at this place of the chain."""
        return self.from_sequence <= sequence and (self.until_sequence is None or sequence < self.until_sequence)


@dataclass(frozen=True, slots=True)
class RegionKeys:
    """A region's keys by key id, per use, revoked ones included, the set it was enrolled in, and whether they count."""

    service: Mapping[str, HeldKey]
    reviewers: Mapping[str, HeldKey]
    region_set: str
    awaiting: bool = False  # nobody has compared the fingerprint yet

    def signer(self, code: str, key_id: str, sequence: int) -> PublicKey:
        """Return the service key that signed the event at a place; raises KeyUnknown or KeyHoldsNoLonger."""
        held = self.service.get(key_id)
        if held is None or sequence < held.from_sequence:
            raise KeyUnknown(
                f"Key {key_id} is not a service key of {code} that holds at place {sequence}; send its key event first."
            )
        if not held.holds_at(sequence):
            raise KeyHoldsNoLonger(
                f"Key {key_id} of {code} was revoked before place {sequence}; sign with a key that holds."
            )
        return held.key

    def approver(self, code: str, key_id: str, sequence: int) -> HeldKey | None:
        """Return the reviewer's key behind an approval, None where it does not hold at this place and so counts for
        nothing; raises KeyUnknown.
        """
        held = self.reviewers.get(key_id)
        if held is None:
            raise KeyUnknown(
                f"Approval key {key_id} is not an enrolled reviewer key of {code}; send its key event first."
            )
        return held if held.holds_at(sequence) else None


def keyring(connection: Connection, codes: Iterable[str] | None = None) -> dict[str, RegionKeys]:
    """Return the keys and the set of every region that has keys, or of the regions named."""
    if codes is None:
        return found_keys(connection.execute(_KEYS))
    return found_keys(connection.execute(*asked_keys(connection.dialect.name, codes)))


def asked_keys(dialect: str, codes: Iterable[str]) -> Asked:
    """Return what to ask for the keys of regions; `found_keys` takes the answer."""
    return _keys_of(dialect), {"codes": listed(dialect, codes)}


@cache
def _keys_of(dialect: str) -> Select[Any]:
    return _KEYS.where(among(dialect, key.c.region, "codes"))


def found_keys(rows: Iterable[Sequence[Any]]) -> dict[str, RegionKeys]:
    """Make rings of the rows."""
    rings: dict[str, tuple[dict[str, HeldKey], dict[str, HeldKey]]] = {}
    about: dict[str, tuple[str, bool]] = {}
    for code, key_id, hex_, use, from_sequence, until_sequence, region_set, awaits in rows:
        service, reviewers = rings.setdefault(code, ({}, {}))
        ring = service if use == "service" else reviewers
        ring[key_id] = HeldKey(PublicKey(hex_), from_sequence, until_sequence)
        about[code] = region_set, bool(awaits)
    return {code: RegionKeys(service, reviewers, *about[code]) for code, (service, reviewers) in rings.items()}
