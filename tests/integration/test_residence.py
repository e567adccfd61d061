"""Persons who move, are born and die within a period: from the register's file of stays to counts and days."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from node.indicators.compute import compute, outside
from node.indicators.measured import compute_all
from node.records.check import check
from node.records.load import load
from node.records.store import delete_expired, open_store, records_path
from schemas.catalogue import catalogue
from tests.support.sources import KEY, SOUND_NUMBERS, TODAY, legal, register_file, source, visits_file, written

HERE, THERE, AWAY = "GM0363", "GM0344", "GM0518"
A, B, C = SOUND_NUMBERS
PERSONS = f"bsn;born;sex\n{A};01-02-1950;V\n{B};03-04-1960;M\n{C};01-03-2024;V\n"
# A moved within the region on 1 April 2024; B left the region on 1 September; C was born on 1 March 2024
STAYS = (
    f"bsn;town;from;to\n{A};{HERE};01-01-2000;31-03-2024\n{A};{THERE};01-04-2024;\n"
    f"{B};{HERE};03-04-1960;31-08-2024\n{B};{AWAY};01-09-2024;\n{C};{HERE};01-03-2024;\n"
)
COVERED = f"bsn;from;to\n{A};01-01-2000;\n{B};01-01-2000;\n{C};01-01-2024;\n"  # C from before birth


def stays_file(name: str = "stays.csv") -> dict[str, Any]:
    fields = {
        "person_id": {"column": "bsn"}, "municipality": {"column": "town"},
        "start_date": {"column": "from"}, "last_date": {"column": "to"},
    }  # fmt: skip
    return visits_file(file=name, record="residence", fields=fields)


def covered_file() -> dict[str, Any]:
    fields = {"person_id": {"column": "bsn"}, "start_date": {"column": "from"}, "last_date": {"column": "to"}}
    return visits_file(file="covered.csv", record="coverage", fields=fields)


def register(folder: Path, stays: str = STAYS, **more: Any) -> Path:
    document = source(register_file(), covered_file(), stays_file(), precedence=1, **more)
    return written(folder / "in", document, persons=PERSONS, covered=COVERED, stays=stays)


def stored(folder: Path) -> list[tuple[Any, ...]]:
    connection = open_store(records_path(folder / "home"), read_only=True)
    try:
        query = (
            "SELECT municipality, start_date::VARCHAR, end_date::VARCHAR FROM lived_in ORDER BY person_id, start_date"
        )
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("period", "persons", "days"),
    [
        # on 1 July A lives there, B and C here; B's days stop on 31 August (244), C's begin at birth (306)
        ("2024", {HERE: 2, THERE: 1}, {HERE: 244 + 306, THERE: 366}),
        # on 16 February, before the move and the birth: a whole quarter each
        ("2024-Q1", {HERE: 2, THERE: 0}, {HERE: 91 + 91, THERE: 0}),
        # on 16 November B lives elsewhere
        ("2024-Q4", {HERE: 1, THERE: 1}, {HERE: 92, THERE: 92}),
    ],
)
def test_persons_count_where_they_live_on_the_day_and_their_days_while_they_live_in_the_region(
    tmp_path: Path, period: str, persons: dict[str, int], days: dict[str, int]
) -> None:
    load(tmp_path / "home", register(tmp_path), KEY, None, TODAY)
    asked = [one for one in catalogue().values() if one.measure is not None]
    of_days = next(
        one for one in asked
        if one.measure and one.measure.denominator == "covered_days" and one.population
        and (one.population.covered_on, one.population.age_from) == ("mid_period", None)
    )  # fmt: skip
    of_persons = catalogue()["pop.persons"]
    connection = open_store(records_path(tmp_path / "home"), read_only=True)
    try:
        for here in (compute(connection, of_days, period, (HERE, THERE)),
                     compute_all(connection, (of_days, of_persons), (period,), (HERE, THERE))[0]):  # fmt: skip
            assert here.denominator is not None
            axes = tuple(range(1, here.denominator.ndim))
            assert dict(zip((HERE, THERE), here.denominator.sum(axis=axes).tolist(), strict=True)) == days
        counted = compute(connection, of_persons, period, (HERE, THERE)).numerator
        found = counted.sum(axis=tuple(range(1, counted.ndim))).tolist()
        assert dict(zip((HERE, THERE), found, strict=True)) == persons
    finally:
        connection.close()


def test_stays_that_overlap_are_cut_where_the_next_one_begins(tmp_path: Path) -> None:
    stays = (
        f"bsn;town;from;to\n{A};{HERE};01-01-2020;31-12-2024\n{A};{THERE};01-06-2020;31-12-2020\n"
        f"{A};{AWAY};01-06-2020;30-06-2020\n{A};{HERE};01-01-2021;\n"
    )
    load(tmp_path / "home", register(tmp_path, stays), KEY, None, TODAY)
    assert stored(tmp_path) == [
        (HERE, "2020-01-01", "2020-06-01"), (THERE, "2020-06-01", "2021-01-01"), (HERE, "2021-01-01", "9999-12-31"),
    ]  # fmt: skip


def test_a_longer_stay_resumes_where_one_within_it_ends_also_in_a_store_of_before(tmp_path: Path) -> None:
    stays = (
        f"bsn;town;from;to\n{A};{HERE};01-01-2020;\n{A};{AWAY};01-03-2024;31-03-2024\n{A};{THERE};01-05-2024;31-08-2024\n"
        f"{A};{AWAY};01-06-2024;30-06-2024\n"
    )
    expected = [
        (HERE, "2020-01-01", "2024-03-01"), (AWAY, "2024-03-01", "2024-04-01"), (HERE, "2024-04-01", "2024-05-01"),
        (THERE, "2024-05-01", "2024-06-01"), (AWAY, "2024-06-01", "2024-07-01"), (THERE, "2024-07-01", "2024-09-01"),
        (HERE, "2024-09-01", "9999-12-31"),
    ]  # fmt: skip
    load(tmp_path / "home", register(tmp_path, stays), KEY, None, TODAY)
    assert stored(tmp_path) == expected
    # an earlier version had ended the longer stays for good, and lacked the table that says otherwise
    with duckdb.connect(str(records_path(tmp_path / "home"))) as connection:
        connection.execute("DROP TABLE lived_in_resumed; DELETE FROM lived_in WHERE start_date > '2024-07-01'")
    assert stored(tmp_path) == expected


def test_one_source_tells_a_persons_stays_and_the_next_one_after_it_is_deleted(tmp_path: Path) -> None:
    load(tmp_path / "home", register(tmp_path), KEY, None, TODAY)
    theirs = source(
        stays_file("theirs.csv"), id="insurer", precedence=0, legal=legal(delete_by="2027-01-01")
    )  # fmt: skip
    before = stored(tmp_path)
    moved = f"bsn;town;from;to\n{A};{AWAY};01-01-2010;\n"
    load(tmp_path / "home", written(tmp_path / "theirs", theirs, theirs=moved), KEY, None, TODAY)
    assert stored(tmp_path) != before
    assert (AWAY, "2010-01-01", "9999-12-31") in stored(tmp_path)
    assert delete_expired(tmp_path / "home", date(2027, 2, 1)) == ("insurer",)
    assert stored(tmp_path) == before


def test_who_never_lived_in_the_region_is_counted_nowhere_and_said(tmp_path: Path) -> None:
    stays = STAYS.replace(f"{B};{HERE}", f"{B};{AWAY}")
    load(tmp_path / "home", register(tmp_path, stays), KEY, None, TODAY)
    connection = open_store(records_path(tmp_path / "home"), read_only=True)
    try:
        (told,) = outside(connection, (HERE, THERE))
        assert told.startswith(f"Fewer than ten persons live in {AWAY}")
    finally:
        connection.close()


def test_an_unknown_municipality_and_a_stay_that_ends_first_are_rejected(tmp_path: Path) -> None:
    stays = f"bsn;town;from;to\n{A};Amsterdam;01-01-2020;\n{A};{HERE};01-01-2020;01-01-2019\n{A};;01-01-2021;\n"
    found = check(tmp_path / "home", register(tmp_path, stays), KEY, today=TODAY)
    reasons = {(one.column, one.reason) for one in found.report.rejects}
    assert reasons == {("town", "is not an area code"), ("to", "lies before the start"), ("town", "is empty")}
