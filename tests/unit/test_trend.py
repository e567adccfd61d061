"""Trend verdicts against textbook figures, and what turning a series round does."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import chi2
from scipy.stats import t as student

from hub.comparison.trend import TrendImpossible, of_events, of_proportions, of_values


def test_carriers_by_size_of_tonsils_are_armitages() -> None:
    """Armitage and Berry, Statistical Methods in Medical Research: chi-squared for trend 7.19 with one degree."""
    found = of_proportions([19, 29, 24], [516, 589, 293], [0, 1, 2])
    assert found.statistic is not None
    assert found.statistic**2 == pytest.approx(7.19, abs=0.01)
    assert found.verdict == "rising"


def test_smokers_among_patients_are_those_of_rs_help_page() -> None:
    """Fleiss (1981), the example of R's prop.trend.test and prop.test: 8.2249 with 1 and 12.6004 with 3 degrees."""
    found = of_proportions([83, 90, 129, 70], [86, 93, 136, 82], [1, 2, 3, 4])
    assert found.statistic is not None
    assert found.statistic**2 == pytest.approx(8.2249, abs=5e-5)
    assert found.p_value == pytest.approx(0.004132, abs=5e-7)
    assert found.departure_p == pytest.approx(chi2.sf(12.6004 - 8.2249, 2), abs=1e-5)
    assert (found.verdict, found.dispersion) == ("falling", 1.0)


def test_leprosy_patients_depart_from_a_line_as_little_as_cochran_says() -> None:
    """Cochran (1954), Biometrics 10:417-451: chi-squared 6.88, of which 6.67 for the slope and 0.21 for departures."""
    found = of_proportions([7, 15, 16, 13, 1], [18, 42, 58, 66, 12], [3, 2, 1, 0, -1])
    assert found.statistic is not None
    assert found.statistic**2 == pytest.approx(6.67, abs=5e-3)
    assert found.departure_p == pytest.approx(chi2.sf(0.21, 3), abs=2e-3)


def _weighted_regression(values: list[float], weights: list[float], times: list[float]) -> tuple[float, float]:
    """Return Student's t of the slope and the scatter about the line, by least squares with all columns written out."""
    root = np.sqrt(weights)
    columns = np.column_stack([root, root * times])
    slopes, squares, _, _ = np.linalg.lstsq(columns, root * values, rcond=None)
    scatter = float(squares[0]) / (len(values) - 2)
    error = np.sqrt(scatter * np.linalg.inv(columns.T @ columns)[1, 1])
    return float(slopes[1] / error), scatter


@pytest.mark.parametrize("is_rate", [False, True])
def test_periods_that_scatter_beyond_chance_are_judged_by_their_own_scatter(is_rate: bool) -> None:
    """Exactly the t of the weighted regression of the figures on time, with two degrees of freedom fewer than periods.

    Of so many people chance alone would make z 4.1 (of events 4.0) of a series that goes up and down.
    """
    parts, wholes, times = [1000, 1300, 980, 1310, 1020, 1290], [20_000.0] * 6, [0.0, 1, 2, 3, 4, 7]
    found = of_events(parts, wholes, times) if is_rate else of_proportions(parts, [20_000] * 6, times)
    t, scatter = _weighted_regression([part / 20_000 for part in parts], wholes, times)
    mean = sum(parts) / 120_000
    assert found.statistic == pytest.approx(t, rel=1e-9)
    assert found.dispersion == pytest.approx(scatter / (mean if is_rate else mean * (1 - mean)), rel=1e-9)
    assert found.p_value == pytest.approx(2 * student.sf(abs(t), 4), rel=1e-9)
    assert found.verdict == "no_trend"
    z = (found.statistic or 0.0) * (found.dispersion or 0.0) ** 0.5
    assert z == pytest.approx(3.98 if is_rate else 4.10, abs=5e-3)


