"""Cuts: for a figure whose range is too narrow, which cells would have to be hidden for it to move."""

from typing import NamedTuple

import numpy as np

from .around import Around, slices
from .cluster import CAP
from .covering import Cut
from .effort import Effort
from .problem import OPEN, Problem
from .program import LinearProgram, power_of_two
from .relations import BoolArray, FloatArray, IntArray

FAINT = 1e-3
"""Share of its slack that a cell not hidden gets here: it steers multipliers towards few and small cells."""

DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 12, 60)
"""Tried to make multipliers exact: any multipliers give a valid cut, exact ones one without rounding dust."""

DUST = 1e-9

VIOLATED = 1e-4
"""A cut must miss by this much to be worth adding."""

PLENTY = 9.0
"""Required widths; no cell counts for more in a cut (1 is enough to satisfy it)."""

NEAREST, NEAR, EVERYWHERE = 0, 1, 2
"""How far the sums of a local program reach."""


class _Local(NamedTuple):
    """The sums around some figures: columns, and per entry its row, local column and coefficient."""

    columns: IntArray
    row: IntArray
    column: IntArray
    coefficient: FloatArray
    program: LinearProgram


class Separation:
    """Finds cuts by small linear programs over the sums around a figure.

    Leaving sums away only gives the attacker's program more freedom, so its multipliers stay valid.
    """

    def __init__(self, problem: Problem, around: Around, effort: Effort) -> None:
        self.problem, self.around, self.effort = problem, around, effort
        self._local: dict[tuple[int, int], _Local] = {}

    def cuts(
        self, targets: IntArray, chosen: FloatArray, ring: int, free: BoolArray | None = None
    ) -> tuple[list[Cut], IntArray]:
        """Look for a violated cut for each target; return the cuts, and the targets without one.

        Cuts are steered towards the `free` candidates (by default all), but hold for all. A cut without cells
        says that no choice protects its target.
        """
        part = self.problem.cluster
        faint = FAINT if free is None else FAINT * free
        share = self.problem.share(np.maximum(chosen, faint))
        where = np.zeros(len(part.down), np.int64) if ring == EVERYWHERE else self.around.group
        found: list[Cut] = []
        rest: list[int] = []
        bounded: tuple[int, float] | None = None
        for target in targets[np.lexsort((part.required[targets], where[targets]))].tolist():
            required, local = float(part.required[target]), self._around(int(where[target]), ring)
            if bounded != (int(where[target]), required):
                bounded = int(where[target]), required
                down, up = (
                    np.minimum(side[local.columns], CAP * required) * share[local.columns] / power_of_two(required)
                    for side in (part.down, part.up)
                )
                local.program.bound(-down, up)
            cut = self._cut(local, target, chosen)
            if cut is None:
                rest.append(target)
            else:
                found.append(cut)
        return found, np.array(rest, np.int64)

    def _cut(self, local: _Local, target: int, chosen: FloatArray) -> Cut | None:
        problem, required = self.problem, float(self.problem.cluster.required[target])
        place, scale = int(np.searchsorted(local.columns, target)), power_of_two(required)
        width, reach = 0.0, np.zeros(len(local.columns))
        for sign in (1.0, -1.0):
            solution = local.program.minimise(np.array([place]), np.array([-sign]))
            if solution is None:
                return None
            width += sign * float(solution[place]) * scale
            if width > required:
                return None
            reach += self._reach(local, place, sign)
        owner, reach = problem.owner[local.columns], np.minimum(reach, PLENTY * required)
        room = required * (1.0 - 1e-6) - float(reach[owner == OPEN].sum())
        if room < 1e-6 * required:
            return None
        chooses = owner >= 0
        total = np.bincount(owner[chooses], reach[chooses], len(problem.candidates))
        which = np.flatnonzero(total > DUST * required).astype(np.int64)
        coefficient = np.minimum(total[which] / room, 1.0)
        if float(coefficient @ chosen[which]) > 1.0 - VIOLATED:
            return None
        return which, coefficient

    def _reach(self, local: _Local, place: int, sign: float) -> FloatArray:
        """Bound by weak duality how much every column can add to one direction of the range."""
        duals, divisor = local.program.duals(), 1
        for denominator in DENOMINATORS:
            whole = np.rint(duals * denominator)
            if np.abs(whole - duals * denominator).max(initial=0.0) < 1e-6:
                duals, divisor = whole, denominator
                break
        added = np.bincount(local.column, local.coefficient * duals[local.row], len(local.columns))
        reduced = -added.astype(np.float64)
        reduced[place] -= sign * divisor
        reduced = reduced / divisor
        reduced[np.abs(reduced) < DUST] = 0.0
        part, reach = self.problem.cluster, np.zeros(len(local.columns))
        rising, falling = reduced < 0, reduced > 0
        reach[rising] = -reduced[rising] * part.up[local.columns[rising]]
        reach[falling] = reduced[falling] * part.down[local.columns[falling]]
        return reach

    def _around(self, number: int, ring: int) -> _Local:
        if (number, ring) not in self._local:
            part = self.problem.cluster
            rows = np.arange(len(part.start) - 1, dtype=np.int64)
            if ring != EVERYWHERE:
                rows = self.around.sums(number, ring)
            entries = slices(part.start, rows)
            columns, column = np.unique(part.column[entries], return_inverse=True)
            lengths = np.diff(part.start)[rows]
            start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
            coefficient = part.coefficient[entries]
            program = LinearProgram(start, column, coefficient, len(columns), effort=self.effort)
            row = np.repeat(np.arange(len(rows)), lengths)
            self._local[number, ring] = _Local(columns, row, column, coefficient, program)
        return self._local[number, ring]
