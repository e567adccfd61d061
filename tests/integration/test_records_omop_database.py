"""An OMOP set gives the same records from a folder of CSV, a folder of Parquet and a schema of a database."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import Column, MetaData, Table, Text, create_engine, text

from connectors.sources import SourceRefused
from node.records.load import LoadReport, load
from node.records.store import open_store, records_path
from tests.support.sources import KEY, TODAY, legal

VARIABLE = "TEST_OMOP_ADDRESS"
SET: dict[str, list[dict[str, str]]] = {
    "CDM_SOURCE": [{"cdm_version": "v5.3.1"}],
    "PERSON": [
        {"person_id": "1", "gender_concept_id": "8532", "year_of_birth": "1950", "month_of_birth": "2"},
        {"person_id": "2", "gender_concept_id": "8507", "year_of_birth": "1960", "month_of_birth": ""},
    ],
    "OBSERVATION_PERIOD": [
        {
            "observation_period_id": one,
            "person_id": one,
            "observation_period_start_date": "2024-01-01",
            "observation_period_end_date": "2024-12-31",
        }
        for one in "12"
    ],
    "DEATH": [{"person_id": "2", "death_date": "2024-06-30"}],
    "CONDITION_OCCURRENCE": [
        {
            "condition_occurrence_id": str(number),
            "person_id": "1",
            "condition_concept_id": concept,
            "condition_start_date": "2024-01-05",
            "condition_end_date": "",
            "condition_source_value": local,
        }
        for number, (concept, local) in enumerate([("201826", "T90.02"), ("0", "K86")])
    ],
    "VISIT_OCCURRENCE": [
        {
            "visit_occurrence_id": "7",
            "person_id": "2",
            "visit_concept_id": "262",
            "visit_start_date": "2024-03-01",
            "visit_end_date": "2024-03-04",
        }
    ],
    "MEASUREMENT": [
        {
            "measurement_id": "5",
            "person_id": "1",
            "measurement_concept_id": "3004410",
            "measurement_date": "2024-02-01",
            "value_as_number": "48.1",
            "measurement_source_value": "HbA1c",
        }
    ],
    "COST": [
        {
            "cost_id": str(number),
            "cost_event_id": event,
            "cost_domain_id": domain,
            "currency_concept_id": currency,
            "total_paid": "120.50",
            "total_charge": "150.00",
        }
        for number, (event, domain, currency) in enumerate(
            [("7", "Visit", "44818568"), ("5", "Measurement", ""), ("8", "Visit", "0"), ("7", "Visit", "44818668")]
        )
    ],
}
for _person in SET["PERSON"]:
    _person["day_of_birth"] = ""


def as_csv(folder: Path, tables: dict[str, list[dict[str, str]]]) -> dict[str, Any]:
    folder.mkdir()
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return {"folder": folder.name}


def as_parquet(folder: Path, tables: dict[str, list[dict[str, str]]]) -> dict[str, Any]:
    folder.mkdir()
    for name, rows in tables.items():
        columns: dict[str, pa.Array[Any]] = {}
        for column in rows[0]:
            texts = [row[column] or None for row in rows]
            if column.endswith("_id") and column != "cost_domain_id":
                columns[column.upper()] = pa.array([None if one is None else float(one) for one in texts], pa.float64())
            elif column == "value_as_number":
                columns[column.upper()] = pa.array([float(str(one)) for one in texts])
            else:
                columns[column.upper()] = pa.array(texts, pa.string())
        parquet.write_table(pa.table(columns), folder / f"{name.lower()}.parquet")
    return {"folder": folder.name}


def as_database(url: str, tables: dict[str, list[dict[str, str]]], schema: str | None, upper: bool) -> dict[str, Any]:
    engine, held = create_engine(url), MetaData(schema=schema)
    with engine.begin() as connection:
        if schema:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        for name, rows in tables.items():
            columns = [Column(one.upper() if upper else one, Text) for one in rows[0]]
            table = Table(name.upper() if upper else name.lower(), held, *columns)
            table.create(connection)
            filled = [{(one.upper() if upper else one): value or None for one, value in row.items()} for row in rows]
            connection.execute(table.insert(), filled)
    engine.dispose()
    return {"database": {"url_env": VARIABLE, **({"schema": schema} if schema else {})}}


def loaded(folder: Path, where: dict[str, Any], **omop: Any) -> LoadReport:
    document = {"id": "omop", "kind": "omop", "legal": legal(linkage="none"), "max_reject_share": 1.0, **where}
    (folder / "omop.yaml").write_text(json.dumps({**document, **({"omop": omop} if omop else {})}), encoding="utf-8")
    return load(folder / "home", folder / "omop.yaml", KEY, None, TODAY)


def stored(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    connection = open_store(records_path(folder / "home"), read_only=True)
    try:
        names = ("person", "coverage", "condition", "encounter", "measurement", "treatment", "cost")
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in names}
    finally:
        connection.close()


@pytest.fixture
def from_csv(tmp_path: Path) -> dict[str, list[tuple[Any, ...]]]:
    folder = tmp_path / "as_csv"
    folder.mkdir()
    loaded(folder, as_csv(folder / "set", SET))
    return stored(folder)


def test_costs_find_their_person_and_day_at_the_event(tmp_path: Path) -> None:
    report = loaded(tmp_path, as_csv(tmp_path / "set", SET))
    found = [(row[1], str(row[2]), row[3]) for row in stored(tmp_path)["cost"]]
    assert sorted(found) == [("measurement", "2024-02-01", 12_050), ("visit", "2024-03-01", 12_050)]
    (count,) = [count for count in report.files if count.record == "cost"]
    assert (count.read, count.loaded, count.rejected) == (4, 2, 2)
    assert {(reject.column, reject.reason) for reject in report.rejects} == {
        ("cost_event_id", "points to an event that is not in the set"),
        ("currency_concept_id", "is not the currency of the mapping"),
    }


def test_parquet_with_floating_point_ids_gives_the_same(
    tmp_path: Path, from_csv: dict[str, list[tuple[Any, ...]]]
) -> None:
    loaded(tmp_path, as_parquet(tmp_path / "set", SET))
    assert stored(tmp_path) == from_csv


@pytest.mark.parametrize("upper", [True, False])
def test_sqlite_gives_the_same_whatever_the_case_of_its_names(
    tmp_path: Path, from_csv: dict[str, list[tuple[Any, ...]]], upper: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/omop.db"
    monkeypatch.setenv(VARIABLE, url)
    loaded(tmp_path, as_database(url, SET, None, upper))
    assert stored(tmp_path) == from_csv


@pytest.mark.real_postgres
@pytest.mark.parametrize("upper", [True, False])
def test_a_schema_of_postgres_gives_the_same(
    tmp_path: Path,
    from_csv: dict[str, list[tuple[Any, ...]]],
    postgres_url: str,
    upper: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, postgres_url)
    told = {
        **SET,
        "OBSERVATION": [{"observation_id": one, "person_id": one} for one in "12"],
        "NOTE": [{"note_id": ""}],
    }
    report = loaded(tmp_path, as_database(postgres_url, told, "cdm", upper))
    assert {one.file: one.count for one in report.remarks} == {"OBSERVATION": 2, "NOTE": 1}
    assert stored(tmp_path) == from_csv
    assert report.files[0].file == ("cdm.PERSON" if upper else "cdm.person")


def test_a_schema_without_the_tables_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/omop.db"
    monkeypatch.setenv(VARIABLE, url)
    where = as_database(url, {"CDM_SOURCE": SET["CDM_SOURCE"]}, None, upper=False)
    with pytest.raises(SourceRefused, match=r"^person: there is no such OMOP table"):
        loaded(tmp_path, where)


def test_source_values_can_be_the_codes(tmp_path: Path) -> None:
    loaded(tmp_path, as_csv(tmp_path / "set", SET), source_values={"condition": "icpc"})
    assert [row[1:3] for row in stored(tmp_path)["condition"]] == [("icpc", "K86"), ("icpc", "T90.02")]
    assert [row[1:3] for row in stored(tmp_path)["measurement"]] == [("omop", "3004410")]


def test_a_concept_map_translates_what_it_lists(tmp_path: Path) -> None:
    (tmp_path / "concepts.csv").write_text("concept_id,code_system,code\n201826,icpc,T90\n", encoding="utf-8")
    loaded(tmp_path, as_csv(tmp_path / "set", SET), concept_map="concepts.csv")
    assert [row[1:3] for row in stored(tmp_path)["condition"]] == [("icpc", "T90"), ("omop", "0")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("concept,system,code\n1,icpc,T90\n", r"row 1: must be concept_id,code_system,code"),
        ("concept_id,code_system,code\n1,icpc9,T90\n", r"row 2: must have a concept id, one of icpc"),
        ("concept_id,code_system,code\n1,icpc,T90\n1,icpc,T91\n", r"row 3: has a concept id that an earlier row"),
    ],
)
def test_a_concept_map_that_is_wrong_is_refused_with_its_row(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "concepts.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SourceRefused, match=rf"^concepts\.csv, {said}"):
        loaded(tmp_path, as_csv(tmp_path / "set", SET), concept_map="concepts.csv")


@pytest.mark.parametrize(("version", "shown"), [("v6.0", "v6.0"), ("5.2.2", "5.2.2"), ("mine", "another form")])
def test_another_version_is_refused_naming_both(tmp_path: Path, version: str, shown: str) -> None:
    tables = {**SET, "CDM_SOURCE": [{"cdm_version": version}]}
    with pytest.raises(SourceRefused) as refused:
        loaded(tmp_path, as_csv(tmp_path / "set", tables))
    assert str(refused.value) == (
        f"CDM_SOURCE, column `cdm_version`: says {shown}, and versions 5.3 and 5.4 are read here; convert the set, or "
        "correct what it says."
    )


def test_a_set_that_does_not_say_its_version_is_read_and_that_is_said(tmp_path: Path) -> None:
    tables = {name: rows for name, rows in SET.items() if name != "CDM_SOURCE"}
    report = loaded(tmp_path, as_csv(tmp_path / "set", tables))
    assert "omop: CDM_SOURCE: does not say the set's version; read as 5.3 or 5.4: 1" in report.lines()


def test_one_table_in_two_files_is_refused(tmp_path: Path) -> None:
    where = as_csv(tmp_path / "set", SET)
    (tmp_path / "set" / "person.parquet").write_bytes(b"")
    with pytest.raises(SourceRefused, match=r"^PERSON\.csv and person\.parquet: are the same OMOP table"):
        loaded(tmp_path, where)
