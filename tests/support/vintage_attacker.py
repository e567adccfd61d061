"""An attacker who holds every payload that ever left, written apart from the project and solved by scipy.

He counts people in the smallest pieces that all published age bands make, per area, measure and release; a published
figure is an equation over these pieces. `Hints` are what he is told beside: which blanks are small, and by how much
blanks changed between two releases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from schemas.payloads import IndicatorPublished
from schemas.values import Exact, Suppressed

PEOPLE = "people"
Nodes = tuple[str, ...]
Figure = tuple[str, str, int, Nodes]  # measure, period, release, nodes
Bound = tuple[float, float]
Combination = Mapping[Figure, int]


@dataclass
class Hints:
    """`bounds` limit a figure (measure `rest of M`: the people who are not in M); `changes` go from one to another."""

    bounds: dict[Figure, Bound] = field(default_factory=dict)
    changes: dict[tuple[Figure, Figure], int] = field(default_factory=dict)


class VintageAttacker:
    """Everything that payloads tell, as equations and inequalities over pieces; `public` figures count as told."""

    def __init__(
        self, payloads: Iterable[tuple[int, IndicatorPublished]], hints: Hints, public: Mapping[Figure, int]
    ) -> None:
        self.payloads = list(payloads)
        self.shown: dict[Figure, int] = dict(public)
        self.blank: set[Figure] = set()
        self.pieces: dict[tuple[str, str, int, str, int], int] = {}
        self.edges: dict[str, list[int]] = {}
        self.areas: dict[str, list[str]] = {}
        self.equal: list[tuple[dict[int, int], float]] = []
        self.most: list[tuple[dict[int, int], float]] = []
        for period in {payload.period for _, payload in self.payloads}:
            cells = [cell.nodes for _, payload in self.payloads if payload.period == period for cell in payload.cells]
            spans = [_span(nodes[1]) for nodes in cells if nodes[1] != "total"]
            self.edges[period] = sorted({edge for span in spans for edge in span})
            self.areas[period] = sorted({nodes[0] for nodes in cells} - {"total"})
        for release, payload in self.payloads:
            self._read(release, payload)
        for figure, value in self.shown.items():
            self.equal.append((self.columns(figure), value))
        for figure, (low, high) in hints.bounds.items():
            self._limit(figure, low, high)
        for (one, other), change in hints.changes.items():
            self.equal.append((_minus(self.columns(other), self.columns(one)), change))
        self._load()

    def _read(self, release: int, payload: IndicatorPublished) -> None:
        for cell in payload.cells:
            part = (payload.indicator, payload.period, release, cell.nodes)
            whole = (PEOPLE, payload.period, release, cell.nodes)
            match cell.value:
                case Exact(numerator=found, denominator=people):
                    self._see(part, found)
                    self._see(whole, people)
                case Suppressed(lo=lo, hi=hi, denominator=people):
                    self._see(part, lo if lo == hi else None)
                    self._see(whole, people)
            self.most.append((_minus(self.columns(part), self.columns(whole)), 0))

    def _see(self, figure: Figure, value: int | None) -> None:
        if value is None:
            self.blank.add(figure)
        else:
            self.shown[figure] = value

    def _limit(self, figure: Figure, low: float, high: float) -> None:
        columns = self.columns(figure)
        if high < np.inf:
            self.most.append((columns, high))
        self.most.append(({column: -sign for column, sign in columns.items()}, -low))

    def columns(self, figure: Figure) -> dict[int, int]:
        """The pieces that a figure counts."""
        measure, period, release, (area, age) = figure
        if measure.startswith("rest of "):
            part = self.columns((measure.removeprefix("rest of "), period, release, (area, age)))
            return _minus(self.columns((PEOPLE, period, release, (area, age))), part)
        edges = self.edges[period]
        low, high = (edges[0], edges[-1]) if age == "total" else _span(age)
        areas = self.areas[period] if area == "total" else [area]
        pieces = [(measure, period, release, one, edge) for one in areas for edge in edges[:-1] if low <= edge < high]
        return {self.pieces.setdefault(piece, len(self.pieces)): 1 for piece in pieces}

    def _load(self) -> None:
        self.a_eq, self.b_eq = _matrix(self.equal, len(self.pieces))
        self.a_ub, self.b_ub = _matrix(self.most, len(self.pieces))

    def range_of(self, combination: Combination) -> Bound:
        """The least and the most that a signed sum of figures can be."""
        cost = np.zeros(len(self.pieces))
        for figure, factor in combination.items():
            for column, sign in self.columns(figure).items():
                cost[column] += factor * sign
        ends = []
        for sign in (1, -1):
            found = linprog(sign * cost, A_ub=self.a_ub, b_ub=self.b_ub, A_eq=self.a_eq, b_eq=self.b_eq, method="highs")
            assert found.status in (0, 3), found.message
            ends.append(sign * found.fun if found.status == 0 else -sign * np.inf)
        return ends[0], ends[1]


def _span(age: str) -> tuple[int, int]:
    if age.endswith("+"):
        return int(age[:-1]), 1000
    low, _, high = age.partition("-")
    return int(low), int(high) + 1


def _minus(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    return {column: one.get(column, 0) - other.get(column, 0) for column in {*one, *other}}


def _matrix(rows: list[tuple[dict[int, int], float]], width: int) -> tuple[coo_array | None, list[float] | None]:
    if not rows:
        return None, None
    entries = [(row, column, sign) for row, (columns, _) in enumerate(rows) for column, sign in columns.items()]
    row, column, sign = np.array(entries).T
    return coo_array((sign, (row, column)), shape=(len(rows), width)).tocsr(), [right for _, right in rows]
