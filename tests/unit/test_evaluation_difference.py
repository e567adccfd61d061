"""Difference-in-differences against published figures, closed forms, and the same regressions run the long way."""

import numpy as np
import pytest
from scipy import stats

from node.evaluation.difference import (
    TooFewAreas,
    TooFewPeriods,
    difference,
    inference_for,
)
from node.evaluation.panel_regression import Flags, Floats, NotIdentified, clustered, design
from node.evaluation.wild_bootstrap import bootstrap, weights
from tests.support.planted import PlantedPanel

PANEL = PlantedPanel(areas=12, treated=5, periods=8, start=4, size=1.5)


def _with_holes() -> tuple[Floats, Flags]:
    outcomes = PANEL.outcomes([3])[0]
    present = np.ones_like(outcomes, dtype=bool)
    present[0, 2] = present[4, 7] = present[9, 0] = present[9, 5] = False
    return np.where(present, outcomes, 0.0), present


def _long_way(outcomes: Floats, present: Flags, regressor: Floats) -> tuple[Floats, Floats, Floats]:
    """Return regressors with every dummy written out, outcomes and areas, a row per cell; the last column is x."""
    area, period = np.nonzero(present)
    dummies = [np.eye(present.shape[0])[area], np.eye(present.shape[1])[period][:, 1:]]
    return np.column_stack([*dummies, regressor[present]]), outcomes[present], area


def _cells(area: Floats) -> list[Floats]:
    """Return the rows of every area."""
    return [np.flatnonzero(area == one) for one in range(PANEL.areas)]


def test_the_minimum_wage_of_new_jersey_is_the_published_estimate() -> None:
    # Card and Krueger (1994), American Economic Review 84:772-793, table 3, rows 1-2: employment before and after.
    jersey, pennsylvania = (20.44, 21.03), (23.33, 21.17)
    outcomes = np.array([jersey, pennsylvania])
    made = design(np.ones((2, 2), dtype=bool), np.array([[0.0, 1.0], [0.0, 0.0]]))
    found = np.sum(made.left * outcomes) / made.information
    assert found == pytest.approx(2.76, abs=0.011)  # row 3 of the table, from means that were not rounded


def test_a_panel_with_holes_is_estimated_as_with_every_dummy_written_out() -> None:
    outcomes, present = _with_holes()
    rows, values, area = _long_way(outcomes, present, PANEL.regressor)
    bread = np.linalg.inv(rows.T @ rows)
    coefficients = bread @ rows.T @ values
    found = clustered(design(present, PANEL.regressor), outcomes[None], "cr1")
    assert found.effect[0] == pytest.approx(coefficients[-1], rel=1e-10)
    errors = values - rows @ coefficients
    scores = np.array([rows[area == one].T @ errors[area == one] for one in range(PANEL.areas)])
    sandwich = bread @ (scores.T @ scores) @ bread
    cells, terms, groups = len(values), PANEL.periods + 1, PANEL.areas
    factor = groups / (groups - 1) * (cells - 1) / (cells - terms)
    assert found.error[0] == pytest.approx(np.sqrt(factor * sandwich[-1, -1]), rel=1e-10)


def test_cr2_is_unbiased_under_independence_also_in_a_panel_with_holes() -> None:
    """The variance is a quadratic form in the outcomes: what is expected is the sum over one cell after another."""
    outcomes, present = _with_holes()
    rows, _, _ = _long_way(outcomes, present, PANEL.regressor)
    cells = np.zeros((int(present.sum()), *present.shape))
    cells[np.arange(len(cells)), *np.nonzero(present)] = 1.0
    expected = np.sum(clustered(design(present, PANEL.regressor), cells).error ** 2)
    assert expected == pytest.approx(np.linalg.inv(rows.T @ rows)[-1, -1], rel=1e-9)


def test_without_holes_cr2_is_the_two_sample_comparison_of_changes() -> None:
    outcomes = PANEL.outcomes([8])[0]
    changes = outcomes[:, PANEL.is_after].mean(axis=1) - outcomes[:, ~PANEL.is_after].mean(axis=1)
    treated, others = changes[PANEL.is_treated], changes[~PANEL.is_treated]
    found = clustered(design(np.ones_like(outcomes, dtype=bool), PANEL.regressor), outcomes[None])
    welch = stats.ttest_ind(treated, others, equal_var=False)
    assert found.effect[0] == pytest.approx(treated.mean() - others.mean(), rel=1e-10)
    assert found.effect[0] / found.error[0] == pytest.approx(welch.statistic, rel=1e-9)


