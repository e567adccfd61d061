"""The set's figure with hidden regions in it: between two ends that hold, and none where nothing may be shown."""

import itertools
from decimal import Decimal

import msgspec

from hub.comparison import compare
from hub.comparison.ranks import spans_of
from hub.comparison.scale import shown
from hub.comparison.together import Together, together
from schemas.payloads import Cell
from schemas.quality import Coverage, Quality
from schemas.values import Exact, Suppressed
from tests.unit.test_compare import PROPORTION, RATE, figures

D = Decimal
SHOWN = [figures("A", Exact(800, 10_000)), figures("B", Exact(401, 5_000))]


def test_hidden_regions_leave_a_range_that_holds_whatever_they_hide() -> None:
    stored = [*SHOWN, figures("C", Suppressed(5, 20, 400)), figures("D", Suppressed(1, 9, 300))]
    comparison = compare(PROPORTION, stored)
    found = together(comparison, stored)
    assert found == Together(D("7.6"), D("7.9"), 1207, 1230, 15_700, 4, 2, 4)
    for one, other in itertools.product(range(5, 21), range(1, 10)):
        truth = shown(PROPORTION, 1201 + one + other, 15_700, 6)
        assert truth is not None
        assert found.low <= truth <= found.high


def test_a_share_ends_at_its_denominator() -> None:
    most = [figures("A", Exact(9_900, 10_000)), figures("B", Exact(4_950, 5_000))]
    stored = [*most, figures("C", Suppressed(3640, 4800, 4000)), figures("D", Suppressed(390, None, 400))]
    comparison = compare(PROPORTION, stored)
    rows = {row.region_name: (row.range_low, row.range_high) for row in comparison.rows}
    assert (rows["C"], rows["D"]) == ((D("91.0"), D("100.0")), (D("97.5"), D("100.0")))
    found = together(comparison, stored)
    assert found is not None
    assert (found.numerator_low, found.numerator_high, found.denominator) == (18_880, 19_250, 19_400)
    assert found.high == D("99.3")  # of all 19,400, the 150 of A and B left out
    spans = spans_of(comparison)
    assert spans["XR-C"][1].value == spans["XR-D"][1].value == 100


def test_a_rate_may_have_more_events_than_persons() -> None:
    row = compare(RATE, [figures("A", Suppressed(30, 500, 400), RATE), figures("B", Exact(3, 400), RATE)]).rows[0]
    assert row.range_high == shown(RATE, 500, 400)


def test_there_is_none_without_a_reference_without_hidden_figures_or_where_it_is_withheld() -> None:
    assert together(compare(PROPORTION, SHOWN), SHOWN) is None
    alone = [SHOWN[0], figures("C", Suppressed(5, 20, 400))]
    assert together(compare(PROPORTION, alone), alone) is None
    stored = [*SHOWN, figures("C", Suppressed(5, 20, 400))]
    withheld = compare(PROPORTION, stored, permit=lambda _: "would_narrow_hidden_figure")
    assert together(withheld, stored) is None


def test_regions_that_are_partial_or_endless_or_show_no_denominator_are_not_in_it() -> None:
    partial = figures("E", Suppressed(5, 20, 400), quality=Quality(None, Coverage("practices", 40, True)))
    stored = [
        *SHOWN, figures("C", Suppressed(5, 20, 400)), figures("D", Suppressed(5, 20)), partial,
        figures("F", Exact(30, 400), definition_hash="0" * 64),
    ]  # fmt: skip
    comparison = compare(PROPORTION, stored)
    found = together(comparison, stored)
    assert found is not None
    assert (found.regions, found.hidden, found.out_of, found.denominator) == (3, 1, 5, 15_400)
    assert {row.region: row.reason for row in comparison.rows}["XR-E"] == "partial"
    assert msgspec.to_builtins(found.low) == "7.8"


def test_a_region_that_left_its_hidden_figure_no_room_is_not_told_on() -> None:
    lax = figures(
        "C",
        Suppressed(0, 40, 400),
        cells=(
            Cell(("total", "total"), Suppressed(0, 40, 400)),
            Cell(("GM0001", "total"), Exact(3, 200)),
            Cell(("GM0002", "total"), Exact(4, 200)),
        ),
    )
    stored = [*SHOWN, lax]
    found = together(compare(PROPORTION, stored), stored)
    assert found is not None
    assert (found.numerator_low, found.numerator_high) == (1201, 1241)
