"""The rules that hide a figure by itself, and what must then stay uncertain."""

from dataclasses import dataclass, field

import numpy as np

from .dominance import dominated
from .model import ReleaseModel
from .policy import DisclosurePolicy
from .relations import BoolArray, FloatArray, IntArray, Relations

UNBOUNDED = np.inf


@dataclass(frozen=True, eq=False)
class Classified:
    """What the rules say of every variable of a model (cells, then complements).

    `primary` cells are hidden by rule; `hidden` adds cells hidden earlier and parts of hidden wholes.
    `target` variables must keep a range of `required` (persons, or units of the sum). `blankable` cells may
    be hidden to protect others. `down` and `up` say how far the status attacker lets a hidden figure move
    from its true value. `pooled` lists sets of small figures of one relation whose sum is small as well.
    """

    primary: BoolArray = field(repr=False)
    hidden: BoolArray = field(repr=False)
    target: BoolArray = field(repr=False)
    blankable: BoolArray = field(repr=False)
    required: FloatArray = field(repr=False)
    down: FloatArray = field(repr=False)
    up: FloatArray = field(repr=False)
    pooled: tuple[IntArray, ...] = field(repr=False)


def classify(model: ReleaseModel, policy: DisclosurePolicy) -> Classified:
    """Apply the primary rules to every cell and virtual complement of a model."""
    values, n_cells = model.values, len(model.cells)
    part, whole, rest = model.complements.T
    few = (model.persons > 0) & (model.persons < policy.minimum_persons)
    few |= dominated(values, model.largest, policy)
    few &= ~model.known
    few[rest] &= (values[part] > 0) & ~(model.known[part] & model.known[whole])
    share = policy.group_disclosure_share
    nearly_all = values[part] * share.denominator >= values[whole] * share.numerator
    primary = few.copy()
    primary[n_cells:] = False
    primary[part[nearly_all & (values[part] > 0)]] = True
    primary[part[few[rest]]] = True
    primary &= ~model.known
    hidden = close(model, primary | (model.withheld & ~model.known))
    down, up = _status_slack(model, policy, few, primary)
    required = np.full(len(values), float(policy.width))
    share = policy.magnitude_width_share
    sums = -(-values[model.is_sum] * share.numerator // share.denominator)
    required[model.is_sum] = np.maximum(sums, 1)
    blankable = (values > 0) & ~model.known & ~hidden
    blankable[n_cells:] = False
    return Classified(
        primary=primary,
        hidden=hidden,
        target=primary | few,
        blankable=blankable,
        required=required,
        down=down,
        up=up,
        pooled=_pooled(model, policy, few & ~model.is_sum),
    )


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
    model: ReleaseModel, policy: DisclosurePolicy, few: BoolArray, primary: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """How far below and above the truth an attacker who knows each blank's status must reckon with."""
    values = model.values.astype(np.float64)
    cells = np.arange(len(values)) < len(model.cells)
    low = np.zeros(len(values))
    high = np.full(len(values), UNBOUNDED)
    small = few & ~model.is_sum
    low[small], high[small] = 1.0, policy.minimum_persons - 1.0
    low[cells & ~model.is_sum & ~primary & ~small] = policy.minimum_persons
    zero = cells & (values == 0) & ~small & ~primary
    low[zero] = high[zero] = 0.0
    return values - np.minimum(low, values), high - values


def _pooled(model: ReleaseModel, policy: DisclosurePolicy, small: BoolArray) -> tuple[IntArray, ...]:
    part, whole, rest = model.complements.T
    public = model.known.copy()
    public[rest] = model.known[part] & model.known[whole]
    public |= model.values == 0
    found: dict[tuple[int, ...], IntArray] = {}
    for relations in (model.relations, model.implied):
        for row in _rows_with_several(relations, small):
            family = relations.variable[relations.start[row] : relations.start[row + 1]]
            parent, children = family[0], family[1:]
            members = np.sort(children[small[children]])
            pool = int(model.values[members].sum())
            others = np.setdiff1d(family, members)
            if policy.is_small(pool) and pool < model.values[parent] and not public[others].all():
                found[tuple(members.tolist())] = members
    return tuple(found.values())


def _rows_with_several(relations: Relations, small: BoolArray) -> list[int]:
    child = relations.coefficient > 0
    count = np.bincount(relations.rows()[child & small[relations.variable]], minlength=len(relations))
    rows: list[int] = np.flatnonzero(count >= 2).tolist()
    return rows
