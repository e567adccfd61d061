"""Marks of what stands at places: equal marks mean that nothing came and nothing was taken away meanwhile.

Rows of the projections are added at places in their region's chain that are used once, and taken away or emptied where
something is destroyed; so their number with the sum and the largest of those places, and how much reasons hold, tells
one state from another.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from hub import tables
from hub.intake.hold import open_to
from hub.serving.figures import readable
from schemas.canonical import sha256_hex
from schemas.codes import Audience

Mark = tuple[Hashable, ...]


def by_region(
    connection: Connection,
    reader: Audience,
    indicator: str,
    region_set: str,
    periods: Sequence[str],
    region: str | None,
    known_on: str | None,
) -> dict[str, Mark]:
    """Return the mark of each region's figures of one indicator in some periods, its name and corrections included."""
    found = tables.indicator_payload.c
    here = [found.indicator == indicator, found.region_set == region_set, found.period.in_(periods)]
    here += [found.audience.in_(readable(reader)), *open_to(reader, found, known_on)]
    here += [] if region is None else [found.region == region]
    here += [] if known_on is None else [found.accepted_at <= known_on]
    names, notes = _names(connection), _by_first(connection.execute(_joined_notes(here, found.region)))
    return {
        code: (*counted, names.get(code), notes.get(code))
        for code, *counted in map(tuple, connection.execute(_counted(found.region, found.sequence, here)))
    }


def by_period(places: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the indicators of each period."""
    found: dict[str, list[str]] = {}
    for indicator, period in places:
        found.setdefault(period, []).append(indicator)
    return found


def by_place(
    connection: Connection, reader: Audience, places: Iterable[tuple[str, str]], region_set: str
) -> dict[tuple[str, str], Mark]:
    """Return the mark of each indicator and period: figures, what took their places, the proof, the totals kept."""
    everybody = sha256_hex(repr(sorted(_names(connection).items())).encode())
    marks: dict[tuple[str, str], Mark] = {}
    for period, indicators in by_period(places).items():
        told = [_by_first(connection.execute(one)) for one in _statements(reader, indicators, period, region_set)]
        for indicator in indicators:
            marks[indicator, period] = (everybody, *(one.get(indicator) for one in told))
    return marks


def by_indicator(connection: Connection, reader: Audience, indicator: str, region_set: str) -> Mark:
    """Return the mark of all periods of an indicator in one set: figures, and what took the places of any."""
    found = tables.indicator_payload.c
    here = [found.indicator == indicator, found.region_set == region_set, found.audience.in_(readable(reader))]
    here += open_to(reader, found)
    told = _by_first(connection.execute(_counted(found.indicator, found.sequence, here)))
    notes = _by_first(connection.execute(_joined_notes(here[:2])))
    return told.get(indicator), notes.get(indicator)


def _counted(by: Any, sequence: Any, here: Iterable[ColumnElement[bool]]) -> Select[Any]:
    return select(by, func.count(), func.sum(sequence), func.max(sequence)).where(*here).group_by(by)


def _names(connection: Connection) -> dict[str, tuple[str, str]]:
    table = tables.region.c
    rows = connection.execute(select(table.code, table.name, table.region_set))
    return {row.code: (row.name, row.region_set) for row in rows}


def _notes(by: Any, here: Iterable[ColumnElement[bool]]) -> Select[Any]:
    """Ask for what took the places of events; a reason that was destroyed is shorter than it was."""
    took = tables.superseded.c
    return _counted(by, took.sequence, here).add_columns(func.sum(func.length(took.reason)))


def _joined_notes(here: Iterable[ColumnElement[bool]], by: Any = tables.indicator_payload.c.indicator) -> Select[Any]:
    found, took = tables.indicator_payload, tables.superseded
    return _notes(by, here).join_from(took, found, found.c.event_id == took.c.event_id)


def _statements(reader: Audience, indicators: Sequence[str], period: str, region_set: str) -> Iterator[Select[Any]]:
    """Yield what to ask of some indicators in a period: figures, what took their places, proofs, totals."""
    found = tables.indicator_payload
    here = (found.c.period == period, found.c.indicator.in_(indicators))
    seen = (found.c.audience.in_(readable(reader)), *open_to(reader, found.c))
    yield _counted(found.c.indicator, found.c.sequence, (*here, *seen))
    yield _joined_notes(here)
    yield from _replies(indicators, period)
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
