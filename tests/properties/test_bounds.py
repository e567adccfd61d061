"""Bounds against every whole-number completion of small tables: none lies outside, and both ends are reached."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hub.comparison import StoredIndicator
from hub.comparison.bounds import Ends, FigureMissing, Published
from hub.disclosure import audit
from schemas.joint import Publication, joint
from schemas.values import Exact, Suppressed, TypedValue
from tests.support.held_by_hub import figures

SEXES = ("f", "m")
PEOPLE = 40  # in every area and sex
Nodes = tuple[str, str, str]


@dataclass
class Table:
    """Areas by sex: the truth of every node, and which are hidden with the range 0 to the published total."""

    areas: tuple[str, ...]
    truth: dict[Nodes, int]
    hidden: frozenset[Nodes]

    @property
    def nodes(self) -> list[Nodes]:
        return list(self.truth)

    def top(self) -> int:
        return self.truth["total", "total", "total"]

    def people(self, nodes: Nodes) -> int:
        return PEOPLE * (len(self.areas) if nodes[0] == "total" else 1) * (len(SEXES) if nodes[2] == "total" else 1)

    def stored(self) -> StoredIndicator:
        cells: dict[tuple[str, ...], TypedValue] = {
            nodes: Suppressed(0, self.top(), self.people(nodes))
            if nodes in self.hidden
            else Exact(value, self.people(nodes))
            for nodes, value in self.truth.items()
        }
        payload = figures("h.dm_prev", cells, region_set="invented")
        return StoredIndicator("XR-A", "Alfa", payload, datetime(2026, 1, 2, tzinfo=UTC), 1)

    def completions(self) -> dict[Nodes, NDArray[np.int64]]:
        """Return per node its value in every table of whole numbers that agrees with all that is published."""
        leaves = [nodes for nodes in self.nodes if "total" not in (nodes[0], nodes[2])]
        open_ = [np.arange(self._most(one) + 1) if one in self.hidden else [self.truth[one]] for one in leaves]
        made = dict(zip(leaves, (grid.ravel() for grid in np.meshgrid(*open_)), strict=True))
        every = summed(made, self.areas)
        shown = [every[nodes] == value for nodes, value in self.truth.items() if nodes not in self.hidden]
        agrees = np.logical_and.reduce(np.broadcast_arrays(*shown))
        return {nodes: values[agrees] for nodes, values in every.items()}

    def _most(self, nodes: Nodes) -> int:
        above = [(nodes[0], "total", "total"), ("total", "total", nodes[2]), ("total", "total", "total")]
        return min(self.truth[one] for one in above if one not in self.hidden)


def summed(leaves: Mapping[Nodes, Any], areas: tuple[str, ...]) -> dict[Nodes, Any]:
    return {
        (area, "total", sex): sum(
            leaves[one, "total", other]
            for one in (areas if area == "total" else (area,))
            for other in (SEXES if sex == "total" else (sex,))
        )
        for area in (*areas, "total")
        for sex in (*SEXES, "total")
    }


def a_table(chance: random.Random) -> Table:
    """Make a table with at most four hidden leaves and perhaps a hidden sum; the total of all is published."""
    areas = tuple(f"GM000{number}" for number in range(chance.randint(2, 3)))
    leaves: dict[Nodes, int] = {(area, "total", sex): chance.randint(0, 8) for area in areas for sex in SEXES}
    truth = summed(leaves, areas)
    sums = [nodes for nodes in truth if nodes not in leaves and nodes != ("total", "total", "total")]
    hidden = chance.sample(sorted(leaves), chance.randint(1, 4)) + chance.sample(sums, chance.randint(0, 2))
    return Table(areas, truth, frozenset(hidden))


TABLES = [a_table(random.Random(seed)) for seed in range(40)]  # noqa: S311


@pytest.mark.parametrize("table", TABLES[:20], ids=range(20))
def test_every_completion_lies_within_the_bounds_and_reaches_both(table: Table) -> None:
    chance = random.Random(str(table.truth))  # noqa: S311
    model, possible = Published(table.stored()), table.completions()
    assert np.logical_and.reduce([possible[nodes] == value for nodes, value in table.truth.items()]).any()
    for _ in range(4):
        some = chance.sample(table.nodes, chance.randint(2, 5))
        if len(table.hidden & set(some)) == 1:
            continue  # a figure by itself, which the next test is about
        sums = sum(possible[nodes] for nodes in some)
        assert model.count(some) == (sums.min(), sums.max())
        weights = {nodes: chance.uniform(0.01, 5) for nodes in some}
        weighted = sum(weight * possible[nodes] for nodes, weight in weights.items())
        assert tuple(model.weighted(weights)) == pytest.approx((weighted.min(), weighted.max()), abs=1e-6)


def test_one_protected_figure_is_never_left_less_room_than_was_promised() -> None:
    narrowed = told = 0
    for table in TABLES:
        stored, possible = table.stored(), table.completions()
        model = Published(stored)
        found = audit(joint([Publication("", stored.region, "invented", stored.payload)]), thorough=True).findings
        reopened = {(one.hidden.key.area, dict(one.hidden.key.cut).get("sex", "total")) for one in found}
        for nodes in table.hidden:
            ends, values = model.count([nodes]), possible[nodes]
            published = (0, table.top())
            assert ends.low <= values.min() <= values.max() <= ends.high
            assert ends.high - ends.low >= min(3, table.top())
            place = ("XR-A" if nodes[0] == "total" else nodes[0], nodes[2])
            if place in reopened:  # the region left it too little: we do not say so
                assert ends == published
                told += bool(values.max() - values.min() < 3)
            else:
                assert ends == (values.min(), values.max())
                narrowed += ends != published
    assert (narrowed > 3, told > 5) == (True, True), (narrowed, told)


def test_a_share_is_bounded_where_its_denominator_is_hidden_too() -> None:
    cells: dict[tuple[str, ...], TypedValue] = {
        ("total", "total", "total"): Exact(12, 100),
        ("total", "total", "f"): Suppressed(1, 9),
        ("total", "total", "m"): Suppressed(3, 11),
    }
    model = Published(StoredIndicator("XR-A", "Alfa", figures("h.dm_prev", cells), datetime(2026, 1, 2, tzinfo=UTC), 1))
    women, men = [("total", "total", "f")], [("total", "total", "m")]
    assert model.count(women, "whole") == (1, 97)
    share = model.rate(women)
    assert share is not None
    assert share == pytest.approx((1 / 97, 1.0))
    assert model.rate([*women, *men]) == (0.12, 0.12)
    with pytest.raises(FigureMissing):
        model.count([("total", "0-17", "f")])


def test_sums_are_left_out_where_a_cell_is_not_there() -> None:
    cells: dict[tuple[str, ...], TypedValue] = {
        ("total", "total", "total"): Exact(12, 100),
        ("total", "total", "f"): Suppressed(1, 9, 50),
        ("GM0001", "total", "total"): Suppressed(1, 11, 60),
    }
    model = Published(StoredIndicator("XR-A", "Alfa", figures("h.dm_prev", cells), datetime(2026, 1, 2, tzinfo=UTC), 1))
    assert model.count([("total", "total", "f"), ("GM0001", "total", "total")]) == Ends(2, 20)


def test_of_a_large_table_the_sums_over_areas_are_enough_for_ends_that_hold() -> None:
    cells: dict[tuple[str, ...], TypedValue] = {
        ("total", "total", "total"): Exact(20, 200),
        ("total", "total", "f"): Suppressed(2, 17, 100),
        ("total", "total", "m"): Suppressed(3, 18, 100),
        ("GM0001", "total", "total"): Exact(20, 200),
        ("GM0001", "total", "f"): Suppressed(2, 12, 100),
        ("GM0001", "total", "m"): Suppressed(3, 18, 100),
    }
    stored = StoredIndicator("XR-A", "Alfa", figures("h.dm_prev", cells), datetime(2026, 1, 2, tzinfo=UTC), 1)
    weights: dict[tuple[str, ...], float] = {("total", "total", "f"): 2.0, ("total", "total", "m"): 1.0}
    assert Published(stored).weighted(weights) == pytest.approx((22, 32))
    assert Published(stored, most=5).weighted(weights) == pytest.approx((22, 37))
    with pytest.raises(FigureMissing):
        Published(stored, most=5).count([("GM0001", "total", "f")])
