"""Hide what the rules demand, and as little more as keeps it hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from .around import Around
from .attack import TOLERANCE
from .classify import Classified, classify
from .cluster import Cluster, cluster
from .cover import Cover
from .effort import Effort
from .insiders import Insiders, insiders
from .model import ReleaseModel
from .policy import DisclosurePolicy
from .problem import Problem, pose
from .relations import BoolArray, FloatArray
from .search import Found, Search
from .statistic import CellKey

DEFAULT_BUDGET = 600.0
"""Reckoned CPU seconds (see effort.py) within which a safe pattern must be found."""

SETTLING = 0.2
"""Reckoned CPU seconds: enough to find the best pattern of a small table."""

IMPROVING = 2.0
"""Times what the safe pattern took, for improving it in an ordinary release."""


PRUNING = 0.5
"""Of the effort for improving, besides: for publishing again what no proof needs; half a second at most."""


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
    """A status for every cell of a model, and how good it is: for the reviewers, never for publication.

    No pattern that keeps the promise has fewer than `bound` complementary cells (cells that an earlier release
    hid included): proven by cutting planes, to the solver's tolerance. `effort` is in reckoned CPU seconds
    (see effort.py), `programs` the number of linear programs.
    """

    statuses: Mapping[CellKey, Status] = field(repr=False)
    bound: int
    effort: float
    programs: int

    def count(self, status: Status) -> int:
        """Number of cells with this status."""
        return sum(1 for one in self.statuses.values() if one is status)


def suppress(
    model: ReleaseModel,
    policy: DisclosurePolicy,
    budget: float = DEFAULT_BUDGET,
    improving: float | None = None,
) -> Suppression:
    """Choose the cells to hide so that every small figure keeps a wide range against the status attacker.

    And, in sums of money, against each organisation that knows what it was paid itself, where that is known.

    Deterministic: the same model, policy and efforts give the same pattern on any machine. `budget` and
    `improving` are reckoned CPU seconds: for finding a safe pattern, and for hiding fewer cells then (by
    default in proportion to the former). Raises CannotProtect if a figure cannot be protected, or not within
    the budget.
    """
    classified = classify(model, policy)
    found = choose(model, classified, budget, improving)
    knowing = insiders(model, classified, policy)
    return found if knowing is None else _against(knowing, model, found, budget, improving)


def _against(
    knowing: Insiders, model: ReleaseModel, found: Suppression, budget: float, improving: float | None
) -> Suppression:
    """Hide more until no organisation works out what others were paid.

    Whoever is safe stays so when more is hidden, so that each is looked at once. Every safe pattern is safe without
    organisations too: the bound holds.
    """
    hidden = np.zeros(len(model.values), np.bool_)
    hidden[: len(model.cells)] = [found.statuses[cell] is not Status.PUBLISHED for cell in model.cells]
    effort = Effort(budget)
    for wanted in knowing.unsafe(hidden, _weights(model), effort):
        more = choose(model, wanted, budget, improving)
        hidden[: len(model.cells)] = [more.statuses[cell] is not Status.PUBLISHED for cell in model.cells]
        found = Suppression(more.statuses, found.bound, found.effort + more.effort, found.programs + more.programs)
    return replace(found, effort=found.effort + effort.spent, programs=found.programs + effort.programs)


def choose(
    model: ReleaseModel,
    classified: Classified,
    budget: float = DEFAULT_BUDGET,
    improving: float | None = None,
    seed: BoolArray | None = None,
) -> Suppression:
    """Do what `suppress` does for figures whose need for protection is given.

    `seed` marks variables that another pattern hides: it is completed until it is safe, and improved.
    """
    hidden, bound, effort = classified.hidden.copy(), 0, Effort(budget)
    weight = _weights(model)
    for label in np.unique(model.component).tolist():
        part = cluster(model, classified, weight, label)
        if len(part.targets):
            _refuse_hopeless(model, part, hidden)
            found, problem = _improved(model, part, hidden, effort, improving, seed)
            hidden[part.cells[problem.candidates[found.chosen]]] = True
            bound += found.bound
    bound += int((classified.hidden & ~classified.primary).sum())
    return Suppression(_statuses(model, classified.primary, hidden), bound, effort.spent, effort.programs)


def _improved(
    model: ReleaseModel,
    part: Cluster,
    hidden: BoolArray,
    effort: Effort,
    improving: float | None,
    seed: BoolArray | None,
) -> tuple[Found, Problem]:
    opened = np.ones(len(part.down), np.bool_)
    opened[: len(part.cells)] = hidden[part.cells]
    problem, around = pose(part, opened), Around(part)
    search = Search(problem, around, Cover(part, around, effort), effort)
    before, limit = effort.spent, effort.limit
    start = np.zeros(len(problem.candidates), np.bool_) if seed is None else seed[part.cells[problem.candidates]]
    safe = search.fill(start)
    if safe is None:
        reason = "within the budget of linear programs" if effort.is_over else "by hiding more cells"
        raise _refusal(model, part, search.stuck, reason)
    more = SETTLING + IMPROVING * (effort.spent - before) if improving is None else improving
    begun = effort.spent
    effort.limit = begun + more
    try:
        found = search.improve(safe)
        if found.bound < found.chosen.sum():
            effort.limit = effort.spent + min(PRUNING * more, PRUNING)
            found.chosen = search.prune(found.chosen)
        return found, problem
    finally:
        effort.limit = limit + effort.spent - begun


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
            leaves, nodes = len(dimension.leaves), len(dimension.nodes)
            level = np.repeat([1.0, 2.0, 4.0], [leaves, nodes - leaves - 1, 1])
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


def _refusal(model: ReleaseModel, part: Cluster, target: int, reason: str) -> CannotProtect:
    table = model.statistics[part.table[target]]
    widest = max(table.dimensions, key=lambda dimension: len(dimension.nodes))
    return CannotProtect(table.key, table.period, widest.name, reason)
