"""The pages of subscriptions in a browser without script: make one, see its secret once, test, replay, end it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import html

from connectors.database import writing
from connectors.partners.webhook import WebhookPoster
from hub.serving import subscriptions
from hub.serving.announced import announce
from hub.serving.attempts import settle, take
from hub.serving.delivering import deliver
from hub.web.subscription_words import SUBSCRIPTION_WORDS
from tests.support.access import Browser, ServedHub, serving
from tests.support.events import TestRegion
from tests.support.held_by_hub import a_lesson
from tests.support.hub import RunningHub
from tests.support.receivers import Receiver, receiving

PAGE = "/subscriptions"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]+=*")


class Desk:
    """A served hub with one public lesson and one for the network, and somebody signed in."""

    def __init__(self, served: ServedHub, receiver: Receiver) -> None:
        self.served, self.receiver = served, receiver
        self.hub = served.hub
        inside = RunningHub(self.hub)
        self.region = inside.enrol(TestRegion("XR-ALFA"))
        for name, audience in (("l-1", "public"), ("l-2", "network")):
            event = self.region.release([a_lesson(name)], audience)[0]  # type: ignore[arg-type]
            assert inside.push("XR-ALFA", [event.body])[0].outcome == "accepted"
        served.add("anna", "region:XR-ALFA", "partner")
        served.add("ben", "partner")
        served.add("cees", "administrator")
        self.browser = self.as_("anna")

    def as_(self, name: str) -> Browser:
        browser = self.served.browser()
        browser.sign_in(name)
        return browser

    def make(self, **fields: str) -> requests.Response:
        fields = {"address": f"{self.receiver.url}/hook", "name": "Kennisbank"} | fields
        return self.browser.send(PAGE, f"{PAGE}?lang=en", fields)

    def path(self) -> str:
        return f"{PAGE}/{self.one().id}"

    def one(self) -> subscriptions.Subscription:
        with self.hub.engine.connect() as connection:
            return subscriptions.subscriptions(connection)[-1]

    def act(self, verb: str, **fields: str) -> requests.Response:
        return self.browser.send(self.path(), f"{self.path()}?lang=en", {"do": verb, **fields})

    def tell(self) -> None:
        announce(self.hub.engine, self.hub.clock)
        deliver(self.hub, WebhookPoster([self.receiver.place]).post, self.one().id)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with receiving() as receiver, serving(tmp_path, webhook_hosts=receiver.place) as served:
        yield Desk(served, receiver)


def words_of(answer: requests.Response) -> str:
    return " ".join(html.fromstring(answer.text).text_content().split())


def test_from_a_choice_to_a_message(desk: Desk) -> None:
    chosen = desk.browser.get(f"{PAGE}?theme=diabetes&lang=en")
    assert "This fits 2 lessons now." in words_of(chosen)
    assert f"{desk.served.url}/feeds/lessons.atom?theme=diabetes" in chosen.text
    made = desk.make(theme="diabetes", since="2020-01-01")
    (secret,) = set(SECRET.findall(made.text))
    assert (made.status_code, desk.one().facets, desk.one().owner) == (201, {"theme": ["diabetes"]}, "region XR-ALFA")
    assert SECRET.findall(desk.browser.get(desk.path()).text) == [], "it is shown once"
    desk.tell()
    said = [one.read(secret, desk.hub.clock())["type"] for one in desk.receiver.got]
    assert said == ["lesson.published"] * 2
    assert "new lesson" in words_of(desk.browser.get(f"{desk.path()}?lang=en"))
    assert "Kennisbank" in words_of(desk.browser.get(PAGE))
    assert "aangekomen (204)" in words_of(desk.browser.get(desk.path()))


def test_every_button_does_what_it_says_and_the_page_tells(desk: Desk) -> None:
    desk.make()
    for verb, said in (("test", "leaves within seconds"), ("pause", "is paused"), ("resume", "is running again")):
        assert said in words_of(desk.act(verb)), verb
    desk.tell()
    assert len(desk.receiver.got) == 1, "the test"
    assert "All is sent again" in words_of(desk.act("replay", since="2020-01-01"))
    desk.tell()
    assert len(desk.receiver.got) == 3
    assert "is changed" in words_of(desk.act("change", address=f"{desk.receiver.url}/other", name="Anders"))
    assert (desk.one().name, desk.one().address[-6:]) == ("Anders", "/other")
    renewed = desk.act("renew")
    assert len(set(SECRET.findall(renewed.text))) == 1
    assert "signed with the old secret too" in words_of(renewed)
    assert "signed with the old secret too" not in words_of(desk.act("lost"))
    assert "is removed" in words_of(desk.act("remove"))
    with desk.hub.engine.connect() as connection:
        assert subscriptions.subscriptions(connection) == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"address": "http://example.nl/"}, "has to begin with https://"),
        ({"address": "https://10.0.0.8/"}, "leads into a closed network"),
        ({"address": "https://a:b@example.nl/"}, "Leave name and password out"),
        ({"address": ""}, "has another form"),
        ({"since": "once"}, "The moment is not written"),
    ],
)
def test_what_is_filled_in_wrongly_is_said_and_kept(desk: Desk, fields: dict[str, str], said: str) -> None:
    answer = desk.make(**fields)
    assert (answer.status_code, said in words_of(answer)) == (422, True)
    assert 'value="Kennisbank"' in answer.text


def test_a_form_of_elsewhere_changes_nothing_and_others_see_nothing(desk: Desk) -> None:
    desk.make()
    path = desk.path()
    forged = desk.browser.http.post(desk.served.url + path, data={"do": "remove"}, timeout=30)
    assert "The page was open too long" in words_of(forged) or "te lang open" in words_of(forged)
    assert desk.as_("ben").get(path).status_code == 404
    assert desk.as_("cees").get(PAGE).status_code == 403
    stranger = desk.served.browser().get(path)
    assert "/sign-in" in stranger.url
    assert desk.one().state == "active"


def test_an_owner_sees_why_it_stands_still_and_when_it_is_tried_again(desk: Desk) -> None:
    desk.make(since="2020-01-01")
    desk.receiver.answers("/hook", 500)
    desk.tell()
    failing = words_of(desk.browser.get(f"{desk.path()}?lang=en"))
    assert "Failed attempts in a row: 1." in failing
    assert "refused (500)" in failing
    desk.receiver.answers("/hook", 410)
    desk.served.clock.pass_by(minutes=1)
    desk.tell()
    assert "antwoordde 410" in words_of(desk.browser.get(desk.path()))
    with writing(desk.hub.engine) as connection:
        for why in ("owner", "operator", "unanswered", "access", "address", "secret"):
            one = subscriptions.resume(connection, desk.one(), desk.hub.clock(), "test")
            assert subscriptions.pause(connection, one, desk.hub.clock(), "test", why).why == why
            assert f"paused_{why}" in SUBSCRIPTION_WORDS


def test_whoever_acts_for_several_chooses_and_the_page_of_knowledge_leads_here(desk: Desk) -> None:
    assert "<select" in desk.browser.get(PAGE).text
    desk.make(owner="account anna")
    assert desk.one().owner == "account anna"
    desk.make(owner="region XR-BETA")
    with desk.hub.engine.connect() as connection:
        owners = {one.owner for one in subscriptions.subscriptions(connection)}
    assert owners == {"account anna", "region XR-ALFA"}
    assert "/subscriptions?theme=diabetes" in desk.browser.get("/knowledge?theme=diabetes").text
    assert "/subscriptions" not in desk.served.browser().get("/knowledge?theme=diabetes").text


def test_text_of_others_is_text(desk: Desk) -> None:
    made = desk.make(name="<script>alert(1)</script>", q='"><b>', theme="<i>")
    assert made.status_code == 201
    for page in (desk.browser.get(PAGE), desk.browser.get(desk.path()), desk.browser.get(f'{PAGE}?q="><b>')):
        assert "<script>alert" not in page.text
        assert '"><b>' not in page.text
        assert "script-src" not in page.headers["Content-Security-Policy"]


def test_every_outcome_of_an_attempt_has_its_words(desk: Desk) -> None:
    class Said:
        status: Any = None
        milliseconds = 1

        def __init__(self, trouble: str) -> None:
            self.trouble = trouble

    desk.make(since="2020-01-01")
    troubles = ("unresolved", "unreachable", "certificate", "too_slow", "unreadable", "address")
    announce(desk.hub.engine, desk.hub.clock)
    for trouble in troubles:
        desk.served.clock.pass_by(days=2)
        due = take(desk.hub, desk.one().id, "one")
        assert due is not None
        settle(desk.hub, due, Said(trouble))
    desk.browser = desk.as_("anna")
    page = words_of(desk.browser.get(f"{desk.path()}?lang=en"))
    assert [one for one in troubles if SUBSCRIPTION_WORDS[f"outcome_{one}"][1] not in page] == []
