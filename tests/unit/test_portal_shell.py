"""The shell that every page has: menu, language, light and dark, breadcrumbs, and the index of what can be compared."""

from pathlib import Path

import pytest
from lxml import html

from hub.web.navigation import MENU
from hub.web.words import WORDS
from schemas.values import Exact
from tests.support.held_by_hub import HeldByHub, figures

TOTAL = ("total", "total", "total")
# files; drawings, which have tests of their own; and chains, of which this hub has no envelopes
_NOT_FOLLOWED = ("pages.static", "charts.get_svg", "charts.get_png", "ledger.get_ledger")


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    held.region("XR-A", "Alfa", "invented")
    held.region("GG1106", "Twente", "ggd")
    for name in ("h.dm_prev", "q.hba1c"):
        held.accept("XR-A", figures(name, {TOTAL: Exact(15000, 300000)}, region_set="invented"))
    held.accept("GG1106", figures("h.dm_prev", {TOTAL: Exact(15000, 300000)}, region_set="ggd"))
    return held


def _page(held: HeldByHub, address: str, **cookies: str) -> html.HtmlElement:
    client = held.app.test_client()
    for name, value in cookies.items():
        client.set_cookie(name.replace("_", "-"), value)
    answer = client.get(address)
    assert answer.status_code == 200, address
    return html.fromstring(answer.get_data(as_text=True))


def test_every_place_of_the_menu_is_there_and_is_current_on_its_own_page(held: HeldByHub) -> None:
    for place in MENU:
        assert place.word in WORDS
    links = _page(held, "/?lang=en").xpath("//nav[@class='nav']//a")
    assert len(links) == len([place for place in MENU if not place.administrators])
    for link in links:
        page = _page(held, link.get("href"))
        assert page.xpath("//nav[@class='nav']//a[@aria-current='page']/text()") == [link.text], link.text


def test_the_language_switch_keeps_the_page_and_its_choices(held: HeldByHub) -> None:
    (switch,) = _page(held, "/compare?q=hba1c&axis=quality").xpath("//a[@hreflang='en']/@href")
    page = _page(held, switch)
    assert page.get("lang") == "en"
    assert page.xpath("//input[@id='q']/@value") == ["hba1c"]
    assert len(page.xpath("//main//ul//a")) == 1


def test_a_reader_chooses_light_or_dark_and_comes_back_to_the_page(held: HeldByHub) -> None:
    client = held.app.test_client()
    (link,) = html.fromstring(client.get("/regions?lang=en").get_data(as_text=True)).xpath("//a[@rel='nofollow']")
    assert link.text_content() == "Appearance: Light"
    answer = client.get(link.get("href"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/regions?lang=en")
    page = html.fromstring(client.get("/regions?lang=en").get_data(as_text=True))
    assert page.get("data-look") == "light"
    assert page.xpath("//a[@rel='nofollow']")[0].text_content() == "Appearance: Dark"


@pytest.mark.parametrize(
    "back", ["//other.example/", "https://other.example/", "/\\other.example", "/\t/other.example", ""]
)
def test_the_choice_leads_to_no_other_host(held: HeldByHub, back: str) -> None:
    answer = held.app.test_client().get("/appearance", query_string={"show": "dark", "back": back})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_an_unknown_appearance_is_neither_kept_nor_shown(held: HeldByHub) -> None:
    assert "Set-Cookie" not in held.app.test_client().get("/appearance?show=%22%3E&back=/").headers
    assert _page(held, "/", regiohelix_appearance="blue").get("data-look") is None


def test_the_index_is_narrowed_by_words_subject_and_set(held: HeldByHub) -> None:
    def found(query: str) -> list[str]:
        return [str(one) for one in _page(held, f"/compare?lang=en{query}").xpath("//main//ul//a/@href")]

    assert len(found("")) == 3
    assert found("&q=diabetes+general&set=ggd") == ["/compare/h.dm_prev?set=ggd&lang=en"]
    assert found("&axis=quality") == ["/compare/q.hba1c?set=invented&lang=en"]
    assert len(found("&axis=nothing&set=nowhere")) == 3
    assert found("&q=nothing+of+this") == []


def test_regions_are_listed_by_name_within_their_set_and_drawn_where_they_have_a_border(held: HeldByHub) -> None:
    page = _page(held, "/regions")
    assert page.xpath("//main//li/a/text()") == ["Twente", "Alfa"]
    assert len(page.xpath("//svg[@aria-hidden='true']")) == 1
    assert all(one.get("tabindex") == "-1" for one in page.xpath("//svg//a"))


def test_a_deep_page_says_where_it_is(held: HeldByHub) -> None:
    page = _page(held, "/compare/h.dm_prev?set=ggd")
    assert page.xpath("//nav[@class='crumb']//a/@href") == ["/compare?set=ggd&lang=nl"]


@pytest.mark.parametrize(
    "address", ["/", "/?region=XR-A", "/about", "/compare", "/compare/h.dm_prev?set=ggd", "/regions/XR-A"]
)
def test_every_kind_of_link_of_a_page_leads_somewhere(held: HeldByHub, address: str) -> None:
    client, ways = held.app.test_client(), held.app.url_map.bind("localhost")
    of_endpoint: dict[str, str] = {}
    for link in _page(held, address).xpath("//@href[starts-with(., '/')]"):
        path, _, query = str(link).partition("#")[0].partition("?")
        endpoint, _ = ways.match(path)
        if endpoint not in _NOT_FOLLOWED:
            of_endpoint[endpoint] = f"{path}?{query}" if query else path
    assert len(of_endpoint) > 10
    found = {link: client.get(link).status_code for link in of_endpoint.values()}
    assert {link: status for link, status in found.items() if status >= 400} == {}
