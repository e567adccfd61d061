"""Check a bundle beside what other regions published: two that overlap can each be safe and leak together.

The model is `schemas.joint`, as at the hub; the solver is this side's own. Only figures counted here are checked: what
was public before stays public.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from sqlalchemy import Connection, select

from node.audit import AuditEntry, record, timestamp
from node.tables import audit_log
from schemas.delivery import TransportRefused, TransportUnavailable
from schemas.joint import (
    Cut,
    Finding,
    Joint,
    Neighbourhood,
    NeighbourhoodOf,
    Part,
    Publication,
    Row,
    in_pairs,
    joint,
    narrowest,
    split,
    taken,
)  # fmt: skip
from schemas.payloads import Computed, IndicatorCorrected, IndicatorPublished
from schemas.upcast import read_payload

from .candidate import FrozenBundle
from .disclosure.program import LinearProgram
from .refusal import ReleaseRefused

CHECKED: Final = "bundle.checked_beside_others"
HOLDS: Final = timedelta(days=1)  # that a check counts; others go on publishing meanwhile
_LARGEST_PART: Final = 20_000  # unknown figures that hang together, as in protection


class NeighboursReveal(ReleaseRefused):
    """Figures that would, beside what others published, tell what a region hid."""


class NeighboursNotAsked(ReleaseRefused):
    """Computed figures that nobody has held against what others published."""


class NeighboursTooMany(ReleaseRefused):
    """More figures hang together across regions than can be checked."""


def gathered(bundle: FrozenBundle, ask: NeighbourhoodOf) -> NeighbourhoodOf:
    """Ask about every computed figure now, and return what gives the answers, or the failure, again."""
    answers: dict[tuple[str, str], Neighbourhood | TransportUnavailable | TransportRefused] = {}
    for one in _computed(bundle):
        try:
            answers[one.indicator, one.period] = ask(one.indicator, one.period)
        except (TransportUnavailable, TransportRefused) as error:
            answers[one.indicator, one.period] = error

    def answer(indicator: str, period: str) -> Neighbourhood:
        found = answers[indicator, period]
        if isinstance(found, Neighbourhood):
            return found
        raise found

    return answer


def check(
    connection: Connection, bundle: FrozenBundle, region: str, region_set: str, ask: NeighbourhoodOf, entry: AuditEntry
) -> int:
    """Hold a bundle's computed figures against other regions' and keep that it was done; return how many there were.

    Where the hub cannot be asked, an earlier check of the same copy counts for a day. Raises NeighboursReveal,
    NeighboursNotAsked or NeighboursTooMany.
    """
    own = tuple(_computed(bundle))
    if not own:
        return 0
    try:
        for indicator, period in sorted({(one.indicator, one.period) for one in own}):
            new = [one for one in own if (one.indicator, one.period) == (indicator, period)]
            _check_one(new, region, region_set, ask)
    except (TransportUnavailable, TransportRefused) as error:
        if _was_checked(connection, bundle, entry.at):
            return len(own)
        raise NeighboursNotAsked(
            f"{str(error).rstrip('.')}. So it is not known what other regions published, and computed figures are not "
            "signed without; publish the bundle again once the hub answers."
        ) from error
    record(connection, AuditEntry(entry.actor, CHECKED, bundle.id, entry.at, bundle.root))
    return len(own)


def require_checked(connection: Connection, bundle: FrozenBundle, now: datetime) -> None:
    """Raise NeighboursNotAsked where a bundle with computed figures was not checked within a day."""
    if any(_computed(bundle)) and not _was_checked(connection, bundle, now):
        raise NeighboursNotAsked(
            f"Bundle {bundle.id} holds computed figures that were not held against other regions' within a day; "
            "publish it with `python -m node release publish`, which asks the hub."
        )


def _was_checked(connection: Connection, bundle: FrozenBundle, now: datetime) -> bool:
    log = audit_log.c
    found = select(log.at).where(
        log.action == CHECKED, log.subject == bundle.id, log.detail == bundle.root, log.at >= timestamp(now - HOLDS)
    )
    return connection.execute(found.limit(1)).first() is not None


def _computed(bundle: FrozenBundle) -> Iterator[IndicatorPublished]:
    for item in bundle.items:
        payload = read_payload(item.type, item.payload) if item.payload else None
        figures = payload.figures if isinstance(payload, IndicatorCorrected) else payload
        if isinstance(figures, IndicatorPublished) and isinstance(figures.origin, Computed):
            yield figures


def _check_one(new: Sequence[IndicatorPublished], region: str, region_set: str, ask: NeighbourhoodOf) -> None:
    first = new[0]
    around = ask(first.indicator, first.period)
    sets = {name: tuple(codes) for name, codes in around.sets.items()}
    if region not in sets.get(region_set, ()):
        sets[region_set] = (*sets.get(region_set, ()), region)
    added = tuple(Publication(f"new {place}", region, region_set, one) for place, one in enumerate(new))
    after = _findings((*around.publications, *added), sets)
    if not after:
        return
    mine = tuple(one for one in around.publications if one.region == region)
    worse = taken(after, _findings(around.publications, sets))
    worse = taken(worse, _findings((*mine, *added), sets))  # protection looked at these
    if worse:
        raise NeighboursReveal(_sentence(first, region, worse, around.publications))


def _sentence(
    one: IndicatorPublished, region: str, worse: Sequence[Finding], publications: Sequence[Publication]
) -> str:
    finding = next((found for found in worse if found.hidden.region == region), worse[0])
    key, whose = finding.hidden.key, finding.hidden.region
    others = sorted({other.region for other in publications if other.region not in (region, whose)} or {whose})
    figure = "this region hides" if whose == region else f"region {whose} hides"
    return (
        f"{one.indicator} {one.period}: beside what {', '.join(others)} published, the figure that {figure} for "
        f"{key.area}{_cut(key.cut)} could be worked out ({len(worse)} such in all); prepare the bundle without the "
        "areas that both regions have, or without this indicator, and let it be reviewed again."
    )


def _cut(cut: Cut) -> str:
    return "".join(f", {dimension} {node}" for dimension, node in cut)


def _findings(publications: Sequence[Publication], sets: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Return the hidden figures with too little room; where figures contradict each other, those of pairs that fit."""
    found, contradicted = _audited(joint(publications, (), sets))
    for some in in_pairs([one for one in publications if one.event_id in contradicted]):
        more, _ = _audited(joint(some, (), sets))  # those that contradict each other count other persons
        found += more
    return narrowest(found)


