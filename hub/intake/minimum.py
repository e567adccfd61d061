"""The network's minimum: what a computed figure may not tell, whoever sent it. Looked at once, when an event comes in.

The region's own protection knows the persons behind a figure and proves much more; here only what was published is
there to look at. Figures taken over from a public table pass: they are public already and nothing is promised of them.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import chain, repeat
from operator import attrgetter, itemgetter
from typing import Any, ClassVar, Final

from hub.intake.refusal import Refusal
from hub.intake.strict_types import strict
from schemas.catalogue import catalogue
from schemas.codes import TOTAL
from schemas.definition import IndicatorDefinition
from schemas.payloads import Computed, IndicatorCorrected, IndicatorPublished, Payload
from schemas.values import Exact, Rounded, Suppressed, TypedValue

MINIMUM: Final = 10  # persons; the smallest cell in use for Dutch health figures (node.release.disclosure.policy)
WIDTH: Final = 3  # largest minus smallest value of a hidden small figure: about four are left
GROUP_SHARE: Final = Fraction(9, 10)  # of a denominator; from there on a figure tells something of the whole group
_HALF: Final = 2**79  # above any sum of 100,000 numerators, each below 2^53
_UNIT: Final = 2 * _HALF
_COUNTED: Final = ("persons", "records")  # where a numerator of 1 to 9 means at most so many persons
_EXACT: Final[Any] = frozenset((Exact, strict(Exact)))  # what is read is of the one or the other
_TOTAL_WRITTEN: Final = f'"{TOTAL}"'.encode()  # canonical JSON has no other way to write a node
_nodes = attrgetter("nodes")
_value = attrgetter("value")
_Sides = tuple[int | None, int | None]  # numerator and denominator, None where hidden


class BelowMinimum(Refusal):
    """A computed figure that tells of fewer persons than the network's minimum, or of nearly all of a group."""

    reason: ClassVar = "below_minimum"


def shortfall(payload: Payload | None, written: bytes | None = None) -> str | None:
    """Return what of a payload breaks the network's minimum and what mends it, without a value; None where nothing.

    Where the caller has the payload as it is `written` in canonical form, totals are looked for there: it is quicker.
    """
    figures = payload.figures if isinstance(payload, IndicatorCorrected) else payload
    if not isinstance(figures, IndicatorPublished) or not isinstance(figures.origin, Computed):
        return None
    if _is_of_another_kind(figures):
        return (
            "The payload's indicator_kind is not the one of the definition that it names; send the figures as the "
            "node's own release makes them."
        )
    counts, is_share = _measured(figures)
    for value in _doubted(figures.cells):
        told = _told_alone(value, figures, counts, is_share)
        if told:
            return _sentence(next(place for place, cell in enumerate(figures.cells) if cell.value is value), told)
    if written is not None and _TOTAL_WRITTEN not in written:
        return None  # nothing is summed, so that nothing follows
    if TOTAL not in chain.from_iterable(map(_nodes, figures.cells)):
        return None
    values = list(map(_value, figures.cells))
    # one that is missing leaves, as one that is hidden, a figure that its sums may give
    hidden = [place for place, value in enumerate(values) if not isinstance(value, Exact | Rounded)]
    return _lone_blank(figures, values, hidden, counts, is_share) or _left_out(figures, counts, is_share)


def _sentence(place: int, told: str) -> str:
    return (
        f"Cell {place} {told}, which no region may publish; let the node's own release protect the figures again and "
        "send what it makes."
    )


def _is_of_another_kind(figures: IndicatorPublished) -> bool:
    """Tell whether figures go under another kind than their definition's: other rules would hold for them."""
    definition = catalogue().get(figures.indicator)
    if definition is None or definition.kind == figures.indicator_kind:
        return False
    return _hash_of(definition) == figures.definition_hash


@cache
def _hash_of(definition: IndicatorDefinition) -> str:
    return definition.hash


def _measured(figures: IndicatorPublished) -> tuple[bool, bool]:
    """Tell whether numerators count persons or their records, and whether they are part of their denominator."""
    kind = figures.indicator_kind
    definition = catalogue().get(figures.indicator)
    measure = None if definition is None else definition.measure
    counts = kind not in ("mean", "cost_per_person") if measure is None else measure.count in _COUNTED
    return counts, kind in ("proportion", "percentage")


def _doubted(cells: Iterable[Any]) -> list[Any]:
    """Return the values that need a look: all but exact ones far from nothing and from their denominator."""
    return [
        value
        for cell in cells
        if type(value := cell.value) not in _EXACT
        or (numerator := value.numerator) < MINIMUM
        or (
            (whole := value.denominator) is not None
            and numerator + numerator > whole  # up to half of it, at least as many are left as are counted
            and (numerator * 10 >= whole * 9 or whole - numerator < MINIMUM)
        )
    ]


