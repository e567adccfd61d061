"""The daily series of 342 municipalities through 25 nodes to one hub, row by row: three months of them by default.

All 22 months (712,890 rows, two files of which bear two series) take minutes and run with `make nightly`.
"""

import csv
import gzip
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.support.replay import Replay, State, replaying

NOW = datetime(2024, 2, 28, 12, tzinfo=UTC)
# the mapping's name, the source's file, the column of its day, and its columns of figures with their indicators
SERIES = {
    "positive_tests": ("gm_positive_tests_daily.csv.gz", "date", {"infected": "c19.positive_tests"}),
    "hospital": (
        "gm_hospital_nice_daily.csv.gz",
        "date",
        {
            "admissions_on_date_of_admission": "c19.admissions",
            "admissions_on_date_of_reporting": "c19.admissions_reported",
        },
    ),
    "deceased": ("gm_deceased_daily.csv.gz", "date", {"covid_daily": "c19.deceased"}),
    "sewage": ("gm_sewer_weekly.csv.gz", "date_start", {"average": "c19.sewage"}),
}
PART = ["2020-09", "2020-10", "2020-11"]  # the autumn wave; sewage was measured from 7 September on
ALL = [f"{year}-{month:02}" for year in (2020, 2021) for month in range(1, 13)]


def _period(day: str, series: str) -> str:
    if series != "sewage":
        return day
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02}"


def _rows(file: Path, column: str, months: Iterable[str]) -> list[dict[str, str]]:
    chosen = set(months)
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row[column][:7] in chosen]


def _cut(rows: list[dict[str, str]], file: Path) -> Path:
    """Write the rows as a table of their own, as a region gets them that fetches some months."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return file


def _replayed(folder: Path, target: Path, months: list[str], replay: Replay) -> tuple[Counter[str], int]:
    """Carry the months of all series through the line and compare; return the sums by indicator and the rows."""
    sums: Counter[str] = Counter()
    read = 0
    for series, (name, day, columns) in SERIES.items():
        rows = _rows(folder / name, day, months)
        read += len(rows)
        replay.release(_cut(rows, target / f"{series}.csv"), f"{series}.yaml", months=_bundles(series, months))
        for column, indicator in columns.items():
            source: State = {(row["gmcode"], _period(row[day], series)): row[column].removesuffix(".0") for row in rows}
            held = replay.state(indicator)
            assert held == source, series
            assert len(held) == len(rows)
            sums[indicator] = sum(map(int, held.values()))
    return sums, read


def _bundles(series: str, months: list[str]) -> list[str]:
    return months if series != "sewage" else sorted({month[:4] for month in months})


@pytest.mark.shared_data
def test_three_months_of_the_daily_series_arrive_row_by_row(shared_data: Path, tmp_path: Path) -> None:
    began = time.process_time()
    with replaying(tmp_path, NOW) as replay:
        sums, read = _replayed(shared_data / "c_nl_gm_daily_2020_2021", tmp_path, PART, replay)
        print(f"{read:,} rows, {replay.events:,} events, {time.process_time() - began:.0f} CPU s: {dict(sums)}")
    assert read == 97_518


@pytest.mark.shared_data
@pytest.mark.nightly
def test_all_712890_rows_of_the_daily_series_arrive_row_by_row(shared_data: Path, tmp_path: Path) -> None:
    began = time.process_time()
    with replaying(tmp_path, NOW) as replay:
        sums, read = _replayed(shared_data / "c_nl_gm_daily_2020_2021", tmp_path, ALL, replay)
        print(f"{read:,} rows, {replay.events:,} events, {time.process_time() - began:.0f} CPU s: {dict(sums)}")
    assert read == 712_890
    del sums["c19.sewage"]  # an average per 100,000: its sum says nothing
    assert sums == {
        "c19.positive_tests": 3_114_753,
        "c19.admissions": 87_012,
        "c19.admissions_reported": 86_720,
        "c19.deceased": 20_876,
    }
