"""Regions that have no figure in a comparison: what they said last, of which period, and how long ago."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from hub import tables
from hub.comparison.scale import shown
from hub.comparison.stored import cell_of
from hub.serving.as_compared import stored_of
from hub.serving.figures import AcceptedIndicator, over_time, readable
from hub.serving.published import sets
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
    found = []
    for region in sorted(missing):
        before = _before(connection, reader, definition.id, period, region_set, region, known_on)
        for _ in range(MOST_PASSED_OVER + 1):
            if before is None:
                break
            states = over_time(connection, reader, definition.id, region_set, [before], region, known_on)
            last = _said(definition, states.get((region, before)), cut, moment)
            if last is not None:
                found.append(last)
                break
            before = _before(connection, reader, definition.id, before, region_set, region, known_on)
    return tuple(sorted(found, key=lambda one: (one.name, one.region)))


def _before(
    connection: Connection,
    reader: Audience,
    indicator: str,
    period: str,
    region_set: str,
    region: str,
    known_on: str | None,
) -> str | None:
    """Return the newest period of the same length before this one; periods of one length sort as they are written."""
    column = tables.indicator_payload.c
    query = select(func.max(column.period)).where(
        column.indicator == indicator,
        column.region == region,
        column.region_set == region_set,
        column.period < period,
        *_alike(column.period, period),
        column.audience.in_(readable(reader)),
    )
    if known_on is not None:
        query = query.where(column.accepted_at <= known_on)
    found: str | None = connection.scalar(query)
    return found


def _alike(column: Any, period: str) -> Iterator[ColumnElement[bool]]:
    """Yield what makes a period one of the same length: a letter says which, digits are any."""
    yield column.like("".join("_" if sign.isdigit() else sign for sign in period))
    for letter in _LETTERS:  # any sign fits `_`: 2023-Q4 is written as long as 2023-12
        if letter not in period:
            yield column.not_like(f"%{letter}%")


def _said(definition: IndicatorDefinition, state: object, cut: Mapping[str, str], moment: str) -> LastKnown | None:
    if not isinstance(state, AcceptedIndicator) or state.definition_hash != definition.hash:
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
