"""The hub's pages: what they say, what they never say, and that nothing foreign can run in them."""

import re
from decimal import Decimal
from importlib import resources
from pathlib import Path

import msgspec
import pytest
from lxml import html

from demo.build_boundaries import draw
from hub.web.drawing import classes_of
from hub.web.outlines import ggd_outlines
from hub.web.words import WORDS, number, with_unit
from schemas.catalogue import catalogue
from schemas.values import Exact, NotAvailable, Rounded, Suppressed
from tests.support.held_by_hub import TAKEN_OVER, HeldByHub, a_lesson, figures
from tests.support.items import an_item

TOTAL = ("total", "total", "total")
PUBLIC_TABLE = "jv24.sterk_eenzaam_54"


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    """A hub with three invented regions that count records, and the GGD regions with a public table."""
    held = HeldByHub.opened(tmp_path)
    values = {"Duinrand": Exact(15000, 300000), "Heuvelzoom": Suppressed(1, 9, 4000), "Veenkant": Exact(13500, 250000)}
    for name, value in values.items():
        code = f"XR-{name.upper()}"
        held.region(code, name, "invented")
        held.accept(code, figures("h.dm_prev", {TOTAL: value}, region_set="invented"))
    for place, (code, outline) in enumerate(ggd_outlines().regions.items()):
        held.region(code, outline.name, "ggd")
        value = NotAvailable() if place == 3 else Rounded(f"{18 + place % 9}.5", "0.1")
        held.accept(code, figures(PUBLIC_TABLE, {(code,): value}, "2024", origin=TAKEN_OVER))
    held.prove()
    return held


def text_of(held: HeldByHub, address: str) -> str:
    answer = held.app.test_client().get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def test_a_comparison_lists_regions_by_name_with_interval_or_range_in_words(held: HeldByHub) -> None:
    page = html.fromstring(text_of(held, "/compare/h.dm_prev?set=invented"))
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//table/tbody/tr")]
    assert [row[:3] for row in rows] == [
        ["Duinrand", "5,0\u00a0%".replace("\u00a0", " "), "4,9–5,1 %"],
        ["Heuvelzoom", "verborgen", "0,0–0,3 %"],
        ["Veenkant", "5,4 %", "5,3–5,5 %"],
    ]
    assert [row[3] for row in rows] == ["▼ lager", "geen oordeel", "▲ hoger"]


def test_a_figure_that_is_there_and_not_shown_is_not_called_unavailable(held: HeldByHub) -> None:
    cells = {"Zandkust": Exact(0, 0), "Bosrand": Exact(10, 90)}
    for name, value in cells.items():
        held.region(f"XR-{name.upper()}", name, "invented")
        made = figures("h.dm_prev", {TOTAL: value}, region_set="invented")
        other = msgspec.structs.replace(made, definition_hash="c" * 64)
        held.accept(f"XR-{name.upper()}", other if name == "Bosrand" else made)
    page = html.fromstring(text_of(held, "/compare/h.dm_prev?set=invented&lang=en"))
    told = {row.xpath("th")[0].text: row.xpath("td")[0].text_content() for row in page.xpath("//table/tbody/tr")}
    assert told["Zandkust"] == "nobody in the denominator"
    assert told["Bosrand"] == "a figure, not comparable"


def test_the_reading_counts_and_names_no_region(held: HeldByHub) -> None:
    page = html.fromstring(text_of(held, "/compare/h.dm_prev?set=invented&lang=en"))
    (reading,) = page.xpath("//p[@class='reading']")
    said = reading.text_content()
    assert said.startswith("2 regions of 2 clearly differ from the regions together (1 higher, 1 lower).")
    assert "1 value is hidden: that is not zero." in said
    assert not [name for name in ("Duinrand", "Heuvelzoom", "Veenkant") if name in said]


def test_a_hidden_region_is_a_hatched_range_and_no_mark_in_the_drawing(held: HeldByHub) -> None:
    page = html.fromstring(text_of(held, "/compare/h.dm_prev?set=invented"))
    for drawing in page.xpath("//svg[contains(@class, 'plot')]"):
        assert len(drawing.xpath(".//rect[contains(@class, 'hidden')]")) == 1
        assert len(drawing.xpath(".//line[contains(@class, 'bar')]")) == 2


def test_a_public_table_gets_a_map_but_no_interval_and_no_verdict(held: HeldByHub) -> None:
    page = html.fromstring(text_of(held, f"/compare/{PUBLIC_TABLE}"))
    drawn, tiled = page.xpath("//svg[contains(@class, 'map')]")
    for looks in (drawn.xpath("./path/@class"), tiled.xpath("./rect/@class")):
        assert len(looks) == 25
        assert looks.count("none") == 1
    assert not page.xpath("//svg[contains(@class, 'plot')]")
    verdicts = {row.xpath("td")[2].text_content().strip() for row in page.xpath("//table/tbody/tr")}
    assert verdicts == {"geen oordeel"}
    assert "overgenomen, hier niet beschermd" in page.text_content()


