"""Load one source into the linked store: all of it in one transaction, or nothing."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from connectors.sources import SourceRefused
from connectors.sources.batch import RawBatch
from connectors.sources.mapping import FileMapping, SourceMapping, read_mapping
from connectors.sources.read import read
from schemas.text import many

from .content import ContentHash
from .identity_tables import check_keys, note_coverage, note_delivery, same_persons
from .ingest import Ingested, Progress, ingest
from .link import link
from .load_history import keep_load
from .look import look
from .objections import listed_in, note_left_out, objecting_everywhere, replace_objections
from .pseudonymise import Pseudonymiser, PseudonymKeys, key_chain
from .report import FileCount, Reject
from .report import LoadReport as LoadReport
from .store import open_store, records_path

Share = Callable[[str, float], None]  # a file, and how much of it was read, from 0 to 1


class SumsDoNotReconcile(Exception):
    """A file's rows read are not the rows accounted for: a fault of this program, so nothing was loaded."""


def load(
    home: Path,
    mapping_file: Path,
    pseudonym_keys: PseudonymKeys,
    on_progress: Progress | None = None,
    today: date | None = None,
    on_share: Share | None = None,
    division_year: int | None = None,
) -> LoadReport:
    """Load the source that a mapping file describes and return the account of it; its earlier rows are replaced.

    Municipalities are brought to the division of `division_year`, where one is given.

    Raises connectors.sources.SourceRefused, store.RecordStoreBusy, PseudonymKeysDiffer or PseudonymKeyTooShort, and
    then nothing changed.
    """
    tell = on_progress or silent
    day = today or datetime.now(UTC).date()
    mapping = read_mapping(mapping_file, day)
    keys = key_chain(pseudonym_keys)
    with writing_store(home) as connection:
        report = load_within(connection, mapping, keys, tell, day, on_share or no_share, division_year)
    tell(f"{mapping.id}: loaded")
    return report


@contextlib.contextmanager
def writing_store(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the linked store for one transaction: all that happens within is kept, or nothing."""
    home.mkdir(parents=True, exist_ok=True)
    connection = open_store(records_path(home), read_only=False)
    try:
        connection.begin()
        yield connection
        connection.commit()
        connection.execute("CHECKPOINT")
    except BaseException:
        # a failed commit has ended the transaction already
        with contextlib.suppress(duckdb.TransactionException):
            connection.rollback()
        raise
    finally:
        connection.close()


def load_within(
    connection: duckdb.DuckDBPyConnection,
    mapping: SourceMapping,
    keys: tuple[bytes, ...],
    tell: Progress,
    today: date,
    on_share: Share,
    division_year: int | None,
) -> LoadReport:
    """Load one source inside the caller's transaction; raises SourceRefused and PseudonymKeysDiffer."""
    check_keys(connection, len(keys))
    same = same_persons(connection, mapping.id)
    pseudonymiser = Pseudonymiser(keys, mapping.legal.linkage, mapping.id, same)
    listed = listed_in(mapping, pseudonymiser)
    replace_objections(connection, mapping.id, listed)
    objecting = listed | objecting_everywhere(connection)
    content = ContentHash(keys[0])
    content.take_objections(objecting)
    ingested = ingest(
        connection, mapping, _watched(read(mapping), content, on_share), pseudonymiser, tell, division_year
    )
    _mark_objections(connection, ingested, objecting)
    _require_compared(connection, mapping, ingested)
    _require_persons_still(connection, mapping, ingested)
    left_out = _persons_objected(connection, ingested)
    note_left_out(connection, mapping.id, left_out)
    note_coverage(connection, mapping)
    note_delivery(connection, mapping, today)
    tell(f"{mapping.id}: linking")
    linked = link(connection, mapping, ingested)
    _keep_rejects(connection, mapping.id, ingested)
    counts, rejects = _counts(connection, ingested), _rejects(connection, ingested)
    seen = look(connection, mapping, ingested, content.hex(), datetime.now(UTC), today)
    if seen.unchanged_since is None:
        keep_load(connection, mapping.id, seen.load)
    report = LoadReport(mapping.id, counts, rejects, linked, seen, ingested.remarks, left_out)
    for record in ingested.records:
        connection.execute(f"DROP TABLE {record.table}")
    for table in ("rejected", "touched"):
        connection.execute(f"DROP TABLE {table}")
    return report


def _require_compared(connection: duckdb.DuckDBPyConnection, mapping: SourceMapping, ingested: Ingested) -> None:
    """Refuse a source that is linked by comparison while it holds persons whom nothing was compared with yet."""
    if mapping.legal.linkage != "probabilistic" or not any(found.record == "person" for found in ingested.records):
        return
    ((new,),) = connection.execute(
        """SELECT count(DISTINCT pseudonym) FROM ingested_person
        WHERE NOT objected AND pseudonym NOT IN (SELECT person FROM same_person WHERE source = ?)""",
        [mapping.id],
    ).fetchall()
    if new:
        raise SourceRefused(
            f"{mapping.id}: {many(new, 'person was', 'persons were')} not in the last linkage; run `python -m node "
            "linkage run` with the mappings of all sources that are compared."
        )


def _require_persons_still(connection: duckdb.DuckDBPyConnection, mapping: SourceMapping, ingested: Ingested) -> None:
    """Refuse a source that described persons and brings none now: everybody whom only it describes would be deleted."""
    if any(found.record == "person" for found in ingested.records):
        return
    if connection.execute("SELECT 1 FROM source_person WHERE source = ? LIMIT 1", [mapping.id]).fetchone():
        raise SourceRefused(
            f"{mapping.id}: brings no persons, which its last load did; ask for the extract again, or where it holds "
            f"none from now on, `python -m node source remove {mapping.id}` first."
        )


def _persons_objected(connection: duckdb.DuckDBPyConnection, ingested: Ingested) -> int:
    if not ingested.records:
        return 0
    tables = " UNION ALL ".join(f"SELECT pseudonym FROM {found.table} WHERE objected" for found in ingested.records)  # nosec B608  # noqa: S608
    ((persons,),) = connection.execute(f"SELECT count(DISTINCT pseudonym) FROM ({tables})").fetchall()  # nosec B608  # noqa: S608
    return int(persons)


def _mark_objections(connection: duckdb.DuckDBPyConnection, ingested: Ingested, objecting: set[bytes]) -> None:
    connection.register("objecting", pa.table({"pseudonym": pa.array(sorted(objecting), pa.binary())}))
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
