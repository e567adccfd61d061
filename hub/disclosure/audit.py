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

LARGEST_PART: Final = 20_000  # unknown figures that hang together; as in a region's own audit
_OPTIMAL, _INFEASIBLE, _UNBOUNDED = 0, 2, 3  # scipy.optimize.OptimizeResult.status


class NotProven(ArithmeticError):
    """A model of which the solver gave no answer, or that is too large: no bound, so nothing may be shown."""


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


def audit(model: Joint, thorough: bool = False) -> Audit:
    """Look at every hidden figure of a model; raises NotProven where the solver gives no answer.

    Parts in which one event speaks alone were audited by its region, whose published ranges are their solution;
    `thorough` solves them again.
    """
    findings: list[Finding] = []
    contradicted: list[Part] = []
    figures = 0
    for part in split(model):
        figures += len(part.hidden)
        if part.is_joint or thorough:
            try:
                findings += _solved(part)
            except Contradicted:
                contradicted.append(part)
    return Audit(figures, tuple(narrowest(findings)), tuple(contradicted))


def _solved(part: Part) -> list[Finding]:
    if len(part.low) > LARGEST_PART:
        raise NotProven(f"{len(part.low)} unknown figures hang together, more than the {LARGEST_PART} that are solved.")
    program = _Program(part)
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

    def __init__(self, part: Part) -> None:
        self._part = part
        size = len(part.low)
        self._rows: Sequence[Row] = self._holding()
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
        result = self._run(self._rows, place, sign)
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
        status = self._run(rows, 0, 0).status
        if status not in (_OPTIMAL, _INFEASIBLE, _UNBOUNDED):
            raise NotProven("The solver did not end.")
        return bool(status != _INFEASIBLE)

    def _run(self, rows: Sequence[Row], place: int, sign: int) -> Any:
        size = len(self._part.low)
        cost: NDArray[np.float64] = np.zeros(size)
        cost[place] = sign
        entries = [(number, *pair) for number, row in enumerate(rows) for pair in row.coefficients.items()]
        at, column, coefficient = (list(one) for one in zip(*entries, strict=True))
        matrix = csr_array((coefficient, (at, column)), shape=(len(rows), size), dtype=np.float64)
        bounds = np.column_stack([self._part.low, self._part.high])
        return linprog(cost, A_eq=matrix, b_eq=[row.right for row in rows], bounds=bounds, method="highs")
