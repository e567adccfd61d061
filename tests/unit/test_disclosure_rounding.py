"""Controlled rounding of what waits: it adds up, stays near, and leaves every change near it possible."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from node.release.disclosure import (
    Rounding,
    Settled,
    Statistic,
    SubsetLink,
    Vintage,
    audit,
    build,
    settle,
    suppress,
)
from node.release.disclosure.rounding import BASE, drawn
from tests.unit.test_disclosure_vintages import AREAS, POLICY, counts, leaves, out

TWO_BY_TWO = [np.array(one) for one in ([0], [1], [2], [3], [0, 1], [2, 3], [0, 2], [1, 3], [0, 1, 2, 3])]
KEY = ("people", "2025")


def beside(change: int) -> list[int]:
    """The multiples of the base next to a change, itself if it is one."""
    low = change // BASE * BASE
    return [low] if low == change else [low, low + BASE]


def roundings(change: Sequence[int]) -> set[tuple[int, ...]]:
    """Every rounding of a table of two by two that adds up, found by trying all."""
    return {
        one
        for one in itertools.product(*map(beside, change))
        if all(sum(one[i] for i in nodes) in beside(sum(change[i] for i in nodes)) for nodes in TWO_BY_TWO)
    }


def draw(change: Sequence[int], random: np.random.Generator) -> tuple[int, ...]:
    allowed = np.ones((2, len(change)), np.bool_)
    found = drawn(np.array(change, np.int64), allowed, TWO_BY_TWO, random)
    assert found is not None
    return tuple(found.tolist())


@pytest.mark.parametrize("change", [(1, 0, 0, 0), (3, 4, -2, 9), (1, 1, 1, 1), (-7, 12, 5, -5), (10, 1, 2, 9)])
def test_every_rounding_that_adds_up_is_drawn_and_no_other(change: tuple[int, ...]) -> None:
    random = np.random.default_rng(1)
    assert {draw(change, random) for _ in range(200)} == roundings(change)


@pytest.mark.parametrize("seed", range(5))
def test_who_sees_a_rounding_is_left_with_every_change_near_it_in_every_sum(seed: int) -> None:
    random = np.random.default_rng(seed)
    change = tuple(int(random.integers(-9, 10)) for _ in range(4))
    rounded = draw(change, random)
    # the changes that may have been rounded so, one leaf beside the centre at a time
    for nodes in TWO_BY_TWO:
        possible = set()
        for step in range(1 - BASE, BASE):
            other = [rounded[i] + (step if i == nodes[0] else 0) for i in range(4)]
            if rounded in roundings(other):
                possible.add(sum(other[i] for i in nodes))
        assert max(possible) - min(possible) == 2 * (BASE - 1)


def released(found: Settled, earlier_moment: int = 1) -> Vintage:
    (one,) = found.statistics
    return Vintage(earlier_moment, one, rounded=KEY in found.rounded)


def chance(seed: int) -> Rounding:
    return Rounding(frozenset({KEY}), np.random.default_rng(seed))


def rounded(records: list[int], before: list[int], seed: int = 0) -> Settled:
    return settle([counts(records)], [], out([counts(before)]), POLICY, rounding=chance(seed))


def test_small_changes_go_out_together_within_nine_of_the_records() -> None:
    sums = set()
    for seed in range(20):
        found = rounded([103, 204, 298, 407], [100, 200, 300, 400], seed)
        now = np.array(leaves(found))
        change = now - [100, 200, 300, 400]
        assert set(change.tolist()) <= {-10, 0, 10}
        assert (np.abs(now - [103, 204, 298, 407]) < BASE).all()
        assert abs(int(now.sum()) - 1012) < BASE
        assert found.rounded == {KEY}
        assert not found.waiting
        sums.add(int(now.sum()))
    assert sums == {1010, 1020}


def test_large_changes_go_out_exactly_beside_rounded_ones() -> None:
    for seed in range(5):
        assert leaves(rounded([137, 204, 300, 400], [100, 200, 300, 400], seed))[0] == 137


def test_what_would_become_small_or_negative_is_not_drawn() -> None:
    for seed in range(10):
        now = leaves(rounded([11, 204, 300, 400], [15, 200, 300, 400], seed))
        assert now[0] in (15,)  # five would be small, and who remembers fifteen would know


def test_a_table_is_rounded_once_and_its_later_changes_wait_or_go_out_at_ten() -> None:
    first = out([counts([100, 200, 300, 400])])
    once = rounded([103, 204, 298, 407], [100, 200, 300, 400])
    earlier = type(first)(
        {
            cell: int(value)
            for cell, value in zip(build(once.statistics).cells, build(once.statistics).values, strict=True)
        },
        (*first.vintages, released(once)),
    )
    again = chance(1)
    same = settle([counts([103, 204, 298, 407])], [], earlier, POLICY, rounding=again)
    assert (leaves(same), same.waiting, same.rounded) == (leaves(once), frozenset(), {KEY})
    before = leaves(once)
    more = settle([counts([103, 204, 298, before[3] + 30])], [], earlier, POLICY, rounding=again)
    assert leaves(more) == [*before[:3], before[3] + 30]


def test_what_is_linked_or_new_or_a_sum_is_not_rounded() -> None:
    people, ill = counts([100, 200, 300, 400]), counts([30, 40, 50, 60], "ill")
    link = SubsetLink("ill", "people")
    rounding = chance(0)
    found = settle([counts([103, 200, 300, 400]), ill], [link], out([people, ill], links=[link]), POLICY, (), rounding)
    assert (found.rounded, found.waiting) == (frozenset(), {KEY})
    assert not settle([people], [], out([ill]), POLICY, (), rounding).rounded
    values, persons = np.array([500, 600, 700, 800]), np.array([100, 200, 300, 400])
    cost = Statistic("people", "2025", "sum", (AREAS,), values, persons)
    other = Statistic("people", "2025", "sum", (AREAS,), values + 5, persons + 1)
    assert not settle([other], [], out([cost]), POLICY, (), rounding).rounded


def test_a_rounded_vintage_passes_the_audit_with_what_it_hides() -> None:
    before = out([counts([4, 22, 300, 400])])
    for seed in range(5):
        found = settle([counts([6, 24, 301, 405])], [], before, POLICY, rounding=chance(seed))
        model = build(found.statistics, (), before)
        statuses = suppress(model, POLICY).statuses
        assert audit(model, statuses, POLICY).passed
