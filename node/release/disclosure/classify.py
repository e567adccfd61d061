"""The rules that hide a figure by itself, and what must then stay uncertain."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .dominance import dominated
from .history import Past, every_payment
from .model import ReleaseModel
from .organisations import Paid, concentrated, payees
from .policy import DisclosurePolicy
from .relations import BoolArray, FloatArray, IntArray, Relations

UNBOUNDED = np.inf


class Pool(NamedTuple):
    """Figures of one sum that tell too much together as well: how wide the range of their sum must stay."""

    members: IntArray
    width: float


@dataclass(frozen=True, eq=False)
class Classified:
    """What the rules say of every variable of a model (cells, then complements).

    `primary` cells are hidden by rule; `hidden` adds cells hidden earlier and parts of hidden wholes.
    `target` variables must keep a range of `required` (persons, or units of the sum). `blankable` cells may
    be hidden to protect others. `down` and `up` say how far the status attacker lets a hidden figure move
    from its true value. `pooled` lists sets of small figures of one relation whose sum is small as
    well, and of sums of money that few organisations are paid, together still.
    """

    primary: BoolArray = field(repr=False)
    hidden: BoolArray = field(repr=False)
    target: BoolArray = field(repr=False)
    blankable: BoolArray = field(repr=False)
    required: FloatArray = field(repr=False)
    down: FloatArray = field(repr=False)
    up: FloatArray = field(repr=False)
    pooled: tuple[Pool, ...] = field(repr=False)


def classify(model: ReleaseModel, policy: DisclosurePolicy) -> Classified:
    """Apply the primary rules to every cell and virtual complement of a model.

    What a rule said of a figure in an earlier vintage goes on binding it: it moves by the same amount in all.
    """
    there, paid = np.ones(len(model.values), np.bool_), every_payment(model.statistics, model.first)
    now = Past(model.values, model.persons, model.largest, there, model.payees, paid)
    primary, few = np.zeros(len(model.values), np.bool_), np.zeros(len(model.values), np.bool_)
    down, up = np.full(len(model.values), UNBOUNDED), np.full(len(model.values), UNBOUNDED)
    required = np.where(model.is_sum, 1.0, float(policy.width))
    pooled: dict[tuple[int, ...], Pool] = {}
    for vintage in (*model.past, now):
        small = _few(model, policy, vintage)
        ruled = _ruled(model, policy, vintage, small)
        slack = _status_slack(model, policy, vintage, small, ruled)
        down, up = np.minimum(down, slack[0]), np.minimum(up, slack[1])
        primary, few = primary | ruled, few | small
        sums = vintage.exists[model.is_sum] * _sum_widths(model, policy, vintage)
        required[model.is_sum] = np.maximum(required[model.is_sum], sums)
        pooled |= _pooled(model, policy, vintage, small & ~model.is_sum)
        for members, pool in _pooled_sums(model, policy, vintage, small & model.is_sum).items():
            pooled[members] = max(pool, pooled.get(members, pool), key=lambda one: one.width)
    hidden = close(model, primary | (model.withheld & ~model.known))
    blankable = (model.values > 0) & ~model.known & ~hidden
    blankable[len(model.cells) :] = False
    return Classified(
        primary=primary,
        hidden=hidden,
        target=primary | few,
        blankable=blankable,
        required=required,
        down=down,
        up=up,
        pooled=tuple(pooled.values()),
    )


def _few(model: ReleaseModel, policy: DisclosurePolicy, vintage: Past) -> BoolArray:
    part, whole, rest = model.complements.T
    few: BoolArray = (vintage.persons > 0) & (vintage.persons < policy.minimum_persons)
    few |= dominated(vintage.values, vintage.largest, policy) | concentrated(vintage.values, vintage.payees, policy)
    few &= ~model.known & vintage.exists
    few[rest] &= (vintage.values[part] > 0) & ~(model.known[part] & model.known[whole])
    return few


def _ruled(model: ReleaseModel, policy: DisclosurePolicy, vintage: Past, few: BoolArray) -> BoolArray:
    """Mark the cells that may not be shown by themselves."""
    part, whole, rest = model.complements.T
    share, values = policy.group_disclosure_share, vintage.values
    nearly_all = values[part] * share.denominator >= values[whole] * share.numerator
    ruled = few.copy()
    ruled[len(model.cells) :] = False
    ruled[part[nearly_all & (values[part] > 0) & vintage.exists[rest]]] = True
    ruled[part[few[rest]]] = True
    return ruled & ~model.known


def _sum_widths(model: ReleaseModel, policy: DisclosurePolicy, vintage: Past) -> FloatArray:
    share = policy.magnitude_width_share
    widths = -(-vintage.values[model.is_sum] * share.numerator // share.denominator)
    return np.maximum(widths, 1).astype(np.float64)


def close(model: ReleaseModel, hidden: BoolArray) -> BoolArray:
    """Hide every part (above 0, not yet public) of a hidden whole as well, so that no share can be undone."""
    part, whole, _ = model.complements.T
    can_hide = (model.values[part] > 0) & ~model.known[part]
    closed = hidden.copy()
    while True:
        new = can_hide & closed[whole] & ~closed[part]
        if not new.any():
            return closed
        closed[part[new]] = True


def _status_slack(
    model: ReleaseModel, policy: DisclosurePolicy, vintage: Past, few: BoolArray, primary: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """How far below and above the truth an attacker who knows each blank's status must reckon with."""
    values = vintage.values.astype(np.float64)
    cells = np.arange(len(values)) < len(model.cells)
    low = np.zeros(len(values))
    high = np.full(len(values), UNBOUNDED)
    small = few & ~model.is_sum
    low[small], high[small] = 1.0, policy.minimum_persons - 1.0
    low[cells & ~model.is_sum & ~primary & ~small] = policy.minimum_persons
    zero = cells & (values == 0) & ~small & ~primary
    low[zero] = high[zero] = 0.0
    there = vintage.exists
    return (
        np.where(there, values - np.minimum(low, values), UNBOUNDED),
        np.where(there, high - values, UNBOUNDED),
    )


