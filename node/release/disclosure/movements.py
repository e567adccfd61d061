"""Movements: how far hidden figures can move from the truth while all published figures stay as they are.

A protected figure's range is the distance between its largest and smallest movement. Movements are measured
from the truth, so that "nothing moves" is always a solution and large sums do not cost precision.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .classify import Classified
from .model import ReleaseModel
from .program import DUAL_SIMPLEX, LinearProgram, restrict
from .relations import BoolArray, FloatArray, IntArray

CAP = 4.0
"""Movements are capped at this many required widths: sound for "wide enough", and it keeps numbers small."""

TOLERANCE = 1e-6
"""Of the required width; ten times HiGHS's feasibility tolerance."""

SPREAD = 32.0
"""Required widths solved together (in one scale) differ by at most this factor."""

WORTHWHILE = 8
"""Proofs that one program moving all unproven figures at once must bring; fewer are cheaper one by one."""


@dataclass(frozen=True, eq=False)
class Cluster:
    """Figures that hang together, renumbered: cells, complements, then pooled sums.

    `cells` are the model's variables behind the first columns. `links` has rows (part, whole, complement).
    Rows are sums equal to 0 in compressed form. `weight` says what hiding a cell costs.
    """

    cells: IntArray = field(repr=False)
    links: IntArray = field(repr=False)
    start: IntArray = field(repr=False)
    column: IntArray = field(repr=False)
    coefficient: FloatArray = field(repr=False)
    down: FloatArray = field(repr=False)
    up: FloatArray = field(repr=False)
    required: FloatArray = field(repr=False)
    targets: IntArray = field(repr=False)
    blankable: BoolArray = field(repr=False)
    weight: FloatArray = field(repr=False)
    is_cell: BoolArray = field(repr=False)

    def movable(self, hidden: BoolArray) -> BoolArray:
        """Which columns can move when these model variables are hidden."""
        free = np.ones(len(self.down), np.bool_)
        free[: len(self.cells)] = hidden[self.cells]
        return self.movable_with(free)

    def neighbours(self, column: int) -> BoolArray:
        """Which columns share a sum with this one, and which complements and pools do with those."""
        row = np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))
        near = np.zeros(len(self.down), np.bool_)
        near[self.column[np.isin(row, row[self.column == column])]] = True
        further = near.copy()
        further[self.column[np.isin(row, row[near[self.column]])]] = True
        return near | (further & ~self.is_cell)

    def movable_with(self, hidden: BoolArray) -> BoolArray:
        """Which columns can move when these columns are hidden."""
        free = hidden.copy()
        part, whole, rest = self.links.T
        free[rest] = free[part] | free[whole]
        return free & ((self.down > 0) | (self.up > 0))


def cluster(model: ReleaseModel, classified: Classified, weight: FloatArray, label: int) -> Cluster:
    """Cut one component out of the model and add its pooled sums as columns."""
    inside = model.component == label
    cells = np.flatnonzero(inside).astype(np.int64)
    number = np.cumsum(inside) - 1
    relations = model.relations
    start, column, coefficient, _ = restrict(
        relations.start, relations.variable, relations.coefficient, inside
    )
    pools = [members for members in classified.pooled if inside[members[0]]]
    width = float(classified.required[~model.is_sum].max(initial=1.0))
    for extra, members in enumerate(pools, start=len(cells)):
        start = np.append(start, start[-1] + len(members) + 1)
        column = np.concatenate([column, [extra], number[members]])
        coefficient = np.concatenate([coefficient, [-1.0], np.ones(len(members))])
    endless = np.full(len(pools), np.inf)
    return Cluster(
        cells=cells,
        links=number[model.complements[inside[model.complements[:, 0]]]].reshape(-1, 3),
        start=start,
        column=column,
        coefficient=coefficient,
        down=np.concatenate([classified.down[cells], endless]),
        up=np.concatenate([classified.up[cells], endless]),
        required=np.concatenate([classified.required[cells], np.full(len(pools), width)]),
        targets=np.concatenate(
            [np.flatnonzero(classified.target[cells]), np.arange(len(cells), len(cells) + len(pools))]
        ).astype(np.int64),
        blankable=np.concatenate([classified.blankable[cells], np.zeros(len(pools), np.bool_)]),
        weight=np.concatenate([weight[cells], np.zeros(len(pools))]),
        is_cell=np.concatenate([cells < len(model.cells), np.zeros(len(pools), np.bool_)]),
    )


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

    def all_wide(self, targets: IntArray, likely: BoolArray) -> bool:
        """Whether every target's range is wide enough, trying the ones `likely` to fail first."""
        for batch in batches(self.cluster.required, targets):
            scale = self._set_scale(batch)
            if not all(self._is_wide(t, batch, scale) for t in batch[likely[batch]].tolist()):
                return False
            pending = self._harvest(batch[~self._wide(batch)], scale)
            if not all(self._is_wide(t, batch, scale) for t in pending.tolist()):
                return False
        return True

    def witnessed_by(self, column: int) -> IntArray:
        """The targets whose proof moves this column."""
        place = self.position[column]
        moved = np.array([support[place] for support in self._supports], np.bool_)
        witness = self._witness[:, self.cluster.targets]
        uses = (moved[np.maximum(witness, 0)] & (witness >= 0)).any(axis=0)
        return self.cluster.targets[uses]

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


class Cover:
    """Finds the cheapest cells to hide so that one figure can move by a given amount."""

    def __init__(self, found: Cluster) -> None:
        self.cluster = found
        n = len(found.down)
        column = np.stack([found.column, found.column + n], axis=1).ravel()
        coefficient = np.stack([found.coefficient, -found.coefficient], axis=1).ravel()
        self.program = LinearProgram(2 * found.start, column, coefficient, 2 * n, strategy=DUAL_SIMPLEX)
        self._every = np.arange(2 * n, dtype=np.int64)

    def cheapest(self, target: int, amounts: Sequence[float], movable: BoolArray) -> IntArray | None:
        """Return the cells to hide so that `target` can move by each of the amounts; None if it cannot."""
        used = np.zeros(len(movable), np.bool_)
        for amount in amounts:
            moved = self._move(target, amount, movable | used)
            if moved is None:
                return None
            used |= moved
        return np.flatnonzero(used & ~movable & self.cluster.blankable).astype(np.int64)

    def _move(self, target: int, amount: float, movable: BoolArray) -> BoolArray | None:
        part = self.cluster
        if abs(amount) > (part.up if amount > 0 else part.down)[target]:
            return None
        n, scale = len(part.down), float(part.required[target])
        usable = part.movable_with(movable | part.blankable)
        limits = [np.where(usable, np.minimum(side / scale, CAP), 0.0) for side in (part.up, part.down)]
        price = np.where(movable | ~part.blankable, FREE, part.weight)
        costs = np.concatenate([price / np.clip(limit, 0.5, 1.0) for limit in limits])
        lower, upper = np.zeros(2 * n), np.concatenate(limits)
        upper[[target, n + target]] = 0.0
        place = target if amount > 0 else n + target
        lower[place] = upper[place] = abs(amount) / scale
        self.program.forget()
        self.program.bound(lower, upper)
        solution = self.program.minimise(self._every, costs)
        if solution is None:
            return None
        moved: BoolArray = solution[:n] + solution[n:] > 1e-7
        return moved


FREE = 1e-4
"""Price of moving what is hidden already, against 1 for hiding one more leaf: avoids idle detours."""
