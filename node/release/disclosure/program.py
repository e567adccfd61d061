"""A linear program that is solved many times over, on HiGHS."""

import math

import highspy
import numpy as np

from .effort import Effort
from .relations import BoolArray, FloatArray, IntArray

SETTINGS: tuple[tuple[str, bool | int | str], ...] = (
    ("output_flag", False),
    ("threads", 1),
    ("presolve", "off"),
    ("simplex_scale_strategy", 0),
)
"""One value of `threads` per process, or HiGHS silently returns zeros; presolve would lose the warm start."""

DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4


class SolverFailed(RuntimeError):
    """The solver ended without an optimum where one must exist."""


class LinearProgram:
    """Minimise a cost over columns within bounds, subject to sparse rows equal to a right-hand side.

    Rows are compressed: row r holds entries start[r] to start[r + 1] of `column` and `coefficient`.
    """

    def __init__(
        self,
        start: IntArray,
        column: IntArray,
        coefficient: FloatArray,
        columns: int,
        right: FloatArray | None = None,
        strategy: int = PRIMAL_SIMPLEX,
        effort: Effort | None = None,
    ) -> None:
        rows = len(start) - 1
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = columns, rows
        lp.col_cost_ = lp.col_lower_ = lp.col_upper_ = np.zeros(columns)
        lp.row_lower_ = lp.row_upper_ = np.zeros(rows) if right is None else right
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = columns, rows
        lp.a_matrix_.start_ = start.astype(np.int32)
        lp.a_matrix_.index_ = column.astype(np.int32)
        lp.a_matrix_.value_ = coefficient
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]  # its constructor is unannotated
        for name, value in (*SETTINGS, ("simplex_strategy", strategy)):
            self._highs.setOptionValue(name, value)
        self._highs.passModel(lp)
        self._strategy = strategy
        self._all = np.arange(columns, dtype=np.int32)
        self._priced = self._all[:0]
        self._rows, self._effort = rows, effort or Effort()
        self.solves = 0

    def bound(self, lower: FloatArray, upper: FloatArray) -> None:
        """Set the bounds of all columns."""
        self._highs.changeColsBounds(len(self._all), self._all, lower, upper)

    def forget(self) -> None:
        """Drop the last basis, so that the next solution does not depend on earlier ones."""
        self._highs.clearSolver()

    def minimise(self, columns: IntArray, costs: FloatArray) -> FloatArray | None:
        """Return the optimal column values for these costs (0 elsewhere); None if infeasible or unbounded.

        Raises SolverFailed on any other outcome.
        """
        self._highs.changeColsCost(len(self._priced), self._priced, np.zeros(len(self._priced)))
        self._priced = columns.astype(np.int32)
        self._highs.changeColsCost(len(self._priced), self._priced, costs)
        status = self._run()
        if status != highspy.HighsModelStatus.kOptimal:
            status = self._run_afresh()
        if status == highspy.HighsModelStatus.kOptimal:
            return np.array(self._highs.getSolution().col_value)
        if status in _ANSWERS:
            return None
        raise SolverFailed(f"A linear program of {len(self._all)} columns ended with status {status.name}.")

    def duals(self) -> FloatArray:
        """The row multipliers of the last optimum."""
        return np.array(self._highs.getSolution().row_dual)

    def _run_afresh(self) -> highspy.HighsModelStatus:
        """Solve again by the dual method: the primal one, quick in a long series, ends undecided at times."""
        self.forget()
        self._highs.setOptionValue("simplex_strategy", DUAL_SIMPLEX)
        status = self._run()
        self._highs.setOptionValue("simplex_strategy", self._strategy)
        return status

    def _run(self) -> highspy.HighsModelStatus:
        self._highs.run()
        self.solves += 1
        iterations = self._highs.getInfo().simplex_iteration_count
        self._effort.charge(iterations, self._rows + len(self._all), self._strategy == DUAL_SIMPLEX)
        return self._highs.getModelStatus()


_ANSWERS = (
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnbounded,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


def power_of_two(size: float) -> float:
    """Return the largest power of two not above a positive number: dividing by it is exact."""
    return float(2.0 ** (math.frexp(size)[1] - 1))


def restrict(
    start: IntArray, column: IntArray, coefficient: FloatArray, keep: BoolArray
) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
    """Keep only some columns, renumbered, and the rows they occur in: (start, column, coefficient, rows)."""
    row = np.repeat(np.arange(len(start) - 1, dtype=np.int64), np.diff(start))
    kept = keep[column]
    rows, lengths = np.unique(row[kept], return_counts=True)
    number = np.cumsum(keep) - 1
    new_start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return new_start, number[column[kept]], coefficient[kept], rows
