import numpy as np
import pytest

from node.release.disclosure import (
    CellKey,
    Dimension,
    DisclosurePolicy,
    Earlier,
    FigureRevised,
    Group,
    PolicyTooLax,
    Statistic,
    SubsetLink,
    TableTooLarge,
    build,
    coarsen,
)
from node.release.disclosure.model import (
    LARGEST_COMPONENT,
    EarlierCellUnplaced,
    LinkMismatch,
    PartExceedsWhole,
    StatisticTwice,
)
from node.release.disclosure.policy import PolicyUnreachable
from node.release.disclosure.relations import GroupUnknownLeaf, NodeNameRepeated
from node.release.disclosure.statistic import DimensionNotGrouped, FigureNotWhole, TableMisshapen

AGE = Dimension("age", ("0-64", "65-79", "80+"), "all ages", (Group("65+", ("65-79", "80+")),))
PLACE = Dimension("place", ("north", "south"), "region")


def persons(values: object, key: str = "people", dimensions: tuple[Dimension, ...] = (PLACE, AGE)) -> Statistic:
    return Statistic(key, "2025", "persons", dimensions, np.array(values, np.int64))


PEOPLE = persons([[100, 40, 20], [200, 60, 30]])


def value_of(model, *nodes: str, key: str = "people") -> int:  # type: ignore[no-untyped-def]
    return int(model.values[model.position[CellKey(key, "2025", nodes)]])


def test_totals_and_groups_are_computed_for_every_node() -> None:
    model = build([PEOPLE])
    assert len(model.cells) == 3 * 5
    assert value_of(model, "north", "65+") == 60
    assert value_of(model, "region", "80+") == 50
    assert value_of(model, "region", "all ages") == 450


def test_every_relation_holds_for_the_true_values() -> None:
    part = persons([[10, 4, 2], [20, 6, 3]], "ill")
    model = build([PEOPLE, part], [SubsetLink("ill", "people")])
    for relations in (model.relations, model.implied):
        products = relations.coefficient * model.values[relations.variable]
        assert np.bincount(relations.rows(), products).tolist() == [0.0] * len(relations)


def test_a_coarser_part_is_linked_at_the_nodes_it_shares() -> None:
    part = coarsen(persons([[10, 4, 2], [20, 6, 3]], "ill"), "age")
    assert part.dimensions[1].leaves == ("65+", "0-64")
    model = build([PEOPLE, part], [SubsetLink("ill", "people")])
    shared = {model.cells[number].nodes: model.cells[whole].nodes for number, whole, _ in model.complements}
    assert len(shared) == 3 * 3
    assert all(nodes == other for nodes, other in shared.items())
    assert value_of(model, "north", "65+", key="ill") == 6


def test_the_order_of_statistics_and_links_does_not_matter() -> None:
    parts = [persons([[10, 4, 2], [20, 6, 3]], key) for key in ("ill", "cured")]
    links = [SubsetLink("ill", "people"), SubsetLink("cured", "people")]
    one, other = build([PEOPLE, *parts], links), build([*parts[::-1], PEOPLE], links[::-1])
    assert one.cells == other.cells
    assert one.values.tolist() == other.values.tolist()


def test_a_small_revision_is_refused_without_telling_its_size() -> None:
    earlier = Earlier({CellKey("people", "2025", ("north", "65-79")): 37})
    with pytest.raises(FigureRevised, match="would reveal fewer than 10 persons: keep the earlier") as caught:
        build([PEOPLE], earlier=earlier)
    assert "37" not in str(caught.value)
    assert "40" not in str(caught.value)


def test_a_large_revision_of_a_figure_whose_release_is_not_kept_is_refused() -> None:
    earlier = Earlier({CellKey("people", "2025", ("north", "65-79")): 20})
    with pytest.raises(FigureRevised, match="cannot be replaced: keep the earlier extract"):
        build([PEOPLE], earlier=earlier)


def test_the_smallest_of_several_revisions_decides_what_is_said() -> None:
    cells = {("north", "0-64"): 50, ("north", "65-79"): 37}
    earlier = Earlier({CellKey("people", "2025", nodes): value for nodes, value in cells.items()})
    with pytest.raises(FigureRevised, match=r"65-79\).*would reveal"):
        build([PEOPLE], earlier=earlier)


def test_an_earlier_cell_that_the_table_cannot_express_is_refused() -> None:
    earlier = Earlier({CellKey("people", "2025", ("north", "75+")): 30})
    with pytest.raises(EarlierCellUnplaced, match=r"75\+.*add its node"):
        build([PEOPLE], earlier=earlier)


def test_earlier_cells_of_other_statistics_are_left_alone() -> None:
    earlier = Earlier({CellKey("births", "2025", ("north",)): 30, CellKey("people", "2024", ("north",)): 3})
    assert not build([PEOPLE], earlier=earlier).known.any()


