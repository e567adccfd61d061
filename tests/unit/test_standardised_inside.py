"""Standardised figures inside the region: PHEindicatormethods' test figures at 1e-9, ESP2013's weights, sentences."""

import csv
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from node.indicators.compute import planned
from node.indicators.standardised import crude, direct, inside, standardised, weights_of
from schemas.catalogue import catalogue
from schemas.standard_population import ESP2013

MORTALITY = catalogue()["h.mort_prem"]


@pytest.mark.shared_data
def test_rates_and_limits_are_those_of_pheindicatormethods(shared_data: Path) -> None:
    known = shared_data / "known_answers"
    with (known / "esp2013_19bands.csv").open(encoding="utf-8") as file:
        assert tuple(int(row["esp2013"]) for row in csv.DictReader(file)) == ESP2013
    with (known / "phe_dsr_isr_input.csv").open(encoding="utf-8") as file:
        strata = {
            area: [(int(row["count"] or 0), int(row["pop"])) for row in rows]
            for area, rows in groupby(csv.DictReader(file), key=lambda row: row["area"])
        }
    checked = 0
    with (known / "phe_dsr_expected.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["value"] or row["area"] not in strata:
                continue
            events, people = zip(*strata[row["area"]], strict=True)
            per = float(row["statistic"].rsplit(" ", 1)[1])
            for confidence, name in ((0.95, "95_0"), (0.998, "99_8")):
                found = direct(events, people, ESP2013, confidence)
                assert found.low is not None
                assert found.high is not None
                expected = [float(row[column]) for column in ("value", f"lower{name}cl", f"upper{name}cl")]
                assert [per * one for one in (found.value, found.low, found.high)] == pytest.approx(expected, rel=1e-9)
                checked += 1
    assert checked == 8


def test_weights_follow_the_bands_and_an_open_one_has_all_that_is_left() -> None:
    assert sum(ESP2013) == 100_000
    assert weights_of(range(0, 95, 5)) == pytest.approx(ESP2013)
    assert sum(weights_of((0, 18, 45, 65))) == pytest.approx(100_000)
    assert weights_of((0, 18, 45, 65), 75) == pytest.approx((19_300, 34_700, 26_500, 10_500))


def test_a_figure_is_standardised_over_areas_and_sexes_and_said_in_both_languages() -> None:
    empty = planned(MORTALITY, "2024", ("GM0363", "GM0344"))
    shape = empty.numerator.shape
    band = [axis.name for axis in empty.axes].index("age_band")
    rates = np.array([1, 2, 5, 20]).reshape([-1 if place == band else 1 for place in range(len(shape))])
    numerator = np.broadcast_to(rates, shape).copy()
    days = np.full(shape, 36_525 * 10)  # 1,000 person-years in every cell
    one = replace(empty, numerator=numerator, denominator=days)
    found = standardised(one)
    assert found is not None
    weights = (19_300, 34_700, 26_500, 10_500)
    by_hand = sum(weight * rate / 1000 for weight, rate in zip(weights, (1, 2, 5, 20), strict=True)) / sum(weights)
    assert found.value == pytest.approx(by_hand)
    said, gezegd = inside(one), inside(one, "nl")
    assert said is not None
    assert gezegd is not None
    assert f"{by_hand * 100_000:.2f} per 100000 (95% interval " in said
    assert "alleen binnen de regio" in gezegd
    assert f"{by_hand * 100_000:.2f} per 100000 (95%-interval ".replace(".", ",") in gezegd
    assert "is released crude" in crude((one,))[0]
    assert inside(empty) is None  # nobody in any stratum
    assert crude((planned(catalogue()["pop.persons"], "2024", ()),)) == ()


def test_fewer_than_ten_events_have_no_interval() -> None:
    found = direct((4, 5), (100, 100), (1, 1))
    assert (found.low, found.high, found.events) == (None, None, 9)
    assert direct((4, 6), (100, 100), (1, 1)).low is not None


def test_no_rate_is_below_0_where_a_small_stratum_weighs_much() -> None:
    found = direct((1, 9), (10, 100_000), (1, 1))
    assert found.low == 0
    assert found.high is not None
    assert found.high > found.value
