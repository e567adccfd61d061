"""Solve how far every hidden figure can still move, given all that one reader sees."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from schemas.joint import Finding, Hidden, Joint, Part, Row, narrowest, split

from .budget import Budget, BudgetSpent, NotProven

LARGEST_PART: Final = 20_000  # unknown figures that hang together; as in a region's own audit
_OPTIMAL, _ITERATED, _INFEASIBLE, _UNBOUNDED = 0, 1, 2, 3  # scipy.optimize.OptimizeResult.status


class Contradicted(NotProven):
    """Figures that cannot all hold of the same persons."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found: `findings` are the reopened figures, `figures` how many were looked at.

    `contradicted` are the parts of which nothing follows, since what was published there contradicts itself.
    """

    figures: int
    findings: tuple[Finding, ...]
    contradicted: tuple[Part, ...] = ()


def audit(model: Joint, thorough: bool = False, budget: Budget | None = None) -> Audit:
    """Look at every hidden figure of a model; raises NotProven where the solver gives no answer.

    Without a budget of the caller's it has one of its own, and raises BudgetSpent where that ends. Parts in which one
    event speaks alone were audited by its region, whose published ranges are their solution; `thorough` solves them.
    """
    budget = budget or Budget()
    findings: list[Finding] = []
    contradicted: list[Part] = []
    figures = 0
    for part in split(model):
        figures += len(part.hidden)
        if part.is_joint or thorough:
            try:
                findings += _solved(part, budget)
            except Contradicted:
                contradicted.append(part)
    return Audit(figures, tuple(narrowest(findings)), tuple(contradicted))


def _solved(part: Part, budget: Budget) -> list[Finding]:
    if len(part.low) > LARGEST_PART:
        raise NotProven(f"{len(part.low)} unknown figures hang together, more than the {LARGEST_PART} that are solved.")
    program = _Program(part, budget)
    found = []
    for place, hidden in part.hidden:
        if program.has_room(place, hidden):
            continue
        low, high = program.ends(place)
        if hidden.is_reopened(low, high):
            found.append(Finding(hidden, low, high))
    return found


class _Program:
    """A part as a linear program; every solution widens what is known to be possible."""

    def __init__(self, part: Part, budget: Budget) -> None:
        self._part, self._budget = part, budget
        size = len(part.low)
        self._bounds = np.column_stack([part.low, part.high])
        self._rows: Sequence[Row] = self._holding()
        self._matrix = self._made(self._rows)
        self._seen_low = np.full(size, math.inf)
        self._seen_high = np.full(size, -math.inf)

    def has_room(self, place: int, hidden: Hidden) -> bool:
        """Tell whether solutions so far already show that the figure has its room."""
        low, high = float(self._seen_low[place]), float(self._seen_high[place])
        return low <= high and not hidden.is_reopened(low, high)

    def ends(self, place: int) -> tuple[float, float]:
        """Return the least and the largest value that is possible; raises NotProven."""
        low = self._extreme(place, 1)
        return low, -self._extreme(place, -1)

    def _extreme(self, place: int, sign: int) -> float:
        if not self._rows:
            return self._part.low[place] if sign > 0 else -self._part.high[place]
        result = self._run(self._rows, self._matrix, place, sign)
        if result.status == _UNBOUNDED:
            return -math.inf
        if result.status != _OPTIMAL:
            raise NotProven("The solver ended without an optimum where one must exist.")
        self._seen_low = np.minimum(self._seen_low, result.x)
        self._seen_high = np.maximum(self._seen_high, result.x)
        return float(result.fun)

    def _holding(self) -> list[Row]:
        """Return the equations that can hold together: those presumed are taken one by one, and left where they cannot.

        Raises Contradicted.
        """
        presumed = [row for row in self._part.rows if row.presumed]
        rows = [row for row in self._part.rows if not row.presumed]
        if self._holds(rows + presumed):
            return rows + presumed
        if not self._holds(rows):
            raise Contradicted("What was published contradicts itself, so that no range follows.")
        for row in presumed:
            if self._holds([*rows, row]):
                rows.append(row)
        return rows

    def _holds(self, rows: Sequence[Row]) -> bool:
        if not rows:
            return True
        status = self._run(rows, self._made(rows), 0, 0).status
        if status not in (_OPTIMAL, _INFEASIBLE, _UNBOUNDED):
            raise NotProven("The solver did not end.")
        return bool(status != _INFEASIBLE)

    def _made(self, rows: Sequence[Row]) -> Any:
        entries = [(number, *pair) for number, row in enumerate(rows) for pair in row.coefficients.items()]
        at, column, coefficient = (list(one) for one in zip(*entries, strict=True)) if entries else ([], [], [])
        return csr_array((coefficient, (at, column)), shape=(len(rows), len(self._part.low)), dtype=np.float64)

    def _run(self, rows: Sequence[Row], matrix: Any, place: int, sign: int) -> Any:
        size = len(self._part.low)
        cost: NDArray[np.float64] = np.zeros(size)
        cost[place] = sign
        result = linprog(
            cost,
            A_eq=matrix,
            b_eq=[row.right for row in rows],
            bounds=self._bounds,
            method="highs-ds",
            options={"maxiter": self._budget.iterations_left(size)},
        )
        self._budget.charge(size, int(result.nit))
        if result.status == _ITERATED:
            raise BudgetSpent(f"The proof takes more than the {self._budget.seconds:g} CPU seconds that it is given.")
        return result
