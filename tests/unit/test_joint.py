"""What several publications tell together: small known answers."""

import sys
from dataclasses import replace

import msgspec
import pytest

from hub.disclosure import Budget, BudgetSpent, NotProven, adds_nothing, audit, exact_figures, judge, together
from schemas.joint import Publication, Total, joint
from schemas.payloads import Cell, Computed, IndicatorPublished
from schemas.values import Exact, Rounded, Suppressed, TypedValue
from tests.support.held_by_hub import TAKEN_OVER

COMPUTED = Computed(("gp",), "plain, status, contributor; width 3", "0" * 64)
SET = {"invented": ("XR-A", "XR-B")}


def told(
    region: str,
    cells: dict[tuple[str, ...], TypedValue],
    event_id: str = "",
    region_set: str = "invented",
    kind: str = "count",
    dimensions: tuple[str, ...] = ("area",),
    **changes: object,
) -> Publication:
    listed = tuple(Cell(nodes, value) for nodes, value in cells.items())
    payload = IndicatorPublished(
        "any", 1, "a" * 64, "2025", region_set, 2025, kind, dimensions, listed, COMPUTED  # type: ignore[arg-type]
    )  # fmt: skip
    return Publication(event_id or region, region, region_set, msgspec.structs.replace(payload, **changes))


def reopened(*publications: Publication, totals: tuple[Total, ...] = (), thorough: bool = False) -> dict[str, tuple]:
    found = audit(joint(publications, totals, SET), thorough).findings
    return {f"{one.hidden.region} {one.hidden.key.area} {one.hidden.key.side}": (one.low, one.high) for one in found}


HIDDEN = told("XR-A", {("total",): Exact(40), ("GM0001",): Suppressed(0, 40), ("GM0002",): Suppressed(0, 40)})


def test_two_overlapping_regions_are_each_safe_and_leak_together() -> None:
    other = told("XR-C", {("total",): Exact(90), ("GM0002",): Exact(36), ("GM0003",): Exact(54)}, region_set="other")
    assert reopened(HIDDEN, thorough=True) == {}
    assert reopened(other, thorough=True) == {}
    assert reopened(HIDDEN, other) == {"XR-A GM0001 part": (4, 4), "XR-A GM0002 part": (36, 36)}


def test_two_hidden_ranges_of_one_area_cross() -> None:
    other = told("XR-C", {("total",): Exact(90), ("GM0002",): Suppressed(39, 90), ("GM0003",): Suppressed(0, 60)})
    found = reopened(HIDDEN, other)
    assert found["XR-A GM0001 part"] == (0, 1)


def test_figures_that_contradict_each_other_count_other_persons() -> None:
    elsewhere = told("XR-C", {("total",): Exact(90), ("GM0002",): Exact(60), ("GM0003",): Exact(30)})
    another = told("XR-D", {("GM0002",): Exact(36)}, division_year=2024)
    assert reopened(HIDDEN, elsewhere, another) == {}


def test_the_nation_minus_the_regions() -> None:
    known, missing = told("XR-A", {("total",): Exact(40)}), told("XR-B", {("total",): Suppressed(0, None)})
    nation = told("XR-A", {("NL01",): Exact(47)}, "nation", origin=TAKEN_OVER)
    assert reopened(known, missing, nation) == {"XR-B XR-B part": (7, 7)}
    larger = msgspec.structs.replace(nation.payload, cells=(Cell(("NL01",), Exact(30)),))
    assert reopened(known, missing, Publication("nation", "XR-A", "invented", larger)) == {}  # not their sum


def test_a_nation_of_which_a_region_has_published_nothing_tells_no_more_than_a_bound() -> None:
    sets = {"invented": ("XR-A", "XR-B", "XR-Z")}
    known, missing = told("XR-A", {("total",): Exact(40)}), told("XR-B", {("total",): Suppressed(0, None)})
    nation = told("XR-A", {("NL01",): Exact(47)}, "nation", origin=TAKEN_OVER)
    assert audit(joint([known, missing, nation], [], sets)).findings == ()
    near = told("XR-A", {("NL01",): Exact(42)}, "nation", origin=TAKEN_OVER)
    (found,) = audit(joint([known, missing, near], [], sets)).findings
    assert (found.low, found.high) == (0, 2)


def test_a_rounded_nation_leaves_its_step() -> None:
    known, missing = told("XR-A", {("total",): Exact(40)}), told("XR-B", {("total",): Suppressed(0, None)})
    nation = told("XR-A", {("NL01",): Rounded("50", "1")}, "nation", origin=TAKEN_OVER)
    (ends,) = reopened(known, missing, nation).values()
    assert ends == pytest.approx((9.5, 10.5))
    wide = told("XR-A", {("NL01",): Rounded("60", "10")}, "nation", origin=TAKEN_OVER)
    assert reopened(known, missing, wide) == {}


