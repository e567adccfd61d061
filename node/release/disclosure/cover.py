"""The cheapest cells to hide so that a figure can move."""

from collections.abc import Sequence

import numpy as np

from .cluster import CAP, Cluster
from .program import DUAL_SIMPLEX, LinearProgram
from .relations import BoolArray, FloatArray, IntArray

FREE = 1e-4
"""Price of moving what is hidden already, against 1 for hiding one more leaf: avoids idle detours."""

SHARING = 0.3
"""Discount per unprotected figure in the sums of a cell: hiding it may serve them too (0.1 to 1 do alike)."""

FINEST = 10
"""Splits tried of a range over upward and downward movement, where neither direction alone suffices."""


class Cover:
    """Finds the cheapest cells to hide so that one figure can move by a given amount."""

    def __init__(self, found: Cluster) -> None:
        self.cluster = found
        n = len(found.down)
        column = np.stack([found.column, found.column + n], axis=1).ravel()
        coefficient = np.stack([found.coefficient, -found.coefficient], axis=1).ravel()
        self.program = LinearProgram(2 * found.start, column, coefficient, 2 * n, strategy=DUAL_SIMPLEX)
        self._every = np.arange(2 * n, dtype=np.int64)

    def cheapest(self, target: int, movable: BoolArray, waiting: BoolArray) -> IntArray | None:
        """Return the cells to hide so that `target` reaches its required range; None if nothing helps.

        `movable` columns are hidden already; `waiting` marks the other figures that still need protection.
        """
        weight = self._discounted(waiting)
        required = float(self.cluster.required[target])
        best: IntArray | None = None
        for sign in (1.0, -1.0):
            cells = self._needed(target, [sign * required], movable, weight)
            if cells is not None and (best is None or weight[cells].sum() < weight[best].sum()):
                best = cells
            if best is not None and not len(best):
                break
        if best is None:
            steps = int(min(required, FINEST))
            for step in range(steps - 1, 0, -1):
                rise = required * step / steps
                best = self._needed(target, [rise, rise - required], movable, weight)
                if best is not None:
                    break
        return best

    def _discounted(self, waiting: BoolArray) -> FloatArray:
        part = self.cluster
        per_row = np.bincount(part.row, waiting[part.column], len(part.start) - 1)
        return part.weight / (1.0 + SHARING * np.bincount(part.column, per_row[part.row], len(waiting)))

    def _needed(
        self, target: int, amounts: Sequence[float], movable: BoolArray, weight: FloatArray
    ) -> IntArray | None:
        used = np.zeros(len(movable), np.bool_)
        for amount in amounts:
            moved = self._move(target, amount, movable | used, weight)
            if moved is None:
                return None
            used |= moved
        return np.flatnonzero(used & ~movable & self.cluster.blankable).astype(np.int64)

    def _move(self, target: int, amount: float, movable: BoolArray, weight: FloatArray) -> BoolArray | None:
        part = self.cluster
        if abs(amount) > (part.up if amount > 0 else part.down)[target]:
            return None
        n, scale = len(part.down), float(part.required[target])
        usable = part.movable_with(movable | part.blankable)
        limits = [np.where(usable, np.minimum(side / scale, CAP), 0.0) for side in (part.up, part.down)]
        price = np.where(movable | ~part.blankable, FREE, weight)
        costs = np.concatenate([price / np.clip(limit, 0.5, 1.0) for limit in limits])
        lower, upper = np.zeros(2 * n), np.concatenate(limits)
        upper[[target, n + target]] = 0.0
        place = target if amount > 0 else n + target
        lower[place] = upper[place] = abs(amount) / scale
        self.program.forget()
        self.program.bound(lower, upper)
        solution = self.program.minimise(self._every, costs)
        return None if solution is None else np.asarray(solution[:n] + solution[n:] > 1e-7)
