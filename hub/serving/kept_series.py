"""What was worked out of each region over time, kept until something of that region changes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Generic, NamedTuple, TypeVar

from sqlalchemy import Connection

from hub.serving.compared import CutUnknown, cuts
from hub.serving.figures import AcceptedIndicator, Latest, over_time
from hub.serving.marks import by_region
from hub.serving.remembered import remembered
from schemas.codes import Audience

_ASKED_FOR_CUTS: Final = 12  # newest periods, whose cuts are told where another was asked for
T = TypeVar("T")
Place = tuple[str, str, tuple[str, ...], str | None, str | None]  # indicator, set, periods, region and moment


class _Worked(NamedTuple, Generic[T]):
    """What came of one region, and the dimensions of the cut whose node some figure of it has."""

    series: T
    known: frozenset[str]


def worked(
    connection: Connection,
    reader: Audience,
    place: Place,
    cut: Mapping[str, str],
    definition_hash: str,
    work: Callable[[str, str, Mapping[str, Latest]], T],
    period_bytes: int,
) -> list[T]:
    """Return what `work` makes of each region's code, name and states by period, of those that have any.

    It is asked only for regions of which something changed since; an answer takes `period_bytes` a period in memory.
    Raises CutUnknown.
    """
    indicator, region_set, periods, region, known_on = place
    memory, marks = remembered(connection), by_region(connection, reader, *place)
    asked = (reader, definition_hash, tuple(sorted(cut.items())), indicator, region_set, periods, known_on)
    kept = {code: memory.get((code, *asked), mark) for code, mark in marks.items()}
    found: dict[str, _Worked[T]] = {code: one for code, one in kept.items() if one is not None}
    lacking = set(marks) - set(found)
    only = next(iter(lacking)) if len(lacking) == 1 else region
    held = over_time(connection, reader, indicator, region_set, periods, only, known_on) if lacking else {}
    of_region: dict[str, dict[str, Latest]] = {code: {} for code in lacking}
    for (code, period), state in held.items():
        of_region.get(code, {})[period] = state
    for code, states in of_region.items():
        if states:
            name = next(iter(states.values())).region_name
            found[code] = _Worked(work(code, name, states), _known(cut, states.values()))
            memory.keep((code, *asked), marks[code], found[code], period_bytes * len(states))
    for dimension in cut:
        if found and not any(dimension in one.known for one in found.values()):
            newest = over_time(connection, reader, indicator, region_set, periods[-_ASKED_FOR_CUTS:], region, known_on)
            raise CutUnknown(
                f"{indicator} has no figures for this node of {dimension}; leave it out for the total.",
                [f"{name}:{node}" for name, nodes in cuts(list(newest.values())).items() for node in nodes],
            )
    return [one.series for one in found.values()]


def _known(cut: Mapping[str, str], held: Iterable[Latest]) -> frozenset[str]:
    payloads = [one.payload for one in held if isinstance(one, AcceptedIndicator)]
    return frozenset(
        dimension
        for dimension, node in cut.items()
        for payload in payloads
        if dimension in payload.dimensions
        and any(cell.nodes[payload.dimensions.index(dimension)] == node for cell in payload.cells)
    )
