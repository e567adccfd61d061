"""Type and validate the batches of one source in DuckDB: rows that fit are kept, the others counted by reason."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

import duckdb
import pyarrow as pa

from connectors.sources import SourceRefused
from connectors.sources.batch import RawBatch, Remark
from connectors.sources.canonical import FIELDS, Record
from connectors.sources.mapping import FileMapping, SourceMapping

from .column import BEFORE_START, MISSING, REPEATED, WRONG_WIDTH, Column, columns, staging_type
from .finding import rejected_words
from .in_dutch import WHOLE_ROW
from .pseudonymise import Pseudonymiser, pseudonymise

Progress = Callable[[str], None]
_ENDS: Final = (("end_date", "start_date"), ("last_date", "start_date"), ("death_date", "birth_date"))


@dataclass(frozen=True)
class IngestedRecord:
    """All typed rows of one record kind of a source, in the temporary table `table` of the load's connection."""

    record: Record
    table: str


@dataclass(frozen=True)
class Ingested:
    """What `ingest` made of a source: files in order of reading, rows read per file, the typed records, and remarks."""

    files: tuple[FileMapping, ...]
    rows_read: tuple[int, ...]
    records: tuple[IngestedRecord, ...]
    remarks: tuple[Remark, ...] = ()


@dataclass
class _Progressing:
    files: list[FileMapping] = field(default_factory=list)
    read: Counter[int] = field(default_factory=Counter)
    staged: list[Record] = field(default_factory=list)
    remarks: Counter[tuple[str, str]] = field(default_factory=Counter)


def ingest(
    connection: duckdb.DuckDBPyConnection,
    mapping: SourceMapping,
    batches: Iterable[RawBatch],
    pseudonymiser: Pseudonymiser,
    on_progress: Progress,
    division_year: int | None = None,
) -> Ingested:
    """Type every batch, mark duplicates, and refuse the source where a file has too many rejected rows.

    Municipalities are brought to the division of `division_year`, where one is given.

    Works in temporary tables of the caller's transaction; the store's own tables are not touched.
    Raises SourceRefused when a file's share of rejected rows is above the mapping's `max_reject_share`.
    """
    connection.execute('CREATE TEMP TABLE rejected (file_no INTEGER, "row" BIGINT, "column" VARCHAR, reason VARCHAR)')
    state = _Progressing()
    for batch in batches:
        if batch.mapping not in state.files:
            state.files.append(batch.mapping)
            on_progress(f"{mapping.id}: reading {batch.file}")
        number = state.files.index(batch.mapping)  # a FHIR bundle has rows of several records in turn
        state.read[number] += batch.table.num_rows + len(batch.malformed) + len(batch.refused)
        for remark in batch.remarks:
            state.remarks[remark.file, remark.text] += remark.count
        if batch.record not in state.staged:
            _create_staging(connection, batch.record)
            state.staged.append(batch.record)
        typed = columns(batch.mapping, division_year)
        _stage(connection, batch, number, pseudonymise(batch.table, pseudonymiser), typed)
        _note_refused(connection, batch, number)
    records = tuple(_finish(connection, record, state.files) for record in state.staged)
    remarks = tuple(Remark(file, text, count) for (file, text), count in state.remarks.items())
    ingested = Ingested(tuple(state.files), tuple(state.read[i] for i in range(len(state.files))), records, remarks)
    _refuse_too_many(connection, ingested, mapping.max_reject_share)
    return ingested


def _create_staging(connection: duckdb.DuckDBPyConnection, record: Record) -> None:
    typed = ", ".join(f'"{name}" {staging_type(record, name)}' for name in FIELDS[record] if name != "person_id")
    connection.execute(
        f'CREATE TEMP TABLE staged_{record} (file_no INTEGER, "row" BIGINT, pseudonym BLOB, {typed}, '
        "problem_column VARCHAR, problem VARCHAR)"
    )


def _stage(
    connection: duckdb.DuckDBPyConnection, batch: RawBatch, number: int, table: pa.Table, typed: tuple[Column, ...]
) -> None:
    raw = ", ".join(f'{column.raw} AS "{column.name}"' for column in typed)
    values = ", ".join(f'{column.typed} AS "{column.name}"' for column in typed)
    missing = ", ".join(f'raw."{column.name}" AS "raw_{column.name}"' for column in typed)
    problem_column, problem = _problem(typed)
    named = ", ".join(f'"{column.name}"' for column in typed)
    connection.register("incoming", table)
    connection.execute(
        f"""INSERT INTO staged_{batch.record}
        WITH raw AS (SELECT "row", pseudonym, identifier_problem, {raw} FROM incoming),
        typed AS (SELECT "row", pseudonym, identifier_problem, {values}, {missing} FROM raw)
        SELECT {number}, "row", pseudonym, {named}, {problem_column}, {problem} FROM typed"""  # nosec B608  # noqa: S608 - no user text
    )
    connection.unregister("incoming")


