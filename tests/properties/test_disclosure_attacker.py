"""An attacker written apart from the project: plain linear programs over true values, solved by scipy.

It reads nothing of a model but its statistics, links and earlier cells, and is itself checked against
counting all tables by brute force.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from node.release.disclosure import CellKey, Dimension, Earlier, Statistic, SubsetLink

Bounds = tuple[float, float | None]
Combination = Mapping[tuple[str, CellKey], int]


def node_leaves(dimension: Dimension) -> dict[str, tuple[str, ...]]:
    singles = {leaf: (leaf,) for leaf in dimension.leaves}
    return {**singles, **{g.name: g.leaves for g in dimension.groups}, dimension.total: dimension.leaves}


class Table:
    """Every cell of a statistic with its leaf cells, its value and its persons."""

    def __init__(self, statistic: Statistic) -> None:
        self.statistic = statistic
        self.leaves: dict[CellKey, list[CellKey]] = {}
        self.value: dict[CellKey, int] = {}
        self.persons: dict[CellKey, int] = {}
        names = [node_leaves(dimension) for dimension in statistic.dimensions]
        for nodes in itertools.product(*names):
            below = list(itertools.product(*(where[node] for where, node in zip(names, nodes, strict=True))))
            places = [
                tuple(d.leaves.index(leaf) for d, leaf in zip(statistic.dimensions, one, strict=True)) for one in below
            ]
            cell = self.cell(nodes)
            self.leaves[cell] = [self.cell(one) for one in below]
            self.value[cell] = sum(int(statistic.values[place]) for place in places)
            self.persons[cell] = sum(int(statistic.contributors[place]) for place in places)

    def cell(self, nodes: tuple[str, ...]) -> CellKey:
        return CellKey(self.statistic.key, self.statistic.period, nodes)


class Attacker:
    """Solves for the range of any combination of cells ("x") and complements ("c"), given bounds on both."""

    def __init__(
        self,
        tables: Sequence[Table],
        links: Sequence[SubsetLink],
        bounds: Mapping[tuple[str, CellKey], Bounds],
    ) -> None:
        self.place = {key: i for i, key in enumerate(bounds)}
        rows: list[dict[tuple[str, CellKey], int]] = []
        for table in tables:
            for cell, leaves in table.leaves.items():
                if leaves != [cell]:
                    rows.append({("x", cell): -1, **{("x", leaf): 1 for leaf in leaves}})
        for part, whole in linked_cells(tables, links):
            rows.append({("x", part): 1, ("c", part): 1, ("x", whole): -1})
        self.equal = np.zeros((len(rows), len(bounds)))
        for number, row in enumerate(rows):
            for key, sign in row.items():
                self.equal[number, self.place[key]] += sign
        self.bounds = list(bounds.values())

    def range_of(self, combination: Combination) -> tuple[float, float]:
        low, high = (self.extreme(combination, sign) for sign in (1, -1))
        return low[0], -high[0]

    def extreme(self, combination: Combination, sign: int) -> tuple[float, Mapping[CellKey, float]]:
        """The least value of sign * combination, with cells that attain it (none if there is no least)."""
        cost = np.zeros(len(self.bounds))
        for key, factor in combination.items():
            cost[self.place[key]] += sign * factor
        found = linprog(cost, A_eq=self.equal, b_eq=np.zeros(len(self.equal)), bounds=self.bounds)
        assert found.status in (0, 3), found.message
        if found.status == 3:
            return -np.inf, {}
        return float(found.fun), {cell: found.x[i] for (kind, cell), i in self.place.items() if kind == "x"}


def linked_cells(tables: Sequence[Table], links: Sequence[SubsetLink]) -> Iterator[tuple[CellKey, CellKey]]:
    for link in links:
        for part, whole in itertools.permutations(tables, 2):
            same = part.statistic.period == whole.statistic.period
            if same and (part.statistic.key, whole.statistic.key) == (link.part_key, link.whole_key):
                for cell in part.leaves:
                    if whole.cell(cell.nodes) in whole.leaves:
                        yield cell, whole.cell(cell.nodes)


class Situation:
    """What the rules, restated here, say about a set of statistics: who is small, and who must stay vague."""

    def __init__(
        self, statistics: Sequence[Statistic], links: Sequence[SubsetLink], earlier: Earlier | None = None
    ) -> None:
        self.tables, self.links = [Table(one) for one in statistics], tuple(links)
        past = earlier.cells if earlier else {}
        self.known = {cell for cell, value in past.items() if value is not None}
        self.withheld = {cell for cell, value in past.items() if value is None}
        self.value = {cell: value for table in self.tables for cell, value in table.value.items()}
        persons = {cell: count for table in self.tables for cell, count in table.persons.items()}
        self.sums = {c for table in self.tables if table.statistic.kind == "sum" for c in table.value}
        self.small = {cell for cell, count in persons.items() if 1 <= count <= 9} - self.known
        self.whole = dict(linked_cells(self.tables, links))
        rests = {part: self.value[whole] - self.value[part] for part, whole in self.whole.items()}
        self.small_rest = {
            part
            for part, rest in rests.items()
            if 1 <= rest <= 9 and self.value[part] and not {part, self.whole[part]} <= self.known
        }
        self.no_rest = {
            part
            for part, rest in rests.items()
            if rest == 0 and self.value[part] and not {part, self.whole[part]} <= self.known
        }
        nearly = {
            part
            for part, whole in self.whole.items()
            if self.value[part] and Fraction(self.value[part]) >= Fraction(9, 10) * self.value[whole]
        }
        self.primary = (self.small | self.small_rest | nearly) - self.known

    def must_hide(self) -> set[CellKey]:
        return self.primary | (self.withheld - self.known)

    def may_hide(self) -> set[CellKey]:
        return {c for c, value in self.value.items() if value and c not in self.known} | self.primary

    def targets(self) -> Iterator[tuple[Combination, float]]:
        for cell in self.primary:
            yield {("x", cell): 1}, max(1, -(-self.value[cell] // 5)) if cell in self.sums else 3
        for part in self.small_rest:
            yield {("c", part): 1}, 3

    def pools(self) -> Iterator[Combination]:
        """Small sums of several small cells, or complements, that one published sum would give away."""
        for table in self.tables:
            for parent, children in sums_of(table):
                small = self.small - self.sums
                yield from pool("x", parent, children, small, self.value, self.known)
        rests = {part: self.value[whole] - self.value[part] for part, whole in self.whole.items()}
        public = {part for part, whole in self.whole.items() if {part, whole} <= self.known}
        for one, other in itertools.permutations(self.tables, 2):
            for table in (one, other):
                for family in sums_of(table):
                    parent, *children = (one.cell(cell.nodes) for cell in (family[0], *family[1]))
                    linked = all(self.whole.get(cell) in other.leaves for cell in (parent, *children))
                    if linked:
                        for members in (self.small_rest, self.small_rest | self.no_rest):
                            yield from pool("c", parent, children, members, rests, public)

    def bounds(self, hidden: set[CellKey], knows_status: bool = True) -> dict[tuple[str, CellKey], Bounds]:
        found: dict[tuple[str, CellKey], Bounds] = {}
        for cell, value in self.value.items():
            found["x", cell] = (0, None)
            if cell not in hidden or (knows_status and value == 0 and cell not in self.primary):
                found["x", cell] = (value, value)
            elif knows_status and cell not in self.sums:
                if cell in self.small:
                    found["x", cell] = (1, 9)
                elif cell not in self.primary:
                    found["x", cell] = (10, None)
        for part in self.whole:
            small = knows_status and part in self.small_rest and {part, self.whole[part]} & hidden
            found["c", part] = (1, 9) if small else (0, None)
        return found

    def narrow(self, hidden: set[CellKey]) -> list[Combination]:
        """The protected figures that this attacker narrows down, given which cells are hidden."""
        attacker = Attacker(self.tables, self.links, self.bounds(hidden))
        everything = [*self.targets(), *((pool, 3) for pool in self.pools())]
        found = []
        for combination, required in everything:
            low, high = attacker.range_of(combination)
            if len(combination) == 1 and not set(self.sums) & {cell for _, cell in combination}:
                low = max(low, 1.0)  # he may be counted in it himself
            if high - low < required * (1 - 1e-5):
                found.append(combination)
        return found


def pool(
    kind: str,
    parent: CellKey,
    children: Sequence[CellKey],
    small: set[CellKey],
    value: Mapping[CellKey, int],
    known: set[CellKey],
) -> Iterator[Combination]:
    members = [one for one in children if one in small]
    total = sum(value[one] for one in members)
    free = [one for one in {parent, *children} - set(members) if value[one] and one not in known]
    if len(members) > 1 and 1 <= total <= 9 and total < value[parent] and free:
        yield {(kind, one): 1 for one in members}


def sums_of(table: Table) -> Iterator[tuple[CellKey, list[CellKey]]]:
    for axis, dimension in enumerate(table.statistic.dimensions):
        grouped = [leaf for group in dimension.groups for leaf in group.leaves]
        loose = [leaf for leaf in dimension.leaves if leaf not in grouped]
        top = [*(group.name for group in dimension.groups), *loose]
        for parent, children in [*dimension.groups, (dimension.total, top)]:
            for cell in table.leaves:
                if cell.nodes[axis] == parent:
                    yield (
                        cell,
                        [table.cell((*cell.nodes[:axis], child, *cell.nodes[axis + 1 :])) for child in children],
                    )


def grid(values: Sequence[Sequence[int]], key: str = "people") -> Statistic:
    table = np.array(values, np.int64)
    sides = zip(("row", "column"), table.shape, strict=True)
    dimensions = tuple(Dimension(n, tuple(f"{n}{i}" for i in range(size)), f"all {n}s") for n, size in sides)
    return Statistic(key, "2025", "persons", dimensions, table)


@given(st.lists(st.integers(0, 2), min_size=4, max_size=4), st.integers(0, 2**8 - 1))
@settings(max_examples=20, deadline=None)
def test_the_attacker_finds_what_counting_all_tables_finds(values: list[int], pattern: int) -> None:
    situation = Situation([grid([values[:2], values[2:]])], [])
    (table,) = situation.tables
    *rest, total = table.leaves
    hidden = {cell for number, cell in enumerate(rest) if pattern >> number & 1}
    leaves = [cell for cell in rest if table.leaves[cell] == [cell]]
    possible = []
    for guess in itertools.product(range(table.value[total] + 1), repeat=4):
        trial = dict(zip(leaves, guess, strict=True))
        sums = {cell: sum(trial[leaf] for leaf in below) for cell, below in table.leaves.items()}
        if all(sums[cell] == table.value[cell] for cell in table.leaves if cell not in hidden):
            possible.append(sums)
    attacker = Attacker(situation.tables, (), situation.bounds(hidden, knows_status=False))
    for cell in table.leaves:
        low, high = attacker.range_of({("x", cell): 1})
        assert min(one[cell] for one in possible) == pytest.approx(low, abs=1e-6)
        assert max(one[cell] for one in possible) == pytest.approx(high, abs=1e-6)
