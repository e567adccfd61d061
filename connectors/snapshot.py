"""A whole database in one SQLite file, taken while it is in use, whichever engine it is on; and back again.

PostgreSQL is read in one repeatable-read transaction by the driver itself, so that no client program is needed.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, MetaData, Table, inspect, select, text

from connectors.database import open_engine, revision, upgrade, upgrade_within, writing
from connectors.trouble import FULL, trouble
from schemas.refused import Refused

_ROWS: Final = 1000  # copied at once
_DERIVED: Final = "search_"  # tables of an index that its owner fills again; those of one engine are not on the other


class DatabaseEmpty(Refused, LookupError):
    """A database without tables, of which there is nothing to keep."""


class DatabaseNotEmpty(Refused, ValueError):
    """A database that holds tables already."""


class SnapshotNotTaken(Refused, RuntimeError):
    """A database of which no copy could be made."""


class SnapshotDamaged(Refused, ValueError):
    """A copy of a database that is not whole."""


def take(engine: Engine, script_location: Path, file: Path) -> str:
    """Copy the database as it is at one moment into a new SQLite file and return its schema revision.

    Raises DatabaseEmpty, DatabaseNewer, SnapshotNotTaken or SnapshotDamaged.
    """
    if engine.dialect.name == "sqlite":
        _copy_file(engine, file)
    else:
        _copy_from_server(engine, script_location, file)
    check(file)
    copy = open_engine(f"sqlite:///{file}")
    try:
        found = revision(copy, script_location).found
    finally:
        copy.dispose()
    if found is None:
        raise DatabaseEmpty("The database has no tables; there is nothing to keep.")
    return found


def check(file: Path) -> None:
    """Check that an SQLite file is whole, and make it one file again; raises SnapshotDamaged."""
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            is_whole = connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    except sqlite3.DatabaseError as error:
        raise SnapshotDamaged(f"{file.name} is no whole SQLite database; check the disk it came from.") from error
    if not is_whole:
        raise SnapshotDamaged(f"{file.name} is a damaged SQLite database; check the disk it came from.")


def put_back(file: Path, engine: Engine, script_location: Path) -> None:
    """Load a snapshot into an empty PostgreSQL database and bring it up to date, in one transaction.

    Raises DatabaseNotEmpty or DatabaseNewer.
    """
    source = open_engine(f"sqlite:///{file}")
    try:
        found = revision(source, script_location).found
        with source.connect() as reading, writing(engine) as connection:
            if inspect(connection).get_table_names():
                raise DatabaseNotEmpty("The database to restore into holds tables already; name an empty one.")
            upgrade_within(connection, script_location, found or "head")
            _copy_rows(reading, connection)
            _go_on_counting(connection)
            upgrade_within(connection, script_location)
    finally:
        source.dispose()


def _copy_file(engine: Engine, file: Path) -> None:
    with engine.connect() as connection, closing(sqlite3.connect(file)) as target:
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError("The SQLite engine uses another driver than Python's own.")
        try:
            driver.backup(target)
        except sqlite3.Error as error:
            seen = trouble(error)
            raise SnapshotNotTaken(
                f"No backup was made, {file.parent.parent} needs room for a copy of the store first: {seen.sentence}"
                if seen is FULL
                else f"No backup was made. The store, or its copy in {file.parent.parent}: {seen.sentence}"
            ) from error


def _copy_from_server(engine: Engine, script_location: Path, file: Path) -> None:
    copy = open_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as reading:
            reading = reading.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            if not inspect(reading).has_table("alembic_version"):
                raise DatabaseEmpty("The database has no tables; there is nothing to keep.")
            upgrade(copy, script_location, str(reading.scalar(text("SELECT version_num FROM alembic_version"))))
            with writing(copy) as connection:
                _copy_rows(reading, connection)
    finally:
        copy.dispose()


def _copy_rows(source: Connection, target: Connection) -> None:
    """Copy every table of the target; what a migration put there by itself is replaced."""
    tables = _tables(target)
    for table in reversed(tables):
        target.execute(table.delete())
    for table in tables:
        rows = source.execution_options(yield_per=_ROWS).execute(select(table).order_by(*table.primary_key))
        for part in rows.partitions():
            target.execute(table.insert(), [dict(row._mapping) for row in part])


def _go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL number new rows beyond the copied ones."""
    for table in _tables(connection):
        for column in table.primary_key:
            place = {"table": f'"{table.name}"', "column": column.name}
            counter = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), place)
            highest = connection.scalar(select(column).order_by(column.desc()).limit(1)) if counter else None
            if highest is not None:
                connection.execute(text("SELECT setval(:counter, :highest)"), {"counter": counter, "highest": highest})


def _tables(connection: Connection) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: not name.startswith(_DERIVED) and name != "alembic_version")
    return metadata.sorted_tables
