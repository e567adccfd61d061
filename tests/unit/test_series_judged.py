"""A series judged: by its kind, with what cannot be below 0 cut off there, and without runs over what is not known."""

import msgspec
import pytest

from hub.comparison.assumed import assumed, persons
from hub.comparison.series import Moment, judge
from schemas.catalogue import catalogue
from schemas.values import Exact, Rounded, Suppressed, TypedValue, Withdrawn

COSTS, MEAN, SHARE = catalogue()["c.zvw"], catalogue()["q.gp_experience"], catalogue()["h.dm_prev"]
TAKEN_OVER = catalogue()["c19.sewage"]  # a rate that is taken over: no population, no measure


def moments(*values: TypedValue) -> list[Moment]:
    return [Moment(f"2020-W{21 + place}", value) for place, value in enumerate(values)]


def test_a_taken_over_rate_over_people_has_a_trend_and_a_chart() -> None:
    counts = (14, 7, 6, 0, 0, 1, 1, 2, 6, 10, 14, 20)
    found = judge(TAKEN_OVER, moments(*(Exact(one, 1_070_510) for one in counts)))
    assert found.trend is not None
    assert (found.trend.verdict, found.trend.test) == ("no_trend", "poisson_trend")  # they fell before they rose
    assert round((found.trend.statistic or 0.0) * (found.trend.dispersion or 0.0) ** 0.5, 2) == 3.11
    assert found.chart is not None
    assert [place for place, point in enumerate(found.chart.points) if "trend" in point.signals] == [6, 7, 8, 9, 10, 11]


@pytest.mark.parametrize("value", [Rounded("12.5", "0.1"), Exact(12)])
def test_without_denominators_there_is_no_verdict(value: TypedValue) -> None:
    found = judge(TAKEN_OVER, moments(*[value] * 12))
    assert (found.trend, found.chart, found.why_not) == (None, None, "no_denominator")


def costs(*euros: float | None) -> list[Moment]:
    """Return years of costs per person, of which None is hidden."""
    return [
        Moment(str(2000 + place), Suppressed(0, 10_000, 1000) if one is None else Exact(round(100_000 * one), 1000))
        for place, one in enumerate(euros)
    ]


def test_costs_have_no_limit_below_nothing() -> None:
    """Moving ranges 2, 8, 8, 2: mean 2.4 - 2.66 x 5 is -10.9 euro a person."""
    found = judge(COSTS, costs(2, 0, 8, 0, 2)).chart
    assert found is not None
    assert {point.low for point in found.points} == {0.0}
    assert found.cut_low == 0.0
    assert found.points[0].high == pytest.approx(100 * (2.4 + 2.66 * 5))
    paid_back = judge(COSTS, costs(2, -1, 8, 0, 2)).chart
    assert paid_back is not None
    assert paid_back.cut_low is None
    assert paid_back.points[0].low < 0


def test_a_mean_of_scores_has_no_limit_below_its_scale_and_of_other_values_any() -> None:
    scores = [Moment(str(2000 + place), Exact(one, 1)) for place, one in enumerate((20, 0, 80, 0, 20))]
    on_a_scale = judge(MEAN, scores).chart
    assert on_a_scale is not None
    assert (on_a_scale.cut_low, on_a_scale.points[0].low) == (0.0, 0.0)
    assert MEAN.measure is not None
    assert MEAN.measure.of is not None
    of = msgspec.structs.replace(MEAN.measure.of, value_from=None)
    without = msgspec.structs.replace(MEAN, measure=msgspec.structs.replace(MEAN.measure, of=of))
    of_any_value = judge(without, scores).chart
    assert of_any_value is not None
    assert (of_any_value.cut_low, of_any_value.points[0].low) == (None, pytest.approx(24 - 2.66 * 50))


@pytest.mark.parametrize(
    "between", [None, Moment("2003", Withdrawn(), False), Moment("2003", Exact(900_000, 1000), False)]
)
def test_a_year_that_is_hidden_missing_withdrawn_or_another_ends_runs(between: Moment | None) -> None:
    whole = costs(4, 1, 7, None, 30, 26, 25, 19)
    found = judge(COSTS, [one for one in whole if one.period != "2003"] if between is None else whole).chart
    other = judge(COSTS, [between or one if one.period == "2003" else one for one in whole]).chart
    assert found == other
    assert found is not None
    assert [point.is_after_gap for point in found.points] == [False] * 3 + [True] + [False] * 3
    assert found.points[0].high - found.centre == pytest.approx(100 * 2.66 * (3 + 6 + 4 + 1 + 6) / 5)


def test_a_figure_of_every_fourth_year_follows_the_one_before() -> None:
    found = judge(COSTS, [Moment(year, Exact(100 * one, 1)) for year, one in (("2012", 3), ("2016", 5), ("2020", 4))])
    assert found.chart is not None
    assert not any(point.is_after_gap for point in found.chart.points)
    rest = [Moment("2012", Exact(300, 1)), Moment("2020", Exact(400, 1))]
    hidden = judge(COSTS, [*rest[:1], Moment("2016", Suppressed(0, 900, 1)), *rest[1:]])
    assert hidden.chart is None  # no two in a row: individual values have no limits


@pytest.mark.parametrize(
    "periods",
    [
        "2023-Q3 2023-Q4 2024-Q1",
        "2023-11 2023-12 2024-01",
        "2020-W52 2020-W53 2021-W01",
        "2024-02-28 2024-02-29 2024-03-01",
    ],
)
def test_the_turn_of_a_year_and_a_leap_day_are_no_gap(periods: str) -> None:
    found = judge(COSTS, [Moment(one, Exact(100 + place, 1)) for place, one in enumerate(periods.split())]).chart
    assert found is not None
    assert not any(point.is_after_gap for point in found.points)


def test_a_run_of_hidden_and_shown_months_is_no_shift() -> None:
    """Eight shares above all together, with a hidden one in between, that could have been below."""
    shares = [Moment(f"2024-{month:02}", Exact(90, 1000)) for month in range(1, 13)]
    shares += [Moment(f"2025-{month:02}", Exact(112, 1000)) for month in range(1, 9)]
    hidden = [Moment("2025-04", Suppressed(80, 130, 1000)) if one.period == "2025-04" else one for one in shares]
    hidden.append(Moment("2025-09", Exact(112, 1000)))

    def shifted(moments: list[Moment]) -> set[float]:
        found = judge(SHARE, moments).chart
        assert found is not None
        return {point.value for point in found.points if "shift" in point.signals}

    assert shifted(shares) == {0.09, 0.112}
    assert shifted(hidden) == {0.09}


def test_what_the_test_takes_for_granted_is_told_of_every_kind_that_is_tested() -> None:
    """Shares, rates, means and costs have words in both languages; no other kind is tested."""
    for one in catalogue().values():
        told = assumed(one)
        assert (told is not None) is (one.kind in ("proportion", "rate", "mean", "cost_per_person"))
        assert told is None or (told.nl.startswith("De toets neemt aan") and told.en.startswith("The test takes"))
    known = catalogue()
    assert persons(known["h.dm_prev"]) == persons(known["q.acute_adm"]) == "largely_the_same"
    assert persons(known["h.overweight"]) == "not_known"  # those whom the practice measured that year
    assert persons(TAKEN_OVER) == "not_known"
