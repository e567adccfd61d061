"""Several vintages of one table: which changes go out, which wait, and what the audit says of any other choice."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from node.release.disclosure import (
    CannotProtect,
    CellKey,
    Dimension,
    DisclosurePolicy,
    Earlier,
    FigureRevised,
    Group,
    Settled,
    Statistic,
    Status,
    SubsetLink,
    Vintage,
    audit,
    build,
    settle,
    suppress,
)

POLICY = DisclosurePolicy()
AREAS = Dimension("area", ("a", "b", "c", "d"), "all")
LINK = SubsetLink("ill", "people")


def counts(values: Sequence[int], key: str = "people", area: Dimension = AREAS) -> Statistic:
    return Statistic(key, "2025", "persons", (area,), np.array(values, np.int64))


def out(*releases: Sequence[Statistic], links: Sequence[SubsetLink] = ()) -> Earlier:
    """Publish one release after another as they are, each with its own pattern."""
    earlier = Earlier()
    for moment, statistics in enumerate(releases):
        model = build(statistics, links, earlier)
        statuses = suppress(model, POLICY).statuses
        assert audit(model, statuses, POLICY).passed
        shown = {
            cell: value if statuses[cell] is Status.PUBLISHED else None
            for cell, value in zip(model.cells, model.values.tolist(), strict=False)
        }
        vintages = tuple(Vintage(moment, one) for one in statistics)
        earlier = Earlier({**earlier.cells, **shown}, earlier.vintages + vintages)
    return earlier


def settled(*statistics: Statistic, earlier: Earlier, links: Sequence[SubsetLink] = ()) -> Settled:
    return settle(statistics, links, earlier, POLICY)


def leaves(found: Settled, key: str = "people") -> list[int]:
    (one,) = (one for one in found.statistics if one.key == key)
    return one.values.tolist()


BEFORE = out([counts([100, 200, 300, 400])])


@pytest.mark.parametrize(
    ("records", "released"),
    [
        ([101, 200, 300, 400], [100, 200, 300, 400]),  # one person
        ([110, 200, 300, 400], [110, 200, 300, 400]),  # ten persons
        ([90, 200, 300, 400], [90, 200, 300, 400]),
        ([112, 190, 300, 400], [112, 200, 300, 400]),  # the total would tell of two: the smaller change waits
        ([103, 203, 303, 403], [100, 200, 300, 400]),  # only the total would move enough, and tell of its parts
        ([112, 205, 300, 400], [112, 200, 300, 400]),  # the total without what waits
        ([112, 190, 331, 400], [112, 190, 331, 400]),
        ([4, 200, 300, 400], [100, 200, 300, 400]),  # who remembers a hundred would know that four are left
        ([0, 200, 300, 400], [0, 200, 300, 400]),
    ],
)
def test_changes_of_ten_or_more_go_out_and_smaller_ones_wait(records: list[int], released: list[int]) -> None:
    found = settled(counts(records), earlier=BEFORE)
    assert leaves(found) == released
    assert bool(found.waiting) == (records != released)
    assert bool(found.moved) == (released != [100, 200, 300, 400])
    assert not found.stuck


def test_a_change_is_held_against_every_earlier_vintage() -> None:
    earlier = out([counts([100, 200, 300, 400])], [counts([115, 200, 300, 400])])
    assert leaves(settled(counts([105, 200, 300, 400]), earlier=earlier)) == [115, 200, 300, 400]
    assert leaves(settled(counts([100, 200, 300, 400]), earlier=earlier)) == [100, 200, 300, 400]
    assert leaves(settled(counts([130, 200, 300, 400]), earlier=earlier)) == [130, 200, 300, 400]


def test_what_a_part_leaves_of_its_whole_may_not_tell_of_persons_either() -> None:
    people, ill = counts([100, 200, 300, 400]), counts([30, 40, 50, 60], "ill")
    earlier = out([people, ill], links=[LINK])
    found = settled(counts([114, 200, 300, 400]), counts([42, 40, 50, 60], "ill"), earlier=earlier, links=[LINK])
    assert (leaves(found), leaves(found, "ill")) == ([114, 200, 300, 400], [30, 40, 50, 60])
    assert found.waiting == {("ill", "2025")}
    found = settled(counts([112, 200, 300, 400]), counts([42, 40, 50, 60], "ill"), earlier=earlier, links=[LINK])
    assert (leaves(found), leaves(found, "ill")) == ([112, 200, 300, 400], [30, 40, 50, 60])  # all who came are ill
    found = settled(counts([124, 200, 300, 400]), counts([42, 40, 50, 60], "ill"), earlier=earlier, links=[LINK])
    assert (leaves(found), leaves(found, "ill")) == ([124, 200, 300, 400], [42, 40, 50, 60])


def test_a_hidden_figure_that_changes_by_a_few_waits_too() -> None:
    earlier = out([counts([4, 20, 300, 400])])
    assert earlier.cells[CellKey("people", "2025", ("a",))] is None
    assert leaves(settled(counts([6, 20, 300, 400]), earlier=earlier)) == [4, 20, 300, 400]
    assert leaves(settled(counts([6, 20, 330, 400]), earlier=earlier)) == [4, 20, 330, 400]


def test_a_sum_goes_out_with_the_tenth_person_and_not_with_a_large_amount() -> None:
    def cents(values: list[int], persons: list[int]) -> Statistic:
        return Statistic("cost", "2025", "sum", (AREAS,), np.array(values), np.array(persons))

    first = cents([10_000, 20_000, 30_000, 40_000], [100, 200, 300, 400])
    earlier = out([first])
    other = cents([10_000, 20_000, 30_000, 90_000], [100, 200, 300, 401])
    (released,) = settled(other, earlier=earlier).statistics
    assert (released.values.tolist(), released.contributors.tolist()) == (first.values.tolist(), [100, 200, 300, 400])
    other = cents([10_000, 20_000, 30_000, 90_000], [100, 200, 300, 410])
    (released,) = settled(other, earlier=earlier).statistics
    assert released.values.tolist() == [10_000, 20_000, 30_000, 90_000]


def test_a_release_without_its_vintage_or_against_a_public_table_is_stuck() -> None:
    bare = Earlier(BEFORE.cells)
    assert settled(counts([100, 200, 300, 440]), earlier=bare).stuck == {("people", "2025")}
    assert not settled(counts([100, 200, 300, 400]), earlier=bare).stuck
    public = Earlier({CellKey("people", "2025", ("a",)): 130})
    assert settled(counts([100, 200, 300, 400]), earlier=public).stuck == {("people", "2025")}


def test_bands_that_are_cut_finer_stand_still_unless_nothing_changed() -> None:
    ages = Dimension("age", ("0-64", "65+"), "total")
    finer = Dimension("age", ("0-64", "65-74", "75+"), "total", (Group("65+", ("65-74", "75+")),))
    earlier = out([counts([500, 100], area=ages)])
    assert leaves(settled(counts([500, 60, 40], area=finer), earlier=earlier)) == [500, 60, 40]
    assert settled(counts([500, 61, 40], area=finer), earlier=earlier).stuck == {("people", "2025")}


def test_an_area_that_nobody_was_counted_in_before_comes_in_with_ten() -> None:
    more = Dimension("area", (*AREAS.leaves, "e"), "all")
    assert leaves(settled(counts([100, 200, 300, 400, 8], area=more), earlier=BEFORE)) == [100, 200, 300, 400, 0]
    assert leaves(settled(counts([100, 200, 300, 400, 11], area=more), earlier=BEFORE)) == [100, 200, 300, 400, 11]


def test_the_model_and_the_audit_each_refuse_a_change_that_tells_of_few() -> None:
    with pytest.raises(FigureRevised, match="fewer than 10 persons"):
        build([counts([103, 200, 300, 400])], (), BEFORE)
    model = build([counts([100, 200, 300, 400])], (), BEFORE)
    smuggled = replace(model, statistics=(counts([103, 200, 300, 400]),))
    report = audit(smuggled, dict.fromkeys(model.cells, Status.PUBLISHED), POLICY)
    assert {one.fault for one in report.failures} == {"changed by too few persons between two releases"}
    assert {one.cell.nodes for one in report.failures} == {("a",), ("all",)}


def test_the_audit_refuses_what_was_shown_and_became_small() -> None:
    model = build([counts([4, 200, 300, 400])], (), BEFORE)
    report = audit(model, dict.fromkeys(model.cells, Status.PUBLISHED), POLICY)
    assert {one.fault for one in report.failures} == {"was shown before and is small now, so that the change tells it"}


def test_what_was_small_once_stays_protected_when_it_has_grown() -> None:
    earlier = out([counts([4, 20, 300, 400])])
    found = settled(counts([40, 20, 300, 400]), earlier=earlier)
    model = build(found.statistics, (), earlier)
    statuses = suppress(model, POLICY).statuses
    assert statuses[model.cells[0]] is Status.PRIMARY
    assert audit(model, statuses, POLICY).passed
    assert not audit(model, {**statuses, model.cells[0]: Status.PUBLISHED}, POLICY).passed
    assert not audit(model, {**statuses, model.cells[1]: Status.PUBLISHED}, POLICY).passed


def test_a_hidden_neighbour_that_shrinks_to_what_no_longer_covers_is_refused() -> None:
    # 2 is covered by 20 alone; in the second vintage the neighbour has 10, so that it cannot fall and 2 cannot rise
    earlier = out([counts([2, 20, 300, 400])])
    model = build([counts([2, 10, 300, 400])], (), earlier)
    with pytest.raises(CannotProtect):
        suppress(model, POLICY)


def test_blanks_beside_shown_figures_that_become_small_together_wait() -> None:
    earlier = out([counts([4, 15, 300, 400])])
    assert [cell.nodes[0] for cell, value in earlier.cells.items() if value is None] == ["a", "b"]
    assert leaves(settled(counts([4, 5, 300, 400]), earlier=earlier)) == [4, 15, 300, 400]  # nine in both would be told
    assert leaves(settled(counts([4, 5, 330, 400]), earlier=earlier)) == [4, 15, 330, 400]
    assert leaves(settled(counts([4, 40, 300, 400]), earlier=earlier)) == [4, 40, 300, 400]
    earlier = out([counts([4, 5, 12, 400])])  # twelve are hidden to cover the nine
    assert leaves(settled(counts([4, 5, 0, 400]), earlier=earlier)) == [4, 5, 12, 400]


def test_the_search_and_the_audit_each_refuse_blanks_that_become_small_together() -> None:
    earlier = out([counts([4, 15, 300, 400])])
    model = build([counts([4, 5, 300, 400])], (), earlier)
    with pytest.raises(CannotProtect):
        suppress(model, POLICY)
    statuses = dict.fromkeys(model.cells, Status.PUBLISHED)
    statuses |= dict.fromkeys(model.cells[:2], Status.PRIMARY)
    report = audit(model, statuses, POLICY)
    assert [one.fault for one in report.failures] == [
        "the sum of the cell and its small neighbours has too narrow a range"
    ]


def test_what_shown_figures_told_of_blanks_before_holds_nothing_back() -> None:
    # public tables told that nine are in two small cells; it is no news in what is released now, whatever else changed
    was = counts([4, 5, 300, 400])
    cells = dict(zip(build([was]).cells, [None, None, 300, 400, 709], strict=True))
    earlier = Earlier(cells, (Vintage(0, was),))
    for records in ([4, 5, 300, 400], [4, 5, 330, 400], [4, 15, 300, 400]):
        found = settled(counts(records), earlier=earlier)
        assert leaves(found) == records
        model = build(found.statistics, (), earlier)
        assert audit(model, suppress(model, POLICY).statuses, POLICY).passed
