"""What reading costs: through HTTP from a hub that holds 24 million cells, and how that grows from 2.4 million.

`REGIOHELIX_BENCH_SCALE` (`make bench ONLY=comparison SCALE=0.1`) takes that part of the indicators, to try it small.
The database's part is the time within its driver; the rest is Python, JSON and HTTP on this machine.
"""

import http.client
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import waitress
from sqlalchemy import Engine, event

from hub.bootstrap import application
from tests.bench.hubs import server
from tests.bench.measures import Measure, missing
from tests.bench.readings import INDICATORS, PERIODS, SET, Filled, code_of, filled
from tests.support.postgres import PostgresMissing

READS: Final = 100  # of each kind, after as many that are not counted as there are different ones
_SMALL: Final = 20  # indicators: 2.4 million cells
_GOALS: Final = {"point": 25, "trend": 50, "profile": 100}  # milliseconds, p95 through HTTP, warm


class _Read(NamedTuple):
    """One answer: milliseconds on the clock, of them in the database, on this process's processor; and bytes."""

    whole: float
    database: float
    cpu: float
    size: int


def measures() -> dict[str, Measure]:
    """Fill hubs and read from them; without PostgreSQL say so."""
    indicators = max(2, round(INDICATORS * float(os.environ.get("REGIOHELIX_BENCH_SCALE", "1"))))
    small = min(_SMALL, indicators)
    with tempfile.TemporaryDirectory(prefix="regiohelix-bench-") as name:
        folder = Path(name)
        details: dict[str, Any] = {}
        details |= _told(_read(folder / "sqlite", None, small), "SQLite")
        try:
            with server(durable=False) as running:
                few = _read(folder / "few", running.database(), small)
                details |= _told(few, "PostgreSQL")
                many = few
                if indicators > small:
                    many = _read(folder / "many", running.database(), indicators)
                    details |= _told(many, "PostgreSQL")
        except PostgresMissing as reason:
            return {"comparison.p95_ms": missing(str(reason))}
    growth = {kind: round(many[kind]["database p95"] / few[kind]["database p95"], 2) for kind in _GOALS}
    details["the database's part, at most over least cells (1: no growth, logarithmic in the cells)"] = growth
    value = max(many[kind]["p95"] / goal for kind, goal in _GOALS.items())
    goals = ", ".join(f"{kind} {goal}" for kind, goal in _GOALS.items())
    return {
        "comparison.p95_ms": Measure(
            value,
            "of the goal, the worst kind",
            READS,
            f"goals in ms, p95 through HTTP, warm: {goals}",
            details=details,
        )
    }


def _told(found: Mapping[str, Any], where: str) -> dict[str, Any]:
    return {f"{where}, {found['cells'] / 1e6:.3g} M cells, {kind}": found[kind] for kind in _GOALS}


def _read(folder: Path, url: str | None, indicators: int) -> dict[str, Any]:
    sys.stderr.write(f"filling {indicators} indicators ...\n")
    begun = time.process_time()
    hub = filled(folder, url, indicators)
    sys.stderr.write(f"filled in {time.process_time() - begun:.0f} CPU seconds\n")
    with _serving(hub) as connection, _timed(hub.hub.engine) as database:
        found = {kind: _series(connection, hub, _paths(kind, hub), database) for kind in _GOALS}
    hub.hub.engine.dispose()
    return found | {"cells": hub.cells}


def _paths(kind: str, hub: Filled) -> Sequence[str]:
    some = hub.indicators[:: max(1, len(hub.indicators) // 10)]
    if kind == "point":
        return [f"/api/v1/indicators/{name}/comparison?period={PERIODS[-1]}&set={SET}" for name in some]
    if kind == "trend":
        return [f"/api/v1/indicators/{name}/trend?set={SET}" for name in some]
    return [f"/api/v1/regions/{code_of(number)}/profile" for number in range(0, 100, 10)]


def _series(
    connection: http.client.HTTPConnection, hub: Filled, paths: Sequence[str], database: list[float]
) -> dict[str, float]:
    """Read each path once for the first time, then by turns; milliseconds and bytes."""
    first = [_once(connection, hub, path, database) for path in paths]
    again = [_once(connection, hub, paths[turn % len(paths)], database) for turn in range(READS)]
    return {
        "p95": _p95([one.whole for one in again]),
        "database p95": _p95([one.database for one in again]),
        "HTTP and Python p95": _p95([one.whole - one.database for one in again]),
        "CPU of hub and reader, median": round(median(one.cpu for one in again), 2),
        "the first time, p95": _p95([one.whole for one in first]),
        "the first time, database p95": _p95([one.database for one in first]),
        "the first time, CPU, most": round(max(one.cpu for one in first), 2),
        "kB": round(max(one.size for one in again) / 1000, 1),
    }


def _once(connection: http.client.HTTPConnection, hub: Filled, path: str, database: list[float]) -> _Read:
    database.clear()
    begun, cpu = time.perf_counter(), time.process_time()
    connection.request("GET", path, headers=hub.headers)
    response = connection.getresponse()
    body = response.read()
    whole, cpu = time.perf_counter() - begun, time.process_time() - cpu
    if response.status != 200:
        raise AssertionError(f"{path} was answered {response.status}: {body[:200]!r}")
    return _Read(whole * 1000, sum(database) * 1000, cpu * 1000, len(body))


def _p95(values: Sequence[float]) -> float:
    return round(sorted(values)[max(0, -(-95 * len(values) // 100) - 1)], 2)


@contextmanager
def _serving(hub: Filled) -> Iterator[http.client.HTTPConnection]:
    running = waitress.create_server(application(hub.hub), host="127.0.0.1", port=0, threads=4, outbuf_overflow=4 << 20)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", int(running.effective_port))
    try:
        yield connection
    finally:
        connection.close()
        running.task_dispatcher.shutdown()
        running.close()


@contextmanager
def _timed(engine: Engine) -> Iterator[list[float]]:
    """Collect the seconds of every statement, from its sending until its rows are here."""
    spent: list[float] = []

    def before(connection: Any, *_: Any) -> None:
        connection.info["begun"] = time.perf_counter()

    def after(connection: Any, *_: Any) -> None:
        spent.append(time.perf_counter() - connection.info["begun"])

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield spent
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)
