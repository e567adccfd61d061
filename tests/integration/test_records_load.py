"""One source is loaded whole or not at all; every fault is said in one line without a person's value."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from connectors.sources import SourceRefused
from node.records.load import LoadReport, load
from node.records.store import RecordStoreBusy, delete_expired, open_store, records_path
from tests.support.sources import KEY, SOUND_NUMBERS, TODAY, legal, register_file, source, visits_file, written

ANN, BEN, CAS = SOUND_NUMBERS
REGISTER = f"bsn;born;sex\n{ANN};01-02-1950;V\n{BEN};03-04-1960;M\n"


def loaded(tmp_path: Path, document: dict[str, Any], **texts: str) -> LoadReport:
    return load(tmp_path / "home", written(tmp_path / "in", document, **texts), KEY, None, TODAY)


def rows(tmp_path: Path, query: str) -> list[tuple[Any, ...]]:
    connection = open_store(records_path(tmp_path / "home"), read_only=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("123456789;01-02-1950;V", "bsn", "is not a valid citizen service number (11-test)"),
        (";01-02-1950;V", "bsn", "is empty"),
        (f"{CAS};31-02-2024;V", "born", "is not a possible date, written %d-%m-%Y"),
        (f"{CAS};1950-02-01;V", "born", "is not a possible date, written %d-%m-%Y"),
        (f"{CAS};01-02-1750;V", "born", "is not a possible date, written %d-%m-%Y"),
        (f"{CAS};;V", "born", "is empty"),
        (f"{CAS};01-02-1950;X", "sex", "is not one of the known codes"),
        (f"{CAS};01-02-1950", "(whole row)", "has too few or too many columns"),
        (f"{ANN};02-02-1950;V", "born", "contradicts an earlier row of the same person"),
    ],
)
def test_a_row_that_does_not_fit_is_counted_by_reason(tmp_path: Path, row: str, column: str, reason: str) -> None:
    report = loaded(tmp_path, source(register_file()), persons=f"{REGISTER}{row}\n")
    (count,) = report.files
    assert (count.read, count.loaded, count.rejected, count.duplicates) == (3, 2, 1, 0)
    (reject,) = report.rejects
    assert (reject.reason, reject.first_row) == (reason, 4)
    assert reject.column == ("bsn" if "contradicts" in reason else column)
    assert "123456789" not in "\n".join(report.lines())


def test_a_repeated_row_counts_once(tmp_path: Path) -> None:
    report = loaded(tmp_path, source(register_file()), persons=f"{REGISTER}{ANN};01-02-1950;V\n")
    assert (report.files[0].loaded, report.files[0].duplicates) == (2, 1)


@pytest.mark.parametrize(
    ("amount", "cents"), [("12,5", 1250), ("0,07", 7), ("-3,10", -310), ("1000000000,99", 100000000099)]
)
def test_money_becomes_whole_cents(tmp_path: Path, amount: str, cents: int) -> None:
    report = loaded(tmp_path, source(register_file(), costs_file()), persons=REGISTER, costs=costs_text(amount))
    assert report.files[1].loaded == 1
    assert rows(tmp_path, "SELECT category, amount_cents FROM cost") == [("gp", cents)]


@pytest.mark.parametrize("amount", ["12.50", "1.250,00", "3,141", "1e3", "NaN", "twaalf"])
def test_money_in_another_form_is_rejected(tmp_path: Path, amount: str) -> None:
    report = loaded(tmp_path, source(register_file(), costs_file()), persons=REGISTER, costs=costs_text(amount))
    assert [reject.reason for reject in report.rejects] == [
        "is not a number with a decimal comma and at most 2 decimals, without signs between thousands"
    ]
    assert amount not in "\n".join(report.lines())


def test_an_end_before_its_start_is_rejected(tmp_path: Path) -> None:
    visits = visits_file()
    visits["fields"]["end_date"] = {"column": "end"}
    text = f"bsn;date;end\n{ANN};02-01-2024;01-01-2024\n{ANN};02-01-2024;02-01-2024\n"
    report = loaded(tmp_path, source(register_file(), visits), persons=REGISTER, visits=text)
    assert [(reject.column, reject.reason) for reject in report.rejects] == [("end", "lies before the start")]


def test_a_last_day_of_coverage_becomes_the_first_day_without(tmp_path: Path) -> None:
    coverage = visits_file(
        record="coverage",
        fields={
            "person_id": {"column": "bsn"},
            "start_date": {"column": "date"},
            "last_date": {"column": "last"},
        },
    )
    text = f"bsn;date;last\n{ANN};01-01-2024;31-12-2024\n{BEN};01-01-2024;\n"
    loaded(tmp_path, source(register_file(), coverage), persons=REGISTER, visits=text)
    ends = rows(tmp_path, "SELECT end_date::VARCHAR FROM coverage ORDER BY end_date")
    assert ends == [("2025-01-01",), ("9999-12-31",)]


def test_too_many_rejected_rows_refuse_the_source_in_one_line(tmp_path: Path) -> None:
    loaded(tmp_path, source(register_file()), persons=REGISTER)
    with pytest.raises(SourceRefused) as refused:
        loaded(
            tmp_path,
            source(register_file(), max_reject_share=0.25),
            persons=f"{REGISTER}{CAS};31-02-2024;V\n",
        )
    assert str(refused.value) == (
        "persons.csv: 1 of 3 rows is rejected, above the allowed share of 25.0%; most often column `born` is not a "
        "possible date, written %d-%m-%Y (1 row, in row 4); correct the extract or mapping."
    )
    assert rows(tmp_path, "SELECT count(*) FROM person") == [(2,)]
    assert rows(tmp_path, "SELECT count(*) FROM rejected_row") == [(0,)]


def test_a_file_that_fails_halfway_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    loaded(tmp_path, source(register_file(), visits_file()), persons=REGISTER, visits=f"bsn;date\n{ANN};01-01-2024\n")
    before = rows(tmp_path, "SELECT * FROM encounter")
    with pytest.raises(SourceRefused, match=r"^visits\.csv, row 1: column `date` is missing"):
        loaded(
            tmp_path,
            source(register_file(), visits_file()),
            persons=f"bsn;born;sex\n{CAS};01-01-1990;V\n",
            visits=f"bsn;datum\n{CAS};01-01-2024\n",
        )
    assert rows(tmp_path, "SELECT * FROM encounter") == before
    assert rows(tmp_path, "SELECT count(*) FROM person") == [(2,)]


def test_a_source_whose_day_has_come_is_refused_and_its_rows_are_deleted(tmp_path: Path) -> None:
    document = source(register_file(), visits_file(), legal=legal(delete_by="2026-12-01"))
    loaded(tmp_path, document, persons=REGISTER, visits=f"bsn;date\n{ANN};01-01-2024\n")
    assert delete_expired(tmp_path / "home", TODAY) == ()
    assert delete_expired(tmp_path / "home", TODAY.replace(month=12, day=1)) == ("register",)
    for table in ("person", "encounter", "identity", "source_person", "source"):
        assert rows(tmp_path, f"SELECT count(*) FROM {table}") == [(0,)]


def test_the_same_register_as_parquet_gives_the_same_persons(tmp_path: Path) -> None:
    lines = [line.split(";") for line in REGISTER.splitlines()]
    columns = dict(zip(lines[0], map(list, zip(*lines[1:], strict=True)), strict=True))
    (tmp_path / "in").mkdir()
    parquet.write_table(pa.table(columns), tmp_path / "in" / "persons.parquet")
    loaded(tmp_path, source(register_file(file="persons.parquet"), kind="parquet"))
    persons = rows(tmp_path, "SELECT birth_date::VARCHAR, sex, municipality FROM person ORDER BY birth_date")
    assert persons == [("1950-02-01", "f", "GM0363"), ("1960-04-03", "m", "GM0363")]


def test_a_store_that_does_not_exist_yet_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RecordStoreBusy, match=r"^records\.duckdb: cannot be opened"):
        open_store(records_path(tmp_path), read_only=True)


def costs_file() -> dict[str, Any]:
    fields = {
        "person_id": {"column": "bsn"},
        "category": {"constant": "gp"},
        "start_date": {"column": "date"},
        "amount": {"column": "amount"},
    }
    return visits_file(file="costs.csv", record="cost", decimal=",", fields=fields)


def costs_text(amount: str) -> str:
    return f"bsn;date;amount\n{ANN};01-01-2024;{amount}\n"


def test_a_store_that_another_process_is_loading_is_refused_in_one_line(tmp_path: Path) -> None:
    document = source(register_file())
    loaded(tmp_path, document, persons=REGISTER)
    holding = (
        "import sys, pathlib; from node.records.store import open_store;"
        "held = open_store(pathlib.Path(sys.argv[1]), False); print('held', flush=True); sys.stdin.read(); held.close()"
    )
    command = [sys.executable, "-c", holding, str(records_path(tmp_path / "home"))]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(RecordStoreBusy) as refused:
            loaded(tmp_path, document, persons=REGISTER)
        other.communicate()
    assert str(refused.value).startswith("records.duckdb: cannot be opened")
    assert str(tmp_path) not in str(refused.value)
