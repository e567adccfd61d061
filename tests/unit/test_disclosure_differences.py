"""The difference of two vintages is a table as well: the rules for a table hold for it."""

from fractions import Fraction

import numpy as np

from node.release.disclosure import (
    Dimension,
    DisclosurePolicy,
    Earlier,
    Statistic,
    SubsetLink,
    Vintage,
    audit,
    build,
    settle,
    suppress,
)

POLICY = DisclosurePolicy()
AREA = Dimension("area", ("a", "b"), "total")


def _costs(values: list[int], persons: list[int], largest: list[list[int]]) -> Statistic:
    table = (np.array(values), np.array(persons), np.array(largest))
    return Statistic("costs", "2025", "sum", (AREA,), *table)


def _count(key: str, values: list[int]) -> Statistic:
    return Statistic(key, "2025", "persons", (AREA,), np.array(values))


def _released(
    first: list[Statistic], now: list[Statistic], links: tuple[SubsetLink, ...] = ()
) -> tuple[dict[str, np.ndarray], bool]:
    """Release twice as a node does; return what changed per statistic, and whether the audits passed."""
    model = build(first, links)
    statuses = suppress(model, POLICY).statuses
    passed = audit(model, statuses, POLICY).passed
    shown = dict(zip(model.cells, model.values.tolist(), strict=False))
    cells = {cell: shown[cell] if statuses[cell] == "published" else None for cell in model.cells}
    wholes = {one.key: tuple(link.whole_key for link in links if link.part_key == one.key) for one in first}
    earlier = Earlier(cells, tuple(Vintage(0, one, wholes[one.key]) for one in first))
    settled = settle(now, links, earlier, POLICY)
    later = build(settled.statistics, links, earlier)
    again = suppress(later, POLICY).statuses
    passed = passed and audit(later, again, POLICY).passed
    assert all(again[cell] == "published" for cell in later.cells)
    assert all(one is not None for one in cells.values())
    changes = {}
    for one in settled.statistics:
        before = next(old for old in first if old.key == one.key)
        changes[one.key] = one.values - before.values
    return changes, passed


def test_a_correction_of_costs_does_not_tell_what_one_person_cost() -> None:
    """Ten patients come in: nine of 100 euros and one of 500,000; neither table is dominated, their difference is."""
    first = _costs([1_000_000, 1_000_000], [100, 100], [[20_000, 20_000]] * 2)
    now = _costs([1_500_900, 1_000_000], [110, 100], [[500_000, 20_000], [20_000, 20_000]])
    changes, passed = _released([first], [now])
    assert passed
    told = int(changes["costs"][0])
    assert told == 0 or Fraction(500_000, told) <= POLICY.dominance_share, f"{told} is told of one who cost 500000"


def test_a_correction_does_not_tell_that_all_who_came_have_it() -> None:
    """Twelve residents come in, all of them with the disease: of a table of twelve that would be hidden."""
    links = (SubsetLink("ill", "people"),)
    first = [_count("ill", [100, 200]), _count("people", [1000, 2000])]
    now = [_count("ill", [112, 200]), _count("people", [1012, 2000])]
    changes, passed = _released(first, now, links)
    assert passed
    ill, people = int(changes["ill"][0]), int(changes["people"][0])
    assert people == 0 or ill < POLICY.group_disclosure_share * people
