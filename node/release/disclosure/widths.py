"""How wide the auditor can prove each range to be: linear programs over the leaves, on HiGHS."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

import highspy
import numpy as np

from .relations import FloatArray, IntArray

REACH = 1e4
"""Movements are cut off at this many required widths, so that no bound is infinite and numbers stay small."""

SLACK = 1e-6
"""Of the required width: what the solver's own tolerance may cost."""

TOGETHER = 8
"""As long as one program proves more ranges than this at once, go on so; then range by range."""

DUAL, PRIMAL = 1, 4
"""HiGHS's numbers for the methods of the simplex algorithm."""


@dataclass(frozen=True, eq=False)
class Constraint:
    """A signed sum of leaves may move between `low` and `high` from the truth (0 lies between)."""

    columns: IntArray = field(repr=False)
    signs: FloatArray = field(repr=False)
    low: float = field(repr=False)
    high: float = field(repr=False)


@dataclass(frozen=True, eq=False)
class Target:
    """A signed sum of leaves whose range must be `required` wide."""

    columns: IntArray = field(repr=False)
    signs: FloatArray = field(repr=False)
    required: float = field(repr=False)


@dataclass(eq=False)
class Measured:
    """Per target the width shown, as a multiple of what is required; and the solver's worst status."""

    widths: FloatArray = field(repr=False)
    status: str = "optimal"


def measure(constraints: Sequence[Constraint], targets: Sequence[Target]) -> Measured:
    """Move every target up and down until its range is proven wide enough or cannot be made wider.

    Every leaf that can move at all must occur in a constraint of its own.
    """
    found = Measured(np.zeros(len(targets)))
    system = _System(constraints)
    order = np.argsort([one.required for one in targets], kind="stable")
    while len(order):
        scale = targets[order[-1]].required
        chosen = np.array([i for i in order if targets[i].required * 32 >= scale], np.int64)
        order = order[: len(order) - len(chosen)]
        _Sweep(system, targets, np.sort(chosen), scale).run(found)
    return found


class _System:
    """The leaves that can move, their bounds, and the sums over several of them, each sum once."""

    def __init__(self, constraints: Sequence[Constraint]) -> None:
        bounds: dict[int, tuple[float, float]] = {}
        for one in constraints:
            if len(one.columns) == 1 and one.signs[0] > 0:
                low, high = bounds.get(int(one.columns[0]), (-inf, inf))
                bounds[int(one.columns[0])] = max(low, one.low), min(high, one.high)
        free = sorted(leaf for leaf, (low, high) in bounds.items() if low < 0 or high > 0)
        self.place = np.full(max(bounds, default=0) + 1, -1)
        self.place[free] = np.arange(len(free))
        self.low = np.array([bounds[leaf][0] for leaf in free])
        self.high = np.array([bounds[leaf][1] for leaf in free])
        sums: dict[tuple[bytes, bytes], tuple[IntArray, FloatArray, float, float]] = {}
        for one in constraints:
            columns, signs = self.reduce(one.columns, one.signs)
            if len(columns) > 1 or (len(columns) == 1 and (signs[0] < 0 or len(one.columns) > 1)):
                key = columns.tobytes(), signs.tobytes()
                _, _, low, high = sums.get(key, (columns, signs, -inf, inf))
                sums[key] = columns, signs, max(low, one.low), min(high, one.high)
        self.sums = list(sums.values())

    def reduce(self, columns: IntArray, signs: FloatArray) -> tuple[IntArray, FloatArray]:
        """Drop leaves that cannot move and renumber the others, in order."""
        places = self.place[columns]
        order = np.argsort(places, kind="stable")[np.count_nonzero(places < 0) :]
        return places[order], signs[order]


