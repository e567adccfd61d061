"""The views of a comparison: what each draws and says, what it never draws, and the addresses that lead to them."""

from decimal import Decimal
from pathlib import Path

import pytest
from lxml import html

from hub.serving.kept_views import kept_view
from hub.web.compare_views import VIEWS
from hub.web.funnel_drawing import draw_funnel
from schemas.values import Exact, Rounded, Suppressed, TypedValue
from tests.support.held_by_hub import NOW, TAKEN_OVER, HeldByHub, figures

TOTAL = ("total", "total", "total")
YEARS = tuple(str(year) for year in range(2011, 2026))
PUBLIC_TABLE = "jv24.sterk_eenzaam_54"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> HeldByHub:
    """Offer one hub to the tests that only look."""
    return _made(tmp_path_factory.mktemp("held"))


def _made(folder: Path) -> HeldByHub:
    """Alfa stays near 50% and jumps to 70% in the last year, Beta rises, Gamma hides two years."""
    held = HeldByHub.opened(folder)
    for code, name in (("XR-A", "Alfa"), ("XR-B", "Beta"), ("XR-C", "Gamma")):
        held.region(code, name, "invented")
        for number, year in enumerate(YEARS):
            percent = {"XR-A": 70 if number == 14 else 50 + number % 2, "XR-B": 30 + 2 * number, "XR-C": 55}[code]
            value: TypedValue = Exact(10 * percent, 1000)
            if code == "XR-C" and number in (5, 14):
                value = Suppressed(540, 560, 1000)
            held.accept(code, figures("q.hba1c", {TOTAL: value}, year, "invented"), accepted_at="2026-11-19T12:00:00Z")
        held.accept(code, figures(PUBLIC_TABLE, {(code,): Rounded("20.5", "0.1")}, "2024", "invented", TAKEN_OVER))
    held.prove()
    return held


def _page(held: HeldByHub, query: str, indicator: str = "q.hba1c") -> html.HtmlElement:
    answer = held.app.test_client().get(f"/compare/{indicator}?set=invented&lang=en{query}")
    assert answer.status_code == 200
    return html.fromstring(answer.get_data(as_text=True))


def _reading(page: html.HtmlElement) -> str:
    return str(page.xpath("string(//p[@class='reading'])"))


def _notes(page: html.HtmlElement) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.xpath("(//ul[@class='limits'])[1]/li")]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_current_in_its_own_tab_keeps_the_choices_and_always_has_a_table(held: HeldByHub, view: str) -> None:
    page = _page(held, f"&view={view}&beside=XR-A&period=2020")
    tabs = page.xpath("//nav[@class='tabs']//a")
    assert len(tabs) == len(VIEWS)
    assert [VIEWS[place] for place, tab in enumerate(tabs) if tab.get("aria-current")] == [view]
    assert all("beside=XR-A" in tab.get("href") and "period=2020" in tab.get("href") for tab in tabs)
    assert len(page.xpath("//section[@id='table']//tbody/tr")) == 3
    assert bool(page.xpath("//main//figure//svg")) == (view not in ("map", "table"))


def test_the_funnel_has_a_mark_per_region_and_a_hatched_range_for_a_hidden_one(held: HeldByHub) -> None:
    page = _page(held, "&view=funnel&beside=XR-B")
    wide = page.xpath("//svg[contains(@class, 'plot wide')]")[0]
    assert len(wide.xpath(".//rect[contains(@class, 'hidden')]")) == 1
    assert len(wide.xpath(".//path[@class='higher' or @class='lower'] | .//circle[@class='same']")) == 2
    assert _reading(page) == "Further from the regions together than chance would have it: 2 of 2 regions."
    assert {row.xpath("string(th)"): row.xpath("string(td)") for row in page.xpath("(//table)[1]/tbody/tr")} == {
        "Alfa": "above the limit of 99.8%",
        "Beta": "below the limit of 99.8%",
    }


def test_a_funnel_is_placed_by_value_and_size(held: HeldByHub) -> None:
    with held.hub.engine.connect() as connection:
        view = kept_view(connection, "public", NOW, "q.hba1c", "2025", "invented")
    drawing = draw_funnel(view, is_narrow=False)
    assert drawing is not None
    heights = {level.value: level.y for level in drawing.levels}
    (alfa, beta, gamma) = sorted(drawing.marks, key=lambda mark: mark.row.name)
    assert heights[Decimal(70)] == alfa.y
    assert (gamma.y, gamma.bottom is not None, gamma.top is not None) == (None, True, True)
    assert alfa.x == beta.x == gamma.x == drawing.right


def test_without_counts_there_is_a_sentence_and_no_drawing(held: HeldByHub) -> None:
    for view, said in (("funnel", "A funnel needs counts"), ("trend", "One measurement (2024). A trend needs three.")):
        page = _page(held, f"&view={view}", PUBLIC_TABLE)
        assert _reading(page).startswith(said)
        assert not page.xpath("//main//svg[not(@aria-hidden)]")
    assert "cannot be drawn" in _page(held, "&view=intervals", PUBLIC_TABLE).xpath("string(//p[@class='note'])")


