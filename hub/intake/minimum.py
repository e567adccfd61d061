"""The network's minimum: what a computed figure may not tell, whoever sent it. Looked at once, when an event comes in.

The region's own protection knows the persons behind a figure and proves much more; here only what was published is
there to look at. Figures taken over from a public table pass: they are public already and nothing is promised of them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import ClassVar, Final

from hub.intake.refusal import Refusal
from schemas.catalogue import catalogue
from schemas.codes import TOTAL
from schemas.payloads import Cell, Computed, IndicatorCorrected, IndicatorPublished, Payload
from schemas.values import Exact, Rounded, Suppressed, TypedValue

MINIMUM: Final = 10  # persons; the smallest cell in use for Dutch health figures (node.release.disclosure.policy)
WIDTH: Final = 3  # largest minus smallest value of a hidden small figure: about four are left
GROUP_SHARE: Final = Fraction(9, 10)  # of a denominator; from there on a figure tells something of the whole group
_COUNTED: Final = ("persons", "records")  # where a numerator of 1 to 9 means at most so many persons
_value = attrgetter("value")
_Nodes = tuple[str, ...]
_Sides = tuple[int | None, int | None]  # numerator and denominator, None where hidden


class BelowMinimum(Refusal):
    """A computed figure that tells of fewer persons than the network's minimum, or of nearly all of a group."""

    reason: ClassVar = "below_minimum"


def shortfall(payload: Payload | None) -> str | None:
    """Return what of a payload breaks the network's minimum and what mends it, without a value; None where nothing."""
    figures = payload.figures if isinstance(payload, IndicatorCorrected) else payload
    if not isinstance(figures, IndicatorPublished) or not isinstance(figures.origin, Computed):
        return None
    counts, is_share = _measured(figures)
    doubted, hides = _doubted(figures.cells)
    for place in doubted:
        value = figures.cells[place].value
        told = _rounded(value, figures) if isinstance(value, Rounded) else _figure(value, counts, is_share)
        if told:
            return _sentence(place, told)
    return _lone_blank(figures, counts, is_share) if hides else None


def _sentence(place: int, told: str) -> str:
    return (
        f"Cell {place} {told}, which no region may publish; let the node's own release protect the figures again and "
        "send what it makes."
    )


def _measured(figures: IndicatorPublished) -> tuple[bool, bool]:
    """Tell whether numerators count persons or their records, and whether they are part of their denominator."""
    kind = figures.indicator_kind
    definition = catalogue().get(figures.indicator)
    measure = None if definition is None else definition.measure
    counts = kind not in ("mean", "cost_per_person") if measure is None else measure.count in _COUNTED
    return counts, kind in ("proportion", "percentage")


def _doubted(cells: Sequence[Cell]) -> tuple[list[int], bool]:
    """Return the places of figures that need a look, and whether any figure is hidden."""
    doubted, hides = [], False
    for place, value in enumerate(map(_value, cells)):
        if isinstance(value, Exact):
            numerator, denominator = value.numerator, value.denominator
            if numerator < MINIMUM or (
                denominator is not None and (numerator * 10 >= denominator * 9 or denominator - numerator < MINIMUM)
            ):
                doubted.append(place)
        elif isinstance(value, Suppressed):
            hides = True
            doubted.append(place)
        elif isinstance(value, Rounded):
            doubted.append(place)
    return doubted, hides


def _figure(value: TypedValue, counts: bool, is_share: bool) -> str | None:
    if isinstance(value, Exact):
        return _told(value.numerator, value.denominator, counts, is_share)
    return _range(value, counts, is_share) if isinstance(value, Suppressed) else None


def _told(numerator: int | None, denominator: int | None, counts: bool, is_share: bool) -> str | None:
    """Say what these two figures tell that they may not; None stands for one that is hidden."""
    if denominator is not None and 0 < denominator < MINIMUM:
        return "has a denominator of 1 to 9"
    if numerator is None or numerator == 0 or not counts:
        return None
    if numerator < MINIMUM:
        return "counts 1 to 9"
    if not is_share or denominator is None:
        return None
    if numerator >= GROUP_SHARE * denominator:
        return "counts at least 90% of its denominator"
    return "counts all but 1 to 9 of its denominator" if denominator - numerator < MINIMUM else None


