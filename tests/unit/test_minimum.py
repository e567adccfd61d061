"""What the hub refuses of a computed figure, and what it lets pass."""

from typing import Any

import msgspec
import pytest

from hub.intake.minimum import shortfall
from schemas.payloads import Cell, Computed, IndicatorCorrected, IndicatorPublished
from schemas.values import Exact, NotApplicable, NotAvailable, Rounded, Suppressed, TypedValue, Withdrawn
from tests.support.held_by_hub import COMPUTED, TAKEN_OVER
from tests.support.held_by_hub import figures as of_catalogue

PERSONS = "diabetes-prevalence"  # an indicator that no catalogue here knows: its kind says what it counts


def figures(kind: Any, **values: TypedValue) -> IndicatorPublished:
    cells = tuple(Cell((node,), value) for node, value in values.items())
    return IndicatorPublished(PERSONS, 1, "a" * 64, "2025", "invented", 2025, kind, ("sex",), cells, COMPUTED)


PASSES = {
    "a large figure": figures("proportion", f=Exact(10, 100)),
    "nobody": figures("proportion", f=Exact(0, 100)),
    "nobody of nobody": figures("proportion", f=Exact(0, 0)),
    "just below nine in ten": figures("proportion", f=Exact(899, 1000)),
    "a rate above its days": figures("rate", f=Exact(400, 300)),
    "a sum of scores": figures("mean", f=Exact(5, 100)),
    "a few cents": figures("cost_per_person", f=Exact(5, 100)),
    "a hidden figure": figures("proportion", f=Suppressed(1, 9, 100)),
    "a hidden figure without an upper bound": figures("proportion", f=Suppressed(1, None)),
    "one hidden to protect another": figures("proportion", f=Suppressed(40, 40, 100)),
    "one that may be either": figures("proportion", f=Suppressed(8, 10, 100)),
    "a zero of a hidden denominator": figures("proportion", f=Suppressed(0, 0)),
    "two hidden in a sum": figures("count", total=Exact(100), f=Suppressed(0, 60), m=Suppressed(0, 60), x=Exact(40)),
    "one that follows and is large": figures("count", total=Exact(100), f=Suppressed(40, 40), m=Exact(60)),
    "a hidden total that follows from a large part": figures(
        "proportion", total=Suppressed(0, 30, 900), f=Exact(0, 300), m=Exact(0, 300), x=Exact(12, 300)
    ),
    "a hidden total of nobody": figures("proportion", total=Suppressed(0, 30, 900), f=Exact(0, 300), m=Exact(0, 600)),
    "groups that overlap": figures("count", total=Exact(100), young=Exact(60), old=Exact(80)),
    "a part of ten left out": figures("count", total=Exact(90), f=Exact(80)),
    "one that is not available and large": figures("count", total=Exact(90), f=Exact(80), m=NotAvailable()),
    "a rounded part and one left out": figures("count", total=Exact(84), f=Rounded("80", "10")),
    "parts that leave nobody out": figures("proportion", total=Exact(60, 300), f=Exact(40, 100), m=Exact(20, 200)),
    "a count in tens": figures("count", f=Rounded("0", "10")),
    "no figure": figures("proportion", f=NotAvailable()),
}
BREAKS = {
    "one person": (figures("proportion", f=Exact(1, 100)), "counts 1 to 9"),
    "nine records": (figures("rate", f=Exact(9, 100_000)), "counts 1 to 9"),
    "nine of a bare count": (figures("count", f=Exact(9)), "counts 1 to 9"),
    "nine persons in the whole": (figures("mean", f=Exact(500, 9)), "denominator of 1 to 9"),
    "nobody of nine": (figures("proportion", f=Exact(0, 9)), "denominator of 1 to 9"),
    "a hidden one of nine": (figures("proportion", f=Suppressed(0, 9, 9)), "denominator of 1 to 9"),
    "nine in ten": (figures("proportion", f=Exact(900, 1000)), "at least 90%"),
    "all but nine": (figures("proportion", f=Exact(71, 80)), "all but 1 to 9"),
    "more than there are": (figures("proportion", f=Exact(1001, 1000)), "at least 90%"),
    "three values left": (figures("proportion", f=Suppressed(2, 4, 100)), "narrower than 3"),
    "a share of the rest": (figures("proportion", f=Suppressed(70, 72, 78)), "narrower than 3"),
    "nearly all, to within two": (figures("proportion", f=Suppressed(950, 952, 1000)), "narrower than 3"),
    "one hidden part of a sum": (
        figures("count", total=Exact(100), f=Suppressed(0, 9), m=Exact(96)),
        "is hidden, follows from its sums all the same and counts 1 to 9",
    ),
    "a part whose rest follows": (
        figures("proportion", total=Exact(800, 1000), f=Exact(685, 880), m=Suppressed(90, 110, 120)),
        "at least 90%",
    ),
    "a denominator that follows": (
        figures("proportion", total=Exact(100, 1000), f=Exact(60, 995), m=Suppressed(0, 40)),
        "denominator of 1 to 9",
    ),
    "four that are not available": (figures("count", total=Exact(84), f=Exact(80), m=NotAvailable()), "counts 1 to 9"),
    "four that are withdrawn": (figures("count", total=Exact(84), f=Exact(80), m=Withdrawn()), "counts 1 to 9"),
    "four that cannot be": (figures("count", total=Exact(84), f=Exact(80), m=NotApplicable()), "counts 1 to 9"),
    "four that are left out": (figures("count", total=Exact(84), f=Exact(80)), "parts leave one out"),
    "seven that are left out of a whole": (
        figures("proportion", total=Exact(80, 307), f=Exact(80, 300)),
        "denominator of 1 to 9",
    ),
    "nearly all of those left out": (figures("proportion", total=Exact(179, 400), f=Exact(80, 300)), "at least 90%"),
    "a large count to the last unit": (
        figures("count", total=Rounded("84", "0.1"), f=Rounded("80", "0.1"), m=Suppressed(0, 9)),
        "rounded so finely",
    ),
    "a count to the last unit": (figures("count", f=Rounded("4", "1")), "rounded so finely"),
    "a count in fives at nothing": (figures("count", f=Rounded("0", "5")), "rounded so finely"),
    "a rounded share": (figures("proportion", f=Rounded("33.3", "0.1")), "rounded share"),
}  # fmt: skip


