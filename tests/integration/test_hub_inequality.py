"""Inequality between areas over HTTP: indices worked out by hand, hidden figures as ends, and what is refused."""

import csv
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import html

from schemas.quality import Coverage, Quality
from schemas.values import Exact, NotAvailable, Rounded, Suppressed, TypedValue
from tests.support.held_by_hub import TAKEN_OVER, HeldByHub, figures

TOTAL = ("total", "total", "total")
NAMES = ("Alfa", "Beta", "Gamma")
# with diabetes, of 1,000 each; good health of 1,000 each ranks them: Gamma, with 50 %, is the least favoured
ILL: tuple[TypedValue, ...] = (Exact(160, 1000), Exact(160, 1000), Exact(280, 1000))
WELL: tuple[TypedValue, ...] = (Exact(700, 1000), Exact(600, 1000), Exact(500, 1000))


def accept(held: HeldByHub, indicator: str, values: tuple[TypedValue, ...]) -> None:
    for name, value in zip(NAMES, values, strict=True):
        held.accept(f"XR-{name.upper()}", figures(indicator, {TOTAL: value}, region_set="invented"))


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    for name in NAMES:
        held.region(f"XR-{name.upper()}", name, "invented")
    accept(held, "h.dm_prev", ILL)
    accept(held, "h.srh_good", WELL)
    held.prove()
    return held


def asked(held: HeldByHub, query: str = "", status: int = 200, indicator: str = "h.dm_prev") -> Any:
    answer = held.app.test_client().get(f"/api/v1/indicators/{indicator}/inequality?{query or 'rank_by=h.srh_good'}")
    assert answer.status_code == status, answer.get_json()
    return answer.get_json()


def test_the_indices_are_those_of_a_sheet_of_paper(held: HeldByHub) -> None:
    """28, 16, 16 at 1/6, 1/2, 5/6: slope index 18, over the mean of 20: 0.9; 28 / 16 = 1.75.

    The interval is 18 -/+ 12.7062 x sqrt(108), as in the tests of the formula.
    """
    found = asked(held)
    assert (found["slope"], found["relative"], found["ratio"], found["bounds"]) == (
        "18.00",
        "0.900",
        "1.75",
        "interval",
    )
    assert (found["low"], found["high"]) == ("-114.05", "150.05")
    assert [(one["area"], one["place"], one["shown"], one["people"]) for one in found["areas"]] == [
        ("XR-GAMMA", "0.167", "28.0", 1000),
        ("XR-BETA", "0.500", "16.0", 1000),
        ("XR-ALFA", "0.833", "16.0", 1000),
    ]
    assert (found["first"], found["left_out"], found["relative_withheld"]) == ("lowest", [], None)
    turned = asked(held, "rank_by=h.srh_good&first=highest")
    assert (turned["slope"], turned["areas"][0]["area"]) == ("-18.00", "XR-ALFA")


def test_a_hidden_figure_gives_ends_and_no_interval(held: HeldByHub) -> None:
    """Gamma has 24 to 28 %: the index, 1.5 x (Gamma - Alfa), lies between 12 and 18, over a mean of 18.67 to 20."""
    accept(held, "h.dm_prev", (Exact(160, 1000), Exact(160, 1000), Suppressed(240, 280, 1000)))
    held.prove()
    found = asked(held)
    assert (found["slope"], found["low"], found["high"], found["bounds"]) == (None, "12.00", "18.00", "range")
    assert (found["ratio"], found["ratio_low"], found["ratio_high"]) == (None, "1.50", "1.75")
    assert (found["relative"], found["relative_low"], found["relative_high"]) == (None, "0.642", "0.900")
    gamma = next(one for one in found["areas"] if one["area"] == "XR-GAMMA")
    assert (gamma["shown"], gamma["low"], gamma["high"]) == (None, "24.0", "28.0")
    page = html.fromstring(held.app.test_client().get("/gradient/h.dm_prev?rank_by=h.srh_good&lang=en").get_data())
    assert (
        "lies somewhere from 12.00 to 18.00 percentage points" in page.xpath("//p[@class='reading']")[0].text_content()
    )
    assert "hidden: 24.0–28.0" in page.xpath("//section[@id='table']")[0].text_content()
    assert len(page.xpath("//svg//rect[@class='hidden']")) == 1


