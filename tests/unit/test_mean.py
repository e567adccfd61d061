"""Student's interval: his own figures, and the widest that it can be for scores on a scale, against every sample."""

from decimal import Decimal
from itertools import product
from statistics import fmean, variance

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from hub.comparison.intervals import CountsImpossible
from hub.comparison.mean import of_scores, student, widest_student
from hub.comparison.scale import interval
from schemas.catalogue import catalogue

SCORE = catalogue()["q.gp_experience"]


def test_students_sleep_gives_students_interval() -> None:
    """Student (1908), the ten differences in hours of sleep; 95% from 0.7001 to 2.4599."""
    hours = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    mean = sum(hours) / 10
    spread = sum((one - mean) ** 2 for one in hours) / 9
    assert student(mean, spread, 10) == pytest.approx((0.7001142, 2.4598858), abs=1e-6)
    with pytest.raises(CountsImpossible):
        student(1.0, 1.0, 1)


def test_the_widest_is_reached_where_all_scores_lie_at_an_end() -> None:
    scores = [0.0] * 30 + [10.0] * 70
    mean = fmean(scores)
    assert widest_student(mean, 100, 0.0, 10.0) == pytest.approx(student(mean, variance(scores), 100))


def test_every_sample_of_three_scores_lies_within_the_widest() -> None:
    for scores in product(range(6), repeat=3):
        mean = fmean(scores)
        found, own = widest_student(mean, 3, 0, 5), student(mean, variance(scores), 3)
        assert found is not None
        assert found.low <= max(0, own.low) + 1e-9
        assert found.high >= min(5, own.high) - 1e-9


@given(st.lists(st.integers(1, 10), min_size=2, max_size=60))
def test_no_sample_is_wider(scores: list[int]) -> None:
    mean = fmean(scores)
    found, own = widest_student(mean, len(scores), 1, 10), student(mean, variance(scores), len(scores))
    assert found is not None
    assert (found.low <= max(1, own.low) + 1e-9, found.high >= min(10, own.high) - 1e-9) == (True, True)


def test_what_is_off_the_scale_or_single_has_none() -> None:
    assert widest_student(11.0, 50, 0, 10) is None
    assert widest_student(5.0, 1, 0, 10) is None


def test_a_published_mean_by_hand() -> None:
    """400 scores from 0 to 10.9 in tenths, sum 3,200: s2 = 400/399 x (109 - 80) x 80; t(399) 1.965927; 8 + 0.474.

    Below, Wilson's of 80/109 of 400 reaches farther, to 68.78 % of 10.9; Student's to 7.526.
    """
    found = interval(SCORE, 32_000, 400)
    assert found is not None
    reach = Decimal(1.965927 * (29 * 80 / 399) ** 0.5 / 10)
    share, z = 80 / 109, 1.959964
    low = (share + z**2 / 800 - z * (share * (1 - share) / 400 + z**2 / 640_000) ** 0.5) / (1 + z**2 / 400)
    assert [round(one, 5) for one in found] == [round(Decimal(10.9 * low), 5), round(8 + reach, 5)]
    assert interval(SCORE, 32_000, 1) is None
    measure = SCORE.measure
    assert measure is not None
    assert measure.of is not None
    endless = msgspec.structs.replace(measure, of=msgspec.structs.replace(measure.of, value_below=None))
    assert interval(msgspec.structs.replace(SCORE, measure=endless), 32_000, 400) is None


def test_two_who_both_give_the_top_mark_say_little() -> None:
    """Student's interval has no width there; Wilson's of 2 of 2 begins at 1 / (1 + z2/2) = 34.24 % of the scale."""
    assert widest_student(10, 2, 0, 10) == (10, 10)
    assert of_scores(10, 2, 0, 10) == pytest.approx((3.42380, 10), abs=1e-5)
    assert of_scores(0, 2, 0, 10) == pytest.approx((0, 6.57620), abs=1e-5)
    assert of_scores(10, 1, 0, 10) is None


@pytest.mark.parametrize(("number", "least"), [(2, 0.87), (4, 0.87), (5, 0.91), (6, 0.91), (9, 0.91), (60, 0.91)])
def test_scores_at_both_ends_are_held_as_often_as_is_said(number: int, least: float) -> None:
    """The chance, summed over all samples, that the interval holds the mean of scores that are 0 or 1."""
    intervals = [of_scores(ones / number, number, 0, 1) for ones in range(number + 1)]
    limits = [one for one in intervals if one is not None]
    held = []
    for step in range(1, 1000):
        share = step / 1000
        chances = binom.pmf(range(number + 1), number, share)
        held.append(sum(chances[ones] for ones, one in enumerate(limits) if one.low <= share <= one.high))
    assert least <= min(held) < 0.95
