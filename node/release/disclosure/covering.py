"""The master problem: cheapest candidates that satisfy every cut found so far."""

from typing import NamedTuple

import highspy
import numpy as np

from .effort import Effort
from .problem import Problem
from .program import SETTINGS, SolverFailed
from .relations import BoolArray, FloatArray, IntArray

Cut = tuple[IntArray, FloatArray]


class CutsContradict(SolverFailed):
    """A cut cannot be satisfied although a safe pattern satisfies it."""


class Covered(NamedTuple):
    """A solution of the master problem and a proven lower bound on the price of every one."""

    chosen: BoolArray
    bound: float


class Covering:
    """A pool of cuts: the coefficients of the chosen candidates must add up to at least 1."""

    def __init__(self, problem: Problem, effort: Effort) -> None:
        self.problem, self.effort = problem, effort
        self.cuts: list[Cut] = []
        self._seen: set[tuple[bytes, bytes]] = set()
        self._relaxed = _Relaxed(problem, effort)

    def add(self, cut: Cut) -> bool:
        """Add a cut unless it is there already."""
        key = cut[0].tobytes(), np.round(cut[1], 5).tobytes()
        if key in self._seen:
            return False
        self._seen.add(key)
        self.cuts.append(cut)
        return True

    def relaxed(self) -> tuple[FloatArray, float]:
        """Solve with shares of cells instead of whole ones; return the shares and their price."""
        return self._relaxed.solve(self.cuts)

    def cheapest(self, fixed: BoolArray, free: BoolArray, gap: float, nodes: int) -> Covered:
        """Complete the `fixed` candidates by the cheapest `free` ones.

        Stops at a relative `gap` or after so many `nodes` of the search tree. Raises CutsContradict if the
        free candidates cannot satisfy the cuts. The bound counts the fixed candidates as free of charge.
        """
        free = free & ~fixed
        place = np.cumsum(free) - 1
        columns = np.flatnonzero(free)
        lengths, index, value = [], [], []
        for which, coefficient in self.cuts:
            need = 1.0 - coefficient[fixed[which]].sum()
            if need > 1e-7:
                usable = free[which]
                lengths.append(int(usable.sum()))
                index.append(place[which[usable]])
                value.append(np.minimum(coefficient[usable] / need, 1.0))
        if lengths and min(lengths) == 0:
            raise CutsContradict(f"A cut holds none of {len(columns)} free cells.")
        chosen = fixed.copy()
        if not lengths:
            return Covered(self.problem.closed(fixed), 0.0)
        whole, part = self.problem.implied.T
        pairs = free[whole] & free[part]
        highs = _load(
            self.problem.price[columns],
            np.array(lengths),
            np.concatenate(index),
            np.concatenate(value),
            place[self.problem.implied[pairs]],
        )
        highs.changeColsIntegrality(
            len(columns), np.arange(len(columns), dtype=np.int32), np.full(len(columns), 1, np.uint8)
        )
        for name, setting in (("mip_rel_gap", gap), ("mip_max_nodes", nodes), ("presolve", "on")):
            highs.setOptionValue(name, setting)
        everything = highspy.HighsSolution()
        everything.col_value = [1.0] * len(columns)
        highs.setSolution(everything)  # so that there is a choice wherever the search stops
        highs.run()
        info = highs.getInfo()
        self.effort.charge_tree(info.simplex_iteration_count, len(lengths))
        if info.primal_solution_status != 2:
            raise SolverFailed(
                f"The choice among {len(columns)} cells ended with status {highs.getModelStatus().name}."
            )
        chosen[columns] = np.array(highs.getSolution().col_value) > 0.5
        return Covered(self.problem.closed(chosen), float(info.mip_dual_bound))


class _Relaxed:
    """The linear relaxation, kept between rounds so that only new cuts cost."""

    def __init__(self, problem: Problem, effort: Effort) -> None:
        self.problem, self.effort, self.known = problem, effort, 0
        none = np.zeros(0, np.int64)
        self.highs = _load(problem.price, none, none, np.zeros(0), problem.implied)
        self.highs.setOptionValue("simplex_strategy", 1)

    def solve(self, cuts: list[Cut]) -> tuple[FloatArray, float]:
        new = cuts[self.known :]
        self.known = len(cuts)
        if new:
            start = np.concatenate([[0], np.cumsum([len(which) for which, _ in new])])
            self.highs.addRows(
                len(new),
                np.ones(len(new)),
                np.full(len(new), highspy.kHighsInf),
                int(start[-1]),
                start[:-1].astype(np.int32),
                np.concatenate([which for which, _ in new]).astype(np.int32),
                np.concatenate([coefficient for _, coefficient in new]),
            )
        self.highs.run()
        info = self.highs.getInfo()
        self.effort.charge(info.simplex_iteration_count, len(cuts) + len(self.problem.price), is_dual=True)
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise SolverFailed(
                f"The relaxation of {len(cuts)} cuts ended with status {self.highs.getModelStatus().name}."
            )
        value = np.clip(np.array(self.highs.getSolution().col_value), 0.0, 1.0)
        return value, float(info.objective_function_value)


def _load(price: FloatArray, lengths: IntArray, index: IntArray, value: FloatArray, implied: IntArray) -> highspy.Highs:
    cuts, pairs = len(lengths), len(implied)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(price), cuts + pairs
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = price, np.zeros(len(price)), np.ones(len(price))
    lp.row_lower_ = np.concatenate([np.ones(cuts), np.zeros(pairs)])
    lp.row_upper_ = np.full(cuts + pairs, highspy.kHighsInf)
    matrix = lp.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = len(price), cuts + pairs
    both = np.concatenate([lengths, np.full(pairs, 2)])
    matrix.start_ = np.concatenate([[0], np.cumsum(both)]).astype(np.int32)
    matrix.index_ = np.concatenate([index, implied.ravel()]).astype(np.int32)
    matrix.value_ = np.concatenate([value, np.tile([-1.0, 1.0], pairs)])
    highs = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor is unannotated
    for name, setting in SETTINGS:
        highs.setOptionValue(name, setting)
    highs.passModel(lp)
    return highs
