"""A subscription made and tried in a real browser without script, and pages that fit a narrow screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from connectors.partners.webhook import WebhookPoster
from hub.serving.announced import announce
from hub.serving.delivering import deliver, due
from tests.support.access import PASSWORD, ServedHub, serving
from tests.support.browser import follow
from tests.support.events import TestRegion
from tests.support.held_by_hub import a_lesson
from tests.support.hub import RunningHub
from tests.support.receivers import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def served(tmp_path: Path, receiver: Receiver) -> Iterator[ServedHub]:
    with serving(tmp_path, webhook_hosts=receiver.place) as hub:
        inside = RunningHub(hub.hub)
        region = inside.enrol(TestRegion("XR-ALFA"))
        inside.push("XR-ALFA", [one.body for one in region.release([a_lesson("l-1")], "partners")])
        hub.add("ben", "partner")
        yield hub


@pytest.fixture
def page(chromium: Browser, served: ServedHub) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    made = context.new_page()
    made.goto(f"{served.url}/sign-in?lang=en")
    made.fill("#name", "ben")
    made.fill("#password", PASSWORD)
    follow(made, made.get_by_role("button", name="Sign in", exact=True))
    yield made
    context.close()


def fits(page: Page) -> bool:
    """Tell whether nothing sticks out of a narrow screen."""
    widest = page.locator("main").evaluate("one => document.documentElement.scrollWidth")
    return int(widest) <= 360


def test_a_partner_makes_tries_and_watches_a_subscription(page: Page, served: ServedHub, receiver: Receiver) -> None:
    follow(page, page.get_by_role("link", name="ben"))
    follow(page, page.get_by_role("link", name="Subscriptions"))
    page.get_by_role("checkbox", name="diabetes", exact=True).check()
    follow(page, page.get_by_role("button", name="Take this choice"))
    assert page.get_by_text("This fits 1 lesson now.").is_visible()
    assert page.get_by_label("Atom").input_value() == f"{served.url}/feeds/lessons.atom?theme=diabetes"
    page.get_by_label("Address that receives messages").fill(f"{receiver.url}/hook")
    page.get_by_label("Name, for yourself").fill("Kennisbank")
    page.get_by_label("Also what is there, since").fill("2020-01-01")
    assert fits(page)
    follow(page, page.get_by_role("button", name="Make subscription"))
    secret = page.locator("code").inner_text()
    assert secret.startswith("whsec_")
    follow(page, page.get_by_role("button", name="Send a test message"))
    hub = served.hub
    for _ in range(2):  # the test, and then the lesson
        announce(hub.engine, hub.clock)
        with hub.engine.connect() as connection:
            for identifier in due(connection, hub.clock()):
                deliver(hub, WebhookPoster([receiver.place]).post, identifier)
    assert [one.read(secret, hub.clock())["type"] for one in receiver.got] == ["webhook.test", "lesson.published"]
    page.reload()
    assert page.get_by_text("delivered (204)").count() == 2
    assert page.get_by_text("whsec_").count() == 0
    assert fits(page)
    page.get_by_text("Remove", exact=True).click()
    follow(page, page.get_by_role("button", name="Yes, remove"))
    assert page.get_by_text("You have no subscription yet.").is_visible()
