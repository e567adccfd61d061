"""Sums that one or two contributors make: who are they, and could one of them work out the other?"""

from collections.abc import Sequence

import numpy as np

from .policy import DisclosurePolicy
from .relations import BoolArray, Dimension, IntArray


def two_largest(dimension: Dimension, largest: IntArray, axis: int) -> IntArray:
    """Return the two largest contributions, given over leaves, extended along one axis to all nodes.

    Leaves share no contributor, so those of a node are the two largest of its leaves' pairs.
    """
    places = [*dimension.members(), np.arange(len(dimension.leaves), dtype=np.int64)]
    return np.concatenate([largest, *(two_of_all(largest.take(leaves, axis), axis) for leaves in places)], axis=axis)


def two_largest_everywhere(dimensions: Sequence[Dimension], largest: IntArray) -> IntArray:
    """Return the pairs of the whole cube (leaves, groups, totals), shape (nodes of each dimension, 2)."""
    cube = largest
    for axis, dimension in enumerate(dimensions):
        cube = two_largest(dimension, cube, axis)
    return cube


def dominated(values: IntArray, largest: IntArray, policy: DisclosurePolicy) -> BoolArray:
    """Tell of each sum whether its two largest contributions are too much of it; pairs stand in the last axis.

    Two rules, as `DisclosurePolicy` says: (n,k) with n = 2, and p%. Where nothing positive is contributed, neither
    has anything to protect.
    """
    first, second = (np.maximum(largest[..., place], 0) for place in (0, 1))
    share, p = policy.dominance_share, policy.p_percent
    by_share = (first + second) * share.denominator > values * share.numerator
    by_estimate = (values - first - second) * p.denominator < first * p.numerator
    found: BoolArray = (first > 0) & (by_share | by_estimate)
    return found


def two_of_all(pairs: IntArray, axis: int) -> IntArray:
    """Return the two largest of all pairs along an axis, which keeps the length 1."""
    lane = np.moveaxis(pairs, axis, -2)
    flat = lane.reshape(*lane.shape[:-2], -1)
    top = -np.sort(-flat, axis=-1)[..., :2]
    return np.moveaxis(top[..., None, :], -2, axis)
