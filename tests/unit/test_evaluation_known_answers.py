"""Evaluations of published data: the figures of their authors, and those that statsmodels and wildboottest give.

Both were run apart, on the data as they stand here (statsmodels 0.15.0, OLS with cov_type HAC; wildboottest 0.3.2,
type 33 without the hypothesis imposed, on the changes of each area): neither is a part of the project.
"""

from itertools import product

import numpy as np
import pytest

from node.evaluation.difference import difference
from node.evaluation.interrupted import Season, Segments, segmented
from node.evaluation.panel_regression import Estimates, Floats, design
from node.evaluation.wild_bootstrap import Drawn, bootstrap, weights

# Packs of cigarettes sold per head in California, 1970 to 2000; a tax and a campaign began in 1989 (Proposition 99).
# Abadie, Diamond and Hainmueller (2010), JASA 105:493-505; Linden (2015), Stata Journal 15:480-500.
PACKS = [
    123, 121, 123.5, 124.4, 126.7, 127.1, 128, 126.4, 126.1, 121.9, 120.2, 118.6, 115.4, 110.8, 104.8, 102.8, 99.7,
    97.5, 90.1, 82.4, 77.8, 68.7, 67.5, 63.4, 58.6, 56.4, 54.5, 53.8, 52.3, 47.2, 41.6,
]  # fmt: skip

# Acute coronary events in Sicily by month, January 2002 to November 2006; smoking in public places was banned in
# January 2005. Lopez Bernal, Cummins and Gasparrini (2017), International Journal of Epidemiology 46:348-355, whose
# data are at github.com/gasparrini/2017_lopezbernal_IJE_codedata; first in Barone-Adesi and others (2011), PLoS ONE 6,
# e17419.
EVENTS = [
    728, 659, 791, 734, 757, 726, 760, 740, 720, 814, 795, 858, 887, 766, 851, 769, 781, 756, 766, 752, 765, 831, 879,
    928, 914, 808, 937, 840, 916, 828, 845, 818, 860, 839, 887, 886, 831, 796, 833, 820, 877, 758, 767, 738, 781, 843,
    850, 908, 1021, 859, 976, 888, 962, 838, 810, 876, 843, 936, 912,
]  # fmt: skip

# Deaths from cholera by sub-district of London, 1849 and 1854. Snow (1855), On the Mode of Communication of Cholera,
# table XII: supplied by Southwark and Vauxhall alone, and by that company and Lambeth, which had moved its intake up
# the river in between. In his order; BERMONDSEY and NEWINGTON are the sub-districts of these two districts.
ONE_COMPANY = [
    (283, 371), (157, 161), (192, 148), (249, 362), (259, 244), (226, 237), (352, 282), (97, 59), (111, 171), (8, 9),
    (235, 240), (92, 174),
]  # fmt: skip
BOTH_COMPANIES = [
    (256, 113), (267, 174), (312, 270), (257, 93), (318, 210), (446, 388), (143, 92), (193, 58), (243, 117),
    (215, 49), (544, 193), (187, 303), (153, 142), (81, 48), (114, 165), (176, 132),
]  # fmt: skip
BERMONDSEY, NEWINGTON = ONE_COMPANY[3:6], BOTH_COMPANIES[4:7]


def _columns(periods: int, start: int, season: Season) -> Floats:
    """Return the regressors, a row per period: constant, trend, change of level and of slope, and the season."""
    time = np.arange(float(periods))
    after = (time >= start).astype(float)
    turns = [2 * np.pi * harmonic * time / 12 for harmonic in (1, 2)] if season == "fourier" else []
    waves = [part for turn in turns for part in (np.sin(turn), np.cos(turn))]
    months = [(time % 12 == month).astype(float) for month in range(1, 12)] if season == "dummies" else []
    return np.column_stack([np.ones_like(time), time, after, after * (time - start), *waves, *months])


def _without_correction(told: Estimates, found: Segments, columns: Floats, contrast: Floats) -> float:
    """Return the standard error of Newey and West, by taking off what this project multiplies its square by.

    That is w'Omega w over its expectation tr(B M Omega M), under the autocorrelation that was found.
    """
    bread = np.linalg.inv(columns.T @ columns)
    apart = np.abs(np.subtract.outer(np.arange(len(columns)), np.arange(len(columns))))
    omega = float(found.correlation[0]) ** apart
    left = np.eye(len(columns)) - columns @ bread @ columns.T
    pull = columns @ bread @ contrast
    bartlett = np.clip(1 - apart / (found.lags + 1), 0, None) * np.outer(pull, pull)
    factor = float(pull @ omega @ pull) / float(np.trace(bartlett @ left @ omega @ left))
    assert factor > 1
    return float(told.error[0]) / float(np.sqrt(factor))


def _contrasts(columns: Floats, start: int) -> tuple[Floats, Floats, Floats]:
    unit = np.eye(columns.shape[1])
    return unit[2], unit[3], unit[2] + unit[3] * (len(columns) - start - 1) / 2


