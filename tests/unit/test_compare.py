from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from hub.comparison import ComparedRegion, StoredIndicator, compare
from hub.comparison.compare import NothingToCompare, RegionTwice
from schemas.definition import Criterion, IndicatorDefinition, Measure, Population, Text
from schemas.payloads import Cell, Computed, IndicatorPublished
from schemas.values import Exact, NotAvailable, NotCollected, Rounded, Suppressed, TypedValue

D = Decimal
T = Text("t", "t")
PROPORTION = IndicatorDefinition(
    id="diabetes",
    version=1,
    axis="health",
    kind="proportion",
    title=T,
    description=T,
    unit=T,
    per=100,
    favourable="lower",
    reference="none",
    dimensions=("area", "sex"),
    population=Population(),
    measure=Measure("persons", of=Criterion("condition")),
)
RATE = msgspec.structs.replace(
    PROPORTION,
    id="admissions",
    kind="rate",
    per=1000,
    measure=Measure("records", of=Criterion("encounter"), denominator="covered_days"),
)
MEAN = msgspec.structs.replace(
    PROPORTION,
    id="score",
    kind="mean",
    per=1,
    favourable="higher",
    measure=Measure("value_sum", of=Criterion("measurement"), denominator="records", value_scale=100),
)
COST = msgspec.structs.replace(
    PROPORTION, id="cost", kind="cost_per_person", per=1, measure=Measure("amount_sum", of=Criterion("cost"))
)


def figures(
    region: str, value: TypedValue, definition: IndicatorDefinition = PROPORTION, **changes: object
) -> StoredIndicator:
    payload = IndicatorPublished(
        indicator=definition.id,
        version=definition.version,
        definition_hash=definition.hash,
        period="2025",
        region_set="demo",
        division_year=2025,
        indicator_kind=definition.kind,
        dimensions=definition.dimensions,
        cells=(Cell(("total", "total"), value), Cell(("XG-A", "f"), Exact(20, 100))),
        origin=Computed(("gp",), "plain; width 3", "0" * 64),
    )
    changed = msgspec.structs.replace(payload, **changes)
    return StoredIndicator(f"XR-{region}", region, changed, datetime(2026, 1, 2, tzinfo=UTC), 1)


def rows(definition: IndicatorDefinition, *stored: StoredIndicator) -> dict[str, ComparedRegion]:
    return {row.region_name: row for row in compare(definition, stored).rows}


def test_a_proportion_has_estimate_wilson_interval_and_standing() -> None:
    found = rows(PROPORTION, figures("Veen", Exact(500, 10_000)), figures("Duin", Exact(800, 10_000)))
    assert list(found) == ["Duin", "Veen"]
    duin = found["Duin"]
    assert (duin.estimate, duin.lower, duin.upper) == (D("8.0"), D("7.5"), D("8.5"))
    assert (duin.standing, duin.favour, duin.reason) == ("higher", "unfavourable", None)
    assert (found["Veen"].standing, found["Veen"].favour) == ("lower", "favourable")


def test_the_reference_adds_up_the_exactly_published_regions_only() -> None:
    stored = (
        figures("Duin", Exact(800, 10_000)),
        figures("Veen", Exact(400, 5_000)),
        figures("Wold", Suppressed(5, 20, 4_000)),
    )
    reference = compare(PROPORTION, stored).reference
    assert reference is not None
    assert (reference.value, reference.numerator, reference.denominator) == (D("8"), 1_200, 15_000)
    assert (reference.regions, reference.out_of) == (2, 3)


def test_a_rate_divides_by_person_years() -> None:
    days = 36_525_000  # 100,000 person-years
    found = rows(RATE, figures("Duin", Exact(20, days), RATE), figures("Veen", Exact(2_000, days), RATE))
    assert found["Duin"].estimate == D("0.2")
    assert (found["Duin"].lower, found["Duin"].upper) == (D("0.1"), D("0.3"))
    assert (found["Veen"].estimate, found["Veen"].standing) == (D("20.0"), "higher")


def test_means_and_costs_are_scaled_and_get_no_verdict() -> None:
    mean = rows(MEAN, figures("Duin", Exact(75_000, 100), MEAN), figures("Veen", Exact(70_000, 100), MEAN))["Duin"]
    assert (mean.estimate, mean.lower, mean.standing, mean.reason) == (D("7.50"), None, "no_verdict", "no_interval")
    cost = rows(COST, figures("Duin", Exact(123_456_789, 1_000), COST))["Duin"]
    assert (cost.estimate, cost.reason) == (D("1234.57"), "no_interval")


