"""SQLite and PostgreSQL behind one way of opening, writing and migrating."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Executable,
    Text,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from schemas.refused import Refused

_BUSY_MILLISECONDS: Final = 30_000
_WORDED: Final = 128  # statements remembered in the driver's words
_MIGRATION_LOCK: Final = 7_243_115_902  # any constant: one upgrade at a time per PostgreSQL database


_Listed = TypeVar("_Listed", str, int)
Asked = tuple[Executable, Mapping[str, Any]]  # a statement that is kept, and its parameters


class DatabaseUrlUnknown(Refused, ValueError):
    """A database address that names neither SQLite nor PostgreSQL."""


class DatabaseNewer(Refused, RuntimeError):
    """A database whose schema a newer version of the program made."""


@dataclass(frozen=True, slots=True)
class Revision:
    """At which schema revision a database is, None where it is empty, and which is this program's newest."""

    found: str | None
    newest: str

    @property
    def is_current(self) -> bool:
        """Tell whether nothing needs to be migrated."""
        return self.found == self.newest


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


def at_once(connection: Connection, asked: Sequence[Asked]) -> list[list[Sequence[Any]]]:
    """Execute statements in their order and return the rows of each; PostgreSQL is asked all of them in one round trip.

    Each sees what was committed before it began, as it would by itself; a lock that one waits for is held when the
    next begins. An INSERT names its columns. What fails is told as SQLAlchemy's DBAPIError, without parameters.
    """
    if connection.dialect.name != "postgresql":
        answers = [connection.execute(statement, named) for statement, named in asked]
        return [list(one) if one.returns_rows else [] for one in answers]
    dialect: Any = connection.dialect
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            cursors = [driver.execute(*_worded(statement, dialect, named)) for statement, named in asked]
        return [one.fetchall() if one.description else [] for one in cursors]
    except dialect.dbapi.Error as error:
        is_lost = dialect.is_disconnect(error, driver, None)
        if is_lost:
            connection.invalidate(error)  # as SQLAlchemy does itself where it executes
        about = {"hide_parameters": True, "connection_invalidated": is_lost, "dialect": dialect}
        # without its cause: the driver's own words may hold a value
        raise DBAPIError.instance("statements sent together", None, error, dialect.dbapi.Error, **about) from None


def _worded(statement: Executable, dialect: Dialect, named: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    compiled = _compiled(statement, dialect)
    return compiled.string, compiled.construct_params(dict(named))


@lru_cache(_WORDED)  # putting a statement into words takes longer than answering it
def _compiled(statement: Any, dialect: Dialect) -> Any:
    return statement.compile(dialect=dialect)


def among(dialect: str, column: ColumnElement[Any], name: str, type_: type[Any] = Text) -> ColumnElement[bool]:
    """Return the condition that a column holds one of many values, however many as one parameter of this name.

    What the parameter takes is the `listed` values, so that the statement is made once.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(type_)))
    found = func.json_each(bindparam(name, type_=Text)).table_valued("value")
    return column.in_(select(found.c.value))


def listed(dialect: str, values: Iterable[_Listed]) -> list[_Listed] | str:
    """Return the values as the parameter of `among`."""
    wanted = sorted(values)
    return wanted if dialect == "postgresql" else json.dumps(wanted)


def upgrade(engine: Engine, script_location: Path, to: str = "head") -> None:
    """Bring the database to a revision of an Alembic script folder, in one transaction; raises DatabaseNewer."""
    with writing(engine) as connection:
        upgrade_within(connection, script_location, to)


def upgrade_within(connection: Connection, script_location: Path, to: str = "head") -> None:
    """Bring the database to a revision in the caller's transaction; raises DatabaseNewer."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    if _revision(connection, script_location).is_current:
        return
    config = _config(script_location)
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def revision(engine: Engine, script_location: Path) -> Revision:
    """Return the revision the database is at and the newest this program knows; raises DatabaseNewer."""
    with engine.connect() as connection:
        return _revision(connection, script_location)


def is_current(engine: Engine, script_location: Path) -> bool:
    """Tell whether the database is at the newest revision of an Alembic script folder; raises DatabaseNewer."""
    return revision(engine, script_location).is_current


def database_file(engine: Engine) -> Path | None:
    """Return the file of an SQLite database, None for PostgreSQL and for a database in memory."""
    name = engine.url.database
    if engine.url.get_backend_name() != "sqlite" or not name or name == ":memory:":
        return None
    return Path(name)


def _revision(connection: Connection, script_location: Path) -> Revision:
    known = _known(script_location)
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in known:
        raise DatabaseNewer(
            f"The database is at schema revision {found} and this program knows revisions up to {known[0]}; "
            "run the version that made it, or restore a backup from before the upgrade."
        )
    return Revision(found, known[0])


@lru_cache  # reading every revision takes longer than opening the database, and they do not change while we run
def _known(script_location: Path) -> tuple[str, ...]:
    """Return the revisions of a script folder, newest first."""
    return tuple(one.revision for one in ScriptDirectory.from_config(_config(script_location)).walk_revisions())


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
