"""The engine of the records leaves room to what reads an extract, so that the system kills neither."""

from pathlib import Path

import duckdb
import pytest

from node.records.store import open_store, records_path

UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


def limit(connection: duckdb.DuckDBPyConnection) -> float:
    """Return how many bytes the engine may hold."""
    (said,) = connection.execute("SELECT current_setting('memory_limit')").fetchall()[0]
    number, unit = said.split()
    return float(number) * UNITS[unit]


@pytest.mark.parametrize("read_only", [False, True])
def test_the_engine_holds_half_of_the_memory_where_it_would_take_four_fifths(tmp_path: Path, read_only: bool) -> None:
    with duckdb.connect() as own:
        by_itself = limit(own)
    open_store(records_path(tmp_path), read_only=False).close()
    with open_store(records_path(tmp_path), read_only=read_only) as store:
        assert limit(store) == pytest.approx(by_itself / 0.8 * 0.5, rel=0.02)  # both are told with one decimal
