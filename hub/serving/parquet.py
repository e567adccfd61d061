"""A comparison as Parquet: typed columns, a null where a number does not apply, and what the columns mean inside."""

import json
import tempfile
from pathlib import Path
from typing import Final

import duckdb

from hub.serving.columns import COLUMNS, Form
from hub.serving.table import rows
from hub.serving.view import IndicatorView

_TYPES: Final[dict[Form, str]] = {
    "text": "VARCHAR",
    "whole": "BIGINT",
    "decimal": "DECIMAL(38, 6)",  # the largest figure in the shown unit; events in days become events in years
    "truth": "BOOLEAN",
}


def as_parquet(view: IndicatorView) -> bytes:
    """Return the table as a Parquet file, whose key-value metadata hold the columns' meanings and the sources.

    DuckDB writes files only, so one is made in a folder of its own and removed.
    """
    about = {
        "columns": json.dumps({one.name: {"nl": one.meaning.nl, "en": one.meaning.en} for one in COLUMNS}),
        "sources": json.dumps([[one.owner, one.table, one.licence, one.url] for one in view.sources]),
    }
    listed = ", ".join(f'"{column.name}" {_TYPES[column.form]}' for column in COLUMNS)
    places = ", ".join("?" for _ in COLUMNS)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(":memory:", config={"threads": 1}) as connection:
        file = Path(folder) / "table.parquet"
        connection.execute(f"CREATE TABLE comparison ({listed})")  # names and types are ours
        found = [[row[column.name] for column in COLUMNS] for row in rows(view)]
        if found:
            connection.executemany(f"INSERT INTO comparison VALUES ({places})", found)  # noqa: S608  # nosec B608
        connection.execute(
            "COPY comparison TO $file (FORMAT parquet, KV_METADATA {columns: $columns, sources: $sources})",
            {"file": str(file), **about},
        )
        return file.read_bytes()
