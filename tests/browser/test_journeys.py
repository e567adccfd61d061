"""Whole journeys through the hub in a real browser without script, on both databases and in both languages.

Two ways always, all four every night. Each ends with what the browser said meanwhile: no error, nothing against the
pages' policy, no other host.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, Response

from connectors.partners.webhook import WebhookPoster
from hub.audit import utc_text
from hub.bootstrap import application
from hub.flow import receive
from hub.serving.announced import announce
from hub.serving.delivering import deliver, due
from hub.web.words import word
from schemas.catalogue import catalogue
from schemas.codes import Language
from schemas.values import Exact
from tests.support.access import PASSWORD, ServedHub, serving
from tests.support.browser import complaints_of, follow
from tests.support.events import TestRegion, lesson
from tests.support.held_by_hub import HeldByHub, a_lesson, figures
from tests.support.hub import RunningHub
from tests.support.hub_stores import join
from tests.support.postgres import empty_database
from tests.support.receivers import Receiver, receiving

FIGURE = "q.hba1c"
REGIONS = {"XR-DUINRAND": "Duinrand", "XR-HEUVELZOOM": "Heuvelzoom", "XR-VEENKANT": "Veenkant"}
ADVICE = "Bel eerst, kom dan langs"
WIDTHS: dict[Language, int] = {"nl": 360, "en": 1280}
REAL, NIGHTLY = pytest.mark.real_postgres, pytest.mark.nightly
WAYS = [
    pytest.param("sqlite", "nl"), pytest.param("postgresql", "en", marks=REAL),
    pytest.param("sqlite", "en", marks=NIGHTLY), pytest.param("postgresql", "nl", marks=(REAL, NIGHTLY)),
]  # fmt: skip
pytestmark = pytest.mark.parametrize(("network", "reader"), WAYS, indirect=True)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture(scope="module")
def network(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, receiver: Receiver
) -> Iterator[ServedHub]:
    """Offer a hub on each database with figures of three regions, the last known for two days, and a lesson."""
    is_sqlite = request.param == "sqlite"
    there = nullcontext() if is_sqlite else empty_database(request.getfixturevalue("postgres_server"))
    folder: Path = tmp_path_factory.mktemp("journeys")
    with there as database, serving(folder, database, webhook_hosts=receiver.place) as served:
        held = HeldByHub(served.hub, application(served.hub))
        now = served.clock()
        for place, (code, name) in enumerate(REGIONS.items()):
            held.region(code, name, "invented")
            known = utc_text(now - timedelta(days=2 if place == 2 else 20))
            for year in ("2023", "2024", "2025"):
                said = figures(FIGURE, {("total",) * 3: Exact(600 + 30 * place, 1000)}, year, "invented")
                held.accept(code, said, accepted_at=known)
        held.prove()
        inside = RunningHub(served.hub)
        region = inside.enrol(TestRegion("XR-ALFA"))
        inside.push("XR-ALFA", [one.body for one in region.release([a_lesson("l-1", ADVICE)], "partners")])
        for name, role in (("bea", "administrator"), ("noor", "national"), ("ben", "partner")):
            served.add(name, role)
        yield served


@dataclass
class Reader:
    """Somebody at a browser, who reads one language."""

    page: Page
    served: ServedHub
    lang: Language

    def word(self, key: str) -> str:
        return word(key, self.lang)

    def sign_in(self, name: str) -> None:
        self.page.goto(f"{self.served.url}/sign-in?lang={self.lang}")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.press("sign_in")

    def press(self, key: str) -> None:
        follow(self.page, self.page.get_by_role("button", name=self.word(key), exact=True))
        self._fits()

    def go(self, key: str, within: str = "main") -> None:
        self.open(self.page.locator(within).get_by_role("link", name=self.word(key), exact=True))

    def open(self, link: Locator) -> None:
        follow(self.page, link)
        self._fits()

    def sees(self, text: str) -> None:
        assert self.page.locator("main").get_by_text(text).first.is_visible(), text

    def rows(self) -> list[str]:
        return self.page.locator("#table tbody th").all_inner_texts()

    def _fits(self) -> None:
        widest = self.page.locator("main").evaluate("one => document.documentElement.scrollWidth")
        assert int(widest) <= WIDTHS[self.lang], self.page.url


@pytest.fixture
def reader(request: pytest.FixtureRequest, chromium: Browser, network: ServedHub) -> Iterator[Reader]:
    lang: Language = request.param
    context = chromium.new_context(java_script_enabled=False, viewport={"width": WIDTHS[lang], "height": 900})
    page = context.new_page()
    said = complaints_of(page, network.url)
    broken: list[str] = []

    def note(response: Response) -> None:
        if response.status >= 400:
            broken.append(f"{response.status} {response.url}")

    page.on("response", note)
    yield Reader(page, network, lang)
    context.close()
    assert (said, broken) == ([], [])


def test_an_administrator_lets_a_region_in_mends_what_was_refused_and_admits_somebody(reader: Reader) -> None:
    page, hub, lang = reader.page, reader.served.hub, reader.lang
    reader.sign_in("bea")
    reader.go("adm", "nav.nav")
    reader.sees(reader.word("attention"))

    region = TestRegion(f"XR-NIEUW{lang.upper()}")
    reader.go("adm_regions", "nav.tabs")
    page.get_by_label(reader.word("invite_code"), exact=True).fill(region.code)
    page.get_by_label(reader.word("adm_name"), exact=True).fill("Nieuwland")
    page.get_by_label(reader.word("region_set")).fill("invented")
    reader.press("invite_do")
    invitation = page.locator("#once").inner_text()
    joined = requests.post(f"{reader.served.url}/api/v1/enrolments", json=region.enrolment(invitation), timeout=30)
    assert joined.status_code == 201
    reader.go("adm_regions", "nav.tabs")
    reader.open(page.locator("tr", has_text=region.code).get_by_role("link"))
    assert page.get_by_text(invitation).count() == 0
    page.get_by_label(reader.word("approve_fingerprint")).fill(region.fingerprint)
    reader.press("approve_do")
    reader.sees(reader.word("done_keys_approved"))

    reader.go("adm_tokens", "nav.tabs")
    page.get_by_label(reader.word("token_name"), exact=True).fill("uitvoer")
    page.get_by_label(reader.word("token_owner"), exact=True).fill("bea")
    page.get_by_label(reader.word("scope_read:public")).check()
    reader.press("token_do")
    token = page.locator("#once").inner_text()
    reader.go("adm_tokens", "nav.tabs")
    assert page.get_by_text(token).count() == 0

    late, stranger = TestRegion(f"XR-LAAT{lang.upper()}"), TestRegion(f"XR-VREEMD{lang.upper()}")
    for one in (late, stranger):
        receive([one.release([lesson()])[0].body], hub)
    join(hub, late)
    for code, do in ((late.code, "replay"), (stranger.code, "discard")):
        reader.go("adm_letters", "nav.tabs")
        page.get_by_label(reader.word("letter_region"), exact=True).fill(code)
        reader.press("show")
        reader.open(page.locator("tbody").get_by_role("link"))
        if do == "discard":
            page.get_by_label(reader.word("adm_reason")).fill("van niemand")
            reader.press("revoke_do")
            reader.sees("van niemand")
            reader.press("sure_discard")
            reader.sees(reader.word("done_discarded"))
        else:
            reader.press("replay")
            reader.sees(reader.word("done_replayed"))

    reader.go("adm_users", "nav.tabs")
    page.get_by_label(reader.word("user_name")).fill(f"cor-{lang}")
    page.get_by_label(reader.word("user_email")).fill(f"cor-{lang}@example.nl")
    page.get_by_label(reader.word("role_national"), exact=True).check()
    reader.press("user_add_do")
    assert page.locator("#once").inner_text()
    reader.go("adm_log", "nav.tabs")
    page.get_by_label(reader.word("log_actor"), exact=True).fill("bea")
    reader.press("show")
    for act in ("account_made", "dead_letter_discarded", "dead_letter_replayed", "token_made", "keys_approved"):
        assert page.locator("tbody").get_by_text(reader.word(f"act_{act}")).count(), act


def test_a_national_analyst_compares_looks_back_and_takes_the_figures_along(reader: Reader, chromium: Browser) -> None:
    page, now = reader.page, reader.served.clock()
    reader.sign_in("noor")
    reader.go("compare", "nav.nav")
    page.get_by_label(reader.word("index_search")).fill("HbA1c")
    reader.press("search")
    reader.open(page.get_by_role("link", name=catalogue()[FIGURE].title.told(reader.lang)))
    assert reader.rows() == list(REGIONS.values())
    page.get_by_label(reader.word("beside")).select_option("XR-DUINRAND")
    reader.press("show")
    assert page.locator("#table thead").get_by_text("Duinrand").count() == 1
    for view in ("view_trend", "view_funnel", "view_table"):
        reader.go(view, "nav.tabs")
    page.get_by_label(reader.word("as_known_on")).fill(f"{(now - timedelta(days=10)).date()}")
    reader.press("show")
    reader.sees(reader.word("shows_moment"))
    assert reader.rows() == ["Duinrand", "Heuvelzoom"]
    reader.go("show_latest")
    assert reader.rows() == list(REGIONS.values())
    reader.open(page.locator("nav.tabs a").first)
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV", exact=True).click()
    table = taken.value.path().read_text(encoding="utf-8")
    assert [code for code in REGIONS if code in table] == list(REGIONS)
    reader.go("permalink")
    assert reader.rows() == list(REGIONS.values())
    elsewhere = chromium.new_page()
    elsewhere.goto(page.url)
    assert elsewhere.locator("#table tbody th").all_inner_texts() == list(REGIONS.values())
    elsewhere.close()


def test_a_partner_finds_a_lesson_and_is_told_of_the_next(reader: Reader, receiver: Receiver) -> None:
    page, hub = reader.page, reader.served.hub
    reader.sign_in("ben")
    reader.go("knowledge_page", "nav.nav")
    page.get_by_label(reader.word("search_label")).fill("belmoment")
    reader.press("search")
    reader.open(page.get_by_role("link", name=ADVICE))
    assert page.locator("h1").inner_text() == ADVICE
    page.go_back()
    reader.open(page.get_by_role("link", name="Webhook"))
    reader.sees(reader.word("subscription_fits_one"))
    feed = page.get_by_label("Atom").input_value()
    assert feed == f"{reader.served.url}/feeds/lessons.atom?q=belmoment"
    assert requests.get(feed, timeout=30).status_code == 200
    receiver.got.clear()
    page.get_by_label(reader.word("subscription_address")).fill(f"{receiver.url}/hook")
    page.get_by_label(reader.word("subscription_since")).fill("2020-01-01")
    reader.press("subscription_make")
    secret = page.locator("code").inner_text()
    announce(hub.engine, hub.clock)
    with hub.engine.connect() as connection:
        waiting = due(connection, hub.clock())
    for one in waiting:
        deliver(hub, WebhookPoster([receiver.place]).post, one)
    assert [one.read(secret, hub.clock())["type"] for one in receiver.got] == ["lesson.published"]
    reader.go("subscriptions")
    reader.open(page.get_by_role("link", name=f"{receiver.url}/hook"))
    reader.sees(f"{reader.word('outcome_delivered')} (204)")
    assert page.get_by_text("whsec_").count() == 0
