"""Asking for a digest in a real browser without JavaScript, from a search, at the width of a phone too."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from connectors.mail import MailServer
from hub.bootstrap import application
from tests.support.browser import follow
from tests.support.held_by_hub import HeldByHub, a_lesson
from tests.support.served import served

NOWHERE = MailServer("localhost", 1, "none", "digest@example.nl", None, "")  # no mail is sent here: nothing runs


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    held = HeldByHub.opened(tmp_path)
    held.region("XR-A", "Alfa", "invented")
    held.accept("XR-A", a_lesson("les-1", "Het rooster eerst"))
    with served(lambda environ, start: current(environ, start)) as port:
        url = f"http://localhost:{port}"
        current: Any = application(
            replace(held.hub, settings=replace(held.hub.settings, public_url=url, mail=NOWHERE))
        ).wsgi_app
        yield url
    held.hub.engine.dispose()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_reader_takes_a_search_along_and_asks_for_it_by_mail(chromium: Browser, address: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/knowledge?q=rooster&region=XR-A&lang=nl")
    follow(page, page.get_by_role("link", name="E-mail"))
    assert page.get_by_label("Met deze woorden").input_value() == "rooster"
    assert page.get_by_label("Alfa").is_checked()
    for box in [one.bounding_box() for one in page.locator("main :is(h1, form, section, fieldset, input)").all()]:
        assert box is None or box["x"] + box["width"] <= width
    page.get_by_label("elke maand").check()
    page.get_by_label("Uw e-mailadres").fill("anna@example.nl")
    follow(page, page.get_by_role("button", name="Vraag het overzicht aan"))
    assert "Kijk in uw mail" in page.get_by_role("status").inner_text()
    assert "anna" not in page.url
    context.close()
