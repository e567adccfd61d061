"""Many new rows, sent while the caller makes the next: COPY on PostgreSQL, one statement a table on SQLite."""

import math
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from operator import itemgetter
from typing import Any, Final, Self, cast

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, Table
from sqlalchemy.exc import DBAPIError

_LARGEST_PIECE: Final = 256 * 1024
_SMALLEST_PIECE: Final = 64 * 1024  # from here on a statement of its own costs more than waiting for it
_LEAST_LEANING: Final = 32  # rows that are worth a statement of their own before the end
_COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # PostgreSQL manual, COPY, binary format: no flags
_COPY_END: Final = b"\xff\xff"
_IDLE: Final = 0  # libpq's PQTRANS_IDLE
_LENGTH: Final = struct.Struct(">i")


class RowStream:
    """New rows on their way into one table, and into tables that lean on it: COPY on PostgreSQL, INSERT on SQLite.

    PostgreSQL gets the rows in pieces, and works on one while the caller makes the rows of the next. (It would not do
    so within one binary COPY, of which it keeps up to a thousand rows before it stores the first.) Towards the expected
    end the pieces grow smaller, so that little is left to wait for. While the stream is open, the connection takes no
    other statement. A database's refusal comes as SQLAlchemy's own error, without a value of any row.
    """

    def __init__(self, connection: Connection, table: Table, columns: Sequence[str]) -> None:
        """Take the columns in the order in which the rows will give them; all are text, bytes or integers."""
        self._connection = connection
        self._copies = connection.dialect.name == "postgresql"
        self._pile = _Pile(table, columns)
        self._leaning: dict[Table, _Pile] = {}
        self._due: dict[_Pile, int] = {}  # leaning rows of which the server has what they lean on
        self._has_many_due = False
        self._size = 0  # bytes of the pile
        self._coming = math.inf  # bytes that are expected beyond it
        self._limit: float = _LARGEST_PIECE
        self._awaited: _Pile | None = None  # a piece was sent and the server has not said yet that it holds it

    def __enter__(self) -> Self:
        """Give the stream itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        """Bring the last rows in, or give up what was not closed where something went wrong meanwhile."""
        if error is None:
            self.close()
        elif self._awaited is not None:
            with suppress(DBAPIError):  # told by the error on its way
                self._await()

    def expect(self, size: int) -> None:
        """Say how many bytes the rows to come will hold, about; more or fewer do no harm."""
        self._coming = size
        self._limit = self._next_limit()

    def add(self, row: Sequence[Any]) -> None:
        """Take one row; raises SQLAlchemy's DBAPIError."""
        self._pile.rows.append(row)
        if not self._copies:
            return
        size = self._pile.size_of(row)
        self._size += size
        self._coming -= size
        if self._size >= self._limit:
            if self._size >= 2 * self._limit or self._is_free():
                self._send_pile()
        elif self._has_many_due and 2 * self._size >= self._limit and self._is_free():
            self._send_leaning()

    def add_leaning(self, table: Table, row: Mapping[str, Any]) -> None:
        """Take one row of another table, which may lean on rows added before; a table's rows name the same columns."""
        pile = self._leaning.get(table)
        if pile is None:
            pile = self._leaning[table] = _Pile(table, tuple(row))
        pile.rows.append(tuple(row.values()))

    def close(self) -> None:
        """Bring the last rows in; raises SQLAlchemy's DBAPIError. The stream takes others afterwards."""
        if not self._copies:
            for pile in (self._pile, *self._leaning.values()):
                if pile.rows:
                    self._connection.exec_driver_sql(pile.insertion, cast(Any, pile.taken()))
            return
        self._send_pile()
        self._send_leaning()
        if self._awaited is not None:
            self._await()

    def _send_pile(self) -> None:
        if self._pile.rows:
            self._send(self._pile, len(self._pile.rows))
        self._size = 0
        self._limit = self._next_limit()
        self._due = {pile: len(pile.rows) for pile in self._leaning.values() if pile.rows}
        self._has_many_due = sum(self._due.values()) >= _LEAST_LEANING

    def _send_leaning(self) -> None:
        for pile, count in self._due.items():
            self._send(pile, count)
        self._due, self._has_many_due = {}, False

    def _next_limit(self) -> float:
        return min(_LARGEST_PIECE, max(_SMALLEST_PIECE, self._coming / 2))

    def _is_free(self) -> bool:
        """Tell without waiting whether the server has stored what it was sent."""
        if self._awaited is None:
            return True
        driver: Any = self._connection.connection.driver_connection
        with self._told(self._awaited):
            driver.pgconn.consume_input()
            return not driver.pgconn.is_busy()

    def _send(self, pile: "_Pile", count: int) -> None:
        """Hand a pile's first rows to the server without waiting for them to be stored."""
        from psycopg import generators  # only a hub or node on PostgreSQL installs its driver

        if self._awaited is not None:
            self._await()
        piece = pile.packed(count)
        driver: Any = self._connection.connection.driver_connection
        if driver.pgconn.transaction_status == _IDLE:
            self._connection.exec_driver_sql("SELECT 1")  # opens the transaction
        with self._told(pile):
            driver.pgconn.send_query(pile.copying.encode())
            _check(driver.wait(generators.execute(driver.pgconn)), driver)
            driver.wait(generators.copy_to(driver.pgconn, piece, flush=True))
            driver.pgconn.put_copy_end()
            self._awaited = pile
            driver.pgconn.flush()

    def _await(self) -> None:
        """Wait until the server has stored the piece that was sent."""
        from psycopg import generators

        driver: Any = self._connection.connection.driver_connection
        pile, self._awaited = cast(_Pile, self._awaited), None
        with self._told(pile):
            _check(driver.wait(generators.execute(driver.pgconn)), driver)

    @contextmanager
    def _told(self, pile: "_Pile") -> Iterator[None]:
        dialect: Any = self._connection.dialect
        try:
            yield
        except dialect.dbapi.Error as error:
            # without its cause: the driver's own words may hold a value
            raise DBAPIError.instance(
                pile.copying, None, error, dialect.dbapi.Error, hide_parameters=True, dialect=dialect
            ) from None


