"""Build the model from what was published: figures, sums, the nation as the sum of its regions, and shown totals."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from operator import itemgetter
from typing import Final

import msgspec

from schemas.codes import AREA, TOTAL
from schemas.payloads import Cell, Computed, IndicatorPublished
from schemas.values import Exact, Rounded, Suppressed, TypedValue

from .model import SIDES, SMALL, WIDTH, Bounds, Cut, Hidden, Joint, Key, Publication, Row, Side, Total, cross, meet

_NATION: Final = re.compile(r"NL\d{2}")
_PROMISED: Final = re.compile(r"\bwidth (\d{1,6})\b")
_WIDEST: Final = SMALL[1] - SMALL[0]  # persons; no figure of 1 to 9 can be promised a wider range
_CHANGES_ROUNDED: Final = "changes rounded to"  # a region's controlled rounding goes up or down, not to the nearest
_UNKNOWN: Final[Bounds] = (0.0, math.inf)


class _World:
    """Publications that do not contradict each other, and so may count the same persons."""

    def __init__(self, payload: IndicatorPublished) -> None:
        self.frame = payload.definition_hash, payload.division_year
        self.told: dict[Key, Bounds] = {}
        self.told_by: dict[Key, set[str]] = {}
        self.members: list[Publication] = []
        self.variables: dict[Key, int] = {}

    def takes(self, payload: IndicatorPublished, told: Mapping[Key, Bounds]) -> bool:
        if self.frame != (payload.definition_hash, payload.division_year):
            return False
        return all(meet(self.told.get(key, (0, math.inf)), bounds) for key, bounds in told.items())

    def take(self, one: Publication, told: Mapping[Key, Bounds]) -> None:
        self.members.append(one)
        for key, bounds in told.items():
            self.told[key] = cross(self.told.get(key, (0, math.inf)), bounds)
            self.told_by.setdefault(key, set()).add(one.event_id)


def joint(
    publications: Sequence[Publication], totals: Sequence[Total] = (), sets: Mapping[str, Sequence[str]] | None = None
) -> Joint:
    """Return the model of publications of one indicator and period, all that a reader sees, and of totals beside them.

    `sets` names the regions of each set: a figure of the nation is presumed to be the sum of each set's regions.
    Publications that contradict each other at a figure count other persons, or at another time, and are kept apart.
    """
    codes = {code for listed in (sets or {}).values() for code in listed} | {one.region for one in publications}
    model, worlds = Joint(), _worlds([_apart(one, codes) for one in publications])
    for world in worlds:
        for key, (low, high) in world.told.items():
            world.variables[key] = model.variable(low, high, world.told_by[key])
        model.names.append(world.variables)
        for one in world.members:
            _add_sums(model, world, one)
            _add_rests(model, world, one)
        _add_nations(model, world, sets or {})
        _add_hidden(model, world)
    unseen: dict[tuple[str, Key], int] = {}
    for total in totals:
        _add_total(model, worlds, total, unseen)
    return model


def _apart(one: Publication, codes: Collection[str]) -> Publication:
    """Return a publication whose figures of other regions, or of the nation, have a name that is its own.

    A region counts its own persons: what it computes under another's code says nothing of that other's figure.
    """
    payload = one.payload
    if AREA not in payload.dimensions or not isinstance(payload.origin, Computed):
        return one
    at = payload.dimensions.index(AREA)

    def named(cell: Cell) -> Cell:
        area = cell.nodes[at]
        if area == one.region or not (area in codes or _NATION.fullmatch(area)):
            return cell
        return Cell((*cell.nodes[:at], f"{area} ({one.region})", *cell.nodes[at + 1 :]), cell.value)

    cells = tuple(map(named, payload.cells))
    return replace(one, payload=msgspec.structs.replace(payload, cells=cells))


def _worlds(publications: Sequence[Publication]) -> list[_World]:
    """Put every publication into each world that it fits.

    What each region said last comes first, so that nothing that it has corrected since keeps that apart from others'. A
    world is begun by what fits no other and filled afterwards: there are about as many as one region has versions.
    """
    worlds: list[_World] = []
    placed: list[tuple[Publication, dict[Key, Bounds], _World]] = []
    for one in _newest_first(publications):
        told = dict(_told(one))
        first = next((world for world in worlds if world.takes(one.payload, told)), None)
        if first is None:
            worlds.append(first := _World(one.payload))
        first.take(one, told)
        placed.append((one, told, first))
    for world in worlds if len(worlds) > 1 else ():
        for one, told, first in placed:
            if first is not world and world.takes(one.payload, told):
                world.take(one, told)
    return worlds


def _newest_first(publications: Sequence[Publication]) -> list[Publication]:
    """Return what each region said last, in the order given, then what it said before that, and so on."""
    later: Counter[tuple[str, str]] = Counter()
    ranked: list[tuple[int, Publication]] = []
    for one in reversed(publications):
        ranked.append((later[one.region, one.region_set], one))
        later[one.region, one.region_set] += 1
    ranked.reverse()
    ranked.sort(key=itemgetter(0))  # and else in the order given
    return [one for _, one in ranked]


def _told(one: Publication) -> Iterator[tuple[Key, Bounds]]:
    for value, area, cut in _placed(one.region, one.payload):
        part, whole = _bounds(value, one.payload)
        yield Key("part", area, cut), part
        if whole is not None:
            yield Key("whole", area, cut), whole


def _placed(region: str, payload: IndicatorPublished) -> Iterator[tuple[TypedValue, str, Cut]]:
    for cell in payload.cells:
        yield (cell.value, *place(region, payload.dimensions, cell.nodes))


def place(region: str, dimensions: Sequence[str], nodes: Sequence[str]) -> tuple[str, Cut]:
    """Return the area and the cut of a cell; all areas together are the region itself."""
    pairs = dict(zip(dimensions, nodes, strict=True))
    area = pairs.pop(AREA, TOTAL)
    cut = tuple(sorted((dimension, node) for dimension, node in pairs.items() if node != TOTAL))
    return (region if area == TOTAL else area), cut


def _bounds(value: TypedValue, payload: IndicatorPublished) -> tuple[Bounds, Bounds | None]:
    has_whole = payload.indicator_kind not in ("count", "percentage")
    if isinstance(value, Exact):
        whole = value.denominator
        return (value.numerator, value.numerator), None if whole is None else (whole, whole)
    if isinstance(value, Suppressed):
        whole = value.denominator
        high = math.inf if value.hi is None else value.hi
        return (value.lo, high), (_UNKNOWN if has_whole else None) if whole is None else (whole, whole)
    if isinstance(value, Rounded) and payload.indicator_kind == "count":
        middle, step = Decimal(value.value), Decimal(value.step)
        origin = payload.origin
        is_up_or_down = isinstance(origin, Computed) and _CHANGES_ROUNDED in origin.protection
        beside = max(step - 1, step / 2) if is_up_or_down else step / 2
        return (max(float(middle - beside), 0.0), float(middle + beside)), None
    return _UNKNOWN, None


def _add_sums(model: Joint, world: _World, one: Publication) -> None:
    """Add every sum over a dimension; of public tables nobody promises that they add up."""
    payload = one.payload
    if not isinstance(payload.origin, Computed):
        return
    for at in range(len(payload.dimensions)):
        lines: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for cell in payload.cells:
            lines.setdefault((*cell.nodes[:at], *cell.nodes[at + 1 :]), []).append(cell.nodes)
        for line in lines.values():
            if len(line) > 1 and any(nodes[at] == TOTAL for nodes in line):
                _add_sum(model, world, one, at, line)


def _add_sum(model: Joint, world: _World, one: Publication, at: int, line: Sequence[tuple[str, ...]]) -> None:
    for side in SIDES:
        coefficients: dict[int, int] = {}
        for nodes in line:
            number = world.variables.get(Key(side, *place(one.region, one.payload.dimensions, nodes)))
            if number is None:
                break
            coefficients[number] = -1 if nodes[at] == TOTAL else 1
        else:
            model.rows.append(Row(coefficients, 0))


def _add_rests(model: Joint, world: _World, one: Publication) -> None:
    """Add part + rest = whole where the part is counted among the whole."""
    if one.payload.indicator_kind != "proportion":
        return
    for _, area, cut in _placed(one.region, one.payload):
        part, whole = (world.variables.get(Key(side, area, cut)) for side in SIDES)
        if part is None or whole is None or (model.is_fixed(part) and model.is_fixed(whole)):
            continue
        rest = model.variable(told_by=model.told_by[part])
        model.rows.append(Row({part: 1, rest: 1, whole: -1}, 0))


def _add_nations(model: Joint, world: _World, sets: Mapping[str, Sequence[str]]) -> None:
    for (side, area, cut), nation in world.variables.items():
        if not _NATION.fullmatch(area):
            continue
        for codes in sets.values():
            known = [world.variables.get(Key(side, code, cut)) for code in codes]
            parts = [number for number in known if number is not None]
            if all(model.is_fixed(number) for number in parts):
                continue
            coefficients = {nation: -1} | dict.fromkeys(parts, 1)
            if len(parts) < len(codes):
                coefficients[model.variable()] = 1  # what the others count
            model.rows.append(Row(coefficients, 0, presumed=True))


def _add_hidden(model: Joint, world: _World) -> None:
    """Add what was hidden, by its own region's ranges; a figure that the same region published as well is none."""
    shown = {
        (one.region, area, cut)
        for one in world.members
        for value, area, cut in _placed(one.region, one.payload)
        if isinstance(value, Exact)
    }
    found: dict[tuple[str, Key], Hidden] = {}
    for one in world.members:
        origin = one.payload.origin
        said = _PROMISED.search(origin.protection) if isinstance(origin, Computed) else None
        needed = min(max(WIDTH, int(said[1])), _WIDEST) if said else WIDTH
        for value, area, cut in _placed(one.region, one.payload):
            if not isinstance(value, Suppressed) or (one.region, area, cut) in shown:
                continue
            for side, low, high in (("part", value.lo, value.hi), *_hidden_whole(value)):
                key = Key(side, area, cut)
                number = world.variables.get(key)
                if number is not None:
                    room = needed if side == "part" else WIDTH
                    before = found.get((one.region, key))
                    if before is not None:  # what its region said of it at several times
                        low, high = max(low, before.low), _lower(high, before.high)
                    found[one.region, key] = Hidden(number, one.region, one.event_id, key, low, high, room)
    model.hidden.extend(found.values())


