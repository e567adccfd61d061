"""Regions that have no figure in a comparison: what they said last, of which period, and how long ago."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from hub import tables
from hub.comparison.scale import shown
from hub.comparison.stored import cell_of
from hub.intake.hold import open_to
from hub.serving.as_compared import stored_of
from hub.serving.figures import AcceptedIndicator, readable, states
from hub.serving.published import sets
from schemas.catalogue import counts_as
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition
from schemas.payloads import TakenOver
from schemas.values import Exact, Rounded, Suppressed, TypedValue

_LETTERS: Final = ("Q", "W")  # in what quarters and weeks are called
MOST_PASSED_OVER: Final = 12  # periods


class LastKnown(msgspec.Struct, frozen=True):
    """A region without a figure of the period: its newest earlier one, in the indicator's unit, without a verdict.

    `shown` is None where that was hidden. `age_days` counts from the hub's acceptance of it.
    """

    region: str
    name: str
    period: str
    value: TypedValue
    shown: Decimal | None
    accepted_at: str
    age_days: int
    event_id: str
    definition_hash: str
    taken_over: bool


def last_known(
    connection: Connection,
    reader: Audience,
    definition: IndicatorDefinition,
    place: tuple[str, str],
    cut: Mapping[str, str],
    there: Collection[str],
    moment: str,
    known_on: str | None,
) -> tuple[LastKnown, ...]:
    """Return by name the regions of a set that are not `there` at a period (`place`: period, set) and were before.

    Only what this reader may see, of this definition and of periods of the same length. A period whose figure was taken
    back, or has none of this cut, is passed over, of a region `MOST_PASSED_OVER` at most: a request has an end.
    """
    period, region_set = place
    missing = set(sets(connection).get(region_set, ())) - set(there)
    here = tables.indicator_payload.c
    of_set = (here.indicator == definition.id, here.region_set == region_set)
    found: list[LastKnown] = []
    before = dict.fromkeys(missing, period)
    for _ in range(MOST_PASSED_OVER + 1):
        before = _before(connection, reader, of_set, before, known_on)
        if not before:
            break
        at = or_(*(and_(here.region == region, here.period == last) for region, last in before.items()))
        said = states(connection, reader, (*of_set, at), known_on)
        last = [one for state in said.values() if (one := _said(definition, state, cut, moment)) is not None]
        found += last
        before = {region: before[region] for region in set(before) - {one.region for one in last}}
    return tuple(sorted(found, key=lambda one: (one.name, one.region)))


def _before(
    connection: Connection,
    reader: Audience,
    of_set: tuple[ColumnElement[bool], ...],
    periods: Mapping[str, str],
    known_on: str | None,
) -> dict[str, str]:
    """Return of each region the newest period of the same length before its own; they sort as they are written."""
    if not periods:
        return {}
    column = tables.indicator_payload.c
    earlier = [
        and_(column.period < period, column.region.in_([name for name, its in periods.items() if its == period]))
        for period in sorted(set(periods.values()))
    ]
    alike = _alike(column.period, next(iter(periods.values())))
    query = (
        select(column.region, func.max(column.period).label("period"))
        .where(*of_set, or_(*earlier), *alike, column.audience.in_(readable(reader)))
        .where(*open_to(reader, column, known_on))
        .group_by(column.region)
    )
    if known_on is not None:
        query = query.where(column.accepted_at <= known_on)
    return {row.region: row.period for row in connection.execute(query)}


def _alike(column: Any, period: str) -> Iterator[ColumnElement[bool]]:
    """Yield what makes a period one of the same length: a letter says which, digits are any."""
    yield column.like("".join("_" if sign.isdigit() else sign for sign in period))
    for letter in _LETTERS:  # any sign fits `_`: 2023-Q4 is written as long as 2023-12
        if letter not in period:
            yield column.not_like(f"%{letter}%")


def _said(definition: IndicatorDefinition, state: object, cut: Mapping[str, str], moment: str) -> LastKnown | None:
    if not isinstance(state, AcceptedIndicator) or not counts_as(definition, state.definition_hash):
        return None
    (stored,) = stored_of([state])
    value = cell_of(stored, cut)
    if not isinstance(value, Exact | Rounded | Suppressed):
        return None
    return LastKnown(
        region=state.region,
        name=state.region_name,
        period=state.payload.period,
        value=value,
        shown=_figure(definition, value),
        accepted_at=state.accepted_at,
        age_days=(datetime.fromisoformat(moment) - stored.accepted_at).days,
        event_id=state.event_id,
        definition_hash=state.definition_hash,
        taken_over=isinstance(state.payload.origin, TakenOver),
    )


def _figure(definition: IndicatorDefinition, value: TypedValue) -> Decimal | None:
    if isinstance(value, Exact):
        return shown(definition, value.numerator, value.denominator)
    return Decimal(value.value).quantize(Decimal(value.step)) if isinstance(value, Rounded) else None
