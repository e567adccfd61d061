"""What was put into an invented region's extracts comes out of the store exactly, and nothing that names a person."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pytest

from connectors.sources.synthetic import SYNTHETIC_REGIONS, Truth, write_region
from node.records.load import LoadReport, load
from node.records.store import open_store, permitted_indicators, records_path
from tests.support.sources import KEY, TODAY

SOURCES = ("gemeente", "huisarts", "ziekenhuis", "verzekeraar", "apotheek", "enquete")
TABLES = ("person", "coverage", "condition", "encounter", "measurement", "treatment", "cost", "identity")


@dataclass(frozen=True)
class LoadedRegion:
    folder: Path
    home: Path
    truth: Truth
    reports: dict[str, LoadReport]
    progress: tuple[str, ...]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> LoadedRegion:
    folder = tmp_path_factory.mktemp("region")
    truth = write_region(folder / "extracts", SYNTHETIC_REGIONS[0], 0.02)
    progress: list[str] = []
    reports = {
        source: load(folder / "home", folder / "extracts" / f"{source}.yaml", KEY, progress.append, TODAY)
        for source in SOURCES
    }
    return LoadedRegion(folder / "extracts", folder / "home", truth, reports, tuple(progress))


@pytest.fixture
def store(region: LoadedRegion) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = open_store(records_path(region.home), read_only=True)
    yield connection
    connection.close()


def one(store: duckdb.DuckDBPyConnection, query: str) -> int:
    row = store.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def test_persons_and_where_they_live_are_the_truth(store: duckdb.DuckDBPyConnection, region: LoadedRegion) -> None:
    rows = store.execute("SELECT municipality, count(*) FROM person GROUP BY municipality").fetchall()
    assert dict(rows) == dict(region.truth.persons_by_municipality)
    assert one(store, "SELECT count(*) FROM person") == region.truth.persons


def test_people_with_diabetes_are_the_truth_in_every_municipality(
    store: duckdb.DuckDBPyConnection, region: LoadedRegion
) -> None:
    rows = store.execute(
        """SELECT municipality, count(DISTINCT person_id) FROM condition JOIN person USING (person_id)
        WHERE code_system = 'icpc' AND code LIKE 'T90%' GROUP BY municipality"""
    ).fetchall()
    assert dict(rows) == {area: n for area, n in region.truth.diabetics_by_municipality.items() if n}


@pytest.mark.parametrize(
    ("query", "fact"),
    [
        ("SELECT count(DISTINCT person_id) FROM measurement WHERE code = 'HBA1C'", "hba1c_measured"),
        ("SELECT count(*) FROM encounter WHERE encounter_type = 'gp'", "gp_contacts"),
        ("SELECT count(*) FROM encounter WHERE encounter_type = 'admission'", "admissions"),
        ("SELECT count(*) FROM encounter WHERE encounter_type = 'admission' AND urgency = 'acute'", "acute_admissions"),
        ("SELECT count(*) FROM encounter WHERE encounter_type = 'ed'", "emergency_visits"),
        ("SELECT count(*) FROM treatment WHERE code = 'J07BB02'", "flu_vaccinated"),
        ("SELECT count(*) FROM measurement WHERE code = 'SRH'", "respondents"),
        ("SELECT count(*) FROM measurement WHERE code = 'SRH' AND value < 3", "feeling_well"),
        ("SELECT (sum(value) * 10)::BIGINT FROM measurement WHERE code = 'PREM'", "prem_tenths"),
        ("SELECT sum(amount_cents) FROM cost", "cost_cents"),
        ("SELECT count(*) FROM measurement WHERE code = 'BMI'", "bmi_measured"),
        ("SELECT count(*) FROM measurement WHERE code = 'BMI' AND value >= 30", "obese"),
        ("SELECT count(*) FROM measurement WHERE code = 'SMOKING' AND value = 1", "smokers"),
        (
            """SELECT count(*) FROM (SELECT person_id FROM treatment WHERE code NOT LIKE 'J07%' GROUP BY person_id
            HAVING count(DISTINCT code) >= 5)""",
            "five_medicines",
        ),
        ("SELECT count(*) FROM coverage", "persons"),
    ],
)
def test_counts_and_sums_are_the_truth(
    store: duckdb.DuckDBPyConnection, region: LoadedRegion, query: str, fact: str
) -> None:
    assert one(store, query) == getattr(region.truth, fact)


def test_every_row_of_every_file_is_accounted_for(region: LoadedRegion) -> None:
    counted = {count.file: count for report in region.reports.values() for count in report.files}
    assert set(counted) == set(region.truth.files)
    for name, truth in region.truth.files.items():
        count = counted[name]
        assert (count.read, count.rejected, count.duplicates) == (truth.rows, truth.rejected, truth.duplicates)
        assert count.read == count.loaded + count.rejected + count.duplicates + count.objected + count.outside
    assert counted["ziekenhuis_seh.csv"].outside > 0


def test_rejects_are_kept_by_place_and_reason(store: duckdb.DuckDBPyConnection, region: LoadedRegion) -> None:
    kept = store.execute(
        'SELECT file, "column", reason, count(*) FROM rejected_row WHERE source = ? GROUP BY ALL ORDER BY ALL',
        ["gemeente"],
    ).fetchall()
    each = region.truth.files["gemeente.csv"].rejected // 3
    assert kept == [
        ("gemeente.csv", "bsn", "is not a valid citizen service number (11-test)", each),
        ("gemeente.csv", "geboortedatum", "is not a possible date, written %d-%m-%Y", each),
        ("gemeente.csv", "geslacht", "is not one of the known codes", each),
    ]


def test_everyone_the_register_knows_is_one_person_across_sources(
    store: duckdb.DuckDBPyConnection, region: LoadedRegion
) -> None:
    linked = region.reports["verzekeraar"].linked
    assert (linked.in_source, linked.new, linked.in_store) == (region.truth.persons, 0, region.truth.persons)
    assert linked.in_other_sources == region.truth.persons
    for table in TABLES[1:]:
        unknown = f"SELECT count(*) FROM {table} WHERE person_id NOT IN (SELECT person_id FROM person)"
        assert one(store, unknown) == 0


def test_no_identifier_or_name_is_in_the_store_reports_progress_or_log(
    region: LoadedRegion, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        again = load(region.home, region.folder / "gemeente.yaml", KEY, None, TODAY)
    said = "\n".join(
        [repr(again), caplog.text, *again.lines(), *region.progress, *(repr(r) for r in region.reports.values())]
    ).encode()
    stored = b"".join(path.read_bytes() for path in sorted(region.home.rglob("*")) if path.is_file())
    lines = (region.folder / "gemeente.csv").read_text(encoding="utf-8").splitlines()[1:]
    canaries = {line.split(";")[0].encode() for line in lines} | {b"Verzonnen", b"Inwoner"}
    assert len(canaries) > region.truth.persons
    seen = {text for data in (stored, said) for text in re.findall(rb"(?=([0-9]{9}|Verzonnen|Inwoner))", data)}
    assert not seen & canaries
    assert seen, "the search must be able to find nine digits at all"
    numbers = np.array([int(canary) for canary in canaries if canary.isdigit()], dtype=np.int64)
    for shift in range(8):
        words = np.frombuffer(stored[shift : shift + (len(stored) - shift) // 8 * 8], dtype="<i8")
        assert not np.isin(words, numbers).any()


def test_persons_are_numbered_from_one_and_pseudonyms_are_whole_hashes(
    store: duckdb.DuckDBPyConnection, region: LoadedRegion
) -> None:
    assert one(store, "SELECT max(person_id) FROM person") == region.truth.persons
    assert one(store, "SELECT count(*) FROM identity WHERE octet_length(pseudonym) <> 32") == 0


def test_the_same_extracts_again_change_nothing(region: LoadedRegion) -> None:
    before = _contents(region.home)
    for source in reversed(SOURCES):
        assert (
            load(region.home, region.folder / f"{source}.yaml", KEY, None, TODAY).files == region.reports[source].files
        )
    assert _contents(region.home) == before


def test_the_store_says_what_each_source_permits_and_only_its_owner_can_read_it(
    store: duckdb.DuckDBPyConnection, region: LoadedRegion
) -> None:
    assert permitted_indicators(store) == dict.fromkeys(sorted(SOURCES), ("all",))
    assert records_path(region.home).stat().st_mode & 0o077 == 0


def _contents(home: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = open_store(records_path(home), read_only=True)
    try:
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in TABLES}
    finally:
        connection.close()
