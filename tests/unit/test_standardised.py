"""A comparison by a standard population: known answers, bounds of hidden strata, and what takes no part."""

import csv
import itertools
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.comparison import Reference, StoredIndicator, compare
from hub.comparison.ranks import order
from hub.comparison.standardise import direct
from hub.comparison.standardised import cells_of, ends, standardised, strata_of, together_by
from hub.comparison.standards import STANDARDS, StandardUnfit
from schemas.definition import Measure
from schemas.payloads import Cell
from schemas.quality import Coverage, Quality
from schemas.values import Exact, NotAvailable, Suppressed, TypedValue
from tests.unit.test_compare import COST, PROPORTION, RATE, figures

AGES = ("area", "age_band", "sex")
BY_AGE = msgspec.structs.replace(RATE, dimensions=AGES, per=10_000, measure=Measure("records", denominator="persons"))
SHARE = msgspec.structs.replace(PROPORTION, dimensions=AGES)
ESP = STANDARDS["esp2013"]
BANDS = ("0-17", "18-44", "45-64", "65-74", "75+")
PEOPLE = (2000, 3000, 2500, 900, 600)
WEIGHTS = (19_300, 34_700, 26_500, 10_500, 9_000)


def region(name: str, ages: dict[str, TypedValue], definition: Any = SHARE, **changes: Any) -> StoredIndicator:
    shown = [value for value in ages.values() if isinstance(value, Exact)]
    whole: TypedValue = Exact(sum(value.numerator for value in shown), sum(value.denominator or 0 for value in shown))
    cells = (Cell(("total", "total", "total"), changes.pop("total", whole)),)
    cells += tuple(Cell(("total", age, "total"), value) for age, value in ages.items())
    return figures(name, whole, definition, cells=cells, **changes)


def exact(*numerators: int) -> dict[str, TypedValue]:
    return {age: Exact(*pair) for age, pair in zip(BANDS, zip(numerators, PEOPLE, strict=True), strict=True)}


@pytest.mark.shared_data
def test_five_year_bands_give_pheindicatormethods_rates(shared_data: Path) -> None:
    known, checked = shared_data / "known_answers", 0
    with (known / "phe_dsr_expected.csv").open(encoding="utf-8") as file:
        expected = {row["area"]: row for row in csv.DictReader(file) if row["statistic"] == "dsr per 10000"}
    with (known / "phe_dsr_isr_input.csv").open(encoding="utf-8") as file:
        for area, rows in groupby(csv.DictReader(file), key=lambda row: row["area"]):
            ages: dict[str, TypedValue] = {
                row["ageband"].replace("55-69", "55-59"): Exact(int(row["count"] or 0), int(row["pop"])) for row in rows
            }
            if area not in expected:
                continue
            stored = region(area.replace("_", "-"), ages, BY_AGE)
            found_in = strata_of(BY_AGE, [stored], {}, ESP)
            comparison, spans = standardised(compare(BY_AGE, [stored]), [stored], ESP, found_in, None)
            (point, _) = spans(0.95)[stored.region]
            wanted = [float(expected[area][name]) for name in ("value", "lower95_0cl", "upper95_0cl")]
            assert list(point) == pytest.approx(wanted, rel=1e-9)
            row = comparison.rows[0]
            assert [row.estimate, row.lower, row.upper] == [round(Decimal(one), 1) for one in wanted]
            checked += 1
    assert checked >= 2


def test_older_regions_of_the_same_rates_come_out_the_same_and_are_judged_so() -> None:
    young = region("A", exact(20, 60, 250, 180, 180))
    old = region("B", {age: Exact(10 * part, 10 * whole) for age, part, whole in zip(
        BANDS, (2, 6, 250, 360, 600), (200, 300, 2500, 1800, 2000), strict=True)})  # fmt: skip
    crude = compare(SHARE, [young, old])
    assert {row.standing for row in crude.rows} == {"higher", "lower"}
    found_in = strata_of(SHARE, [young, old], {}, ESP)
    totals = {
        age: Reference(Decimal(1), part, 100, 2, 2, ("XR-A", "XR-B"))
        for age, part in zip(BANDS, (1, 2, 10, 20, 30), strict=True)
    }
    reference = together_by(SHARE, found_in, totals)
    assert float(reference.value) == pytest.approx(100 * direct((1, 2, 10, 20, 30), [100] * 5, WEIGHTS).value, abs=1e-6)
    made, spans = standardised(crude, [young, old], ESP, found_in, reference)
    assert made.standard == "esp2013"
    assert {row.estimate for row in made.rows} == {Decimal("8.3")}
    assert {row.standing for row in made.rows} == {"indistinguishable"}
    both = spans(0.95)
    assert order(both["XR-A"], both["XR-B"], "lower") == "similar"


