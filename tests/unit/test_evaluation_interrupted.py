"""Interrupted time series: exact without errors, the long way with them, and refused where there is too little."""

import numpy as np
import pytest

from node.evaluation.difference import TooFewPeriods
from node.evaluation.interrupted import Season, segmented
from node.evaluation.panel_regression import Flags, Floats
from tests.support.planted import PlantedSeries

MONTHS = PlantedSeries(periods=60, start=36, level=2.0, slope=0.1, correlation=0.3)


def _nothing(periods: int) -> Flags:
    return np.zeros(periods, dtype=bool)


def _columns(series: PlantedSeries) -> Floats:
    """Return the regressors with a season of two harmonics, a row per month."""
    time = np.arange(float(series.periods))
    after = (time >= series.start).astype(float)
    turns = [2 * np.pi * harmonic * time / 12 for harmonic in (1, 2)]
    season = [part for turn in turns for part in (np.sin(turn), np.cos(turn))]
    return np.column_stack([np.ones_like(time), time, after, after * (time - series.start), *season])


@pytest.mark.parametrize("season", ["fourier", "dummies"])
def test_a_series_without_errors_gives_back_what_was_planted(season: Season) -> None:
    series = MONTHS.outcomes([1])
    time = np.arange(60)
    after = time >= 36
    exact = (7 + 0.2 * time + 3 * np.cos(2 * np.pi * time / 12) + after * (2 + 0.1 * (time - 36)))[None]
    found = segmented(exact, 36, _nothing(60), season, 12)
    for told, planted in ((found.level, 2.0), (found.slope, 0.1), (found.average, MONTHS.average)):
        assert told.effect[0] == pytest.approx(planted, abs=1e-9)
    assert segmented(series, 36, _nothing(60), season, 12).level.error[0] > 0.1


def test_coefficients_are_those_of_least_squares() -> None:
    series = MONTHS.outcomes([2, 3])
    found = segmented(series, 36, _nothing(60), "fourier", 12)
    wanted = np.linalg.lstsq(_columns(MONTHS), series.T, rcond=None)[0]
    assert found.level.effect == pytest.approx(wanted[2], rel=1e-9)
    assert found.slope.effect == pytest.approx(wanted[3], rel=1e-9)
    assert found.average.effect == pytest.approx(wanted[2] + 11.5 * wanted[3], rel=1e-9)


def test_the_variance_is_newey_and_wests_and_right_in_expectation_under_the_autocorrelation_found() -> None:
    """The two sums written out: over lags as in the paper, and over the covariances of all errors."""
    series = MONTHS.outcomes([5])
    found = segmented(series, 36, _nothing(60), "fourier", 12)
    columns = _columns(MONTHS)
    bread = np.linalg.inv(columns.T @ columns)
    hat = columns @ bread @ columns.T
    errors = series[0] - hat @ series[0]
    weights = (columns @ bread)[:, 2]
    assert found.lags == 3
    long_run = sum(
        (1 - abs(lag) / 4) * sum(
            weights[t] * errors[t] * weights[t - lag] * errors[t - lag] for t in range(60) if 0 <= t - lag < 60
        )
        for lag in range(-3, 4)
    )  # fmt: skip
    rho = float(found.correlation[0])
    omega = rho ** np.abs(np.subtract.outer(np.arange(60), np.arange(60)))
    left = (np.eye(60) - hat) @ omega @ (np.eye(60) - hat)
    expected = sum(
        (1 - abs(lag) / 4) * sum(
            weights[t] * weights[t - lag] * left[t, t - lag] for t in range(60) if 0 <= t - lag < 60
        )
        for lag in range(-3, 4)
    )  # fmt: skip
    true = weights @ omega @ weights
    assert found.level.error[0] ** 2 == pytest.approx(long_run * true / expected, rel=1e-3)
    seen = np.sum(errors[1:] * errors[:-1]) / np.sum(errors**2)
    assert np.sum(np.diag(left, 1)) / np.trace(left) == pytest.approx(seen, abs=1e-3)


def test_what_lies_across_the_start_takes_no_part_whatever_stands_there() -> None:
    series = MONTHS.outcomes([4])
    left_out = _nothing(60)
    left_out[[10, 36]] = True
    other = series.copy()
    other[0, [10, 36]] = [1e6, np.nan]
    first = segmented(series, 37, left_out, "fourier", 12)
    second = segmented(other, 37, left_out, "fourier", 12)
    for name in ("level", "slope", "average"):
        assert getattr(first, name).effect == pytest.approx(getattr(second, name).effect, abs=1e-9)
        assert getattr(first, name).error == pytest.approx(getattr(second, name).error, abs=1e-9)


def test_errors_that_follow_one_another_more_are_found_to_do_so() -> None:
    found = [
        float(np.mean(segmented(series.outcomes(range(50)), 36, _nothing(60), "fourier", 12).correlation))
        for series in (PlantedSeries(60, 36, 0, 0, 0.1), PlantedSeries(60, 36, 0, 0, 0.6))
    ]
    assert found[0] < 0.25
    assert 0.5 < found[1] < 0.7


def test_too_few_periods_are_refused_in_one_sentence() -> None:
    for periods, start, season, words in (
        (20, 10, "none", r"^Periods before the start: 10, after it: 10; .* 24 together are needed"),
        (40, 5, "none", r"^Periods before the start: 5, after it: 35; at least 8 on each side"),
        (26, 13, "dummies", r"27 together are needed"),
    ):
        with pytest.raises(TooFewPeriods, match=words):
            segmented(np.zeros((1, periods)), start, _nothing(periods), season, 12)  # type: ignore[arg-type]
    left_out = _nothing(25)
    left_out[:2] = True
    with pytest.raises(TooFewPeriods, match=r"^Periods before the start: 11"):
        segmented(np.zeros((1, 25)), 13, left_out, "none", 12)
