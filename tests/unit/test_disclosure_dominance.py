"""Sums of money that one or two persons make: the rules against a plain reading of them, and who sees what."""

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from node.release.disclosure import (
    CellKey,
    Dimension,
    DisclosurePolicy,
    Group,
    PolicyTooLax,
    Statistic,
    Status,
    audit,
    build,
    coarsen,
    suppress,
)
from node.release.disclosure.dominance import dominated, two_largest_everywhere
from node.release.disclosure.leaves import leaf_sets, tables_of
from node.release.disclosure.statistic import TableMisshapen

POLICY = DisclosurePolicy()
AGE = Dimension("age", ("0-17", "18-64", "65+"), "total", (Group("18+", ("18-64", "65+")),))
PLACE = Dimension("place", ("north", "south"), "total")
Contributions = dict[tuple[str, str], list[int]]


def ruled(contributions: list[int], policy: DisclosurePolicy = POLICY) -> bool:
    """Read both rules off the handbook: dominance with two contributors, and the estimate by the second largest."""
    ordered = sorted(contributions, reverse=True)
    total, first, second = sum(ordered), ordered[0], ordered[1] if len(ordered) > 1 else 0
    if first <= 0:
        return False
    error = total - second - first  # of the second's best estimate of the first
    return first + max(second, 0) > policy.dominance_share * total or error < policy.p_percent * first


@pytest.mark.parametrize(
    ("contributions", "expected"),
    [
        ([50, 40, 10], False),  # just 90%; 10 is more than 10% of 50
        ([50, 41, 9], True),  # 91 of 100
        ([100, 2, 9], True),  # 9 is less than 10% of 100
        ([100, 1, 10], True),  # 101 of 111 is over 90%
        ([60, 1, 1, 5], True),
        ([10] * 30, False),
        ([0, 0, 0], False),
    ],
)
def test_the_two_rules_at_their_edges(contributions: list[int], expected: bool) -> None:
    top = np.array(sorted(contributions, reverse=True)[:2], np.int64)
    assert bool(dominated(np.int64(sum(contributions)), top, POLICY)) is expected  # type: ignore[arg-type]
    assert ruled(contributions) is expected


def made(seed: int) -> tuple[Statistic, Contributions]:
    """Draw amounts, in some cells with a person who is far dearer than the others."""
    chance = random.Random(seed)  # noqa: S311 - invented amounts
    rows: Contributions = {}
    for cell in product(PLACE.leaves, AGE.leaves):
        rows[cell] = [chance.randrange(50, 500) for _ in range(chance.choice([0, 12, 30, 60]))]
        if rows[cell] and chance.random() < 0.5:
            rows[cell] += [chance.randrange(2_000, 90_000) for _ in range(chance.choice([1, 2]))]
    shape = (len(PLACE.leaves), len(AGE.leaves))
    values = np.array([sum(one) for one in rows.values()], np.int64).reshape(shape)
    persons = np.array([len(one) for one in rows.values()], np.int64).reshape(shape)
    pairs = [sorted([*one, 0, 0], reverse=True)[:2] for one in rows.values()]
    largest = np.array(pairs, np.int64).reshape((*shape, 2))
    return Statistic("costs", "2025", "sum", (PLACE, AGE), values, persons, largest), rows


def merged(rows: Contributions, nodes: tuple[str, str]) -> list[int]:
    inside = [
        [side.leaves[leaf] for leaf in leaf_sets(side)[node]] for side, node in zip((PLACE, AGE), nodes, strict=True)
    ]
    return [amount for cell in product(*inside) for amount in rows[cell]]


@pytest.mark.parametrize("seed", range(30))
def test_suppression_and_audit_see_the_same_dominated_sums_at_every_node(seed: int) -> None:
    table, rows = made(seed)
    model = build([table])
    everywhere = two_largest_everywhere(table.dimensions, table.largest)  # type: ignore[arg-type]
    found = dominated(model.values.reshape(table.shape), everywhere, POLICY)
    figures = tables_of(model, dict.fromkeys(model.cells, "published"), POLICY)["costs", "2025"]
    for place, nodes in zip(np.ndindex(table.shape), product(PLACE.nodes, AGE.nodes), strict=True):
        contributions = merged(rows, nodes)
        expected = ruled(contributions) if contributions else False
        assert bool(found[place]) is expected
        assert figures[nodes].by_rule is (expected or 0 < len(contributions) < POLICY.minimum_persons)


@pytest.mark.parametrize("seed", range(12))
def test_a_dominated_sum_is_hidden_and_stays_uncertain_by_a_fifth(seed: int) -> None:
    table, rows = made(seed)
    model = build([table])
    statuses = suppress(model, POLICY).statuses
    assert audit(model, statuses, POLICY).passed
    for cell in model.cells:
        contributions = merged(rows, cell.nodes)  # type: ignore[arg-type]
        if contributions and ruled(contributions):
            assert statuses[cell] is Status.PRIMARY


def test_an_audit_refuses_a_dominated_sum_that_is_shown() -> None:
    values = np.array([[9_000, 9_000, 9_000], [9_000, 9_000, 9_000]], np.int64)
    persons = np.full((2, 3), 30, np.int64)
    largest = np.full((2, 3, 2), 300, np.int64)
    largest[0, 0] = (8_500, 200)
    model = build([Statistic("costs", "2025", "sum", (PLACE, AGE), values, persons, largest)])
    report = audit(model, dict.fromkeys(model.cells, "published"), POLICY)
    assert {one.cell for one in report.failures} == {CellKey("costs", "2025", ("north", "0-17"))}
    assert not report.passed


def test_coarser_bands_keep_the_two_largest() -> None:
    table, rows = made(3)
    coarse = coarsen(table, "age")
    assert coarse.largest is not None
    for place, (where, band) in zip(
        np.ndindex(coarse.values.shape), product(PLACE.leaves, coarse.dimensions[1].leaves), strict=True
    ):
        assert coarse.largest[place].tolist() == sorted([*merged(rows, (where, band)), 0, 0], reverse=True)[:2]


def test_a_policy_cannot_let_more_dominance_pass() -> None:
    for laxer in ({"dominance_share": Fraction(19, 20)}, {"p_percent": Fraction(1, 20)}):
        with pytest.raises(PolicyTooLax):
            DisclosurePolicy(**laxer)


def test_largest_contributions_belong_to_sums_two_to_a_leaf() -> None:
    numbers = np.ones((2, 3), np.int64)
    with pytest.raises(TableMisshapen):
        Statistic("people", "2025", "persons", (PLACE, AGE), numbers, None, np.ones((2, 3, 2), np.int64))
    with pytest.raises(TableMisshapen):
        Statistic("costs", "2025", "sum", (PLACE, AGE), numbers, numbers, np.ones((2, 3), np.int64))