def test_an_order_that_what_is_hidden_leaves_open_is_refused(held: HeldByHub) -> None:
    accept(held, "h.srh_good", (Exact(700, 1000), Suppressed(450, 620, 1000), Exact(500, 1000)))
    assert "leaves their order open" in asked(held, status=422)["detail"]
    accept(held, "h.srh_good", (Exact(700, 1000), Suppressed(510, 690, 1000), Exact(500, 1000)))
    assert asked(held)["slope"] == "18.00"


def test_the_relative_index_waits_until_the_mean_may_be_told(held: HeldByHub) -> None:
    accept(held, "h.dm_prev", (Exact(150, 1000), Exact(160, 1000), Exact(280, 1000)))
    found = asked(held)
    assert (found["relative"], found["relative_withheld"]) == (None, "being_proven")
    assert found["slope"] == "19.50"
    held.prove()
    assert asked(held)["relative"] == "0.992"


def test_figures_without_people_weigh_alike_if_the_reader_says_so(held: HeldByHub) -> None:
    codes = [f"XR-{name.upper()}" for name in NAMES]
    for code, smokes, poor in zip(codes, ("16.0", "16.0", "28.0"), ("3.0", "5.0", "9.0"), strict=True):
        for name, text in (("rookt_tabak_75", smokes), ("moeite_met_rondkomen_1", poor)):
            value = Rounded(text, "0.1")
            held.accept(code, figures(f"jv24.{name}", {(code,): value}, region_set="invented", origin=TAKEN_OVER))
    query = "rank_by=jv24.moeite_met_rondkomen_1"
    refused = asked(held, query, 422, "jv24.rookt_tabak_75")
    assert refused["allowed"] == ["equal"]
    found = asked(held, f"{query}&weights=equal", indicator="jv24.rookt_tabak_75")
    assert (found["slope"], found["relative"], found["first"]) == ("18.00", "0.900", "highest")


def test_the_areas_within_a_region(held: HeldByHub) -> None:
    """Four areas, one of them without a figure; places 1/8, 1/2, 7/8 of 100, 200 and 100 people."""
    people, ill, well = (100, 200, 100, 50), (30, 40, 10), (40, 100, 60)
    for name, counts in (("h.dm_prev", ill), ("h.srh_good", well)):
        cells: dict[tuple[str, ...], TypedValue] = {
            (f"GM000{area}", "total", "total"): Exact(count, whole)
            for area, (count, whole) in enumerate(zip(counts, people, strict=False), start=1)
        }
        cells["GM0004", "total", "total"] = NotAvailable()
        cells[TOTAL] = Exact(sum(counts), 400)
        held.accept("XR-ALFA", figures(name, cells, region_set="invented"))
    found = asked(held, "rank_by=h.srh_good&region=XR-ALFA")
    assert [(one["area"], one["place"]) for one in found["areas"]] == [
        ("GM0001", "0.125"),
        ("GM0002", "0.500"),
        ("GM0003", "0.875"),
    ]
    assert (found["slope"], found["relative"], found["ratio"]) == ("26.67", "1.333", "3.00")
    assert [(one["area"], one["why_not"]) for one in found["left_out"]] == [("GM0004", "not_available")]
    assert asked(held, "rank_by=h.srh_good&region=XR-BETA", 422)["status"] == 422
    assert asked(held, "rank_by=h.srh_good&region=XR-NOBODY", 404)["status"] == 404


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("rank_by=pop.persons", 404, "No region of this set released pop.persons"),
        ("rank_by=no.such", 404, "no such indicator"),
        ("rank_by=h.srh_good&by=sex:x", 400, "no figures for this node"),
        ("rank_by=h.srh_good&weights=none", 422, ""),
        ("period=2025", 422, ""),
    ],
)
def test_what_there_is_not_is_refused(held: HeldByHub, query: str, status: int, said: str) -> None:
    answer = asked(held, query, status)
    assert said in str(answer.get("detail"))


