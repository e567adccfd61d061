"""Which figures lie near each other: sharing a sum, or a few sums away."""

import numpy as np

from .cluster import Cluster
from .relations import BoolArray, IntArray

MANY = 300
"""Sums; the innermost ring is drawn closer if it would hold more."""


class Around:
    """The neighbourhoods of a cluster's columns, and a grouping of its targets by nearness."""

    def __init__(self, found: Cluster) -> None:
        self.cluster = found
        order = np.argsort(found.column, kind="stable")
        self._rows = found.row[order]
        self._first = np.concatenate([[0], np.cumsum(np.bincount(found.column, minlength=len(found.down)))])
        self.group, self.seeds = self._grouped()

    def rows_of(self, columns: IntArray) -> IntArray:
        """Return the sums that hold any of these columns."""
        return np.unique(self._rows[slices(self._first, columns)])

    def columns_of(self, rows: IntArray) -> IntArray:
        """Return the columns in any of these sums."""
        return np.unique(self.cluster.column[slices(self.cluster.start, rows)])

    def grow(self, columns: IntArray) -> IntArray:
        """Return the columns that share a sum with any of these."""
        return self.columns_of(self.rows_of(columns))

    def sums(self, number: int, ring: int) -> IntArray:
        """Return the sums around a group of targets, in narrower or wider rings from 0."""
        core = self.seeds[number]
        rows = self.rows_of(self.grow(core))
        if ring == 0 and len(rows) > MANY:
            return self.rows_of(core)
        for _ in range(ring):
            core = self.grow(core)
            rows = self.rows_of(self.grow(core))
        return rows

    def _grouped(self) -> tuple[IntArray, list[IntArray]]:
        """Group targets that share sums, the most crowded first: group numbers, and the columns around each."""
        part = self.cluster
        left: BoolArray = np.zeros(len(part.down), np.bool_)
        left[part.targets] = True
        per_row = np.bincount(part.row, left[part.column], len(part.start) - 1)
        crowd = np.bincount(part.column, per_row[part.row], len(part.down))
        group = np.full(len(part.down), -1, np.int64)
        seeds: list[IntArray] = []
        for target in part.targets[np.argsort(-crowd[part.targets], kind="stable")].tolist():
            if left[target]:
                near = self.grow(np.array([target]))
                group[near[left[near]]] = len(seeds)
                left[near] = False
                seeds.append(near)
        return group, seeds


def slices(first: IntArray, which: IntArray) -> IntArray:
    """Return the numbers first[i] to first[i + 1] - 1 for each i of `which`, one after the other."""
    lengths = first[which + 1] - first[which]
    ends = np.cumsum(lengths)
    return np.repeat(first[which] - (ends - lengths), lengths) + np.arange(int(ends[-1]) if len(ends) else 0)
