"""The tables that say who is who and who objected: pseudonyms, counts and verdicts, never a linkage field."""

from datetime import date, timedelta
from typing import Final

import duckdb

from connectors.sources import SourceRefused
from connectors.sources.mapping import SourceMapping
from schemas.refused import Refused

IDENTITY_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS same_person (source VARCHAR NOT NULL, pseudonym BLOB NOT NULL, person BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS linkage_run (made_on DATE NOT NULL, report VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS clerical_decision (
  sample VARCHAR NOT NULL, pair INTEGER NOT NULL, stratum VARCHAR NOT NULL, size BIGINT NOT NULL,
  verdict VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS objection (source VARCHAR NOT NULL, pseudonym BLOB NOT NULL, named BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS left_out (source VARCHAR NOT NULL, persons BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS source_delivered (source VARCHAR NOT NULL, until DATE NOT NULL);
CREATE TABLE IF NOT EXISTS source_covers (
  source VARCHAR NOT NULL, unit VARCHAR NOT NULL, covered BIGINT NOT NULL, whole BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS pseudonym_key (number INTEGER NOT NULL);
"""
PSEUDONYM_COLUMNS: Final = (
    ("identity", "pseudonym"), ("same_person", "pseudonym"), ("same_person", "person"), ("objection", "pseudonym"),
    ("objection", "named"),
)  # fmt: skip


class PseudonymKeysDiffer(Refused):
    """The store's pseudonyms were made with another number of keys than this node has."""


def check_keys(connection: duckdb.DuckDBPyConnection, keys: int) -> None:
    """Note with how many keys an empty store's pseudonyms are made, and raise PseudonymKeysDiffer for a full one."""
    held = keys_of(connection)
    if held is None:
        connection.execute("INSERT INTO pseudonym_key VALUES (?)", [keys])
    elif held != keys:
        raise PseudonymKeysDiffer(
            f"records.duckdb holds pseudonyms made with {held} keys and secrets/ has {keys}; finish "
            "`key rotate-pseudonym`, or put the keys back that belong to these records."
        )


def keys_of(connection: duckdb.DuckDBPyConnection) -> int | None:
    """Return with how many keys the store's pseudonyms are made; None where it holds none yet."""
    holds = any(
        connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall()  # nosec B608  # noqa: S608 - names are ours
        for table, _ in PSEUDONYM_COLUMNS
    )
    if not holds:
        connection.execute("DELETE FROM pseudonym_key")
        return None
    rows = connection.execute("SELECT number FROM pseudonym_key").fetchall()
    return int(rows[0][0]) if rows else 1  # a store from before keys were renewed


def same_persons(connection: duckdb.DuckDBPyConnection, source: str) -> dict[bytes, bytes]:
    """Return under which person's pseudonym each of a source's pseudonyms goes, as the last linkage found."""
    rows = connection.execute("SELECT pseudonym, person FROM same_person WHERE source = ?", [source]).fetchall()
    return dict(rows)


def note_delivery(connection: duckdb.DuckDBPyConnection, mapping: SourceMapping, today: date) -> None:
    """Keep until which day a source is complete, as its mapping states; one in the future is refused.

    Raises SourceRefused.
    """
    connection.execute("DELETE FROM source_delivered WHERE source = ?", [mapping.id])
    until = mapping.complete_until
    if isinstance(until, int):
        until = today - timedelta(days=until)
    if until is not None and until > today:
        raise SourceRefused(
            f"{mapping.id}: key `complete_until`: {until} is still to come; write the last day that is delivered whole."
        )
    if until is not None:
        connection.execute("INSERT INTO source_delivered VALUES (?, ?)", [mapping.id, until])


def note_coverage(connection: duckdb.DuckDBPyConnection, mapping: SourceMapping) -> None:
    """Keep how much of the region a source covers, as its mapping states."""
    connection.execute("DELETE FROM source_covers WHERE source = ?", [mapping.id])
    if (covers := mapping.covers) is not None:
        connection.execute(
            "INSERT INTO source_covers VALUES (?, ?, ?, ?)", [mapping.id, covers.unit, covers.covered, covers.of]
        )


def forget_source(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """Delete what is known of who is who in one source."""
    for table in ("same_person", "objection", "left_out", "source_covers", "source_delivered"):
        connection.execute(f"DELETE FROM {table} WHERE source = ?", [source])  # nosec B608  # noqa: S608 - names are ours
