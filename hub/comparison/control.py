"""Statistical process control: whether one region's series changes by more than its usual variation."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf, sqrt
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
    """One point: its value, its own limits (three standard deviations), and the rules it breaks.

    `is_after_gap`: the period before it is not on the chart, so that no run and no moving range reaches back over it.
    """

    value: float
    low: float
    high: float
    signals: tuple[Rule, ...]
    is_after_gap: bool = False


class Chart(NamedTuple):
    """A control chart; without `is_judged` there are too few points for signals.

    `cut_low` and `cut_high`: what a limit was cut off at, which lay beyond what the figure can be; None: none was.
    """

    centre: float
    points: tuple[Point, ...]
    is_judged: bool
    cut_low: float | None = None
    cut_high: float | None = None


class Range(NamedTuple):
    """What a figure can be at the least and at the most."""

    lowest: float = -inf
    highest: float = inf


_ANYTHING: Final = Range()


def xmr(values: Sequence[float], is_next: Sequence[bool] | None = None, within: Range = _ANYTHING) -> Chart:
    """Return the chart of individual values: mean +/- 2.66 times the mean moving range; raises SeriesImpossible.

    `is_next` says of each point whether its period follows that of the point before (None: all do). Over a gap no
    moving range is taken: a change meanwhile would widen the limits and hide itself. Hart and Hart, The interrupted
    individual and moving range chart (Statit, Quality practice tips). It is judged from as many moving ranges on as
    `FEWEST_POINTS` in a row have. A limit beyond `within` is cut off there, unless a value shows that there is more.
    """
    if not values:
        raise SeriesImpossible("A chart needs at least one point.")
    centre = sum(values) / len(values)
    stretches = _stretches(len(values), is_next)
    moved = [
        abs(after - before) for one in stretches for before, after in pairwise(values[one.start : one.stop])
    ]  # fmt: skip
    if not moved:
        raise SeriesImpossible("Limits of individual values need two periods that follow one another.")
    spread = _MOVING_RANGE * sum(moved) / len(moved)
    low = within.lowest if min(values) >= within.lowest else -inf
    high = within.highest if max(values) <= within.highest else inf
    found = _judged(centre, values, [spread / 3] * len(values), stretches, Range(low, high))
    is_flat = spread == 0 and len(set(values)) > 1  # all change lies in gaps: limits without width, which say nothing
    return _unjudged(found) if is_flat or len(moved) < FEWEST_POINTS - 1 else found


def p_chart(numerators: Sequence[int], denominators: Sequence[int], is_next: Sequence[bool] | None = None) -> Chart:
    """Return the chart of proportions: p +/- 3 sqrt(p(1 - p)/n_i) about all together; raises SeriesImpossible.

    A limit below 0 is 0 (Montgomery, ch. 7), one above 1 is 1.
    """
    _check(numerators, denominators)
    if any(part > whole for part, whole in zip(numerators, denominators, strict=True)):
        raise SeriesImpossible("A proportion needs a part of at most its whole; check the counts.")
    centre = sum(numerators) / sum(denominators)
    values = [part / whole for part, whole in zip(numerators, denominators, strict=True)]
    sigmas = [sqrt(centre * (1 - centre) / whole) for whole in denominators]
    return _judged(centre, values, sigmas, _stretches(len(values), is_next), Range(0.0, 1.0))


def u_chart(events: Sequence[int], exposures: Sequence[float], is_next: Sequence[bool] | None = None) -> Chart:
    """Return the chart of rates: u +/- 3 sqrt(u/e_i) about all together, from 0 on; raises SeriesImpossible."""
    _check(events, exposures)
    centre = sum(events) / sum(exposures)
    values = [count / base for count, base in zip(events, exposures, strict=True)]
    sigmas = [sqrt(centre / base) for base in exposures]
    return _judged(centre, values, sigmas, _stretches(len(values), is_next), Range(0.0))


def _check(counts: Sequence[int], bases: Sequence[float]) -> None:
    if not counts or len(counts) != len(bases) or min(bases) <= 0 or min(counts) < 0:
        raise SeriesImpossible("A chart needs for each point a count of at least 0 and somebody to divide by.")


def _stretches(number: int, is_next: Sequence[bool] | None) -> list[range]:
    """Return the places of the points in stretches without a gap."""
    starts = [place for place in range(number) if place == 0 or (is_next is not None and not is_next[place])]
    return [range(start, end) for start, end in pairwise([*starts, number])]


def _judged(
    centre: float, values: Sequence[float], sigmas: Sequence[float], stretches: Sequence[range], within: Range
) -> Chart:
    is_judged = len(values) >= FEWEST_POINTS
    # without any spread all points are the same, and none of them is a signal
    signals = _signals(centre, values, sigmas, stretches) if is_judged and any(sigmas) else [()] * len(values)
    begins = {one.start for one in stretches[1:]}
    points = tuple(
        Point(
            value,
            max(centre - 3 * sigma, within.lowest),
            min(centre + 3 * sigma, within.highest),
            broken,
            place in begins,
        )
        for place, (value, sigma, broken) in enumerate(zip(values, sigmas, signals, strict=True))
    )
    widest = max(sigmas)
    return Chart(
        centre,
        points,
        is_judged,
        within.lowest if centre - 3 * widest < within.lowest else None,
        within.highest if centre + 3 * widest > within.highest else None,
    )


def _unjudged(chart: Chart) -> Chart:
    return chart._replace(is_judged=False, points=tuple(point._replace(signals=()) for point in chart.points))


def _signals(
    centre: float, values: Sequence[float], sigmas: Sequence[float], stretches: Sequence[range]
) -> list[tuple[Rule, ...]]:
    """Return the rules that each point breaks; a rule about a run marks every point of the run, which no gap breaks.

    Rules about runs are of consecutive points (Western Electric 1956; Nelson 1984), and what lies in a gap is not
    known: it could have ended the run.
    """
    scores = [(value - centre) / sigma for value, sigma in zip(values, sigmas, strict=True)]
    steps = [after - before for before, after in pairwise(values)]
    found: list[set[Rule]] = [{"beyond_limit"} if abs(score) > 3 else set() for score in scores]
    for stretch in stretches:
        for end in stretch:
            so_far = end + 1 - stretch.start
            if so_far >= SHIFT and _one_side(scores[end + 1 - SHIFT : end + 1]):
                _mark(found, range(end + 1 - SHIFT, end + 1), "shift")
            if so_far >= TREND and _one_side(steps[end + 1 - TREND : end]):
                _mark(found, range(end + 1 - TREND, end + 1), "trend")
            if so_far >= 3:
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
