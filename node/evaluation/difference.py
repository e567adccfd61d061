"""Difference-in-differences: what changed where the intervention is, beyond what changed in the areas compared with.

Two-way fixed effects on areas x periods with one start: beta of x[a,t] = 1 where area a has the intervention and t lies
after the start. With every cell there, beta is the mean change of the treated areas minus that of the others. Angrist
and Pischke (2009), Mostly Harmless Econometrics, ch. 5.2. The two checks are the same regression on the periods before.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from .panel_regression import Design, Flags, Floats, NotIdentified, clustered, coefficient, design, without_effects
from .refusal import EvaluationRefused, NoVariation
from .wild_bootstrap import DRAWS, bootstrap, weights

Inference = Literal["cr2", "wild", "wider"]

FEWEST_AREAS: Final = 8
FEWEST_ON_A_SIDE: Final = 3
FEWEST_FOR_BOOTSTRAP: Final = 6  # on each side
FEWEST_BEFORE: Final = 2
FEWEST_FOR_PLACEBO: Final = 4
FEW_CLUSTERS: Final = 30
"""Below it the normal approximation of clustered errors is poor, so that areas are resampled.

Cameron, Gelbach and Miller (2008) simulate 5 to 30 clusters.
"""
_NO_ERROR: Final = 1e-12


class TooFewAreas(EvaluationRefused):
    """Fewer areas than an honest interval needs."""


class TooFewPeriods(EvaluationRefused):
    """Fewer periods before or after the start than the method needs."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One estimate with its 95% limits and p-value. `error` and `freedom` belong to CR2."""

    estimate: float
    low: float
    high: float
    p: float
    error: float
    freedom: float


@dataclass(frozen=True, slots=True)
class Difference:
    """What came of it: the effect, how its limits were found, and the checks on the periods before the start.

    `pre_trend` is the difference in slope per period before the start, `reach` what a difference of 1 per period that
    goes on adds to the effect: without holes the mean distance in periods between before and after. `placebo` is the
    effect of a start halfway the periods before, None with fewer than four of them. `cr1_error` is the error without
    the correction for few areas.
    """

    effect: Effect
    inference: Inference
    cr1_error: float
    treated: int
    compared: int
    pre_trend: Effect
    reach: float
    placebo: Effect | None


def inference_for(treated: int, compared: int) -> Inference:
    """Return how limits are found for so many areas on each side.

    From 30 areas on: CR2. Fewer: the wild bootstrap. With three to five areas on a side the bootstrap finds
    an effect too often (MacKinnon and Webb 2017, Journal of Applied Econometrics 32:233-254): without one in 5.5 to 7
    of 100 simulated regions. There the farther limit of both is taken.
    """
    if treated + compared >= FEW_CLUSTERS:
        return "cr2"
    return "wild" if min(treated, compared) >= FEWEST_FOR_BOOTSTRAP else "wider"


def difference(outcomes: Floats, treated: Flags, after: Flags) -> Difference:
    """Estimate the effect of what began at one moment in some areas.

    `outcomes` is (areas, periods), NaN where there is no figure; `treated` (areas,), `after` (periods,). Areas without
    a figure on one side of the start take no part; a period without any figure takes none, but time goes on.

    Raises TooFewAreas, TooFewPeriods, NotIdentified and NoVariation.
    """
    there = (~np.isnan(outcomes)).any(axis=0)
    time = np.flatnonzero(there).astype(np.float64)
    outcomes, after = outcomes[:, there], after[there]
    moments = time[~after]
    _check_periods(int((~after).sum()), int(after.sum()))
    present = ~np.isnan(outcomes)
    usable = present[:, ~after].any(axis=1) & present[:, after].any(axis=1)
    outcomes, treated, present = outcomes[usable], treated[usable], present[usable]
    sides = int(treated.sum()), int((~treated).sum())
    _check_areas(sides)
    inference = inference_for(*sides)
    made = design(present, np.outer(treated, after).astype(np.float64))
    before, order = ~after, np.arange(len(moments))

    def earlier(regressor: Floats) -> Effect:
        placed = design(present[:, before], np.outer(treated, regressor).astype(np.float64))
        return effect(placed, outcomes[:, before], inference)

    try:
        pre_trend = earlier(moments)
        placebo = earlier((order >= len(order) / 2).astype(np.float64)) if len(order) >= FEWEST_FOR_PLACEBO else None
    except NotIdentified as error:
        raise TooFewPeriods(
            "Too few figures lie before the start to hold the two groups of areas beside each other; begin with an "
            "earlier period."
        ) from error
    main = effect(made, outcomes, inference)
    if main.error == 0:
        raise NoVariation(
            "The figures do not vary beyond areas and periods, so chance cannot be judged; use finer ones."
        )
    cr1 = clustered(made, np.nan_to_num(outcomes)[None], "cr1")
    apart = without_effects(made, np.outer(treated, time)[None])
    return Difference(
        main, inference, float(cr1.error[0]), *sides, pre_trend, float(coefficient(made, apart)[0]), placebo,
    )  # fmt: skip


def effect(made: Design, outcomes: Floats, inference: Inference, draws: int = DRAWS) -> Effect:
    """Estimate one coefficient of one panel (areas, periods) with its limits and p-value; raises NotIdentified."""
    panel = np.nan_to_num(outcomes)
    found = clustered(made, panel[None])
    values = [float(one[0]) for one in (found.effect, found.low, found.high, found.p, found.error, found.freedom)]
    estimate, low, high, p, error, freedom = values
    scale = float(np.max(np.abs(panel)))
    if error <= _NO_ERROR * scale:  # what is left is rounding
        is_none = abs(estimate) <= _NO_ERROR * scale
        exact = 0.0 if is_none else estimate
        return Effect(exact, exact, exact, 1.0 if is_none else 0.0, 0.0, freedom)
    if inference == "cr2":
        return Effect(estimate, low, high, p, error, freedom)
    drawn = bootstrap(made, panel[None], weights(len(panel), draws))
    wild_p, wild_low, wild_high = (float(one[0]) for one in (drawn.p_values(0.0), *drawn.limits()))
    if not np.isfinite([wild_low, wild_high]).all():  # of too many draws no area is left with an error
        raise NotIdentified("Too few areas have figures that vary for chance to be judged; add areas or periods.")
    if inference == "wild":
        return Effect(estimate, wild_low, wild_high, wild_p, error, freedom)
    return Effect(estimate, min(low, wild_low), max(high, wild_high), max(p, wild_p), error, freedom)


def _check_areas(sides: tuple[int, int]) -> None:
    if min(sides) < FEWEST_ON_A_SIDE or sum(sides) < FEWEST_AREAS:
        raise TooFewAreas(
            f"{sides[0]} areas with the intervention and {sides[1]} to compare with have figures before and after its "
            f"start; at least {FEWEST_ON_A_SIDE} of each and {FEWEST_AREAS} together are needed: add areas with "
            "--compare, or use --method its."
        )


def _check_periods(before: int, after: int) -> None:
    if before < FEWEST_BEFORE or after < 1:
        raise TooFewPeriods(
            f"Periods before the start: {before}, after it: {after}; at least {FEWEST_BEFORE} before and 1 after are "
            "needed: choose more or shorter periods."
        )
