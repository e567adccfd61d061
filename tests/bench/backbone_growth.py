"""Whether ten million cells cost as much at the end as at the start, and what a second receiving process brings."""

import gc
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from tests.bench.corpus import Corpus
from tests.bench.hubs import Cost, Server, empty, hub_on, received, spread, timed
from tests.bench.measures import Measure
from tests.support.events import TestRegion

CELLS: Final = 500
PART_EVENTS: Final = 400
PARTS: Final = 50  # of 400 events of 500 cells: ten million cells
BATCH: Final = 100
WORKER_EVENTS: Final = 2000
WORKER_CELLS: Final = 50
WORKER_ROUNDS: Final = 5


def growth(server: Server, folder: Path) -> Measure:
    """Receive ten million cells and compare the last tenth with the first; signing them is not counted."""
    region = TestRegion()
    corpus = Corpus(region, CELLS)
    hub = hub_on(folder, server.database(), [region])
    costs: list[Cost] = []
    for _ in range(PARTS):
        bodies = list(corpus.bodies(PART_EVENTS))
        with timed(costs, server):
            received(hub, bodies, BATCH)
        del bodies
        gc.collect()
    hub.engine.dispose()
    tenth = PARTS // 10
    first, last = costs[:tenth], costs[-tenth:]
    cells = PART_EVENTS * CELLS

    def ratio(part: str) -> float:
        return float(median(getattr(one, part) for one in last) / median(getattr(one, part) for one in first))

    both = median(one.cpu + one.server for one in last) / median(one.cpu + one.server for one in first)
    return Measure(
        round(both, 3),
        "CPU of the last tenth over the first",
        1,
        "the first million of the same ten million cells",
        details={
            "by the clock": round(ratio("wall"), 3),
            "hub CPU": round(ratio("cpu"), 3),
            "server CPU": round(ratio("server"), 3),
            "cells/s first tenth": int(cells / median(one.wall for one in first)),
            "cells/s last tenth": int(cells / median(one.wall for one in last)),
        },
    )


def two_workers(server: Server, folder: Path) -> Measure:
    """Let one process receive two regions' events, then two processes one region's each, by turns."""
    regions = (TestRegion("XR-EEN"), TestRegion("XR-TWEE"))
    hub = hub_on(folder, server.database(), regions)
    files = []
    for region in regions:
        files.append(folder / f"{region.code}.bodies")
        files[-1].write_bytes(msgspec.msgpack.encode(list(Corpus(region, WORKER_CELLS).bodies(WORKER_EVENTS))))
    alone: list[float] = []
    together: list[float] = []
    for _ in range(WORKER_ROUNDS):
        for seconds, groups in ((alone, [files]), (together, [files[:1], files[1:]])):
            empty(hub)
            seconds.append(_slowest(hub.settings.home, hub.settings.database, groups))
    hub.engine.dispose()
    ratios = [one / two for one, two in zip(alone, together, strict=True)]
    cells = 2 * WORKER_EVENTS * WORKER_CELLS
    return Measure(
        round(median(ratios), 3),
        "times the cells a second of one process",
        WORKER_ROUNDS,
        "one process receiving both regions' events on the same PostgreSQL",
        details={
            "ratio": spread(ratios),
            "cells/s one process": int(cells / median(alone)),
            "cells/s two processes": int(cells / median(together)),
        },
    )


def _slowest(home: Path, database: str, groups: Sequence[Sequence[Path]]) -> float:
    """Start a process per group of files, let them begin together, and return when the last was done, in seconds."""
    command = [sys.executable, "-m", "tests.bench.worker", str(home), database]
    workers = [
        subprocess.Popen(
            [*command, *(str(file) for file in group)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for group in groups
    ]
    for worker in workers:
        _line(worker)
    before = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        _line(worker)
    spent = time.perf_counter() - before
    for worker in workers:
        worker.communicate()
    return spent


def _line(worker: subprocess.Popen[str]) -> None:
    assert worker.stdout is not None
    if not worker.stdout.readline():
        raise RuntimeError(f"A receiving process ended early with code {worker.wait()}.")
