"""The status attacker: which ranges can he narrow down, given what is hidden?"""

import numpy as np

from .cluster import CAP, Cluster
from .effort import Effort
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

    A figure whose largest and smallest movement among those found so far lie far enough apart is proven safe.
    `share` leaves every column only a part of its freedom, as the relaxation of the covering problem does.
    """

    def __init__(self, found: Cluster, movable: BoolArray, effort: Effort, share: FloatArray | None = None) -> None:
        self.cluster = found
        start, column, coefficient, _ = restrict(found.start, found.column, found.coefficient, movable)
        self.columns = np.flatnonzero(movable).astype(np.int64)
        self.program = LinearProgram(start, column, coefficient, len(self.columns), effort=effort)
        self._share = np.ones(len(self.columns)) if share is None else share[self.columns]
        self._place = np.full(len(movable), -1, np.int64)
        self._place[self.columns] = np.arange(len(self.columns))
        self._signs = np.random.default_rng(0)
        self._highest, self._lowest = np.zeros(len(self.columns)), np.zeros(len(self.columns))

    def unproven(self, targets: IntArray) -> IntArray:
        """Return the targets whose range is too narrow."""
        return self.failing(self.doubtful(targets))

    def doubtful(self, targets: IntArray) -> IntArray:
        """Return the targets that a few movements of all at once did not prove safe."""
        still = self._place[targets] < 0
        left = [targets[still]]
        for batch in batches(self.cluster.required, targets[~still]):
            left.append(self._harvest(batch, self._set_scale(batch)))
        return np.sort(np.concatenate(left))

    def failing(self, targets: IntArray) -> IntArray:
        """Return those of a few targets whose range is too narrow, moving each by itself."""
        still = self._place[targets] < 0
        found = targets[still].tolist()
        for batch in batches(self.cluster.required, targets[~still]):
            scale = self._set_scale(batch)
            found += [t for t in batch.tolist() if not self._prove(t, scale)]
        return np.sort(np.array(found, np.int64))

    def _set_scale(self, batch: IntArray) -> float:
        widest = float(self.cluster.required[batch].max())
        scale = power_of_two(widest)
        down, up = (
            np.minimum(side[self.columns], CAP * widest) / scale * self._share
            for side in (self.cluster.down, self.cluster.up)
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
            np.maximum(self._highest, solution * scale, out=self._highest)
            np.minimum(self._lowest, solution * scale, out=self._lowest)

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
