"""Eunomia GiBleed: what `compute` counts equals a count by hand over the published CSV files."""

import csv
import datetime
import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from node.indicators.compute import compute
from schemas.catalogue import catalogue
from tests.support.linked_store import store_of

INDICATORS = {"h.gi_bleed": ("condition", "192671"), "h.celecoxib": ("treatment", "1118084")}
LOWS = (0, 18, 45, 65, 75)
LABELS = ("0-17", "18-44", "45-64", "65-74", "75+")

pytestmark = pytest.mark.shared_data


def _read(folder: Path, table: str) -> list[dict[str, str]]:
    with gzip.open(folder / f"{table}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> int:
    return int(float(text))


def _coded(folder: Path, table: str, prefix: str, wanted: str) -> Iterator[dict[str, object]]:
    for row in _read(folder, table):
        if _number(row[f"{prefix}_concept_id"]) == int(wanted):
            start = row["condition_start_date" if prefix == "condition" else "drug_exposure_start_date"]
            yield {
                "person_id": _number(row["person_id"]),
                "code_system": "omop",
                "code": wanted,
                "start_date": datetime.date.fromisoformat(start),
            }


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "a_omop_gibleed"


@pytest.fixture(scope="module")
def rows(folder: Path) -> dict[str, list[dict[str, object]]]:
    persons = [
        {
            "person_id": _number(row["person_id"]),
            "birth_date": datetime.date.fromisoformat(row["birth_datetime"][:10]),
            "sex": {8507: "m", 8532: "f"}[_number(row["gender_concept_id"])],
        }
        for row in _read(folder, "PERSON")
    ]
    known = {person["person_id"] for person in persons}
    coverage = [
        {
            "person_id": _number(row["person_id"]),
            "start_date": datetime.date.fromisoformat(row["observation_period_start_date"]),
            "end_date": datetime.date.fromisoformat(row["observation_period_end_date"]) + datetime.timedelta(days=1),
        }
        for row in _read(folder, "OBSERVATION_PERIOD")
        if _number(row["person_id"]) in known
    ]
    return {
        "person": persons,
        "coverage": coverage,
        "condition": list(_coded(folder, "CONDITION_OCCURRENCE", "condition", "192671")),
        "treatment": list(_coded(folder, "DRUG_EXPOSURE", "drug", "1118084")),
    }


@pytest.fixture(scope="module")
def store(rows: dict[str, list[dict[str, object]]]) -> Iterator[duckdb.DuckDBPyConnection]:
    with store_of(rows) as connection:
        yield connection


def _by_hand(folder: Path, indicator: str, year: int) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    table, code = INDICATORS[indicator]
    file, date = {
        "condition": ("CONDITION_OCCURRENCE", "condition_start_date"),
        "treatment": ("DRUG_EXPOSURE", "drug_exposure_start_date"),
    }[table]
    concept = "condition_concept_id" if table == "condition" else "drug_concept_id"
    middle, end = f"{year}-07-01", f"{year + 1}-01-01"
    had = {row["person_id"] for row in _read(folder, file) if row[concept] == f"{code}.0" and row[date] < end}
    seen = {
        row["person_id"]
        for row in _read(folder, "OBSERVATION_PERIOD")
        if row["observation_period_start_date"] <= middle <= row["observation_period_end_date"]
    }
    above, below = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in _read(folder, "PERSON"):
        if row["person_id"] not in seen:
            continue
        birth = row["birth_datetime"][:10]
        age = year - int(birth[:4]) - (birth[5:] > "07-01")
        leaf = (LABELS[sum(age >= low for low in LOWS) - 1], "f" if row["gender_concept_id"] == "8532.0" else "m")
        below[leaf] += 1
        above[leaf] += row["person_id"] in had
    return above, below


@pytest.mark.parametrize(
    ("indicator", "year", "total"),
    [
        ("h.gi_bleed", 2017, (416, 2454)),
        ("h.gi_bleed", 2018, (384, 2151)),
        ("h.celecoxib", 2017, (1630, 2454)),
        ("h.celecoxib", 2018, (1441, 2151)),
    ],
)
def test_gibleed_cells_equal_a_count_by_hand_over_the_csv_files(
    folder: Path, store: duckdb.DuckDBPyConnection, indicator: str, year: int, total: tuple[int, int]
) -> None:
    computed = compute(store, catalogue()[indicator], str(year), ())
    above, below = _by_hand(folder, indicator, year)
    assert [axis.name for axis in computed.axes] == ["age_band", "sex"]
    assert computed.denominator is not None
    for row, label in enumerate(computed.axes[0].leaves):
        for column, sex in enumerate(computed.axes[1].leaves):
            assert computed.numerator[row, column] == above[label, sex]
            assert computed.denominator[row, column] == below[label, sex]
    assert (computed.numerator.sum(), computed.denominator.sum()) == total


def test_gibleed_holds_the_479_persons_with_a_bleeding_that_its_makers_publish(
    rows: dict[str, list[dict[str, object]]],
) -> None:
    assert len({row["person_id"] for row in rows["condition"]}) == 479
    assert len({row["person_id"] for row in rows["treatment"]}) == 1844
