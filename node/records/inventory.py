"""What the linked store holds, as counts: for eyes inside the region."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from .store import RECORD_TABLES


@dataclass(frozen=True, slots=True)
class Inventory:
    """Loaded sources by name; persons; rows by record table; persons without a municipality."""

    sources: tuple[str, ...]
    persons: int
    rows: Mapping[str, int]
    without_area: int


def inventory(connection: duckdb.DuckDBPyConnection) -> Inventory:
    """Count what is loaded."""
    sources = connection.execute("SELECT id FROM source ORDER BY id").fetchall()
    persons = connection.execute(
        """SELECT count(*), count(*) FILTER (WHERE municipality IS NULL AND person_id NOT IN
        (SELECT person_id FROM lived_in)) FROM person"""
    ).fetchone()
    rows = {
        table: sum(int(number) for (number,) in connection.execute(f"SELECT count(*) FROM {table}").fetchall())  # nosec B608  # noqa: S608 - table names are ours
        for table in RECORD_TABLES
    }
    count, without = persons or (0, 0)
    return Inventory(tuple(name for (name,) in sources), int(count), rows, int(without))
