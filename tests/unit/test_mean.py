"""Student's interval: his own figures, and the widest that it can be for scores on a scale, against every sample."""

from decimal import Decimal
from itertools import product
from statistics import fmean, variance

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.comparison.intervals import CountsImpossible
from hub.comparison.mean import student, widest_student
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
    """400 scores from 0 to 10.9 in tenths, sum 3,200: s2 = 400/399 x (109 - 80) x 80; t(399) 1.965927; 8 -/+ 0.474."""
    found = interval(SCORE, 32_000, 400)
    assert found is not None
    reach = Decimal(1.965927 * (29 * 80 / 399) ** 0.5 / 10)
    assert [round(one, 5) for one in found] == [round(8 - reach, 5), round(8 + reach, 5)]
    assert interval(SCORE, 32_000, 1) is None
    measure = SCORE.measure
    assert measure is not None
    assert measure.of is not None
    endless = msgspec.structs.replace(measure, of=msgspec.structs.replace(measure.of, value_below=None))
    assert interval(msgspec.structs.replace(SCORE, measure=endless), 32_000, 400) is None
