"""Corrections as readers meet them: in a real browser, wide and narrow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from hub.bootstrap import application, make_hub
from schemas.payloads import IndicatorCorrected, IndicatorWithdrawn, LessonRevised, LessonWithdrawn
from schemas.values import Exact, Suppressed, TypedValue
from tests.support.browser import follow
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import SignedEvent
from tests.support.held_by_hub import a_lesson, figures
from tests.support.served import served

TOTAL = ("total", "total", "total")


class Site:
    """Three invented regions: one withdrew its figure and a lesson, one corrected and revised, one hides its figure."""

    def __init__(self, folder: Path) -> None:
        self.held = ChainsAtHub(make_hub(folder / "hub", {}))
        values: dict[str, TypedValue] = {
            "XR-DUINRAND": Exact(15_000, 300_000),
            "XR-VEENKANT": Exact(13_500, 250_000),
            "XR-HEUVELZOOM": Suppressed(1, 9, 4000),
        }
        first = {code: self.say(code, self.figure(value)) for code, value in values.items()}
        self.say("XR-VEENKANT", IndicatorWithdrawn(first["XR-VEENKANT"].id, "De bron telde verwijsbrieven."))
        corrected = self.figure(Exact(15_900, 300_000))
        self.say("XR-DUINRAND", IndicatorCorrected(first["XR-DUINRAND"].id, "Een praktijk telde dubbel.", corrected))
        self.old = self.say("XR-DUINRAND", a_lesson(title="Bel eerst"))
        self.new = self.say("XR-DUINRAND", LessonRevised(self.old.id, "Preciezer.", a_lesson(title="Bel altijd eerst")))
        self.gone = self.say("XR-VEENKANT", a_lesson("les-2", "Verdwijnt"))
        self.say("XR-VEENKANT", LessonWithdrawn(self.gone.id, "Het gevolg bleef uit."))
        self.url = ""

    @staticmethod
    def figure(value: TypedValue) -> object:
        return figures("h.dm_prev", {TOTAL: value}, region_set="invented")

    def say(self, code: str, payload: object) -> SignedEvent:
        region = self.held.regions.get(code) or self.held.enrolled(code)
        (made,) = region.release([payload], "public")  # type: ignore[list-item]
        assert self.held.arrive(made) == ["accepted"]
        return made


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    with served(application(made.held.hub)) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made
    made.held.made.engine.dispose()


@pytest.fixture(params=[(1280, 900), (360, 780)], ids=["wide", "narrow"])
def page(request: pytest.FixtureRequest, chromium: Browser, site: Site) -> Iterator[Page]:  # closed before the site
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height})
    yield context.new_page()
    context.close()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def row_of(page: Page, region: str) -> str:
    return " ".join(page.get_by_role("row").filter(has_text=region).inner_text().split())


def test_a_reader_sees_what_was_withdrawn_and_goes_back_to_before(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/compare/h.dm_prev?set=invented")
    assert fits(page)
    assert "teruggetrokken" in row_of(page, "Xr-Veenkant")
    assert "5,3" in row_of(page, "Xr-Duinrand")
    follow(page, page.get_by_role("link", name="gecorrigeerd 1 nov 2026"))
    panel = page.locator("#corrections")
    assert panel.is_visible()
    assert "Reden: Een praktijk telde dubbel." in panel.inner_text()
    assert "Reden: De bron telde verwijsbrieven." in panel.inner_text()
    page.goto(f"{site.url}/compare/h.dm_prev?set=invented&as_known_on=2026-11-01T15:30:00Z")
    assert fits(page)
    assert "1 nov 2026, 15:30 UTC" in page.locator(".note").inner_text()
    assert "5,4" in row_of(page, "Xr-Veenkant")
    assert page.locator("#corrections").count() == 0
    follow(page, page.get_by_role("link", name="Toon wat nu bekend is"))
    assert "teruggetrokken" in row_of(page, "Xr-Veenkant")


def test_a_reader_chooses_a_day_in_the_form(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/compare/h.dm_prev?set=invented")
    page.get_by_label("Zoals bekend op").fill("2026-11-01")
    follow(page, page.get_by_role("button", name="Toon"))
    assert "as_known_on=2026-11-01" in page.url
    assert page.locator(".note").is_visible()
    assert fits(page)


def test_a_lesson_leads_to_its_newer_words_and_a_withdrawn_one_says_so(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/lessons/{site.old.id}?lang=en")
    follow(page, page.get_by_role("link", name="There is a newer version of this lesson"))
    assert page.url.split("?")[0].endswith(site.new.id)
    assert page.get_by_role("heading", name="Bel altijd eerst").is_visible()
    answer = page.goto(f"{site.url}/lessons/{site.gone.id}")
    assert answer is not None
    assert answer.status == 410
    assert page.get_by_role("heading", name="Deze les is teruggetrokken").is_visible()
    assert "Het gevolg bleef uit." in page.inner_text("main")
    assert "Verdwijnt" not in page.content()
    assert fits(page)
