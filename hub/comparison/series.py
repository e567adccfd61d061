"""One region's series judged: a trend verdict that holds whatever the hidden figures are, and a control chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import inf, prod
from typing import Final, Literal

from schemas.codes import first_day
from schemas.definition import IndicatorDefinition
from schemas.values import Exact, Suppressed, TypedValue

from . import control, trend
from .completions import verdicts
from .control import Chart, Range
from .scale import scores
from .trend import FEWEST_COUNTED, Trend

Why = Literal["no_denominator", "too_short", "too_few_events", "suppressed", "impossible"]
MOST_COMPLETIONS: Final = 20_000  # of hidden figures; beyond it the verdict is left open
Unit = Literal["year", "quarter", "month", "week", "day"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One period with its typed value; `is_comparable` False where its definition or division is another."""

    period: str
    value: TypedValue
    is_comparable: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """What a series says: the trend, or in code why there is none; the chart over its exact values, in their order."""

    trend: Trend | None
    why_not: Why | None
    used: int
    chart: Chart | None


def unit_of(period: str) -> Unit:
    """Return what kind of period this is."""
    rest = period[5:]
    if not rest:
        return "year"
    if rest.startswith("Q"):
        return "quarter"
    if rest.startswith("W"):
        return "week"
    return "day" if "-" in rest else "month"


def judge(definition: IndicatorDefinition, moments: Sequence[Moment]) -> Judged:
    """Judge a series of periods of one unit; what is not comparable, missing or withdrawn is left out of it.

    A hidden figure is not left out: the verdict stands only if it is the same for every figure that it can be
    (`suppressed` otherwise). Without a denominator there is no verdict and no chart.
    """
    usable = [one for one in moments if one.is_comparable and isinstance(one.value, Exact | Suppressed)]
    is_bare = definition.measure is None and not usable  # a public table mostly gives no denominators
    if is_bare or any(_base(one.value) is None for one in usable if isinstance(one.value, Exact)):
        return Judged(None, "no_denominator", 0, None)
    chart = _chart(definition, moments)
    found, why = _trend(definition, usable)
    return Judged(found, why, len(usable), chart)


def _trend(definition: IndicatorDefinition, usable: Sequence[Moment]) -> tuple[Trend | None, Why | None]:
    if not usable:
        return None, "too_short"
    bases = [_base(one.value) for one in usable]
    if any(base is None for base in bases):
        return None, "suppressed"
    whole = [base for base in bases if base is not None]
    if any(base <= 0 for base in whole):
        return None, "impossible"
    ranges = _ranges([one.value for one in usable])
    if ranges is None:
        return None, "suppressed"
    times = _times([one.period for one in usable])
    is_hidden = any(isinstance(one.value, Suppressed) for one in usable)
    if is_hidden and len(times) >= FEWEST_COUNTED and (definition.kind == "proportion" or definition.kind == "rate"):
        return _agreed(definition.kind, verdicts(definition.kind, ranges, whole, times))
    first: Trend | None = None
    for numerators in product(*ranges):
        try:
            found = _tested(definition, numerators, whole, times)
        except trend.TrendImpossible:
            return None, "impossible"
        if first is not None and found.verdict != first.verdict:
            return None, "suppressed"
        first = found if first is None else first
    if first is not None and (first.verdict == "too_short" or first.verdict == "too_few_events"):
        return None, first.verdict
    if first is not None and is_hidden:
        # these would be of one completion among many
        first = first._replace(statistic=None, p_value=None, departure_p=None, dispersion=None)
    return first, None if first is not None else "too_short"


def _agreed(
    kind: Literal["proportion", "rate"], found: frozenset[trend.Verdict] | None
) -> tuple[Trend | None, Why | None]:
    """Return the verdict that all completions share; without statistic, which would be of one among many."""
    if found is None:
        return None, "impossible"
    if len(found) > 1:
        return None, "suppressed"
    (verdict,) = found
    if verdict == "too_few_events":
        return None, "too_few_events"
    return Trend(verdict, None, None, "chi_squared_for_trend" if kind == "proportion" else "poisson_trend"), None


def _tested(
    definition: IndicatorDefinition, numerators: Sequence[int], bases: Sequence[int], times: Sequence[float]
) -> Trend:
    if definition.kind == "proportion":
        return trend.of_proportions(numerators, bases, times)
    if definition.kind == "rate":
        return trend.of_events(numerators, bases, times)
    return trend.of_values([part / base for part, base in zip(numerators, bases, strict=True)], times)


def _ranges(values: Sequence[TypedValue]) -> list[range] | None:
    """Return what each numerator can be; None where there are too many ways or one has no upper bound."""
    ranges = []
    for value in values:
        if isinstance(value, Exact):
            ranges.append(range(value.numerator, value.numerator + 1))
        elif isinstance(value, Suppressed) and value.hi is not None:
            ranges.append(range(value.lo, value.hi + 1))
        else:
            return None
    return None if prod(len(one) for one in ranges) > MOST_COMPLETIONS else ranges


def _chart(definition: IndicatorDefinition, moments: Sequence[Moment]) -> Chart | None:
    """Return the chart over the exact figures; None where there is none to make."""
    drawn = [(place, one.value) for place, one in enumerate(moments) if one.is_comparable]
    known = [(place, value) for place, value in drawn if isinstance(value, Exact)]
    numerators = [value.numerator for _, value in known]
    bases = [_base(value) or 0 for _, value in known]
    is_next = _is_next(moments, [place for place, _ in known])
    try:
        if definition.kind == "proportion":
            return control.p_chart(numerators, bases, is_next)
        if definition.kind == "rate" and min(numerators, default=0) >= 0:
            return control.u_chart(numerators, [float(base) for base in bases], is_next)
        if min(bases, default=0) <= 0:
            return None
        values = [part / base for part, base in zip(numerators, bases, strict=True)]
        return control.xmr(values, is_next, _possible(definition))
    except control.SeriesImpossible:
        return None


def _is_next(moments: Sequence[Moment], places: Sequence[int]) -> list[bool]:
    """Return of each of these figures whether its period follows that of the one before, in the series' own rhythm.

    That is the shortest time between any two of its periods, hidden and missing ones included: of a figure every four
    years none lies between two of them, and of a year that is hidden one does.
    """
    times = _times([one.period for one in moments])
    step = min((after - before for before, after in pairwise(times)), default=0.0)
    return [True, *(times[after] - times[before] == step for before, after in pairwise(places))][: len(places)]


def _possible(definition: IndicatorDefinition) -> Range:
    """Return what a figure can be at the least, as numerator over denominator."""
    measure = definition.measure
    if definition.kind == "mean" and (measure is None or measure.count == "value_sum"):
        lowest, _ = scores(definition)  # a value that is measured can be negative, unless its scale says no
        return Range(-inf if lowest is None else lowest)
    return Range(0.0)


def _base(value: TypedValue) -> int | None:
    return value.denominator if isinstance(value, Exact | Suppressed) else None


def _times(periods: Sequence[str]) -> list[float]:
    """Return when each period begins, in its own unit from the first on, so that a gap counts as time that passed."""
    days = [first_day(period) for period in periods]
    if any(day is None for day in days):
        return [float(place) for place in range(len(periods))]
    known = [day for day in days if day is not None]
    if unit_of(periods[0]) in ("week", "day"):
        return [float((day - known[0]).days) for day in known]
    return [float(12 * (day.year - known[0].year) + day.month - known[0].month) for day in known]
