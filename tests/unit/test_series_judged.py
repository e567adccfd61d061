"""A public table with denominators is judged as its kind; without any it is not."""

import pytest

from hub.comparison.series import Moment, judge
from schemas.catalogue import catalogue
from schemas.values import Exact, Rounded, TypedValue

TAKEN_OVER = catalogue()["c19.sewage"]  # a rate that is taken over: no population, no measure


def moments(*values: TypedValue) -> list[Moment]:
    return [Moment(f"2020-W{21 + place}", value) for place, value in enumerate(values)]


def test_a_taken_over_rate_over_people_has_a_trend_and_a_chart() -> None:
    counts = (14, 7, 6, 0, 0, 1, 1, 2, 6, 10, 14, 20)
    found = judge(TAKEN_OVER, moments(*(Exact(one, 1_070_510) for one in counts)))
    assert found.trend is not None
    assert (found.trend.verdict, found.trend.test, round(found.trend.statistic or 0.0, 2)) == (
        "rising", "poisson_trend", 3.11
    )  # fmt: skip
    assert found.chart is not None
    assert [place for place, point in enumerate(found.chart.points) if "trend" in point.signals] == [6, 7, 8, 9, 10, 11]


@pytest.mark.parametrize("value", [Rounded("12.5", "0.1"), Exact(12)])
def test_without_denominators_there_is_no_verdict(value: TypedValue) -> None:
    found = judge(TAKEN_OVER, moments(*[value] * 12))
    assert (found.trend, found.chart, found.why_not) == (None, None, "no_denominator")
