"""A real Chromium: the machine's own, driven from the tests.

PYTEST_DONT_REWRITE: nothing is asserted here.
"""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


class ChromiumMissing(RuntimeError):
    """A machine without a Chromium, where one is required."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Offer a browser to the whole run; skip without one, fail where REQUIRE_REAL=1."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if os.environ.get("REQUIRE_REAL") == "1":
            raise ChromiumMissing("There is no Chromium on this machine; install chromium.")
        pytest.skip("no real browser: there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


def complaints_of(page: Page, url: str) -> list[str]:
    """Collect what the browser says of a page from now on (errors, the policy), and what it asks of other hosts."""
    found: list[str] = []

    def ask(request: Request) -> None:
        if not request.url.startswith(f"{url}/"):
            found.append(request.url)

    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", ask)
    return found


def follow(page: Page, link: Locator) -> None:
    """Click a link or button that leads on, and be there: a click alone comes back while the old page still stands."""
    with page.expect_navigation():
        link.click()
