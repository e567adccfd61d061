"""The engine's measures: beside a query written by hand, with three times the records, and after one more month."""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.engine_compare import differing
from tests.bench.engine_records import write
from tests.bench.measures import Measure

ROOT: Final = Path(__file__).parents[2]
RUNS: Final = 3
MB_ALLOWED: Final = 8_000
HAND: Final = "a DuckDB query written by hand for the same cells, from the same Parquet, in turn with it"


class CellsDiffer(AssertionError):
    """Two ways of counting came to other figures, so neither's cost means anything."""


@dataclass(frozen=True)
class Cost:
    """What a run took: CPU seconds, and the peak memory of its process in MB."""

    cpu: float
    mb: float


def measures() -> dict[str, Measure]:
    """Take all of them, on invented records in a temporary folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="regiohelix-bench-") as name:
        folder = Path(name)
        records = write(folder)
        taken, cost = _beside_hand(folder, records)
        taken["engine.delta_cost_ratio"] = _after_a_month(folder)
        for file in (*folder.glob("*.parquet"), *folder.glob("*.duckdb")):
            file.unlink()
        taken["engine.growth_3x"] = _growth(folder, cost)
        return taken


def _beside_hand(folder: Path, records: int) -> tuple[dict[str, Measure], Cost]:
    hand, engine = [], []
    for _ in range(RUNS):
        hand.append(_run("hand", folder))
        engine.append(_run("engine", folder))
    _check(differing(_figures(folder, "hand"), _figures(folder, "engine")))
    ours, theirs = _median(engine), _median(hand)
    _check([] if ours.mb < MB_ALLOWED else [f"{ours.mb:.0f} MB at {records} records"])
    details = {
        "records": records,
        "cpu_seconds": {"engine": round(ours.cpu, 2), "hand": round(theirs.cpu, 2)},
        "peak_mb": {"engine": round(ours.mb), "hand": round(theirs.mb), "allowed": MB_ALLOWED},
        "cells": "identical: numerators, denominators, the persons behind both, the two largest sums",
    }
    return {
        "engine.cpu_ratio_to_hand_sql": Measure(ours.cpu / theirs.cpu, "CPU / CPU", RUNS, HAND, details=details),
        "engine.memory_ratio_to_hand_sql": Measure(ours.mb / theirs.mb, "peak RSS / peak RSS", RUNS, HAND),
    }, ours


def _after_a_month(folder: Path) -> Measure:
    month = folder / "month"
    month.mkdir()
    records = write(month, seed=2, last_month=True)
    _run("store", folder)
    keeping = _run("keeping", folder)
    load = _run("month", folder)
    store, before = folder / "records.duckdb", folder / "before.duckdb"
    shutil.copy(store, before)
    deltas = []
    for _ in range(RUNS):
        shutil.copy(before, store)
        deltas.append(_run("keeping", folder))
    _run("forget", folder)
    full = _run("full", folder)
    same = _figures(folder, "keeping") == _figures(folder, "full")
    _check([] if same else ["the figures after a month, and those of a full run"])
    cost = _median(deltas)
    details = {
        "records_of_the_month": records,
        "cpu_seconds": {
            "month": round(cost.cpu, 2), "full": round(full.cpu, 2), "first, keeping": round(keeping.cpu, 2),
        },
        "not_counted": f"loading the month, {load.cpu:.1f} CPU seconds, with noting whom it touches",
        "cells": "identical",
    }  # fmt: skip
    reference = "a full run that keeps nothing, from the same linked store with the month in it"
    return Measure(cost.cpu / full.cpu, "CPU / CPU", RUNS, reference, details=details)


def _growth(folder: Path, cost: Cost) -> Measure:
    records = write(folder, times=3)
    thrice = _run("engine", folder)
    _check([] if thrice.mb < MB_ALLOWED else [f"{thrice.mb:.0f} MB at {records} records"])
    details = {
        "cpu_seconds": {"20 M": round(cost.cpu, 2), "60 M": round(thrice.cpu, 2)},
        "peak_mb": {"20 M": round(cost.mb), "60 M": round(thrice.mb), "allowed": MB_ALLOWED},
    }
    return Measure(thrice.cpu / cost.cpu / 3, "CPU / CPU / 3", 1, "the engine at 20 million records", details=details)


def _run(what: str, folder: Path) -> Cost:
    sys.stderr.write(f"  {what}: ")
    command = [sys.executable, "-m", "tests.bench.engine_worker", what, str(folder), str(folder / f"{what}.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CellsDiffer(f"The run {what} ended with {done.returncode}: {done.stderr[-2000:]}")
    cost = Cost(**json.loads(done.stdout))
    sys.stderr.write(f"{cost.cpu:.1f} CPU seconds, {cost.mb:.0f} MB\n")
    return cost


def _figures(folder: Path, what: str) -> Any:
    return json.loads((folder / f"{what}.json").read_text(encoding="utf-8"))


def _median(runs: list[Cost]) -> Cost:
    return Cost(statistics.median(one.cpu for one in runs), statistics.median(one.mb for one in runs))


def _check(differences: list[str]) -> None:
    if differences:
        raise CellsDiffer(f"Not as promised: {', '.join(differences[:5])} ({len(differences)} in all).")
