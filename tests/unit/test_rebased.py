"""Figures of an older division of municipalities beside newer ones: the real mergers of 2021 to 2023."""

from decimal import Decimal

import msgspec
import pytest

from hub.comparison import ComparedRegion, RegionComparison, StoredIndicator, compare
from hub.comparison.rebased import rebased
from hub.comparison.standardised import standardised, strata_of
from hub.comparison.standards import STANDARDS
from hub.comparison.together import together
from schemas.payloads import Cell
from schemas.values import Exact, Suppressed, TypedValue
from tests.support.held_by_hub import TAKEN_OVER
from tests.unit.test_compare import PROPORTION, figures
from tests.unit.test_standardised import SHARE, exact

VOORNE = {"GM0501": Exact(40, 1000), "GM0530": Exact(30, 800), "GM0614": Exact(50, 900)}  # GM1992 from 2023 on
GOOI = {"GM0402": Exact(300, 9000), "GM0406": Exact(200, 5000), "GM0457": Exact(90, 1500)}  # GM0457 to GM0363
AMSTERDAM = {"GM0363": Exact(4000, 90_000), "GM0362": Exact(300, 9000)}


def region(name: str, year: int, areas: dict[str, TypedValue], total: TypedValue | None = None) -> StoredIndicator:
    shown = [value for value in areas.values() if isinstance(value, Exact)]
    whole = total or Exact(sum(one.numerator for one in shown), sum(one.denominator or 0 for one in shown))
    cells = (Cell(("total", "total"), whole), *(Cell((area, "total"), value) for area, value in areas.items()))
    return figures(name, whole, cells=cells, division_year=year)


def row_of(comparison: RegionComparison, name: str) -> ComparedRegion:
    return next(row for row in comparison.rows if row.region_name == name)


NEW = [region("Amsterdam", 2023, AMSTERDAM), region("Wold", 2023, {"GM0180": Exact(800, 20_000)})]


def test_mergers_within_a_region_leave_its_figure_as_it_is() -> None:
    comparison = compare(PROPORTION, [*NEW, region("Voorne", 2022, VOORNE)])
    row = row_of(comparison, "Voorne")
    assert (row.value, row.is_comparable, row.rebased_from) == (Exact(120, 2700), True, 2022)
    assert (row.standing, row.lower is not None) == ("indistinguishable", True)
    assert comparison.reference is not None
    assert comparison.reference.parts == ("XR-Amsterdam", "XR-Wold")  # as proven: without what was laid on
    assert row_of(comparison, "Wold").rebased_from is None


def test_a_municipality_that_is_another_regions_since_is_taken_off() -> None:
    row = row_of(compare(PROPORTION, [*NEW, region("Gooi", 2022, GOOI)]), "Gooi")
    assert (row.value, row.rebased_from) == (Exact(500, 14_000), 2022)
    berg = region("Berg", 2023, {"GM0200": Exact(800, 20_000)})
    alone = row_of(compare(PROPORTION, [NEW[1], berg, region("Gooi", 2022, GOOI)]), "Gooi")
    assert alone.value == Exact(500, 14_000)  # Amsterdam counts Weesp, also where it has not published


def test_it_is_taken_off_too_where_the_other_region_gives_only_its_total() -> None:
    plain = figures("Amsterdam", Exact(4300, 99_000), division_year=2023)
    comparison = compare(PROPORTION, [plain, NEW[1], region("Gooi", 2022, GOOI)])
    row = row_of(comparison, "Gooi")
    assert (row.value, row.is_comparable, row.rebased_from) == (Exact(500, 14_000), True, 2022)
    assert row.estimate == round(Decimal(50_000) / 14_000, 1)
    whole = region("Both", 2022, GOOI | {"GM0363": Exact(4000, 90_000)})  # and if Amsterdam is its own, it stays
    assert row_of(compare(PROPORTION, [NEW[1], plain, whole]), "Both").value == Exact(4590, 105_500)