@pytest.mark.parametrize("definition", [SHARE, BY_AGE])
def test_hidden_strata_leave_ends_that_every_completion_lies_within_and_two_reach(definition: Any) -> None:
    ages = exact(0, 0, 250, 180, 180) | {"0-17": Suppressed(1, 9, 2000), "18-44": Suppressed(1, 11, 3000)}
    stored = region("A", ages, definition, total=Exact(622, 9000))
    found_in = strata_of(definition, [stored], {}, ESP)
    low, high = ends(stored, cells_of(stored, {}, found_in), found_in)
    possible = [
        direct((first, second, 250, 180, 180), PEOPLE, WEIGHTS).value
        for first, second in itertools.product(range(1, 10), range(1, 12))
        if first + second == 12
    ]
    assert (low, high) == pytest.approx((min(possible), max(possible)), rel=1e-9)
    made, spans = standardised(compare(definition, [stored]), [stored], ESP, found_in, None)
    row = made.rows[0]
    by = definition.per
    assert (row.range_low, row.reason, row.standing, row.estimate) == (
        row.range_low, "suppressed", "no_verdict", None
    )  # fmt: skip
    assert row.range_low is not None
    assert row.range_high is not None
    assert float(row.range_low) <= by * low <= by * high <= float(row.range_high)
    assert float(row.range_high - row.range_low) < by * (high - low) + 0.2 + 1e-9
    assert spans(0.95) == {}


def test_a_stratum_of_which_the_people_are_hidden_too_is_bounded_by_itself() -> None:
    ages = exact(20, 60, 250, 180, 0) | {"75+": Suppressed(1, 30)}
    stored = region("A", ages, total=Exact(540, 9000))
    found_in = strata_of(SHARE, [stored], {}, ESP)
    low, high = ends(stored, cells_of(stored, {}, found_in), found_in)
    shown = sum(w * x / n for w, x, n in zip(WEIGHTS[:4], (20, 60, 250, 180), PEOPLE, strict=False))
    # cases and people follow from the totals, 30 of 600, which its region did not mean to tell: nor do we
    assert (low, high) == pytest.approx((shown / 100_000, (shown + 9000) / 100_000))


def test_what_takes_no_part_says_why() -> None:
    partial = Quality(None, Coverage("practices", 40, True))
    stored = [
        region("A", exact(20, 60, 250, 180, 180)),
        region("B", exact(1, 2, 3, 1, 1)),
        region("C", exact(20, 60, 250, 180, 180), quality=partial),
        region("D", exact(20, 60, 250, 180, 180) | {"75+": NotAvailable()}),
        region("E", {age: value for age, value in exact(20, 60, 250, 180, 180).items() if age != "75+"}),
        region("F", exact(20, 60, 250, 180, 180) | {"75+": Exact(0, 0)}),
        region("G", exact(20, 60, 250, 180, 180), definition_hash="0" * 64),
    ]
    found_in = strata_of(SHARE, stored, {}, ESP)
    made, spans = standardised(compare(SHARE, stored), stored, ESP, found_in, "would_narrow_hidden_figure")
    told = {row.region_name: (row.reason, row.estimate is not None, row.lower is not None) for row in made.rows}
    assert told == {
        "A": ("reference_withheld", True, True),
        "B": ("too_few_events", True, False),
        "C": ("partial", True, False),
        "D": ("not_available", False, False),
        "E": ("stratum_missing", False, False),
        "F": ("stratum_empty", False, False),
        "G": ("definition", False, False),
    }
    assert made.reference is None
    assert list(spans(0.95)) == ["XR-A"]


COARSE: dict[str, TypedValue] = {"0-44": Exact(80, 5000), "45-74": Exact(430, 3400), "75+": Exact(180, 600)}
FINE = {age: value for age, value in exact(20, 60, 250, 180, 180).items() if age != "65-74"}


