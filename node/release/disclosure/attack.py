"""The status attacker: which ranges can he narrow down, given what is hidden?"""

import numpy as np

from .cluster import CAP, Cluster
from .program import LinearProgram, power_of_two, restrict
from .relations import BoolArray, FloatArray, IntArray

TOLERANCE = 1e-6
"""Of the required width; ten times HiGHS's feasibility tolerance."""

SPREAD = 32.0
"""Required widths solved together (in one scale) differ by at most this factor."""

WORTHWHILE = 8
"""Proofs that one program moving all unproven figures at once must bring; fewer are cheaper one by one."""


class Attack:
    """The status attacker's view of one cluster under one pattern of hidden cells.

    It keeps the movements found so far: a figure whose largest and smallest movement among them lie far
    enough apart is proven safe. To try whether a cell may be published again, all movements are mixed so that
    the cell stands still (a mixture of possible movements is possible); only what is no longer proven then
    needs new programs.
    """

    def __init__(self, found: Cluster, movable: BoolArray) -> None:
        self.cluster = found
        start, column, coefficient, _ = restrict(found.start, found.column, found.coefficient, movable)
        self.columns = np.flatnonzero(movable).astype(np.int64)
        self.program = LinearProgram(start, column, coefficient, len(self.columns))
        self._place = np.full(len(movable), -1, np.int64)
        self._place[self.columns] = np.arange(len(self.columns))
        self._block = found.blocks(movable)[self.columns]
        self._pinned = np.zeros(len(self.columns), np.bool_)
        self._signs = np.random.default_rng(0)
        self._moves = [np.zeros(len(self.columns))]
        self._highest, self._lowest = self._moves[0].copy(), self._moves[0].copy()

    def can_move(self, column: int) -> bool:
        """Whether this column is hidden and has any freedom."""
        return bool(self._place[column] >= 0)

    def unproven(self, targets: IntArray) -> IntArray:
        """Return the targets whose range is too narrow."""
        still = self._place[targets] < 0
        failing = targets[still].tolist()
        for batch in batches(self.cluster.required, targets[~still]):
            scale = self._set_scale(batch)
            failing += [t for t in self._harvest(batch, scale).tolist() if not self._prove(t, scale)]
        return np.sort(np.array(failing, np.int64))

    def can_do_without(self, column: int) -> bool:
        """Publish a column again if every target keeps its range without it; say whether that succeeded."""
        kept = self._moves, self._highest, self._lowest
        self._pinned[self._place[column]] = True
        self._still(int(self._place[column]))
        if self._all_wide(self.cluster.near(column)):
            return True
        self._pinned[self._place[column]] = False
        self._moves, self._highest, self._lowest = kept
        return False

    def _still(self, place: int) -> None:
        """Mix the known movements so that one column stands still, touching only the block it moves in."""
        moves = np.array(self._moves)
        here = moves[:, place]
        block = self._block == self._block[place]
        extremes = moves[np.argmin(here)].copy(), moves[np.argmax(here)].copy()
        for against, rows in zip(extremes, (here > 0, here < 0), strict=True):
            share = here[rows] / (here[rows] - against[place])
            share = share[:, np.newaxis]
            moves[np.ix_(rows, block)] = (1 - share) * moves[np.ix_(rows, block)] + share * against[block]
        moves[:, place] = 0.0
        self._moves = list(moves)
        self._highest, self._lowest = moves.max(axis=0), moves.min(axis=0)

    def _all_wide(self, near: BoolArray) -> bool:
        """Whether every target is safe, trying those that are `near` and narrow first."""
        targets = self.cluster.targets
        pending = targets[~self._wide(targets)]
        movable = self._place >= 0
        movable[self.columns[self._pinned]] = False
        reach = self.cluster.reach(movable) / self.cluster.required
        if (reach[pending] < 1.0 - TOLERANCE).any():
            return False
        for batch in batches(self.cluster.required, pending):
            scale = self._set_scale(batch)
            likely = batch[near[batch]]
            likely = likely[np.argsort(reach[likely], kind="stable")]
            if not all(self._prove(t, scale) for t in likely.tolist()):
                return False
            rest = self._harvest(batch[~self._wide(batch)], scale)
            if not all(self._prove(t, scale) for t in rest.tolist()):
                return False
        return True

    def _set_scale(self, batch: IntArray) -> float:
        widest = float(self.cluster.required[batch].max())
        scale, free = power_of_two(widest), ~self._pinned
        down, up = (
            np.minimum(side[self.columns], CAP * widest) / scale * free for side in (self.cluster.down, self.cluster.up)
        )
        self.program.bound(-down, up)
        return scale

    def _harvest(self, batch: IntArray, scale: float) -> IntArray:
        """Move all targets at once, in random directions, as long as that pays; return what is left."""
        pending, gain = batch, len(batch)
        while min(len(pending), gain) > WORTHWHILE:
            required = self.cluster.required[pending]
            signs = self._signs.choice([-1.0, 1.0], len(pending))
            signs[self.cluster.up[pending] < required] = 1.0
            signs[self.cluster.down[pending] < required] = -1.0
            self._move(pending, signs * self._signs.uniform(0.5, 1.0, len(pending)), scale)
            gain = len(pending)
            pending = pending[~self._wide(pending)]
            gain -= len(pending)
        return pending

    def _prove(self, target: int, scale: float) -> bool:
        """Move one target as far as it goes, down and up, until its range is wide enough."""
        one, place = np.array([target], np.int64), self._place[target]
        upward_first = self._highest[place] < -self._lowest[place]
        for sign in (-1.0, 1.0) if upward_first else (1.0, -1.0):
            if self._wide(one)[0]:
                break
            self._move(one, np.array([sign]), scale)
        return bool(self._wide(one)[0])

    def _move(self, targets: IntArray, costs: FloatArray, scale: float) -> None:
        solution = self.program.minimise(self._place[targets], costs)
        if solution is not None:
            self._moves.append(solution * scale)
            self._highest = np.maximum(self._highest, self._moves[-1])
            self._lowest = np.minimum(self._lowest, self._moves[-1])

    def _wide(self, targets: IntArray) -> BoolArray:
        places = self._place[targets]
        enough = self.cluster.required[targets] * (1.0 - TOLERANCE)
        wide: BoolArray = self._highest[places] - self._lowest[places] >= enough
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
