"""Load one source into the linked store: all of it in one transaction, or nothing."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from connectors.sources import SourceRefused
from connectors.sources.batch import RawBatch, Remark
from connectors.sources.csv_file import ExtractEmpty, read_csv
from connectors.sources.mapping import FieldMapping, FileMapping, Objections, SourceMapping, read_mapping
from connectors.sources.read import read

from .content import ContentHash
from .ingest import Ingested, Progress, ingest
from .link import LinkedPerson, link
from .load_history import keep_load
from .look import Look, look
from .pseudonymise import Pseudonymiser
from .store import open_store, records_path

Share = Callable[[str, float], None]  # a file, and how much of it was read, from 0 to 1


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
    look: Look
    remarks: tuple[Remark, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """Return the report as lines for a terminal."""
        return (*self.account(), *(f"{self.source}: {line}" for line in self.look.lines()))

    def account(self) -> tuple[str, ...]:
        """Return what became of the rows and who they are of, as lines for a terminal."""
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
        found += [f"{self.source}: {remark.file}: {remark.text}: {remark.count}" for remark in self.remarks]
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
    on_share: Share | None = None,
) -> LoadReport:
    """Load the source that a mapping file describes and return the account of it; its earlier rows are replaced.

    Raises connectors.sources.SourceRefused, store.RecordStoreBusy or PseudonymKeyTooShort, and then nothing changed.
    """
    tell = on_progress or silent
    day = today or datetime.now(UTC).date()
    mapping = read_mapping(mapping_file, day)
    pseudonymiser = Pseudonymiser(pseudonym_key, mapping.legal.linkage, mapping.id)
    home.mkdir(parents=True, exist_ok=True)
    connection = open_store(records_path(home), read_only=False)
    try:
        connection.begin()
        report = load_within(connection, mapping, pseudonymiser, pseudonym_key, day, tell, on_share or no_share)
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


def load_within(
    connection: duckdb.DuckDBPyConnection,
    mapping: SourceMapping,
    pseudonymiser: Pseudonymiser,
    pseudonym_key: bytes,
    today: date,
    tell: Progress,
    on_share: Share,
) -> LoadReport:
    """Load one source inside the caller's transaction; raises SourceRefused."""
    objecting = tuple(_objecting(mapping, pseudonymiser))
    content = ContentHash(pseudonym_key)
    content.take_objections(objecting)
    ingested = ingest(connection, mapping, _watched(read(mapping), content, on_share), pseudonymiser, tell)
    _mark_objections(connection, ingested, objecting)
    tell(f"{mapping.id}: linking")
    linked = link(connection, mapping, ingested)
    _keep_rejects(connection, mapping.id, ingested)
    counts, rejects = _counts(connection, ingested), _rejects(connection, ingested)
    seen = look(connection, mapping, ingested, content.hex(), datetime.now(UTC), today)
    if seen.unchanged_since is None:
        keep_load(connection, mapping.id, seen.load)
    report = LoadReport(mapping.id, counts, rejects, linked, seen, ingested.remarks)
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
            [source, file.label, number],
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
    return FileCount(file.label, file.record, read, loaded, rejected, duplicates, objected, outside)


def _rejects(connection: duckdb.DuckDBPyConnection, ingested: Ingested) -> tuple[Reject, ...]:
    rows = connection.execute(
        """SELECT file_no, "column", reason, count(*), min("row") FROM rejected GROUP BY ALL
        ORDER BY file_no, count(*) DESC, "column", reason"""
    ).fetchall()
    return tuple(
        Reject(ingested.files[number].label, column, reason, rows_, first)
        for number, column, reason, rows_, first in rows
    )


def silent(_: str) -> None:
    """Report progress to nobody."""


def no_share(_: str, __: float) -> None:
    """Report to nobody how much of a file was read."""


def _watched(batches: Iterable[RawBatch], content: ContentHash, on_share: Share) -> Iterator[RawBatch]:
    for batch in batches:
        content.take(batch)
        yield batch
        if batch.share is not None:
            on_share(batch.mapping.label, min(1.0, batch.share))