def _told_alone(value: TypedValue, figures: IndicatorPublished, counts: bool, is_share: bool) -> str | None:
    if isinstance(value, Suppressed):
        return _range(value, counts, is_share)
    if isinstance(value, Exact):
        return _told(value.numerator, value.denominator, counts, is_share)
    return _rounded(value, figures) if isinstance(value, Rounded) else None


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
    return f"is rounded so finely that its range is narrower than {WIDTH}" if high - low < WIDTH else None


def _lines(figures: IndicatorPublished) -> Iterator[tuple[list[str], Iterable[Any]]]:
    """Yield, of every dimension that is summed, each cell's node and what it shares with the others of its sum."""
    placed = list(map(_nodes, figures.cells))
    dimensions = range(len(figures.dimensions))
    for at in dimensions:
        here = list(map(itemgetter(at), placed))
        if 0 < here.count(TOTAL) < len(here):
            others = [other for other in dimensions if other != at]
            yield here, map(itemgetter(*others), placed) if others else repeat(None, len(here))


def _sums(figures: IndicatorPublished) -> Iterator[tuple[int, list[int]]]:
    """Yield every sum over one dimension: the place of its total, and those of its parts, of which there is one."""
    for here, lines in _lines(figures):
        wholes: dict[Any, int] = {}
        parts: defaultdict[Any, list[int]] = defaultdict(list)
        for place, (node, line) in enumerate(zip(here, lines, strict=True)):
            if node == TOTAL:
                wholes[line] = place
            else:
                parts[line].append(place)
        yield from ((whole, parts[line]) for line, whole in wholes.items() if line in parts)


def _lone_blank(
    figures: IndicatorPublished, values: Sequence[TypedValue], hidden: Sequence[int], counts: bool, is_share: bool
) -> str | None:
    """Say where the only hidden figure of a sum follows from the others and may not be told."""
    if not hidden:
        return None
    blanks = set(hidden)
    found: dict[int, _Sides] = {}
    for whole, parts in _sums(figures):
        if whole not in blanks and blanks.isdisjoint(parts):
            continue
        for side in (0, 1):
            blank = _only_blank(values, whole, parts, side)
            if blank is not None:
                place, figure = blank
                before = found.get(place) or _sides(values[place])
                found[place] = (figure, before[1]) if side == 0 else (before[0], figure)
    for place, (numerator, denominator) in found.items():
        told = _told(numerator, denominator, counts, is_share)
        if told:
            return _sentence(place, f"is hidden, follows from its sums all the same and {told}")
    return None


def _left_out(figures: IndicatorPublished, counts: bool, is_share: bool) -> str | None:
    """Say which sum of exact figures leaves out a part that follows from it and may not be told.

    Where groups overlap, the parts come to more than their total, and nothing follows.
    """
    both: list[float] = [  # numerator and denominator in one number, so that one sum does for both
        value.numerator + _UNIT * (value.denominator or 0) if isinstance(value, Exact) else math.nan
        for value in map(_value, figures.cells)
    ]
    for here, lines in _lines(figures):
        wholes: dict[Any, int] = {}
        parts: dict[Any, float] = {}
        for place, (node, line, figure) in enumerate(zip(here, lines, both, strict=True)):
            if node == TOTAL:
                wholes[line] = place
            else:
                parts[line] = parts.get(line, 0) + figure
        for line in wholes.keys() & parts.keys():
            rest = both[wholes[line]] - parts[line]
            if not isinstance(rest, int) or rest == 0:
                continue
            numerator = (rest + _HALF) % _UNIT - _HALF
            denominator = (rest - numerator) // _UNIT
            told = _told(max(numerator, 0), denominator if denominator > 0 else None, counts, is_share)
            if told:
                return _sentence(wholes[line], f"is a sum whose parts leave one out, which follows and {told}")
    return None


def _sides(value: TypedValue) -> _Sides:
    if isinstance(value, Exact):
        return value.numerator, value.denominator
    if isinstance(value, Suppressed):
        return (value.lo if value.lo == value.hi else None), value.denominator
    return None, None


def _only_blank(values: Sequence[TypedValue], whole: int, parts: Sequence[int], side: int) -> tuple[int, int] | None:
    """Return the place of a sum's only figure that is not known, and what it must be; None where there is not just one.

    A figure that would come to less than nothing does not follow: the groups overlap.
    """
    total = _sides(values[whole])[side]
    blank = whole if total is None else None
    sum_of_parts = 0
    for place in parts:
        figure = _sides(values[place])[side]
        if figure is not None:
            sum_of_parts += figure
        elif blank is None:
            blank = place
        else:
            return None
    if blank is None:
        return None
    follows = sum_of_parts if total is None else total - sum_of_parts
    return (blank, follows) if follows >= 0 else None
