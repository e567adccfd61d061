"""One view of a database that stays the same while a source is read: a read-only transaction, and a cursor per table.

The address holds a password, so it is in the environment or in a file that only its owner reads. What a driver says
may quote an address or a value: its text is never passed on.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnClause, Connection, Engine, column, create_engine, event, func, inspect, select, table
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError

from . import SourceRefused
from .settings import Database

_ROWS_AT_ONCE: Final = 10_000
_RIGHT_MISSING: Final = "42501"  # SQLSTATE insufficient_privilege (ISO 9075)
_OTHER_KIND: Final = "42883"  # SQLSTATE undefined_function, as PostgreSQL says of a text that equals a number
# DuckDB, like SQLite, would make a file that is absent; and a view in a file that somebody delivers could read any file
# of this machine, or fetch an address
_SHUT_IN: Final[dict[str, Any]] = {
    "read_only": True,
    "config": {"enable_external_access": "false", "lock_configuration": "true"},
}
# where every statement of one transaction sees the database as it was when the transaction began
_ISOLATION: Final = {
    "postgresql": "REPEATABLE READ",
    "mysql": "REPEATABLE READ",
    "mariadb": "REPEATABLE READ",
    "mssql": "SNAPSHOT",
    "oracle": "SERIALIZABLE",
}


class Snapshot:
    """A database as it was when the reading began; rows come through a cursor on the server, some at a time."""

    def __init__(self, connection: Connection, schema: str | None) -> None:
        self._connection, self._schema, self._read = connection, schema, inspect(connection)
        self._names: dict[str | None, dict[str, str]] = {}

    def find(self, name: str, schema: str | None = None) -> str | None:
        """Return the name that a table or view really has, in whatever case, or None where there is none."""
        where = schema or self._schema
        if where not in self._names:
            self._names[where] = self._listed(where)
        known = self._names[where]
        return name if name in known.values() else known.get(name.lower())

    def columns(self, name: str, schema: str | None = None) -> list[str]:
        """Return the names of a table's or view's columns; raises SourceRefused where there is no such table."""
        where = schema or self._schema
        try:
            return [str(found["name"]) for found in self._read.get_columns(name, schema=where)]
        except NoSuchTableError:
            raise SourceRefused(_absent(label(name, where))) from None
        except SQLAlchemyError as error:
            raise SourceRefused(_unreadable(label(name, where), error)) from None

    def rows(
        self,
        name: str,
        wanted: Sequence[str],
        schema: str | None = None,
        where: Mapping[str, str | int] | None = None,
        order: Sequence[str] = (),
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the wanted columns of a table or view, 10,000 rows at a time; every name is quoted by SQLAlchemy.

        Raises SourceRefused where the table cannot be read, or a value has no form in Python (such as infinity).
        """
        chosen = schema or self._schema
        # sorted for the same names in the same statement; no types: values arrive as the driver gives them
        known: dict[str, ColumnClause[Any]] = {one: column(one) for one in sorted({*wanted, *(where or {}), *order})}
        origin = table(name, *known.values(), schema=chosen)
        statement = select(*(origin.c[one] for one in wanted)).order_by(*(origin.c[one] for one in order))
        for one, value in (where or {}).items():
            statement = statement.where(origin.c[one] == value)
        try:
            with self._connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(statement) as result:
                for rows in result.partitions():
                    yield [tuple(row) for row in rows]
        except SQLAlchemyError as error:
            raise SourceRefused(_unreadable(label(name, chosen), error)) from None
        except (ValueError, OverflowError):
            raise SourceRefused(_no_form(label(name, chosen))) from None

    def count(self, name: str) -> int:
        """Return how many rows a table or view of the snapshot's schema has; raises SourceRefused."""
        statement = select(func.count()).select_from(table(name, schema=self._schema))
        try:
            return int(self._connection.execute(statement).scalar_one())
        except SQLAlchemyError as error:
            raise SourceRefused(_unreadable(label(name, self._schema), error)) from None

    def _listed(self, schema: str | None) -> dict[str, str]:
        try:
            names = [*self._read.get_table_names(schema), *self._read.get_view_names(schema)]
            if self._connection.dialect.name == "postgresql":
                names += self._read.get_materialized_view_names(schema)
        except SQLAlchemyError as error:
            raise SourceRefused(_unreadable(schema or "the database", error)) from None
        return {name.lower(): name for name in names}


