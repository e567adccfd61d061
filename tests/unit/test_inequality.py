"""Slope, relative index and ratio: lines of known slope, a sheet of paper, every completion of hidden figures."""

from itertools import product
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.comparison.bounds import Ends
from hub.comparison.inequality import (
    GradientImpossible,
    ratio,
    ratio_ends,
    relative_ends,
    ridits,
    slope_ends,
    slope_index,
)


def test_a_straight_gradient_has_its_own_slope() -> None:
    people = [100.0, 300.0, 200.0, 400.0]
    places = ridits(people)
    assert places == pytest.approx([0.05, 0.25, 0.5, 0.8])
    found = slope_index([30.0 - 12.0 * place for place in places], people)
    assert found.difference == pytest.approx(12.0)
    assert found.interval == pytest.approx((12.0, 12.0))
    mean = sum(n * (30.0 - 12.0 * place) for n, place in zip(people, places, strict=True)) / sum(people)
    assert found.relative == pytest.approx(12.0 / mean)


def test_a_gradient_needs_three_areas_with_people() -> None:
    with pytest.raises(GradientImpossible):
        slope_index([1.0, 2.0], [10.0, 10.0])
    with pytest.raises(GradientImpossible):
        ridits([10.0, 0.0])
    with pytest.raises(GradientImpossible):
        ratio(3.0, 0.0)
    assert ratio(3.0, 1.5) == 2


def test_an_index_by_hand_with_its_interval() -> None:
    """Places 1/6, 1/2, 5/6; mean 20; slope -4 / (2/9) = -18; residuals 2, -4, 2.

    s2 = 24/1, divided by 2/9: standard error sqrt(108); t with one degree of freedom 12.7062.
    """
    found = slope_index([28.0, 16.0, 16.0], [1.0, 1.0, 1.0])
    assert found.difference == pytest.approx(18.0)
    assert found.relative == pytest.approx(0.9)
    assert found.interval == pytest.approx((18 - 12.7062 * 108**0.5, 18 + 12.7062 * 108**0.5), abs=1e-2)


def test_areas_of_one_rank_share_their_place_and_all_of_one_rank_are_no_gradient() -> None:
    assert ridits([10.0, 30.0, 60.0], ["a", "b", "b"]) == pytest.approx([0.05, 0.55, 0.55])
    turned = slope_index([5.0, 9.0, 2.0], [10.0, 30.0, 30.0], ranks=[1, 2, 2])
    assert turned.difference == pytest.approx(
        slope_index([5.0, 2.0, 9.0], [10.0, 30.0, 30.0], ranks=[1, 2, 2]).difference
    )
    with pytest.raises(GradientImpossible, match="same rank"):
        slope_index([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], ranks=[7, 7, 7])


hidden = st.tuples(st.integers(1, 40), st.integers(0, 20)).map(lambda one: (one[0], sum(one)))


@given(st.lists(st.tuples(hidden, st.integers(1, 9)), min_size=3, max_size=5))
def test_the_ends_are_those_of_all_completions(areas: list[tuple[tuple[int, int], int]]) -> None:
    figures = [Ends(float(low), float(high)) for (low, high), _ in areas]
    people = [float(number) for _, number in areas]
    every = [slope_index(values, people) for values in product(*((one.low, one.high) for one in figures))]
    found, relative = slope_ends(figures, people), relative_ends(figures, people)
    assert (found.low, found.high) == pytest.approx(
        (min(one.difference for one in every), max(one.difference for one in every)), abs=1e-9
    )
    assert relative == pytest.approx(
        (min(one.relative or 0.0 for one in every), max(one.relative or 0.0 for one in every)), abs=1e-9
    )
    ratios = [max(values) / min(values) for values in product(*((one.low, one.high) for one in figures))]
    between = ratio_ends(figures)
    assert between.low <= min(ratios) + 1e-9
    assert between.high >= max(ratios) - 1e-9


def test_what_has_no_end_is_refused_or_left_open() -> None:
    open_ended = [Ends(1.0, 1.0), Ends(2.0, inf), Ends(3.0, 3.0)]
    with pytest.raises(GradientImpossible, match="no upper end"):
        slope_ends(open_ended, [1.0, 2.0, 4.0])
    with pytest.raises(GradientImpossible, match="no upper end"):
        relative_ends(open_ended, [1.0, 2.0, 4.0])
    assert relative_ends([Ends(0.0, 1.0)] * 3, [1.0, 1.0, 1.0]) is None
    assert ratio_ends([Ends(0.0, 2.0), Ends(4.0, 4.0)]) == Ends(2.0, inf)
    assert ratio_ends([Ends(2.0, 2.0), Ends(1.0, 4.0)]) == Ends(1.0, 4.0)
    with pytest.raises(GradientImpossible):
        ratio_ends([Ends(0.0, 0.0), Ends(4.0, 4.0)])
