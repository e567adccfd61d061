"""The linked store: one DuckDB file per node, readable by the indicators only; it never holds a raw identifier."""

import os
import re
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

import duckdb

from schemas.refused import Refused

from . import kept
from .identity_tables import IDENTITY_SCHEMA, forget_source
from .load_history import LOAD_SCHEMA
from .residence import SCHEMA as RESIDENCE_SCHEMA
from .residence import settle_residence

RECORD_TABLES: Final = ("coverage", "residence", "condition", "encounter", "measurement", "treatment", "cost")

_STARTED: Final = time.time()  # of this process, nearly
_SHARE: Final = 0.5  # of the memory, that the engine may hold; the rest is for reading, Python and the system
_OWN_SHARE: Final = 0.8  # of the memory, that DuckDB sets as its limit by itself
_UNITS: Final = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
LEAST_KEPT: Final = 1_000_000
"""Records in a store from which on what was found per person is kept for the next time."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS person (
  person_id BIGINT PRIMARY KEY, birth_date DATE NOT NULL, sex VARCHAR NOT NULL CHECK (sex IN ('f', 'm', 'unknown')),
  municipality VARCHAR, death_date DATE);
CREATE TABLE IF NOT EXISTS coverage (
  person_id BIGINT NOT NULL, start_date DATE NOT NULL, end_date DATE NOT NULL, source VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS condition (
  person_id BIGINT NOT NULL, code_system VARCHAR NOT NULL, code VARCHAR NOT NULL, start_date DATE NOT NULL,
  end_date DATE, source VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS encounter (
  person_id BIGINT NOT NULL, encounter_type VARCHAR NOT NULL, start_date DATE NOT NULL, end_date DATE,
  urgency VARCHAR CHECK (urgency IN ('acute', 'planned')), code_system VARCHAR, code VARCHAR, source VARCHAR NOT NULL,
  organisation VARCHAR);
CREATE TABLE IF NOT EXISTS measurement (
  person_id BIGINT NOT NULL, code_system VARCHAR NOT NULL, code VARCHAR NOT NULL, measured_on DATE NOT NULL,
  value DECIMAL(18, 4), source VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS treatment (
  person_id BIGINT NOT NULL, code_system VARCHAR NOT NULL, code VARCHAR NOT NULL, start_date DATE NOT NULL,
  source VARCHAR NOT NULL, organisation VARCHAR);
CREATE TABLE IF NOT EXISTS cost (
  person_id BIGINT NOT NULL, category VARCHAR NOT NULL, start_date DATE NOT NULL, amount_cents BIGINT NOT NULL,
  source VARCHAR NOT NULL, organisation VARCHAR);
CREATE TABLE IF NOT EXISTS identity (pseudonym BLOB NOT NULL, person_id BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS source_person (
  source VARCHAR NOT NULL, person_id BIGINT NOT NULL, birth_date DATE NOT NULL, sex VARCHAR NOT NULL,
  municipality VARCHAR, death_date DATE);
CREATE TABLE IF NOT EXISTS source (
  id VARCHAR NOT NULL, controller VARCHAR NOT NULL, purpose VARCHAR NOT NULL, legal_basis VARCHAR NOT NULL,
  agreement VARCHAR NOT NULL, linkage VARCHAR NOT NULL, permitted_indicators VARCHAR[] NOT NULL,
  delete_by DATE NOT NULL, precedence INTEGER NOT NULL, loaded_on DATE NOT NULL,
  organisations_not_recorded VARCHAR, objections_left_out VARCHAR);
CREATE TABLE IF NOT EXISTS rejected_row (
  source VARCHAR NOT NULL, file VARCHAR NOT NULL, "row" BIGINT NOT NULL, "column" VARCHAR NOT NULL,
  reason VARCHAR NOT NULL);
"""