def test_an_indicator_that_favours_neither_end_needs_the_readers_word(held: HeldByHub) -> None:
    for place, name in enumerate(NAMES):
        code = f"XR-{name.upper()}"
        payload = figures("pop.persons", {TOTAL: Exact(1000 + place)}, region_set="invented")
        held.accept(code, payload)
    assert asked(held, "rank_by=pop.persons", 422)["allowed"] == ["highest", "lowest"]
    assert asked(held, "rank_by=pop.persons&first=highest")["areas"][0]["area"] == "XR-GAMMA"


def test_all_alike_and_all_zero_are_no_gradient_and_no_ratio(held: HeldByHub) -> None:
    accept(held, "h.dm_prev", (Exact(0, 1000), Exact(160, 1000), Exact(280, 1000)))
    assert (asked(held)["ratio"], asked(held)["why_no_ratio"]) == (None, "lowest_is_zero")
    accept(held, "h.srh_good", (Exact(500, 1000),) * 3)
    assert "same rank" in asked(held, status=422)["detail"]


def test_the_file_holds_the_areas_and_the_indices(held: HeldByHub) -> None:
    address = "/api/v1/indicators/h.dm_prev/inequality?rank_by=h.srh_good&format=csv"
    rows = list(csv.DictReader(io.StringIO(held.app.test_client().get(address).get_data(as_text=True))))
    assert [(row["area"], row["shown"], row["slope"], row["kind"]) for row in rows] == [
        ("XR-GAMMA", "28.0", "18.00", "exact"),
        ("XR-BETA", "16.0", "18.00", "exact"),
        ("XR-ALFA", "16.0", "18.00", "exact"),
    ]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("nl", "niet aangetoond: 18,00 procentpunt (95%-interval −114,05"),
        ("en", "been shown: 18.00 percentage points (95%"),
    ],
)
def test_the_page_says_what_differs_and_draws_the_areas(held: HeldByHub, lang: str, said: str) -> None:
    client = held.app.test_client()
    start = html.fromstring(client.get(f"/gradient/h.dm_prev?lang={lang}").get_data(as_text=True))
    assert [one.get("value") for one in start.xpath("//select[@id='rank_by']/option")] == ["h.srh_good"]
    page = html.fromstring(client.get(f"/gradient/h.dm_prev?lang={lang}&rank_by=h.srh_good").get_data(as_text=True))
    assert said in page.xpath("//p[@class='reading']")[0].text_content()
    assert [one.text_content() for one in page.xpath("//svg//circle/title")] == ["Gamma", "Beta", "Alfa"]
    assert [one.text_content() for one in page.xpath("//section[@id='table']//tbody//th")] == ["Alfa", "Beta", "Gamma"]
    compare = html.fromstring(client.get("/compare/h.dm_prev").get_data(as_text=True))
    assert compare.xpath("//p[@class='ways']/a[starts-with(@href, '/gradient/h.dm_prev')]")
    refused = client.get("/gradient/h.dm_prev?rank_by=no.such&lang=en")
    assert (refused.status_code, "no such indicator" in refused.get_data(as_text=True)) == (200, True)
    assert client.get("/gradient/no.such").status_code == 404


def test_each_reader_has_a_gradient_of_its_own_and_the_past_as_it_was_known(held: HeldByHub) -> None:
    held.region("XR-DELTA", "Delta", "invented")
    for name, value in (("h.dm_prev", Exact(400, 1000)), ("h.srh_good", Exact(400, 1000))):
        held.accept("XR-DELTA", figures(name, {TOTAL: value}, region_set="invented"), audience="network")
    assert asked(held)["slope"] == "18.00"
    later = figures("h.dm_prev", {TOTAL: Exact(160, 1000)}, region_set="invented")
    held.accept("XR-GAMMA", later, accepted_at="2026-11-22T08:00:00Z")
    assert asked(held)["slope"] == "0.00"
    assert asked(held, "rank_by=h.srh_good&as_known_on=2026-11-21")["slope"] == "18.00"


