"""Standardised shares of persons: Wilson's limits by hand, within 0-100%, and the same for a row and its rank."""

from decimal import Decimal
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.comparison import CONFIDENCE_998, Interval, compare, wilson
from hub.comparison.intervals import score
from hub.comparison.ranks import rank_confidence
from hub.comparison.standardise import StrataImpossible, direct, direct_share
from hub.comparison.standardised import standardised, strata_of
from schemas.values import Exact
from tests.unit.test_standardised import BANDS, BY_AGE, ESP, PEOPLE, SHARE, WEIGHTS, exact, region

STRATA = st.lists(
    st.tuples(st.integers(1, 5000), st.integers(1, 7000), st.floats(0, 1)).map(
        lambda one: (round(one[0] * one[2]), one[0], one[1])
    ),
    min_size=1,
    max_size=8,
)


def limits(cases: tuple[int, ...], people: tuple[int, ...], weights: tuple[int, ...], at: float = 0.95) -> Interval:
    found = direct_share(cases, people, weights, at).interval
    assert found is not None
    return found


def test_limits_by_hand() -> None:
    """p = (3 x 0.9 + 0.8) / 4; V = (9 x 0.09/100 + 0.16/50) / 16 = 0.00070625; n_eff = 0.109375 / V = 154.867."""
    assert direct_share((90, 40), (100, 50), (3, 1)).value == pytest.approx(0.875)
    assert list(limits((90, 40), (100, 50), (3, 1))) == pytest.approx([0.813677, 0.918170], abs=2e-6)


def test_a_stratum_of_cases_only_is_not_taken_as_certain() -> None:
    """12 of 12: (1.92073/15.84146) = 0.121247, x (1 - 0.121247) = 0.106546; V = (0.106546/12 + 9 x 0.16/100) / 16."""
    found = limits((12, 80), (12, 100), (1, 3))
    assert list(found) == pytest.approx(list(score(0.85, 0.1275 / 0.00145493)), abs=1e-6)
    certain = score(0.85, 0.1275 / (9 * 0.16 / 100 / 16))
    assert found.low < certain.low < certain.high < found.high


def test_of_everybody_it_is_as_sure_as_equal_shares_allow() -> None:
    """(1 + 1)^2 / (1/10 + 1/40) = 32, fewer than the 50 persons counted."""
    assert list(limits((10, 40), (10, 40), (1, 1))) == pytest.approx(list(wilson(32, 32)), abs=1e-12)
    assert limits((10, 40), (10, 40), (1, 1)).high == 1.0
    nearly = limits((10, 9_990), (10, 10_000), (9, 1))
    assert nearly.low < 0.78  # of which nine tenths hang on ten persons


@given(st.integers(10, 5000), st.integers(0, 5000), st.integers(1, 9), st.sampled_from([0.95, CONFIDENCE_998]))
def test_one_stratum_is_wilsons_interval(cases: int, others: int, weight: int, confidence: float) -> None:
    people = cases + others
    assert list(limits((cases,), (people,), (weight,), confidence)) == pytest.approx(
        list(wilson(cases, people, confidence)), rel=1e-12, abs=1e-12
    )


@given(STRATA)
def test_limits_hold_the_share_within_0_and_1_and_widen_with_confidence(strata: list[tuple[int, int, int]]) -> None:
    cases, people, weights = zip(*strata, strict=True)
    narrow, wide = (direct_share(cases, people, weights, at).interval for at in (0.95, CONFIDENCE_998))
    share = direct(cases, people, weights).value
    if sum(cases) < 10:
        assert (narrow, wide) == (None, None)
        return
    assert narrow is not None
    assert wide is not None
    ends = (0.0, wide.low, narrow.low, share, narrow.high, wide.high, 1.0)
    assert all(one <= other + 1e-9 for one, other in pairwise(ends))


def test_impossible_strata_have_no_interval_or_are_refused() -> None:
    assert direct_share((12, 3), (10, 40), (1, 1)).interval is None
    for cases, people, weights in (([1], [0], [1]), ([1, 2], [10], [1]), ([1], [10], [0])):
        with pytest.raises(StrataImpossible):
            direct_share(cases, people, weights)


@pytest.mark.parametrize(("percent", "people"), [(97, (310,) * 5), (95, (1160,) * 5)])
def test_a_large_share_stays_within_100_percent_in_row_and_rank(percent: int, people: tuple[int, ...]) -> None:
    cases = tuple(round(one * percent / 100) for one in people)
    stored = [
        region(name, {age: Exact(*pair) for age, pair in zip(BANDS, zip(cases, people, strict=True), strict=True)})
        for name in ("A", "B", "C")
    ]
    made, spans = standardised(compare(SHARE, stored), stored, ESP, strata_of(SHARE, stored, {}, ESP), None)
    found = limits(cases, people, WEIGHTS)
    crude = wilson(sum(cases), sum(people))
    assert found.high < 1.0
    assert found.high - found.low == pytest.approx(crude.high - crude.low, rel=0.25)
    row = made.rows[0]
    assert [row.lower, row.upper] == [round(Decimal(100 * one), 1) for one in found]
    at = rank_confidence(3)
    (least, most) = spans(at)["XR-A"]
    assert least == most
    assert [least.low, least.high] == pytest.approx([100 * one for one in limits(cases, people, WEIGHTS, at)])


def test_rates_keep_their_own_limits() -> None:
    stored = [region("A", exact(20, 60, 250, 180, 180), BY_AGE)]
    _, spans = standardised(compare(BY_AGE, stored), stored, ESP, strata_of(BY_AGE, stored, {}, ESP), None)
    wanted = direct((20, 60, 250, 180, 180), PEOPLE, WEIGHTS)
    assert wanted.interval is not None
    assert list(spans(0.95)["XR-A"][0]) == pytest.approx([10_000 * one for one in (wanted.value, *wanted.interval)])


def test_more_cases_than_persons_have_no_interval_and_are_not_called_few() -> None:
    ages = exact(20, 60, 250, 180, 180) | {"75+": Exact(700, 600)}
    stored = [region("A", ages, msgspec.structs.replace(SHARE, id="odd"))]
    definition = msgspec.structs.replace(SHARE, id="odd")
    found_in = strata_of(definition, stored, {}, ESP)
    row = standardised(compare(definition, stored), stored, ESP, found_in, None)[0].rows[0]
    assert (row.lower, row.reason) == (None, "no_interval")
