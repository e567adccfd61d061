"""One run in a process of its own: `python -m tests.bench.engine_worker WHAT FOLDER RESULT`, started by the bench.

Prints CPU seconds, and the peak memory of the whole process in MB; writes the figures as JSON. What is counted begins
with opening the database and ends with the figures in this process; imports are left out, for both sides.
"""

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import duckdb

from node.indicators.figures import ComputedIndicator
from node.indicators.fused import compute_fused
from node.indicators.measured import compute_all
from node.indicators.warehouse import OnDuckDB
from node.records import kept
from node.records.store import open_store
from tests.bench.engine_hand import QUERY, views
from tests.bench.engine_indicators import indicators
from tests.bench.engine_records import AREAS, PARTS, YEARS
from tests.bench.measures import most_kb

LIMITS: Final = "SET threads = 2; SET memory_limit = '6GB'; SET preserve_insertion_order = false"
STORE: Final = "records.duckdb"


def hand(folder: Path) -> Any:
    """Count by the query written by hand, from Parquet."""
    result = _on_parquet(folder).execute(QUERY)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def engine(folder: Path) -> Any:
    """Count by the released engine, from Parquet."""
    return compute_fused(OnDuckDB(_on_parquet(folder)), indicators(), YEARS, AREAS)


def full(folder: Path) -> Any:
    """Count by the released engine from the linked store, without keeping anything: it is open for reading only."""
    return _in_store(folder, read_only=True)


def keeping(folder: Path) -> Any:
    """Count by the released engine from the linked store, and keep what was found per person."""
    return _in_store(folder, read_only=False)


def store(folder: Path) -> Any:
    """Put the Parquet files into a linked store, ordered by person as the loader does."""
    open_store(folder / STORE, read_only=False).close()  # makes the tables; may read no other file
    with duckdb.connect(str(folder / STORE)) as connection:
        connection.execute(LIMITS)
        for name in ("person", "coverage"):
            _insert(connection, name, folder / f"{name}.gp.parquet", "source")
        connection.execute("INSERT INTO source_person SELECT 'gp', * FROM person")
        for part in PARTS:
            _insert(connection, part.record, folder / f"{part.record}.{part.source}.parquet", "source")


def month(folder: Path) -> Any:
    """Put the extracts of one more month into the store, each as a source of its own, with what the loader notes."""
    with duckdb.connect(str(folder / STORE)) as connection:
        connection.execute(LIMITS)
        for source in dict.fromkeys(part.source for part in PARTS):
            connection.begin()
            wanted = kept.note_before(connection, f"{source} 2024-12")
            for part in PARTS:
                if part.source == source:
                    file = folder / "month" / f"{part.record}.{part.source}.parquet"
                    _insert(connection, part.record, file, "source || ' 2024-12'")
            kept.note_after(connection, f"{source} 2024-12", wanted)
            kept.note_basis(connection)
            connection.commit()


def forget(folder: Path) -> Any:
    """Drop everything that is kept."""
    with open_store(folder / STORE, read_only=False) as connection:
        kept.drop_all(connection)


def _on_parquet(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"{LIMITS}; SET temp_directory = '{folder}/spilled'")
    connection.execute(views(folder))
    return connection


def _in_store(folder: Path, read_only: bool) -> Any:
    with open_store(folder / STORE, read_only) as connection:
        connection.execute(LIMITS)
        return compute_all(connection, indicators(), YEARS, AREAS)


def _insert(connection: duckdb.DuckDBPyConnection, record: str, file: Path, source: str) -> None:
    # By name: columns that came to the store later (who was paid, for one) are not in these files.
    read = f"FROM read_parquet('{file}')"
    columns = [name for name, *_ in connection.execute(f"DESCRIBE {read}").fetchall()]
    chosen = ", ".join(f"{source} AS source" if name == "source" else name for name in columns)
    connection.execute(f"INSERT INTO {record} BY NAME SELECT {chosen} {read} ORDER BY person_id")


def _told(found: Any) -> Any:
    """Return figures as JSON can hold them; the rows of the hand-written query are so already."""
    if not isinstance(found, tuple):
        return found
    computed: tuple[ComputedIndicator, ...] = found
    return [
        {"id": one.definition.id, "period": one.period, "sources": len(one.sources)}
        | {
            name: None if (figures := getattr(one, name)) is None else figures.tolist()
            for name in ("numerator", "numerator_persons", "denominator", "denominator_persons", "largest")
        }
        for one in computed
    ]


RUNS: Final[dict[str, Callable[[Path], Any]]] = {
    "hand": hand, "engine": engine, "full": full, "keeping": keeping, "store": store, "month": month,
    "forget": forget,
}  # fmt: skip


def main(what: str, folder: str, result: str) -> None:
    """Run one thing and say what it cost."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    found = RUNS[what](Path(folder))
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    Path(result).write_text(json.dumps(_told(found)), encoding="utf-8")
    print(json.dumps({"cpu": cpu, "mb": most_kb() / 1024}))


if __name__ == "__main__":
    main(*sys.argv[1:])
