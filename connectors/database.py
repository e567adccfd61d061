"""SQLite and PostgreSQL behind one way of opening, writing and migrating."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_BUSY_MILLISECONDS: Final = 30_000
_MIGRATION_LOCK: Final = 7_243_115_902  # any constant: one upgrade at a time per PostgreSQL database


class DatabaseUrlUnknown(ValueError):
    """A database address that names neither SQLite nor PostgreSQL."""


def open_engine(url: str) -> Engine:
    """Open an engine on SQLite (WAL, foreign keys, busy timeout) or on PostgreSQL (psycopg).

    Raises DatabaseUrlUnknown. Nothing is connected to yet.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUrlUnknown("The database address is not a URL; write sqlite:///path or postgresql://…") from error
    match parsed.get_backend_name():
        case "sqlite":
            engine = create_engine(parsed, hide_parameters=True)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        case "postgresql":
            chosen = parsed.set(drivername="postgresql+psycopg")
            return create_engine(chosen, pool_pre_ping=True, hide_parameters=True)
    raise DatabaseUrlUnknown("The database is neither SQLite nor PostgreSQL; write sqlite:///path or postgresql://…")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open one transaction that will write: on SQLite it takes the write lock at once, so it never fails halfway."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        yield connection


def upgrade(engine: Engine, script_location: Path) -> None:
    """Bring the database to the newest revision of an Alembic script folder, in one transaction."""
    config = _config(script_location)
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine, script_location: Path) -> bool:
    """Tell whether the database is at the newest revision of an Alembic script folder."""
    heads = ScriptDirectory.from_config(_config(script_location)).get_heads()
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)


def _config(script_location: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(script_location).replace("%", "%%"))
    return config


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's own BEGIN below, not the driver's late one
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    wants_to_write = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wants_to_write else "BEGIN")
