"""Funnel limits on a comparison: in the shown unit, and only about a reference that is shown."""

from collections.abc import Iterable
from decimal import Decimal

import pytest

from hub.comparison import StoredIndicator, compare
from hub.comparison.funnel import of_events, of_proportion
from hub.comparison.funnelled import funnelled
from schemas.values import Exact, NotAvailable, Suppressed
from tests.unit.test_compare import COST, PROPORTION, RATE, figures

ALIKE = (100, 99, 101, 98, 102, 100)


def regions(numerators: tuple[int, ...], denominator: int = 1000) -> list[StoredIndicator]:
    return [figures(f"R{number}", Exact(one, denominator)) for number, one in enumerate(numerators)]


def one_decimal(limits: Iterable[float]) -> tuple[Decimal, ...]:
    return tuple(Decimal(limit).quantize(Decimal("0.1")) for limit in limits)


def test_each_region_has_limits_of_its_own_size_about_all_together() -> None:
    rows = [*regions((100, 130)), figures("SMALL", Exact(10, 100))]
    found = funnelled(compare(PROPORTION, rows))
    assert found is not None
    expected = of_proportion(240 / 2100, 1000)
    assert found.limits["XR-R0"].warning == tuple(
        Decimal(100 * limit).quantize(Decimal("0.1")) for limit in expected.warning
    )
    small, large = found.limits["XR-SMALL"], found.limits["XR-R0"]
    assert small.control[0] < large.control[0] < large.control[1] < small.control[1]
    assert {one.place for one in found.limits.values()} == {"within"}


def test_limits_of_a_rate_are_per_person_year() -> None:
    rows = [figures("A", Exact(40, 365_250), RATE), figures("B", Exact(60, 365_250), RATE)]
    found = funnelled(compare(RATE, rows))
    assert found is not None
    assert found.limits["XR-A"].warning == tuple(
        Decimal(limit).quantize(Decimal("0.1")) for limit in of_events(50.0).warning
    )


def test_a_region_far_off_is_placed_beyond_the_limits_and_regions_alike_are_not_widened() -> None:
    found = funnelled(compare(PROPORTION, regions((*ALIKE, *ALIKE, 200))))
    assert found is not None
    assert found.limits["XR-R12"].place == "above_998"
    assert found.dispersion == 1.0


def test_regions_that_all_vary_widen_their_limits() -> None:
    found = funnelled(compare(PROPORTION, regions((50, 150, 60, 140, 55, 145, 100, 100))))
    assert found is not None
    assert found.dispersion > 1
    narrow = of_proportion(0.1, 1000).warning
    assert found.limits["XR-R0"].warning[0] < Decimal(100 * narrow.low)


def test_hidden_missing_and_costs_have_none_and_without_a_reference_there_are_none() -> None:
    rows = [*regions((100, 130)), figures("HIDDEN", Suppressed(1, 9, 1000)), figures("GONE", NotAvailable())]
    found = funnelled(compare(PROPORTION, rows))
    assert found is not None
    assert set(found.limits) == {"XR-R0", "XR-R1"}
    withheld = compare(PROPORTION, rows, permit=lambda _: "not_proven")
    assert funnelled(withheld) is None
    assert funnelled(compare(PROPORTION, rows[:1])) is None
    assert funnelled(compare(COST, [figures("A", Exact(1, 2), COST), figures("B", Exact(1, 2), COST)])) is None


@pytest.mark.parametrize("numerator", [0, 1000])
def test_where_nobody_or_everybody_has_it_there_is_no_funnel(numerator: int) -> None:
    assert funnelled(compare(PROPORTION, regions((numerator, numerator)))) is None
