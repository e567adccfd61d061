"""A comparison of as many regions as there are municipalities: in pages, found by name, and never a heavy page."""

import pytest
from lxml import html

from hub.web.compare_views import VIEWS
from hub.web.row_pages import PAGE_ROWS
from schemas.values import Exact, Suppressed, TypedValue
from tests.support.held_by_hub import HeldByHub, figures

TOTAL = ("total", "total", "total")
MUNICIPALITIES = 342
HEAVIEST = 200_000  # bytes
OWN = "XR-M300"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> HeldByHub:
    held = HeldByHub.opened(tmp_path_factory.mktemp("many"))
    for place in range(MUNICIPALITIES):
        code = f"XR-M{place:03d}"
        held.region(code, f"Gemeente {place:03d}", "gemeenten")
        counted = 400 + place % 200
        value: TypedValue = Suppressed(1, 9, 1000) if place % 20 == 7 else Exact(counted, 1000)
        held.accept(code, figures("q.hba1c", {TOTAL: value}, "2025", "gemeenten"))
    return held


def _page(held: HeldByHub, query: str) -> tuple[html.HtmlElement, int]:
    answer = held.app.test_client().get(f"/compare/q.hba1c?set=gemeenten&lang=en{query}")
    assert answer.status_code == 200
    return html.fromstring(answer.get_data(as_text=True)), len(answer.data)


def _names(page: html.HtmlElement) -> list[str]:
    return [str(one) for one in page.xpath("//section[@id='table']//tbody/tr/th/text()")]


def test_regions_come_in_pages_by_name_and_every_region_is_on_one(held: HeldByHub) -> None:
    seen: list[str] = []
    page, _ = _page(held, "")
    while True:
        seen += _names(page)
        following = page.xpath("//section[@id='table']//a[text()='Next page' or text()='Next']/@href")
        if not following:
            break
        page = html.fromstring(held.app.test_client().get(following[0]).get_data(as_text=True))
    assert seen == [f"Gemeente {place:03d}" for place in range(MUNICIPALITIES)]


def test_the_own_region_leads_every_page_and_its_drawing(held: HeldByHub) -> None:
    page, _ = _page(held, f"&beside={OWN}")
    assert _names(page)[:2] == ["Gemeente 300", "Gemeente 000"]
    assert len(_names(page)) == PAGE_ROWS + 1
    drawn = page.xpath("//svg[contains(@class, 'plot wide')]")[0]
    assert len(drawn.xpath(".//line[contains(@class, 'bar')] | .//rect[contains(@class, 'hidden')]")) == PAGE_ROWS + 1


def test_a_region_is_found_by_name_and_the_sentence_stays_about_all(held: HeldByHub) -> None:
    page, _ = _page(held, "&q=gemeente+12")
    assert _names(page) == [f"Gemeente 12{digit}" for digit in range(10)]
    assert page.xpath("string(//p[@class='reading'])") == _page(held, "")[0].xpath("string(//p[@class='reading'])")
    assert page.xpath("//input[@id='find']/@value") == ["gemeente 12"]
    assert _names(_page(held, "&q=nowhere")[0]) == []


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_is_heavy(held: HeldByHub, view: str) -> None:
    _, weight = _page(held, f"&view={view}&beside={OWN}")
    assert weight < HEAVIEST
