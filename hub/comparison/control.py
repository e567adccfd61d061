"""Statistical process control: whether one region's series changes by more than its usual variation."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import sqrt
from typing import Final, Literal, NamedTuple

Rule = Literal["beyond_limit", "shift", "trend", "two_of_three"]

# 3 / d2 with d2 = 1.128, the expected moving range of two (Shewhart 1931; Montgomery, Introduction to SQC, ch. 6).
_MOVING_RANGE: Final = 2.66
FEWEST_POINTS: Final = 12  # below it limits say little; a chart is drawn without signals (NHS, Making Data Count)
SHIFT: Final = 8  # points in a row on one side (Western Electric 1956, rule 4)
TREND: Final = 6  # points in a row, each above or each below the one before (Nelson 1984, rule 3)


class SeriesImpossible(ValueError):
    """A series without points, or with a part above its whole or nobody to divide by."""


class Point(NamedTuple):
    """One point: its value, its own limits (three standard deviations), and the rules it breaks."""

    value: float
    low: float
    high: float
    signals: tuple[Rule, ...]


class Chart(NamedTuple):
    """A control chart; without `is_judged` there are too few points for signals."""

    centre: float
    points: tuple[Point, ...]
    is_judged: bool


def xmr(values: Sequence[float]) -> Chart:
    """Return the chart of individual values: mean +/- 2.66 times the mean moving range; raises SeriesImpossible."""
    if not values:
        raise SeriesImpossible("A chart needs at least one point.")
    centre = sum(values) / len(values)
    moved = [abs(after - before) for before, after in pairwise(values)]
    spread = _MOVING_RANGE * sum(moved) / len(moved) if moved else 0.0
    return _judged(centre, values, [spread / 3] * len(values), lowest=None)


def p_chart(numerators: Sequence[int], denominators: Sequence[int]) -> Chart:
    """Return the chart of proportions: p +/- 3 sqrt(p(1 - p)/n_i) about all together; raises SeriesImpossible."""
    _check(numerators, denominators)
    if any(part > whole for part, whole in zip(numerators, denominators, strict=True)):
        raise SeriesImpossible("A proportion needs a part of at most its whole; check the counts.")
    centre = sum(numerators) / sum(denominators)
    values = [part / whole for part, whole in zip(numerators, denominators, strict=True)]
    found = _judged(centre, values, [sqrt(centre * (1 - centre) / whole) for whole in denominators], lowest=0.0)
    points = tuple(point._replace(high=min(point.high, 1.0)) for point in found.points)
    return found._replace(points=points)


def u_chart(events: Sequence[int], exposures: Sequence[float]) -> Chart:
    """Return the chart of rates: u +/- 3 sqrt(u/e_i) about all together; raises SeriesImpossible."""
    _check(events, exposures)
    centre = sum(events) / sum(exposures)
    values = [count / base for count, base in zip(events, exposures, strict=True)]
    return _judged(centre, values, [sqrt(centre / base) for base in exposures], lowest=0.0)


def _check(counts: Sequence[int], bases: Sequence[float]) -> None:
    if not counts or len(counts) != len(bases) or min(bases) <= 0 or min(counts) < 0:
        raise SeriesImpossible("A chart needs for each point a count of at least 0 and somebody to divide by.")


def _judged(centre: float, values: Sequence[float], sigmas: Sequence[float], lowest: float | None) -> Chart:
    is_judged = len(values) >= FEWEST_POINTS
    # without any spread all points are the same, and none of them is a signal
    signals = _signals(centre, values, sigmas) if is_judged and any(sigmas) else [()] * len(values)
    points = []
    for value, sigma, broken in zip(values, sigmas, signals, strict=True):
        low, high = centre - 3 * sigma, centre + 3 * sigma
        points.append(Point(value, low if lowest is None else max(low, lowest), high, broken))
    return Chart(centre, tuple(points), is_judged)


def _signals(centre: float, values: Sequence[float], sigmas: Sequence[float]) -> list[tuple[Rule, ...]]:
    """Return the rules that each point breaks; a rule about a run marks every point of the run."""
    scores = [(value - centre) / sigma for value, sigma in zip(values, sigmas, strict=True)]
    steps = [after - before for before, after in pairwise(values)]
    found: list[set[Rule]] = [{"beyond_limit"} if abs(score) > 3 else set() for score in scores]
    for end in range(len(values)):
        if end + 1 >= SHIFT and _one_side(scores[end + 1 - SHIFT : end + 1]):
            _mark(found, range(end + 1 - SHIFT, end + 1), "shift")
        if end + 1 >= TREND and _one_side(steps[end + 1 - TREND : end]):
            _mark(found, range(end + 1 - TREND, end + 1), "trend")
        if end >= 2:
            _mark(found, _two_of_three(scores, range(end - 2, end + 1)), "two_of_three")
    return [tuple(rule for rule in _ORDER if rule in broken) for broken in found]


_ORDER: Final[tuple[Rule, ...]] = ("beyond_limit", "shift", "trend", "two_of_three")


def _one_side(numbers: Sequence[float]) -> bool:
    return all(one > 0 for one in numbers) or all(one < 0 for one in numbers)


def _two_of_three(scores: Sequence[float], places: range) -> list[int]:
    """Return which of three points in a row lie beyond two standard deviations on one side, if two of them do.

    Western Electric (1956), rule 2.
    """
    for side in (1, -1):
        far = [place for place in places if side * scores[place] > 2]
        if len(far) >= 2:
            return far
    return []


def _mark(found: Sequence[set[Rule]], places: Iterable[int], rule: Rule) -> None:
    for place in places:
        found[place].add(rule)
