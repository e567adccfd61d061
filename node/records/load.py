"""Load one source into the linked store: all of it in one transaction, or nothing."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from connectors.sources import SourceRefused
from connectors.sources.csv_file import ExtractEmpty, read_csv
from connectors.sources.mapping import FieldMapping, FileMapping, Objections, SourceMapping, read_mapping
from connectors.sources.read import read

from .ingest import Ingested, Progress, ingest
from .link import LinkedPerson, link
from .pseudonymise import Pseudonymiser
from .store import open_store, records_path


class SumsDoNotReconcile(Exception):
    """A file's rows read are not the rows accounted for: a fault of this program, so nothing was loaded."""


@dataclass(frozen=True)
class FileCount:
    """What became of one file's rows: `read` is the sum of the five others."""

    file: str
    record: str
    read: int
    loaded: int
    rejected: int
    duplicates: int
    objected: int
    outside: int


@dataclass(frozen=True)
class Reject:
    """How many rows of a file were rejected for one reason, and the first row where it happened; never a value."""

    file: str
    column: str
    reason: str
    rows: int
    first_row: int


@dataclass(frozen=True)
class LoadReport:
    """The account of one load, fit to print: counts only."""

    source: str
    files: tuple[FileCount, ...]
    rejects: tuple[Reject, ...]
    linked: LinkedPerson

    def lines(self) -> tuple[str, ...]:
        """Return the report as lines for a terminal."""
        found = [
            f"{self.source}: {count.file}: {count.read} rows read = {count.loaded} loaded + {count.rejected} rejected"
            f" + {count.duplicates} duplicates + {count.objected} objected + {count.outside} outside the population"
            for count in self.files
        ]
        found += [
            f"{self.source}: {reject.file}: column `{reject.column}` {reject.reason}: {reject.rows} rows, first in row"
            f" {reject.first_row}"
            for reject in self.rejects
        ]
        persons = self.linked
        found.append(
            f"{self.source}: {persons.in_source} persons, {persons.new} new, {persons.in_other_sources} also known from"
            f" other sources, {persons.conflicts} described differently by sources; {persons.in_store} in the store"
        )
        return tuple(found)


def load(
    home: Path,
    mapping_file: Path,
    pseudonym_key: bytes,
    on_progress: Progress | None = None,
    today: date | None = None,
    division_year: int | None = None,
) -> LoadReport:
    """Load the source that a mapping file describes and return the account of it; its earlier rows are replaced.

    Municipalities are brought to the division of `division_year`, where one is given.

    Raises connectors.sources.SourceRefused, store.RecordStoreBusy or PseudonymKeyTooShort, and then nothing changed.
    """
    tell = on_progress or _silent
    mapping = read_mapping(mapping_file, today or datetime.now(UTC).date())
    pseudonymiser = Pseudonymiser(pseudonym_key, mapping.legal.linkage, mapping.id)
    home.mkdir(parents=True, exist_ok=True)
    connection = open_store(records_path(home), read_only=False)
    try:
        connection.begin()
        report = _load(connection, mapping, pseudonymiser, tell, division_year)
        connection.commit()
        connection.execute("CHECKPOINT")
    except BaseException:
        # a failed commit has ended the transaction already
        with contextlib.suppress(duckdb.TransactionException):
            connection.rollback()
        raise
    finally:
        connection.close()
    tell(f"{mapping.id}: loaded")
    return report


def _load(
    connection: duckdb.DuckDBPyConnection,
    mapping: SourceMapping,
    pseudonymiser: Pseudonymiser,
    tell: Progress,
    division_year: int | None,
) -> LoadReport:
    objecting = tuple(_objecting(mapping, pseudonymiser))
    ingested = ingest(connection, mapping, read(mapping), pseudonymiser, tell, division_year)
    _mark_objections(connection, ingested, objecting)
    tell(f"{mapping.id}: linking")
    linked = link(connection, mapping, ingested)
    _keep_rejects(connection, mapping.id, ingested)
    report = LoadReport(mapping.id, _counts(connection, ingested), _rejects(connection, ingested), linked)
    for record in ingested.records:
        connection.execute(f"DROP TABLE {record.table}")
    for table in ("rejected", "touched"):
        connection.execute(f"DROP TABLE {table}")
    return report