@pytest.mark.parametrize("name", PASSES)
def test_what_the_minimum_allows_passes(name: str) -> None:
    assert shortfall(PASSES[name]) is None


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_the_minimum_is_named_with_its_remedy(name: str) -> None:
    payload, said = BREAKS[name]
    told = shortfall(payload)
    assert told is not None
    assert said in told
    assert told.startswith("Cell ")
    assert "protect the figures again" in told


def test_figures_taken_over_from_a_public_table_pass_as_they_are() -> None:
    payload, _ = BREAKS["one person"]
    assert shortfall(msgspec.structs.replace(payload, origin=TAKEN_OVER)) is None


def test_a_correction_is_held_to_the_same() -> None:
    payload, _ = BREAKS["one person"]
    assert shortfall(IndicatorCorrected("e" * 64, "a reason", payload)) is not None
    assert shortfall(IndicatorCorrected("e" * 64, "a reason", PASSES["nobody"])) is None


def test_the_catalogue_says_what_an_indicator_counts_before_its_kind_does() -> None:
    total = ("total", "total", "total")
    assert shortfall(of_catalogue("h.dm_prev", {total: Exact(9, 1000)})) is not None
    assert isinstance(COMPUTED, Computed)


@pytest.mark.parametrize("numerator", range(1, 10))
def test_no_sentence_holds_a_value(numerator: int) -> None:
    told = shortfall(figures("proportion", f=Exact(numerator, 7919)))
    assert told is not None
    assert "7919" not in told


def test_what_is_left_out_of_one_row_of_a_table_is_found() -> None:
    cells = {("a", "f"): 40, ("a", "m"): 60, ("a", "total"): 100, ("b", "f"): 50, ("b", "total"): 54}
    cells |= {("total", "f"): 90, ("total", "total"): 154}
    listed = tuple(Cell(nodes, Exact(value)) for nodes, value in cells.items())
    payload = msgspec.structs.replace(figures("count"), dimensions=("area", "sex"), cells=listed)
    told = shortfall(payload)
    assert told is not None
    assert told.startswith("Cell 4 ")  # the total of b


@pytest.mark.parametrize(
    ("kind", "value"), [("rate", Exact(495, 500)), ("count", Rounded("12.4", "5")), ("percentage", Exact(40, 500))]
)
def test_figures_under_another_kind_than_their_definitions_are_refused(kind: Any, value: TypedValue) -> None:
    payload = of_catalogue("h.dm_prev", {("total", "total", "total"): value})
    told = shortfall(msgspec.structs.replace(payload, indicator_kind=kind))
    assert told is not None
    assert "indicator_kind" in told


def test_another_definition_under_the_same_name_may_have_another_kind() -> None:
    payload = of_catalogue("h.dm_prev", {("total", "total", "total"): Exact(40, 500)})
    assert shortfall(msgspec.structs.replace(payload, indicator_kind="rate", definition_hash="b" * 64)) is None
