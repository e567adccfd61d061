"""Order between regions: which of two is better, and between which ranks a region lies. Never one rank.

What is uncertain by chance (intervals) and what is hidden (ranges) both count: an order holds only if it holds for
every figure that a hidden one can be.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from schemas.definition import IndicatorDefinition
from schemas.values import Exact, Suppressed, TypedValue

from .compare import RegionComparison
from .intervals import CONFIDENCE_95
from .reference import FEWEST_REGIONS
from .rows import ComparedRegion
from .scale import factor, interval, most
from .standing import Direction

Order = Literal["better", "worse", "higher", "lower", "similar", "cannot_be_ordered"]
_Sign = Literal[1, 0, -1]
_AT_MOST: Final = 1 - CONFIDENCE_95  # the chance that a rank lies outside its range


class Point(NamedTuple):
    """A figure with its interval, in the shown unit; all infinite where a hidden figure has no upper end."""

    value: float
    low: float
    high: float


_ENDLESS: Final = Point(math.inf, math.inf, math.inf)
Span = tuple[Point, Point]  # the least and the largest that a figure can be; twice the same where it is shown


@dataclass(frozen=True, slots=True)
class Ranks:
    """Between which ranks a region lies, both included, of so many; 1 is the best, or the highest where none is."""

    first: int
    last: int
    of: int


def order(one: Span | None, other: Span | None, favourable: Direction) -> Order:
    """Return how the first figure lies beside the second; `similar`: their difference's interval holds 0.

    Without an interval, or where it depends on what is hidden, they cannot be ordered.
    """
    sign = None if one is None or other is None else _sign(one, other)
    if sign is None:
        return "cannot_be_ordered"
    if sign == 0:
        return "similar"
    if favourable == "neither":
        return "higher" if sign > 0 else "lower"
    return "better" if (sign > 0) == (favourable == "higher") else "worse"


def ranked(spans: Mapping[str, Span], favourable: Direction) -> dict[str, Ranks]:
    """Return each region's ranks, given figures whose intervals have `rank_confidence`; none with fewer than two.

    A rank is at least 1 + those that are surely ahead, and at most all less those that are surely behind. Mogstad,
    Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91:476-518, with Bonferroni's bound for one region.
    """
    if len(spans) < FEWEST_REGIONS:
        return {}
    ahead: dict[str, int] = dict.fromkeys(spans, 0)
    behind: dict[str, int] = dict.fromkeys(spans, 0)
    regions = list(spans)
    for place, one in enumerate(regions):
        for other in regions[place + 1 :]:
            sign = _sign(spans[one], spans[other]) or 0
            if sign:
                first, second = (one, other) if (sign > 0) != (favourable == "lower") else (other, one)
                ahead[second] += 1
                behind[first] += 1
    return {region: Ranks(1 + ahead[region], len(spans) - behind[region], len(spans)) for region in spans}


def rank_confidence(regions: int) -> float:
    """Return at which confidence intervals are to be taken so that one region's rank holds at 95% among so many."""
    return 1 - _AT_MOST / max(1, regions - 1)


def spans_of(comparison: RegionComparison, confidence: float = CONFIDENCE_95) -> dict[str, Span]:
    """Return what every region's figure can be, with intervals; those without an interval or range are left out."""
    found = {row.region: _span(comparison.definition, row, confidence) for row in comparison.rows}
    return {region: span for region, span in found.items() if span is not None}


def _span(definition: IndicatorDefinition, row: ComparedRegion, confidence: float) -> Span | None:
    if not row.is_comparable or row.reason == "partial":
        return None
    return span_of(definition, row.value, confidence)


def span_of(definition: IndicatorDefinition, value: TypedValue, confidence: float = CONFIDENCE_95) -> Span | None:
    """Return what one figure can be, with intervals; None for one without an interval or range."""
    if isinstance(value, Exact):
        shown = _point(definition, value.numerator, value.denominator, confidence)
        return None if shown is None else (shown, shown)
    if not isinstance(value, Suppressed) or not value.denominator:
        return None
    top = most(definition, value)
    low = _point(definition, value.lo, value.denominator, confidence)
    high = _ENDLESS if top is None else _point(definition, top, value.denominator, confidence)
    return None if low is None or high is None else (low, high)


def _point(definition: IndicatorDefinition, numerator: int, denominator: int | None, confidence: float) -> Point | None:
    limits = interval(definition, numerator, denominator, confidence)
    if limits is None or not denominator:
        return None
    return Point(float(numerator * factor(definition) / denominator), float(limits[0]), float(limits[1]))


def _sign(one: Span, other: Span) -> _Sign | None:
    """Return 1 where the first is surely higher, -1 lower, 0 told apart neither way; None where it is not known which.

    A difference's ends grow with the first figure and shrink with the second, so that the extreme completions decide.
    """
    least, most = _told(one[0], other[1]), _told(one[1], other[0])
    return least if least == most else None


def _told(one: Point, other: Point) -> _Sign:
    """Return what the difference's interval says: d -/+ sqrt of both distances to the limits that make it so.

    Newcombe (1998), Statistics in Medicine 17:873-890, method 10; for rates Zou and Donner (2008), same 27:1693-1702.
    """
    if math.isinf(one.value) or math.isinf(other.value):
        return 1 if math.isinf(one.value) else -1
    difference = one.value - other.value
    if difference - math.hypot(one.value - one.low, other.high - other.value) > 0:
        return 1
    return -1 if difference + math.hypot(one.high - one.value, other.value - other.low) < 0 else 0
