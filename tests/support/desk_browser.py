"""People at the desk in a real Chromium: each in a context of their own, watched for whatever a page must not do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from node.bootstrap import Node
from node.web.desk.accounts import Role
from tests.support.browser import follow
from tests.support.desk_pages import PASSPHRASE, invited
from tests.support.keyboard import unreached

Scheme = Literal["light", "dark"]
KEY_PASSPHRASE = "een sleutel van mijzelf"
# A page that scrolls sideways hides words from who zooms in.
_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Sitter:
    """Somebody at the desk; `seen` collects every page's text, `wrong` what the browser complained of."""

    context: BrowserContext
    page: Page
    url: str
    name: str
    key: Path
    wrong: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page."""
        self.page.goto(self.url + path)
        self.seen.append(self.page.content())
        return self.page

    def press(self, name: str, within: str = "main") -> None:
        """Press a button by keyboard, and be where it leads."""
        button = self.page.locator(within).get_by_role("button", name=name, exact=True).first
        with self.page.expect_navigation():
            button.press("Enter")
        self.seen.append(self.page.content())

    def make_key(self, make: str, known: str) -> None:
        """Make a key in the browser, keep it, and make it known with the very file."""
        self.go("/key")
        for label in ("one", "other"):
            self.page.locator(f"#f-{label}").fill(KEY_PASSPHRASE)
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=make, exact=True).press("Enter")
        download.value.save_as(self.key)
        self.sign(known)

    def sign(self, button: str, reason: str = "") -> None:
        """Sign a form with the own key file, opening what folds it first."""
        form = self.page.locator("form[data-purpose]").filter(
            has=self.page.get_by_role("button", name=button, exact=True, include_hidden=True)
        )
        if not form.get_by_role("button", name=button, exact=True).is_visible():
            self.page.locator("details").filter(has=form).locator("summary").first.press("Enter")
        if reason:
            form.locator("textarea").fill(reason)
        form.locator("input[type=file]").set_input_files(self.key)
        form.locator("input[type=password]").fill(KEY_PASSPHRASE)
        with self.page.expect_navigation():
            form.get_by_role("button", name=button, exact=True).press("Enter")
        self.seen.append(self.page.content())

    def check(self, path: str, lang: str, width: int, scheme: Scheme = "light") -> None:
        """Have a page examined by axe, see that nothing runs off its side, and reach every control by keyboard."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": 900})
        self.go(f"{path}?lang={lang}")
        assert self.page.locator("html").get_attribute("lang") == lang
        found = Axe().run(self.page).response["violations"]
        told = [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found]
        assert told == [], (path, lang, width, scheme, told)
        assert self.page.evaluate(_WIDER) <= 0, (path, lang, width)
        assert unreached(self.page) == [], (path, lang)


@contextmanager
def sitting(
    chromium: Browser,
    url: str,
    node: Node,
    name: str,
    role: Role,
    folder: Path,
    organisation: str = "",
    has_script: bool = True,
) -> Iterator[Sitter]:
    """Invite somebody, let them join in a browser of their own, and see at the end that nothing went wrong in it."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="nl-NL", java_script_enabled=has_script
    )
    context.set_default_timeout(8000)
    page = context.new_page()
    one = Sitter(context, page, url, name, folder / f"{name.replace(' ', '-')}.pem")
    host = urlsplit(url).netloc
    page.on("console", lambda said: one.wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: one.wrong.append(str(error)))
    page.on("request", lambda asked: one.wrong.append(asked.url) if _elsewhere(asked.url, host) else None)
    one.go(invited(node, name, role, organisation, datetime.now(UTC)))
    for label in ("passphrase", "again"):
        page.locator(f"#f-{label}").fill(PASSPHRASE)
    follow(page, page.get_by_role("button", name="Begin"))
    yield one
    assert one.wrong == []
    context.close()


def _elsewhere(url: str, host: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("blob", "data") and parts.netloc != host
