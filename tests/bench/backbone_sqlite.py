"""What the hub takes in per second on SQLite, beside a bare bulk upsert of the very same rows."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec
from sqlalchemy import select

from hub.config import Hub
from hub.intake.store import EVENT_COLUMNS
from hub.tables import event, indicator_payload
from tests.bench.corpus import Corpus
from tests.bench.hubs import Cost, hub_on, received, spread, timed
from tests.bench.measures import Measure
from tests.support.events import TestRegion

ROUNDS: Final = 5
SIZES: Final = {1: (4000, 500), 50: (2000, 200), 500: (400, 200)}
_FIGURES: Final = tuple(indicator_payload.columns.keys())
_CELLS: Final = (
    "CREATE TABLE cell (event_id TEXT, nodes TEXT, numerator INTEGER, denominator INTEGER, "
    "PRIMARY KEY (event_id, nodes)) WITHOUT ROWID"
)
_CELL_UPSERT: Final = (
    "INSERT INTO cell VALUES (?, ?, ?, ?) ON CONFLICT (event_id, nodes) DO UPDATE SET "
    "numerator = excluded.numerator, denominator = excluded.denominator"
)
Rows = Sequence[tuple[Any, ...]]


def beside_bulk(folder: Path) -> Measure:
    """Receive and upsert by turns, each time into a new file, one durable commit (synchronous FULL) a batch."""
    details = {f"{cells} cells an event": _compared(folder, cells, *size) for cells, size in SIZES.items()}
    return Measure(
        details["50 cells an event"]["ratio"]["median"],
        "of a bulk upsert's cells a second, by the clock",
        ROUNDS,
        "executemany of INSERT ... ON CONFLICT DO UPDATE of the same rows, one commit a batch; "
        "beside it the same cells alone, one row a cell",
        details=details,
    )


def _compared(folder: Path, cells: int, events: int, batch: int) -> dict[str, Any]:
    region = TestRegion()
    bodies = list(Corpus(region, cells).bodies(events))
    ours: list[Cost] = []
    bare: list[Cost] = []
    by_cell: list[Cost] = []
    for _ in range(ROUNDS):
        hub = hub_on(folder, None, [region])
        with timed(ours):
            received(hub, bodies, batch)
        rows, figures = _rows(hub)
        hub.engine.dispose()
        reference = hub_on(folder, None, [region])
        with timed(bare):
            _upsert(reference, rows, figures, batch)
        cell_rows = [_cells(row) for row in rows]
        with timed(by_cell):
            _upsert_cells(reference, cell_rows, batch)
        reference.engine.dispose()
    return {
        "ratio": spread(_ratios(bare, ours)),
        "ratio to one row a cell": spread(_ratios(by_cell, ours)),
        "cells/s": int(events * cells / median(one.wall for one in ours)),
        "upsert cells/s": int(events * cells / median(one.wall for one in bare)),
        "hub CPU us/event": int(median(one.cpu for one in ours) / events * 1e6),
        "upsert CPU us/event": int(median(one.cpu for one in bare) / events * 1e6),
        "one row a cell CPU us/event": int(median(one.cpu for one in by_cell) / events * 1e6),
        "wall us/event": spread([one.wall / events * 1e6 for one in ours], 0),
        "wall us/event of upsert": spread([one.wall / events * 1e6 for one in bare], 0),
    }


def _ratios(reference: Sequence[Cost], ours: Sequence[Cost]) -> list[float]:
    return [theirs.wall / our.wall for our, theirs in zip(ours, reference, strict=True)]


def _rows(hub: Hub) -> tuple[Rows, Rows]:
    stored = [event.c[name] for name in EVENT_COLUMNS]
    joined = select(indicator_payload).join(event, event.c.id == indicator_payload.c.event_id)
    with hub.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(select(*stored).order_by(event.c.position))]
        return rows, [tuple(row) for row in connection.execute(joined.order_by(event.c.position))]


def _upsert(hub: Hub, rows: Rows, figures: Rows, batch: int) -> None:
    raw = hub.engine.raw_connection()
    driver: Any = raw.driver_connection
    for start in range(0, len(rows), batch):
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(_upserting("event", EVENT_COLUMNS, "id"), rows[start : start + batch])
        driver.executemany(_upserting("indicator_payload", _FIGURES, "event_id"), figures[start : start + batch])
        driver.execute("COMMIT")
    raw.close()


def _upserting(table: str, columns: Sequence[str], key: str) -> str:
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
    marks = ", ".join("?" * len(columns))
    into = f"{table} ({', '.join(columns)})"
    return f"INSERT INTO {into} VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {changed}"  # our names


def _cells(row: tuple[Any, ...]) -> Rows:
    """Return an event's cells as rows of numbers, as a store with one row a cell would keep them."""
    at = dict(zip(EVENT_COLUMNS, row, strict=True))
    cells = msgspec.json.decode(at["payload"])["cells"]
    return [
        (at["id"], ",".join(one["nodes"]), one["value"].get("numerator"), one["value"].get("denominator"))
        for one in cells
    ]


def _upsert_cells(hub: Hub, events: Sequence[Rows], batch: int) -> None:
    """Keep nothing but the cells: no event, no signature, no receipt."""
    raw = hub.engine.raw_connection()
    driver: Any = raw.driver_connection
    driver.execute(_CELLS)
    for start in range(0, len(events), batch):
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(
            _CELL_UPSERT, [cell for event_cells in events[start : start + batch] for cell in event_cells]
        )
        driver.execute("COMMIT")
    raw.close()
