"""A small linked store: its tables in types that DuckDB and PostgreSQL share, and rows put in by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

TABLES: dict[str, dict[str, str]] = {
    "person": {
        "person_id": "BIGINT PRIMARY KEY",
        "birth_date": "DATE",
        "sex": "VARCHAR",
        "municipality": "VARCHAR",
        "death_date": "DATE",
    },
    "coverage": {"person_id": "BIGINT", "start_date": "DATE", "end_date": "DATE"},
    "lived_in": {"person_id": "BIGINT", "municipality": "VARCHAR", "start_date": "DATE", "end_date": "DATE"},
    "condition": {
        "person_id": "BIGINT",
        "code_system": "VARCHAR",
        "code": "VARCHAR",
        "start_date": "DATE",
        "end_date": "DATE",
    },
    "encounter": {
        "person_id": "BIGINT",
        "encounter_type": "VARCHAR",
        "start_date": "DATE",
        "end_date": "DATE",
        "urgency": "VARCHAR",
        "code_system": "VARCHAR",
        "code": "VARCHAR",
        "organisation": "VARCHAR",
    },
    "measurement": {
        "person_id": "BIGINT",
        "code_system": "VARCHAR",
        "code": "VARCHAR",
        "measured_on": "DATE",
        "value": "DECIMAL(18,4)",
    },
    "treatment": {
        "person_id": "BIGINT",
        "code_system": "VARCHAR",
        "code": "VARCHAR",
        "start_date": "DATE",
        "organisation": "VARCHAR",
    },
    "cost": {
        "person_id": "BIGINT",
        "category": "VARCHAR",
        "start_date": "DATE",
        "amount_cents": "BIGINT",
        "organisation": "VARCHAR",
    },
}

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def columns(table: str) -> dict[str, str]:
    """Return the columns of a table and their types; tables of records carry their source."""
    return TABLES[table] | ({} if table in ("person", "lived_in") else {"source": "VARCHAR"})


def create_statements() -> list[str]:
    """Return one CREATE TABLE per table."""
    return [
        f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns(name).items())})"
        for name in TABLES
    ]


def store_of(rows: Rows) -> duckdb.DuckDBPyConnection:
    """Return an in-memory store that holds these rows; what a row leaves out is NULL, its source is `gp`."""
    connection = duckdb.connect()
    for statement in create_statements():
        connection.execute(statement)
    connection.execute("CREATE TABLE source (id VARCHAR, organisations_not_recorded VARCHAR)")
    for table, entries in rows.items():
        names = list(columns(table))
        values = [[({"source": "gp"} | dict(entry)).get(name) for name in names] for entry in entries]
        if values:
            connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", values)
    return connection