def test_a_rise_that_bends_is_still_a_rise() -> None:
    found = of_proportions([3000, 4000, 4500, 4800, 4950, 5000], [10_000] * 6, list(range(6)))
    assert found.verdict == "rising"
    assert found.departure_p is not None
    assert found.departure_p < 1e-6


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 5000)), min_size=3, max_size=20))
def test_a_series_that_is_turned_round_has_the_opposite_verdict(series: list[tuple[int, int]]) -> None:
    parts, wholes = zip(*series, strict=True)
    assume(10 <= sum(parts) <= sum(wholes) - 10)
    times = list(range(len(series)))
    for test in (of_proportions, of_events):
        there, back = test(parts, wholes, times), test(parts[::-1], wholes[::-1], times)
        assert there.statistic == pytest.approx(-(back.statistic or 0.0), abs=1e-6)
        shifted = test(parts, wholes, [2020 + 3 * one for one in times])
        assert shifted.statistic == pytest.approx(there.statistic, abs=1e-4)


def test_mann_kendall_counts_orders_exactly() -> None:
    """Of all 120 orders of five values only the rising one has tau 1, and its mirror -1: p = 2/120."""
    found = of_values([1.0, 2.0, 3.5, 4.0, 9.0], [1, 2, 3, 4, 5])
    assert (found.verdict, found.statistic) == ("rising", pytest.approx(1.0))
    assert found.p_value == pytest.approx(2 / 120)
    verdicts = [of_values(order, [1, 2, 3, 4, 5]).verdict for order in permutations([1.0, 2.0, 3.0, 4.0, 5.0])]
    assert (verdicts.count("rising"), verdicts.count("falling")) == (1, 1)


@pytest.mark.parametrize(
    "values",
    [(1, 1, 2, 2, 3), (1, 1, 2, 3, 3), (1, 1, 1, 2, 2, 2), (1, 2, 2, 3, 1, 4, 4), (4, 3, 3, 1, 2, 1), (0, 0, 0, 0, 1)],
)
def test_mann_kendall_counts_orders_with_ties_too(values: tuple[int, ...]) -> None:
    """Every order of the values is tried; the normal distribution gave the first a p of 3.7% where it is 6.7%."""

    def score(order: tuple[int, ...]) -> int:
        return abs(sum((after > before) - (after < before) for before, after in combinations(order, 2)))

    every = list(permutations(values))
    by_hand = sum(score(order) >= score(values) for order in every) / len(every)
    found = of_values(values, range(len(values)))
    assert found.p_value == pytest.approx(by_hand, abs=1e-12)
    assert (found.verdict == "no_trend") is (by_hand >= 0.05)


def test_mann_kendall_follows_moments_and_not_places() -> None:
    there = of_values([1, 1, 2, 3, 4, 4], [0, 1, 2, 3, 4, 5])
    assert of_values([4, 1, 3, 1, 2, 4], [5, 1, 3, 0, 2, 4]) == there


def test_too_few_periods_and_equal_values_give_no_trend() -> None:
    assert of_values([1.0, 2.0, 3.0, 4.0], [1, 2, 3, 4]).verdict == "too_short"
    assert of_proportions([1, 2], [10, 10], [1, 2]).verdict == "too_short"
    assert of_events([1, 2], [10, 10], [1, 2]).verdict == "too_short"
    assert of_values([2.0] * 6, list(range(6))).verdict == "no_trend"
    assert of_proportions([0, 0, 3], [1000, 1000, 1000], [1, 2, 3]).verdict == "too_few_events"
    assert of_proportions([1000, 999, 998], [1000, 1000, 1000], [1, 2, 3]).verdict == "too_few_events"
    assert of_events([0, 4, 5], [10, 10, 10], [1, 2, 3]).verdict == "too_few_events"


def test_series_that_cannot_be_are_refused() -> None:
    for parts, wholes in (([1, 2], [1, 1, 1]), ([-1, 1, 1], [5, 5, 5]), ([1, 1, 1], [0, 5, 5])):
        with pytest.raises(TrendImpossible):
            of_proportions(parts, wholes, [1, 2, 3])
    with pytest.raises(TrendImpossible):
        of_proportions([9, 9, 9], [5, 5, 5], [1, 2, 3])
    with pytest.raises(TrendImpossible):
        of_values([1.0], [])
