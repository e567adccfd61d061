"""Which cells to hide, as a covering problem: every cut names cells of which enough must be hidden."""

from dataclasses import dataclass, field

import numpy as np

from .cluster import Cluster
from .relations import BoolArray, FloatArray, IntArray

OPEN, NEVER = -1, -2
"""Owners of columns that always move, and of columns that never do."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A cluster seen as a choice: which of the `candidates` (columns) to hide besides what is hidden anyway.

    `owner` says for every column which candidate (its place) lets it move, or OPEN, or NEVER. `implied` has
    rows (whole, part): hiding the first candidate hides the second. `price` of a candidate is 1 and a little
    more for what readers would miss more, so that fewest cells come first.
    """

    cluster: Cluster
    opened: BoolArray = field(repr=False)
    candidates: IntArray = field(repr=False)
    owner: IntArray = field(repr=False)
    implied: IntArray = field(repr=False)
    price: FloatArray = field(repr=False)

    def movable(self, chosen: BoolArray) -> BoolArray:
        """Which columns can move when these candidates are hidden."""
        free = self.opened.copy()
        free[self.candidates] = chosen
        return self.cluster.movable_with(free)

    def closed(self, chosen: BoolArray) -> BoolArray:
        """Add the parts of the wholes that are chosen."""
        found = chosen.copy()
        while True:
            new = found[self.implied[:, 0]] & ~found[self.implied[:, 1]]
            if not new.any():
                return found
            found[self.implied[new, 1]] = True

    def share(self, chosen: FloatArray) -> FloatArray:
        """How much of its slack every column has when candidates are hidden to a share."""
        padded: FloatArray = np.concatenate([chosen, [0.0, 1.0]])
        return padded[self.owner]


def pose(part: Cluster, hidden: BoolArray) -> Problem:
    """Pose the covering problem of a cluster; `hidden` marks its columns that are hidden anyway (pools too)."""
    can_move = (part.down > 0) | (part.up > 0)
    candidates = np.flatnonzero(part.blankable & ~hidden).astype(np.int64)
    owner = np.full(len(hidden), NEVER, np.int64)
    owner[hidden] = OPEN
    owner[candidates] = np.arange(len(candidates))
    lower, whole, rest = part.links.T
    owner[rest] = np.where(owner[lower] == NEVER, owner[whole], owner[lower])
    both = (owner[whole] >= 0) & (owner[lower] >= 0)
    owner[~can_move] = NEVER
    weight = part.weight[candidates]
    implied = np.stack([whole[both], lower[both]], axis=1)
    place = np.full(len(hidden), -1, np.int64)
    place[candidates] = np.arange(len(candidates))
    return Problem(
        cluster=part,
        opened=hidden,
        candidates=candidates,
        owner=owner,
        implied=place[implied],
        price=1.0 + 1e-3 * np.minimum(weight, 64.0) / 64.0,
    )
