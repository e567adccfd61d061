"""Leave out who objected: one list for the whole region, a list per source, and at once what was loaded already.

The store keeps pseudonyms of who objected, since otherwise the next load would bring them back; counts say how many.
"""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from connectors.sources import SourceRefused
from connectors.sources.csv_file import ExtractEmpty, read_csv, read_header
from connectors.sources.mapping import FieldMapping, FileMapping, Objections, SourceMapping
from schemas.quality import LinkageMethod
from schemas.refused import Refused
from schemas.text import many

from .identity_tables import check_keys
from .pseudonymise import OWN_NUMBERS, Pseudonymiser, PseudonymKeys, key_chain
from .store import RECORD_TABLES, delete_unknown_persons

EVERY_SOURCE: Final = ""  # the `source` of an objection that holds for all sources


class SourceNotNamed(Refused, ValueError):
    """Identifiers that only mean something in one source, without that source's name."""


@dataclass(frozen=True)
class Objected:
    """What a list of objections did: persons on it, persons whose rows were deleted, and rows deleted per source."""

    listed: int
    persons: int
    rows: tuple[tuple[str, int], ...]
    on_list: int

    def lines(self) -> tuple[str, ...]:
        """Return the account as lines for a terminal; counts only."""
        deleted = [f"{source}: {rows} {'row' if rows == 1 else 'rows'} deleted" for source, rows in self.rows]
        found = f"{many(self.listed, 'person', 'persons')} in the file; deleted from the store: {self.persons} of them"
        return (
            *deleted,
            found,
            f"{many(self.on_list, 'person is', 'persons are')} on the region's list; no source loads them",
        )


def listed_in(mapping: SourceMapping, pseudonymiser: Pseudonymiser) -> set[bytes]:
    """Return who objected to a source's use by its own list; raises SourceRefused."""
    listed = mapping.objections
    return set() if listed is None else set(_read(mapping.folder / listed.file, listed, pseudonymiser))


def object_everywhere(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    listed: Objections,
    keys: PseudonymKeys,
    linkage: LinkageMethod,
    source: str | None,
) -> Objected:
    """Put everybody in a file on the region's list and delete their rows, inside the caller's transaction.

    `linkage` says what the identifiers are, and for `none` and `probabilistic` `source` says whose.
    Raises SourceRefused, SourceNotNamed and PseudonymKeysDiffer.
    """
    named = _named(connection, file, listed, keys, linkage, source)
    connection.register("naming", pa.table({"named": pa.array(sorted(named), pa.binary())}))
    # also under every pseudonym that the linkage found to be the same person
    connection.execute(
        """CREATE TEMP TABLE meant AS SELECT named, named AS pseudonym FROM naming
        UNION SELECT n.named, others.pseudonym FROM naming n JOIN same_person own ON own.pseudonym = n.named
            OR own.person = n.named JOIN same_person others USING (person)
        UNION SELECT n.named, own.person FROM naming n JOIN same_person own ON own.pseudonym = n.named"""
    )
    connection.unregister("naming")
    connection.execute(
        f"""INSERT INTO objection SELECT '{EVERY_SOURCE}', pseudonym, named FROM meant
        EXCEPT SELECT * FROM objection"""  # nosec B608  # noqa: S608 - a constant of ours
    )
    rows = _delete(connection)
    persons = _one(connection, "SELECT count(*) FROM gone")
    for table in ("gone", "meant"):
        connection.execute(f"DROP TABLE {table}")
    return Objected(len(named), persons, rows, on_list(connection))


def withdraw_objections(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    listed: Objections,
    keys: PseudonymKeys,
    linkage: LinkageMethod,
    source: str | None,
) -> int:
    """Take everybody in a file off the region's list, so that the next load has them; return how many were on it."""
    named = _named(connection, file, listed, keys, linkage, source)
    before = on_list(connection)
    connection.register("naming", pa.table({"named": pa.array(sorted(named), pa.binary())}))
    connection.execute("DELETE FROM objection WHERE source = ? AND named IN (SELECT named FROM naming)", [EVERY_SOURCE])
    connection.unregister("naming")
    return before - on_list(connection)


def objecting_everywhere(connection: duckdb.DuckDBPyConnection) -> set[bytes]:
    """Return the pseudonyms of who objected to all use."""
    rows = connection.execute("SELECT pseudonym FROM objection WHERE source = ?", [EVERY_SOURCE]).fetchall()
    return {pseudonym for (pseudonym,) in rows}