def _audited(model: Joint) -> tuple[list[Finding], set[str]]:
    """Look at the parts in which more than one event speaks; return also the events that contradict each other.

    Raises NeighboursTooMany.
    """
    found: list[Finding] = []
    contradicted: set[str] = set()
    for part in split(model):
        if not part.is_joint:
            continue
        if len(part.low) > _LARGEST_PART:
            raise NeighboursTooMany(
                f"{len(part.low)} unknown figures of several regions hang together, more than the {_LARGEST_PART} that "
                "can be checked; release coarser areas."
            )
        try:
            solved = _Ends(part)
        except _Contradicted:
            contradicted |= part.told_by
            continue
        for place, hidden in part.hidden:
            low, high = solved.of(place)
            if hidden.is_reopened(low, high):
                found.append(Finding(hidden, low, high))
    return found, contradicted


class _Contradicted(ValueError):
    """Figures that cannot all hold of the same persons."""


class _Ends:
    """The least and the largest value of each unknown figure of a part."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._low, self._high = np.array(part.low, dtype=np.float64), np.array(part.high, dtype=np.float64)
        self._program = self._holding()

    def of(self, place: int) -> tuple[float, float]:
        if self._program is None:
            return float(self._low[place]), float(self._high[place])
        ends = []
        for sign in (1.0, -1.0):
            solution = self._program.minimise(np.array([place]), np.array([sign]))
            ends.append(-sign * math.inf if solution is None else float(solution[place]))
        return ends[0], ends[1]

    def _holding(self) -> LinearProgram | None:
        """Return the equations that hold together; those that are presumed only where they can."""
        certain = [row for row in self._part.rows if not row.presumed]
        presumed = [row for row in self._part.rows if row.presumed]
        if not self._part.rows:
            return None
        everything = self._made(certain + presumed)
        if _is_feasible(everything):
            return everything
        kept = certain
        for row in presumed:
            if _is_feasible(self._made([*kept, row])):
                kept = [*kept, row]
        program = self._made(kept)
        if not _is_feasible(program):
            raise _Contradicted
        return program if kept else None

    def _made(self, rows: Sequence[Row]) -> LinearProgram:
        entries: list[Mapping[int, int]] = [row.coefficients for row in rows]
        start = np.concatenate([[0], np.cumsum([len(one) for one in entries])]).astype(np.int64)
        column = np.array([number for one in entries for number in one], dtype=np.int64)
        coefficient = np.array([value for one in entries for value in one.values()], dtype=np.float64)
        right = np.array([row.right for row in rows], dtype=np.float64)
        program = LinearProgram(start, column, coefficient, len(self._low), right)
        program.bound(self._low, self._high)
        return program


def _is_feasible(program: LinearProgram) -> bool:
    nothing = np.array([], dtype=np.int64)
    return program.minimise(nothing, np.array([], dtype=np.float64)) is not None
