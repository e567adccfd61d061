"""The knowledge page in a real browser without JavaScript: words and choices, at the width of a phone too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from hub.bootstrap import application
from tests.support.browser import follow
from tests.support.held_by_hub import HeldByHub, a_lesson
from tests.support.served import served


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    held = HeldByHub.opened(tmp_path)
    held.region("XR-A", "Alfa", "invented")
    held.region("XR-B", "Beta", "invented")
    held.accept("XR-A", a_lesson("les-1", "Het rooster eerst", context="Zorgvuldigheidsbeoordelingscommissie " * 6))
    held.accept("XR-B", a_lesson("les-2", "Een gesprek eerst", context="Het rooster kwam later."))
    with served(application(held.hub)) as port:
        yield f"http://127.0.0.1:{port}"
    held.hub.engine.dispose()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_reader_finds_narrows_and_opens_a_lesson(chromium: Browser, address: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    follow(page, page.get_by_role("link", name="Kennis"))
    page.get_by_label("Zoek op woorden").fill("roosters")
    follow(page, page.get_by_role("button", name="Zoek"))
    assert page.locator("article h3").all_inner_texts() == ["Het rooster eerst", "Een gesprek eerst"]
    page.get_by_label("Beta").check()
    follow(page, page.get_by_role("button", name="Pas toe"))
    assert page.locator("article h3").all_inner_texts() == ["Een gesprek eerst"]
    assert page.locator("main").bounding_box()["width"] == width  # type: ignore[index]
    for box in [
        one.bounding_box()
        for one in page.locator("main :is(h1, form, section, article, fieldset)").all()
        if one.is_visible()
    ]:
        assert box is None or box["x"] + box["width"] <= width
    follow(page, page.get_by_role("link", name="Een gesprek eerst"))
    assert page.locator("h1").inner_text() == "Een gesprek eerst"
    context.close()
