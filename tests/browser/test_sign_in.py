"""Signing in as a person does it: in a real browser, with its own rules about cookies, forms and what may be loaded."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.support.access import PASSWORD, ServedHub, serving
from tests.support.browser import follow
from tests.support.oidc import CLIENT_ID, LittleProvider

SIZES = [(1280, 900), (360, 780)]


@pytest.fixture
def served(tmp_path: Path, little_provider: LittleProvider) -> Iterator[ServedHub]:
    """Offer a hub with one account, whose people may also sign in at the little provider."""
    settings = {"oidc_issuer": little_provider.issuer, "oidc_client_id": CLIENT_ID}
    with serving(tmp_path, **settings, oidc_client_secret=little_provider.secret) as hub:
        little_provider.return_address = f"{hub.url}/session/provider/return"
        hub.add("anna", "national")
        yield hub


@pytest.fixture(params=SIZES, ids=["wide", "narrow"])
def page(request: pytest.FixtureRequest, chromium: Browser, served: ServedHub) -> Iterator[Page]:
    """Offer an empty page, and find no complaint of the browser afterwards.

    It closes before the hub that it asks `served` for: what it is still loading must not meet a server that is gone.
    """
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height})
    opened = context.new_page()
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    opened.on("console", note)
    yield opened
    context.close()
    assert complaints == []


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_person_signs_in_with_a_password_and_out_again(page: Page, served: ServedHub) -> None:
    page.goto(f"{served.url}/sign-in?lang=en")
    assert _fits(page)
    page.fill("#name", "anna")
    page.fill("#password", "not the password")
    follow(page, page.get_by_role("button", name="Sign in"))
    assert "do not belong together" in page.get_by_role("alert").inner_text()
    page.fill("#name", "anna")
    page.fill("#password", PASSWORD)
    follow(page, page.get_by_role("button", name="Sign in"))
    follow(page, page.get_by_role("link", name="anna"))
    assert "national team" in page.inner_text("main")
    assert _fits(page)
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("regiohelix-session", True, "Lax")
    follow(page, page.get_by_role("button", name="Sign out", exact=True))
    assert "You are signed out." in page.get_by_role("status").inner_text()
    assert [one["name"] for one in page.context.cookies()] == ["regiohelix-visit"]


def test_a_person_signs_in_at_their_own_organisation_and_keeps_their_language(page: Page, served: ServedHub) -> None:
    for language, link, lead in (("nl", "Inloggen via uw organisatie", "Wat leren"), ("en", "Sign in through", "What")):
        page.context.clear_cookies()
        page.goto(f"{served.url}/sign-in?lang={language}")
        follow(page, page.get_by_role("link", name=link))
        page.wait_for_url(f"{served.url}/?lang={language}")
        assert page.inner_text("h1").startswith(lead)
        assert page.get_by_role("link", name="anna").count() == 1


def test_the_form_for_a_password_fits_and_says_what_is_asked(page: Page, served: ServedHub) -> None:
    page.goto(f"{served.url}/set-password?lang=en")
    assert _fits(page)
    labels = page.locator("label").all_inner_texts()
    assert labels == ["Code", "New password", "Once more"]
    page.fill("#code", "a code that nobody gave")
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    follow(page, page.get_by_role("button", name="Set a password"))
    assert "Ask the administrator" in page.get_by_role("alert").inner_text()
