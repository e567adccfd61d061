"""Where a plan runs: the linked store in DuckDB, or a region's own PostgreSQL laid out like it; only cells come out."""

from collections.abc import Sequence
from typing import Any, Protocol

import duckdb
from sqlalchemy import Connection, Executable, Select, text

from .compute import statement_for_duckdb

Rows = Sequence[Sequence[Any]]


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
    """A region's own warehouse; its search path says in which schema the tables or views are."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def run(self, statement: Executable | str) -> None:
        """Carry out a statement that returns nothing."""
        self.connection.execute(text(statement) if isinstance(statement, str) else statement)

    def read(self, query: Select[Any]) -> Rows:
        """Return the rows of a query."""
        return [tuple(row) for row in self.connection.execute(query)]
