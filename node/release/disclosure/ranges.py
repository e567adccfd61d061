"""The range that anyone can work out for a hidden cell, from what is published and nothing else."""

from collections.abc import Iterator, Mapping

import numpy as np

from .model import ReleaseModel
from .program import LinearProgram, SolverFailed, restrict
from .relations import BoolArray, FloatArray, IntArray
from .statistic import CellKey

DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 12, 24, 60)
"""Multipliers of sums of whole numbers are fractions of small denominator: these were ever needed."""

NEAR = 1e-6
"""How far a computed multiplier may lie from the fraction it stands for."""

LARGEST_SCALED = 2.0**20
"""Published sums are scaled by a power of two to at most about this, where the solver is accurate."""


def plain_ranges(model: ReleaseModel, statuses: Mapping[CellKey, str]) -> Mapping[CellKey, tuple[int, int | None]]:
    """Compute the smallest and largest value of every hidden cell, None where nothing published bounds it.

    Knows that figures are at least 0, the published figures, the sums and the links; neither statuses, nor
    thresholds, nor hidden values. Ends are whole numbers, exact: each is derived by whole-number arithmetic
    from the published figures, the solver only proposes which of them to combine.
    """
    shown = np.array([statuses.get(cell) == "published" for cell in model.cells], np.bool_)
    part, whole, rest = model.complements.T
    public = np.concatenate([shown | model.known[: len(shown)], np.zeros(len(rest), np.bool_)])
    public[rest] = public[part] & public[whole]
    found: dict[CellKey, tuple[int, int | None]] = {}
    for label in np.unique(model.component[~public]).tolist():
        found.update(_component_ranges(model, public, model.component == label))
    return {cell: found[cell] for cell in model.cells if cell in found}


def _component_ranges(
    model: ReleaseModel, public: BoolArray, inside: BoolArray
) -> Iterator[tuple[CellKey, tuple[int, int | None]]]:
    relations = model.relations
    start, column, coefficient, rows = restrict(
        relations.start, relations.variable, relations.coefficient, inside & ~public
    )
    stated = public[relations.variable]
    terms = np.where(stated, model.values[relations.variable] * relations.coefficient.astype(np.int64), 0)
    right = -np.add.reduceat(terms, relations.start[:-1])[rows]
    hidden = np.flatnonzero(inside & ~public)
    proof = _Proof(start, column, coefficient, right, len(hidden))
    for place, variable in enumerate(hidden.tolist()):
        if variable < len(model.cells):
            low, high = proof.least(place, 1), proof.least(place, -1)
            if low is None:
                raise SolverFailed(f"No smallest value was found for {model.cells[variable]}.")
            yield model.cells[variable], (max(low, 0), None if high is None else -high)


class _Proof:
    """Bounds hidden figures x >= 0 under whole-number equations, each bound proven by whole multipliers."""

    def __init__(
        self, start: IntArray, column: IntArray, coefficient: FloatArray, right: IntArray, columns: int
    ) -> None:
        self.row = np.repeat(np.arange(len(right)), np.diff(start))
        self.column, self.coefficient = column, coefficient.astype(np.int64)
        self.right, self.columns = right, columns
        self.scale = 2.0 ** max(0.0, np.ceil(np.log2(np.abs(right).max(initial=1) / LARGEST_SCALED)))
        self.program = LinearProgram(start, column, coefficient, columns, right / self.scale)
        self.program.bound(np.zeros(columns), np.full(columns, np.inf))

    def least(self, place: int, sign: int) -> int | None:
        """Return the smallest whole value of sign * x[place]; None if there is none."""
        solution = self.program.minimise(np.array([place]), np.array([float(sign)]))
        if solution is None:
            return None
        duals = self.program.duals()
        for denominator in DENOMINATORS:
            multipliers = np.rint(duals * denominator)
            if np.abs(multipliers - duals * denominator).max(initial=0.0) < NEAR:
                whole = multipliers.astype(np.int64)
                reduced = np.zeros(self.columns, np.int64)
                np.subtract.at(reduced, self.column, self.coefficient * whole[self.row])
                reduced[place] += sign * denominator
                if (reduced >= 0).all():
                    exact = sum(a * b for a, b in zip(whole.tolist(), self.right.tolist(), strict=True))
                    return int(-(-exact // denominator))
        return int(np.floor(sign * solution[place] * self.scale * (1 - sign * NEAR) - NEAR))
