"""Intervals against published constants, and against the shared known answers at 1e-9."""

import csv
import os
from pathlib import Path

import pytest

from hub.comparison import CONFIDENCE_998, byar, exact_poisson, poisson, wilson
from hub.comparison.intervals import CountsImpossible

ROOT = Path(__file__).resolve().parents[2]


def known(name: str) -> list[dict[str, str]]:
    folder = Path(os.environ.get("REGIOHELIX_SHARED", "../shared"))
    path = (ROOT / folder / "data" / "known_answers" / name).resolve()
    with path.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["value"]]


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_newcombes_table_of_1998(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (9, 4.1154, 17.0848)]
)
def test_the_exact_poisson_interval_gives_garwoods_limits(events: int, low: float, high: float) -> None:
    assert exact_poisson(events) == pytest.approx((low, high), abs=5e-5)


def test_byar_comes_close_to_the_exact_limits() -> None:
    for events in (10, 20, 100, 5000):
        assert byar(events) == pytest.approx(exact_poisson(events), rel=2e-3)


def test_a_rate_is_exact_below_ten_events_and_byars_from_ten_on() -> None:
    assert poisson(9) == exact_poisson(9)
    assert poisson(10) == byar(10)


def test_a_wider_confidence_gives_a_wider_interval() -> None:
    for narrow, wide in (
        (wilson(30, 100), wilson(30, 100, CONFIDENCE_998)),
        (poisson(4), poisson(4, CONFIDENCE_998)),
        (poisson(40), poisson(40, CONFIDENCE_998)),
    ):
        assert wide.low < narrow.low < narrow.high < wide.high


def test_impossible_counts_are_refused() -> None:
    for part, whole in ((-1, 10), (11, 10), (0, 0)):
        with pytest.raises(CountsImpossible):
            wilson(part, whole)
    with pytest.raises(CountsImpossible):
        poisson(-1)
    with pytest.raises(CountsImpossible):
        byar(0)


@pytest.mark.shared_data
def test_wilson_agrees_with_phe_to_1e_9() -> None:
    rows = known("phe_proportions.csv")  # PHEindicatormethods, testdata_Proportion.xlsx
    assert len(rows) == 16
    for row in rows:
        part, whole, per = int(row["Numerator"]), int(row["Denominator"]), float(row["multiplier"])
        for confidence, name in ((0.95, "95_0"), (0.998, "99_8")):
            found = [end * per for end in wilson(part, whole, confidence)]
            assert found == pytest.approx([float(row[f"lower{name}cl"]), float(row[f"upper{name}cl"])], rel=1e-9)


@pytest.mark.shared_data
def test_rates_agree_with_phe_to_1e_9() -> None:
    rows = known("phe_rates.csv")  # PHEindicatormethods, testdata_Rate.xlsx
    assert {row["method"] for row in rows} == {"Exact", "Byars"}
    for row in rows:
        events, time, per = int(row["Numerator"]), int(row["Denominator"]), float(row["multiplier"])
        for confidence, name in ((0.95, "95_0"), (0.998, "99_8")):
            found = [end / time * per for end in poisson(events, confidence)]
            assert found == pytest.approx([float(row[f"lower{name}cl"]), float(row[f"upper{name}cl"])], rel=1e-9)