def test_one_region_with_other_bands_leaves_the_others_their_figures() -> None:
    finer = FINE | {"65-69": Exact(80, 500), "70-74": Exact(100, 400)}  # 65-74 as others have it
    stored = [
        region("A", exact(20, 60, 250, 180, 180)), region("B", exact(40, 90, 300, 200, 190)),
        region("C", COARSE), region("D", finer),
    ]  # fmt: skip
    found_in = strata_of(SHARE, stored, {}, ESP)
    assert [one.nodes for one in found_in] == [(band,) for band in BANDS]
    made, spans = standardised(compare(SHARE, stored), stored, ESP, found_in, None)
    rows = {row.region_name: row for row in made.rows}
    assert (rows["C"].reason, rows["C"].estimate, rows["C"].is_comparable) == ("stratum_missing", None, True)
    assert rows["A"].estimate == rows["D"].estimate == Decimal("8.3")
    assert rows["B"].estimate is not None
    assert sorted(spans(0.95)) == ["XR-A", "XR-B", "XR-D"]
    assert spans(0.95)["XR-A"] == spans(0.95)["XR-D"]


def test_bands_that_a_standard_takes_together_may_have_been_merged() -> None:
    old: dict[str, TypedValue] = {age: exact(20, 60, 250, 0, 0)[age] for age in BANDS[:3]}
    stored = [
        region("A", exact(20, 60, 250, 180, 180)), region("B", exact(20, 60, 250, 180, 180)),
        region("C", old | {"65+": Exact(360, 1500)}),
    ]  # fmt: skip
    standard = STANDARDS["nl2019"]
    made, _ = standardised(compare(SHARE, stored), stored, standard, strata_of(SHARE, stored, {}, standard), None)
    assert len({row.estimate for row in made.rows}) == 1
    assert [row.reason for row in made.rows] == ["no_reference"] * 3
    made, _ = standardised(compare(SHARE, stored), stored, ESP, strata_of(SHARE, stored, {}, ESP), None)
    assert [row.reason for row in made.rows] == ["no_reference", "no_reference", "stratum_missing"]


def test_of_as_many_regions_the_finer_bands_are_used_and_others_than_compared_have_no_say() -> None:
    two = [region("C", COARSE), region("D", exact(20, 60, 250, 180, 180))]
    assert [one.nodes for one in strata_of(SHARE, two, {}, ESP)] == [(band,) for band in BANDS]
    most = [*two, region("E", COARSE)]
    assert [one.nodes for one in strata_of(SHARE, most, {}, ESP)] == [("0-44",), ("45-74",), ("75+",)]
    made, _ = standardised(compare(SHARE, most), most, ESP, strata_of(SHARE, most, {}, ESP), None)
    assert len({row.estimate for row in made.rows}) == 1  # the finer bands make the others up
    assert [row.reason for row in made.rows] == ["no_reference"] * 3
    other = [*two, region("F", COARSE, definition_hash="0" * 64), region("G", COARSE, division_year=2019)]
    assert [one.nodes for one in strata_of(SHARE, other, {}, ESP)] == [(band,) for band in BANDS]


def test_costs_are_weighted_without_an_interval() -> None:
    cost = msgspec.structs.replace(COST, dimensions=AGES)
    stored = region("A", exact(2_000_000, 6_000_000, 9_000_000, 4_000_000, 3_000_000), cost)
    found_in = strata_of(cost, [stored], {}, ESP)
    row = standardised(compare(cost, [stored]), [stored], ESP, found_in, None)[0].rows[0]
    wanted = sum(w * x / n for w, x, n in zip(WEIGHTS, (20_000, 60_000, 90_000, 40_000, 30_000), PEOPLE, strict=True))
    assert (row.estimate, row.reason) == (round(Decimal(wanted / 100_000), 2), "no_interval")


@pytest.mark.parametrize(
    ("definition", "nodes", "why"),
    [
        (msgspec.structs.replace(SHARE, kind="percentage", population=None, measure=None), {}, "no denominator"),
        (PROPORTION, {}, "not cut by age"),
        (SHARE, {"age_band": "75+"}, "asked for already"),
    ],
)
def test_what_cannot_be_standardised_says_why(definition: Any, nodes: dict[str, str], why: str) -> None:
    with pytest.raises(StandardUnfit, match=why):
        strata_of(definition, [region("A", exact(1, 2, 3, 4, 5))], nodes, ESP)
