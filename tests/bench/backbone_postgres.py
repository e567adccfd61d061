"""What the hub takes in per second on PostgreSQL, beside COPY of the very same rows into the same tables."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import psycopg
from sqlalchemy import make_url

from hub.config import Hub
from hub.intake.store import EVENT_COLUMNS
from hub.tables import indicator_payload
from tests.bench.corpus import Corpus
from tests.bench.hubs import Cost, Server, empty, hub_on, received, spread, timed
from tests.bench.measures import Measure
from tests.bench.stages import stages
from tests.support.events import TestRegion

ROUNDS: Final = 5
SIZES: Final = {1: (4000, 500), 50: (2000, 200), 500: (400, 200)}  # cells an event: events, events a batch
_EVENT_COPY: Final = f"COPY event ({', '.join(EVENT_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
_FIGURES: Final = tuple(indicator_payload.columns.keys())
_FIGURES_COPY: Final = f"COPY indicator_payload ({', '.join(_FIGURES)}) FROM STDIN (FORMAT BINARY)"
_TYPES: Final = {"sequence": "int4", "bundle_index": "int8", "version": "int4"} | dict.fromkeys(
    ("envelope", "salt", "payload", "receipt"), "bytea"
)
Rows = list[tuple[Any, ...]]
Batch = tuple[Rows, Rows]  # one batch's rows of both tables
Chunk = tuple[bytes, bytes]  # the same as PostgreSQL wrote them


def beside_copy(server: Server, folder: Path) -> Measure:
    """Receive and COPY by turns, the same rows in batches of the same size, each batch committed to disk."""
    details: dict[str, Any] = {}
    for cells, (events, batch) in SIZES.items():
        details[f"{cells} cells an event"] = _compared(server, folder, cells, events, batch)
    details["20 events a batch, 50 cells"] = _compared(server, folder, 50, 1000, 20)
    details["100 events a batch, 50 cells"] = _compared(server, folder, 50, 2000, 100)
    details["microseconds an event, 50 cells"] = stages(server, folder, 50, 1000, 200)
    details["microseconds an event, 500 cells"] = stages(server, folder, 500, 200, 200)
    return Measure(
        details["50 cells an event"]["ratio"]["median"],
        "of COPY's cells a second, by the clock",
        ROUNDS,
        "psycopg's binary COPY of the same rows, from memory, into the same tables, one commit a batch",
        details=details,
    )


def _compared(server: Server, folder: Path, cells: int, events: int, batch: int) -> dict[str, Any]:
    region = TestRegion()
    bodies = list(Corpus(region, cells).bodies(events))
    hub = hub_on(folder, server.database(), [region])
    reference = hub_on(folder, server.database(), [region])
    ours: list[Cost] = []
    copied: list[Cost] = []
    ready: list[Cost] = []
    for turn in range(ROUNDS):
        empty(hub)
        with timed(ours, server):
            received(hub, bodies, batch)
        if turn == 0:
            batches, chunks = _batches(hub, batch), _chunks(hub, batch)
        for costs, reference_rows in ((copied, batches), (ready, chunks)):
            empty(reference)
            with _connected(reference) as connection, timed(costs, server):
                for both in reference_rows:
                    _copy(connection, both)
    hub.engine.dispose()
    reference.engine.dispose()

    def per_event(costs: Sequence[Cost], part: str) -> dict[str, float]:
        return spread([getattr(one, part) / events * 1e6 for one in costs], 0)

    return {
        "ratio": spread(_ratios(copied, ours)),
        "ratio to ready-made bytes": spread(_ratios(ready, ours)),
        "cells/s": int(events * cells / median(one.wall for one in ours)),
        "COPY cells/s": int(events * cells / median(one.wall for one in copied)),
        "wall us/event": per_event(ours, "wall"),
        "wall us/event of COPY": per_event(copied, "wall"),
        "CPU us/event of hub, server": [per_event(ours, part)["median"] for part in ("cpu", "server")],
        "CPU us/event of COPY's client, server": [per_event(copied, part)["median"] for part in ("cpu", "server")],
    }


def _ratios(reference: Sequence[Cost], ours: Sequence[Cost]) -> list[float]:
    return [theirs.wall / our.wall for our, theirs in zip(ours, reference, strict=True)]


def _connected(hub: Hub) -> psycopg.Connection[Any]:
    url = make_url(hub.settings.database).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _batches(hub: Hub, batch: int) -> list[Batch]:
    """Read back what the hub stored, batch by batch, as rows in memory."""
    events, figures = ", ".join(f"e.{name}" for name in EVENT_COLUMNS), ", ".join(f"i.{name}" for name in _FIGURES)
    with _connected(hub) as connection:
        stored = connection.execute(f"SELECT {events} FROM event e ORDER BY position").fetchall()
        projected = connection.execute(
            f"SELECT {figures} FROM event e JOIN indicator_payload i ON i.event_id = e.id ORDER BY position"
        ).fetchall()
    return [(stored[at : at + batch], projected[at : at + batch]) for at in range(0, len(stored), batch)]


def _chunks(hub: Hub, batch: int) -> list[Chunk]:
    """Read back the same in PostgreSQL's own binary form."""
    with _connected(hub) as connection:
        places = [row[0] for row in connection.execute("SELECT position FROM event ORDER BY position")]
        starts = range(0, len(places), batch)
        return [_chunk(connection, places[at], places[min(at + batch, len(places)) - 1]) for at in starts]


def _chunk(connection: psycopg.Connection[Any], first: int, last: int) -> Chunk:
    within = f"WHERE e.position BETWEEN {first} AND {last} ORDER BY e.position"
    events = ", ".join(f"e.{name}" for name in EVENT_COLUMNS)
    figures = ", ".join(f"i.{name}" for name in _FIGURES)
    return (
        _copied_out(connection, f"SELECT {events} FROM event e {within}"),  # our own names and numbers
        _copied_out(
            connection, f"SELECT {figures} FROM event e JOIN indicator_payload i ON i.event_id = e.id {within}"
        ),
    )


def _copied_out(connection: psycopg.Connection[Any], query: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as copy:
        return b"".join(bytes(part) for part in copy)


def _copy(connection: psycopg.Connection[Any], both: Batch | Chunk) -> None:
    statements = ((_EVENT_COPY, EVENT_COLUMNS), (_FIGURES_COPY, _FIGURES))
    parts: Sequence[Rows | bytes] = both
    with connection.transaction(), connection.cursor() as cursor:
        for (statement, columns), rows in zip(statements, parts, strict=True):
            with cursor.copy(statement) as copy:
                if isinstance(rows, bytes):
                    copy.write(rows)
                    continue
                copy.set_types([_TYPES.get(name, "text") for name in columns])
                for row in rows:
                    copy.write_row(row)