class _Sweep:
    """One linear program and the targets whose required widths are of one scale."""

    def __init__(self, system: _System, targets: Sequence[Target], chosen: IntArray, scale: float) -> None:
        self.chosen, self.size = chosen, len(system.low)
        # bounds that are no binary fractions let rounding make a sum contradict its leaves
        scale = 2.0 ** np.floor(np.log2(scale))
        self.need = np.array([targets[i].required for i in chosen]) / scale
        parts = [system.reduce(targets[i].columns, targets[i].signs) for i in chosen]
        self.lengths = np.array([len(columns) for columns, _ in parts])
        self.owner = np.repeat(np.arange(len(parts)), self.lengths)
        self.columns = np.concatenate([columns for columns, _ in parts])
        self.signs = np.concatenate([signs for _, signs in parts])
        self.solver = _load(system, scale)
        self.down, self.up = np.zeros(len(parts)), np.zeros(len(parts))
        self.status = "optimal"

    def _run_afresh(self) -> None:
        """Solve again by the dual method: the primal one, quick in a long series, ends undecided at times."""
        self.solver.clearSolver()
        self.solver.setOptionValue("simplex_strategy", DUAL)
        self.solver.run()
        self.solver.setOptionValue("simplex_strategy", PRIMAL)

    def run(self, found: Measured) -> None:
        """Prove what can be proven and add it to what was found."""
        generator = np.random.default_rng(1)
        pending, gain = self._narrow(), len(self.chosen)
        while min(len(pending), gain) > TOGETHER:
            self._push(pending, generator.choice([-1.0, 1.0], len(pending)) * generator.uniform(0.5, 1.0, len(pending)))
            gain = len(pending)
            pending = self._narrow()
            gain -= len(pending)
        for target in pending:
            for sign in (1.0, -1.0):
                if target in self._narrow(target):
                    self._push(np.array([target]), np.array([sign]))
        found.widths[self.chosen] = (self.up - self.down) / self.need
        if self.status != "optimal":
            found.status = self.status

    def _narrow(self, one: int | None = None) -> IntArray:
        narrow = np.flatnonzero((self.up - self.down < self.need * (1 - SLACK)) & (self.lengths > 0))
        return narrow if one is None else narrow[narrow == one]

    def _push(self, targets: IntArray, weights: FloatArray) -> None:
        weight = np.zeros(len(self.chosen))
        weight[targets] = weights
        objective = np.bincount(self.columns, weight[self.owner] * self.signs, self.size).astype(np.float64)
        self.solver.changeColsCost(self.size, np.arange(self.size, dtype=np.int32), objective)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._run_afresh()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.status = self.solver.modelStatusToString(self.solver.getModelStatus())
            return
        leaves = np.array(self.solver.getSolution().col_value)
        moved = np.bincount(self.owner, leaves[self.columns] * self.signs, minlength=len(self.chosen))
        np.minimum(self.down, moved, out=self.down)
        np.maximum(self.up, moved, out=self.up)


def _load(system: _System, scale: float) -> highspy.Highs:
    lp = highspy.HighsLp()
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.num_col_, lp.num_row_ = len(system.low), len(system.sums)
    lp.col_cost_ = np.zeros(lp.num_col_)
    lp.col_lower_ = np.maximum(system.low / scale, -REACH)
    lp.col_upper_ = np.minimum(system.high / scale, REACH)
    lp.row_lower_ = np.array([low / scale for _, _, low, _ in system.sums])
    lp.row_upper_ = np.array([high / scale for _, _, _, high in system.sums])
    matrix = lp.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = lp.num_col_, lp.num_row_
    matrix.start_ = np.cumsum([0, *(len(columns) for columns, _, _, _ in system.sums)]).astype(np.int32)
    matrix.index_ = np.concatenate([np.zeros(0), *(columns for columns, _, _, _ in system.sums)]).astype(np.int32)
    matrix.value_ = np.concatenate([np.zeros(0), *(signs for _, signs, _, _ in system.sums)])
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor is unannotated
    for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
        solver.setOptionValue(name, value)
    solver.setOptionValue("simplex_strategy", PRIMAL)
    solver.passModel(lp)
    return solver
