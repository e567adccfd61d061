"""How low and how high a figure can be that is partly hidden: linear programs over what its own region published.

The equations are those that the hub audits with (`schemas.joint`), of one event by itself: sums over dimensions,
part + rest = whole, and the ranges that the region published. What other regions or public tables say is left out:
that they count the same persons is presumed, not proven. docs/statistics.md says why a bound tells nothing new.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from schemas.codes import AREA, TOTAL
from schemas.joint import Hidden, Joint, Key, Publication, Row, joint, place
from schemas.joint.model import Side

from .stored import StoredIndicator

Nodes = tuple[str, ...]
MOST_CELLS: Final = 2_000  # of an event; a model of them takes some 0.15 CPU seconds to build
LARGEST: Final = 2_000  # unknown figures that hang together; beyond it the published ranges are added up
MOST_STEPS: Final = 20_000  # of the simplex method, for one end
_SLACK: Final = 1e-6  # of a solver's ends, in persons
_OPTIMAL, _UNBOUNDED = 0, 3  # scipy.optimize.OptimizeResult.status


class Ends(NamedTuple):
    """The least and the largest that is possible; `high` infinite: no upper bound."""

    low: float
    high: float

    @property
    def is_known(self) -> bool:
        """Tell whether nothing is left open."""
        return self.low == self.high

    def __add__(self, other: object) -> "Ends":
        """Return the ends of the sum of two figures that do not depend on each other."""
        if not isinstance(other, Ends):
            return NotImplemented
        return Ends(self.low + other.low, self.high + other.high)

    def times(self, by: float) -> "Ends":
        """Return the ends in another unit; `by` is not below 0."""
        return Ends(self.low * by, self.high if math.isinf(self.high) else self.high * by)


class FigureMissing(LookupError):
    """The payload has no such cell."""


class Published:
    """What one event says of its figures, as a model that can be asked for bounds."""

    def __init__(self, one: StoredIndicator, most: int | None = MOST_CELLS) -> None:
        """Build the model; sums are used only where the payload has a cell for every combination of its nodes.

        Of more than `most` cells only those are taken that sum all areas: what the areas tell of one of these alone is
        in its published range, what they tell of several together is left out.
        """
        payload = one.payload
        if most is not None and len(payload.cells) > most and AREA in payload.dimensions:
            at = payload.dimensions.index(AREA)
            sums = tuple(cell for cell in payload.cells if cell.nodes[at] == TOTAL)
            payload = msgspec.structs.replace(payload, cells=sums)
        self._region, self._payload = one.region, payload
        self._model: Joint = joint([Publication("", one.region, payload.region_set, payload)])
        self._names: Mapping[Key, int] = self._model.names[0]
        nodes = [{cell.nodes[at] for cell in payload.cells} for at in range(len(payload.dimensions))]
        is_dense = len(payload.cells) == math.prod(len(there) for there in nodes)
        self._rows: Sequence[Row] = self._model.rows if is_dense else ()
        self._hidden: dict[int, Hidden] = {hidden.variable: hidden for hidden in self._model.hidden}

    def count(self, cells: Iterable[Nodes], side: Side = "part") -> Ends:
        """Return the ends, whole numbers, of the sum of these cells' numerators or denominators."""
        low, high = self.weighted(dict.fromkeys(cells, 1.0), side)
        return Ends(math.ceil(low - _SLACK), high if math.isinf(high) else math.floor(high + _SLACK))

    def published(self, cells: Iterable[Nodes]) -> Ends:
        """Return the sum of the ranges that the region itself published for these cells' numerators."""
        numbers = [self._number(nodes, "part") for nodes in cells]
        return Ends(sum(map(self._model.low.__getitem__, numbers)), sum(map(self._model.high.__getitem__, numbers)))

    def weighted(self, weights: Mapping[Nodes, float], side: Side = "part") -> Ends:
        """Return the ends of a weighted sum of figures, weights above 0; raises FigureMissing.

        As tight as the event's own rows prove; where one hidden figure is all that is open, never tighter than its
        region promised to leave it. Beyond `LARGEST`, or where the rows contradict each other: published ranges only.
        """
        cost: dict[int, float] = {}
        known = 0.0
        for nodes, weight in weights.items():
            number = self._number(nodes, side)
            if self._model.is_fixed(number):
                known += weight * self._model.low[number]
            else:
                cost[number] = cost.get(number, 0.0) + weight
        box = Ends(
            sum(weight * self._model.low[number] for number, weight in cost.items()),
            sum(weight * self._model.high[number] for number, weight in cost.items()),
        )
        found = self._solved(cost, box) if cost else box
        return Ends(known + found.low, known + found.high)

    def rate(self, cells: Sequence[Nodes]) -> Ends | None:
        """Return the ends of the cells' numerators over their denominators; None where nobody may be in them.

        Where a denominator is hidden as well, numerator and denominator are bounded apart: the ends hold, but may be
        wider than need be.
        """
        part, whole = self.count(cells), self.count(cells, "whole")
        if whole.high <= 0:
            return None
        if whole.is_known:
            return Ends(part.low / whole.low, part.high / whole.low)
        low = 0.0 if math.isinf(whole.high) else part.low / whole.high
        high = part.high / whole.low if whole.low > 0 else math.inf
        return Ends(low, min(1.0, high) if self._payload.indicator_kind == "proportion" else high)

    def _number(self, nodes: Nodes, side: Side) -> int:
        number = self._names.get(Key(side, *place(self._region, self._payload.dimensions, nodes)))
        if number is None:
            raise FigureMissing("The payload has no such cell, or it has no denominator.")
        return number

    def _solved(self, cost: Mapping[int, float], box: Ends) -> Ends:
        numbers, rows = self._hanging_together(cost)
        if not rows or len(numbers) > LARGEST:
            return box
        at = {number: column for column, number in enumerate(numbers)}
        largest = max(cost.values())
        scaled = np.zeros(len(numbers))
        for number, weight in cost.items():
            scaled[at[number]] = weight / largest
        ends = [self._end(sign * scaled, at, rows) for sign in (1, -1)]
        if ends[0] is None or ends[1] is None:
            return box
        found = Ends(max(box.low, largest * ends[0]), min(box.high, -largest * ends[1]))
        if len(cost) == 1:
            ((number, weight),) = cost.items()
            hidden = self._hidden.get(number)
            if hidden is not None and hidden.is_reopened(found.low / weight, found.high / weight):
                return box
        return found

    def _hanging_together(self, cost: Mapping[int, float]) -> tuple[list[int], list[Row]]:
        """Return the unknown figures that hang together with those asked for, and the equations between them."""
        touching: dict[int, list[int]] = {}
        for row_number, row in enumerate(self._rows):
            for number in row.coefficients:
                if not self._model.is_fixed(number):
                    touching.setdefault(number, []).append(row_number)
        reached, chosen, waiting = set(cost), set[int](), list(cost)
        while waiting:
            for row_number in touching.get(waiting.pop(), ()):
                if row_number not in chosen:
                    chosen.add(row_number)
                    unknown = {one for one in self._rows[row_number].coefficients if not self._model.is_fixed(one)}
                    waiting += unknown - reached
                    reached |= unknown
        return sorted(reached), [self._rows[row_number] for row_number in sorted(chosen)]

    def _end(self, cost: object, at: Mapping[int, int], rows: Sequence[Row]) -> float | None:
        """Return the least of a sum, minus infinity without bound, None where the solver finds none."""
        entries: list[tuple[int, int, int]] = []
        right = []
        for line, row in enumerate(rows):
            rest = row.right
            for number, coefficient in row.coefficients.items():
                if number in at:
                    entries.append((line, at[number], coefficient))
                else:
                    rest -= coefficient * self._model.low[number]
            right.append(rest)
        lines, columns, coefficients = (list(one) for one in zip(*entries, strict=True))
        result = linprog(
            cost,
            A_eq=csr_array((coefficients, (lines, columns)), shape=(len(rows), len(at)), dtype=np.float64),
            b_eq=right,
            bounds=[(self._model.low[number], self._model.high[number]) for number in at],
            method="highs-ds",
            options={"maxiter": MOST_STEPS},
        )
        if result.status == _UNBOUNDED:
            return -math.inf
        return float(result.fun) if result.status == _OPTIMAL else None
