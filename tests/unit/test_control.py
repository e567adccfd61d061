"""Control charts against a textbook's, and each rule on a series that breaks it and no other."""

import pytest

from hub.comparison.control import FEWEST_POINTS, Chart, Range, SeriesImpossible, p_chart, u_chart, xmr

# Montgomery, Introduction to Statistical Quality Control (2009), table 7.1: nonconforming of 50 cans in 30 samples.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
LEVEL = [0.5, -0.5] * 10


def signals(values: list[float], gap_before: int | None = None) -> dict[int, tuple[str, ...]]:
    found = xmr(values, [place != gap_before for place in range(len(values))])
    return {number: point.signals for number, point in enumerate(found.points) if point.signals}


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


def test_no_moving_range_is_taken_over_an_interruption() -> None:
    """Hart and Hart, The interrupted individual and moving range chart (Statit): 12.1 +/- 2.66 x 4 is 22.7 and 1.5."""
    values = [4.0, 1, 7, 30, 26, 25, 19, 3, 1, 5]
    begins = (3, 7, 8)
    chart = xmr(values, [place not in begins for place in range(10)])
    assert (chart.centre, chart.points[0].low, chart.points[0].high) == pytest.approx((12.1, 1.46, 22.74), abs=1e-9)
    assert [place for place, point in enumerate(chart.points) if point.is_after_gap] == list(begins)


def test_without_two_periods_in_a_row_individual_values_have_no_limits() -> None:
    with pytest.raises(SeriesImpossible, match="two periods that follow one another"):
        xmr([3.0])
    with pytest.raises(SeriesImpossible, match="two periods that follow one another"):
        xmr([3.0, 5.0, 4.0], [True, False, False])


def test_a_chart_of_many_gaps_is_judged_by_how_many_differences_it_rests_on() -> None:
    values = [1.0, 2.0] * 8
    assert xmr(values, [place % 4 != 0 or place == 0 for place in range(16)]).is_judged  # twelve differences
    assert not xmr(values, [place % 2 == 1 or place == 0 for place in range(16)]).is_judged  # eight
    flat = xmr([1.0] * 12 + [9.0], [True] * 12 + [False])
    assert not flat.is_judged  # all change lies in the gap, so the limits have no width
    assert {point.signals for point in flat.points} == {()}


def test_a_limit_below_what_can_be_is_cut_off_and_said_to_be() -> None:
    """Moving ranges 2, 8, 8, 2: mean 3.2 - 2.66 x 5 is -10.1, which no cost is."""
    values = [2.0, 0.0, 8.0, 0.0, 2.0]
    whole, cut = xmr(values), xmr(values, within=Range(0.0))
    assert whole.points[0].low == pytest.approx(2.4 - 2.66 * 5)
    assert (whole.cut_low, whole.cut_high) == (None, None)
    assert {point.low for point in cut.points} == {0.0}
    assert (cut.cut_low, cut.cut_high) == (0.0, None)
    assert cut.points[0].high == whole.points[0].high
    assert xmr([10.0, 11.0, 10.5], within=Range(0.0)).cut_low is None
    below = xmr([-1.0, *values], within=Range(0.0))  # costs that were paid back: here less than 0 can be
    assert below.cut_low is None
    assert below.points[0].low < 0


def test_shares_and_rates_stay_within_what_they_can_be() -> None:
    high = p_chart([49, 50, 48], [50, 50, 50])
    assert {point.high for point in high.points} == {1.0}
    assert (high.cut_low, high.cut_high) == (None, 1.0)
    low = p_chart([1, 0, 2], [50, 50, 50])
    assert {point.low for point in low.points} == {0.0}
    assert (low.cut_low, low.cut_high) == (0.0, None)
    assert (u_chart([1, 0, 2], [50.0] * 3).cut_low, u_chart([90, 99, 95], [50.0] * 3).cut_low) == (0.0, None)
    assert (p_chart([25, 24], [50, 50]).cut_low, p_chart([25, 24], [50, 50]).cut_high) == (None, None)


def test_a_gap_ends_a_run() -> None:
    """What lies in it is not known: it could have been on the other side, or lower than the one before."""
    shift = [*LEVEL, *[0.9, 0.4] * 4, *LEVEL]
    assert all("shift" not in rules for rules in signals(shift, gap_before=24).values())
    trend = [*LEVEL, -1.0, -0.6, -0.2, 0.2, 0.6, 1.0, *LEVEL]
    assert all("trend" not in rules for rules in signals(trend, gap_before=23).values())
    two = [*LEVEL, 2.3, 0.1, 2.3, *LEVEL, *LEVEL]
    assert all("two_of_three" not in rules for rules in signals(two, gap_before=22).values())
    far = [*LEVEL, 9.0, *LEVEL]
    assert signals(far, gap_before=20)[20] == ("beyond_limit",)  # a rule of one point knows no gap


def test_runs_on_either_side_of_a_gap_are_found_by_themselves() -> None:
    series = [*LEVEL, *[0.9, 0.4] * 4, *[0.4, 0.9] * 4, *LEVEL]
    assert {place for place, rules in signals(series, 28).items() if "shift" in rules} >= set(range(20, 36))
    assert {place for place, rules in signals(series, 27).items() if "shift" in rules} == set(range(27, 36)) | {36}


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
