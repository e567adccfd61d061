"""Figures that hang together, and how far each can move from the truth.

A protected figure's range is the distance between its largest and smallest movement. Movements are measured
from the truth, so that "nothing moves" is always a solution and large sums do not cost precision.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .classify import Classified
from .model import ReleaseModel
from .program import restrict
from .relations import BoolArray, FloatArray, IntArray

CAP = 4.0
"""Movements are capped at this many required widths: sound for "wide enough", and it keeps numbers small."""

SWEEPS = 3
"""Rounds of bounding one sum at a time; more rarely refuse more."""


@dataclass(frozen=True, eq=False)
class Cluster:
    """Figures that hang together, renumbered: cells, complements, then pooled sums.

    `cells` are the model's variables behind the first columns. `links` has rows (part, whole, complement).
    Rows are sums equal to 0 in compressed form. `weight` says what hiding a cell costs, `table` which
    statistic a column belongs to (a complement: to that of its part).
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
    table: IntArray = field(repr=False)

    def movable(self, hidden: BoolArray) -> BoolArray:
        """Which columns can move when these model variables are hidden."""
        free = np.ones(len(self.down), np.bool_)
        free[: len(self.cells)] = hidden[self.cells]
        return self.movable_with(free)

    @cached_property
    def row(self) -> IntArray:
        """The row of every entry."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int64), np.diff(self.start))

    def reach(self, movable: BoolArray) -> FloatArray:
        """Bound every column's range from above, one sum at a time (cheap, and often enough to refuse)."""
        limit = CAP * self.required.max()
        down = np.where(movable, np.minimum(self.down, limit), 0.0)
        up = np.where(movable, np.minimum(self.up, limit), 0.0)
        adds = self.coefficient > 0
        for _ in range(SWEEPS):
            most = np.where(adds, up[self.column], down[self.column])
            least = np.where(adds, down[self.column], up[self.column])
            others_most = np.bincount(self.row, most, len(self.start) - 1)[self.row] - most
            others_least = np.bincount(self.row, least, len(self.start) - 1)[self.row] - least
            np.minimum.at(up, self.column, np.where(adds, others_least, others_most))
            np.minimum.at(down, self.column, np.where(adds, others_most, others_least))
        return up + down

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
    start, column, coefficient, _ = restrict(relations.start, relations.variable, relations.coefficient, inside)
    table = np.repeat(np.arange(len(model.statistics)), [one.size for one in model.statistics])
    table = np.concatenate([table, table[model.complements[:, 0]]])
    pools = [pool for pool in classified.pooled if inside[pool.members[0]]]
    for extra, (members, _) in enumerate(pools, start=len(cells)):
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
        required=np.concatenate([classified.required[cells], [pool.width for pool in pools]]),
        targets=np.concatenate(
            [np.flatnonzero(classified.target[cells]), np.arange(len(cells), len(cells) + len(pools))]
        ).astype(np.int64),
        blankable=np.concatenate([classified.blankable[cells], np.zeros(len(pools), np.bool_)]),
        weight=np.concatenate([weight[cells], np.zeros(len(pools))]),
        table=np.concatenate([table[cells], [table[pool.members[0]] for pool in pools]]).astype(np.int64),
    )
