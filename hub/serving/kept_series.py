"""What was worked out of each region over time, kept until something of that region changes."""

from collections.abc import Callable, Iterable, Mapping, Sized
from typing import Final, Generic, NamedTuple, TypeVar

from sqlalchemy import Connection

from hub.serving.chains import Chains
from hub.serving.compared import CutUnknown, cuts
from hub.serving.figures import AcceptedIndicator, Latest, over_time
from hub.serving.remembered import remembered
from schemas.codes import Audience
from schemas.definition import Text

_ASKED_FOR_CUTS: Final = 12  # newest periods, whose cuts are told where another was asked for
T = TypeVar("T", bound=Sized)
Place = tuple[str, str, tuple[str, ...], str | None, str | None]  # indicator, set, periods, region and moment
_BYTES: Final = 400  # that a region's entry takes in memory beside what was worked out of it, or a little less


class _Worked(NamedTuple, Generic[T]):
    """What came of one region (None: it has no figures here), and the dimensions of the cut whose node some have."""

    series: T | None
    known: frozenset[str]


def worked(
    connection: Connection,
    reader: Audience,
    place: Place,
    cut: Mapping[str, str],
    definition_hash: str,
    work: Callable[[str, str, Mapping[str, Latest]], T],
    standing: Chains,
) -> list[T]:
    """Return what `work` makes of each region's code, name and states by period, of those that have any, by name.

    It is asked only for regions whose chain changed since; what it makes is kept, so its length is to be its size in
    bytes. Raises CutUnknown.
    """
    indicator, region_set, periods, region, known_on = place
    memory = remembered(connection)
    asked = (reader, definition_hash, tuple(sorted(cut.items())), indicator, region_set, periods, known_on)
    marks = {code: one for code, one in standing.of.items() if region in (None, code)}
    kept = {code: memory.get((code, *asked), mark) for code, mark in marks.items()}
    found: dict[str, _Worked[T]] = {code: one for code, one in kept.items() if one is not None}
    lacking = set(marks) - set(found)
    held = over_time(connection, reader, indicator, region_set, periods, lacking, known_on) if lacking else {}
    of_region: dict[str, dict[str, Latest]] = {code: {} for code in lacking}
    for (code, period), state in held.items():
        of_region[code][period] = state
    for code, states in of_region.items():
        made = work(code, marks[code].name, states) if states else None
        found[code] = _Worked(made, _known(cut, states.values()))
        memory.keep((code, *asked), marks[code], found[code], _BYTES + (0 if made is None else len(made)))
    by_name = sorted(found, key=lambda code: (marks[code].name, code))
    having = [made for code in by_name if (made := found[code].series) is not None]
    for dimension in cut:
        if having and not any(dimension in one.known for one in found.values()):
            newest = over_time(connection, reader, indicator, region_set, periods[-_ASKED_FOR_CUTS:], marks, known_on)
            raise CutUnknown(
                Text(
                    "Deze indicator heeft geen cijfers voor deze groep; laat de groep weg voor het totaal.",
                    f"{indicator} has no figures for this node of {dimension}; leave it out for the total.",
                ),
                [f"{name}:{node}" for name, nodes in cuts(list(newest.values())).items() for node in nodes],
            )
    return having


def _known(cut: Mapping[str, str], held: Iterable[Latest]) -> frozenset[str]:
    payloads = [one.payload for one in held if isinstance(one, AcceptedIndicator)]
    return frozenset(
        dimension
        for dimension, node in cut.items()
        for payload in payloads
        if dimension in payload.dimensions
        and any(cell.nodes[payload.dimensions.index(dimension)] == node for cell in payload.cells)
    )
