"""The rules that hide a figure by itself, and what must then stay uncertain."""

from dataclasses import dataclass, field

import numpy as np

from .dominance import dominated
from .history import Past, every_payment
from .model import ReleaseModel
from .organisations import concentrated
from .policy import DisclosurePolicy
from .pools import Pool, pooled, shown_before
from .relations import BoolArray, FloatArray

UNBOUNDED = np.inf


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
    pools: dict[tuple[int, ...], Pool] = {}
    for vintage in (*model.past, now):
        small = few_in(model, policy, vintage)
        ruled = _ruled(model, policy, vintage, small)
        slack = _status_slack(model, policy, vintage, small, ruled)
        down, up = np.minimum(down, slack[0]), np.minimum(up, slack[1])
        primary, few = primary | ruled, few | small
        sums = vintage.exists[model.is_sum] * _sum_widths(model, policy, vintage)
        required[model.is_sum] = np.maximum(required[model.is_sum], sums)
        public = shown_before(model) if vintage is now else vintage.values
        for members, pool in pooled(model, policy, vintage, small, public).items():
            pools[members] = max(pool, pools.get(members, pool), key=lambda one: one.width)
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
        pooled=tuple(pools.values()),
    )


def few_in(model: ReleaseModel, policy: DisclosurePolicy, vintage: Past) -> BoolArray:
    """Mark the figures that tell of few persons or organisations and are not public."""
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
