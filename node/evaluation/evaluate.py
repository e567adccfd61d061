"""Hold an intervention's outcome before and after its start against what was to be expected without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from node.indicators.period import read_period
from node.knowledge.interventions import Intervention
from schemas.codes import Audience
from schemas.definition import Text

from .checks import Check, autocorrelation_check, placebo_check, shown_check, trend_check
from .difference import Effect, TooFewPeriods, difference
from .estimated import Estimate, estimate
from .figures_over_time import FiguresOverTime, per_year, side
from .interrupted import Season, segmented
from .panel_regression import Estimates, Flags, Floats
from .reading import HOW, ITS_ASSUMPTIONS, assumptions_of, how_of, reading, unit_of_change
from .refusal import EvaluationRefused, NoVariation

Method = Literal["did", "its"]

_NO_ERROR: Final = 1e-12  # of the figures; below it is rounding
_TREND: Final = Text("verschil in trend", "difference in trend")
_PLACEBO: Final = Text("schijnstart", "placebo start")


class AreasWrong(EvaluationRefused):
    """Areas of intervention or comparison that this node does not have, or that are on both sides."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An evaluation as people read it and machines store it; effects are in the indicator's unit, with 95% limits.

    `readers` are those who may read every figure that it is made of; None: it is made of unprotected figures, and
    stays in the region.
    """

    intervention: str
    title: Text
    indicator: str
    definition_hash: str
    unit: Text
    method: Method
    start: str
    areas: tuple[str, ...]
    compared: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    left_out: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    how: Text
    assumptions: tuple[Text, ...]
    checks: tuple[Check, ...]
    reading: Text
    readers: Audience | None


@dataclass(frozen=True, slots=True)
class _Laid:
    """The figures, the areas on each side, and the periods by where they lie."""

    figures: FiguresOverTime
    treated: tuple[str, ...]
    compared: tuple[str, ...]
    sides: tuple[str, ...]
    readers: Audience | None

    def periods(self, *wanted: str) -> tuple[str, ...]:
        return tuple(one for one, where in zip(self.figures.periods, self.sides, strict=True) if where in wanted)

    def at(self, *wanted: str) -> Flags:
        return np.array([where in wanted for where in self.sides])


def evaluate(
    intervention: Intervention,
    figures: FiguresOverTime,
    method: Method,
    compared: Sequence[str] = (),
    season: Season | None = None,
    readers: Audience | None = None,
) -> Evaluated:
    """Evaluate an intervention by one indicator over successive periods.

    `compared` are the areas to compare with, all others where none is named; `season` that of the series, by default
    two harmonics for months, dummies for quarters and none for years. `readers` may read all figures, if these were
    published. Raises an EvaluationRefused.
    """
    laid = _laid(intervention, figures, compared, readers)
    if method == "did":
        return _by_difference(intervention, laid)
    return _by_series(intervention, laid, season)


def _laid(
    intervention: Intervention, figures: FiguresOverTime, compared: Sequence[str], readers: Audience | None
) -> _Laid:
    treated = tuple(dict.fromkeys(intervention.areas)) or figures.areas  # an area named twice is one area
    compared = tuple(dict.fromkeys(compared))
    for area in (*treated, *compared):
        if area not in figures.areas:
            raise AreasWrong(f"{area} is no area of these figures; write one such as {', '.join(figures.areas[:3])}.")
    both = [area for area in compared if area in treated]
    if both:
        raise AreasWrong(f"{both[0]} has the intervention, so it cannot be compared with; leave it out of --compare.")
    others = compared or tuple(area for area in figures.areas if area not in treated)
    sides = [side(read_period(one), intervention.start, intervention.end) for one in figures.periods]
    return _Laid(figures, treated, others, tuple(sides), readers)


def _by_difference(intervention: Intervention, laid: _Laid) -> Evaluated:
    areas = (*laid.treated, *laid.compared)
    rows = [laid.figures.areas.index(area) for area in areas]
    used, values = laid.at("before", "after"), laid.figures.values[rows]
    outcomes = np.where(used, values, np.nan)  # a period across the start takes no part, but time goes on
    found = difference(outcomes, np.arange(len(areas)) < len(laid.treated), laid.at("after"))
    told = _of_effect(Text("verschil-in-verschillen", "difference-in-differences"), found.effect)
    checks = (
        trend_check(_of_effect(_TREND, found.pre_trend), told, found.reach),
        placebo_check(None if found.placebo is None else _of_effect(_PLACEBO, found.placebo)),
        *_shown(values[:, used], laid),
    )
    return _evaluated(intervention, laid, "did", (told,), (how_of(found), assumptions_of(found)), checks)


def _by_series(intervention: Intervention, laid: _Laid, season: Season | None) -> Evaluated:
    kept = ~laid.at("ended")
    values, after = laid.figures.together(laid.treated)[kept], laid.at("after")[kept]
    left_out = laid.at("across")[kept] | np.isnan(values)
    yearly = per_year(laid.figures.periods[0])
    usual: Season = "fourier" if yearly == 12 else "dummies" if yearly == 4 else "none"
    chosen: Season = (season or usual) if yearly > 1 else "none"
    first_after = int(np.argmax(after)) if after.any() else len(after)
    found = segmented(values[None], first_after, left_out, chosen, yearly)
    if float(found.average.error[0]) <= _NO_ERROR * float(np.nanmax(np.abs(values))):
        raise NoVariation("The figures lie on the line that is fitted, so chance cannot be judged; use finer ones.")
    told = (
        _of_series(Text("gemiddeld over de tijd na de start", "average over the time after the start"), found.average),
        _of_series(Text("sprong bij de start", "change in level at the start"), found.level),
        _of_series(Text("verandering van de helling, per periode", "change in slope, per period"), found.slope),
    )
    checks = (
        placebo_check(_placebo_start(values[:first_after], left_out[:first_after], chosen, yearly)),
        autocorrelation_check(float(found.correlation[0]), found.lags),
        *_shown(_counted_together(laid.figures, laid.treated)[:, kept], laid, is_together=True),
    )
    return _evaluated(intervention, laid, "its", told, (HOW["its"], ITS_ASSUMPTIONS), checks)


def _shown(values: Floats, laid: _Laid, is_together: bool = False) -> tuple[Check, ...]:
    """Return the check on what is not shown, where published figures are evaluated."""
    return () if laid.readers is None else (shown_check(int(np.isnan(values).sum()), values.size, is_together),)


def _counted_together(figures: FiguresOverTime, areas: Sequence[str]) -> Floats:
    """Return the areas' figures (areas, periods), NaN also where another area lacks one: then no sum can be made."""
    values = figures.values[[figures.areas.index(one) for one in areas]]
    return np.where(np.isnan(figures.together(areas)), np.nan, values)