def _lower(one: int | None, other: int | None) -> int | None:
    return min((end for end in (one, other) if end is not None), default=None)


def _hidden_whole(value: Suppressed) -> tuple[tuple[Side, int, int | None], ...]:
    return (("whole", 0, None),) if value.denominator is None else ()


def _add_total(model: Joint, worlds: Sequence[_World], total: Total, unseen: dict[tuple[str, Key], int]) -> None:
    """Add what a total tells; a figure of an event that the reader does not see must not follow from it."""
    holding = _holding(worlds, total)
    for world_of in holding:
        _add_total_of(model, world_of, total, unseen)


def _holding(worlds: Sequence[_World], total: Total) -> list[dict[str, _World]]:
    """Return by event the world of each part: for every world that holds all parts that are seen, else mixed."""
    made_of = {event_id for _, event_id in total.parts}
    first: dict[str, _World] = {}
    whole: list[dict[str, _World]] = []
    for world in worlds:
        here = {one.event_id for one in world.members} & made_of
        first = dict.fromkeys(here, world) | first
        whole.append(dict.fromkeys(here, world))
    return [one for one in whole if one and one.keys() == first.keys()] or [first]


def _add_total_of(
    model: Joint, world_of: Mapping[str, _World], total: Total, unseen: dict[tuple[str, Key], int]
) -> None:
    sums: tuple[tuple[Side, int | None], ...] = (("part", total.numerator), ("whole", total.denominator))
    for side, right in sums:
        if right is None:
            continue
        coefficients: dict[int, int] = {}
        for region, event_id in total.parts:
            key = Key(side, region, total.cut)
            world = world_of.get(event_id)
            number = unseen.get((event_id, key)) if world is None else world.variables.get(key)
            if number is None:
                number = unseen[event_id, key] = model.variable(told_by=(event_id,))
                model.hidden.append(Hidden(number, region, event_id, key, 0, None, WIDTH))
            coefficients[number] = 1
        model.rows.append(Row(coefficients, right, was_shown=True))