# Columns that came after the first stores were made, always last in their table: a store of any age is brought to the
# same form, its rows as they were and the new fields empty.
_LATER: Final = (
    ("encounter", "organisation"),
    ("treatment", "organisation"),
    ("cost", "organisation"),
    ("source", "organisations_not_recorded"),
    ("source", "objections_left_out"),
)
_WHOLE_SCHEMA: Final = _SCHEMA + LOAD_SCHEMA + IDENTITY_SCHEMA + RESIDENCE_SCHEMA + kept.SCHEMA
_TABLES: Final = tuple(re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", _WHOLE_SCHEMA))


def new_store() -> duckdb.DuckDBPyConnection:
    """Open an empty linked store in memory, which is gone when it is closed."""
    connection = duckdb.connect(":memory:", config={"enable_external_access": "false"})
    connection.execute(_WHOLE_SCHEMA)
    return connection


class RecordStoreBusy(Refused):
    """The store is open for writing in another process, or in another thread of this one."""


class SourceUnknown(Refused, LookupError):
    """A source that is not loaded."""


def records_path(home: Path) -> Path:
    """Return where a node keeps its linked records."""
    return home / "records.duckdb"


def open_store(path: Path, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open the linked store, creating its tables when it is opened for writing; only its owner may read the file.

    A store that an earlier version made is given the columns that came since, also before it is read.

    SQL on this connection reaches no other file and no network. Raises RecordStoreBusy while another process loads.
    """
    connection = _connected(path, read_only)
    if read_only and not _has_all(connection):
        connection.close()
        open_store(path, read_only=False).close()
        connection = _connected(path, read_only)
    if not read_only:
        path.chmod(0o600)
        _clear_spilled(path)
        if not _has_all(connection):
            connection.execute(_WHOLE_SCHEMA)
            for name, column in _LATER:
                connection.execute(f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {column} VARCHAR")
            settle_residence(connection)
    return connection


def _connected(path: Path, read_only: bool) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {"enable_external_access": "false"}
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=config)
        _leave_room(connection)
        return connection
    except (duckdb.IOException, duckdb.ConnectionException):  # the latter: open here already, for the other use
        raise RecordStoreBusy(
            f"{path.name}: cannot be opened, because it does not exist or another process has it open; "
            "load a source first, or wait until the other command has ended."
        ) from None


def _leave_room(connection: duckdb.DuckDBPyConnection) -> None:
    """Have the engine hold half of the memory there is, and put the rest on disk.

    By itself it takes 80% of the machine's, or of what the service or container was given; what reads the extract needs
    as much as a few hundred megabytes beside that, and the system kills what asks for more, without a word.
    """
    found = connection.execute("SELECT current_setting('memory_limit')").fetchone()
    number, unit = str(found[0]).split() if found else ("0", "bytes")
    held = float(number) * _UNITS.get(unit, 0)
    if held:
        connection.execute(f"SET memory_limit = '{int(held * _SHARE / _OWN_SHARE)}B'")


def _clear_spilled(path: Path) -> None:
    """Remove what killed processes left of records that no memory held; who opens the store for writing has it alone.

    DuckDB removes such files itself when it closes, by their names; what is spilled now only its owner can read.
    """
    folder = path.with_name(f"{path.name}.tmp")
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    for file in folder.glob("duckdb_temp_*"):
        # A number of a process can come again, in a container nearly always does.
        is_own = f"_{os.getpid()}_" in file.name and file.stat().st_mtime >= _STARTED
        if not is_own:
            file.unlink(missing_ok=True)


def _has_all(connection: duckdb.DuckDBPyConnection) -> bool:
    """Tell whether every table and later column is there: asking for them costs far less than making what is there."""
    columns = ", ".join(f"{table}.{column}" for table, column in _LATER)
    try:
        connection.execute(f"SELECT {columns} FROM {', '.join(_TABLES)} LIMIT 0")  # nosec B608  # noqa: S608 - names are ours
    except (duckdb.BinderException, duckdb.CatalogException):
        return False
    return True


def organisations_not_recorded(connection: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
    """Return per loaded source for which it was decided that its costs need not say who was paid, the reason why."""
    rows = connection.execute(
        "SELECT id, organisations_not_recorded FROM source WHERE organisations_not_recorded IS NOT NULL ORDER BY id"
    )
    return dict(rows.fetchall())


def open_to_measure(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the linked store to count from it: a large one for writing, so that what is found per person can be kept.

    For reading only where it is small (it is counted in less than a second) or another process reads it now.
    Raises RecordStoreBusy.
    """
    connection = open_store(path, read_only=True)
    query = "SELECT coalesce(sum(estimated_size), 0) FROM duckdb_tables() WHERE list_contains(?, table_name)"
    row = connection.execute(query, [list(RECORD_TABLES)]).fetchone()
    if row is None or row[0] < LEAST_KEPT:
        return connection
    connection.close()
    try:
        return open_store(path, read_only=False)
    except RecordStoreBusy:
        return open_store(path, read_only=True)


def permitted_indicators(connection: duckdb.DuckDBPyConnection) -> Mapping[str, tuple[str, ...]]:
    """Return per loaded source the indicators its legal ground permits; ("all",) permits every one."""
    rows = connection.execute("SELECT id, permitted_indicators FROM source ORDER BY id").fetchall()
    return {name: tuple(permitted) for name, permitted in rows}


def delivered_until(connection: duckdb.DuckDBPyConnection) -> Mapping[str, date]:
    """Return the last complete day of every loaded source that states one."""
    return dict(connection.execute("SELECT source, until FROM source_delivered ORDER BY source").fetchall())


def delete_by_dates(connection: duckdb.DuckDBPyConnection) -> Mapping[str, date]:
    """Return per source whose legal ground is recorded the day on which its rows must be gone."""
    return dict(connection.execute("SELECT id, delete_by FROM source ORDER BY id").fetchall())


def controllers(connection: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
    """Return per loaded source the organisation that its legal record names as controller: whose data these are."""
    return dict(connection.execute("SELECT id, controller FROM source ORDER BY id").fetchall())


def delete_source(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """Delete every row a source brought, and whoever only that source knew; the caller owns the transaction."""
    kept.forget_source(connection, source)
    for table in (*RECORD_TABLES, "source_person", "rejected_row", "source_load"):
        connection.execute(f"DELETE FROM {table} WHERE source = ?", [source])  # nosec B608  # noqa: S608 - table names are ours
    connection.execute("DELETE FROM source WHERE id = ?", [source])
    forget_source(connection, source)
    settle_residence(connection)
    delete_unknown_persons(connection)


def remove_source(home: Path, source: str) -> None:
    """Delete every row a source brought, at once and whole; raises SourceUnknown and RecordStoreBusy."""
    connection = open_store(records_path(home), read_only=False)
    try:
        connection.begin()
        require_source(connection, source)
        delete_source(connection, source)
        connection.commit()
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def require_source(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """Raise SourceUnknown where no source of this name is loaded."""
    if connection.execute("SELECT 1 FROM source WHERE id = ?", [source]).fetchone() is None:
        raise SourceUnknown(f"No source {source} is loaded here; `python -m node source list` shows which are.")


def delete_unknown_persons(connection: duckdb.DuckDBPyConnection) -> None:
    """Delete persons that no source describes any more, with their records and pseudonyms."""
    kept.forget_unknown_persons(connection)
    for table in ("person", *RECORD_TABLES, "lived_in", "identity"):
        connection.execute(
            f"DELETE FROM {table} WHERE person_id NOT IN (SELECT person_id FROM source_person)"  # nosec B608  # noqa: S608
        )
    kept.note_basis(connection)


def delete_expired(home: Path, today: date) -> tuple[str, ...]:
    """Delete the rows of every source whose delete-by date has come, and return which sources those were."""
    connection = open_store(records_path(home), read_only=False)
    try:
        connection.begin()
        rows = connection.execute("SELECT id FROM source WHERE delete_by <= ? ORDER BY id", [today]).fetchall()
        for (source,) in rows:
            delete_source(connection, source)
        connection.commit()
        connection.execute("CHECKPOINT")
    finally:
        connection.close()
    return tuple(source for (source,) in rows)