def _range(value: Suppressed, counts: bool, is_share: bool) -> str | None:
    """Say what a hidden figure's range tells; only a range that leaves no doubt that the figure is small is judged.

    A figure that was hidden to protect another has no range promised to it.
    """
    whole = value.denominator
    if whole is not None and 0 < whole < MINIMUM:
        return "has a denominator of 1 to 9"
    if not counts or value.hi is None or value.hi - value.lo >= WIDTH:
        return None
    too_narrow = f"is hidden within a range narrower than {WIDTH}"
    if 0 < value.hi < MINIMUM:
        return too_narrow
    if not is_share or whole is None or value.hi == 0:
        return None
    is_small_rest = whole - value.lo < MINIMUM and whole - value.hi >= 0
    return too_narrow if is_small_rest or value.lo >= GROUP_SHARE * whole else None


def _rounded(value: Rounded, figures: IndicatorPublished) -> str | None:
    """Say what a rounded figure tells: nearest to its value lie as many whole numbers as its step is wide."""
    if figures.indicator_kind != "count":
        return "is a rounded share or rate of which nobody can tell how few persons it stands for"
    middle, step = Fraction(Decimal(value.value)), Fraction(Decimal(value.step))
    low = max(-(-(middle - step / 2) // 1), 0)
    high = (middle + step / 2) // 1
    is_small = high > 0 and low < MINIMUM and high - low < WIDTH
    return "is rounded so finely that a count of 1 to 9 remains" if is_small else None


def _lone_blank(figures: IndicatorPublished, counts: bool, is_share: bool) -> str | None:
    """Say where the only hidden figure of a sum follows from the others and may not be told."""
    cells = figures.cells
    totals = [cell.nodes for cell in cells if TOTAL in cell.nodes]
    if not totals:
        return None
    summed = [place for place in range(len(figures.dimensions)) if any(nodes[place] == TOTAL for nodes in totals)]
    sides = {cell.nodes: _sides(cell.value) for cell in cells}
    found: dict[_Nodes, _Sides] = {}
    for line in _lines(sides, summed):
        for side in (0, 1):
            blank = _only_blank(line, sides, side)
            if blank is not None:
                nodes, figure = blank
                before = found.get(nodes, sides[nodes])
                found[nodes] = (figure, before[1]) if side == 0 else (before[0], figure)
    for nodes, (numerator, denominator) in found.items():
        told = _told(numerator, denominator, counts, is_share)
        if told:
            place = next(place for place, cell in enumerate(cells) if cell.nodes == nodes)
            return _sentence(place, f"is hidden, follows from its sums all the same and {told}")
    return None


def _sides(value: TypedValue) -> _Sides:
    if isinstance(value, Exact):
        return value.numerator, value.denominator
    if isinstance(value, Suppressed):
        return (value.lo if value.lo == value.hi else None), value.denominator
    return None, None


def _lines(sides: Mapping[_Nodes, _Sides], summed: Sequence[int]) -> Iterator[list[_Nodes]]:
    """Yield every sum over one dimension in which one figure alone is hidden: its total first, then its parts."""
    for place in summed:
        blanks = [
            Counter(_line(nodes, place) for nodes, both in sides.items() if both[side] is None) for side in (0, 1)
        ]
        wanted = {line for counted in blanks for line, number in counted.items() if number == 1}
        lines: dict[_Nodes, list[_Nodes]] = {}
        for nodes in sides if wanted else ():
            line = _line(nodes, place)
            if line in wanted:
                lines.setdefault(line, []).append(nodes)
        for members in lines.values():
            totals = [nodes for nodes in members if nodes[place] == TOTAL]
            if totals and len(members) > 1:
                yield totals + [nodes for nodes in members if nodes[place] != TOTAL]


def _line(nodes: _Nodes, place: int) -> _Nodes:
    """Name the line along one dimension on which a figure stands."""
    return (*nodes[:place], *nodes[place + 1 :])


def _only_blank(line: Sequence[_Nodes], sides: Mapping[_Nodes, _Sides], side: int) -> tuple[_Nodes, int] | None:
    blanks = [nodes for nodes in line if sides[nodes][side] is None]
    if len(blanks) != 1:
        return None
    total, parts = line[0], line[1:]
    rest = sum(sides[nodes][side] or 0 for nodes in parts)
    value = rest if blanks[0] == total else (sides[total][side] or 0) - rest
    return (blanks[0], value) if value >= 0 else None