def _objecting(mapping: SourceMapping, pseudonymiser: Pseudonymiser) -> Iterable[bytes]:
    """Read who objected; a list with nobody on it is sound, a line that cannot be read is not."""
    listed = mapping.objections
    if listed is None:
        return
    fields = {"person_id": FieldMapping(column=listed.column)}
    file = FileMapping(listed.file, "person", fields, separator=listed.separator, encoding=listed.encoding)
    with contextlib.suppress(ExtractEmpty):
        for batch in read_csv(mapping.folder / listed.file, file):
            rows = batch.table.column("row").to_pylist()
            for row, identifier in zip(rows, batch.table.column("person_id").to_pylist(), strict=True):
                pseudonym = pseudonymiser.of(str(identifier))
                if pseudonym is None:
                    raise SourceRefused(_unreadable_objection(listed, row))
                yield pseudonym
            for row in batch.malformed:
                raise SourceRefused(_unreadable_objection(listed, row))


def _unreadable_objection(listed: Objections, row: int | None) -> str:
    return (
        f"{listed.file}, row {row}, column `{listed.column}`: is not a valid identifier; correct it, so that nobody's "
        "objection is missed."
    )


def _mark_objections(connection: duckdb.DuckDBPyConnection, ingested: Ingested, objecting: tuple[bytes, ...]) -> None:
    connection.register("objecting", pa.table({"pseudonym": pa.array(objecting, pa.binary())}))
    for found in ingested.records:
        connection.execute(f"ALTER TABLE {found.table} ADD COLUMN objected BOOLEAN")
        connection.execute(
            f"UPDATE {found.table} SET objected = pseudonym IN (SELECT pseudonym FROM objecting)"  # nosec B608  # noqa: S608
        )
    connection.unregister("objecting")


def _keep_rejects(connection: duckdb.DuckDBPyConnection, source: str, ingested: Ingested) -> None:
    connection.execute("DELETE FROM rejected_row WHERE source = ?", [source])
    for number, file in enumerate(ingested.files):
        connection.execute(
            """INSERT INTO rejected_row SELECT ?, ?, "row", "column", reason FROM rejected WHERE file_no = ?
            ORDER BY "row" """,
            [source, file.file, number],
        )


def _counts(connection: duckdb.DuckDBPyConnection, ingested: Ingested) -> tuple[FileCount, ...]:
    found = {number: [0, 0, 0, 0] for number in range(len(ingested.files))}
    for record in ingested.records:
        rows = connection.execute(
            f"""SELECT file_no, count(*) FILTER (WHERE NOT again AND NOT objected AND known),
            count(*) FILTER (WHERE again), count(*) FILTER (WHERE objected AND NOT again),
            count(*) FILTER (WHERE NOT again AND NOT objected AND NOT known)
            FROM (SELECT *, pseudonym IN (SELECT pseudonym FROM identity) AS known FROM {record.table})
            GROUP BY file_no"""  # nosec B608  # noqa: S608 - table names are ours
        ).fetchall()
        for number, *counts in rows:
            found[number] = [have + more for have, more in zip(found[number], counts, strict=True)]
    rejected = dict(connection.execute("SELECT file_no, count(*) FROM rejected GROUP BY file_no").fetchall())
    return tuple(
        _reconciled(file, read, int(rejected.get(number, 0)), found[number])
        for number, (file, read) in enumerate(zip(ingested.files, ingested.rows_read, strict=True))
    )


def _reconciled(file: FileMapping, read: int, rejected: int, counts: list[int]) -> FileCount:
    loaded, duplicates, objected, outside = counts
    if read != loaded + rejected + duplicates + objected + outside:
        raise SumsDoNotReconcile(f"{file.file}: rows read and rows accounted for differ; report this as a fault.")
    return FileCount(file.file, file.record, read, loaded, rejected, duplicates, objected, outside)


def _rejects(connection: duckdb.DuckDBPyConnection, ingested: Ingested) -> tuple[Reject, ...]:
    rows = connection.execute(
        """SELECT file_no, "column", reason, count(*), min("row") FROM rejected GROUP BY ALL
        ORDER BY file_no, count(*) DESC, "column", reason"""
    ).fetchall()
    return tuple(
        Reject(ingested.files[number].file, column, reason, rows_, first)
        for number, column, reason, rows_, first in rows
    )


def _silent(_: str) -> None:
    """Report progress to nobody."""
