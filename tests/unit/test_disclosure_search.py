"""The search for fewer cells: as few as exhaustive search finds, never fewer than its own bound, always the same."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from node.release.disclosure import (
    CellKey,
    Dimension,
    DisclosurePolicy,
    Group,
    Statistic,
    Status,
    SubsetLink,
    Suppression,
    audit,
    build,
    suppress,
)
from node.release.disclosure.classify import classify
from node.release.disclosure.effort import Effort
from node.release.disclosure.suppress import choose
from tests.properties.test_disclosure_attacker import Situation
from tests.support.suppression import invented, plain, plain_widths

POLICY = DisclosurePolicy()


def side(name: str, size: int, groups: tuple[Group, ...] = ()) -> Dimension:
    return Dimension(name, tuple(f"{name}{i}" for i in range(size)), "all", groups)


def persons(values: object, *dimensions: Dimension, key: str = "people") -> Statistic:
    return Statistic(key, "2025", "persons", dimensions, np.array(values, np.int64))


def hidden_in(found: Suppression) -> set[CellKey]:
    return {cell for cell, status in found.statuses.items() if status is not Status.PUBLISHED}


def fewest(statistics: list[Statistic], links: list[SubsetLink]) -> int:
    """Try every pattern, fewest cells first, against an attacker written apart."""
    situation = Situation(statistics, links)
    always = situation.must_hide()
    others = sorted(situation.may_hide() - always)
    for size in range(len(others) + 1):
        for extra in itertools.combinations(others, size):
            hidden = always | set(extra)
            parts = {part for part, whole in situation.whole.items() if whole in hidden and situation.value[part]}
            if parts <= hidden and not situation.narrow(hidden):
                return size
    raise AssertionError("no pattern protects this table")


@pytest.mark.parametrize(
    "values",
    [[4, 300, 20, 0, 41], [1, 12, 14, 30], [3, 4, 60, 900, 11], [1, 1, 2, 40, 50], [9, 9, 30, 12]],
)
def test_a_row_hides_as_few_cells_as_exhaustive_search(values: list[int]) -> None:
    table = persons(values, side("place", len(values)))
    found = suppress(build([table]), POLICY)
    assert found.count(Status.COMPLEMENTARY) == found.bound == fewest([table], [])


@pytest.mark.parametrize("seed", range(4))
def test_a_small_grid_hides_as_few_cells_as_exhaustive_search(seed: int) -> None:
    values = np.random.default_rng(seed).integers(12, 60, (3, 3))
    values[seed % 3, (seed + 1) % 3] = 2 + seed
    table = persons(values, side("place", 3), side("age", 3))
    found = suppress(build([table]), POLICY)
    assert found.count(Status.COMPLEMENTARY) == found.bound == fewest([table], [])


def test_linked_counts_hide_as_few_cells_as_exhaustive_search() -> None:
    people, ill = persons([5, 100, 40], side("place", 3)), persons([3, 30, 12], side("place", 3), key="ill")
    links = [SubsetLink("ill", "people")]
    found = suppress(build([people, ill], links), POLICY)
    assert found.count(Status.COMPLEMENTARY) == found.bound == fewest([people, ill], links)


def test_sums_of_very_different_size_are_bounded_and_safe() -> None:
    random = np.random.default_rng(5)
    place, age = side("place", 6), side("age", 5)
    count = random.poisson(14, (6, 5))
    cents = count * 10 ** random.integers(1, 7, (6, 5))
    tables = [persons(count, place, age), Statistic("cost", "2025", "sum", (place, age), cents, count)]
    model = build(tables)
    found = suppress(model, POLICY)
    assert 0 < found.bound <= found.count(Status.COMPLEMENTARY)
    assert audit(model, found.statuses, POLICY).passed


def test_the_same_table_takes_the_same_effort_and_gives_the_same_pattern_and_bound() -> None:
    model = build([invented(8, 10, 2, 16.0, seed=3)])
    first, again = (suppress(model, POLICY, improving=0.4) for _ in range(2))
    assert first == again
    assert first.programs > 200


def test_more_effort_never_hides_more_nor_proves_less() -> None:
    model = build([invented(8, 10, 2, 16.0, seed=3)])
    found = [suppress(model, POLICY, improving=effort) for effort in (0.0, 0.2, 0.6)]
    counts = [one.count(Status.COMPLEMENTARY) for one in found]
    bounds = [one.bound for one in found]
    assert counts[0] > counts[-1] >= bounds[-1] > 0
    assert counts == sorted(counts, reverse=True)
    assert bounds == sorted(bounds)
    assert all(audit(model, one.statuses, POLICY).passed for one in found)


def test_effort_is_reckoned_from_iterations_alone() -> None:
    one, other = Effort(limit=0.01), Effort()
    for effort in (one, other):
        effort.charge(100, 400, is_dual=False)
        effort.charge_tree(50, 30)
    assert (one.spent, one.programs) == (other.spent, other.programs)
    assert not one.is_over
    one.charge(10_000, 400, is_dual=True)
    assert one.is_over
    assert not other.is_over


def test_another_pattern_is_completed_until_it_is_safe_and_improved() -> None:
    table = invented(8, 10, 2, 16.0, seed=3)
    model = build([table])
    wanted = classify(model, POLICY)
    seed = np.zeros(len(model.values), np.bool_)
    seed[::3] = wanted.blankable[::3]
    completed = choose(model, wanted, improving=0.0, seed=seed)
    improved = choose(model, wanted, improving=0.4, seed=seed)
    assert {cell for place, cell in enumerate(model.cells) if seed[place]} <= hidden_in(completed)
    assert improved.count(Status.COMPLEMENTARY) < completed.count(Status.COMPLEMENTARY)
    for found in (completed, improved):
        assert audit(model, found.statuses, POLICY).passed


@pytest.mark.parametrize("width", [1, 9])
def test_a_plain_width_hides_fewer_cells_than_the_promise_and_holds_on_another_solver(width: int) -> None:
    table = invented(8, 10, 2, 16.0, seed=3)
    model = build([table])
    found = choose(model, plain(model, POLICY, width), improving=0.6)
    primaries = [cell for cell, status in found.statuses.items() if status is Status.PRIMARY]
    assert min(plain_widths(table, hidden_in(found), primaries)) >= width - 1e-5
    if width == 1:
        promised = suppress(model, POLICY, improving=0.6)
        assert found.count(Status.COMPLEMENTARY) < promised.bound


def test_no_release_can_ask_for_less_than_the_promise() -> None:
    folder = Path(__file__).parents[2] / "node"
    callers = {file.name for file in folder.rglob("*.py") if "choose(" in file.read_text(encoding="utf-8")}
    assert "suppress.py" in callers
    assert not {"protect.py", "audit.py", "__init__.py"} & callers
    import_lines = [
        line
        for file in folder.rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if "import" in line and "disclosure" in line and "choose" in line
    ]
    assert import_lines == []