def _problem(typed: tuple[Column, ...]) -> tuple[str, str]:
    """Return two CASE expressions, the column and the reason of a row's first problem, NULL for a sound row."""
    cases = [("identifier_problem IS NOT NULL", "'person_id'", "identifier_problem")]
    for column in typed:
        if column.required:
            cases.append((f'"raw_{column.name}" IS NULL', f"'{column.name}'", f"'{MISSING}'"))
        if column.refused:
            texts = ", ".join("'" + text.replace("'", "''") + "'" for text in column.refused)
            cases.append((f'"raw_{column.name}" IN ({texts})', f"'{column.name}'", f"'{column.refused_because}'"))
        refused = f'"raw_{column.name}" IS NOT NULL AND "{column.name}" IS NULL'
        cases.append((refused, f"'{column.name}'", f"'{column.reason}'"))
    present = {column.name for column in typed}
    for end, start in _ENDS:
        if {end, start} <= present:
            cases.append((f'"{end}" < "{start}"', f"'{end}'", f"'{BEFORE_START}'"))
    where = " ".join(f"WHEN {condition} THEN {column}" for condition, column, _ in cases)
    why = " ".join(f"WHEN {condition} THEN {reason}" for condition, _, reason in cases)
    return f"CASE {where} END", f"CASE {why} END"


def _note_refused(connection: duckdb.DuckDBPyConnection, batch: RawBatch, number: int) -> None:
    """Note the rows that never became part of the batch's table."""
    found = [(row, WHOLE_ROW, WRONG_WIDTH) for row in batch.malformed]
    found += [(refused.row, refused.column, refused.reason) for refused in batch.refused]
    if found:
        rows, names, reasons = zip(*found, strict=True)
        noted = pa.table({"row": pa.array(rows, pa.int64()), "column": list(names), "reason": list(reasons)})
        connection.register("noted", noted)
        connection.execute('INSERT INTO rejected SELECT ?, "row", "column", reason FROM noted', [number])
        connection.unregister("noted")


def _finish(connection: duckdb.DuckDBPyConnection, record: Record, files: list[FileMapping]) -> IngestedRecord:
    """Mark duplicates, move rejected rows' positions to `rejected`, and keep what is to be linked."""
    names = [f'"{name}"' for name in FIELDS[record] if name != "person_id"]
    same = "pseudonym" if record == "person" else f"pseudonym, {', '.join(names)}"
    differs = "first_value(row({0})) OVER earlier IS DISTINCT FROM row({0})".format(", ".join(names))
    connection.execute(
        f"""CREATE TEMP TABLE ingested_{record} AS SELECT *,
        problem IS NULL AND row_number() OVER earlier > 1 AS again,
        problem IS NULL AND {differs if record == "person" else "false"} AS differs FROM staged_{record}
        WINDOW earlier AS (PARTITION BY problem IS NULL, {same} ORDER BY file_no, "row")"""  # nosec B608  # noqa: S608 - no user text
    )
    connection.execute(f"DROP TABLE staged_{record}")
    connection.execute(
        f"""INSERT INTO rejected SELECT file_no, "row", coalesce(problem_column, 'person_id'),
        coalesce(problem, '{REPEATED}') FROM ingested_{record} WHERE problem IS NOT NULL OR differs"""  # nosec B608  # noqa: S608
    )
    connection.execute(f"DELETE FROM ingested_{record} WHERE problem IS NOT NULL OR differs")  # nosec B608  # noqa: S608
    for number, file in enumerate(files):
        for name in file.fields:
            if file.record == record:
                connection.execute(
                    'UPDATE rejected SET "column" = ? WHERE file_no = ? AND "column" = ?',
                    [file.column_of(name), number, name],
                )
    return IngestedRecord(record, f"ingested_{record}")


def _refuse_too_many(connection: duckdb.DuckDBPyConnection, ingested: Ingested, allowed: float) -> None:
    for number, (file, read) in enumerate(zip(ingested.files, ingested.rows_read, strict=True)):
        reasons = connection.execute(
            """SELECT count(*), "column", reason, min("row") FROM rejected WHERE file_no = ?
            GROUP BY "column", reason ORDER BY count(*) DESC, "column", reason""",
            [number],
        ).fetchall()
        rejected = sum(count for count, *_ in reasons)
        if rejected > allowed * read:
            count, column, reason, row = reasons[0]
            where = f"1 row, in row {row}" if count == 1 else f"{count} rows, first in row {row}"
            raise SourceRefused(
                f"{file.label}: {rejected_words(rejected, read)}, above the allowed share of {allowed:.1%}; most "
                f"often column `{column}` {reason} ({where}); correct the extract or mapping."
            )
