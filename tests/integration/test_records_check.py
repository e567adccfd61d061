"""A look before loading finds what cannot be right, says what moved, and leaves the store as it was."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from node.records.check import CheckReport, check
from node.records.load import load
from node.records.store import open_store, records_path
from tests.support.sources import KEY, SOUND_NUMBERS, TODAY, legal, register_file, source, visits_file, written

ANN, BEN, CAS = SOUND_NUMBERS
REGISTER = f"bsn;born;sex;died\n{ANN};01-02-1950;V;\n{BEN};03-04-1960;M;01-06-2024\n{CAS};01-01-1900;V;\n"
ROOT = Path(__file__).parents[2]


def register() -> dict[str, Any]:
    document = register_file()
    document["fields"]["death_date"] = {"column": "died"}
    return document


def looked(tmp_path: Path, document: dict[str, Any], **texts: str) -> CheckReport:
    return check(tmp_path / "home", written(tmp_path / "in", document, **texts), KEY, today=TODAY)


def found(report: CheckReport) -> dict[str, int]:
    return {one.kind: one.rows for one in report.findings}


def measured(*rows: str) -> tuple[dict[str, Any], str]:
    fields = {
        "person_id": {"column": "bsn"}, "code_system": {"constant": "local"}, "code": {"column": "code"},
        "measured_on": {"column": "date"}, "value": {"column": "value"},
    }  # fmt: skip
    file = visits_file(file="lab.csv", record="measurement", decimal=",", fields=fields)
    return file, "bsn;code;date;value\n" + "".join(f"{row}\n" for row in rows)


def test_impossible_persons_dates_and_values_are_found(tmp_path: Path) -> None:
    lab, text = measured(
        f"{ANN};HBA1C;01-01-2024;7,1", f"{ANN};HBA1C;02-01-2024;55", f"{BEN};SRH;01-01-2024;6",
        f"{BEN};HBA1C;02-06-2024;50", f"{BEN};HBA1C;02-04-1960;50", f"{ANN};HBA1C;01-01-2027;50",
    )  # fmt: skip
    report = looked(tmp_path, source(register(), lab), persons=REGISTER, lab=text)
    assert found(report) == {"too_old": 1, "in_future": 1, "before_birth": 1, "after_death": 1, "implausible": 1}
    assert [(one.detail, one.rows, one.of) for one in report.findings if one.kind == "implausible"] == [
        ("local HBA1C", 1, 5),
        ("local SRH", 1, 1),
    ]
    for value in (*SOUND_NUMBERS, "7,1", "7.1", "1900"):
        assert all(value not in one.line("en") + one.line("nl") for one in report.findings)


def test_a_number_of_one_person_in_the_column_of_codes_is_not_kept_by_name(tmp_path: Path) -> None:
    """Whoever maps the wrong column must not find a frequent visitor's number in the store's history."""
    lab, text = measured(*(f"{ANN};{ANN};{day:02}-01-2024;50" for day in range(1, 21)))
    load(
        tmp_path / "home",
        written(tmp_path / "in", source(register(), lab), persons=REGISTER, lab=text),
        KEY,
        today=TODAY,
    )
    with open_store(records_path(tmp_path / "home"), read_only=True) as connection:
        kept = connection.execute("SELECT * FROM source_load").fetchall()
    assert kept
    assert ANN not in str(kept)


def test_costs_below_nothing_and_after_death_are_found(tmp_path: Path) -> None:
    fields = {
        "person_id": {"column": "bsn"}, "category": {"constant": "gp"}, "start_date": {"column": "date"},
        "amount": {"column": "amount"},
    }  # fmt: skip
    costs = visits_file(file="costs.csv", record="cost", decimal=",", fields=fields)
    text = f"bsn;date;amount\n{ANN};01-01-2024;-3,10\n{BEN};01-07-2024;1\n{BEN};03-06-2025;1\n999999990;01-01-2024;1\n"
    report = looked(tmp_path, source(register(), costs), persons=REGISTER, costs=text)
    assert {kind: rows for kind, rows in found(report).items() if kind != "too_old"} == {
        "negative": 1, "after_death": 1, "outside": 1, "no_payee": 4,
    }  # fmt: skip
    decided = legal(organisations_not_recorded="The claims come without it until 2027")
    report = looked(tmp_path, source(register(), costs, legal=decided), persons=REGISTER, costs=text)
    assert "no_payee" not in found(report)


def test_empty_and_constant_columns_are_found(tmp_path: Path) -> None:
    visits = visits_file()
    visits["fields"] |= {"record_id": {"column": "nr"}, "code": {"column": "code"}, "end_date": {"column": "end"}}
    rows = "".join(f"{ANN};01-01-2024;{number};;02-01-2024\n" for number in range(120))
    report = looked(tmp_path, source(register(), visits), persons=REGISTER, visits=f"bsn;date;nr;code;end\n{rows}")
    assert {(one.kind, one.severity, one.field) for one in report.findings if one.file == "visits.csv"} == {
        ("empty", "serious", "code"),
        ("constant", "warning", "date"),
        ("constant", "warning", "end"),
    }


def test_more_rejects_than_allowed_are_reported_and_would_be_refused(tmp_path: Path) -> None:
    persons = f"{REGISTER}123456789;01-01-1950;V;\n"
    report = looked(tmp_path, source(register(), max_reject_share=0.2), persons=persons)
    assert report.refusal == (
        "persons.csv: 1 of 4 rows is rejected, above the allowed share of 20.0%; correct the extract or mapping."
    )
    assert report.findings[0].kind == "refused"
    assert report.report.rejects[0].reason == "is not a valid citizen service number (11-test)"


def test_what_moved_since_the_last_load_is_said(tmp_path: Path) -> None:
    visits = visits_file()
    header, many = (
        "bsn;date\n",
        "".join(f"{ANN};{day:02}-0{month}-2024\n" for month in range(1, 8) for day in range(1, 29)),
    )
    document = source(register(), visits)
    load(
        tmp_path / "home", written(tmp_path / "in", document, persons=REGISTER, visits=header + many), KEY, None, TODAY
    )
    same = looked(tmp_path, document, persons=REGISTER, visits=header + many)
    assert same.report.look.unchanged_since is not None
    assert not {one.kind for one in same.findings if one.kind.startswith("drift")}
    half = looked(tmp_path, document, persons=REGISTER, visits=header + many[: len(many) // 4])
    assert {"drift_rows": 49, "drift_month": 3}.items() <= found(half).items()
    assert half.findings[0].severity == "serious"
    assert half.document()["unchanged_since"] is None


def test_an_older_store_without_a_history_is_looked_at_too(tmp_path: Path) -> None:
    document = source(register())
    load(tmp_path / "home", written(tmp_path / "in", document, persons=REGISTER), KEY, None, TODAY)
    connection = open_store(records_path(tmp_path / "home"), read_only=False)
    connection.execute("DROP TABLE source_load")
    connection.close()
    assert looked(tmp_path, document, persons=REGISTER).report.look.before is None


@pytest.mark.parametrize("moment", ["link", "keep_load"])
def test_a_load_that_is_cut_off_leaves_the_store_as_it_was(tmp_path: Path, moment: str) -> None:
    document = source(register(), visits_file())
    texts = {"persons": REGISTER, "visits": f"bsn;date\n{ANN};01-01-2024\n"}
    load(tmp_path / "home", written(tmp_path / "in", document, **texts), KEY, None, TODAY)
    before = everything(tmp_path)
    mapping = written(tmp_path / "in", document, persons=REGISTER, visits=f"bsn;date\n{BEN};01-01-2023\n")
    program = (
        "import os, pathlib, sys; from node.records import load; from datetime import date;"
        f"real = load.{moment};"
        f"load.{moment} = lambda *a: (real(*a), os.kill(os.getpid(), 9));"
        "load.load(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), bytes(range(32)), None, date(2026, 11, 22))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "home"), str(mapping)]
    cut_off = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, check=False)
    assert cut_off.returncode == -9
    assert everything(tmp_path) == before


def everything(tmp_path: Path) -> dict[str, list[tuple[Any, ...]]]:
    connection = open_store(records_path(tmp_path / "home"), read_only=True)
    tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    content = {name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in tables}
    connection.close()
    return content
