"""The earlier vintages of a model: the same variables with the values they had in each release before.

Whoever holds every vintage is taken to know every change between them, of hidden figures too. Then one unknown
movement per figure is left, the same in all vintages: a figure shown in one of them is known in all, and what a rule
says of its value in any of them bounds it. Nobody who knows less has narrower ranges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from .dominance import dominated, two_largest_everywhere
from .organisations import Key, Paid, changed_for_few, nobody, paid_everywhere, payees
from .policy import DisclosurePolicy
from .relations import BoolArray, IntArray, add_up
from .statistic import CellKey, Statistic, Vintage

SMALLEST_REVISION = 10
"""Persons; a change between two vintages is none or at least this (ABS: derivable differences of 10 or more)."""


@dataclass(frozen=True, eq=False)
class Past:
    """What the variables of a model were after one earlier release; `exists` marks those that there were.

    `payees` says of each sum of money to how many organisations it was paid, and the two largest amounts; `paid` tells
    it by organisation, for each statistic of which that is known.
    """

    values: IntArray = field(repr=False)
    persons: IntArray = field(repr=False)
    largest: IntArray = field(repr=False)
    exists: BoolArray = field(repr=False)
    payees: IntArray = field(repr=False)
    paid: Mapping[Key, Paid] = field(default_factory=dict, repr=False)


def history(vintages: Sequence[Vintage], position: Mapping[CellKey, int], complements: IntArray) -> tuple[Past, ...]:
    """Line up earlier vintages with a model's variables, oldest first; `complements` as in ReleaseModel.

    Figures that the model does not have are left out: whoever needs them all checks that first.
    """
    size = len(position) + len(complements)
    values, persons, exists = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.bool_)
    largest, to = np.zeros((size, 2), np.int64), nobody(size)
    paid: dict[Key, Paid] = {}
    known = {(cell.statistic, cell.period) for cell in position} if vintages else set()
    placed = [one for one in vintages if (one.statistic.key, one.statistic.period) in known]
    found = []
    for moment in sorted({one.moment for one in placed}):
        for one in (one.statistic for one in placed if one.moment == moment):
            numbers = np.array([position.get(cell, -1) for cell in one.cells()], np.int64)
            here = numbers >= 0
            for into, figures in ((values, every_figure(one)), (persons, every_figure(one, persons=True))):
                into[numbers[here]] = figures[here]
            largest[numbers[here]] = every_largest(one)[here]
            to[numbers[here]] = every_payee(one)[here]
            paid.pop((one.key, one.period), None)
            paid |= {key: _kept(of, numbers, here) for key, of in every_payment([one]).items()}
            exists[numbers[here]] = True
        part, wholes, rest = complements.T
        for into in (values, persons):
            into[rest] = into[wholes] - into[part]
        exists[rest] = exists[part] & exists[wholes] & (values[rest] >= 0)
        found.append(Past(values.copy(), persons.copy(), largest.copy(), exists.copy(), to.copy(), dict(paid)))
    return tuple(found)


def every_figure(statistic: Statistic, persons: bool = False) -> IntArray:
    """Return all figures of a statistic in the order of its cells, or the persons behind them."""
    leaves = statistic.contributors if persons else statistic.values
    return add_up(statistic.dimensions, leaves.astype(np.int64)).ravel()


def every_largest(statistic: Statistic) -> IntArray:
    """Return the two largest contributions to all figures of a statistic, in the order of its cells; 0 if no money."""
    if statistic.largest is None:
        return np.zeros((statistic.size, 2), np.int64)
    return two_largest_everywhere(statistic.dimensions, statistic.largest.astype(np.int64)).reshape(-1, 2)


def every_payee(statistic: Statistic) -> IntArray:
    """Return to how many organisations each figure of a statistic is paid, and the two largest amounts."""
    if statistic.organisations is None:
        return nobody(statistic.size)
    of = paid_everywhere(statistic.dimensions, statistic.values, statistic.organisations)
    return payees(of.amounts, of.whole)


def every_payment(statistics: Sequence[Statistic], first: Mapping[Key, int] | None = None) -> dict[Key, Paid]:
    """Return who was paid what in the figures of each statistic of which that is known, from its `first` variable."""
    found = {}
    for one in statistics:
        if one.organisations is not None:
            of = paid_everywhere(one.dimensions, one.values, one.organisations)
            start = first[one.key, one.period] if first else 0
            found[one.key, one.period] = replace(of, variables=of.variables + start)
    return found


def _kept(of: Paid, numbers: IntArray, here: BoolArray) -> Paid:
    return Paid(numbers[here], of.codes, of.amounts[here], of.whole[here])


def moved(past: Past, values: IntArray, persons: IntArray) -> BoolArray:
    """Mark what there was and is not as it was."""
    differs: BoolArray = past.exists & ((past.values != values) | (past.persons != persons))
    return differs


def reveals(past: Past, values: IntArray, persons: IntArray) -> BoolArray:
    """Mark the changes since an earlier vintage that tell of fewer than SMALLEST_REVISION persons."""
    few: BoolArray = moved(past, values, persons) & (np.abs(past.persons - persons) < SMALLEST_REVISION)
    return few


def reveals_one(past: Past, values: IntArray, largest: IntArray, policy: DisclosurePolicy) -> BoolArray:
    """Mark the changes of a sum of money since an earlier vintage of which two persons may make nearly all.

    Who came or went is among those counted then or now, so that the two largest of both bound what they contributed.
    """
    change = np.abs(past.values - values)
    both = -np.sort(-np.concatenate([past.largest, largest], axis=1), axis=1)[:, :2]
    found: BoolArray = past.exists & (change > 0) & dominated(change, both, policy)
    return found


def reveals_organisations(
    past: Past, values: IntArray, paid: Mapping[Key, Paid], policy: DisclosurePolicy
) -> BoolArray:
    """Mark the changes of a sum of money since an earlier vintage that tell what one organisation was paid.

    Each knows how its own amount changed, so that a change of one or two, or nearly all of two, tells the other's.
    """
    found = np.zeros(len(values), np.bool_)
    for key in paid.keys() & past.paid.keys():
        was, now = past.paid[key], paid[key]
        before = np.flatnonzero(past.exists[was.variables]).astype(np.int64)
        variables = was.variables[before]
        rows = before, variables - now.variables[0]
        found[variables] = changed_for_few(values[variables] - past.values[variables], was, now, rows, policy)
    return found


def reveals_group(past: Past, values: IntArray, complements: IntArray, policy: DisclosurePolicy) -> BoolArray:
    """Mark the parts whose change is nearly all of their whole's change: so many of those who came have it."""
    part, whole, _ = complements.T
    change, of = values[part] - past.values[part], values[whole] - past.values[whole]
    share = policy.group_disclosure_share
    nearly = (np.abs(change) * share.denominator >= np.abs(of) * share.numerator) & (np.abs(change) <= np.abs(of))
    found = np.zeros(len(values), np.bool_)
    found[part[past.exists[part] & past.exists[whole] & (of != 0) & (np.sign(of) == np.sign(change)) & nearly]] = True
    return found
