"""A region's readiness in a real browser: one drawing at a time that fits, named for who cannot see it, and a table."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from hub.bootstrap import application, make_hub
from schemas.assessment import ExpertVerdict, Helix
from tests.support.browser import follow
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.panels import an_assessment, with_means
from tests.support.served import served

PANEL: tuple[Helix, ...] = ("government",) * 10 + ("practice",) * 10 + ("citizens",) * 3


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    held = ChainsAtHub(make_hub(tmp_path / "hub", {}))
    region = held.enrolled("XR-DUINRAND")
    verdict = ExpertVerdict("organisation", False, "nl", "Zonder mandaat geen besluit.")
    rows = with_means((349, 304, 320, 302, 304), PANEL + ("practice",) * 2)
    (made,) = region.release([an_assessment(rows, verdicts=[verdict])], "public")
    assert held.arrive(made) == ["accepted"]
    with served(application(held.hub)) as port:
        yield f"http://127.0.0.1:{port}"
    held.made.engine.dispose()


@pytest.mark.parametrize(("width", "seen"), [(1100, "wide"), (360, "narrow")])
def test_the_strips_are_drawn_once_and_fit(chromium: Browser, address: str, width: int, seen: str) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{address}/regions/XR-DUINRAND")
    drawings = page.locator("#assessments svg.strips")
    assert [one.get_attribute("class") for one in drawings.all() if one.is_visible()] == [f"plot strips {seen}"]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    outside = """drawn => { const frame = drawn.getBoundingClientRect();
        return [...drawn.querySelectorAll('text')].filter(text => { const box = text.getBoundingClientRect();
            return box.left < frame.left - .5 || box.right > frame.right + .5; }).map(text => text.textContent); }"""
    assert page.locator(f"#assessments svg.{seen}").evaluate(outside) == []
    page.close()


def test_who_reads_by_ear_gets_the_same_and_the_way_to_the_network(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    page.goto(f"{address}/regions/XR-DUINRAND?lang=en")
    drawn = page.get_by_role("img", name="seats answered")
    assert drawn.count() == 1  # the other drawing is hidden from everybody
    table = page.locator("#assessments table")
    assert [one.get_attribute("scope") for one in table.locator("thead th").all()] == ["col"] * 6
    assert [one.get_attribute("scope") for one in table.locator("tbody th").all()] == ["row"] * 5
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    assert page.locator("#assessments [lang=nl]").count() == 2
    follow(page, page.locator("#assessments").get_by_role("link", name="Readiness"))
    assert page.get_by_role("heading", level=1).inner_text() == "Readiness"
    assert page.get_by_label("Instrument").input_value() == "five-lenses"
    assert page.get_by_role("rowheader", name="Xr-Duinrand").count() == 1
    page.close()
