import numpy as np
import pytest

from node.release.disclosure import (
    CannotProtect,
    CellKey,
    Dimension,
    DisclosurePolicy,
    Earlier,
    Group,
    Statistic,
    Status,
    SubsetLink,
    audit,
    build,
    coarsen,
    suppress,
)

POLICY = DisclosurePolicy()
PLACE = Dimension("place", ("p1", "p2", "p3", "p4"), "region")
AGES = tuple(f"a{i:02d}" for i in range(14))
AGE = Dimension("age", AGES, "all", (Group("0-24", AGES[:5]), Group("25-64", AGES[5:10]), Group("65+", AGES[10:])))


def persons(values: object, key: str = "people", dimensions: tuple[Dimension, ...] = (PLACE,)) -> Statistic:
    return Statistic(key, "2025", "persons", dimensions, np.array(values, np.int64))


def patterns(statistics: list[Statistic], links: list[SubsetLink] | None = None, earlier: Earlier | None = None):  # type: ignore[no-untyped-def]
    """One letter per cell of each statistic: published, primary or complementary (P, 1, 2)."""
    model = build(statistics, links or [], earlier)
    found = suppress(model, POLICY)
    assert audit(model, found.statuses, POLICY).passed
    letters = {Status.PUBLISHED: "P", Status.PRIMARY: "1", Status.COMPLEMENTARY: "2"}
    return {
        one.key: "".join(letters[status] for cell, status in found.statuses.items() if cell.statistic == one.key)
        for one in statistics
    }


def test_zeros_and_counts_from_ten_are_published() -> None:
    assert patterns([persons([0, 10, 11, 500])]) == {"people": "PPPPP"}


def test_a_small_cell_takes_the_smallest_sufficient_neighbour_with_it() -> None:
    assert patterns([persons([4, 300, 20, 0])]) == {"people": "1P2PP"}


def test_a_neighbour_that_could_not_move_far_enough_is_not_relied_on() -> None:
    # 1 person can only be more, and 12 only become 10: hiding 12 would leave the attacker with 1 to 3
    assert patterns([persons([1, 12, 0, 0])]) == {"people": "1PPP2"}


def test_two_small_cells_alone_would_give_away_their_small_sum() -> None:
    assert patterns([persons([3, 4, 60, 900])]) == {"people": "112PP"}


def test_a_small_total_is_hidden_with_its_cells() -> None:
    assert patterns([persons([2, 3, 0, 0])]) == {"people": "11PP1"}


def test_a_small_complement_hides_the_numerator() -> None:
    found = patterns([persons([60, 100, 80, 90]), persons([50, 30, 20, 30], "ill")], [SubsetLink("ill", "people")])
    assert found == {"people": "PPPPP", "ill": "PPPPP"}
    found = patterns([persons([60, 100, 80, 90]), persons([53, 30, 20, 30], "ill")], [SubsetLink("ill", "people")])
    assert found["people"] == "PPPPP"
    assert found["ill"][0] == "1"
    assert found["ill"].count("2") == 1


def test_a_numerator_of_nine_tenths_is_hidden() -> None:
    found = patterns([persons([600, 100, 80, 90]), persons([540, 30, 20, 30], "ill")], [SubsetLink("ill", "people")])
    assert found["ill"][0] == "1"
    found = patterns([persons([600, 100, 80, 90]), persons([539, 30, 20, 30], "ill")], [SubsetLink("ill", "people")])
    assert found["ill"][0] == "P"


def test_a_hidden_denominator_hides_its_numerator_but_no_zero() -> None:
    people, ill = persons([5, 100, 40, 90]), persons([0, 30, 12, 30], "ill")
    found = patterns([people, ill], [SubsetLink("ill", "people")])
    assert found == {"people": "1P2PP", "ill": "PP2PP"}


def test_a_sum_of_few_contributors_is_hidden_whatever_its_size() -> None:
    cost = Statistic(
        "cost", "2025", "sum", (PLACE,), np.array([90_000_000, 3_000, 70_000, 0]), np.array([3, 80, 70, 0])
    )
    found = patterns([cost])["cost"]
    assert found[0] == "1"
    assert found[3] == "P"
    assert found.count("2") == 1


def test_a_sum_of_zero_by_few_contributors_is_hidden() -> None:
    cost = Statistic("cost", "2025", "sum", (PLACE,), np.array([0, 3_000, 70_000, 0]), np.array([3, 80, 70, 0]))
    assert patterns([cost])["cost"][0] == "1"


