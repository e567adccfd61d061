"""Hide what the rules demand, and as little more as keeps it hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from .attack import TOLERANCE, Attack
from .classify import classify, close
from .cluster import Cluster, cluster
from .cover import Cover
from .model import ReleaseModel
from .policy import DisclosurePolicy
from .relations import BoolArray, FloatArray
from .statistic import CellKey

DEFAULT_BUDGET = 200_000
"""Linear programs; counted instead of seconds, so that a pattern does not depend on the machine's load."""


class CannotProtect(ValueError):
    """Even with everything hidden that may be hidden, a figure stays too narrow.

    `statistic` and `period` name the table, `dimension` the side of it to coarsen (see statistic.coarsen).
    """

    def __init__(self, statistic: str, period: str, dimension: str, reason: str) -> None:
        super().__init__(
            f"{statistic} ({period}) cannot be protected {reason}; coarsen dimension {dimension} or leave the"
            " statistic out of this release."
        )
        self.statistic, self.period, self.dimension = statistic, period, dimension


class Status(StrEnum):
    """What happens to a cell. Which hidden cells are primary is for the reviewers, never for publication."""

    PUBLISHED = "published"
    PRIMARY = "primary"
    COMPLEMENTARY = "complementary"


@dataclass(frozen=True)
class Suppression:
    """A status for every cell of a model, and the number of linear programs it took."""

    statuses: Mapping[CellKey, Status] = field(repr=False)
    programs: int

    def count(self, status: Status) -> int:
        """Number of cells with this status."""
        return sum(1 for one in self.statuses.values() if one is status)


def suppress(model: ReleaseModel, policy: DisclosurePolicy, budget: int = DEFAULT_BUDGET) -> Suppression:
    """Choose the cells to hide so that every small figure keeps a wide range against the status attacker.

    Deterministic: the same model and policy give the same pattern. `budget` is a number of linear programs.
    Raises CannotProtect if a figure cannot be protected, or not within the budget.
    """
    classified = classify(model, policy)
    hidden = classified.hidden.copy()
    weight = _weights(model)
    effort = _Effort(budget)
    for label in np.unique(model.component).tolist():
        part = cluster(model, classified, weight, label)
        if len(part.targets):
            _refuse_hopeless(model, part, hidden)
            attack = _fill(model, part, hidden, effort)
            _shrink(model, attack, classified.hidden, hidden, effort)
    return Suppression(_statuses(model, classified.primary, hidden), effort.spent)


@dataclass
class _Effort:
    budget: int
    spent: int = 0

    @property
    def is_over(self) -> bool:
        return self.spent >= self.budget


def _statuses(model: ReleaseModel, primary: BoolArray, hidden: BoolArray) -> dict[CellKey, Status]:
    names = (Status.PUBLISHED, Status.COMPLEMENTARY, Status.PRIMARY)
    rank = hidden.astype(int) + (hidden & primary)
    return {cell: names[rank[number]] for number, cell in enumerate(model.cells)}


def _weights(model: ReleaseModel) -> FloatArray:
    """What hiding a cell costs: a leaf 1, twice that per dimension over a group, four times over a total."""
    weight = np.zeros(len(model.values))
    for table in model.statistics:
        cube = np.ones(())
        for dimension in table.dimensions:
            level = np.repeat([1.0, 2.0, 4.0], [len(dimension.leaves), len(dimension.groups), 1])
            cube = np.multiply.outer(cube, level)
        begin = model.first[table.key, table.period]
        weight[begin : begin + table.size] = cube.ravel()
    weight *= 1.0 + np.log10(np.maximum(model.values, 1)) / 20.0
    part, whole, _ = model.complements.T
    drags = (model.values[part] > 0) & ~model.known[part]
    np.add.at(weight, whole[drags], weight[part[drags]])
    return weight


def _refuse_hopeless(model: ReleaseModel, part: Cluster, hidden: BoolArray) -> None:
    """Refuse at once what no pattern can protect, as far as single sums show it."""
    everything = part.movable_with(part.movable(hidden) | part.blankable)
    narrow = part.reach(everything)[part.targets] < part.required[part.targets] * (1.0 - TOLERANCE)
    if narrow.any():
        raise _refusal(model, part, int(part.targets[narrow][0]), "by hiding more cells")


def _fill(model: ReleaseModel, part: Cluster, hidden: BoolArray, effort: _Effort) -> Attack:
    """Hide what each failing figure needs to move, until the attack proves every range wide enough."""
    cover = Cover(part)
    while True:
        attack = Attack(part, part.movable(hidden))
        failing = attack.unproven(part.targets)
        effort.spent += attack.program.solves
        if not len(failing):
            return attack
        waiting = np.zeros(len(part.down), np.bool_)
        waiting[failing] = True
        for target in failing.tolist():
            waiting[target] = False
            before = cover.solves
            extra = cover.cheapest(target, part.movable(hidden), waiting)
            effort.spent += cover.solves - before
            if effort.is_over:
                raise _refusal(model, part, target, "within the budget of linear programs")
            if extra is None:
                raise _refusal(model, part, target, "by hiding more cells")
            hidden[part.cells[extra]] = True
            hidden[:] = close(model, hidden)


def _refusal(model: ReleaseModel, part: Cluster, target: int, reason: str) -> CannotProtect:
    table = model.statistics[part.table[target]]
    widest = max(table.dimensions, key=lambda dimension: len(dimension.nodes))
    return CannotProtect(table.key, table.period, widest.name, reason)


def _shrink(model: ReleaseModel, attack: Attack, always: BoolArray, hidden: BoolArray, effort: _Effort) -> None:
    """Publish complementary cells again, dearest first, wherever every proof can do without them."""
    part, before = attack.cluster, attack.program.solves
    number = {int(variable): column for column, variable in enumerate(part.cells)}
    extra = np.flatnonzero(hidden & ~always & (model.component == model.component[part.cells[0]]))
    for variable in sorted(extra.tolist(), key=lambda v: (-part.weight[number[v]], v)):
        if effort.spent + attack.program.solves - before >= effort.budget:
            break
        hidden[variable] = False
        if close(model, hidden)[variable]:
            hidden[variable] = True
            continue
        column = number[variable]
        if attack.can_move(column) and not attack.can_do_without(column):
            hidden[variable] = True
    effort.spent += attack.program.solves - before
