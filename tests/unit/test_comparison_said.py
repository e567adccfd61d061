"""What a comparison says in words: why it is empty, that it waits, what rank 1 is, and what a standard corrects for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from hub.comparison import ComparedRegion
from hub.serving import empty
from hub.serving.columns import COLUMNS
from schemas.values import Exact, NotAvailable, Suppressed, TypedValue
from tests.support.held_by_hub import HeldByHub, figures

BANDS = ("0-17", "18-44", "45-64", "65-74", "75+")
PEOPLE = (2000, 3000, 2500, 900, 600)
COUNTS = {"Alfa": (20, 60, 250, 180, 180), "Beta": (40, 90, 300, 200, 190), "Gamma": (20, 60, 250, 180, 180)}


def accept(held: HeldByHub, name: str, indicator: str = "h.dm_prev", hides: bool = False) -> None:
    cells: dict[tuple[str, ...], TypedValue] = {("total", "total", "total"): Exact(sum(COUNTS[name]), sum(PEOPLE))}
    for age, part, whole in zip(BANDS, COUNTS[name], PEOPLE, strict=True):
        cells["total", age, "total"] = Exact(part, whole)
    if hides:
        cells["total", "0-17", "total"] = Suppressed(1, 70, 2000)
        cells["total", "18-44", "total"] = Suppressed(10, 79, 3000)
    held.accept(f"XR-{name.upper()}", figures(indicator, cells, region_set="invented"))


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    for name in COUNTS:
        held.region(f"XR-{name.upper()}", name, "invented")
        accept(held, name, hides=name == "Gamma")
    held.prove()
    return held


def page_of(held: HeldByHub, query: str = "", indicator: str = "h.dm_prev") -> Any:
    answer = held.app.test_client().get(f"/compare/{indicator}?{query}")
    assert answer.status_code == 200
    return html.fromstring(answer.get_data(as_text=True))


def said(page: Any, where: str) -> str:
    (found,) = page.xpath(where)
    return " ".join(found.text_content().split())


READING, LIMITS = "//p[@class='reading']", "//ul[@class='limits']"


def row(reason: str | None) -> ComparedRegion:
    return ComparedRegion("XR-A", "A", datetime(2026, 1, 2, tzinfo=UTC), 1, NotAvailable(), reason=reason)


REASONS = (
    "withdrawn", "cell_missing", "not_available", "not_collected", "not_applicable", "definition", "period",
    "region_set", "division_year", "stratum_missing", "stratum_empty", "partial", "rounded", "no_denominator",
    "no_reference", "reference_withheld", "suppressed", "nothing_expected",
)  # fmt: skip


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_to_be_empty_has_words(reason: str) -> None:
    found = empty.empty_because([row(reason), row(reason)])
    assert found is not None
    assert found.nl.startswith("Leeg, want: 2× ")
    assert found.en.startswith("Empty, because: 2× ")
    assert min(len(found.nl), len(found.en)) > len("Empty, because: 2× .") + 5


def test_without_a_reason_in_words_nothing_is_said() -> None:
    assert set(empty._WHY) <= set(REASONS)
    assert empty.empty_because([]) is None
    assert empty.empty_because([row(None), row("of_another_kind")]) is None
    some = empty.empty_because([row(None), row("partial")])
    assert some is not None
    assert some.en == "Empty, because: 1× covers too few persons."


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_while_the_total_is_being_proven_the_page_does_not_deny_its_ranks(held: HeldByHub, lang: str) -> None:
    accept(held, "Beta")
    page = page_of(held, f"lang={lang}")
    told = said(page, READING)
    assert (
        "3 regio’s gaven dit cijfer; het is nog niet naast de regio’s samen te leggen."
        if lang == "nl"
        else "3 regions reported this figure; it cannot be laid beside the regions together yet."
    ) in told
    assert ("Mogelijke rangen" if lang == "nl" else "Possible ranks") in said(page, "//thead")


def test_under_a_standard_it_waits_likewise_and_costs_cannot_be_ordered(held: HeldByHub) -> None:
    accept(held, "Beta")
    address = "lang=nl&standardise=esp2013"
    assert "nog niet naast de regio’s samen te leggen" in said(page_of(held, address), READING)
    for name in ("Alfa", "Beta"):
        cost: dict[tuple[str, ...], TypedValue] = {("total",) * 3: Exact(260_000_000, 1000)}
        held.accept(f"XR-{name.upper()}", figures("c.zvw", cost, region_set="invented"))
    held.prove()
    assert "ze zijn hier niet te ordenen" in said(page_of(held, "set=invented&lang=nl", "c.zvw"), READING)


def test_an_indirect_comparison_that_waits_says_why_it_is_empty(held: HeldByHub) -> None:
    accept(held, "Beta")
    told = said(page_of(held, "lang=nl&standardise=indirect"), READING)
    assert "Leeg, want: 3× heeft geen verwacht aantal, want regio’s samen wordt (nog) niet getoond." in told


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_standard_changes_what_is_said_of_correction_and_ranks(held: HeldByHub, lang: str) -> None:
    crude, weighted = (said(page_of(held, f"lang={lang}{more}"), LIMITS) for more in ("", "&standardise=esp2013"))
    not_corrected = "niet gecorrigeerd voor leeftijd" if lang == "nl" else "not corrected for age"
    only_age = "alleen voor leeftijd" if lang == "nl" else "corrected for age only"
    hidden = "bij de verborgen cijfers" if lang == "nl" else "and the hidden figures"
    without = "leeftijdsgroep hebben hier geen rang" if lang == "nl" else "hidden age group have no rank"
    assert (not_corrected in crude, only_age in crude) == (True, False)
    assert (not_corrected in weighted, only_age in weighted) == (False, True)
    assert (hidden in crude, without in crude) == (True, False)
    assert (hidden in weighted, without in weighted) == (False, True)
    for one in (crude, weighted):
        assert ("Rang 1 is de gunstigste." if lang == "nl" else "Rank 1 is the most favourable.") in one
        assert ("met 95% zekerheid voor elke regio" if lang == "nl" else "95% confidence for each region") in one


def test_where_neither_is_favourable_rank_1_is_the_highest(held: HeldByHub) -> None:
    for name in COUNTS:
        accept(held, name, "c.gp_patients")
    held.prove()
    told = said(page_of(held, "lang=en", "c.gp_patients"), LIMITS)
    assert "Rank 1 is the highest" in told
    assert "most favourable" not in told


def test_ordered_by_value_is_not_called_ordered_by_name(held: HeldByHub) -> None:
    by_name, by_value = (said(page_of(held, f"lang=nl&sort={sort}"), LIMITS) for sort in ("name", "value"))
    assert ("op naam gezet" in by_name, "Op waarde gezet" in by_name) == (True, False)
    assert ("op naam gezet" in by_value, "Op waarde gezet" in by_value) == (False, True)
    for one in (by_name, by_value):
        assert "verschil dat binnen de onzekerheid valt, is niet aangetoond" in one


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_indirect_is_no_standard_population_and_says_whose_rates_it_takes(held: HeldByHub, lang: str) -> None:
    page = page_of(held, f"lang={lang}&standardise=indirect")
    heads = [" ".join(one.text_content().split()) for one in page.xpath("//dt")]
    assert ("Standaardisatie" if lang == "nl" else "Standardisation") in heads
    assert ("Standaardbevolking" if lang == "nl" else "Standard population") not in heads
    whose = "van de regio’s die die leeftijd tonen" if lang == "nl" else "from the regions that show that age"
    assert whose in said(page, LIMITS)


def test_columns_say_what_they_hold_under_indirect_and_what_rank_1_is() -> None:
    meaning = {column.name: column.meaning for column in COLUMNS}
    assert "index" in meaning["shown"].nl
    assert "index" in meaning["shown"].en
    assert "indirect" in meaning["standard"].en
    assert "hoogste waar hoger noch lager gunstig is" in meaning["rank_first"].nl
    assert "95%" in meaning["rank_first"].en
    assert all("eenheid van shown" in meaning[name].nl for name in ("low", "high", "reference"))
