"""The cheapest cells to hide so that a figure can move."""

from collections.abc import Hashable, Iterator, Sequence

import numpy as np

from .around import Around
from .cluster import CAP, Cluster
from .effort import Effort
from .program import DUAL_SIMPLEX, LinearProgram, power_of_two, restrict
from .relations import BoolArray, FloatArray, IntArray

FREE = 1e-4
"""Price of moving what is hidden already, against 1 for hiding one more leaf: avoids idle detours."""

SHARING = 0.3
"""Discount per unprotected figure in the sums of a cell: hiding it may serve them too (0.1 to 1 do alike)."""

FINEST = 10
"""Splits tried of a range over upward and downward movement, where neither direction alone suffices."""

LARGE = 5_000
"""Columns; in larger clusters the first look goes around a figure only (quicker, though it hides more)."""

Scope = tuple[IntArray, LinearProgram]


class Cover:
    """Finds the cheapest cells to hide so that one figure can move.

    Looks around the figure first, where programs are small, then in its own table, then in all the cluster.
    """

    def __init__(self, found: Cluster, around: Around, effort: Effort) -> None:
        self.cluster, self.around, self.effort = found, around, effort
        self._usable = found.blankable
        self._programs: dict[Hashable, Scope] = {}

    def cheapest(
        self, target: int, movable: BoolArray, weight: FloatArray, usable: BoolArray | None = None
    ) -> IntArray | None:
        """Return the cells to hide so that `target` reaches its required range; None if nothing helps.

        `movable` columns are hidden already; `weight` prices the others; only `usable` ones may be hidden
        (by default all that may be hidden at all).
        """
        self._usable = self.cluster.blankable if usable is None else usable
        for scope in self._scopes(target):
            best = self._one_way(scope, target, movable, weight)
            if best is None:
                best = self._both_ways(scope, target, movable, weight)
            if best is not None:
                return best
        return None

    def discounted(self, waiting: BoolArray) -> FloatArray:
        """Price cells by weight, cheaper near figures that are `waiting` for protection."""
        part = self.cluster
        per_row = np.bincount(part.row, waiting[part.column], len(part.start) - 1)
        return part.weight / (1.0 + SHARING * np.bincount(part.column, per_row[part.row], len(waiting)))

    def _scopes(self, target: int) -> Iterator[Scope]:
        part, table = self.cluster, int(self.cluster.table[target])
        if len(part.down) > LARGE:
            number = int(self.around.group[target])
            if ("around", number) not in self._programs:
                near = self.around.grow(self.around.grow(self.around.seeds[number]))
                keep = np.zeros(len(part.down), np.bool_)
                keep[near] = True
                self._programs["around", number] = self._scope(keep)
            yield self._programs["around", number]
        for one in (table, None) if (part.table != table).any() else (table,):
            if one not in self._programs:
                self._programs[one] = self._scope((part.table == one) | (one is None))
            yield self._programs[one]

    def _scope(self, keep: BoolArray) -> Scope:
        """Some columns and a program over them, in which all other columns stand still."""
        part = self.cluster
        start, column, coefficient, _ = restrict(part.start, part.column, part.coefficient, keep)
        n = int(keep.sum())
        program = LinearProgram(
            2 * start,
            np.stack([column, column + n], axis=1).ravel(),
            np.stack([coefficient, -coefficient], axis=1).ravel(),
            2 * n,
            strategy=DUAL_SIMPLEX,
            effort=self.effort,
        )
        return np.flatnonzero(keep).astype(np.int64), program

    def _one_way(self, scope: Scope, target: int, movable: BoolArray, weight: FloatArray) -> IntArray | None:
        required = float(self.cluster.required[target])
        best: IntArray | None = None
        for sign in (1.0, -1.0):
            cells = self._needed(scope, target, [sign * required], movable, weight)
            if cells is not None and (best is None or weight[cells].sum() < weight[best].sum()):
                best = cells
            if best is not None and not len(best):
                break
        return best

    def _both_ways(self, scope: Scope, target: int, movable: BoolArray, weight: FloatArray) -> IntArray | None:
        required = float(self.cluster.required[target])
        steps = int(min(required, FINEST))
        for step in range(steps - 1, 0, -1):
            rise = required * step / steps
            cells = self._needed(scope, target, [rise, rise - required], movable, weight)
            if cells is not None:
                return cells
        return None

    def _needed(
        self, scope: Scope, target: int, amounts: Sequence[float], movable: BoolArray, weight: FloatArray
    ) -> IntArray | None:
        used = np.zeros(len(movable), np.bool_)
        for amount in amounts:
            moved = self._move(scope, target, amount, movable | used, weight)
            if moved is None:
                return None
            used[moved] = True
        return np.flatnonzero(used & ~movable & self._usable).astype(np.int64)

    def _move(
        self, scope: Scope, target: int, amount: float, movable: BoolArray, weight: FloatArray
    ) -> IntArray | None:
        """Return the columns that the cheapest movement of `target` by `amount` uses."""
        part, (columns, program) = self.cluster, scope
        if abs(amount) > (part.up if amount > 0 else part.down)[target]:
            return None
        n, required = len(columns), float(part.required[target])
        scale = power_of_two(required)
        usable = part.movable_with(movable | self._usable)
        limits = [np.where(usable, np.minimum(side, CAP * required), 0.0)[columns] for side in (part.up, part.down)]
        price = np.where(movable | ~self._usable, FREE, weight)[columns]
        costs = np.concatenate([price / np.clip(limit / required, 0.5, 1.0) for limit in limits])
        lower, upper = np.zeros(2 * n), np.concatenate(limits) / scale
        place = int(np.searchsorted(columns, target))
        upper[[place, n + place]] = 0.0
        place += 0 if amount > 0 else n
        lower[place] = upper[place] = abs(amount) / scale
        program.forget()
        program.bound(lower, upper)
        solution = program.minimise(np.arange(2 * n, dtype=np.int64), costs)
        return None if solution is None else columns[solution[:n] + solution[n:] > 1e-7]