def test_a_total_of_published_figures_takes_nothing_and_one_of_a_hidden_figure_does() -> None:
    shown = [told("XR-A", {("total",): Exact(40)}), told("XR-B", {("total",): Exact(25)})]
    hidden = told("XR-C", {("total",): Suppressed(0, 30)})
    honest = Total((), 65, None, (("XR-A", "XR-A"), ("XR-B", "XR-B")))
    assert judge(honest, [*shown, hidden], [], SET) == "shown"
    naive = Total((), 72, None, (*honest.parts, ("XR-C", "XR-C")))
    assert judge(naive, [*shown, hidden], [], SET) == "would_narrow_hidden_figure"


def test_a_total_of_what_a_reader_sees_exactly_leaves_the_model_as_it_was_and_no_other_is_taken_for_one() -> None:
    areas: dict[tuple[str, ...], TypedValue] = {
        ("total",): Exact(65),
        ("GM1",): Suppressed(0, 60),
        ("GM2",): Suppressed(0, 60),
    }
    seen = [
        told("XR-A", areas),
        told("XR-B", {("total",): Exact(25), ("GM2",): Exact(9)}),
        told("XR-C", {("total",): Suppressed(0, 30)}),
    ]
    exact = exact_figures(seen)
    honest = Total((), 90, None, (("XR-A", "XR-A"), ("XR-B", "XR-B")))
    assert adds_nothing(honest, exact)
    assert audit(joint(seen, [honest], SET)) == audit(joint(seen, [], SET))
    assert audit(joint(seen, [], SET)).findings
    others = (
        replace(honest, numerator=91),
        replace(honest, denominator=1000),
        replace(honest, cut=(("sex", "f"),)),
        replace(honest, parts=(*honest.parts, ("XR-C", "XR-C"))),
        replace(honest, parts=(*honest.parts, ("XR-D", "not seen"))),
    )
    assert not [one for one in others if adds_nothing(one, exact)]


def test_work_is_counted_and_ends_where_the_budget_does() -> None:
    seen = [
        told("XR-A", {("total",): Exact(65), ("GM1",): Suppressed(0, 60), ("GM2",): Suppressed(0, 60)}),
        told("XR-B", {("total",): Exact(70), ("GM2",): Suppressed(1, 60), ("GM3",): Suppressed(0, 60)}),
    ]
    spent = []
    for _ in range(2):
        budget = Budget()
        together(seen, SET, (), budget)
        spent.append((budget.programs, budget.spent))
    assert spent[0] == spent[1]
    assert spent[0][0] > 0
    together(seen, SET, (), Budget(spent[0][1] * 2))
    with pytest.raises(BudgetSpent, match=r"more than the 0\.004 CPU seconds"):
        together(seen, SET, (), Budget(0.004))


def test_a_total_with_a_figure_that_the_reader_does_not_see_would_tell_it() -> None:
    shown = [told("XR-A", {("total",): Exact(40)}), told("XR-B", {("total",): Exact(25)})]
    larger = Total((), 4065, None, (("XR-A", "XR-A"), ("XR-B", "XR-B"), ("XR-C", "elsewhere")))
    assert judge(larger, shown, [], SET) == "would_narrow_hidden_figure"
    two = Total((), 4065, None, (("XR-A", "XR-A"), ("XR-C", "elsewhere"), ("XR-D", "elsewhere too")))
    assert judge(two, shown, [], SET) == "shown"
    later = Total((), 65, None, (("XR-A", "XR-A"), ("XR-C", "elsewhere")))
    assert judge(later, shown, [two], SET) == "would_narrow_hidden_figure"  # alone already
    three = Total((), 130, None, (("XR-B", "XR-B"), ("XR-C", "elsewhere"), ("XR-D", "elsewhere too")))
    assert judge(three, shown, [], SET) == "shown"
    other = Total((), 4035, None, (("XR-C", "elsewhere"), ("XR-D", "elsewhere too"), ("XR-E", "a third")))
    assert judge(other, shown, [two], SET) == "would_narrow_hidden_figure"  # the later minus the earlier is one region


def test_a_part_is_no_larger_than_its_whole() -> None:
    hidden = told("XR-A", {("GM0001",): Suppressed(0, 30)}, kind="proportion")
    other = told("XR-C", {("GM0001",): Suppressed(0, 30, 12)}, kind="proportion", region_set="other")
    assert reopened(hidden, other) == {"XR-A GM0001 whole": (12, 12)}
    tiny = told("XR-C", {("GM0001",): Suppressed(0, 30, 2)}, kind="proportion", region_set="other")
    assert reopened(hidden, tiny)["XR-A GM0001 part"] == (0, 2)


