"""Many new rows for one table, sent while the caller makes the next: COPY on PostgreSQL, one statement on SQLite."""

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, Self, cast

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, Table
from sqlalchemy.exc import DBAPIError

_PIECE_BYTES: Final = 256 * 1024
_COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # PostgreSQL manual, COPY, binary format: no flags
_COPY_END: Final = b"\xff\xff"
_IDLE: Final = 0  # libpq's PQTRANS_IDLE
_LENGTH: Final = struct.Struct(">i")


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
            statement = f"INSERT INTO {self._into} VALUES ({marks})"  # nosec B608  # noqa: S608 - our own names
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
