"""An OMOP CDM 5.3 or 5.4 folder of CSV files, optionally gzipped, as one source.

Concept ids become codes under code system `omop`. Both editions of the column names occur in practice: any case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute

from . import SourceRefused
from .batch import RawBatch
from .canonical import Record
from .csv_file import ExtractEmpty, read_csv, read_header
from .mapping import FieldMapping, FileMapping, SourceMapping, Split

if TYPE_CHECKING:
    Texts = pa.ChunkedArray[Any]

_pc: Any = pyarrow.compute
_SEXES: Final = {"8507": "m", "8532": "f"}
_VISITS: Final = {"9201": "admission", "262": "admission", "9203": "ed", "9202": "outpatient"}
_VISIT_FROM_EMERGENCY: Final = "262"

_TABLES: Final[dict[str, tuple[Record, dict[str, str]]]] = {
    "OBSERVATION_PERIOD": (
        "coverage",
        {"start_date": "observation_period_start_date", "last_date": "observation_period_end_date"},
    ),
    "CONDITION_OCCURRENCE": (
        "condition",
        {
            "record_id": "condition_occurrence_id",
            "code": "condition_concept_id",
            "start_date": "condition_start_date",
            "end_date": "condition_end_date",
        },
    ),
    "DRUG_EXPOSURE": (
        "treatment",
        {"record_id": "drug_exposure_id", "code": "drug_concept_id", "start_date": "drug_exposure_start_date"},
    ),
    "VISIT_OCCURRENCE": (
        "encounter",
        {
            "record_id": "visit_occurrence_id",
            "encounter_type": "visit_concept_id",
            "start_date": "visit_start_date",
            "end_date": "visit_end_date",
        },
    ),
    "MEASUREMENT": (
        "measurement",
        {
            "record_id": "measurement_id",
            "code": "measurement_concept_id",
            "measured_on": "measurement_date",
            "value": "value_as_number",
        },
    ),
}
_PERSON: Final = ("person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth")


def read_omop(mapping: SourceMapping) -> Iterator[RawBatch]:
    """Read PERSON (with DEATH) first, then the tables that exist; PERSON and OBSERVATION_PERIOD are required.

    With a split, only persons of this part are yielded, and rows of the others are not of this source at all.
    Raises SourceRefused as the CSV reader does.
    """
    deaths = _deaths(mapping.folder)
    for batch in _table(mapping.folder, "PERSON", "person", {name: name for name in _PERSON}):
        yield RawBatch(
            "person",
            batch.file,
            _described(batch.file, "person", _PERSON_COLUMNS),
            _persons(_kept(batch.table, mapping.split), deaths, mapping.municipality),
            batch.malformed,
        )
    for table, (record, columns) in _TABLES.items():
        if table != "OBSERVATION_PERIOD" and _find(mapping.folder, table) is None:
            continue
        for batch in _table(mapping.folder, table, record, {"person_id": "person_id", **columns}):
            described = _described(batch.file, record, {"person_id": "person_id", **columns})
            yield RawBatch(
                record, batch.file, described, _coded(_kept(batch.table, mapping.split), record), batch.malformed
            )


_PERSON_COLUMNS: Final = {
    "person_id": "person_id",
    "birth_date": "year_of_birth",
    "sex": "gender_concept_id",
    "municipality": "location_id",
    "death_date": "death_date",
}


def _described(file: str, record: Record, columns: dict[str, str]) -> FileMapping:
    fields = {name: FieldMapping(column=column) for name, column in columns.items()}
    if "code" in columns:
        fields["code_system"] = FieldMapping(constant="omop")
    if record == "encounter":
        fields["urgency"] = FieldMapping(column="visit_concept_id")
    return FileMapping(file=file, record=record, fields=fields)


def _find(folder: Path, table: str) -> Path | None:
    names = {f"{table}{ending}" for ending in (".CSV", ".CSV.GZ")}
    found = sorted(path for path in folder.iterdir() if path.name.upper() in names) if folder.is_dir() else []
    return found[0] if found else None


def _table(folder: Path, table: str, record: Record, columns: dict[str, str]) -> Iterator[RawBatch]:
    path = _find(folder, table)
    if path is None:
        raise SourceRefused(f"{table}.csv: this OMOP table does not exist in the folder; add it (.csv or .csv.gz).")
    header = {name.lower(): name for name in read_header(path, path.name, ",", "utf-8")}
    fields = {name: FieldMapping(column=header.get(column, column)) for name, column in columns.items()}
    file = FileMapping(file=path.name, record=record, fields=fields)
    try:
        yield from read_csv(path, file)
    except ExtractEmpty:
        # an OMOP set has all tables, many of them empty: only the two without which nobody is counted must hold rows
        if table in {"PERSON", "OBSERVATION_PERIOD"}:
            raise


def _deaths(folder: Path) -> pa.Table:
    if _find(folder, "DEATH") is None:
        return pa.table({"person_id": pa.array([], pa.string()), "death_date": pa.array([], pa.string())})
    found = [
        batch.table.select(["person_id", "death_date"])
        for batch in _table(folder, "DEATH", "person", {"person_id": "person_id", "death_date": "death_date"})
    ]
    empty = pa.table({"person_id": pa.array([], pa.string()), "death_date": pa.array([], pa.string())})
    table = pa.concat_tables([empty, *found])
    whole = table.set_column(0, "person_id", _integer(table.column("person_id")))
    return whole.group_by("person_id").aggregate([("death_date", "min")]).rename_columns(["person_id", "death_date"])


def _kept(table: pa.Table, split: Split | None) -> pa.Table:
    table = table.set_column(
        table.schema.get_field_index("person_id"), "person_id", _integer(table.column("person_id"))
    )
    if split is None:
        return table
    unique = _pc.unique(table.column("person_id"))
    kept = [value for value in unique.to_pylist() if part_of(value, split.parts) == split.part]
    return table.filter(_pc.is_in(table.column("person_id"), value_set=pa.array(kept, pa.string())))


def part_of(person_id: str, parts: int) -> int:
    """Tell in which part of a split a person falls: SHA-256 of the id as text, as an integer, modulo the parts."""
    return int(hashlib.sha256(person_id.encode()).hexdigest(), 16) % parts


def _integer(column: Texts) -> Texts:
    # exports through data frames write integer ids as 6.0
    whole: Texts = _pc.replace_substring_regex(column, r"\.0+$", "")
    return whole


def _persons(table: pa.Table, deaths: pa.Table, municipality: str | None) -> pa.Table:
    year, month, day = (_integer(table.column(name)) for name in _PERSON[2:])
    born = _pc.binary_join_element_wise(year, _padded(month), _padded(day), "-")
    position = _pc.index_in(table.column("person_id"), value_set=deaths.column("person_id").combine_chunks())
    died = _pc.fill_null(deaths.column("death_date").take(position), "")
    area = pa.repeat(pa.scalar(municipality or "", pa.string()), table.num_rows)
    return pa.table(
        {
            "row": table.column("row"),
            "person_id": table.column("person_id"),
            "birth_date": born,
            "sex": _looked_up(_integer(table.column("gender_concept_id")), _SEXES, "unknown"),
            "municipality": area,
            "death_date": died,
        }
    )


def _padded(column: Texts) -> Texts:
    """Return two digits; OMOP allows month and day to be absent, and then the first is taken."""
    padded: Texts = _pc.utf8_lpad(_pc.if_else(_pc.equal(column, ""), "1", column), 2, "0")
    return padded


def _looked_up(column: Texts, meanings: dict[str, str], otherwise: str) -> Texts:
    position = _pc.index_in(column, value_set=pa.array(list(meanings), pa.string()))
    meant: Texts = _pc.fill_null(
        pa.chunked_array([pa.array(list(meanings.values()), pa.string())]).take(position), otherwise
    )
    return meant


def _coded(table: pa.Table, record: Record) -> pa.Table:
    columns = {name: table.column(name) for name in table.column_names}
    if "code" in columns:
        columns["code"] = _integer(columns["code"])
        columns["code_system"] = pa.chunked_array([pa.repeat(pa.scalar("omop"), table.num_rows)])
    if record == "encounter":
        concept = _integer(columns["encounter_type"])
        columns["encounter_type"] = _looked_up(concept, _VISITS, "other")
        columns["urgency"] = _looked_up(concept, {_VISIT_FROM_EMERGENCY: "acute"}, "")
    return pa.table(columns)
