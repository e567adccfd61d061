"""SQLite and PostgreSQL behind one way of opening, writing and migrating."""

import json
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, cast

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    Table,
    Text,
    any_,
    create_engine,
    event,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

_BUSY_MILLISECONDS: Final = 30_000
_PIECE_BYTES: Final = 256 * 1024
_COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # PostgreSQL manual, COPY, binary format: no flags
_COPY_END: Final = b"\xff\xff"
_IDLE: Final = 0  # libpq's PQTRANS_IDLE
_LENGTH: Final = struct.Struct(">i")
_MIGRATION_LOCK: Final = 7_243_115_902  # any constant: one upgrade at a time per PostgreSQL database


class DatabaseUrlUnknown(ValueError):
    """A database address that names neither SQLite nor PostgreSQL."""


class DatabaseNewer(RuntimeError):
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


def among(connection: Connection, column: ColumnElement[str], values: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a text column holds one of many values, as one parameter however many there are."""
    wanted = sorted(values)
    if connection.dialect.name == "postgresql":
        return column == any_(literal(wanted, ARRAY(Text)))
    listed = func.json_each(json.dumps(wanted)).table_valued("value")
    return column.in_(select(listed.c.value))


class RowStream:
    """New rows on their way into one table: COPY on PostgreSQL, one statement at the end on SQLite.

    PostgreSQL gets the rows in pieces, and works on one while the caller makes the rows of the next. (It would not do
    so within one binary COPY, of which it keeps up to a thousand rows before it stores the first.) While the stream is
    open, the connection takes no other statement. A database's refusal comes as SQLAlchemy's own error, without a
    value of any row.
    """

    def __init__(self, connection: Connection, table: Table, columns: Sequence[str]) -> None:
        """Take the columns in the order in which the rows will give them; all are text, bytes or integers."""
        self._connection = connection
        self._table = table
        self._columns = tuple(columns)
        self._copies = connection.dialect.name == "postgresql"
        self._kept: list[Sequence[Any]] = []
        self._piece: list[bytes] = []
        self._size = 0
        self._is_awaited = False  # a piece was sent and the server has not said yet that it holds it
        self._packers = [_packer(table.c[name].type) for name in self._columns]
        self._count = struct.pack(">h", len(self._columns))

    def __enter__(self) -> Self:
        """Give the stream itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        """Bring the last rows in, or give up what was not closed where something went wrong meanwhile."""
        if error is None:
            self.close()
        elif self._is_awaited:
            with suppress(DBAPIError):  # told by the error on its way
                self._await()

    def add(self, row: Sequence[Any]) -> None:
        """Take one row; raises SQLAlchemy's DBAPIError."""
        if not self._copies:
            self._kept.append(row)
            return
        packed = [self._count]
        for pack, value in zip(self._packers, row, strict=True):
            packed.append(pack(value))
        one = b"".join(packed)
        self._piece.append(one)
        self._size += len(one)
        if self._size >= _PIECE_BYTES:
            self._send()

    def close(self) -> None:
        """Bring the last rows in; raises SQLAlchemy's DBAPIError."""
        if self._kept:
            marks = ", ".join("?" * len(self._columns))
            statement = f"INSERT INTO {self._into} VALUES ({marks})"  # noqa: S608  # names of our own tables
            self._connection.exec_driver_sql(statement, cast(Any, self._kept))
            self._kept = []
        if self._piece:
            self._send()
        if self._is_awaited:
            self._await()

    @property
    def _into(self) -> str:
        return f"{self._table.name} ({', '.join(self._columns)})"

    def _send(self) -> None:
        """Hand a piece to the server without waiting for it to be stored."""
        from psycopg import generators  # only a hub or node on PostgreSQL installs its driver

        if self._is_awaited:
            self._await()
        piece, self._piece, self._size = b"".join((_COPY_HEAD, *self._piece, _COPY_END)), [], 0
        driver: Any = self._connection.connection.driver_connection
        if driver.pgconn.transaction_status == _IDLE:
            self._connection.exec_driver_sql("SELECT 1")  # opens the transaction
        with self._told():
            driver.pgconn.send_query(f"COPY {self._into} FROM STDIN (FORMAT BINARY)".encode())
            _check(driver.wait(generators.execute(driver.pgconn)), driver)
            driver.wait(generators.copy_to(driver.pgconn, piece, flush=True))
            driver.pgconn.put_copy_end()
            self._is_awaited = True
            driver.pgconn.flush()

    def _await(self) -> None:
        """Wait until the server has stored the piece that was sent."""
        from psycopg import generators

        driver: Any = self._connection.connection.driver_connection
        self._is_awaited = False
        with self._told():
            _check(driver.wait(generators.execute(driver.pgconn)), driver)

    @contextmanager
    def _told(self) -> Iterator[None]:
        dialect: Any = self._connection.dialect
        try:
            yield
        except dialect.dbapi.Error as error:
            # without its cause: the driver's own words may hold a value
            raise DBAPIError.instance(
                f"COPY {self._into}", None, error, dialect.dbapi.Error, hide_parameters=True, dialect=dialect
            ) from None


def _check(results: Sequence[Any], driver: Any) -> None:
    from psycopg.errors import error_from_result
    from psycopg.pq import ExecStatus

    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(result, encoding=driver.info.encoding)


def _packer(type_: Any) -> Callable[[Any], bytes]:
    """Return what writes a value in PostgreSQL's binary form, its length first."""
    if isinstance(type_, Integer):
        form = struct.Struct(">iq" if isinstance(type_, BigInteger) else ">ii")
        length = form.size - 4
        return lambda value: form.pack(length, value)
    if isinstance(type_, LargeBinary):
        return lambda value: _LENGTH.pack(len(value)) + value
    return _packed_text


def _packed_text(value: str) -> bytes:
    encoded = value.encode()
    return _LENGTH.pack(len(encoded)) + encoded


def upgrade(engine: Engine, script_location: Path, to: str = "head") -> None:
    """Bring the database to a revision of an Alembic script folder, in one transaction; raises DatabaseNewer."""
    with writing(engine) as connection:
        upgrade_within(connection, script_location, to)


def upgrade_within(connection: Connection, script_location: Path, to: str = "head") -> None:
    """Bring the database to a revision in the caller's transaction; raises DatabaseNewer."""
    config = _config(script_location)
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    _revision(connection, config)
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def revision(engine: Engine, script_location: Path) -> Revision:
    """Return the revision the database is at and the newest this program knows; raises DatabaseNewer."""
    with engine.connect() as connection:
        return _revision(connection, _config(script_location))


def is_current(engine: Engine, script_location: Path) -> bool:
    """Tell whether the database is at the newest revision of an Alembic script folder; raises DatabaseNewer."""
    return revision(engine, script_location).is_current


def database_file(engine: Engine) -> Path | None:
    """Return the file of an SQLite database, None for PostgreSQL and for a database in memory."""
    name = engine.url.database
    if engine.url.get_backend_name() != "sqlite" or not name or name == ":memory:":
        return None
    return Path(name)


def _revision(connection: Connection, config: Config) -> Revision:
    script = ScriptDirectory.from_config(config)
    newest = script.get_current_head() or ""
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {one.revision for one in script.walk_revisions()}:
        raise DatabaseNewer(
            f"The database is at schema revision {found} and this program knows revisions up to {newest}; "
            "run the version that made it, or restore a backup from before the upgrade."
        )
    return Revision(found, newest)


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
