"""Organisations as attackers: each knows what it was paid in every cell, and what is left there was paid to others.

Where an organisation is the only one paid, it knows the cell. What it must not work out is what the others were paid in
a protected cell: that range must stay as wide a share of their amount as everybody's range of the whole.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .attack import Attack
from .classify import Classified
from .cluster import cluster
from .effort import Effort
from .history import every_payment
from .model import ReleaseModel
from .policy import DisclosurePolicy
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
        everybody = self._knowing(self.down.min(axis=1), self.up.min(axis=1), targets)
        doubtful = self._narrow(everybody, hidden, weight, effort)
        if not doubtful.any():
            return
        for place in np.flatnonzero((self.counts & hidden[self.at, None]).any(axis=0)).tolist():
            one = replace(self._seen_by(place, doubtful), hidden=hidden)
            if self._narrow(one, hidden, weight, effort).any():
                yield one

    def _seen_by(self, place: int, doubtful: BoolArray) -> Classified:
        rest, share = self.rest[:, place], self.policy.magnitude_width_share
        targets = doubtful.copy()
        targets[self.at] &= rest > 0
        one = self._knowing(self.down[:, place], self.up[:, place], targets)
        one.required[self.at] = np.maximum(-(-rest * share.numerator // share.denominator), 1)
        return one

    def _knowing(self, down: FloatArray, up: FloatArray, targets: BoolArray) -> Classified:
        """What is asked if so much room is left in every sum; all views at once leave less than any one of them."""
        least, most = self.found.down.copy(), self.found.up.copy()
        least[self.at] = np.minimum(least[self.at], down)
        most[self.at] = np.minimum(most[self.at], up)
        required = self.found.required.copy()
        return replace(self.found, target=targets, required=required, down=least, up=most, pooled=())

    def _narrow(self, wanted: Classified, hidden: BoolArray, weight: FloatArray, effort: Effort) -> BoolArray:
        narrow = np.zeros(len(hidden), np.bool_)
        for label in np.unique(self.model.component[wanted.target]).tolist():
            part = cluster(self.model, wanted, weight, label)
            found: IntArray = Attack(part, part.movable(hidden), effort).unproven(part.targets)
            narrow[part.cells[found]] = True
        return narrow
