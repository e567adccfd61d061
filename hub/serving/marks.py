"""Marks of what stands at places: equal marks mean that nothing came and nothing was taken away meanwhile.

Rows of the projections are added at places in their region's chain that are used once, and taken away or emptied where
something is destroyed; so their number with the sum and the largest of those places, and how much reasons hold, tells
one state from another. What regions said is looked at again only where a chain has changed; what the hub worked out
itself, proofs and totals, is always asked for.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, select

from hub import tables
from hub.intake.hold import open_to
from hub.serving.chains import Chains
from hub.serving.figures import readable
from hub.serving.remembered import remembered
from schemas.codes import Audience

Mark = tuple[Hashable, ...]
_BYTES: Final = 700  # that a mark takes in memory, or a little less


def by_period(places: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the indicators of each period."""
    found: dict[str, list[str]] = {}
    for indicator, period in places:
        found.setdefault(period, []).append(indicator)
    return found


def by_place(
    connection: Connection, reader: Audience, places: Iterable[tuple[str, str]], region_set: str, standing: Chains
) -> dict[tuple[str, str], Mark]:
    """Return the mark of each indicator and period: figures, what took their places, the proof, the totals kept."""
    asked = list(places)
    said = _said(connection, reader, asked, standing)
    marks: dict[tuple[str, str], Mark] = {}
    for period, indicators in by_period(asked).items():
        told = [_by_first(connection.execute(one)) for one in _worked_out(reader, indicators, period, region_set)]
        for indicator in indicators:
            here = said[indicator, period]
            marks[indicator, period] = (standing.names, here, *(one.get(indicator) for one in told))
    return marks


def by_indicator(connection: Connection, reader: Audience, indicator: str, region_set: str, standing: Chains) -> Mark:
    """Return the mark of all periods of an indicator in one set: figures, and what took the places of any."""
    memory, key = remembered(connection), ("mark", reader, indicator, region_set)
    kept: Mark | None = memory.get(key, standing.mark)
    if kept is None:
        found = tables.indicator_payload.c
        here = [found.indicator == indicator, found.region_set == region_set, found.audience.in_(readable(reader))]
        here += open_to(reader, found)
        told = _by_first(connection.execute(_counted(found.indicator, found.sequence, here)))
        notes = _by_first(connection.execute(_joined_notes(here[:2])))
        kept = (told.get(indicator), notes.get(indicator))
        memory.keep(key, standing.mark, kept, _BYTES)
    return kept


def _said(
    connection: Connection, reader: Audience, places: Sequence[tuple[str, str]], standing: Chains
) -> dict[tuple[str, str], Mark]:
    """Return the mark of what regions said at each place, of all their sets."""
    memory = remembered(connection)
    kept = {place: memory.get(("mark", reader, *place), standing.mark) for place in places}
    found: dict[tuple[str, str], Mark] = {place: mark for place, mark in kept.items() if mark is not None}
    for period, indicators in by_period(place for place in kept if place not in found).items():
        told = [_by_first(connection.execute(one)) for one in _by_regions(reader, indicators, period)]
        for indicator in indicators:
            mark = tuple(one.get(indicator) for one in told)
            found[indicator, period] = mark
            memory.keep(("mark", reader, indicator, period), standing.mark, mark, _BYTES)
    return found


def _counted(by: Any, sequence: Any, here: Iterable[ColumnElement[bool]]) -> Select[Any]:
    return select(by, func.count(), func.sum(sequence), func.max(sequence)).where(*here).group_by(by)


def _notes(by: Any, here: Iterable[ColumnElement[bool]]) -> Select[Any]:
    """Ask for what took the places of events; a reason that was destroyed is shorter than it was."""
    took = tables.superseded.c
    return _counted(by, took.sequence, here).add_columns(func.sum(func.length(took.reason)))


def _joined_notes(here: Iterable[ColumnElement[bool]]) -> Select[Any]:
    found, took = tables.indicator_payload, tables.superseded
    return _notes(found.c.indicator, here).join_from(took, found, found.c.event_id == took.c.event_id)


def _by_regions(reader: Audience, indicators: Sequence[str], period: str) -> Iterator[Select[Any]]:
    """Yield what to ask of some indicators in a period: figures, what took their places, replies."""
    found = tables.indicator_payload.c
    here = (found.period == period, found.indicator.in_(indicators))
    seen = (found.audience.in_(readable(reader)), *open_to(reader, found))
    yield _counted(found.indicator, found.sequence, (*here, *seen))
    yield _joined_notes(here)
    yield from _replies(indicators, period)


def _worked_out(reader: Audience, indicators: Sequence[str], period: str, region_set: str) -> Iterator[Select[Any]]:
    """Yield what to ask of some indicators in a period: proofs, and totals."""
    done = tables.joint_audit.c
    proofs = select(done.indicator, done.scope, done.verdict, done.told_cuts, done.audited_at)
    yield proofs.where(done.period == period, done.indicator.in_(indicators), done.audience == reader)
    total = tables.shown_total.c
    kept = select(total.indicator, func.count(), func.count(total.numerator), func.max(total.id))
    of_reader = (total.audience == reader, total.region_set == region_set)
    yield kept.where(total.period == period, total.indicator.in_(indicators), *of_reader).group_by(total.indicator)


def _replies(indicators: Sequence[str], period: str) -> Iterator[Select[Any]]:
    """Yield what to ask of replies, what took their places, and figures that wait for replies."""
    said, took, held, found = tables.reply, tables.superseded, tables.held_figure, tables.indicator_payload
    here = (said.c.period == period, said.c.indicator.in_(indicators))
    yield _counted(said.c.indicator, said.c.sequence, here)
    yield _notes(said.c.indicator, here).join_from(took, said, said.c.event_id == took.c.event_id)
    waits = (held.c.opened_at.is_(None), found.c.period == period, found.c.indicator.in_(indicators))
    counted = _counted(found.c.indicator, found.c.sequence, waits)
    yield counted.join_from(held, found, found.c.event_id == held.c.event_id)


def _by_first(rows: Any) -> dict[str, Mark]:
    return {first: tuple(rest) for first, *rest in map(tuple, rows)}