def label(name: str, schema: str | None) -> str:
    """Return how a table is called in messages and in the report."""
    return f"{schema}.{name}" if schema else name


@contextmanager
def snapshot(database: Database) -> Iterator[Snapshot]:
    """Open the database of a mapping in one read-only transaction, and close it afterwards.

    Raises SourceRefused where the address is absent or open to others, its driver is missing, or nobody answers.
    """
    address, place = _address(database)
    engine = _engine(address, place)
    try:
        with _connected(engine, place) as connection:
            yield Snapshot(connection, database.schema)
    finally:
        engine.dispose()


def _engine(address: str, place: str) -> Engine:
    try:
        url = make_url(address)
        if url.get_backend_name() == "postgresql" and "+" not in url.drivername:
            url = url.set(drivername="postgresql+psycopg")
        options = _SHUT_IN if url.get_backend_name() == "duckdb" else {}
        engine = create_engine(_read_only(url), hide_parameters=True, connect_args=options)
    except (NoSuchModuleError, ImportError) as error:
        missing = error.name if isinstance(error, ImportError) and error.name else "its dialect"
        raise SourceRefused(
            f"{place}: this database needs the Python package `{missing}`; install it, or check the address's start."
        ) from None
    except ArgumentError:
        raise SourceRefused(
            f"{place}: does not hold a database's address; write it as dialect://user:password@host/database."
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _address(database: Database) -> tuple[str, str]:
    """Return the address, and the name of the place it is kept in, for messages."""
    if database.url_file is not None:
        return _kept_address(database.url_file), database.url_file.name
    place = database.url_env or "url_env"
    if not (address := os.environ.get(place, "").strip()):
        raise SourceRefused(f"{place}: this environment variable is not set; put the database's address in it.")
    return address, place


def _kept_address(file: Path) -> str:
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise SourceRefused(f"{file.name}: others than its owner can read it; restrict it with chmod 600.")
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise SourceRefused(f"{file.name}: this file does not exist; put the database's address in it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SourceRefused(f"{file.name}: cannot be read ({type(error).__name__}); check the file.") from None


def _read_only(url: URL) -> URL:
    """Let SQLite open an existing file only: it would make one that is absent."""
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return url
    if str(url.database).startswith("file:"):
        return url
    return url.set(database=f"file:{url.database}").update_query_dict({"mode": "ro", "uri": "true"})


@contextmanager
def _connected(engine: Engine, place: str) -> Iterator[Connection]:
    options: dict[str, Any] = {}
    if engine.dialect.name in _ISOLATION:
        options["isolation_level"] = _ISOLATION[engine.dialect.name]
    if engine.dialect.name == "postgresql":
        options["postgresql_readonly"] = True
    with rolled_back(engine, place, "database", options) as connection:
        yield connection


@contextmanager
def rolled_back(
    engine: Engine, place: str, what: str, options: Mapping[str, Any] | None = None
) -> Iterator[Connection]:
    """Open one transaction of which nothing stays; raises SourceRefused, without the address, where nobody answers."""
    try:
        connection = engine.connect().execution_options(**options or {})
        transaction = connection.begin()
    except SQLAlchemyError as error:
        raise SourceRefused(
            f"{place}: the {what} there cannot be connected to ({type(error).__name__}); check its address, user and"
            " password, and whether it can be reached from here."
        ) from None
    try:
        yield connection
    finally:
        transaction.rollback()
        connection.close()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's own BEGIN below, not the driver's late one
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA query_only = ON")
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _absent(name: str) -> str:
    return f"{name}: there is no such table or view, or this user may not see it; check `table`, `schema` and rights."


def _no_form(name: str) -> str:
    return f"{name}: holds a date outside the years 1 to 9999, such as infinity; let a view give NULL or a real date."


def _unreadable(name: str, error: SQLAlchemyError) -> str:
    """Say what failed without repeating the driver's text, which may quote a value."""
    origin = error.orig if isinstance(error, DBAPIError) else None
    if getattr(origin, "sqlstate", None) == _RIGHT_MISSING:
        return f"{name}: this user may not read it; let its owner GRANT SELECT on it, and USAGE on its schema."
    if getattr(origin, "sqlstate", None) == _OTHER_KIND:
        return f"{name}: `where` compares a column with a value of another kind; put that in quotes, or take them away."
    if type(origin).__name__ == "DataError":
        return _no_form(name)
    return f"{name}: cannot be read ({type(origin or error).__name__}); check the view and the connection."
