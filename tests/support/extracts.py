"""One small region's people as an extract of every kind of source, so that each can be held to the same contract."""

import contextlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import yaml
from pyarrow import parquet

from tests.support.sources import legal

Row = tuple[str, ...]
AREA = "GM0363"
PERSONS: tuple[Row, ...] = (
    ("1", "1950-02-01", "f"), ("2", "1960-04-03", "m"), ("3", "2010-12-31", "f"), ("4", "1999-01-01", "unknown"),
)  # fmt: skip
VISITS: tuple[Row, ...] = (
    ("11", "1", "admission", "2024-01-02", "2024-01-05"), ("12", "1", "ed", "2024-02-29", "2024-02-29"),
    ("13", "2", "outpatient", "2024-03-01", "2024-03-01"), ("14", "3", "ed", "2024-12-31", "2025-01-01"),
)  # fmt: skip
CONDITIONS: tuple[Row, ...] = (("21", "1", "201826", "2020-05-06"), ("22", "4", "316866", "2021-07-08"))
_PERSON = ("person_id", "birth_date", "sex")
_VISIT = ("record_id", "person_id", "encounter_type", "start_date", "end_date")
_CONDITION = ("record_id", "person_id", "code", "start_date")


@dataclass(frozen=True)
class People:
    """The rows of an extract, as texts; a faulty text stands where it would in a real extract."""

    persons: tuple[Row, ...] = PERSONS
    visits: tuple[Row, ...] = VISITS
    conditions: tuple[Row, ...] = CONDITIONS

    def with_visits(self, visits: Sequence[Row]) -> "People":
        """Return the same people with other visits."""
        return replace(self, visits=tuple(visits))


def _files(kind: str) -> list[dict[str, Any]]:
    def fields(names: Row, **more: Any) -> dict[str, Any]:
        return {**{name: {"column": name} for name in names}, **more}

    found = [
        {"record": "person", "fields": fields(_PERSON, municipality={"constant": AREA})},
        {"record": "encounter", "fields": fields(_VISIT)},
        {"record": "condition", "fields": fields(_CONDITION, code_system={"constant": "omop"})},
    ]
    for file in found:
        name = str(file["record"])
        if kind == "xlsx":
            file |= {"file": "people.xlsx", "sheet": name}
        else:
            file |= {"file": name if kind == "sql" else f"{name}.{kind}"}
    return found


def _mapping(beside: Path, kind: str, **more: Any) -> Path:
    document = {
        "id": "people", "kind": kind, "legal": legal(linkage="pseudonym"), "max_reject_share": 1.0, **more,
    }  # fmt: skip
    path = beside / "people.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def _tables(people: People) -> Mapping[str, tuple[Row, tuple[Row, ...]]]:
    return {
        "person": (_PERSON, people.persons),
        "encounter": (_VISIT, people.visits),
        "condition": (_CONDITION, people.conditions),
    }


def _csv(folder: Path, people: People) -> Path:
    for name, (header, rows) in _tables(people).items():
        _write_csv(folder / f"{name}.csv", header, rows)
    return _mapping(folder, "csv", files=_files("csv"))


def _write_csv(path: Path, header: Row, rows: Sequence[Row]) -> None:
    path.write_text("".join(",".join(row) + "\n" for row in (header, *rows)), encoding="utf-8")


def _parquet(folder: Path, people: People) -> Path:
    for name, (header, rows) in _tables(people).items():
        columns = {column: [row[place] for row in rows] for place, column in enumerate(header)}
        table = pa.table({column: pa.array(texts, pa.string()) for column, texts in columns.items()})
        parquet.write_table(table, folder / f"{name}.parquet")
    return _mapping(folder, "parquet", files=_files("parquet"))


def _xlsx(folder: Path, people: People) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, (header, rows) in _tables(people).items():
        sheet = book.create_sheet(name)
        for row in (header, *rows):
            sheet.append(list(row))
    book.save(folder / "people.xlsx")
    return _mapping(folder, "xlsx", files=_files("xlsx"))


_GENDERS = {"f": "8532", "m": "8507", "unknown": "0"}
_VISIT_CONCEPTS = {"admission": "9201", "ed": "9203", "outpatient": "9202"}