def test_invented_regions_are_not_drawn_on_the_map_of_the_country(held: HeldByHub) -> None:
    assert 'class="map' not in text_of(held, "/compare/h.dm_prev?set=invented")


def test_the_overview_lists_feeds_and_the_index_sets_and_indicators(held: HeldByHub) -> None:
    page = html.fromstring(text_of(held, "/compare"))
    links = {link.get("href") for link in page.xpath("//a")}
    assert "/compare/h.dm_prev?set=invented&lang=nl" in links
    assert "Sterk eenzaam" in page.text_content()
    assert "/feeds/lessons.atom" in text_of(held, "/")


def test_the_form_leads_to_an_address_of_its_own_and_drops_what_does_not_fit(held: HeldByHub) -> None:
    answer = held.app.test_client().get("/compare?indicator=h.dm_prev&period=2024&by=sex:f&set=invented&lang=en")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/compare/h.dm_prev?period=2025&set=invented&lang=en"


@pytest.mark.parametrize("address", ["/", "/lessons", "/compare/h.dm_prev", f"/compare/{PUBLIC_TABLE}", "/compare/no"])
def test_no_page_holds_script_or_inline_style_and_the_policy_forbids_both(held: HeldByHub, address: str) -> None:
    answer = held.app.test_client().get(address)
    body = answer.get_data(as_text=True)
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", body)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_lesson_cannot_bring_markup_into_the_page(held: HeldByHub) -> None:
    event_id = held.accept(
        "XR-DUINRAND", a_lesson(title="<script>alert(1)</script>", context='<img src=x onerror="a">')
    )
    for address in ("/", "/lessons", f"/lessons/{event_id}"):
        body = text_of(held, address)
        assert "<script" not in body
        assert "<img src=x" not in body


def test_a_lesson_for_the_network_is_not_on_the_public_pages(held: HeldByHub) -> None:
    event_id = held.accept("XR-DUINRAND", a_lesson(title="Alleen het netwerk"), audience="network")
    assert held.app.test_client().get(f"/lessons/{event_id}").status_code == 404
    assert "Alleen het netwerk" not in text_of(held, "/lessons") + text_of(held, "/")


def test_what_is_not_there_gets_a_page_that_says_so(held: HeldByHub) -> None:
    for address, status in (
        ("/compare/no.such", 404),
        ("/compare/h.dm_prev?period=1999", 404),
        ("/compare/h.dm_prev?by=sex:x", 400),
        ("/compare/h.dm_prev?by=sex", 400),
        ("/compare?indicator=no", 404),
        ("/lessons?page=9", 404),
        ("/lessons?page=x", 404),
    ):
        assert held.app.test_client().get(address).status_code == status, address


def test_every_word_is_there_in_both_languages() -> None:
    assert not [key for key, texts in WORDS.items() if not all(text.strip() for text in texts)]


def test_figures_are_written_as_each_language_does() -> None:
    assert (number(Decimal("1234.5"), "nl"), number(Decimal("1234.5"), "en")) == ("1.234,5", "1,234.5")
    assert (with_unit(Decimal("0.8"), "%", "nl"), with_unit(Decimal("0.8"), "%", "en")) == ("0,8\u00a0%", "0.8%")
    assert number(Decimal("-2"), "nl") == "−2"
    assert number(None, "nl") == "–"


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        (["18.5", "26.9"], ["18", "20", "22", "24", "26", "28"]),
        (["0.4", "1.9"], ["0.0", "0.5", "1.0", "1.5", "2.0"]),
        (["5", "5"], ["5", "6"]),
        (["0", "0"], ["0", "1"]),
    ],
)
def test_map_classes_are_at_most_five_equal_steps_on_round_numbers(values: list[str], edges: list[str]) -> None:
    classes = classes_of([Decimal(value) for value in values])
    assert [str(step.low) for step in classes] + [str(classes[-1].high)] == edges


def test_the_outlines_are_the_25_ggd_regions_and_small() -> None:
    outlines = ggd_outlines()
    assert len(outlines.regions) == 25
    assert len({outline.letters for outline in outlines.regions.values()}) == 25
    assert len({outline.tile for outline in outlines.regions.values()}) == 25
    assert sum(len(outline.path) for outline in outlines.regions.values()) < 150_000


