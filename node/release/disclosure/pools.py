"""Pools: small figures of one sum that are small together as well, so that their sum must stay uncertain too.

So are small complements beside ones that are none: that 6 persons are left in both together tells of the 6.

A pool all of whose neighbours are public is told already, and nothing can be done about it, but only as long as it is
what it was: neighbours that are public go out with new values too, and their difference must not become a pool then.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .history import Past
from .model import ReleaseModel
from .organisations import Paid, concentrated, payees
from .policy import DisclosurePolicy
from .relations import BoolArray, IntArray, Relations


class Pool(NamedTuple):
    """Figures of one sum that tell too much together as well: how wide the range of their sum must stay."""

    members: IntArray
    width: float


Pools = dict[tuple[int, ...], Pool]


def shown_before(model: ReleaseModel) -> IntArray:
    """Return what is public of each figure before this release, 0 where nothing is."""
    shown = np.zeros(len(model.values), np.int64)
    for cell, value in model.earlier.cells.items():
        number = model.position.get(cell)
        if value and number is not None:
            shown[number] = value
    part, whole, rest = model.complements.T
    shown[rest] = np.where(model.known[part] & model.known[whole], shown[whole] - shown[part], 0)
    return shown


def pooled(model: ReleaseModel, policy: DisclosurePolicy, vintage: Past, few: BoolArray, shown: IntArray) -> Pools:
    """Find the pools of one vintage, by their members; `shown` is what was public before it went out."""
    public = _public(model, vintage)
    return {
        tuple(pool.members.tolist()): pool
        for family, pool in _every_pool(model, policy, vintage, few, np.zeros_like(public))
        if not _is_told(family, pool, vintage, public, shown)
    }


def told_anew(
    model: ReleaseModel, policy: DisclosurePolicy, vintage: Past, few: BoolArray, shown: IntArray
) -> BoolArray:
    """Mark what is unknown in a sum that would tell, by public figures alone, a pool that it did not tell before."""
    public, found = _public(model, vintage), np.zeros(len(model.values), np.bool_)
    for family, pool in _every_pool(model, policy, vintage, few, ~public):
        if not _is_told(family, pool, vintage, public, shown):
            found[family[1:]] |= ~model.known[family[1:]]
    return found


def _every_pool(
    model: ReleaseModel, policy: DisclosurePolicy, vintage: Past, few: BoolArray, without: BoolArray
) -> Iterator[tuple[IntArray, Pool]]:
    """Yield each pool, told or not, with its sum; of those sums that have no other figure marked in `without`."""
    small = few & ~model.is_sum
    beside = small | _nobody_left(model, vintage)  # the small ones by themselves stay a pool as well
    for relations, marked in ((model.relations, small), (model.implied, small), (model.implied, beside)):
        for family, members in _several(relations, marked, without):
            value = int(vintage.values[members].sum())
            if policy.is_small(value) and value < vintage.values[family[0]] and vintage.exists[family].all():
                yield family, Pool(members, float(policy.width))
    # sums of money that few organisations are paid, and that are together still paid to few of them
    share = policy.magnitude_width_share
    paid = few & model.is_sum & concentrated(vintage.values, vintage.payees, policy)
    for family, members in _several(model.relations, paid, without) if vintage.paid else ():
        value = int(vintage.values[members].sum())
        is_part = value < vintage.values[family[0]] and vintage.exists[family].all()
        if is_part and _is_of_few(vintage, members, value, policy):
            yield family, Pool(members, float(max(1, -(-value * share.numerator // share.denominator))))


def _nobody_left(model: ReleaseModel, vintage: Past) -> BoolArray:
    """Mark the complements of nobody that are not public: not where nobody is counted, nor where part and whole are."""
    part, whole, rest = model.complements.T
    found = np.zeros(len(model.values), np.bool_)
    is_open = ~(model.known[part] & model.known[whole]) & vintage.exists[rest]
    found[rest] = is_open & (vintage.values[rest] == 0) & (vintage.values[part] > 0)
    return found


def _several(relations: Relations, small: BoolArray, without: BoolArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield each sum of several small figures, with these; of those that have no other figure marked in `without`."""
    member = (relations.coefficient > 0) & small[relations.variable]
    row = relations.rows()
    count = np.bincount(row[member], minlength=len(relations))
    left_out = np.bincount(row[~member & without[relations.variable]], minlength=len(relations)) > 0
    for one in np.flatnonzero((count >= 2) & ~left_out).tolist():
        family = relations.variable[relations.start[one] : relations.start[one + 1]]
        yield family, np.sort(family[1:][small[family[1:]]])


def _is_told(family: IntArray, pool: Pool, vintage: Past, public: BoolArray, shown: IntArray) -> bool:
    """Whether the others of a sum, as they were public before, tell what the members have together."""
    others = np.setdiff1d(family[1:], pool.members)
    if not (public[family[0]] and public[others].all()):
        return False
    return int(shown[family[0]] - shown[others].sum()) == int(vintage.values[pool.members].sum())


def _is_of_few(vintage: Past, members: IntArray, value: int, policy: DisclosurePolicy) -> bool:
    of: Paid = next(one for one in vintage.paid.values() if members[0] in one.variables)
    amounts = of.amounts[np.searchsorted(of.variables, members)].sum(axis=0, keepdims=True)
    sums = np.array([value], np.int64)
    return bool(concentrated(sums, payees(amounts, amounts.sum(axis=1) == sums), policy)[0])


def _public(model: ReleaseModel, vintage: Past) -> BoolArray:
    part, whole, rest = model.complements.T
    public = model.known.copy()
    public[rest] = model.known[part] & model.known[whole]
    public |= vintage.values == 0
    return public