def _public(model: ReleaseModel, vintage: Past) -> BoolArray:
    part, whole, rest = model.complements.T
    public = model.known.copy()
    public[rest] = model.known[part] & model.known[whole]
    public |= vintage.values == 0
    return public


def _pooled(
    model: ReleaseModel, policy: DisclosurePolicy, vintage: Past, small: BoolArray
) -> dict[tuple[int, ...], Pool]:
    public = _public(model, vintage)
    found: dict[tuple[int, ...], Pool] = {}
    for relations in (model.relations, model.implied):
        for row in _rows_with_several(relations, small):
            family = relations.variable[relations.start[row] : relations.start[row + 1]]
            parent, children = family[0], family[1:]
            members = np.sort(children[small[children]])
            pool = int(vintage.values[members].sum())
            others = np.setdiff1d(family, members)
            together = policy.is_small(pool) and pool < vintage.values[parent] and vintage.exists[family].all()
            if together and not public[others].all():
                found[tuple(members.tolist())] = Pool(members, float(policy.width))
    return found


def _pooled_sums(
    model: ReleaseModel, policy: DisclosurePolicy, vintage: Past, few: BoolArray
) -> dict[tuple[int, ...], Pool]:
    """Find sums of money that few organisations are paid, and that are together still paid to few of them.

    Blank beside published neighbours, they would tell what these are paid in all of them.
    """
    public, share = _public(model, vintage), policy.magnitude_width_share
    small = few & concentrated(vintage.values, vintage.payees, policy)
    found: dict[tuple[int, ...], Pool] = {}
    for row in _rows_with_several(model.relations, small) if vintage.paid else ():
        family = model.relations.variable[model.relations.start[row] : model.relations.start[row + 1]]
        members = np.sort(family[1:][small[family[1:]]])
        value = int(vintage.values[members].sum())
        is_part = value < vintage.values[family[0]] and vintage.exists[family].all()
        if is_part and not public[np.setdiff1d(family, members)].all() and _is_of_few(vintage, members, value, policy):
            width = max(1, -(-value * share.numerator // share.denominator))
            found[tuple(members.tolist())] = Pool(members, float(width))
    return found


def _is_of_few(vintage: Past, members: IntArray, value: int, policy: DisclosurePolicy) -> bool:
    of: Paid = next(one for one in vintage.paid.values() if members[0] in one.variables)
    amounts = of.amounts[np.searchsorted(of.variables, members)].sum(axis=0, keepdims=True)
    sums = np.array([value], np.int64)
    return bool(concentrated(sums, payees(amounts, amounts.sum(axis=1) == sums), policy)[0])


def _rows_with_several(relations: Relations, small: BoolArray) -> list[int]:
    child = relations.coefficient > 0
    count = np.bincount(relations.rows()[child & small[relations.variable]], minlength=len(relations))
    rows: list[int] = np.flatnonzero(count >= 2).tolist()
    return rows