def test_a_part_of_a_municipality_that_is_new_is_not_taken_off_unseen() -> None:
    half = region("Half", 2021, {"GM0856": Exact(40, 1000), "GM0828": Exact(70, 2000)})  # GM1991 is of Landerd too
    others = [NEW[1], region("Berg", 2023, {"GM0200": Exact(800, 20_000)})]
    assert row_of(compare(PROPORTION, [*others, half]), "Half").reason == "division_year"
    counts = region("Maas", 2023, {"GM1991": Exact(90, 2500)})
    assert row_of(compare(PROPORTION, [*others, counts, half]), "Half").value == Exact(70, 2000)


def test_what_is_left_is_a_range_where_a_part_is_hidden() -> None:
    hidden = GOOI | {"GM0457": Suppressed(1, 110, 1500), "GM0406": Suppressed(180, 289, 5000)}
    row = row_of(compare(PROPORTION, [*NEW, region("Gooi", 2022, hidden, Exact(590, 15_500))]), "Gooi")
    assert row.value == Suppressed(480, 589, 14_000)
    assert (row.reason, row.standing, row.rebased_from) == ("suppressed", "no_verdict", 2022)
    lax = GOOI | {"GM0457": Suppressed(1, 110, 1500)}  # 90 follows from the total
    row = row_of(compare(PROPORTION, [*NEW, region("Gooi", 2022, lax, Exact(590, 15_500))]), "Gooi")
    assert row.value == Exact(500, 14_000)  # of what is left nothing is hidden


@pytest.mark.parametrize(
    ("name", "year", "areas"),
    [
        ("Amsterdam22", 2022, {"GM0363": Exact(4000, 90_000)}),  # Weesp came from elsewhere since
        ("Haaren", 2020, {"GM0788": Exact(40, 1000)}),  # divided over four
        ("Boxtel", 2020, {"GM0757": Exact(40, 1000)}),  # a part of Haaren came
        ("Wrong", 2022, {"GM0788": Exact(40, 1000)}),  # ceased before the division that is named
        ("Later", 2024, {"GM0180": Exact(40, 1000)}),  # newer than the others
        ("Wards", 2022, {"WK018000": Exact(40, 1000)}),
        ("Bare", 2022, {}),
    ],
)
def test_where_nobody_can_tell_it_is_not_comparable(name: str, year: int, areas: dict[str, TypedValue]) -> None:
    others = [NEW[1], region("Berg", 2023, {"GM0200": Exact(800, 20_000)})]
    row = row_of(compare(PROPORTION, [*others, region(name, year, areas, Exact(40, 1000))]), name)
    assert (row.is_comparable, row.reason, row.rebased_from, row.estimate) == (False, "division_year", None, None)


def test_public_tables_are_not_laid_on() -> None:
    one = region("Voorne", 2022, VOORNE)
    assert rebased(one, {}, 2023, ()) == Exact(120, 2700)
    public = msgspec.structs.replace(one.payload, origin=TAKEN_OVER)
    assert rebased(StoredIndicator("XR-V", "V", public, one.accepted_at, 1), {}, 2023, ()) is None


def test_what_was_laid_on_is_in_no_total_and_is_not_standardised() -> None:
    hidden = figures("Duin", Suppressed(5, 20, 400), division_year=2023)
    stored = [*NEW, region("Voorne", 2022, VOORNE), hidden]
    found = together(compare(PROPORTION, stored), stored)
    assert found is not None
    assert (found.regions, found.out_of) == (3, 3)
    ages = [Cell(("total", age, "total"), value) for age, value in exact(20, 60, 250, 180, 180).items()]
    whole = Cell(("total", "total", "total"), Exact(690, 9000))
    areas = [Cell((area, "total", "total"), value) for area, value in VOORNE.items()]
    both = [
        figures("A", Exact(690, 9000), SHARE, cells=(whole, *ages), division_year=2023),
        figures("B", Exact(690, 9000), SHARE, cells=(whole, *ages), division_year=2023),
        figures("C", Exact(690, 9000), SHARE, cells=(whole, *ages, *areas), division_year=2022),
    ]
    comparison = compare(SHARE, both)
    assert row_of(comparison, "C").rebased_from == 2022
    found_in = strata_of(SHARE, both, {}, STANDARDS["esp2013"])
    row = row_of(standardised(comparison, both, STANDARDS["esp2013"], found_in, None)[0], "C")
    assert (row.is_comparable, row.reason, row.estimate) == (False, "division_year", None)