def test_cigarette_sales_in_california_have_the_published_changes() -> None:
    """Linden's itsa: level -20.0581, slope -1.494652 a year. Newey and West's errors with three lags: statsmodels."""
    found = segmented(np.array([PACKS]), 19, np.zeros(31, dtype=bool), "none", 1)
    assert found.level.effect[0] == pytest.approx(-20.0581, abs=5e-5)
    assert found.slope.effect[0] == pytest.approx(-1.494652, abs=5e-7)
    columns = _columns(31, 19, "none")
    contrasts = _contrasts(columns, 19)
    assert found.lags == 3
    # the autocorrelation found is interpolated, which leaves the correction with three digits
    assert _without_correction(found.level, found, columns, contrasts[0]) == pytest.approx(5.360387, rel=2e-3)
    assert _without_correction(found.slope, found, columns, contrasts[1]) == pytest.approx(0.4106277, rel=2e-3)


@pytest.mark.parametrize(
    ("season", "effects", "errors"),
    [
        ("fourier", (-108.5485025, 1.63136404, -90.60349811), (15.18644605, 1.16521807, 21.42908124)),
        ("dummies", (-112.0068406, 1.81437506, -92.04871495), (13.64138838, 1.12753432, 19.28192469)),
    ],
)
def test_coronary_events_in_sicily_are_those_of_statsmodels_with_either_season(
    season: Season, effects: tuple[float, ...], errors: tuple[float, ...]
) -> None:
    """Change of level, of slope and the mean over the time after: OLS, and HAC with three lags."""
    found = segmented(np.array([EVENTS], dtype=float), 36, np.zeros(59, dtype=bool), season, 12)
    columns = _columns(59, 36, season)
    told = (found.level, found.slope, found.average)
    assert found.lags == 3
    for one, contrast, effect, error in zip(told, _contrasts(columns, 36), effects, errors, strict=True):
        assert one.effect[0] == pytest.approx(effect, rel=1e-8)
        assert _without_correction(one, found, columns, contrast) == pytest.approx(error, rel=2e-3)


def _drawn(treated: list[tuple[int, int]], others: list[tuple[int, int]], draws: Floats) -> Drawn:
    """Draw the areas of a panel of two periods, of which the second lies after the start."""
    outcomes = np.array(treated + others, dtype=float)
    regressor = np.outer(np.arange(len(outcomes)) < len(treated), [0.0, 1.0])
    return bootstrap(design(np.ones(outcomes.shape, dtype=bool), regressor), outcomes[None], draws)


def _extreme(found: Drawn, draws: Floats) -> int:
    """Return how many draws are at least as extreme, from the p-value, which counts what was seen as one more."""
    return round(float(found.p_values(0.0)[0]) * (len(draws) + 1)) - 1


def test_all_signs_of_six_districts_give_the_p_value_that_can_be_counted() -> None:
    """Of 64 choices of signs 6 are as extreme. Changes -108, -58, -51 beside 113, -15, 11, so that by hand

    the effect is -72.33 - 36.33, and its error the root of both sums of squares over (3 - 1)^2: 1932.67 and 9154.67.
    """
    signs = np.array(list(product([-1.0, 1.0], repeat=6)))
    found = _drawn(NEWINGTON, BERMONDSEY, signs)
    assert found.effect[0] == pytest.approx(-217 / 3 - 109 / 3)
    assert found.error[0] == pytest.approx(((1932 + 2 / 3 + 9154 + 2 / 3) / 4) ** 0.5)
    assert _extreme(found, signs) == 6  # wildboottest: p = 0.09375


def test_all_of_webbs_weights_of_six_districts_do_too() -> None:
    points = np.unique(weights(6))
    assert points == pytest.approx([-(1.5**0.5), -1, -(0.5**0.5), 0.5**0.5, 1, 1.5**0.5])
    every = np.array(list(product(points, repeat=6)))
    assert _extreme(_drawn(NEWINGTON, BERMONDSEY, every), every) == 4158  # of 46,656; wildboottest: p = 0.0891204


def test_the_clean_water_of_lambeth_is_an_effect_in_all_of_snows_districts() -> None:
    """28 districts, by 9,999 draws of signs: wildboottest was handed the same, and found 16 as extreme."""
    assert [sum(column) for column in zip(*ONE_COMPANY, strict=True)] == [2261, 2458]  # Snow's own sums
    assert [sum(column) for column in zip(*BOTH_COMPANIES, strict=True)] == [3905, 2547]
    drawn = weights(28)
    found = _drawn(BOTH_COMPANIES, ONE_COMPANY, drawn)
    assert found.effect[0] == pytest.approx((2547 - 3905) / 16 - (2458 - 2261) / 12)
    assert found.error[0] == pytest.approx(32.08555711, rel=1e-8)
    assert _extreme(found, drawn) == 16


def test_what_is_told_of_two_groups_of_areas_is_that_bootstrap() -> None:
    """Three years, of which the first two are the same: the effect and its p-value are those of the two years above."""
    years = np.array([(before, before, after) for before, after in BOTH_COMPANIES + ONE_COMPANY], dtype=float)
    years[:, 0] += np.resize([1.0, -1.0, 2.0, 0.0, -2.0], 28)  # so that a trend before has something to vary
    years[:, 1] -= np.resize([1.0, -1.0, 2.0, 0.0, -2.0], 28)
    found = difference(years, np.arange(28) < 16, np.arange(3) == 2)
    assert found.inference == "wild"
    assert found.effect.estimate == pytest.approx(-101.2916667, rel=1e-8)
    assert found.effect.p == pytest.approx(17 / 10_000)
