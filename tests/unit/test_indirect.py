"""Indirect standardisation of a comparison: a known answer, ends of hidden figures, and no order between regions."""

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
from schemas.values import Exact, NotAvailable, Suppressed
from tests.support.held_by_hub import HeldByHub, figures
from tests.unit.test_compare import COST
from tests.unit.test_standardised import AGES, BANDS, PEOPLE, SHARE, exact, region

RATES = (0.01, 0.02, 0.1, 0.2, 0.3)
TOTALS = {age: Reference(Decimal(1), round(1000 * rate), 1000, 2, 3) for age, rate in zip(BANDS, RATES, strict=True)}
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
        region("C", {age: Exact(0, 0) for age in BANDS}),
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


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_page_warns_that_two_regions_cannot_be_compared_by_it(held: HeldByHub, lang: str) -> None:
    held.prove()
    text = held.app.test_client().get(f"/compare/h.dm_prev?lang={lang}&standardise=indirect").get_data(as_text=True)
    page = html.fromstring(text)
    (chosen,) = page.xpath("//select[@id='standardise']/option[@selected]")
    assert chosen.get("value") == "indirect"
    assert ("elk weegt haar eigen leeftijden" if lang == "nl" else "each weighs its own ages") in page.text_content()
