"""The sets' own figures of many indicators at once, as each of their comparisons would show them now."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from hub import tables
from hub.comparison import Reference, Withheld, reference_of
from hub.comparison.compare import NothingToCompare
from hub.serving.as_compared import stored_of
from hub.serving.figures import Latest, latest, states
from hub.serving.marks import Mark, by_period
from hub.serving.remembered import remembered
from hub.serving.totals import Totals
from schemas.catalogue import catalogue
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition

_BYTES: Final = 12_000  # that a total with the names of its parts takes in memory, or a little less
_NONE: Final = "none"  # in memory, where None means that nothing is kept

Found = Reference | Withheld | None


def references(
    connection: Connection,
    reader: Audience,
    region_set: str,
    places: Mapping[str, str],
    marks: Mapping[tuple[str, str], Mark],
) -> dict[str, Found]:
    """Return of each indicator and period the set's figure, why it is withheld, or None where figures give none.

    `marks` are those of these places; what was found under the same marks is not looked for again.
    """
    memory, known = remembered(connection), catalogue()
    keys = {name: ("total", reader, region_set, known[name].hash, period) for name, period in places.items()}
    kept = {name: memory.get(keys[name], marks[name, period]) for name, period in places.items()}
    lacking = [name for name, one in kept.items() if one is None]
    held = _stood(connection, reader, region_set, {name: places[name] for name in lacking})
    for name in lacking:
        place = (known[name], places[name], region_set, ())
        found = Totals(connection, reader, *place, held.get(name, ()), None).reference()
        kept[name] = found or _without(connection, reader, known[name], places[name], region_set) or _NONE
        memory.keep(keys[name], marks[name, places[name]], kept[name], _BYTES)
    return {name: None if one is _NONE else one for name, one in kept.items()}


def _without(
    connection: Connection, reader: Audience, definition: IndicatorDefinition, period: str, region_set: str
) -> Withheld | None:
    """Return why there is no total where none was kept: it is to be proven, or None as the figures give none."""
    if definition.measure is not None and definition.measure.denominator is None:
        return None
    stored = stored_of(latest(connection, reader, definition.id, period, region_set))
    try:
        return None if reference_of(definition, stored, {}) is None else "being_proven"
    except NothingToCompare:
        return None


def _stood(
    connection: Connection, reader: Audience, region_set: str, places: Mapping[str, str]
) -> dict[str, list[Latest]]:
    """Return what stands of which region, by indicator, without what it says."""
    found = tables.indicator_payload.c
    held: dict[str, list[Latest]] = {}
    for period, names in by_period(places.items()).items():
        here = (found.period == period, found.indicator.in_(names), found.region_set == region_set)
        for (_, name), state in states(connection, reader, here, None, by="indicator", is_whole=False).items():
            held.setdefault(name, []).append(state)
    return held