def test_a_hidden_value_shows_its_range_and_no_verdict() -> None:
    found = rows(
        PROPORTION,
        figures("Duin", Suppressed(5, 20, 400)),
        figures("Veen", Suppressed(5, None, 400)),
        figures("Wold", Suppressed(5, 20)),
    )
    duin = found["Duin"]
    assert (duin.range_low, duin.range_high, duin.estimate, duin.lower) == (D("1.2"), D("5.0"), None, None)
    assert (duin.standing, duin.reason) == ("no_verdict", "suppressed")
    assert (found["Veen"].range_low, found["Veen"].range_high) == (D("1.2"), D("100.0"))  # a share
    assert (found["Wold"].range_low, found["Wold"].range_high) == (None, None)


def test_without_a_denominator_there_is_a_figure_but_no_verdict() -> None:
    percentage = msgspec.structs.replace(PROPORTION, kind="percentage", population=None, measure=None)
    result = compare(percentage, [figures("Duin", Rounded("8.1", "0.1"), percentage)])
    (row,) = result.rows
    assert result.reference is None
    assert (row.estimate, row.lower, row.standing, row.reason) == (D("8.1"), None, "no_verdict", "no_denominator")


def test_missing_figures_keep_their_kind() -> None:
    found = rows(PROPORTION, figures("Duin", NotAvailable()), figures("Veen", NotCollected()))
    assert [row.reason for row in found.values()] == ["not_available", "not_collected"]
    (row,) = compare(PROPORTION, [figures("Duin", Exact(8, 100))], {"sex": "m"}).rows
    assert (row.value, row.reason) == (NotAvailable(), "cell_missing")


def test_one_region_alone_is_not_compared_with_itself() -> None:
    (row,) = compare(PROPORTION, [figures("Duin", Exact(800, 10_000))]).rows
    assert (row.standing, row.reason, row.lower) == ("no_verdict", "no_reference", D("7.5"))


def test_a_part_above_its_whole_gets_no_interval_instead_of_stopping_the_page() -> None:
    found = rows(PROPORTION, figures("Duin", Exact(101, 100)), figures("Veen", Exact(50, 100)))
    assert (found["Duin"].lower, found["Duin"].reason) == (None, "no_interval")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"definition_hash": "1" * 64}, "definition"),
        ({"period": "2024"}, "period"),
        ({"region_set": "ggd"}, "region_set"),
        ({"division_year": 2024}, "division_year"),
    ],
)
def test_what_differs_is_listed_as_not_comparable_with_the_reason(change: dict[str, object], reason: str) -> None:
    stored = [
        figures("Duin", Exact(800, 10_000)),
        figures("Veen", Exact(500, 10_000)),
        figures("Wold", Exact(1, 2), **change),
    ]
    result = compare(PROPORTION, stored)
    wold = result.rows[2]
    assert (wold.is_comparable, wold.reason, wold.estimate) == (False, reason, None)
    assert result.reference is not None
    assert result.reference.denominator == 20_000


def test_a_chosen_node_is_compared() -> None:
    stored = [figures("Duin", Exact(8, 100)), figures("Veen", Exact(8, 100))]
    result = compare(PROPORTION, stored, {"area": "XG-A", "sex": "f"})
    assert {row.estimate for row in result.rows} == {D("20.0")}


def test_a_public_table_without_totals_is_found_under_the_regions_own_code() -> None:
    percentage = msgspec.structs.replace(
        PROPORTION, kind="percentage", population=None, measure=None, dimensions=("area",)
    )
    stored = figures("Duin", NotAvailable(), percentage, cells=(Cell(("XR-Duin",), Rounded("8.1", "0.1")),))
    (row,) = compare(percentage, [stored]).rows
    assert row.estimate == D("8.1")


def test_nothing_or_a_region_twice_is_refused() -> None:
    with pytest.raises(NothingToCompare):
        compare(PROPORTION, [])
    with pytest.raises(RegionTwice):
        compare(PROPORTION, [figures("Duin", Exact(1, 2)), figures("Duin", Exact(1, 3))])


def test_the_total_of_a_region_that_does_not_tell_the_sexes_apart_is_not_the_figure_of_one() -> None:
    whole = (Cell(("total",), Exact(500, 10_000)), Cell(("XG-A",), Exact(500, 10_000)))
    coarse = figures("Veen", Exact(1, 1), dimensions=("area",), cells=whole)
    fine = figures("Duin", Exact(1, 1), cells=(Cell(("total", "f"), Exact(20, 100)),))
    found = {row.region_name: row.value for row in compare(PROPORTION, (coarse, fine), {"sex": "f"}).rows}
    assert found == {"Duin": Exact(20, 100), "Veen": NotAvailable()}
    assert {row.value for row in compare(PROPORTION, (coarse,)).rows} == {Exact(500, 10_000)}
