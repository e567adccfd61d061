"""The status attacker: which ranges can he narrow down, given what is hidden?"""

from typing import NamedTuple

import numpy as np

from .cluster import CAP, Cluster
from .program import LinearProgram, restrict
from .relations import BoolArray, FloatArray, IntArray

TOLERANCE = 1e-6
"""Of the required width; ten times HiGHS's feasibility tolerance."""

SPREAD = 32.0
"""Required widths solved together (in one scale) differ by at most this factor."""

WORTHWHILE = 8
"""Proofs that one program moving all unproven figures at once must bring; fewer are cheaper one by one."""


class Proofs(NamedTuple):
    """What `pin` set aside: movements and witnesses of some targets, and how many supports there were."""

    highest: FloatArray
    lowest: FloatArray
    witness: IntArray
    supports: int


class Attack:
    """The status attacker's view of one cluster under one pattern of hidden cells.

    It remembers for every target the two movements that prove its range wide enough (its witnesses), so that
    publishing a cell again only calls for new proof where a witness moved that cell.
    """

    def __init__(self, found: Cluster, movable: BoolArray) -> None:
        self.cluster = found
        start, column, coefficient, _ = restrict(found.start, found.column, found.coefficient, movable)
        self.columns = np.flatnonzero(movable).astype(np.int64)
        self.program = LinearProgram(start, column, coefficient, len(self.columns))
        self.position = np.full(len(movable), -1, np.int64)
        self.position[self.columns] = np.arange(len(self.columns))
        self.block = found.blocks(movable)
        self.pinned = np.zeros(len(self.columns), np.bool_)
        self.highest = np.zeros(len(movable))
        self.lowest = np.zeros(len(movable))
        self._witness = np.full((2, len(movable)), -1, np.int64)
        self._supports: list[BoolArray] = []
        self._signs = np.random.default_rng(0)

    def unproven(self, targets: IntArray) -> IntArray:
        """Return the targets whose range is too narrow."""
        still = self.position[targets] < 0
        failing = targets[still].tolist()
        for batch in batches(self.cluster.required, targets[~still]):
            scale = self._set_scale(batch)
            pending = self._harvest(batch, scale)
            failing += [t for t in pending.tolist() if not self._is_wide(t, batch, scale)]
        return np.sort(np.array(failing, np.int64))

    def all_wide(self, targets: IntArray, near: BoolArray) -> bool:
        """Whether every target's range is wide enough, trying those that are `near` and narrow first."""
        movable = self.position >= 0
        movable[self.columns[self.pinned]] = False
        reach = self.cluster.reach(movable) / self.cluster.required
        if (reach[targets] < 1.0 - TOLERANCE).any():
            return False
        for batch in batches(self.cluster.required, targets):
            scale = self._set_scale(batch)
            likely = batch[near[batch]]
            likely = likely[np.argsort(reach[likely], kind="stable")]
            if not all(self._is_wide(t, batch, scale) for t in likely.tolist()):
                return False
            pending = self._harvest(batch[~self._wide(batch)], scale)
            if not all(self._is_wide(t, batch, scale) for t in pending.tolist()):
                return False
        return True

    def witnessed_by(self, column: int) -> IntArray:
        """The targets whose proof moves this column, and so would need another proof without it."""
        place = self.position[column]
        moved = np.array([support[place] for support in self._supports], np.bool_)
        near = self.cluster.targets[self.block[self.cluster.targets] == self.block[column]]
        witness = self._witness[:, near]
        used: IntArray = near[(moved[np.maximum(witness, 0)] & (witness >= 0)).any(axis=0)]
        return used

    def pin(self, column: int, targets: IntArray) -> "Proofs":
        """Forbid a column to move and forget these targets' proofs; return what `unpin` needs to undo it."""
        kept = Proofs(
            self.highest[targets], self.lowest[targets], self._witness[:, targets], len(self._supports)
        )
        self.pinned[self.position[column]] = True
        self.highest[targets] = self.lowest[targets] = 0.0
        self._witness[:, targets] = -1
        return kept

    def unpin(self, column: int, targets: IntArray, kept: "Proofs") -> None:
        """Let a pinned column move again and take the old proofs back."""
        self.pinned[self.position[column]] = False
        self.highest[targets], self.lowest[targets] = kept.highest, kept.lowest
        self._witness[:, targets] = kept.witness
        del self._supports[kept.supports :]

    def _set_scale(self, batch: IntArray) -> float:
        scale = float(self.cluster.required[batch].max())
        down = np.minimum(self.cluster.down[self.columns] / scale, CAP)
        up = np.minimum(self.cluster.up[self.columns] / scale, CAP)
        free = ~self.pinned
        self.program.bound(-down * free, up * free)
        return scale

    def _harvest(self, batch: IntArray, scale: float) -> IntArray:
        pending, gain = batch, len(batch)
        while min(len(pending), gain) > WORTHWHILE:
            required = self.cluster.required[pending]
            signs = self._signs.choice([-1.0, 1.0], len(pending))
            signs[self.cluster.up[pending] < required] = 1.0
            signs[self.cluster.down[pending] < required] = -1.0
            self._record(
                self._move(pending, signs * self._signs.uniform(0.5, 1.0, len(pending))), batch, scale
            )
            gain = len(pending)
            pending = pending[~self._wide(pending)]
            gain -= len(pending)
        return pending

    def _is_wide(self, target: int, batch: IntArray, scale: float) -> bool:
        one = np.array([target], np.int64)
        upward_first = self.highest[target] < -self.lowest[target]
        for sign in (-1.0, 1.0) if upward_first else (1.0, -1.0):
            if self._wide(one)[0]:
                break
            self._record(self._move(one, np.array([sign])), batch, scale)
        return bool(self._wide(one)[0])

    def _move(self, targets: IntArray, costs: FloatArray) -> FloatArray:
        solution = self.program.minimise(self.position[targets], costs)
        return np.zeros(len(self.columns)) if solution is None else solution

    def _record(self, solution: FloatArray, batch: IntArray, scale: float) -> None:
        moved = solution[self.position[batch]] * scale
        number = len(self._supports)
        self._supports.append(np.abs(solution) > 1e-9)
        higher, lower = moved > self.highest[batch], moved < self.lowest[batch]
        self.highest[batch[higher]], self._witness[0, batch[higher]] = moved[higher], number
        self.lowest[batch[lower]], self._witness[1, batch[lower]] = moved[lower], number

    def _wide(self, targets: IntArray) -> BoolArray:
        enough = self.cluster.required[targets] * (1.0 - TOLERANCE)
        wide: BoolArray = self.highest[targets] - self.lowest[targets] >= enough
        return wide


def batches(required: FloatArray, targets: IntArray) -> list[IntArray]:
    """Group targets of comparable required width, so that one scale suits each group."""
    found: list[IntArray] = []
    rest = targets[np.argsort(required[targets], kind="stable")]
    while len(rest):
        near = required[rest] <= SPREAD * required[rest[0]]
        found.append(np.sort(rest[near]))
        rest = rest[~near]
    return found
