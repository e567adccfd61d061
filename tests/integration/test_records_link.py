"""Persons of several sources become one; who objected or is unknown is counted and left out."""

from pathlib import Path
from typing import Any

import pytest

from connectors.sources import SourceRefused
from node.records.load import LoadReport, load
from node.records.store import open_store, records_path
from tests.support.sources import KEY, SOUND_NUMBERS, TODAY, legal, register_file, source, visits_file, written

ANN, BEN, CAS = SOUND_NUMBERS
REGISTER = f"bsn;born;sex\n{ANN};01-02-1950;V\n{BEN};03-04-1960;M\n"
VISITS = f"bsn;date\n{ANN};01-01-2024\n{BEN};01-01-2024\n{CAS};01-01-2024\n"


def loaded(tmp_path: Path, name: str, document: dict[str, Any], **texts: str) -> LoadReport:
    return load(tmp_path / "home", written(tmp_path / name, {**document, "id": name}, **texts), KEY, None, TODAY)


def rows(tmp_path: Path, query: str) -> list[tuple[Any, ...]]:
    connection = open_store(records_path(tmp_path / "home"), read_only=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_records_of_people_no_register_knows_are_counted_and_left_out(tmp_path: Path) -> None:
    loaded(tmp_path, "register", source(register_file()), persons=REGISTER)
    report = loaded(tmp_path, "clinic", source(visits_file()), visits=VISITS)
    assert (report.files[0].loaded, report.files[0].outside) == (2, 1)
    assert report.linked.in_source == report.linked.in_other_sources == 2
    assert rows(tmp_path, "SELECT count(*) FROM identity") == [(2,)]


def test_two_registers_that_disagree_are_settled_by_precedence_whatever_the_order(tmp_path: Path) -> None:
    other = f"bsn;born;sex\n{ANN};01-02-1951;V\n{CAS};09-09-1999;M\n"
    for folder, order in (("a", ("register", "clinic")), ("b", ("clinic", "register"))):
        for name in order:
            text, precedence = (REGISTER, 10) if name == "register" else (other, 50)
            report = loaded(tmp_path / folder, name, source(register_file(), precedence=precedence), persons=text)
        assert report.linked.conflicts == 1
        assert report.linked.in_store == 3
        born = rows(tmp_path / folder, "SELECT birth_date::VARCHAR FROM person ORDER BY birth_date")
        assert born == [("1950-02-01",), ("1960-04-03",), ("1999-09-09",)]


def test_registers_that_tell_different_days_of_death_are_counted_as_disagreeing(tmp_path: Path) -> None:
    file = register_file()
    file["fields"]["death_date"] = {"column": "died"}
    dead = f"{ANN};01-02-1950;V;{{}}\n{BEN};03-04-1960;M;{{}}\n"
    loaded(tmp_path, "register", source(file), persons="bsn;born;sex;died\n" + dead.format("01-05-2024", ""))
    # of the second only one of them knows a death, which contradicts nobody
    told = "bsn;born;sex;died\n" + dead.format("02-05-2024", "03-05-2024")
    assert loaded(tmp_path, "clinic", source(file), persons=told).linked.conflicts == 1
    told = "bsn;born;sex;died\n" + dead.format("01-05-2024", "03-05-2024")
    assert loaded(tmp_path, "clinic", source(file), persons=told).linked.conflicts == 0


def test_an_objection_comes_before_anything_is_counted(tmp_path: Path) -> None:
    document = source(register_file(), objections={"file": "objected.csv", "column": "bsn"})
    report = loaded(tmp_path, "register", document, persons=REGISTER, objected=f"bsn\n{BEN}\n")
    assert (report.files[0].loaded, report.files[0].objected) == (1, 1)
    assert rows(tmp_path, "SELECT sex FROM person") == [("f",)]


def test_an_objection_list_may_be_empty_and_must_be_readable(tmp_path: Path) -> None:
    document = source(register_file(), objections={"file": "objected.csv", "column": "bsn"})
    report = loaded(tmp_path, "register", document, persons=REGISTER, objected="bsn\n")
    assert (report.files[0].loaded, report.files[0].objected) == (2, 0)
    with pytest.raises(SourceRefused) as refused:
        loaded(tmp_path, "register", document, persons=REGISTER, objected=f"bsn\n{BEN}\n123456789\n")
    assert str(refused.value) == (
        "objected.csv, row 3, column `bsn`: is not a valid identifier; "
        "correct it, so that nobody's objection is missed."
    )


def test_whoever_leaves_the_register_leaves_with_all_records(tmp_path: Path) -> None:
    loaded(tmp_path, "register", source(register_file()), persons=REGISTER)
    loaded(tmp_path, "clinic", source(visits_file()), visits=VISITS)
    loaded(tmp_path, "register", source(register_file()), persons=f"bsn;born;sex\n{ANN};01-02-1950;V\n")
    assert rows(tmp_path, "SELECT count(*) FROM encounter") == [(1,)]
    assert rows(tmp_path, "SELECT count(*) FROM identity") == [(1,)]


def test_a_record_number_tells_two_visits_on_one_day_from_a_visit_sent_twice(tmp_path: Path) -> None:
    visits = visits_file()
    visits["fields"]["record_id"] = {"column": "nr"}
    text = f"nr;bsn;date\n1;{ANN};01-01-2024\n2;{ANN};01-01-2024\n2;{ANN};01-01-2024\n"
    report = loaded(tmp_path, "register", source(register_file(), visits), persons=REGISTER, visits=text)
    assert (report.files[1].loaded, report.files[1].duplicates) == (2, 1)


def test_without_linkage_a_source_stands_alone(tmp_path: Path) -> None:
    loaded(tmp_path, "register", source(register_file()), persons=REGISTER)
    alone = source(register_file(), legal=legal(linkage="none"))
    report = loaded(tmp_path, "alone", alone, persons="bsn;born;sex\nP1;01-02-1950;V\n")
    assert (report.linked.new, report.linked.in_store, report.linked.in_other_sources) == (1, 3, 0)
