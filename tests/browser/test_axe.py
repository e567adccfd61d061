"""Every page of the portal as everybody meets it: axe-core finds nothing, and the browser complains of nothing.

In both languages, light and dark, on a phone and a desk: the two ends always, all eight every night. Rules of
accessibility are those of axe-core (WCAG 2.2 A and AA, and its best practices), colour contrast among them.
"""

from collections.abc import Iterator
from itertools import product
from typing import Literal, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from tests.support.browser import complaints_of
from tests.support.every_page import ABSENT, COOKIE, PAGES, Portal, whole_portal
from tests.support.keyboard import unreached

Scheme = Literal["light", "dark"]


class Way(NamedTuple):
    """How a reader looks: language, light or dark, and the width of the screen."""

    language: str
    scheme: Scheme
    width: int

    @property
    def viewport(self) -> ViewportSize:
        return {"width": self.width, "height": 900}


SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WAYS = [Way(*one) for one in product(("nl", "en"), SCHEMES, (360, 1440))]
FIXED = (Way("nl", "light", 1440), Way("en", "dark", 360))
MARKED = [
    pytest.param(way, id="-".join(map(str, way)), marks=() if way in FIXED else pytest.mark.nightly) for way in WAYS
]
HEAVIEST = 200_000  # bytes of a page with its styles and pictures, as read
WEIGHT = """[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, one) => sum + one.decodedBodySize, 0)"""
RULES = {"resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with whole_portal(tmp_path_factory.mktemp("portal")) as made:
        yield made


class Looking:
    """One page per way of looking, in which somebody is signed in, and what its browser complained of."""

    def __init__(self, chromium: Browser, portal: Portal) -> None:
        self._chromium, self._portal = chromium, portal
        self._opened: dict[Way, tuple[Page, list[str]]] = {}

    def page(self, way: Way, address: str) -> Page:
        if way not in self._opened:
            context = self._chromium.new_context(viewport=way.viewport, color_scheme=way.scheme)
            page = context.new_page()
            self._opened[way] = (page, complaints_of(page, self._portal.url))
        page = self._opened[way][0]
        shown = self._portal.shown_by(address)
        page.context.add_cookies([{"name": COOKIE, "value": shown, "url": self._portal.url}])
        return page

    def complaints(self, way: Way) -> list[str]:
        return self._opened[way][1]

    def close(self) -> None:
        for page, _ in self._opened.values():
            page.context.close()


@pytest.fixture(scope="module")
def looking(chromium: Browser, portal: Portal) -> Iterator[Looking]:
    opened = Looking(chromium, portal)
    yield opened
    opened.close()


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']} ({one['impact']}): {node['html'][:160]}" for one in found for node in one["nodes"][:3]]


@pytest.mark.parametrize("way", MARKED)
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_accessible_quiet_light_and_fits(looking: Looking, portal: Portal, address: str, way: Way) -> None:
    page, complaints = looking.page(way, address), looking.complaints(way)
    page.goto(f"{portal.at(address)}{'&' if '?' in address else '?'}lang={way.language}")
    weight = page.evaluate(WEIGHT)
    found = [one for one in complaints if not (address in ABSENT and "404" in one)] + _violations(page)
    complaints.clear()
    if page.evaluate("document.documentElement.scrollWidth") > way.width:
        found.append("wider than the screen")
    if "/sign-in" in page.url and address != "/sign-in":
        found.append("whoever is signed in was led to the page for signing in")
    assert found == []
    assert 1000 < weight < HEAVIEST


def test_every_form_is_reached_and_sent_by_keyboard_alone(looking: Looking, portal: Portal) -> None:
    forms, missed = 0, {}
    for address in PAGES:
        page = looking.page(FIXED[0], address)
        page.goto(portal.at(address))
        if page.locator("main form").count() == 0:
            continue
        forms += 1
        without = page.locator("main form:not(:has(button, input[type=submit]))").count()
        missed |= {address: (left, without)} if (left := unreached(page)) or without else {}
    looking.complaints(FIXED[0]).clear()
    assert missed == {}
    assert forms >= 25


def test_what_is_wrong_is_found(looking: Looking, portal: Portal) -> None:
    page, complaints = looking.page(FIXED[0], "/about"), looking.complaints(FIXED[0])
    page.goto(portal.at("/about"))
    page.evaluate("""() => { const wrong = document.createElement('p'); wrong.textContent = 'pale';
        wrong.setAttribute('style', 'color: #eee'); const field = document.createElement('input');
        document.querySelector('main .wrap').append(wrong, field); }""")
    assert any("style" in one for one in complaints), "a style in the page is against the policy"
    page.evaluate("document.querySelector('main p:last-of-type').style.color = '#eee'")
    found = {one.partition(" ")[0] for one in _violations(page)}
    complaints.clear()
    assert {"color-contrast", "label"} <= found
