"""Timelines of programmes in a real browser: one drawing at a time that fits, and to be seen in forced colours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from hub.bootstrap import application, make_hub
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.items import an_item
from tests.support.served import served

LONG = "Een heel lange titel van een fase die nooit op een regel past en toch gelezen moet worden"
OUTSIDE = """drawn => { const frame = drawn.getBoundingClientRect();
    return [...drawn.querySelectorAll('text, rect, path, circle')].filter(part => {
        const box = part.getBoundingClientRect();
        return box.left < frame.left - .5 || box.right > frame.right + .5; }).map(part => part.outerHTML); }"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    held = ChainsAtHub(make_hub(tmp_path / "hub", {}))
    region = held.enrolled("XR-DUINRAND")
    items = [
        an_item("phase", "nu", began="2013", ended="2018", title=LONG),
        an_item("phase", "straks", phase="acceleration", began="2026-01-01"),
        an_item("milestone", phase="nu", due="2029-12-31", state="open", reached_on=None),
        an_item("selection"),
        an_item("intervention"),
    ]
    assert set(held.arrive(*region.release(items, "public"))) == {"accepted"}
    with served(application(held.hub)) as port:
        yield f"http://127.0.0.1:{port}"
    held.made.engine.dispose()


@pytest.mark.parametrize(("width", "seen"), [(1100, "wide"), (360, "narrow")])
def test_timelines_are_drawn_once_and_fit(chromium: Browser, address: str, width: int, seen: str) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    for place in ("/regions/XR-DUINRAND", "/progress"):
        page.goto(address + place)
        drawings = page.locator("figure > svg.time")
        assert [one.get_attribute("class") for one in drawings.all() if one.is_visible()] == [f"plot time {seen}"]
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator(f"figure > svg.{seen}").evaluate(OUTSIDE) == []
        page.locator("details", has_text="tijdlijn als tabel").locator("summary").click()
        assert page.get_by_role("link", name=LONG).first.is_visible()
    page.close()


def test_shapes_are_seen_in_forced_colours(chromium: Browser, address: str) -> None:
    context = chromium.new_context(forced_colors="active", color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}/regions/XR-DUINRAND")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for part, side in (("text", "fill"), (".own", "fill"), (".phase", "stroke"), (".doing", "stroke")):
        shown = page.locator(f"figure > svg.wide {part}").first
        assert shown.evaluate(f"one => getComputedStyle(one).{side}") == "rgb(255, 255, 255)", (part, ground)
    context.close()
