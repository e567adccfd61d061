"""A region's evaluations in a real browser: one drawing at a time, wide or narrow, and nothing beside the screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from hub.bootstrap import application, make_hub
from schemas.values import Exact
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.evaluations import an_evaluation
from tests.support.held_by_hub import figures
from tests.support.served import served


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    held = ChainsAtHub(make_hub(tmp_path / "hub", {}))
    region = held.enrolled("XR-DUINRAND")
    years = [f"202{number}" for number in range(1, 5)]
    counted = [figures("h.srh_good", {("total",) * 3: Exact(600, 1000)}, year, "invented") for year in years]
    found = region.release(counted, "public")
    ids = [(event.id, year) for event, year in zip(found, years, strict=True)]
    said = an_evaluation(ids, indicator="h.srh_good", estimate=("-797.2", "-831.1", "-763.2"))
    assert held.arrive(*found, *region.release([said], "public")) == ["accepted"] * 5
    with served(application(held.hub)) as port:
        yield f"http://127.0.0.1:{port}/regions/XR-DUINRAND"
    held.made.engine.dispose()


@pytest.mark.parametrize(("width", "seen"), [(1100, "wide"), (360, "narrow")])
def test_the_estimate_is_drawn_once_and_fits(chromium: Browser, address: str, width: int, seen: str) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    drawings = page.locator("article svg")
    assert [one.get_attribute("class") for one in drawings.all() if one.is_visible()] == [f"plot {seen}"]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    drawn = page.locator(f"article svg.{seen}")
    frame = drawn.bounding_box()
    assert frame is not None
    for text in drawn.locator("text").all():
        box = text.bounding_box()
        assert box is not None
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    page.close()
