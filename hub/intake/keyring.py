"""Which of a region's keys hold at which place of its chain, and with what a signature by another key is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import Connection, bindparam, select

from hub.intake.refusal import Refusal
from hub.tables import key, region
from schemas.signature import PublicKey

_KEYS: Final = select(key.c.region, key.c.key_id, key.c.hex, key.c.use, key.c.from_sequence, key.c.until_sequence)
_SETS: Final = select(region.c.code, region.c.region_set, region.c.awaiting)
_KEYS_NAMED: Final = _KEYS.where(key.c.region.in_(bindparam("codes", expanding=True)))
_SETS_NAMED: Final = _SETS.where(region.c.code.in_(bindparam("codes", expanding=True)))


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
    query, sets, named = _KEYS, _SETS, {}
    if codes is not None:
        query, sets, named = _KEYS_NAMED, _SETS_NAMED, {"codes": sorted(codes)}
    rings: dict[str, tuple[dict[str, HeldKey], dict[str, HeldKey]]] = {}
    for row in connection.execute(query, named):
        service, reviewers = rings.setdefault(row.region, ({}, {}))
        ring = service if row.use == "service" else reviewers
        ring[row.key_id] = HeldKey(PublicKey(row.hex), row.from_sequence, row.until_sequence)
    about = {row.code: (row.region_set, row.awaiting is not None) for row in connection.execute(sets, named)}
    return {code: RegionKeys(service, reviewers, *about[code]) for code, (service, reviewers) in rings.items()}
