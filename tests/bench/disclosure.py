"""Disclosure control's measures: how few cells are hidden beside the peer, and what audit and search cost."""

import os
import sys
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from node.release.disclosure import (
    CellKey,
    DisclosurePolicy,
    ReleaseModel,
    Statistic,
    Status,
    Suppression,
    audit,
    build,
)
from node.release.disclosure.classify import Classified, classify
from node.release.disclosure.suppress import choose
from tests.bench.disclosure_growth import audit_10k, growth
from tests.bench.measures import Measure
from tests.support.shared_data import shared_folder
from tests.support.suppression import attainable, invented, municipal, pattern, plain, plain_widths

POLICY: Final = DisclosurePolicy()
PEER: Final = "GaussSuppression 1.2.3 (R), its published pattern for the same table"
EFFORT: Final = {"A": 5.0, "B": 5.0, "C": 55.0, "D": 53.0, "H": 280.0}
"""Reckoned CPU seconds for improving, by the first letter of a table (H: 16,650 cells; Hs_20: as D)."""

SHARED: Final = ("A_5x10", "B_5x10h", "C_20x20x5", "D_20x20x5h", "Hs_20x20x5h", "H_100x20x5h", "Hs_100x20x5h")
PLAIN: Final = {"A": (1, 9), "B": (1, 9), "C": (1, 9), "D": (1,)}
ASKED: Final = 40
"""Primary cells, drawn at random, whose plain range is checked on SciPy."""


def measures() -> dict[str, Measure]:
    """Take all of them; the tables are the shared ones where they are, else invented ones alike."""
    details: dict[str, Any] = {}
    for name, (statistic, peer) in tables().items():
        for criterion in ("promise", *PLAIN.get(name[0], ())):
            sys.stderr.write(f"disclosure.secondary: {name}, {criterion} ...\n")
            details[f"{name}, {_named(criterion)}"] = one_table(name, statistic, peer, criterion)
    worst = (
        max(one["cells"] / one["peer, repaired"] for one in details.values() if one["peer, repaired"])
        if any(one["peer, repaired"] for one in details.values())
        else None
    )
    return {
        "disclosure.secondary": Measure(
            worst,
            "of the peer's cells, at worst",
            1,
            f"{PEER}, completed to the same criterion",
            None if worst is not None else "no shared data, hence no peer: see the counts and bounds",
            details,
        ),
        "disclosure.audit_10k_seconds": audit_10k(),
        "disclosure.growth": growth(),
    }


def tables() -> dict[str, tuple[Statistic, set[CellKey] | None]]:
    """Return the tables with their peer's patterns, as far as there are any."""
    shared = shared_folder(os.environ)
    if shared is None:
        return {
            "A, invented, 5x10": (invented(5, 10, 1, 12.0), None),
            "C, invented, 20x5x5": (invented(20, 5, 5, 30.0), None),
            "D, invented, 20x20x5": (invented(20, 20, 5, 25.0), None),
        }
    folder, found = shared / "known_answers" / "suppression", {}
    for name in SHARED:
        table = municipal(_file(folder, f"{name}.csv"))
        peers = [folder / f"{name}.gauss_peer.csv.gz", folder / f"{name}.gauss_expected_feasible.csv"]
        found[name] = table, next((pattern(file, table) for file in peers if file.exists()), None)
    return found


def one_table(name: str, statistic: Statistic, peer: set[CellKey] | None, criterion: str | int) -> dict[str, Any]:
    """Suppress one table and say with how many cells, how good that is, what it took, and whether it was verified."""
    model = build([statistic])
    wanted = classify(model, POLICY) if criterion == "promise" else plain(model, POLICY, float(criterion))
    asked, exempt = attainable(model, wanted)
    before = time.process_time()
    effort = EFFORT[name[0]] if not name.startswith("Hs_20") else EFFORT["D"]
    found = choose(model, asked, improving=effort)
    seconds = time.process_time() - before
    safe = choose(model, asked, improving=0.0)
    told: dict[str, Any] = {
        "cells": found.count(Status.COMPLEMENTARY),
        "bound": found.bound,
        "CPU s": round(seconds, 1),
        "reckoned s": round(found.effort, 1),
        "first safe": safe.count(Status.COMPLEMENTARY),
        "after reckoned s": round(safe.effort, 1),
        "peer, repaired": None if peer is None else _repaired(model, asked, peer),
        "verified": _verified(model, statistic, found, criterion, exempt),
    }
    return told | ({"exempt (no pattern protects them; a release is refused)": len(exempt)} if exempt else {})


def _repaired(model: ReleaseModel, wanted: Classified, peer: set[CellKey]) -> int:
    """Count the peer's secondary cells once its pattern is completed to the same criterion."""
    seed = np.zeros(len(model.values), np.bool_)
    seed[[model.position[cell] for cell in peer]] = True
    return choose(model, wanted, improving=0.0, seed=seed).count(Status.COMPLEMENTARY)


def _verified(
    model: ReleaseModel, statistic: Statistic, found: Suppression, criterion: str | int, exempt: set[CellKey]
) -> bool:
    """The audit for the promise; for a plain width, ranges on SciPy."""
    if criterion == "promise":
        report = audit(model, found.statuses, POLICY)
        return report.solver_status == "optimal" and {one.cell for one in report.failures} <= exempt
    hidden = {cell for cell, status in found.statuses.items() if status is not Status.PUBLISHED}
    primaries = [cell for cell, status in found.statuses.items() if status is Status.PRIMARY]
    order = np.random.default_rng(7).permutation(len(primaries))[:ASKED]
    return min(plain_widths(statistic, hidden, [primaries[place] for place in order])) >= float(criterion) - 1e-5


def _named(criterion: str | int) -> str:
    return "the promise" if criterion == "promise" else f"plain width {criterion}"


def _file(folder: Path, name: str) -> Path:
    return folder / name if (folder / name).exists() else folder / f"{name}.gz"
