"""A served hub with an administrator in a browser without script, and what its pages say and leave in the log."""

import json
import re
from typing import Any

import requests
from lxml import html

from hub.flow import receive
from tests.support.access import Browser, ServedHub
from tests.support.events import TestRegion, lesson

ONCE = re.compile(r'id="once">([^<]+)<')
NOBODY_SEES = "Een zin die alleen in het bericht staat."
BASE = "/administration"


class Desk:
    """The administrator's browser, the hub behind it, and short ways to act and to read."""

    def __init__(self, served: ServedHub) -> None:
        self.served, self.hub = served, served.hub
        served.add("bea", "administrator")
        self.browser = self.as_("bea")

    def as_(self, name: str) -> Browser:
        browser = self.served.browser()
        assert browser.sign_in(name).ok
        return browser

    def get(self, part: str = "", lang: str = "en") -> str:
        answer = self.browser.get(f"{BASE}{part}{'&' if '?' in part else '?'}lang={lang}")
        assert answer.status_code == 200, answer.text
        return said(answer)

    def send(self, part: str, do: str = "", **fields: str) -> requests.Response:
        """Send a form; every page of administration that has none is sent from the page of people."""
        return self.browser.send(f"{BASE}/users", f"{BASE}{part}?lang=en", {"do": do, **fields})

    def acts(self, actor: str = "bea") -> list[tuple[str, dict[str, Any]]]:
        """Return what an actor did, without signing in, and whether from where was kept."""
        found = [(action, json.loads(detail)) for who, action, detail in self.served.log() if who == actor]
        return [one for one in found if one[0] not in ("sign-in", "password set")]

    def refuse(self, region: TestRegion) -> None:
        """Let an event of a region come in over a broker, as the hub cannot take it yet."""
        (event,) = region.release([lesson(NOBODY_SEES)])
        assert receive([event.body], self.hub)[0].outcome == "refused"


def said(answer: requests.Response) -> str:
    """Return the words of a page's main part, or of all of an answer that is no page."""
    found = html.fromstring(answer.text).xpath("//main")
    return " ".join(found[0].text_content().split()) if found else answer.text


def once(answer: requests.Response) -> str:
    """Return the secret that a page shows once."""
    (found,) = ONCE.findall(answer.text)
    return str(found)