@pytest.mark.shared_data
def test_the_outlines_are_what_the_municipalities_borders_give(shared_data: Path) -> None:
    packaged = resources.files("hub.web").joinpath("boundaries", "ggd-2023.json").read_text(encoding="utf-8")
    assert draw(shared_data / "c_nl_regions_geo") == packaged


@pytest.mark.parametrize(
    ("lang", "said"),
    [("nl", "niet getoond, want het zou een verborgen cijfer nauwer bepalen"), ("en", "would narrow a hidden figure")],
)
def test_a_total_that_would_narrow_a_hidden_figure_is_withheld_with_the_reason(
    held: HeldByHub, lang: str, said: str
) -> None:
    address = f"/compare/h.dm_prev?set=invented&lang={lang}"
    assert said not in text_of(held, address)
    nation = figures(
        "h.dm_prev",
        {("NL01", "total", "total"): Exact(28505, 554000)},
        region_set="ggd",
        origin=TAKEN_OVER,
    )
    held.accept("GG0111", nation)
    held.prove()
    page = html.fromstring(text_of(held, address))
    (limits,) = page.xpath("//ul[@class='limits']")
    assert said in limits.text_content()
    (told,) = page.xpath("//p[@class='reading']")
    beside = "het is niet naast de regio’s samen te leggen." if lang == "nl" else "it cannot be laid beside the regions"
    assert beside in told.text_content()
    assert {" ".join(row[3].text_content().split()) for row in page.xpath("//table/tbody/tr")} == {
        "geen oordeel" if lang == "nl" else "no verdict"
    }
    assert not page.xpath("//caption[contains(., 'egions together') or contains(., 'egio’s samen')]")


def test_a_crossing_stays_the_group_when_the_form_is_sent(held: HeldByHub) -> None:
    young, women, both = ("total", "18-44", "total"), ("total", "total", "f"), ("total", "18-44", "f")
    crossed = {TOTAL: Exact(900, 9000), young: Exact(90, 4000), women: Exact(400, 4500), both: Exact(40, 2000)}
    held.region("XR-KRUIS", "Kruis", "crossed")
    held.accept("XR-KRUIS", figures("h.dm_prev", crossed, region_set="crossed"))
    page = html.fromstring(text_of(held, "/compare/h.dm_prev?set=crossed&by=age_band:18-44,sex:f&lang=en"))
    (chosen,) = page.xpath("//select[@name='by']/option[@selected]")
    assert (chosen.get("value"), chosen.text) == ("age_band:18-44,sex:f", "age: 18-44, sex: women")
    sent = "/compare?indicator=h.dm_prev&period=2025&set=crossed&by=age_band:18-44,sex:f"
    kept = held.app.test_client().get(sent).headers["Location"]
    assert "by=age_band:18-44,sex:f" in kept.replace("%3A", ":").replace("%2C", ",")


def test_a_goal_names_its_indicator_and_one_period_is_a_table_without_a_drawing(held: HeldByHub) -> None:
    goal = held.accept("XR-DUINRAND", an_item("goal"))
    said = html.fromstring(text_of(held, f"/items/{goal}?lang=en")).xpath("//dl[@class='prose']/dd/text()")
    named = catalogue()[an_item("goal").indicator].title.en  # type: ignore[union-attr]
    assert named in said
    (progress,) = html.fromstring(text_of(held, "/regions/XR-DUINRAND?lang=en")).xpath("//section[@id='progress']")
    assert [row[0].text for row in progress.xpath(".//tbody/tr")] == ["2025"]
    assert progress.xpath(".//*[local-name()='svg']") == []


@pytest.mark.parametrize(
    ("address", "is_link"),
    [
        ("https://example.org/handleiding?deel=2#a", True),
        ("https://www.rivm.nl@example.org/", False),
        ("https://www.rivm.nl:443@example.org/", False),
        ("https://www.rivm.nl\\@example.org/", False),
        ("https://\u202elmth.gro.elpmaxe//", False),
        ("https://www.r\u0456vm.nl/", False),
    ],
)
def test_an_address_in_an_item_is_a_link_where_it_shows_where_it_leads(
    held: HeldByHub, address: str, is_link: bool
) -> None:
    method = held.accept("XR-DUINRAND", an_item("method", links=[{"name": "<b>Handleiding</b>", "address": address}]))
    page = html.fromstring(text_of(held, f"/items/{method}?lang=en"))
    (said,) = page.xpath("//dt[text()='Where it lies']/following-sibling::dd[1]")
    assert said.text_content() == f"<b>Handleiding</b> ({address})"
    found = [(one.get("href"), one.get("rel")) for one in said.xpath(".//a")]
    assert found == ([(address, "noopener noreferrer nofollow")] if is_link else [])
