"""Renew the key of the pseudonyms: each is wrapped by the new key, so that loads afterwards find the same persons."""

from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from .identity_tables import PSEUDONYM_COLUMNS, PseudonymKeysDiffer, keys_of
from .pseudonymise import Wrapping
from .store import open_store, records_path

_BATCH: Final = 200_000


def wrap_pseudonyms(home: Path, key: bytes, number: int) -> int:
    """Wrap every pseudonym of the store by key `number` (from 2), all in one transaction; return how many were.

    Done again after a fall it does what is left: nothing where the store was wrapped already (0), all of it where not.
    Raises PseudonymKeysDiffer, RecordStoreBusy and PseudonymKeyTooShort.
    """
    if not records_path(home).is_file():
        return 0
    connection = open_store(records_path(home), read_only=False)
    try:
        connection.begin()
        held = keys_of(connection)
        if held == number or held is None:
            connection.rollback()
            return 0
        if held != number - 1:
            raise PseudonymKeysDiffer(
                f"records.duckdb holds pseudonyms made with {held} keys, and key {number} does not follow on those; "
                "put the keys back that belong to these records."
            )
        wrapped = sum(_wrap(connection, table, column, Wrapping(key)) for table, column in PSEUDONYM_COLUMNS)
        connection.execute("DELETE FROM pseudonym_key")
        connection.execute("INSERT INTO pseudonym_key VALUES (?)", [number])
        connection.commit()
        connection.execute("CHECKPOINT")
    finally:
        connection.close()  # what was not committed is undone
    return wrapped


def _wrap(connection: duckdb.DuckDBPyConnection, table: str, column: str, wrapping: Wrapping) -> int:
    """Wrap one column: its distinct pseudonyms first, then a join; return how many distinct ones there were."""
    connection.execute("CREATE TEMP TABLE wrapped (old BLOB, new BLOB)")
    reading = connection.cursor()
    reading.execute(f"SELECT DISTINCT {column} FROM {table}")  # nosec B608  # noqa: S608 - names are ours
    count = 0
    while rows := reading.fetchmany(_BATCH):
        old = [row[0] for row in rows]
        new: Any = pa.table({"old": pa.array(old, pa.binary()), "new": pa.array(map(wrapping.of, old), pa.binary())})
        connection.register("wrapping", new)
        connection.execute("INSERT INTO wrapped SELECT * FROM wrapping")
        connection.unregister("wrapping")
        count += len(old)
    connection.execute(f"UPDATE {table} SET {column} = new FROM wrapped WHERE {column} = old")  # nosec B608  # noqa: S608
    connection.execute("DROP TABLE wrapped")
    return count
