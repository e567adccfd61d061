"""Control charts against a textbook's, and each rule on a series that breaks it and no other."""

import pytest

from hub.comparison.control import FEWEST_POINTS, Chart, SeriesImpossible, p_chart, u_chart, xmr

# Montgomery, Introduction to Statistical Quality Control (2009), table 7.1: nonconforming of 50 cans in 30 samples.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
LEVEL = [0.5, -0.5] * 10


def signals(values: list[float]) -> dict[int, tuple[str, ...]]:
    return {number: point.signals for number, point in enumerate(xmr(values).points) if point.signals}


def test_a_p_chart_has_montgomerys_limits_and_finds_his_two_samples() -> None:
    chart = p_chart(CANS, [50] * 30)
    assert (chart.centre, chart.points[0].low, chart.points[0].high) == pytest.approx(
        (0.2313, 0.0524, 0.4102), abs=5e-5
    )
    beyond = [number + 1 for number, point in enumerate(chart.points) if "beyond_limit" in point.signals]
    assert beyond == [15, 23]


def test_limits_of_individual_values_follow_the_mean_moving_range() -> None:
    chart = xmr([10.0, 12.0, 11.0, 13.0])
    assert chart.centre == 11.5
    assert (chart.points[0].low, chart.points[0].high) == pytest.approx((11.5 - 2.66 * 5 / 3, 11.5 + 2.66 * 5 / 3))
    assert not chart.is_judged


def test_a_u_charts_limits_are_wider_where_fewer_were_counted() -> None:
    chart = u_chart([4, 8], [100.0, 200.0])
    assert chart.centre == pytest.approx(0.04)
    assert chart.points[0].high == pytest.approx(0.04 + 3 * (0.04 / 100) ** 0.5)
    assert chart.points[0].low == 0
    assert chart.points[1].high < chart.points[0].high


def test_an_even_series_breaks_no_rule() -> None:
    assert signals(LEVEL) == {}


def test_one_point_far_off_is_beyond_its_limit() -> None:
    found = signals([*LEVEL, 9.0, *LEVEL])
    assert found[20] == ("beyond_limit",)


def test_eight_on_one_side_are_a_shift() -> None:
    series = [*LEVEL, *[0.9, 0.4] * 4, *LEVEL]
    assert {number for number, rules in signals(series).items() if "shift" in rules} >= set(range(20, 28))


def test_six_in_a_row_upwards_are_a_trend() -> None:
    series = [*LEVEL, -1.0, -0.6, -0.2, 0.2, 0.6, 1.0, *LEVEL]
    assert {number for number, rules in signals(series).items() if "trend" in rules} >= set(range(20, 26))


def test_two_of_three_beyond_two_deviations_are_a_signal() -> None:
    found = signals([*LEVEL, 2.3, 0.1, 2.3, *LEVEL, *LEVEL])
    assert "two_of_three" in found[20]
    assert "two_of_three" in found[22]
    assert 21 not in found


def test_few_points_are_drawn_and_not_judged() -> None:
    assert all(point.signals == () for point in xmr([0.0, 0.0, 0.0, 50.0]).points)
    assert not xmr([3.0] * (FEWEST_POINTS - 1)).is_judged


@pytest.mark.parametrize("chart", [xmr([3.0] * 12), p_chart([0] * 12, [50] * 12), p_chart([9] * 12, [9] * 12),
                                   u_chart([0] * 12, [50.0] * 12)])  # fmt: skip
def test_a_long_series_without_any_change_is_judged_and_has_no_signal(chart: Chart) -> None:
    """Unjudged, readers were told that it has fewer than twelve periods."""
    assert chart.is_judged
    assert {point.signals for point in chart.points} == {()}
    assert {(point.low, point.high) for point in chart.points} == {(chart.centre, chart.centre)}


def test_series_that_cannot_be_are_refused() -> None:
    with pytest.raises(SeriesImpossible):
        xmr([])
    with pytest.raises(SeriesImpossible):
        p_chart([2], [1])
    with pytest.raises(SeriesImpossible):
        u_chart([1], [0.0])
