"""Sums of money by who was paid: the rules at their edges, what corrections tell, and what older releases knew."""

import json
from dataclasses import replace

import numpy as np
import pytest

from node.release.disclosure import (
    CellKey,
    Dimension,
    DisclosurePolicy,
    Earlier,
    Organisations,
    PolicyTooLax,
    Statistic,
    Status,
    Vintage,
    audit,
    build,
    coarsen,
    settle,
    suppress,
)
from node.release.disclosure.base import told_by_organisation
from node.release.disclosure.leaves import is_of_few_organisations
from node.release.disclosure.organisations import ENOUGH, concentrated, payees
from node.release.disclosure.relations import Group
from node.release.disclosure.statistic import TableMisshapen
from node.release.join import join
from node.release.memory import _read, _written

POLICY = DisclosurePolicy()
STRICT = DisclosurePolicy(minimum_organisations=5)
PLACE = Dimension("place", ("north", "south", "west", "east"), "total")


def costs(*paid: list[int], unknown: int = 0, place: Dimension = PLACE, kept: bool = True) -> Statistic:
    """Make a table of costs by place, each paid to so many organisations, some cents in each place to nobody known."""
    amounts = np.array(paid, np.int64)
    known = Organisations(tuple(f"XA-{number}" for number in range(amounts.shape[1])), amounts)
    values, persons = amounts.sum(axis=1) + unknown, np.full(len(paid), 40)
    return Statistic("costs", "2025", "sum", (place,), values, persons, None, known if kept else None)


def released(one: Statistic) -> Earlier:
    model = build([one])
    statuses = suppress(model, POLICY).statuses
    assert audit(model, statuses, POLICY).passed
    shown = dict(zip(model.cells, model.values.tolist(), strict=True))
    return Earlier(
        {cell: shown[cell] if statuses[cell] is Status.PUBLISHED else None for cell in model.cells}, (Vintage(0, one),)
    )


@pytest.mark.parametrize(
    ("paid", "total", "policy", "expected"),
    [
        ([50, 40, 10], 100, POLICY, False),  # three, the two largest just 90%, and 10 is more than 10% of 50
        ([50, 41, 9], 100, POLICY, True),  # 91 of 100
        ([100, 2, 9], 111, POLICY, True),  # 9 is less than 10% of 100
        ([50, 50, 0], 100, POLICY, True),  # two
        ([100, 0, 0], 100, POLICY, True),
        ([0, 0, 0], 0, POLICY, False),  # nobody was paid
        ([10, 10, -10], 10, POLICY, True),  # of a credit nobody is paid
        ([30, 30, 20], 80, STRICT, True),  # three, where a region wants five
        ([10, 10, 10, 10, 10], 50, STRICT, False),
        ([50, 0, 0], 100, POLICY, False),  # half of it to nobody known: not counted, and no two known make 90%
        ([95, 0, 0], 100, POLICY, True),  # but this one does, whoever the others are
        ([0, 0, 0], 100, POLICY, False),
    ],
)
def test_the_rules_at_their_edges_for_search_and_audit(
    paid: list[int], total: int, policy: DisclosurePolicy, expected: bool
) -> None:
    amounts = np.array([paid], np.int64)
    found = concentrated(np.array([total]), payees(amounts, amounts.sum(axis=1) == total), policy)
    assert found.tolist() == [expected]
    by_code = {str(number): amount for number, amount in enumerate(paid) if amount}
    assert is_of_few_organisations(total, by_code, policy) is expected


def test_a_total_is_judged_by_what_each_organisation_was_paid_in_all_of_it() -> None:
    table = costs([60, 40, 0, 0], [0, 0, 60, 40], [500, 500, 500, 500], [500, 500, 500, 500])
    model = build([table])
    assert model.payees.tolist()[:2] == [[2, 60, 40], [2, 60, 40]]
    assert model.payees.tolist()[-1] == [4, 1_060, 1_060]
    statuses = suppress(model, POLICY).statuses
    primary = {cell.nodes for cell, status in statuses.items() if status is Status.PRIMARY}
    assert primary == {("north",), ("south",)}
    shown = dict.fromkeys(model.cells, Status.PUBLISHED)
    assert {one.cell.nodes for one in audit(model, shown, POLICY).failures} == primary


def test_who_is_paid_alone_beside_another_does_not_learn_what_that_one_is_paid() -> None:
    """North and south have one organisation each; blank together they would tell each what the other is paid."""
    table = costs([900, 0, 0, 0, 0], [0, 900, 0, 0, 0], *[[500, 400, 300, 300, 300]] * 2)
    model = build([table])
    two = {cell: Status.PRIMARY if cell.nodes[0] in ("north", "south") else Status.PUBLISHED for cell in model.cells}
    report = audit(model, two, POLICY)
    fooled = {(one.cell.nodes[0], one.attacker) for one in report.failures}
    assert fooled >= {("north", "organisation"), ("south", "organisation")}
    statuses = suppress(model, POLICY).statuses
    assert sorted(status for status in statuses.values()) == ["complementary", "primary", "primary", *["published"] * 2]
    assert audit(model, statuses, POLICY).passed