def test_what_is_promised_wider_must_stay_wider() -> None:
    wide = Computed(("gp",), "plain, status, contributor; width 6", "0" * 64)
    strict = told("XR-A", {("GM0001",): Suppressed(10, 30), ("GM0002",): Exact(40)}, origin=wide)
    other = told("XR-C", {("GM0001",): Suppressed(15, 20)}, region_set="other")
    assert "XR-A GM0001 part" in reopened(strict, other)
    usual = told("XR-A", {("GM0001",): Suppressed(10, 30), ("GM0002",): Exact(40)})
    assert reopened(usual, other) == {}


def test_no_region_is_promised_more_than_a_small_figure_can_have() -> None:
    """A promise without end would keep every total of others from their readers."""
    endless = Computed(("gp",), "plain, status, contributor; width 999999", "0" * 64)
    strict = told("XR-A", {("GM0001",): Suppressed(10, 30), ("GM0002",): Exact(40)}, origin=endless)
    assert reopened(strict, told("XR-C", {("GM0001",): Suppressed(12, 20)}, region_set="other")) == {}
    assert reopened(strict, told("XR-C", {("GM0001",): Suppressed(13, 20)}, region_set="other")) != {}


def test_a_region_cannot_hide_the_figure_of_another_region_or_of_the_nation() -> None:
    figures = (told("XR-A", {("total",): Exact(400)}), told("XR-B", {("total",): Exact(600)}))
    total = Total((), 1000, None, (("XR-A", "XR-A"), ("XR-B", "XR-B")))
    assert judge(total, figures, [], SET) == "shown"
    for code in ("XR-A", "NL01"):
        hides = told("XR-C", {(code,): Suppressed(0, None), ("total",): Exact(50)}, region_set="other")
        assert judge(total, (*figures, hides), [], SET) == "shown"
        says = told("XR-C", {(code,): Exact(50), ("total",): Exact(50)}, region_set="other")
        assert judge(total, (*figures, says), [], SET) == "shown"
        assert all(len(told_by) < 2 for told_by in joint((*figures, says), (), SET).told_by)


def test_a_count_whose_change_was_rounded_up_or_down_lies_within_nine() -> None:
    """Not within five: a node rounds changes up or down to tens, so that all of them add up."""
    rounded = told(
        "XR-B",
        {("total",): Rounded("60", "10"), ("GM0001",): Suppressed(0, 69), ("GM0002",): Rounded("40", "10")},
        origin=Computed(("gp",), "plain, status, contributor; width 3; changes rounded to 10", "0" * 64),
    )
    for exact, shared in ((48, 1), (49, 1), (31, 1), (50, 0), (30, 0)):
        other = told("XR-C", {("GM0002",): Exact(exact)}, region_set="other")
        both = [told_by for told_by in joint((rounded, other)).told_by if told_by == {"XR-B", "XR-C"}]
        assert len(both) == shared


def test_among_small_values_the_room_must_stay_as_well() -> None:
    hidden = told("XR-A", {("GM0001",): Suppressed(0, 30)})
    other = told("XR-C", {("GM0001",): Suppressed(8, 30)}, region_set="other")
    assert reopened(hidden, other) == {"XR-A GM0001 part": (8, 30)}  # small, it would be 8 or 9


def test_a_hidden_denominator_is_looked_at_as_well() -> None:
    cells: dict[tuple[str, ...], TypedValue] = {
        ("total",): Exact(20, 100),
        ("GM0001",): Suppressed(0, 20),
        ("GM0002",): Suppressed(0, 20),
    }
    other = told("XR-C", {("GM0002",): Exact(15, 96)}, kind="mean", region_set="other")
    found = reopened(told("XR-A", cells, kind="mean"), other)
    assert found["XR-A GM0001 whole"] == (4, 4)


def test_what_contradicts_itself_or_is_too_large_is_not_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    total = Total((), 10, None, (("XR-A", "XR-A"), ("XR-B", "XR-B")))
    shown = [told("XR-A", {("total",): Exact(40)}), told("XR-B", {("total",): Suppressed(0, 30)})]
    assert judge(total, shown, [], SET) == "not_proven"
    monkeypatch.setattr(sys.modules["hub.disclosure.audit"], "LARGEST_PART", 1)
    other = told("XR-C", {("GM0002",): Suppressed(0, 90)}, region_set="other")
    with pytest.raises(NotProven, match="hang together"):
        audit(joint([HIDDEN, other], [], SET))


def test_no_repr_holds_a_figure() -> None:
    model = joint([told("XR-A", {("total",): Exact(4021)}), HIDDEN], [Total((), 4021, None, (("XR-A", "XR-A"),))])
    assert "4021" not in repr(model)