def _placebo_start(values: Floats, left_out: Flags, season: Season, yearly: int) -> Estimate | None:
    """Return what a start halfway the periods before would seem to do; None where they are too few to be halved."""
    try:
        found = segmented(values[None], len(values) // 2, left_out, season, yearly)
    except TooFewPeriods:
        return None
    return _of_series(_PLACEBO, found.average)


def _evaluated(
    intervention: Intervention,
    laid: _Laid,
    method: Method,
    told: tuple[Estimate, ...],
    made: tuple[Text, tuple[Text, ...]],
    checks: tuple[Check, ...],
) -> Evaluated:
    definition, is_did = laid.figures.definition, method == "did"
    return Evaluated(
        intervention=intervention.id,
        title=intervention.title,
        indicator=definition.id,
        definition_hash=definition.hash,
        unit=unit_of_change(definition),
        method=method,
        start=intervention.start.isoformat(),
        areas=laid.treated,
        compared=laid.compared if is_did else (),
        before=laid.periods("before"),
        after=laid.periods("after"),
        left_out=laid.periods("across", "ended"),
        estimates=told,
        how=made[0],
        assumptions=made[1],
        checks=checks,
        reading=reading(definition, intervention.title, told[0], checks, is_did),
        readers=laid.readers,
    )


def _of_effect(name: Text, found: Effect) -> Estimate:
    return estimate(name, found.estimate, found.low, found.high, found.p)


def _of_series(name: Text, found: Estimates) -> Estimate:
    numbers = (found.effect, found.low, found.high, found.p)
    return estimate(name, *(float(one[0]) for one in numbers))