def test_two_blanks_do_not_tell_together_what_one_organisation_is_paid_in_both() -> None:
    """All that is published beside north and south gives their sum, which is one organisation's: that is hidden too."""
    table = costs([900, 0, 0, 0, 0], [700, 0, 0, 0, 0], *[[500, 400, 300, 300, 300]] * 2)
    model = build([table])
    two = {cell: Status.PRIMARY if cell.nodes[0] in ("north", "south") else Status.PUBLISHED for cell in model.cells}
    faults = {one.fault for one in audit(model, two, POLICY).failures if one.attacker != "organisation"}
    assert faults == {"the sum of the cell and its small neighbours has too narrow a range"}
    statuses = suppress(model, POLICY).statuses
    assert list(statuses.values()).count(Status.COMPLEMENTARY) == 1
    assert audit(model, statuses, POLICY).passed


def test_a_policy_cannot_ask_for_fewer_organisations() -> None:
    assert POLICY.minimum_organisations == 3
    with pytest.raises(PolicyTooLax, match="minimum_organisations"):
        DisclosurePolicy(minimum_organisations=2)


def test_a_correction_of_one_organisation_waits_and_one_of_many_goes_out() -> None:
    even = [[400, 300, 300, 200, 200]] * 4
    earlier = released(costs(*even))
    for changes, goes in (([90, 0, 0, 0, 0], False), ([90, 80, 0, 0, 0], False), ([90, 80, 70, 60, 50], True)):
        new = [[was + by for was, by in zip(even[0], changes, strict=True)], *even[1:]]
        now = costs(*new)
        now.contributors[0] += 20
        settled = settle([now], [], earlier, POLICY)
        (out,) = settled.statistics
        moved = int(out.values[0]) != sum(even[0])
        assert (moved, bool(settled.waiting)) == (goes, not goes), changes
        model = build(settled.statistics, [], earlier)
        statuses = suppress(model, POLICY).statuses
        assert audit(model, statuses, POLICY).passed
        if not goes:
            told = audit(build([now], [], earlier), dict.fromkeys(model.cells, Status.PUBLISHED), POLICY)
            assert {one.fault for one in told.failures} == {
                "changed by an amount that tells what one organisation was paid"
            }


@pytest.mark.parametrize("unknown", [(5, 5), (5, 6), (900, 905)])
def test_a_correction_of_one_organisation_waits_beside_money_paid_to_nobody_known(unknown: tuple[int, int]) -> None:
    """That some money has no code hides nothing of a change that is one organisation's."""
    even = [[400, 300, 300, 200, 200]] * 4
    earlier = released(costs(*even, unknown=unknown[0]))
    now = costs([490, 300, 300, 200, 200], *even[1:], unknown=unknown[0])
    now.values[0] += unknown[1] - unknown[0]
    now.contributors[0] += 20
    settled = settle([now], [], earlier, POLICY)
    assert settled.waiting
    assert settled.statistics[0].values.tolist() == [1_400 + unknown[0]] * 4
    model = build([now], [], earlier)
    told = audit(model, dict.fromkeys(model.cells, Status.PUBLISHED), POLICY)
    assert {one.fault for one in told.failures} == {"changed by an amount that tells what one organisation was paid"}


def test_a_correction_that_is_mostly_of_nobody_known_goes_out() -> None:
    even = [[400, 300, 300, 200, 200]] * 4
    earlier = released(costs(*even, unknown=500))
    now = costs([410, 300, 300, 200, 200], *even[1:], unknown=500)
    now.values[0] += 90
    now.contributors[0] += 20
    assert not settle([now], [], earlier, POLICY).waiting


def test_a_figure_that_was_shown_stays_as_it_was_when_too_few_are_paid_in_it_now() -> None:
    even = [[400, 300, 300, 200, 200]] * 4
    earlier = released(costs(*even))
    now = costs([9_000, 800, 310, 210, 210], *even[1:])
    now.contributors[0] += 20
    settled = settle([now], [], earlier, POLICY)
    assert settled.waiting
    assert settled.statistics[0].values.tolist() == [1_400] * 4