class _Pile:
    """Rows of one table that are not on their way yet."""

    def __init__(self, table: Table, columns: Sequence[str]) -> None:
        into = f"{table.name} ({', '.join(columns)})"
        marks = ", ".join("?" * len(columns))
        self.insertion = f"INSERT INTO {into} VALUES ({marks})"  # nosec B608  # noqa: S608 - our own names
        self.copying = f"COPY {into} FROM STDIN (FORMAT BINARY)"
        self.rows: list[Sequence[Any]] = []
        self._types = [table.c[name].type for name in columns]
        self._head = struct.pack(">h", len(columns))
        long = [place for place, type_ in enumerate(self._types) if not isinstance(type_, Integer)]
        self._long = itemgetter(*long, *long[:1])  # one twice, since of a single one there would be no tuple

    def size_of(self, row: Sequence[Any]) -> int:
        """Return how long the texts and bytes of a row are, about."""
        return sum(map(len, self._long(row)))

    def taken(self, count: int | None = None) -> list[Sequence[Any]]:
        """Take the first rows off, or all."""
        taken, self.rows = self.rows[:count], [] if count is None else self.rows[count:]
        return taken

    def packed(self, count: int) -> bytes:
        """Take the first rows off in PostgreSQL's binary form, made column by column: by rows takes thrice as long."""
        parts: list[Iterable[bytes]] = [repeat(self._head)]
        for type_, values in zip(self._types, zip(*self.taken(count), strict=True), strict=True):
            parts += _packed(type_, values)
        return b"".join(chain((_COPY_HEAD,), chain.from_iterable(zip(*parts, strict=False)), (_COPY_END,)))


def _packed(type_: Any, values: Sequence[Any]) -> tuple[Iterable[bytes], ...]:
    """Return a column's values in PostgreSQL's binary form, and before them their lengths."""
    if isinstance(type_, Integer):
        form = struct.Struct(">iq" if isinstance(type_, BigInteger) else ">ii")
        return (map(form.pack, repeat(form.size - _LENGTH.size), values),)
    encoded = values if isinstance(type_, LargeBinary) else list(map(str.encode, values))
    return map(_LENGTH.pack, map(len, encoded)), encoded


def _check(results: Sequence[Any], driver: Any) -> None:
    from psycopg.errors import error_from_result
    from psycopg.pq import ExecStatus

    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            raise error_from_result(result, encoding=driver.info.encoding)