def test_three_against_twenty_seven_have_the_published_degrees_of_freedom() -> None:
    # Imbens and Kolesár (2016), Review of Economics and Statistics 98:701-712: N1 = 3, N0 = 27 gives 2.5.
    panel = PlantedPanel(areas=30, treated=3, periods=2, start=1, size=0)
    found = clustered(design(np.ones((30, 2), dtype=bool), panel.regressor), panel.outcomes([1]))
    assert found.freedom[0] == pytest.approx((1 / 3 + 1 / 27) ** 2 / ((1 / 3) ** 2 / 2 + (1 / 27) ** 2 / 26), rel=1e-9)
    assert round(float(found.freedom[0]), 1) == 2.5


@pytest.mark.parametrize("hypothesis", [0.0, 1.5, 2.5])
def test_the_bootstrap_is_the_one_that_runs_every_regression_again(hypothesis: float) -> None:
    outcomes, present = _with_holes()
    rows, values, area = _long_way(outcomes, present, PANEL.regressor)
    drawn = weights(PANEL.areas, 199, seed=5)
    bread = np.linalg.inv(rows.T @ rows)
    hat = rows @ bread @ rows.T
    inverses = [np.linalg.pinv(np.eye(len(own)) - hat[np.ix_(own, own)], hermitian=True) for own in _cells(area)]

    def fitted(outcome: Floats) -> tuple[float, float, Floats]:
        """Return estimate, jackknife error and corrected residuals of one regression."""
        coefficients = bread @ rows.T @ outcome
        errors = outcome - rows @ coefficients
        corrected = np.zeros_like(errors)
        for own, inverse in zip(_cells(area), inverses, strict=True):
            corrected[own] = inverse @ errors[own]
        scores = np.array([rows[own].T @ corrected[own] for own in _cells(area)])
        return float(coefficients[-1]), float(np.sqrt((bread @ scores.T @ scores @ bread)[-1, -1])), corrected

    estimate, error, corrected = fitted(values)
    extreme = 0
    for one in drawn:
        again, spread, _ = fitted(hat @ values + one[area] * corrected)
        extreme += abs(again - estimate) / spread >= abs(estimate - hypothesis) / error * (1 - 1e-9)
    found = bootstrap(design(present, PANEL.regressor), outcomes[None], drawn)
    assert found.effect[0] == pytest.approx(estimate, rel=1e-9)
    assert found.error[0] == pytest.approx(error, rel=1e-9)
    assert found.p_values(hypothesis)[0] == pytest.approx((1 + extreme) / 200, abs=1e-12)


def test_the_error_of_the_bootstrap_is_the_jackknifes_over_areas() -> None:
    """CR3 of a difference of means is the spread of the estimates that leave one area out, up to a factor by side."""
    outcomes = PANEL.outcomes([8])[0]
    changes = outcomes[:, PANEL.is_after].mean(axis=1) - outcomes[:, ~PANEL.is_after].mean(axis=1)
    estimate = changes[PANEL.is_treated].mean() - changes[~PANEL.is_treated].mean()
    squares = 0.0
    for area in range(PANEL.areas):
        rest = np.arange(PANEL.areas) != area
        without = changes[rest & PANEL.is_treated].mean() - changes[rest & ~PANEL.is_treated].mean()
        squares += (without - estimate) ** 2
    found = bootstrap(design(np.ones_like(outcomes, dtype=bool), PANEL.regressor), outcomes[None], weights(12, 99))
    assert found.error[0] == pytest.approx(np.sqrt(squares), rel=1e-9)


def test_the_interval_holds_what_the_bootstrap_does_not_reject() -> None:
    outcomes, present = _with_holes()
    found = bootstrap(design(present, PANEL.regressor), outcomes[None], weights(PANEL.areas, 999))
    low, high = (float(one[0]) for one in found.limits())
    reach = 1e-6 * (high - low)
    for place, is_inside in ((low + reach, True), (high - reach, True), (low - reach, False), (high + reach, False)):
        assert bool(found.p_values(place)[0] > 0.05) is is_inside


def test_webbs_six_points_and_signs_have_mean_0_and_variance_1() -> None:
    for areas, points in ((9, 6), (10, 2)):
        drawn = weights(areas, 20_000)
        assert len(np.unique(drawn)) == points
        assert abs(drawn.mean()) < 0.01
        assert drawn.var() == pytest.approx(1, abs=0.01)


def test_two_runs_give_the_same_to_the_last_digit() -> None:
    outcomes = PANEL.outcomes([4])[0]
    first, second = (difference(outcomes, PANEL.is_treated, PANEL.is_after) for _ in range(2))
    assert first == second


def test_trends_that_differ_before_the_start_are_seen_by_both_checks() -> None:
    drifting = PANEL.outcomes([6])[0] + np.outer(PANEL.is_treated, np.arange(8.0))
    found = difference(drifting, PANEL.is_treated, PANEL.is_after)
    assert found.pre_trend.p < 0.05
    assert found.pre_trend.low < 1 < found.pre_trend.high
    assert found.placebo is not None
    assert found.placebo.p < 0.05
    even = difference(PANEL.outcomes([6])[0], PANEL.is_treated, PANEL.is_after)
    assert even.pre_trend.p > 0.05


