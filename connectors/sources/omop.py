"""An OMOP CDM 5.3 or 5.4 set as one source: files in a folder, or a schema of a database.

Concept ids become codes under code system `omop`, unless a concept map or the mapping's source values say better.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute

from . import SourceRefused
from .batch import RawBatch, Remark
from .canonical import Record
from .csv_file import ExtractEmpty
from .mapping import SourceMapping, Split
from .omop_concepts import ConceptMap, read_concept_map
from .omop_cost import read_costs
from .omop_tables import Tables, described, opened

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
_PERSON_COLUMNS: Final = {
    "person_id": "person_id",
    "birth_date": "year_of_birth",
    "sex": "gender_concept_id",
    "municipality": "location_id",
    "death_date": "death_date",
}
_SOURCE_VALUES: Final[Mapping[Record, str]] = {
    "condition": "condition_source_value",
    "treatment": "drug_source_value",
    "measurement": "measurement_source_value",
}
# what happened to persons too, and has no record here
_NOT_READ: Final = (
    *("PROCEDURE_OCCURRENCE", "OBSERVATION", "DEVICE_EXPOSURE", "SPECIMEN", "NOTE"),
    *("VISIT_DETAIL", "EPISODE", "PAYER_PLAN_PERIOD"),
)
_VERSION: Final = re.compile(r"[vV]?([0-9]+\.[0-9]+)(\.[0-9]+)*")


def read_omop(mapping: SourceMapping) -> Iterator[RawBatch]:
    """Read PERSON (with DEATH) first, then the tables that exist; PERSON and OBSERVATION_PERIOD are required.

    With a split, only persons of this part are yielded, and rows of the others are not of this source at all.
    Raises SourceRefused as the readers of files and databases do, and for another version than 5.3 and 5.4.
    """
    concepts = read_concept_map(mapping)
    with opened(mapping) as tables:
        remarks = (*_check_version(tables), *_not_read(tables))
        deaths = _deaths(tables)
        for batch in tables.batches("PERSON", "person", {name: name for name in _PERSON}):
            persons = _persons(_kept(batch.table, mapping.split), deaths, mapping.municipality)
            file = described(batch.file, "person", _PERSON_COLUMNS)
            yield replace(batch, mapping=file, table=persons, remarks=remarks)
            remarks = ()
        for table in _TABLES:
            if table == "OBSERVATION_PERIOD" or tables.holds(table):
                yield from _records(tables, table, mapping, concepts)
        for batch in read_costs(tables, mapping.omop):
            yield replace(batch, table=_kept(batch.table, mapping.split))


def _records(tables: Tables, table: str, mapping: SourceMapping, concepts: ConceptMap) -> Iterator[RawBatch]:
    record, standard = _TABLES[table]
    columns = {**standard, "person_id": "person_id"}  # the table's own key first: a database is read in its order
    constants = {}
    if (system := mapping.omop.source_values.get(record)) is not None:
        columns["code"], constants["code_system"] = _SOURCE_VALUES[record], system
    elif "code" in columns:
        constants["code_system"] = "omop"
    try:
        for batch in tables.batches(table, record, columns):
            told = {**columns, "urgency": "visit_concept_id"} if record == "encounter" else columns
            kept = _kept(batch.table, mapping.split)
            coded = _coded(kept, record) if system is None else _under(kept, system)
            yield replace(
                batch,
                mapping=described(batch.file, record, told, **constants),
                table=concepts.applied(coded) if system is None and "code" in columns else coded,
            )
    except ExtractEmpty:
        # an OMOP set has all tables, many of them empty: only the two without which nobody is counted must hold rows
        if table == "OBSERVATION_PERIOD":
            raise


def _check_version(tables: Tables) -> tuple[Remark, ...]:
    """Refuse a set that says it is of another version than is read here; say so where it does not say anything."""
    found: set[str] = set()
    if tables.holds("CDM_SOURCE"):
        try:
            for batch in tables.batches("CDM_SOURCE", "person", {"version": "cdm_version"}):
                found |= {str(text).strip() for text in batch.table.column("version").to_pylist()} - {""}
        except ExtractEmpty:
            found = set()
    for version in sorted(found):
        said = _VERSION.fullmatch(version)
        if said is None or said.group(1) not in {"5.3", "5.4"}:
            shown = said.group(0) if said else "another form"
            raise SourceRefused(
                f"CDM_SOURCE, column `cdm_version`: says {shown}, and versions 5.3 and 5.4 are read here; convert the"
                " set, or correct what it says."
            )
    if found:
        return ()
    return (Remark("CDM_SOURCE", "does not say the set's version; read as 5.3 or 5.4", 1),)


def _not_read(tables: Tables) -> Iterator[Remark]:
    for table in _NOT_READ:
        if tables.holds(table) and (count := tables.count(table)):
            yield Remark(table, "not read; rows", count)


def _deaths(tables: Tables) -> pa.Table:
    empty = pa.table({"person_id": pa.array([], pa.string()), "death_date": pa.array([], pa.string())})
    found = [empty]
    if tables.holds("DEATH"):
        try:
            for batch in tables.batches("DEATH", "person", {"person_id": "person_id", "death_date": "death_date"}):
                found.append(batch.table.select(["person_id", "death_date"]))
        except ExtractEmpty:
            found = [empty]
    table = pa.concat_tables(found)
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


def _under(table: pa.Table, system: str) -> pa.Table:
    """Add the code system that a source's own codes are in."""
    return table.append_column("code_system", pa.chunked_array([pa.repeat(pa.scalar(system), table.num_rows)]))