def _omop(folder: Path, people: People) -> Path:
    tables = folder / "omop"
    tables.mkdir(exist_ok=True)
    persons = tuple(
        (one, _GENDERS[sex], *[*born.split("-"), "", ""][:3]) for one, born, sex in people.persons
    )  # fmt: skip
    _write_csv(
        tables / "person.csv",
        ("person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth"), persons,
    )  # fmt: skip
    _write_csv(
        tables / "observation_period.csv",
        ("person_id", "observation_period_start_date", "observation_period_end_date"),
        [(one, "2020-01-01", "2024-12-31") for one, *_ in people.persons[:1]],
    )
    _write_csv(
        tables / "visit_occurrence.csv",
        ("visit_occurrence_id", "person_id", "visit_concept_id", "visit_start_date", "visit_end_date"),
        [(number, one, _VISIT_CONCEPTS.get(kind, ""), *days) for number, one, kind, *days in people.visits],
    )
    _write_csv(
        tables / "condition_occurrence.csv",
        ("condition_occurrence_id", "person_id", "condition_concept_id", "condition_start_date", "condition_end_date"),
        [(*row, "") for row in people.conditions],
    )  # fmt: skip
    return _mapping(folder, "omop", folder="omop", municipality=AREA)


def _sql(folder: Path, people: People) -> Path:
    database = folder / "people.db"
    database.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        for name, (header, rows) in _tables(people).items():
            connection.execute(f"CREATE TABLE {name} ({', '.join(f'{column} TEXT' for column in header)})")
            connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(header))})", rows)
    url = folder / "url"
    url.write_text(f"sqlite:///{database}", encoding="utf-8")
    url.chmod(0o600)
    tables = [{("table" if key == "file" else key): value for key, value in one.items()} for one in _files("sql")]
    return _mapping(folder, "sql", database={"url_file": "url"}, tables=tables)


_PSEUDONYMS = "urn:example:pseudonyms"
_OMOP_CODES = "urn:example:omop"
_CLASSES = {"admission": "IMP", "ed": "EMER", "outpatient": "AMB"}


def _fhir(folder: Path, people: People) -> Path:
    """Write a bulk export whose records name their person by identifier, as deliveries without a Patient do."""

    def about(one: str) -> dict[str, Any]:
        return {"identifier": {"system": _PSEUDONYMS, "value": one}}

    patients = [
        {
            "resourceType": "Patient", "id": f"p{one}", "identifier": [{"system": _PSEUDONYMS, "value": one}],
            "gender": {"f": "female", "m": "male"}.get(sex, "unknown"), "birthDate": born,
        }
        for one, born, sex in people.persons
    ]  # fmt: skip
    visits = [
        {
            "resourceType": "Encounter", "id": number, "status": "finished", "class": {"code": _CLASSES.get(kind, "")},
            "subject": about(one), "period": {"start": start, "end": end},
        }
        for number, one, kind, start, end in people.visits
    ]  # fmt: skip
    conditions = [
        {
            "resourceType": "Condition", "id": number, "subject": about(one), "onsetDateTime": start,
            "code": {"coding": [{"system": _OMOP_CODES, "code": code}]},
        }
        for number, one, code, start in people.conditions
    ]  # fmt: skip
    delivery = folder / "delivery"
    delivery.mkdir(exist_ok=True)
    for name, resources in (("Patient", patients), ("Encounter", visits), ("Condition", conditions)):
        lines = "".join(json.dumps(one) + "\n" for one in resources)
        (delivery / f"{name}.ndjson").write_text(lines, encoding="utf-8")
    fhir = {"identifier_system": _PSEUDONYMS, "code_systems": {_OMOP_CODES: "omop"}}
    return _mapping(folder, "fhir", folder="delivery", municipality=AREA, fhir=fhir)


# A kind of source joins the contract by one line here: what writes people into a folder and returns the mapping.
WRITERS: Mapping[str, Callable[[Path, People], Path]] = {
    "csv": _csv, "fhir": _fhir, "omop": _omop, "parquet": _parquet, "sql": _sql, "xlsx": _xlsx,
}  # fmt: skip


def write_people(kind: str, folder: Path, people: People) -> Path:
    """Write an extract of one kind and return its mapping."""
    folder.mkdir(parents=True, exist_ok=True)
    return WRITERS[kind](folder, people)
