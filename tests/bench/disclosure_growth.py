"""What suppression and audit cost with the number of cells: in many components, and in one."""

import itertools
import json
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from node.release.disclosure import (
    DisclosurePolicy,
    Earlier,
    Status,
    Vintage,
    audit,
    build,
    settle,
    suppress,
)
from node.release.disclosure.model import LARGEST_COMPONENT
from tests.bench.measures import Measure, most_kb
from tests.support.suppression import invented

ROOT: Final = Path(__file__).parents[2]
POLICY: Final = DisclosurePolicy()
MEAN, MANY_SMALL, MANY_PERSONS = 60.0, 20.0, 150.0
"""Persons per cell: hiding about a thirteenth of all cells, a quarter, and a thirtieth."""

RUNS: Final = 3
ONE: Final = ((20, 20, 2), (50, 20, 2), (60, 20, 5), (120, 20, 5))
"""Municipalities, ages and segments of tables of about 2,000, 4,000, 10,000 and 20,000 cells, all hanging together."""

MOVED: Final = 0.3
"""Of the leaves of a table that is released again, so many changed."""

MANY: Final = (1, 2, 5, 10)
"""So many tables of about 10,000 cells each that share nothing: up to 100,000 cells."""


def audit_10k() -> Measure:
    """Time the audit of a pattern for one table of about 10,000 cells that hang together, a quarter of them hidden."""
    model = build([invented(*ONE[2], MANY_SMALL)])
    statuses = suppress(model, POLICY, improving=0.0).statuses
    seconds = []
    for _ in range(RUNS):
        before = time.process_time()
        report = audit(model, statuses, POLICY)
        seconds.append(time.process_time() - before)
    if not report.passed:
        raise AssertionError("the audit of an ordinary pattern did not pass")
    details = {"cells": len(model.cells), "hidden": report.hidden, "seconds": [round(one, 2) for one in seconds]}
    return Measure(statistics.median(seconds), "CPU s, pass or fail", RUNS, "the aim of 5 s", details=details)


def growth() -> Measure:
    """Suppress and audit ever more cells, each size in a process of its own."""
    details: dict[str, Any] = {}
    for shape in ONE:
        found = _apart(1, shape)
        details[f"{found['cells']} cells in one component"] = found
    for tables in MANY:
        details[f"{tables} components of 10,000 cells"] = _apart(tables, ONE[2])
    details["a second vintage of 16,650 cells"] = second_vintage()
    details["largest component taken"] = LARGEST_COMPONENT
    least, most = (details[f"{tables} components of 10,000 cells"] for tables in (MANY[0], MANY[-1]))
    ratio = (most["suppress CPU s"] + most["audit CPU s"]) / (least["suppress CPU s"] + least["audit CPU s"])
    return Measure(ratio / MANY[-1], "of ten times 10,000 cells", 1, "the same tables one by one", details=details)


def second_vintage() -> dict[str, Any]:
    """Release a table, then change a third of its leaves, and tell what releasing it again takes."""
    first = invented(100, 20, 5, MANY_PERSONS)
    model = build([first])
    statuses = suppress(model, POLICY, improving=0.0).statuses
    values = dict(zip(model.cells, model.values[: len(model.cells)].tolist(), strict=True))
    known = {cell: values[cell] if status is Status.PUBLISHED else None for cell, status in statuses.items()}
    earlier = Earlier(known, (Vintage(0, first),))
    random = np.random.default_rng(2)
    moved = random.integers(10, 41, first.values.shape) * (random.random(first.values.shape) < MOVED)
    second = replace(first, values=first.values + moved)
    marks = [time.process_time()]
    settled = settle([second], (), earlier, POLICY)
    marks.append(time.process_time())
    model = build(settled.statistics, (), earlier)
    found = suppress(model, POLICY)
    marks.append(time.process_time())
    report = audit(model, found.statuses, POLICY)
    marks.append(time.process_time())
    took = [round(after - before, 1) for before, after in itertools.pairwise(marks)]
    names = ("settle CPU s", "build and suppress CPU s", "audit CPU s")
    return {"hidden": report.hidden, "passed": report.passed, **dict(zip(names, took, strict=True))}


def _apart(tables: int, shape: tuple[int, int, int]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.disclosure_growth", str(tables), *map(str, shape)]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # our own
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def main(tables: int, *shape: int) -> dict[str, Any]:
    """Suppress and audit so many tables of one shape together, and tell what it took."""
    made = [invented(*shape[:3], MEAN, seed=number, key=f"people{number}") for number in range(tables)]
    idle = most_kb()
    marks = [time.process_time()]
    model = build(made)
    marks.append(time.process_time())
    found = suppress(model, POLICY)
    marks.append(time.process_time())
    report = audit(model, found.statuses, POLICY)
    marks.append(time.process_time())
    took = [round(after - before, 1) for before, after in itertools.pairwise(marks)]
    return {
        "cells": len(model.cells),
        "hidden": report.hidden,
        "passed": report.passed,
        "build CPU s": took[0],
        "suppress CPU s": took[1],
        "audit CPU s": took[2],
        "MB more": round((most_kb() - idle) / 1024),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*map(int, sys.argv[1:]))))