def test_too_large_a_table_names_the_dimension_to_coarsen() -> None:
    side = int(LARGEST_COMPONENT**0.5) + 1
    wide = Dimension("postcode", tuple(f"p{i}" for i in range(2 * side)), "all")
    narrow = Dimension("age", tuple(f"a{i}" for i in range(side)), "all")
    table = Statistic("people", "2025", "persons", (narrow, wide), np.ones((side, 2 * side), np.int64))
    with pytest.raises(TableTooLarge, match=r"^people \(2025\).*coarsen dimension postcode\.$"):
        build([table])


def test_links_count_towards_the_size_of_what_hangs_together() -> None:
    wide = Dimension("postcode", tuple(f"p{i}" for i in range(LARGEST_COMPONENT // 3)), "all")
    values = np.ones(LARGEST_COMPONENT // 3, np.int64)
    tables = [Statistic(key, "2025", "persons", (wide,), values) for key in ("ill", "people")]
    assert len(build(tables).cells) == 2 * (LARGEST_COMPONENT // 3 + 1)
    with pytest.raises(TableTooLarge, match="coarsen dimension postcode"):
        build(tables, [SubsetLink("ill", "people")])


def test_a_part_larger_than_its_whole_is_refused_without_values() -> None:
    part = persons([[10, 41, 2], [20, 6, 3]], "ill")
    with pytest.raises(PartExceedsWhole, match=r"ill.*65-79.*people") as caught:
        build([PEOPLE, part], [SubsetLink("ill", "people")])
    assert "41" not in str(caught.value)


@pytest.mark.parametrize(
    "other",
    [
        Statistic("ill", "2025", "persons", (AGE,), np.array([1, 2, 3])),
        Statistic("ill", "2024", "persons", (PLACE, AGE), np.ones((2, 3), np.int64)),
        Statistic("ill", "2025", "sum", (PLACE, AGE), np.ones((2, 3), np.int64), np.ones((2, 3), np.int64)),
        persons(np.ones((2, 2)), "ill", (PLACE, Dimension("age", ("young", "old"), "everyone"))),
    ],
    ids=["other dimensions", "no whole in that period", "a sum", "no node in common"],
)
def test_tables_that_cannot_be_part_and_whole_are_not_linked(other: Statistic) -> None:
    with pytest.raises(LinkMismatch, match="ill and people"):
        build([PEOPLE, other], [SubsetLink("ill", "people")])


def test_one_statistic_is_given_once() -> None:
    with pytest.raises(StatisticTwice, match=r"people \(2025\) came in twice"):
        build([PEOPLE, PEOPLE])


def test_malformed_tables_are_refused() -> None:
    with pytest.raises(TableMisshapen, match=r"shape \(2, 3\)"):
        persons([[1, 2], [3, 4]])
    with pytest.raises(TableMisshapen, match="contributing persons"):
        Statistic("cost", "2025", "sum", (PLACE,), np.array([100, 200]))
    with pytest.raises(FigureNotWhole, match="at least 0"):
        persons([[1, 2, -3], [4, 5, 6]])
    with pytest.raises(FigureNotWhole, match="whole numbers"):
        Statistic("people", "2025", "persons", (PLACE,), np.array([1.5, 2.0]))
    with pytest.raises(FigureNotWhole, match="no person contributes"):
        Statistic("cost", "2025", "sum", (PLACE,), np.array([100, 200]), np.array([3, 0]))
    with pytest.raises(NodeNameRepeated, match="age"):
        Dimension("age", ("all", "65+"), "all")
    with pytest.raises(GroupUnknownLeaf, match=r"65\+.*age"):
        Dimension("age", ("0-64", "65-79"), "all", (Group("65+", ("65-79", "80+")),))


def test_only_a_grouped_dimension_can_be_coarsened() -> None:
    assert coarsen(PEOPLE, "age").values.tolist() == [[60, 100], [90, 200]]
    with pytest.raises(DimensionNotGrouped, match="place"):
        coarsen(PEOPLE, "place")


def test_no_repr_shows_a_value() -> None:
    small = persons([[7, 8, 9], [7, 8, 9]])
    shown = repr(small) + repr(build([small], earlier=Earlier({CellKey("people", "2025", ("north", "80+")): 9})))
    assert not any(figure in shown for figure in ("7,", "[7", "9]", ": 9"))


def test_the_dutch_preset_is_the_least_there_is() -> None:
    policy = DisclosurePolicy()
    assert (policy.minimum_persons, policy.width) == (10, 3)
    assert [policy.is_small(count) for count in (0, 1, 9, 10)] == [False, True, True, False]
    for laxer in (
        {"minimum_persons": 9},
        {"width": 2},
        {"group_disclosure_share": 1},
        {"magnitude_width_share": 0},
    ):
        with pytest.raises(PolicyTooLax, match=next(iter(laxer))):
            DisclosurePolicy(**laxer)  # type: ignore[arg-type]
    with pytest.raises(PolicyUnreachable, match="lower width or raise minimum_persons"):
        DisclosurePolicy(width=9)
    assert DisclosurePolicy(minimum_persons=20, width=9).is_small(19)
