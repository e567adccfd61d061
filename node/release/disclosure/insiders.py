"""Organisations as attackers: each knows what it was paid in every cell, and what is left there was paid to others.

Where an organisation is the only one paid, it knows the cell. What it must not work out is what the others were paid in
a protected cell: that range must stay as wide a share of their amount as everybody's range of the whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from .attack import Attack
from .classify import Classified
from .cluster import cluster
from .effort import Effort
from .history import every_payment
from .model import ReleaseModel
from .policy import DisclosurePolicy
from .pools import Pool
from .relations import BoolArray, FloatArray, IntArray


def insiders(model: ReleaseModel, found: Classified, policy: DisclosurePolicy) -> "Insiders | None":
    """Return who is paid in the sums of a model, None where that is known of none."""
    at = every_payment(model.statistics, model.first)
    if not any(paid.codes for paid in at.values()):
        return None
    return Insiders(model, found, policy)


class Insiders:
    """All organisations that are paid in a model, with their amounts in every vintage of it."""

    def __init__(self, model: ReleaseModel, found: Classified, policy: DisclosurePolicy) -> None:
        self.model, self.found, self.policy = model, found, policy
        now = every_payment(model.statistics, model.first)
        vintages = [(one.values, one.paid) for one in model.past] + [(model.values, now)]
        self.codes = sorted({code for _, paid in vintages for one in paid.values() for code in one.codes})
        self.at = np.unique(np.concatenate([one.variables for _, paid in vintages for one in paid.values()]))
        shape = len(self.at), len(self.codes)
        self.down, self.up = np.full(shape, np.inf), np.full(shape, np.inf)
        self.rest, self.counts = np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
        for values, paid in vintages:
            for one in paid.values():
                own, rows = one.over(self.codes), np.searchsorted(self.at, one.variables)
                rest = np.maximum(values[one.variables, None] - np.maximum(own, 0), 0)
                alone = (own != 0) & ((own != 0).sum(axis=1) == 1)[:, None] & one.whole[:, None]
                self.down[rows] = np.minimum(self.down[rows], np.where(alone, 0, rest))
                self.up[rows] = np.minimum(self.up[rows], np.where(alone, 0, np.inf))
                self.rest[rows] = np.maximum(self.rest[rows], rest)
                self.counts[rows] |= own != 0

    def unsafe(self, hidden: BoolArray, weight: FloatArray, effort: Effort) -> Iterator[Classified]:
        """Yield what is asked for those organisations that work out too much; `hidden` may grow in between."""
        targets = np.zeros(len(hidden), np.bool_)
        targets[self.at] = self.found.target[self.at]
        pools = tuple(pool for pool in self.found.pooled if pool.members[0] in self.at)
        everybody = self._knowing(self.down.min(axis=1), self.up.min(axis=1), targets, pools)
        doubtful = self._narrow(everybody, hidden, weight, effort)
        if not any(len(one) for one in doubtful):
            return
        for place in np.flatnonzero((self.counts & hidden[self.at, None]).any(axis=0)).tolist():
            one = replace(self._seen_by(place, *doubtful), hidden=hidden)
            if any(len(found) for found in self._narrow(one, hidden, weight, effort)):
                yield one

    def _seen_by(self, place: int, cells: IntArray, pools: Sequence[Pool]) -> Classified:
        rest = self.rest[:, place]
        targets = np.zeros(len(self.model.values), np.bool_)
        targets[cells] = True
        targets[self.at] &= rest > 0
        others = [int(rest[np.searchsorted(self.at, pool.members)].sum()) for pool in pools]
        narrower = [Pool(pool.members, self._width(left)) for pool, left in zip(pools, others, strict=True) if left]
        one = self._knowing(self.down[:, place], self.up[:, place], targets, tuple(narrower))
        one.required[self.at] = [self._width(left) for left in rest.tolist()]
        return one

    def _width(self, amount: int) -> float:
        share = self.policy.magnitude_width_share
        return float(max(1, -(-amount * share.numerator // share.denominator)))

    def _knowing(self, down: FloatArray, up: FloatArray, targets: BoolArray, pools: tuple[Pool, ...]) -> Classified:
        """What is asked if so much room is left in every sum; all views at once leave less than any one of them."""
        least, most = self.found.down.copy(), self.found.up.copy()
        least[self.at] = np.minimum(least[self.at], down)
        most[self.at] = np.minimum(most[self.at], up)
        required = self.found.required.copy()
        return replace(self.found, target=targets, required=required, down=least, up=most, pooled=pools)

    def _narrow(
        self, wanted: Classified, hidden: BoolArray, weight: FloatArray, effort: Effort
    ) -> tuple[IntArray, list[Pool]]:
        """Return the figures, and the pools, that stay too narrow."""
        cells, pools = [np.zeros(0, np.int64)], []
        for label in np.unique(self.model.component[self.at]).tolist():
            part = cluster(self.model, wanted, weight, label)
            own = [pool for pool in wanted.pooled if self.model.component[pool.members[0]] == label]
            found = Attack(part, part.movable(hidden), effort).unproven(part.targets)
            cells.append(part.cells[found[found < len(part.cells)]])
            pools += [own[place - len(part.cells)] for place in found.tolist() if place >= len(part.cells)]
        return np.concatenate(cells), pools
