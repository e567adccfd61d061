"""What every kind of source holds to: the same people give the same records, and no row is lost unseen."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sources import SourceRefused
from connectors.sources.read import READERS
from node.records.check import check
from node.records.load import LoadReport, load
from node.records.store import open_store, records_path
from tests.support.extracts import AREA, CONDITIONS, PERSONS, VISITS, WRITERS, People, Row, write_people
from tests.support.sources import KEY, TODAY

KINDS = sorted(WRITERS)
TABLES = ("person", "encounter", "condition", "rejected_row", "source_person", "identity")
FAULTS = ("sound", "again", "no id", "no date", "no such day", "end first", "stranger")


def loaded(folder: Path, kind: str, people: People) -> LoadReport:
    return load(folder / "home", write_people(kind, folder / "in", people), KEY, None, TODAY)


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    connection = open_store(records_path(folder / "home"), read_only=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def content(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(folder, f"SELECT * FROM {table} ORDER BY ALL") for table in TABLES}


def test_every_kind_of_source_is_under_contract() -> None:
    assert set(READERS) == set(WRITERS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_people_give_the_same_records(tmp_path: Path, kind: str) -> None:
    loaded(tmp_path, kind, People())
    persons = rows(tmp_path, "SELECT birth_date::VARCHAR, sex, municipality FROM person ORDER BY ALL")
    assert persons == sorted((born, sex, AREA) for _, born, sex in PERSONS)
    visits = rows(tmp_path, "SELECT encounter_type, start_date::VARCHAR, end_date::VARCHAR FROM encounter ORDER BY ALL")
    assert visits == sorted((one, start, end) for _, _, one, start, end in VISITS)
    conditions = rows(tmp_path, "SELECT code_system, code, start_date::VARCHAR FROM condition ORDER BY ALL")
    assert conditions == sorted(("omop", code, start) for _, _, code, start in CONDITIONS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_extract_twice_changes_nothing_and_says_so(tmp_path: Path, kind: str) -> None:
    first = loaded(tmp_path, kind, People())
    assert first.look.unchanged_since is None
    before = content(tmp_path)
    again = loaded(tmp_path, kind, People())
    assert again.look.unchanged_since is not None
    assert content(tmp_path) == before
    assert rows(tmp_path, "SELECT count(*) FROM source_load") == [(1,)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_corrected_extract_replaces_what_it_corrects(tmp_path: Path, kind: str) -> None:
    loaded(tmp_path, kind, People())
    corrected = loaded(tmp_path, kind, People().with_visits((("11", "1", "ed", "2024-01-03", "2024-01-05"),)))
    assert corrected.look.unchanged_since is None
    assert corrected.look.before is not None
    assert rows(tmp_path, "SELECT encounter_type, start_date::VARCHAR FROM encounter") == [("ed", "2024-01-03")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_check_sees_what_a_load_does_and_keeps_nothing(tmp_path: Path, kind: str) -> None:
    mapping = write_people(kind, tmp_path / "in", People())
    seen = check(tmp_path / "home", mapping, KEY, today=TODAY)
    assert not (tmp_path / "home").exists()
    report = load(tmp_path / "home", mapping, KEY, None, TODAY)
    assert (seen.report.files, seen.report.rejects, seen.report.linked) == (report.files, report.rejects, report.linked)
    before = content(tmp_path)
    write_people(kind, tmp_path / "in", People().with_visits(VISITS[:1]))
    other = check(tmp_path / "home", mapping, KEY, today=TODAY)
    assert other.report.files != report.files
    assert content(tmp_path) == before


@pytest.mark.parametrize("kind", KINDS)
def test_an_extract_without_persons_is_refused_and_leaves_the_store_as_it_was(tmp_path: Path, kind: str) -> None:
    loaded(tmp_path, kind, People())
    before = content(tmp_path)
    with pytest.raises(SourceRefused, match=r"ask for the extract again|check the view"):
        loaded(tmp_path, kind, People(persons=()))
    assert content(tmp_path) == before


@pytest.fixture(scope="module", params=KINDS)
def kind_and_home(request: pytest.FixtureRequest) -> Iterator[tuple[str, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        yield request.param, Path(folder)


def _spoilt(number: int, fault: str) -> Row:
    one, start, end = str(number % 4 + 1), f"2024-01-{number % 28 + 1:02}", "2024-12-31"
    if fault == "again":
        return VISITS[0]
    return (
        str(100 + number),
        {"no id": "", "stranger": "99"}.get(fault, one),
        "ed",
        {"no date": "", "no such day": "2024-02-30"}.get(fault, start),
        "2023-12-31" if fault == "end first" else end,
    )


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=12))
def test_every_row_is_loaded_or_accounted_for_with_its_reason(
    kind_and_home: tuple[str, Path], faults: list[str]
) -> None:
    kind, folder = kind_and_home
    visits = [VISITS[0], *(_spoilt(number, fault) for number, fault in enumerate(faults))]
    report = loaded(folder, kind, People().with_visits(visits))
    count = next(file for file in report.files if file.record == "encounter")
    assert count.read == len(visits)
    assert count.read == count.loaded + count.rejected + count.duplicates + count.objected + count.outside
    assert count.rejected == sum(fault in ("no id", "no date", "no such day", "end first") for fault in faults)
    assert (count.duplicates, count.outside) == (faults.count("again"), faults.count("stranger"))
    noted = rows(folder, f"SELECT count(*), count(DISTINCT \"row\") FROM rejected_row WHERE file = '{count.file}'")
    assert noted == [(count.rejected, count.rejected)]
    assert rows(folder, "SELECT count(*) FROM encounter") == [(count.loaded,)]