def test_an_area_with_figures_on_one_side_only_takes_no_part() -> None:
    outcomes = PANEL.outcomes([2])[0]
    without = difference(outcomes[:-1], PANEL.is_treated[:-1], PANEL.is_after)
    outcomes[-1, PANEL.is_after] = np.nan
    assert difference(outcomes, PANEL.is_treated, PANEL.is_after) == without


def test_the_way_to_limits_follows_from_the_areas_on_each_side() -> None:
    assert inference_for(10, 20) == "cr2"
    assert inference_for(6, 6) == "wild"
    assert inference_for(4, 8) == "wider"
    assert inference_for(6, 14) == "wild"
    assert inference_for(5, 15) == "wider"
    assert inference_for(3, 6) == "wider"


def test_the_wider_of_both_holds_both() -> None:
    panel = PlantedPanel(areas=12, treated=3, periods=8, start=4, size=1.0)
    outcomes, made = panel.outcomes([9])[0], design(np.ones((12, 8), dtype=bool), panel.regressor)
    found = difference(outcomes, panel.is_treated, panel.is_after).effect
    plain = clustered(made, outcomes[None])
    low, high = (float(one[0]) for one in bootstrap(made, outcomes[None], weights(12)).limits())
    assert found.low == pytest.approx(min(low, float(plain.low[0])), abs=1e-9)
    assert found.high == pytest.approx(max(high, float(plain.high[0])), abs=1e-9)


def test_too_few_areas_or_periods_are_refused_in_one_sentence() -> None:
    outcomes = PANEL.outcomes([1])[0]
    with pytest.raises(TooFewAreas, match=r"^2 areas with the intervention and 7 to compare with .* --method its\.$"):
        difference(outcomes[3:], PANEL.is_treated[3:], PANEL.is_after)
    with pytest.raises(TooFewPeriods, match=r"^Periods before the start: 1, after it: 4"):
        difference(outcomes[:, 3:], PANEL.is_treated, PANEL.is_after[3:])
    with pytest.raises(TooFewPeriods, match=r"^Periods before the start: 4, after it: 0"):
        difference(outcomes[:, :4], PANEL.is_treated, PANEL.is_after[:4])


def test_a_regressor_that_the_effects_explain_is_refused() -> None:
    with pytest.raises(NotIdentified):
        design(np.ones((4, 5), dtype=bool), np.outer(np.ones(4), np.arange(5.0)))


def test_what_hangs_on_one_area_before_the_start_is_refused_and_not_told_as_certain() -> None:
    """With one area of five shown in both periods the difference in trend had limits without width, and p = 0."""
    outcomes = PANEL.outcomes([5])[0][:, 2:]
    is_after = PANEL.is_after[2:]
    outcomes[1:5, 0] = outcomes[5:, 1] = np.nan
    with pytest.raises(TooFewPeriods, match="begin with an earlier period"):
        difference(outcomes, PANEL.is_treated, is_after)
    outcomes = PANEL.outcomes([5])[0][:, 2:]
    outcomes[1:5, 0] = np.nan
    with pytest.raises(TooFewPeriods, match="begin with an earlier period"):
        difference(outcomes, PANEL.is_treated, is_after)
    outcomes[1, 0] = 0.0
    assert difference(outcomes, PANEL.is_treated, is_after).pre_trend.error > 0


def test_an_effect_that_hangs_on_one_area_is_refused() -> None:
    """Only one area with the intervention is shown in a period after the start in which others are, too."""
    present = np.ones((8, 4), dtype=bool)
    present[1:3, 2] = present[3:, 3] = False
    regressor = np.outer(np.arange(8) < 3, np.arange(4) >= 2).astype(float)
    with pytest.raises(NotIdentified, match="hangs on one of them"):
        clustered(design(present, regressor), np.ones((1, 8, 4)))


def test_a_difference_in_trend_without_limits_is_refused_in_one_sentence() -> None:
    """Two areas on each side are left before the start, of which two move by the same: any difference is possible."""
    gone = np.nan
    outcomes = np.array([
        [2, 2, 3, 1, 2], [2, 2, 1, 0, 4], [gone, 5, gone, 4, 3], [1, 1, 6, 3, 2], [4, gone, 3, 2, 4],
        [1, 1, 6, 5, 3], [7, gone, 2, 3, 1], [gone, 4, 5, 1, 5],
    ], float)  # fmt: skip
    outcomes[[0, 1], 1] = outcomes[[0, 1], 0] - 1
    outcomes[[3, 5], 1] = outcomes[[3, 5], 0] + [4, 5]
    with pytest.raises(TooFewPeriods, match="begin with an earlier period"):
        difference(outcomes, np.arange(8) < 3, np.arange(5) >= 2)
