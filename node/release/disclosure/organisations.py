"""Sums of money by who was paid: are they enough organisations, and does one of them make too much of it?

Unlike persons, one organisation is paid in many leaves, so that totals are judged by adding up per organisation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .dominance import dominated
from .policy import DisclosurePolicy
from .relations import BoolArray, Dimension, IntArray, add_up

Key = tuple[str, str]

ENOUGH = 2**31
"""Stands for "no reason to doubt": no money, or money of which it is not said whom it was paid to."""


@dataclass(frozen=True, eq=False)
class Organisations:
    """What each organisation was paid: `amounts` has the leaves of each dimension, then one entry per code.

    What is paid to nobody known is in no entry. Codes never leave the node.
    """

    codes: tuple[str, ...] = field(repr=False)
    amounts: IntArray = field(repr=False)

    def over(self, codes: Sequence[str]) -> "Organisations":
        """Return the same amounts over a longer list of codes; of the new ones nobody was paid."""
        return Organisations(tuple(codes), _spread(self.amounts, self.codes, codes))


@dataclass(frozen=True, eq=False)
class Paid:
    """A statistic's figures by who was paid: `variables` of a model, and amounts of shape (variables, codes).

    `whole` marks the figures of which it is known of all money who was paid.
    """

    variables: IntArray = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)
    amounts: IntArray = field(repr=False)
    whole: BoolArray = field(repr=False)

    def over(self, codes: Sequence[str]) -> IntArray:
        """Return the amounts over a longer list of codes."""
        return _spread(self.amounts, self.codes, codes)


def paid_everywhere(dimensions: Sequence[Dimension], values: IntArray, known: Organisations) -> Paid:
    """Return the whole cube (leaves, groups, totals) of a statistic by who was paid, numbered from 0."""
    size = int(np.prod([len(one.nodes) for one in dimensions]))
    amounts = add_up(dimensions, known.amounts.astype(np.int64)).reshape(size, len(known.codes))
    figures = add_up(dimensions, values.astype(np.int64)).ravel()
    return Paid(np.arange(size, dtype=np.int64), known.codes, amounts, amounts.sum(axis=1) == figures)


def payees(amounts: IntArray, whole: BoolArray) -> IntArray:
    """Return for each figure how many organisations are paid, and the two largest amounts; shape (figures, 3).

    Only who is paid more than nothing counts. Where money went to somebody unknown, their number is ENOUGH.
    """
    positive = np.maximum(amounts, 0)
    top = -np.sort(-np.pad(positive, ((0, 0), (0, 2))), axis=1)[:, :2]
    number = np.where(whole & (amounts != 0).any(axis=1), (amounts > 0).sum(axis=1), ENOUGH)
    return np.concatenate([number[:, None], top], axis=1).astype(np.int64)


def nobody(size: int) -> IntArray:
    """Return what `payees` says of figures that are no money by organisation."""
    return np.tile(np.array([ENOUGH, 0, 0], np.int64), (size, 1))


def concentrated(values: IntArray, of: IntArray, policy: DisclosurePolicy) -> BoolArray:
    """Tell of each sum whether too few organisations are paid, or two of them too much of it; `of` is from `payees`."""
    found: BoolArray = (of[..., 0] < policy.minimum_organisations) | dominated(values, of[..., 1:], policy)
    return found


def changed_for_few(
    change: IntArray, was: Paid, now: Paid, rows: tuple[IntArray, IntArray], policy: DisclosurePolicy
) -> BoolArray:
    """Tell of each figure whether its change is one of too few organisations, or nearly all of it of two.

    `rows` says where the figures stand in `was` and in `now`. Where some money went to nobody known, then or now, their
    number is not judged, and nor is a change of which that money makes more than a tenth.
    """
    codes = sorted({*was.codes, *now.codes})
    before, after = rows
    moved = now.over(codes)[after] - was.over(codes)[before]
    whole = was.whole[before] & now.whole[after]
    share = policy.dominance_share
    elsewhere = np.abs(change - moved.sum(axis=1)) * share.denominator
    told = (change != 0) & (whole | (elsewhere <= np.abs(change) * (share.denominator - share.numerator)))
    found: BoolArray = told & concentrated(np.abs(change), payees(np.abs(moved), whole), policy)
    return found


def _spread(amounts: IntArray, codes: Sequence[str], wanted: Sequence[str]) -> IntArray:
    place = {code: number for number, code in enumerate(wanted)}
    found = np.zeros((*amounts.shape[:-1], len(wanted)), np.int64)
    found[..., [place[code] for code in codes]] = amounts
    return found
