"""Funnel limits against the classes that fingertips gives, and what over-dispersion does to them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.comparison.funnel import (
    FunnelImpossible,
    dispersion,
    of_events,
    of_proportion,
    of_ratio,
    place,
    score_of_events,
    score_of_proportion,
)
from hub.comparison.intervals import Interval

NORMAL = [-1.28, -0.84, -0.52, -0.25, 0.0, 0.25, 0.52, 0.84, 1.28, 0.1]


def classed(value: float, limits: Interval, polarity: str) -> str:
    if limits.low <= value <= limits.high:
        return "same"
    return "worse" if (value > limits.high) == (polarity == "low_is_good") else "better"


@pytest.mark.shared_data
def test_regions_are_classed_as_fingertips_classes_them(shared_data: Path) -> None:
    cases = json.loads((shared_data / "known_answers" / "fingertips_rag.json").read_text())["cases"]
    checked = 0
    for case in cases:
        if case["method"] not in ("spc_proportion", "spc_dsr"):
            continue
        expected: dict[str, Any] = case["expected"]
        if case["method"] == "spc_proportion":
            reference, value = case["benchmark"] / case["unit"], case["value"] / case["unit"]
            if case["denominator"] <= 0:
                with pytest.raises(FunnelImpossible):
                    of_proportion(reference, case["denominator"])
                continue
            found = of_proportion(reference, case["denominator"])
        else:
            found = of_events(case["benchmark"] / case["unit"] * case["denominator"])
            value = case["value"] / case["unit"] * case["denominator"]
        classes = {"95": found.warning, "99.8": found.control}
        assert {name: classed(value, limits, case["polarity"]) for name, limits in classes.items()} == expected
        checked += 1
    assert checked == 8


def test_a_value_is_placed_by_the_limits_it_passes() -> None:
    funnel = of_proportion(0.2, 400)
    assert [place(value, funnel) for value in (0.10, 0.15, 0.2, 0.25, 0.30)] == [
        "below_998", "below_95", "within", "above_95", "above_998"
    ]  # fmt: skip
    assert place(funnel.warning.high, funnel) == "within"


@given(st.floats(0.001, 0.999), st.integers(1, 10**7), st.floats(1.0, 50.0))
def test_limits_hold_the_reference_and_widen(reference: float, number: int, phi: float) -> None:
    plain, wider = of_proportion(reference, number), of_proportion(reference, number, phi)
    assert 0 <= plain.control.low <= plain.warning.low <= reference <= plain.warning.high <= plain.control.high <= 1
    assert wider.control.high >= plain.control.high - 1e-12
    assert wider.control.low <= plain.control.low + 1e-12


@given(st.floats(0.01, 1e6), st.floats(1.0, 50.0))
def test_limits_of_events_hold_what_is_expected(expected: float, phi: float) -> None:
    for found in (of_events(expected), of_events(expected, phi)):
        assert 0 <= found.control.low <= found.warning.low <= expected <= found.warning.high <= found.control.high
    assert of_ratio(expected).warning == pytest.approx([limit / expected for limit in of_events(expected).warning])


def test_regions_that_vary_by_chance_are_not_called_overdispersed() -> None:
    assert dispersion(NORMAL) == 1.0
    assert dispersion([9.0, -9.0]) == 1.0


def test_regions_that_vary_more_widen_the_limits_and_one_outlier_does_not() -> None:
    # 30 scores: the three furthest at each end are drawn in to the next, 3 x 0.84
    drawn_in = [min(max(3 * one, -2.52), 2.52) for one in NORMAL]
    assert dispersion([3 * one for one in NORMAL] * 3) == pytest.approx(sum(one**2 for one in drawn_in) / 10)
    assert dispersion([*NORMAL, 40.0]) == 1.0


def test_scores_are_zero_at_the_reference() -> None:
    assert score_of_proportion(20, 100, 0.2) == 0
    assert score_of_events(25, 25.0) == 0
    assert score_of_events(30, 25.0) == pytest.approx(1.0)


def test_what_has_no_limits_is_refused() -> None:
    for reference, number in ((0.0, 10), (1.0, 10), (0.5, 0)):
        with pytest.raises(FunnelImpossible):
            of_proportion(reference, number)
    with pytest.raises(FunnelImpossible):
        of_events(0.0)
