"""Hide what the rules demand, and as little more as keeps it hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from .attack import Attack
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
    """Even with everything hidden that may be hidden, a figure stays too narrow."""


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
            if extra is None or effort.is_over:
                raise CannotProtect(_sentence(model, part, target, effort.is_over))
            hidden[part.cells[extra]] = True
            hidden[:] = close(model, hidden)


def _sentence(model: ReleaseModel, part: Cluster, target: int, over: bool) -> str:
    column = target
    if target >= len(part.cells):
        rows = np.repeat(np.arange(len(part.start) - 1), np.diff(part.start))
        row = rows[part.column == target][0]
        column = int(part.column[part.start[row] + 1])
    cell = model.owner(int(part.cells[column]))
    table = next(t for t in model.statistics if (t.key, t.period) == (cell.statistic, cell.period))
    widest = max(table.dimensions, key=lambda dimension: len(dimension.nodes))
    reason = "within the budget of linear programs" if over else "by hiding more cells"
    return (
        f"{cell.statistic} ({cell.period}) cannot be protected {reason}; coarsen dimension {widest.name}"
        " or leave the statistic out of this release."
    )


def _shrink(
    model: ReleaseModel, attack: Attack, always: BoolArray, hidden: BoolArray, effort: _Effort
) -> None:
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