def test_what_was_hidden_stays_hidden_and_what_was_shown_stays_shown() -> None:
    table = persons([4, 300, 20, 40])
    cells = build([table]).cells
    earlier = Earlier({cells[0]: None, cells[1]: None, cells[2]: 20, cells[3]: 40, cells[4]: 364})
    assert patterns([table], earlier=earlier) == {"people": "12PPP"}


def test_a_small_cell_that_is_public_elsewhere_counts_as_known() -> None:
    table = persons([4, 300, 20, 40])
    assert patterns([table], earlier=Earlier({build([table]).cells[0]: 4})) == {"people": "PPPPP"}


def test_release_is_refused_if_earlier_figures_leave_no_freedom() -> None:
    table = persons([4, 300, 20, 40])
    cells = build([table]).cells
    known = Earlier({cells[i]: value for i, value in ((1, 300), (2, 20), (3, 40), (4, 364))})
    with pytest.raises(CannotProtect, match=r"^people \(2025\) cannot be protected.*coarsen dimension place") as caught:
        suppress(build([table], earlier=known), POLICY)
    assert (caught.value.statistic, caught.value.dimension) == ("people", "place")


def test_many_ones_under_a_small_total_are_refused_and_safe_once_coarsened() -> None:
    row = [1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 0]
    table = persons([row, [40] * 14, [50] * 14, [60] * 14], "ill", (PLACE, AGE))
    with pytest.raises(CannotProtect, match="coarsen dimension age") as caught:
        suppress(build([table]), POLICY)
    coarser = coarsen(table, caught.value.dimension)
    model = build([coarser])
    assert audit(model, suppress(model, POLICY).statuses, POLICY).passed


def test_a_spent_budget_refuses_instead_of_releasing_half_protected() -> None:
    random = np.random.default_rng(4)
    model = build([persons(random.poisson(12, (4, 14)), dimensions=(PLACE, AGE))])
    with pytest.raises(CannotProtect, match="within the budget"):
        suppress(model, POLICY, budget=1e-3)


def test_without_effort_for_improving_the_pattern_is_safe_but_larger_and_the_bound_holds() -> None:
    random = np.random.default_rng(11)
    model = build([persons(random.poisson(14, (4, 14)), dimensions=(PLACE, AGE))])
    full, hurried = suppress(model, POLICY), suppress(model, POLICY, improving=0.0)
    assert hurried.effort < full.effort
    assert hurried.count(Status.COMPLEMENTARY) > full.count(Status.COMPLEMENTARY) == full.bound
    assert hurried.bound <= full.bound
    for found in (full, hurried):
        assert audit(model, found.statuses, POLICY).passed


def test_a_stricter_policy_hides_more() -> None:
    strict = DisclosurePolicy(minimum_persons=20, width=9)
    model = build([persons([4, 300, 15, 40])])
    found = suppress(model, strict)
    assert [status.value for status in found.statuses.values()][:3] == ["primary", "published", "primary"]
    assert audit(model, found.statuses, strict).passed


def test_twelve_linked_statistics_of_126_cells_take_little_effort() -> None:
    random = np.random.default_rng(1)
    places = Dimension("place", tuple(f"p{i}" for i in range(6)), "region")
    people = random.poisson(random.uniform(50, 300, (6, 14)))
    tables = [persons(people, dimensions=(places, AGE))]
    for number in range(8):
        tables.append(persons(random.binomial(people, 0.1 + 0.05 * number), f"ill{number}", (places, AGE)))
    for table in tables[1:4]:
        cents = table.values * random.integers(100, 50_000, (6, 14))
        tables.append(Statistic("cost " + table.key, "2025", "sum", (places, AGE), cents, table.values))
    model = build(tables, [SubsetLink(f"ill{number}", "people") for number in range(8)])
    found = suppress(model, POLICY)
    assert len(model.cells) == 12 * 126
    assert found.effort < 3.0
    report = audit(model, found.statuses, POLICY)
    assert report.passed
    assert report.hidden == found.count(Status.PRIMARY) + found.count(Status.COMPLEMENTARY)


def test_a_status_names_its_cell() -> None:
    statuses = suppress(build([persons([4, 300, 20, 0])]), POLICY).statuses
    assert statuses[CellKey("people", "2025", ("p1",))] is Status.PRIMARY
    assert statuses[CellKey("people", "2025", ("p3",))] is Status.COMPLEMENTARY
