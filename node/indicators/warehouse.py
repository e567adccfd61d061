"""Where a plan runs: the linked store in DuckDB, or a region's own PostgreSQL laid out like it; only cells come out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Protocol

import duckdb
from duckdb_sqlalchemy import Dialect
from sqlalchemy import Connection, Executable, Select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from node.records.store import organisations_not_recorded
from schemas.refused import Refused

Rows = Sequence[Sequence[Any]]
_DIALECT: Final = Dialect(paramstyle="qmark")


class WarehouseUnfit(Refused, RuntimeError):
    """A warehouse that lacks what is counted, holds what may not be counted, or gives no answer; one sentence."""


def statement_for_duckdb(statement: Executable) -> tuple[str, list[Any]]:
    """Return the text of a statement for DuckDB and its parameters in order; no value is written into the text."""
    compiled = statement.compile(  # type: ignore[attr-defined]
        dialect=_DIALECT, compile_kwargs={"render_postcompile": True}
    )
    parameters = compiled.params
    return str(compiled), [parameters[name] for name in compiled.positiontup or ()]


class Warehouse(Protocol):
    """A database with the tables of the linked store, or views of the same names and columns."""

    def run(self, statement: Executable | str) -> None:
        """Carry out a statement that returns nothing."""

    def read(self, query: Select[Any]) -> Rows:
        """Return the rows of a query."""


class OnDuckDB:
    """The linked store, or a DuckDB connection with views laid out like it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def run(self, statement: Executable | str) -> None:
        """Carry out a statement that returns nothing."""
        if isinstance(statement, str):
            self.connection.execute(statement)
        else:
            self.connection.execute(*statement_for_duckdb(statement))

    def read(self, query: Select[Any]) -> Rows:
        """Return the rows of a query."""
        return self.connection.execute(*statement_for_duckdb(query)).fetchall()


class OnPostgreSQL:
    """A region's own warehouse; its search path says in which schema the tables or views are.

    `not_recorded` are, by source, the recorded decisions to use costs that do not say who was paid.
    """

    def __init__(self, connection: Connection, not_recorded: Mapping[str, str] | None = None) -> None:
        self.connection, self.not_recorded = connection, not_recorded or {}

    def run(self, statement: Executable | str) -> None:
        """Carry out a statement that returns nothing."""
        with _answering():
            self.connection.execute(text(statement) if isinstance(statement, str) else statement)

    def read(self, query: Select[Any]) -> Rows:
        """Return the rows of a query."""
        with _answering():
            return [tuple(row) for row in self.connection.execute(query)]


@contextmanager
def _answering() -> Iterator[None]:
    """Say that the warehouse failed without its own words, which may quote a value."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = type(error.orig if isinstance(error, DBAPIError) else error).__name__
        raise WarehouseUnfit(
            f"The warehouse could not count this ({cause}); see its log, and `python -m node doctor`."
        ) from None


Place = duckdb.DuckDBPyConnection | OnPostgreSQL
"""Where records are counted: a connection to the linked store, or a warehouse."""


def at(place: Place) -> Warehouse:
    """Return a place as a warehouse."""
    return place if isinstance(place, OnPostgreSQL) else OnDuckDB(place)


def decided(place: Place) -> Mapping[str, str]:
    """Return per source for which it was decided that its costs need not say who was paid, the reason why."""
    return place.not_recorded if isinstance(place, OnPostgreSQL) else organisations_not_recorded(place)