def on_list(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many persons are on the region's list."""
    return _one(connection, f"SELECT count(DISTINCT named) FROM objection WHERE source = '{EVERY_SOURCE}'")  # nosec B608  # noqa: S608


def replace_objections(connection: duckdb.DuckDBPyConnection, source: str, pseudonyms: Iterable[bytes]) -> None:
    """Keep who objected to the use of one source, in the place of who did before."""
    connection.execute("DELETE FROM objection WHERE source = ?", [source])
    connection.register("added", pa.table({"pseudonym": pa.array(sorted(set(pseudonyms)), pa.binary())}))
    connection.execute("INSERT INTO objection SELECT ?, pseudonym, pseudonym FROM added", [source])
    connection.unregister("added")


def note_left_out(connection: duckdb.DuckDBPyConnection, source: str, persons: int) -> None:
    """Keep how many persons of a source were left out since they objected."""
    connection.execute("DELETE FROM left_out WHERE source = ?", [source])
    connection.execute("INSERT INTO left_out VALUES (?, ?)", [source, persons])


def _named(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    listed: Objections,
    keys: PseudonymKeys,
    linkage: LinkageMethod,
    source: str | None,
) -> set[bytes]:
    if linkage in OWN_NUMBERS and source is None:
        raise SourceNotNamed(
            f"Identifiers of linkage `{linkage}` belong to one source; name it with --source, once for each source."
        )
    _require_column(file, listed)
    check_keys(connection, len(key_chain(keys)))
    return set(_read(file, listed, Pseudonymiser(keys, linkage, source or EVERY_SOURCE)))


def _require_column(file: Path, listed: Objections) -> None:
    """Refuse a list that cannot be read as the command says; there is no mapping to correct here."""
    if not file.is_file():
        raise SourceRefused(f"{listed.file}: this file does not exist; check the path.")
    try:
        "".encode(listed.encoding)
    except LookupError:
        raise SourceRefused(
            f"--encoding {listed.encoding} is not known; use for instance utf-8 or windows-1252."
        ) from None
    if len(listed.separator) != 1:
        raise SourceRefused("--separator must be one character, such as ; or ,")
    if file.stat().st_size and listed.column not in read_header(file, listed.file, listed.separator, listed.encoding):
        raise SourceRefused(
            f"{listed.file}: has no column `{listed.column}`; name it with --column, the sign between columns with "
            "--separator and another encoding with --encoding."
        )


def _delete(connection: duckdb.DuckDBPyConnection) -> tuple[tuple[str, int], ...]:
    """Delete the rows of everybody in `meant`, listing their numbers in `gone`; return the rows deleted per source."""
    connection.execute(
        """CREATE TEMP TABLE gone AS SELECT DISTINCT person_id FROM identity
        WHERE pseudonym IN (SELECT pseudonym FROM meant)"""
    )
    tables = (*RECORD_TABLES, "source_person")
    counted = " UNION ALL ".join(
        f"SELECT source FROM {table} WHERE person_id IN (SELECT person_id FROM gone)"  # nosec B608  # noqa: S608
        for table in tables
    )
    rows = connection.execute(f"SELECT source, count(*) FROM ({counted}) GROUP BY source ORDER BY source").fetchall()  # nosec B608  # noqa: S608
    connection.execute("DELETE FROM source_person WHERE person_id IN (SELECT person_id FROM gone)")
    delete_unknown_persons(connection)
    connection.execute("DELETE FROM same_person WHERE pseudonym IN (SELECT pseudonym FROM meant)")
    return tuple((str(source), int(count)) for source, count in rows)


def _read(path: Path, listed: Objections, pseudonymiser: Pseudonymiser) -> Iterator[bytes]:
    """Read who is on a list; one with nobody on it is sound, a line that cannot be read is refused."""
    fields = {"person_id": FieldMapping(column=listed.column)}
    file = FileMapping(listed.file, "person", fields, separator=listed.separator, encoding=listed.encoding)
    with contextlib.suppress(ExtractEmpty):
        for batch in read_csv(path, file):
            rows = batch.table.column("row").to_pylist()
            for row, identifier in zip(rows, batch.table.column("person_id").to_pylist(), strict=True):
                pseudonym = pseudonymiser.of(str(identifier))
                if pseudonym is None:
                    raise SourceRefused(_unreadable(listed, row))
                yield pseudonym
            for row in batch.malformed:
                raise SourceRefused(_unreadable(listed, row))


def _unreadable(listed: Objections, row: int | None) -> str:
    return (
        f"{listed.file}, row {row}, column `{listed.column}`: is not a valid identifier; correct it, so that nobody's "
        "objection is missed."
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    ((number,),) = connection.execute(query).fetchall()
    return int(number)