def test_a_trend_breaks_off_where_a_figure_is_hidden(held: HeldByHub) -> None:
    page = _page(held, "&view=trend&beside=XR-C")
    assert _reading(page).startswith("Of 3 regions with a verdict 1 rise and 0 fall")
    lines = page.xpath("//svg//polyline")
    assert [line.get("class") for line in lines] == ["others", "others", "mine", "mine"]
    assert len(page.xpath("//svg//rect[contains(@class, 'hidden')]")) == 2
    told = {row.xpath("string(th)"): row.xpath("string(td[1])") for row in page.xpath("(//table)[1]/tbody/tr")}
    assert told["Beta"] == "rises"
    assert told["Alfa"] == "no trend shown; periods differ by more than chance"  # one year is no trend
    assert _notes(page)[1].startswith("The test takes each period to count other persons, independent of each other.")
    assert _notes(page)[2].startswith("Of twenty regions without a trend one rises or falls by chance")


def test_a_control_chart_is_of_the_region_that_was_chosen_and_names_its_signals(held: HeldByHub) -> None:
    assert _reading(_page(held, "&view=control")).startswith("A control chart is of one region")
    page = _page(held, "&view=control&beside=XR-A")
    # 0.518 +/- 0.047 by all years together: 14 years below the middle, the last one beyond the limit
    assert _reading(page) == "Points at which Alfa changes by more than its usual variation: 15."
    assert len(page.xpath("//svg//rect[@class='alarm']")) == 15
    said = {row.xpath("string(th)"): row.xpath("string(td[3])") for row in page.xpath("(//table)[1]/tbody/tr")}
    assert "beyond the limit" in said["2025"]
    assert "beyond the limit" not in said["2024"]
    assert "eight on one side" in said["2024"]


def test_a_control_chart_breaks_off_where_a_period_is_not_on_it(held: HeldByHub) -> None:
    page = _page(held, "&view=control&beside=XR-C")
    assert _reading(page) == "Gamma changes by no more than its usual variation."
    stretches = [line.get("points").split() for line in page.xpath("//svg//polyline[@class='mine']")]
    assert [len(one) for one in stretches] == [5, 8]  # 2016 is hidden, and so is 2025
    assert len(page.xpath("//svg//polyline[@class='edge']")) == 4
    assert any(note.startswith("After a period that is not drawn the rules begin anew") for note in _notes(page))
    assert not any("begin anew" in note for note in _notes(_page(held, "&view=control&beside=XR-A")))


def test_a_control_chart_of_costs_says_where_its_limit_was_cut_off(tmp_path: Path) -> None:
    held = HeldByHub.opened(tmp_path)
    held.region("XR-A", "Alfa", "invented")
    for year, euros in zip(YEARS, (2, 0, 8, 0, 2), strict=False):
        held.accept("XR-A", figures("c.zvw", {TOTAL: Exact(100_000 * euros, 1000)}, year, "invented"))
    page = _page(held, "&view=control&beside=XR-A", "c.zvw")
    assert "Where the lower limit came out lower, it is 0.00: this figure cannot be less." in _notes(page)[1]
    rows = page.xpath("//table[caption[starts-with(., 'Alfa')]]/tbody/tr/td[2]/text()")
    assert {row.split("–")[0] for row in rows} == {"0.00"}
    told = held.app.test_client().get("/api/v1/indicators/c.zvw/trend?set=invented").get_json()
    assert (told["regions"][0]["cut_low"], told["regions"][0]["cut_high"]) == ("0.00", None)
    dutch = held.app.test_client().get("/compare/c.zvw?set=invented&view=control&beside=XR-A&lang=nl")
    assert "Waar de onderste grens lager uitkwam, is zij 0,00" in html.fromstring(dutch.data.decode()).text_content()


def test_the_form_keeps_the_view_and_moments_lead_back_in_time(tmp_path: Path) -> None:
    held = _made(tmp_path)
    later = figures("q.hba1c", {TOTAL: Exact(800, 1000)}, "2025", "invented")
    held.accept("XR-A", later, accepted_at="2026-11-21T12:00:00Z")
    page = _page(held, "&view=funnel&beside=XR-A")
    assert page.xpath("//form//input[@name='view']/@value") == ["funnel"]
    links = page.xpath("//details[@class='moments']//a/@href")
    assert [("as_known_on=2026-11-21" in links[0]), ("as_known_on=2026-11-19" in links[1])] == [True, True]
    assert all("view=funnel" in link for link in links[:2])
    before = html.fromstring(held.app.test_client().get(links[1]).get_data(as_text=True))
    assert before.xpath("string(//section[@id='table']//tbody/tr[1]/td[1])").strip() == "70.0%"
    sent = held.app.test_client().get("/compare?indicator=q.hba1c&set=invented&view=funnel")
    assert "view=funnel" in sent.headers["Location"]


def test_what_may_lie_behind_differences_is_told_from_the_comparison(held: HeldByHub) -> None:
    facts = _page(held, "").xpath("//section[@id='why']//dd")
    said = [" ".join(one.text_content().split()) for one in facts]
    assert said[0] == "the same in all regions (version 1)"
    assert said[5] == "2 clearly different from the regions together, 0 cannot be told apart"
    assert said[6] == "take care 1 region, not zero; only its range is known"
    bare = _page(held, "", PUBLIC_TABLE).xpath("//section[@id='why']//dd")
    assert bare[5].text_content() == "take care not known: any difference can be chance"