def within(held: HeldByHub, indicator: str, year: int, codes: tuple[str, ...], quality: Quality | None = None) -> None:
    """Have Alfa publish an indicator by municipality in the division of a year, 10, 20, 30 ... % of 1,000 each."""
    cells: dict[tuple[str, ...], TypedValue] = {
        (code, "total", "total"): Exact(100 * place, 1000) for place, code in enumerate(codes, start=1)
    }
    made = figures(indicator, cells, region_set="invented")
    held.accept("XR-ALFA", msgspec.structs.replace(made, division_year=year, quality=quality))


def test_a_municipality_that_grew_between_both_figures_is_not_the_same_one(held: HeldByHub) -> None:
    """Purmerend (GM0439) took in Beemster in 2022: it is left out, though both divisions have its code."""
    codes = ("GM0358", "GM0362", "GM0375", "GM0439")
    within(held, "h.dm_prev", 2021, codes)
    within(held, "h.srh_good", 2023, codes)
    found = asked(held, "rank_by=h.srh_good&region=XR-ALFA")
    assert [one["area"] for one in found["areas"]] == ["GM0358", "GM0362", "GM0375"]
    assert [(one["area"], one["why_not"]) for one in found["left_out"]] == [("GM0439", "division_year")]
    within(held, "h.srh_good", 2021, codes)
    assert asked(held, "rank_by=h.srh_good&region=XR-ALFA")["left_out"] == []
    districts = ("WK036100", "WK036101", "WK036102")
    within(held, "h.dm_prev", 2021, districts)
    within(held, "h.srh_good", 2023, districts)
    assert "at least three areas" in asked(held, "rank_by=h.srh_good&region=XR-ALFA", 422)["detail"]


@pytest.mark.parametrize("indicator", ["h.dm_prev", "h.srh_good"])
def test_a_region_that_covers_too_few_has_no_gradient(held: HeldByHub, indicator: str) -> None:
    codes = ("GM0358", "GM0362", "GM0375")
    for name in ("h.dm_prev", "h.srh_good"):
        quality = Quality(None, Coverage("practices", 40, is_partial=True)) if name == indicator else None
        within(held, name, 2023, codes, quality)
    assert (
        f"XR-ALFA's figures of {indicator} cover too few"
        in asked(held, "rank_by=h.srh_good&region=XR-ALFA", 422)["detail"]
    )


def test_the_people_of_a_rate_are_told_in_years(held: HeldByHub) -> None:
    for name, count, years in zip(NAMES, (20, 30, 60), (1000, 2000, 3000), strict=True):
        value = Exact(count, years * 1461 // 4)
        held.accept(f"XR-{name.upper()}", figures("c.ed", {TOTAL: value}, region_set="invented"))
    found = asked(held, indicator="c.ed")
    assert {one["area"]: one["people"] for one in found["areas"]} == {
        "XR-ALFA": 1000, "XR-BETA": 2000, "XR-GAMMA": 3000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ill", "said"),
    [
        ((10, 20, 30, 40), "is 40.00 percentage points lower than at the most favoured (95% interval 40.00 to 40.00)"),
        ((40, 30, 20, 10), "is 40.00 percentage points higher than at the most favoured (95% interval 40.00 to 40.00)"),
        ((10, 40, 10, 40), "No difference between both ends has been shown: −24.00 percentage points"),
        ((0, 0, 0, 0), "All areas have the same figure."),
    ],
)
def test_the_sentence_says_which_end_is_higher_and_in_what(held: HeldByHub, ill: tuple[int, ...], said: str) -> None:
    """Four areas of 100 people each, the first the least favoured; places 1/8 to 7/8, so that ten a step are 40."""
    for name, counts in (("h.dm_prev", ill), ("h.srh_good", (50, 60, 70, 80))):
        cells: dict[tuple[str, ...], TypedValue] = {
            (f"GM000{area}", "total", "total"): Exact(count, 100) for area, count in enumerate(counts, start=1)
        }
        held.accept("XR-ALFA", figures(name, cells, region_set="invented"))
    address = "/gradient/h.dm_prev?rank_by=h.srh_good&region=XR-ALFA&lang=en"
    page = html.fromstring(held.app.test_client().get(address).get_data(as_text=True))
    (told,) = page.xpath("//p[@class='reading']")
    assert said in told.text_content()