def test_what_was_released_before_it_was_known_who_was_paid_is_not_judged_by_it() -> None:
    few, many = [900, 100, 0, 0, 0], [400, 300, 300, 200, 200]
    old = costs(few, many, many, many, kept=False)
    earlier = released(old)
    assert all(value is not None for value in earlier.cells.values())
    now = costs(few, many, many, [was + 90 for was in many])
    now.contributors[3] += 20
    told = Earlier(earlier.cells, told_by_organisation(earlier.vintages, {("costs", "2025"): now}))
    was = told.vintages[0].statistic.organisations
    assert was is not None
    assert was.amounts.tolist() == [few, many, many, [0] * 5]
    settled = settle([now], [], told, POLICY)
    assert not settled.waiting
    assert not settled.stuck
    model = build(settled.statistics, [], told)
    assert audit(model, suppress(model, POLICY).statuses, POLICY).passed
    assert model.payees[3].tolist() == [5, 490, 390]
    assert told_by_organisation(earlier.vintages, {})[0].statistic.organisations is None


def test_what_was_paid_is_kept_with_a_vintage_and_read_back() -> None:
    some = costs([5, 0, 7], [0, 0, 1], [1, 0, -1], [9, 0, 0])
    for one in (some, replace(some, organisations=Organisations((), np.zeros((4, 0), np.int64)))):
        again = _read(one.key, one.period, json.loads(_written(Vintage(3, one)))).organisations
        assert again is not None
        assert one.organisations is not None
        over = [known.over(("XA-0", "XA-1", "XA-2")).amounts.tolist() for known in (again, one.organisations)]
        assert over[0] == over[1]
    older = json.loads(_written(Vintage(3, some)))
    del older["organisations"]
    assert _read(some.key, some.period, older).organisations is None


def test_coarser_leaves_add_up_what_each_was_paid() -> None:
    grouped = Dimension("place", PLACE.leaves, "total", (Group("up", ("north", "south")),))
    found = coarsen(costs([1, 2], [3, 4], [5, 6], [7, 8], place=grouped), "place").organisations
    assert found is not None
    assert found.amounts.tolist() == [[4, 6], [5, 6], [7, 8]]


def test_tables_of_other_age_bands_are_joined_by_organisation_credits_too() -> None:
    def table(leaves: tuple[str, ...], codes: tuple[str, ...], *paid: list[int]) -> Statistic:
        amounts = np.array(paid, np.int64)
        side = Dimension("age_band", leaves, "total")
        values = amounts.sum(axis=1)
        largest = np.zeros((len(leaves), 2), np.int64)
        persons = np.full(len(leaves), 20) if len(leaves) == 3 else np.array([20, 40])
        return Statistic("c", "2025", "sum", (side,), values, persons, largest, Organisations(codes, amounts))

    fine = table(("0-17", "18-64", "65+"), ("A", "B"), [5, 5], [20, -3], [7, 0])
    coarse = table(("0-17", "18+"), ("A", "B", "C"), [5, 5, 0], [27, -3, 0])
    found = join([fine, coarse], "costs").organisations
    assert found is not None
    assert found.codes == ("A", "B", "C")
    assert found.amounts.tolist() == [[5, 5, 0], [20, -3, 0], [7, 0, 0]]


def test_amounts_belong_to_sums_one_a_leaf_and_code_and_are_in_no_repr() -> None:
    numbers, known = np.full(4, 20), Organisations(("XA-1",), np.full((4, 1), 20))
    with pytest.raises(TableMisshapen):
        Statistic("people", "2025", "persons", (PLACE,), numbers, None, None, known)
    with pytest.raises(TableMisshapen):
        Statistic("costs", "2025", "sum", (PLACE,), numbers, numbers, None, Organisations((), known.amounts))
    whole = Statistic("costs", "2025", "sum", (PLACE,), numbers, numbers, None, known)
    assert "XA-1" not in repr((known, whole, build([whole])))
    assert build([Statistic("n", "2025", "sum", (PLACE,), numbers, numbers)]).payees.tolist() == [[ENOUGH, 0, 0]] * 5


def test_costs_of_which_nobody_is_known_to_be_paid_are_not_judged_by_it() -> None:
    silent = Statistic(
        "costs",
        "2025",
        "sum",
        (PLACE,),
        np.full(4, 900),
        np.full(4, 40),
        None,
        Organisations((), np.zeros((4, 0), int)),
    )
    model = build([silent])
    report = audit(model, suppress(model, POLICY).statuses, POLICY)
    assert report.passed
    assert report.hidden == 0
    assert report.attackers == ("plain", "status", "contributor")
    partly = build([costs([900, 0, 0], *[[400, 300, 300]] * 3, unknown=2_000)])
    assert CellKey("costs", "2025", ("north",)) in partly.position
    assert set(suppress(partly, POLICY).statuses.values()) == {Status.PUBLISHED}
