import numpy as np

from node.release.disclosure import CellKey, Dimension, Statistic, SubsetLink, build, plain_ranges

ROW = Dimension("row", ("r1", "r2", "r3"), "all rows")
COLUMN = Dimension("column", ("c1", "c2"), "all columns")


def ranges_of(statistics: list[Statistic], hidden: set[tuple[str, ...]], links: tuple[SubsetLink, ...] = ()):  # type: ignore[no-untyped-def]
    """Ranges by (statistic, nodes), with the given cells hidden."""
    model = build(statistics, links)
    names = {(cell.statistic, *cell.nodes): cell for cell in model.cells}
    statuses = {cell: "complementary" if name in hidden else "published" for name, cell in names.items()}
    found = plain_ranges(model, statuses)
    return {name: found[cell] for name, cell in names.items() if cell in found}


def table(values: object, key: str = "n", dimensions: tuple[Dimension, ...] = (ROW, COLUMN)) -> Statistic:
    return Statistic(key, "2025", "persons", dimensions, np.array(values, np.int64))


def test_nothing_hidden_gives_no_range() -> None:
    assert ranges_of([table([[1, 2], [3, 4], [5, 6]])], set()) == {}


def test_a_two_by_two_block_of_blanks() -> None:
    hidden = {("n", row, column) for row in ("r1", "r2") for column in ("c1", "c2")}
    assert ranges_of([table([[4, 30], [25, 60], [5, 6]])], hidden) == {
        ("n", "r1", "c1"): (0, 29),
        ("n", "r1", "c2"): (5, 34),
        ("n", "r2", "c1"): (0, 29),
        ("n", "r2", "c2"): (56, 85),
    }


def test_what_no_published_figure_bounds_is_open_above() -> None:
    found = ranges_of([table([4, 30, 25], dimensions=(ROW,))], {("n", "r1"), ("n", "all rows")})
    assert found == {("n", "r1"): (0, None), ("n", "all rows"): (55, None)}


def test_a_blank_that_is_given_away_has_one_value() -> None:
    assert ranges_of([table([4, 30, 25], dimensions=(ROW,))], {("n", "r1")}) == {("n", "r1"): (4, 4)}


def test_a_published_whole_bounds_its_hidden_part() -> None:
    whole, part = table([10, 30, 25], "whole", (ROW,)), table([4, 28, 20], "part", (ROW,))
    found = ranges_of([whole, part], {("part", "r1"), ("part", "r2")}, (SubsetLink("part", "whole"),))
    assert found == {("part", "r1"): (2, 10), ("part", "r2"): (22, 30)}


def test_large_sums_keep_their_last_unit() -> None:
    values = np.array([[10**14 + 1, 3 * 10**13], [7, 10**12 + 3], [5, 6]], np.int64)
    cost = Statistic("n", "2025", "sum", (ROW, COLUMN), values, np.ones((3, 2), np.int64))
    hidden = {("n", row, column) for row in ("r1", "r2") for column in ("c1", "c2")}
    assert ranges_of([cost], hidden) == {
        ("n", "r1", "c1"): (10**14 + 1 - 10**12 - 3, 10**14 + 8),
        ("n", "r1", "c2"): (3 * 10**13 - 7, 3 * 10**13 + 10**12 + 3),
        ("n", "r2", "c1"): (0, 10**12 + 10),
        ("n", "r2", "c2"): (0, 10**12 + 10),
    }


def test_hidden_values_leave_no_trace_in_ranges() -> None:
    hidden = {("n", row, column) for row in ("r1", "r2") for column in ("c1", "c2")}
    one = ranges_of([table([[4, 30], [25, 60], [5, 6]])], hidden)
    assert ranges_of([table([[9, 25], [20, 65], [5, 6]])], hidden) == one


def test_a_cell_without_status_counts_as_hidden() -> None:
    model = build([table([4, 30, 25], dimensions=(ROW,))])
    assert plain_ranges(model, {})[CellKey("n", "2025", ("r1",))] == (0, None)
