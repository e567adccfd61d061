"""Standardised rates against PHEindicatormethods' published test figures at 1e-9, and what must always hold."""

import csv
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.comparison.intervals import CONFIDENCE_998, byar
from hub.comparison.standardise import StrataImpossible, direct, indirect

STRATA = st.lists(
    st.tuples(st.integers(0, 500), st.integers(501, 90_000), st.integers(1, 7000)), min_size=1, max_size=20
)


@pytest.mark.shared_data
def test_dobsons_rates_are_those_of_pheindicatormethods(shared_data: Path) -> None:
    known = shared_data / "known_answers"
    with (known / "phe_dsr_isr_input.csv").open(encoding="utf-8") as file:
        strata = {
            area: [(int(row["count"] or 0), int(row["pop"])) for row in rows]
            for area, rows in groupby(csv.DictReader(file), key=lambda row: row["area"])
        }
    with (known / "esp2013_19bands.csv").open(encoding="utf-8") as file:
        weights = [int(row["esp2013"]) for row in csv.DictReader(file)]
    checked = 0
    with (known / "phe_dsr_expected.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["value"] or row["area"] not in strata:  # of two further areas the file lacks the strata
                continue
            events, people = zip(*strata[row["area"]], strict=True)
            per = float(row["statistic"].rsplit(" ", 1)[1])
            for confidence, name in ((0.95, "95_0"), (CONFIDENCE_998, "99_8")):
                found = direct(events, people, weights, confidence)
                assert found.interval is not None
                expected = [float(row[column]) for column in ("value", f"lower{name}cl", f"upper{name}cl")]
                assert [per * one for one in (found.value, *found.interval)] == pytest.approx(expected, rel=1e-9)
                checked += 1
    assert checked == 8


def test_fewer_than_ten_events_have_a_rate_and_no_interval() -> None:
    assert direct([4, 5], [100, 100], [1, 1]).interval is None
    assert direct([4, 6], [100, 100], [1, 1]).interval is not None


def test_no_rate_is_below_0_where_a_small_stratum_weighs_much() -> None:
    """One event of ten people with half of the weight: the method by itself gives -0.032."""
    found = direct([1, 9], [10, 100_000], [1, 1])
    assert found.interval is not None
    assert found.value == pytest.approx((1 / 10 + 9 / 100_000) / 2)
    assert found.interval.low == 0
    spread = (((1 / 10**2 + 9 / 100_000**2) / 4) / 10) ** 0.5
    assert found.interval.high == pytest.approx(found.value + spread * (byar(10).high - 10))


@given(STRATA)
def test_standardising_to_ones_own_population_is_the_crude_rate(strata: list[tuple[int, int, int]]) -> None:
    events, people, _ = zip(*strata, strict=True)
    found = direct(events, people, people)
    assert found.value == pytest.approx(sum(events) / sum(people), rel=1e-12, abs=1e-15)
    if found.interval is not None:
        crude = [limit / sum(people) for limit in byar(sum(events))]
        assert list(found.interval) == pytest.approx(crude, rel=1e-9)


@given(STRATA)
def test_intervals_hold_the_rate_and_widen_with_confidence(strata: list[tuple[int, int, int]]) -> None:
    events, people, weights = zip(*strata, strict=True)
    narrow, wide = direct(events, people, weights), direct(events, people, weights, CONFIDENCE_998)
    if narrow.interval is not None and wide.interval is not None:
        assert wide.interval.low < narrow.interval.low < narrow.value < narrow.interval.high < wide.interval.high


@given(STRATA)
def test_weights_count_by_their_shares_only(strata: list[tuple[int, int, int]]) -> None:
    events, people, weights = zip(*strata, strict=True)
    assert direct(events, people, weights).value == pytest.approx(
        direct(events, people, [7 * one for one in weights]).value, rel=1e-12
    )


def test_a_region_with_the_references_rates_has_a_ratio_of_one() -> None:
    """Breslow and Day (1987), pp. 65-69: observed 20 where 20 are expected."""
    found = indirect(20, [1000.0, 4000.0], [0.004, 0.004])
    assert found.value == pytest.approx(1.0)
    assert found.interval is not None
    assert [20 * limit for limit in found.interval] == pytest.approx(byar(20))


def test_strata_that_cannot_be_are_refused() -> None:
    for events, people, weights in (
        ([1], [0], [1]), ([-1], [10], [1]), ([1, 2], [10], [1]), ([1], [10], [0]), ([], [], [])
    ):  # fmt: skip
        with pytest.raises(StrataImpossible):
            direct(events, people, weights)
    for observed, people, rates in ((1, [10.0], [0.0]), (-1, [10.0], [0.1]), (1, [10.0], [0.1, 0.2])):
        with pytest.raises(StrataImpossible):
            indirect(observed, people, rates)
