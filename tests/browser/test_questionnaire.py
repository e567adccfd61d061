"""The questionnaire in a real browser that runs no script: answered by keyboard, in Dutch, on a telephone's width."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import create_node
from node.knowledge import answers, rounds
from node.web.application import application
from tests.support.browser import follow
from tests.support.panels import FIVE_LENSES
from tests.support.served import served
from tests.support.small_region import CODE, NOW

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    node = create_node(tmp_path / "node", VALUES)
    with writing(node.engine) as connection:
        entry = AuditEntry("Coordinator", "assessment.opened", "r1", NOW)
        opened = rounds.open_round(connection, "r1", FIVE_LENSES, "2025", {"practice": 1}, entry)
        (link,) = answers.invite(connection, opened, entry)
    with served(application(node.engine, lambda: NOW)) as port:
        yield f"http://127.0.0.1:{port}/assess/{link.token}"
    node.engine.dispose()


def test_it_is_answered_without_script_and_shows_nothing_afterwards(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(address)
    assert page.get_by_role("heading", level=1).inner_text() == "Vijf lenzen op samenwerking"
    assert page.get_by_role("group").count() == 22
    first = page.get_by_role("group", name="Wij delen één ambitie voor de samenwerking.")
    assert first.get_by_role("radio").count() == 5
    send = page.get_by_role("button", name="Verstuur mijn antwoorden")
    follow(page, send)
    assert "Beantwoord ten minste één uitspraak." in page.get_by_role("alert").inner_text()
    first.get_by_role("radio", name="4 helemaal eens").press("Space")
    follow(page, send)
    assert page.get_by_role("heading", level=1).inner_text() == "Dank u wel"
    page.goto(f"{address}?lang=en")
    assert page.get_by_role("heading", level=1).inner_text() == "This link was used"
    assert page.get_by_role("radio").count() == 0
    context.close()


def test_it_fits_a_telephone_and_every_choice_is_large_enough_to_touch(chromium: Browser, address: str) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 800})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    heights = page.evaluate("[...document.querySelectorAll('label,button')].map(one => one.offsetHeight)")
    assert min(heights) >= 44
    page.close()
