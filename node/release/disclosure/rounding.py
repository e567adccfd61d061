"""Controlled rounding of what waits: changes go out as multiples of ten, drawn at random, and add up.

Each figure's change is rounded to one of the multiples of BASE beside it, exactly where it is one; so every published
figure stays within BASE - 1 of the records. Who holds it and knows all of this is left, in every figure, with every
change within BASE - 1 of the published one: each of those could have been rounded so, since the draw gives every
rounding that adds up a chance (a fixed rule would not: who knows it tries every change and keeps those that round
so). That set is as wide for a sum as for a leaf, because one leaf under it may move by itself. It holds for one draw
over the same changes; two draws would be intersected, so a table is drawn once.

After L. H. Cox, "A constructive procedure for unbiased controlled rounding", JASA 82 (1987), for what it is; here by an
integer program with random costs, so that tables of three dimensions, which may have no such rounding, are found out.
"""

from collections.abc import Sequence
from typing import Protocol

import highspy
import numpy as np

from .program import SETTINGS
from .relations import BoolArray, IntArray

BASE = 10
"""Persons: the smallest change that may be told, so that every rounded change is none or large enough."""


class Random(Protocol):
    """Where chance comes from: secrets.SystemRandom outside tests."""

    def uniform(self, a: float, b: float) -> float:
        """Return a number between two others."""


def drawn(change: IntArray, allowed: BoolArray, sums: Sequence[IntArray], random: Random) -> IntArray | None:
    """Round the changes of leaves at random so that they add up; None where that is impossible.

    `allowed` has two rows: whether each leaf may be rounded down, and up. `sums` lists the leaves under each figure.
    """
    low = np.floor_divide(change, BASE) * BASE
    is_even = low == change
    lower = np.where(allowed[0] | is_even, 0, 1)
    upper = np.where(allowed[1] & ~is_even, 1, 0)
    if (lower > upper).any() or not allowed[0][is_even].all():
        return None
    rows = [(leaves, *_steps(int(change[leaves].sum()), int(low[leaves].sum()))) for leaves in sums]
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor is unannotated
    for name, value in SETTINGS:
        solver.setOptionValue(name, value)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(_model(lower, upper, rows, random))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    rounded: IntArray = low + BASE * np.rint(solver.getSolution().col_value).astype(np.int64)
    exact = all(abs(int((rounded - change)[leaves].sum())) < BASE for leaves in sums)
    return rounded if exact else None


def _steps(change: int, low: int) -> tuple[int, int]:
    """How many leaves under a figure must be, and may be, rounded up."""
    return (change // BASE * BASE - low) // BASE, (-(-change // BASE) * BASE - low) // BASE


def _model(
    lower: IntArray, upper: IntArray, rows: Sequence[tuple[IntArray, int, int]], random: Random
) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(lower), len(rows)
    lp.col_cost_ = np.array([random.uniform(-1.0, 1.0) for _ in lower])  # nosec B311 - the caller's, not the module
    lp.col_lower_, lp.col_upper_ = lower.astype(np.float64), upper.astype(np.float64)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(lower)
    lp.row_lower_ = np.array([float(least) for _, least, _ in rows])
    lp.row_upper_ = np.array([float(most) for *_, most in rows])
    matrix = lp.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = lp.num_col_, lp.num_row_
    matrix.start_ = np.cumsum([0, *(len(leaves) for leaves, *_ in rows)]).astype(np.int32)
    matrix.index_ = np.concatenate([np.zeros(0, np.int64), *(leaves for leaves, *_ in rows)]).astype(np.int32)
    matrix.value_ = np.ones(len(matrix.index_))
    return lp
