"""Indirect standardisation of a comparison: a known answer, ends of hidden figures, and no order between regions."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import html

from hub.comparison import Reference, byar, compare
from hub.comparison.indirect import bands_for, indirectly
from hub.comparison.standards import StandardUnfit
from schemas.quality import Coverage, Quality
from schemas.values import Exact, NotAvailable, Suppressed, TypedValue
from tests.support.held_by_hub import HeldByHub, figures
from tests.unit.test_compare import COST
from tests.unit.test_standardised import AGES, BANDS, PEOPLE, SHARE, exact, region

RATES = (0.01, 0.02, 0.1, 0.2, 0.3)
TOTALS = {age: Reference(Decimal(1), round(1000 * rate), 1000, 2, 3) for age, rate in zip(BANDS, RATES, strict=True)}
EMPTY: dict[str, TypedValue] = {age: Exact(0, 0) for age in BANDS}
EXPECTED = 20 + 60 + 250 + 180 + 180


def test_observed_over_expected_with_the_interval_of_the_observed() -> None:
    """Breslow and Day (1987), pp. 65-69: limits of the observed number over the expected one."""
    stored = [region("A", exact(20, 60, 250, 180, 180)), region("B", exact(40, 90, 300, 200, 190))]
    alike, more = indirectly(compare(SHARE, stored), stored, TOTALS).rows
    assert (alike.estimate, alike.standing, alike.reason) == (Decimal("100.0"), "indistinguishable", None)
    assert more.estimate == round(Decimal(100 * 820 / EXPECTED), 1)
    assert [more.lower, more.upper] == [round(Decimal(100 * end / EXPECTED), 1) for end in byar(820)]
    assert (more.standing, more.favour) == ("higher", "unfavourable")


def test_a_hidden_figure_has_ends_over_what_is_expected_and_no_verdict() -> None:
    hidden = exact(20, 60, 250, 180, 180) | {"0-17": Suppressed(1, 9, 2000), "18-44": Suppressed(1, 99, 3000)}
    stored = [region("A", hidden, total=Suppressed(612, 718, 9000))]
    (row,) = indirectly(compare(SHARE, stored), stored, TOTALS).rows
    assert (row.estimate, row.standing, row.reason) == (None, "no_verdict", "suppressed")
    assert row.range_low is not None
    assert row.range_high is not None
    for cases in (612, 700, 718):
        assert row.range_low <= Decimal(100 * cases) / EXPECTED <= row.range_high
    assert row.range_high - row.range_low < Decimal(100 * 106) / EXPECTED + Decimal("0.2")


def test_what_takes_no_part_says_why() -> None:
    partial = Quality(None, Coverage("practices", 40, True))
    stored = [
        region("A", exact(20, 60, 250, 180, 180), quality=partial),
        region("B", exact(20, 60, 250, 180, 180) | {"75+": NotAvailable()}),
        region("C", EMPTY),
        region("D", exact(20, 60, 250, 180, 180), total=NotAvailable()),
    ]
    comparison = compare(SHARE, stored)
    told = {row.region_name: (row.reason, row.estimate) for row in indirectly(comparison, stored, TOTALS).rows}
    assert told == {
        "A": ("partial", Decimal("100.0")), "B": ("stratum_missing", None),
        "C": ("stratum_empty", None), "D": ("not_available", None),
    }  # fmt: skip
    for totals, reason in ((None, "no_reference"), ("being_proven", "reference_withheld")):
        without = indirectly(comparison, stored, totals)  # type: ignore[arg-type]
        assert {row.reason for row in without.rows} == {reason}
        assert (without.reference, without.withheld) == (None, totals)


def test_where_no_case_is_expected_that_is_the_reason() -> None:
    """No cases anywhere: every rate is 0, and observed over expected is 0 over 0."""
    stored = [region("A", exact(0, 0, 0, 0, 0)), region("B", exact(0, 0, 0, 0, 0)), region("C", EMPTY)]
    none = {age: Reference(Decimal(0), 0, 1000, 2, 3) for age in BANDS}
    made = indirectly(compare(SHARE, stored), stored, none)
    assert [(row.reason, row.estimate, row.standing) for row in made.rows] == [
        ("nothing_expected", None, "no_verdict"), ("nothing_expected", None, "no_verdict"),
        ("stratum_empty", None, "no_verdict"),
    ]  # fmt: skip


def test_bands_of_ones_own_are_summed_and_others_are_missing() -> None:
    finer = {age: value for age, value in exact(20, 60, 250, 180, 180).items() if age != "65-74"}
    finer |= {"65-69": Exact(80, 500), "70-74": Exact(100, 400)}
    adults = [{age: value for age, value in exact(0, 60, 250, 180, 180).items() if age != "0-17"} for _ in range(3)]
    coarse: dict[str, TypedValue] = {"0-44": Exact(80, 5000), "45-74": Exact(430, 3400), "75+": Exact(180, 600)}
    stored = [
        region("A", exact(20, 60, 250, 180, 180)), region("B", exact(20, 60, 250, 180, 180)),
        region("C", coarse), region("D", finer),
    ]  # fmt: skip
    assert [one.nodes for one in bands_for(SHARE, stored, {})] == [(band,) for band in BANDS]
    made = indirectly(compare(SHARE, stored), stored, TOTALS)
    assert [row.reason for row in made.rows] == [None, None, "stratum_missing", None]
    assert {row.estimate for row in made.rows} == {Decimal("100.0"), None}
    stored = [*(region(name, ages) for name, ages in zip("EFG", adults, strict=True)), stored[0]]
    rates = {age: TOTALS[age] for one in bands_for(SHARE, stored, {}) for age in one.nodes}
    assert list(rates) == list(BANDS[1:])
    made = indirectly(compare(SHARE, stored), stored, rates)  # children of whom nobody else expects a case
    assert {row.region_name: row.reason for row in made.rows}["A"] == "stratum_missing"


def test_a_hidden_share_ends_at_its_denominator() -> None:
    stored = [region("A", exact(20, 60, 250, 180, 180), total=Suppressed(8000, 12_000, 9000))]
    (row,) = indirectly(compare(SHARE, stored), stored, TOTALS).rows
    assert row.range_high is not None
    assert row.range_high <= Decimal(100 * 9000) / EXPECTED + Decimal("0.1")


def test_sums_and_single_bands_are_refused() -> None:
    cost = msgspec.structs.replace(COST, dimensions=AGES)
    with pytest.raises(StandardUnfit, match="numbers of cases"):
        bands_for(cost, [region("A", exact(1, 2, 3, 4, 5), cost)], {})
    with pytest.raises(StandardUnfit, match="one age band"):
        bands_for(SHARE, [region("A", {"75+": Exact(5, PEOPLE[4])})], {})
    with pytest.raises(StandardUnfit, match="asked for already"):
        bands_for(SHARE, [region("A", exact(1, 2, 3, 4, 5))], {"age_band": "75+"})


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    for name, counts in {"Alfa": (20, 60, 250, 180, 180), "Beta": (40, 90, 300, 200, 190)}.items():
        held.region(f"XR-{name.upper()}", name, "invented")
        cells: dict[tuple[str, ...], Any] = {("total", "total", "total"): Exact(sum(counts), sum(PEOPLE))}
        cells |= {("total", age, "total"): value for age, value in exact(*counts).items()}
        held.accept(f"XR-{name.upper()}", figures("h.dm_prev", cells, region_set="invented"))
    return held


def test_over_http_it_waits_for_proof_and_orders_nobody(held: HeldByHub) -> None:
    address = "/api/v1/indicators/h.dm_prev/comparison?standardise=indirect&beside=XR-BETA"
    waiting = json.loads(held.app.test_client().get(address).get_data())
    assert (waiting["reference_withheld"], waiting["rows"][0]["shown"]) == ("being_proven", None)
    held.prove()
    found = json.loads(held.app.test_client().get(address).get_data())
    alfa, beta = found["rows"]
    assert (found["reference"], found["unit"]["en"]) == ("100.0", "index, regions together = 100")
    assert [row["shown"] for row in (alfa, beta)] == [f"{100 * cases / 755:.1f}" for cases in (690, 820)]
    assert (alfa["order"], alfa["ranks"], alfa["standing"]) == ("cannot_be_ordered", None, "lower")
    assert found["standards"] == ["esp2013", "nl2019", "indirect"]


def test_it_is_by_name_and_by_value_is_refused_or_not_offered(held: HeldByHub) -> None:
    held.prove()
    client = held.app.test_client()
    address = "/api/v1/indicators/h.dm_prev/comparison?sort=value&standardise="
    assert [row["name"] for row in json.loads(client.get(f"{address}esp2013").get_data())["rows"]] == ["Beta", "Alfa"]
    refused = client.get(f"{address}indirect")
    assert refused.status_code == 422
    assert "rows are by name" in json.loads(refused.get_data())["detail"]
    page = html.fromstring(client.get("/compare/h.dm_prev?standardise=indirect&sort=value").get_data(as_text=True))
    assert [cell.text_content() for cell in page.xpath("//table/tbody/tr/th")] == ["Alfa", "Beta"]
    assert not page.xpath("//select[@id='sort']")
    assert page.xpath("//select[@id='beside']")
    assert not page.xpath("//p[@class='ways']/a[contains(@href, 'sort=')]")
    crude = html.fromstring(client.get("/compare/h.dm_prev?sort=value").get_data(as_text=True))
    assert crude.xpath("//select[@id='sort']")
    location = client.get("/compare?indicator=h.dm_prev&sort=value&standardise=indirect").headers["Location"]
    assert "standardise=indirect" in location
    assert "sort" not in location


@pytest.mark.parametrize(
    ("lang", "said", "why"),
    [
        ("nl", "geen gevallen te verwachten", "2× heeft geen gevallen te verwachten"),
        ("en", "no cases to be expected", "2× has no cases to expect"),
    ],
)
def test_that_no_case_is_expected_is_said_in_words_and_in_the_file(
    held: HeldByHub, lang: str, said: str, why: str
) -> None:
    for name in ("ALFA", "BETA"):
        cells: dict[tuple[str, ...], Any] = {("total", "total", "total"): Exact(0, sum(PEOPLE))}
        cells |= {("total", age, "total"): value for age, value in exact(0, 0, 0, 0, 0).items()}
        held.accept(f"XR-{name}", figures("h.dm_prev", cells, region_set="invented"))
    held.prove()
    client = held.app.test_client()
    page = html.fromstring(client.get(f"/compare/h.dm_prev?lang={lang}&standardise=indirect").get_data(as_text=True))
    assert {row[1].text_content().strip() for row in page.xpath("//table/tbody/tr")} == {said}
    address = "/api/v1/indicators/h.dm_prev/comparison?standardise=indirect"
    assert why in json.loads(client.get(address).get_data())["empty_because"][lang]
    rows = csv.DictReader(io.StringIO(client.get(f"{address}&format=csv").get_data(as_text=True)))
    assert {row["why_not"] for row in rows} == {"nothing_expected"}


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_page_warns_that_two_regions_cannot_be_compared_by_it(held: HeldByHub, lang: str) -> None:
    held.prove()
    text = held.app.test_client().get(f"/compare/h.dm_prev?lang={lang}&standardise=indirect").get_data(as_text=True)
    page = html.fromstring(text)
    (chosen,) = page.xpath("//select[@id='standardise']/option[@selected]")
    assert chosen.get("value") == "indirect"
    assert ("elk weegt haar eigen leeftijden" if lang == "nl" else "each weighs its own ages") in page.text_content()
    assert ("staan daarom op naam" if lang == "nl" else "Hence they are by name") in page.text_content()
