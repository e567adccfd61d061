"""Subscriptions over HTTP: a program makes, changes, tests, replays and removes its own, and sees nobody else's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from connectors.database import writing
from connectors.partners.webhook import WebhookPoster
from hub.__main__ import cli
from hub.bootstrap import application
from hub.config import Hub
from hub.identity.accounts import add_account
from hub.identity.sessions import start_session
from hub.identity.tokens import account_owner, issue_token
from hub.intake.enrol import add_partner
from hub.serving.announced import announce
from hub.serving.delivering import deliver
from hub.tables import audit_log, subscription
from schemas.codes import Audience
from tests.support.events import TestRegion
from tests.support.held_by_hub import a_lesson
from tests.support.hub import NOW, RunningHub
from tests.support.receivers import Receiver, receiving

ADDRESS = "/api/v1/subscriptions"
HOOK = {"address": "https://hook.example.nl/in", "name": "Kennisbank", "facets": {"theme": ["diabetes"]}}


class Callers:
    """A hub with a region and two partners, who call it by their tokens."""

    def __init__(self, running: RunningHub, receiver: Receiver) -> None:
        self.running, self.receiver = running, receiver
        self.region = running.enrol(TestRegion("XR-ALFA"))
        self.now = NOW
        settings = replace(running.hub.settings, webhook_hosts=frozenset({receiver.place}))
        self.hub = Hub(running.hub.engine, running.hub.key, settings, lambda: self.now)
        self.client: FlaskClient = application(self.hub).test_client()
        self.tokens = {"region": running.tokens["XR-ALFA"]}
        with writing(self.hub.engine) as connection:
            for name in ("Vilans", "Nivel"):
                self.tokens[name] = add_partner(connection, name, NOW)
            _, self.tokens["manager"] = issue_token(connection, NOW, "all", "test", ["manage"])

    def call(self, who: str | None, method: str, path: str = "", **how: Any) -> Any:
        headers = {} if who is None else {"Authorization": f"Bearer {self.tokens[who]}"}
        return self.client.open(ADDRESS + path, method=method, headers=headers, **how)

    def make(self, who: str = "Vilans", **other: Any) -> dict[str, Any]:
        answer = self.call(who, "POST", json=HOOK | other)
        assert answer.status_code == 201, answer.get_json()
        found: dict[str, Any] = answer.get_json()
        return found

    def publish(self, name: str, audience: Audience = "public") -> str:
        event = self.region.release([a_lesson(name)], audience)[0]
        assert self.running.push("XR-ALFA", [event.body])[0].outcome == "accepted"
        return event.id

    def tell(self, identifier: str) -> None:
        announce(self.hub.engine, self.hub.clock)
        deliver(self.hub, WebhookPoster([self.receiver.place]).post, identifier)


@pytest.fixture
def callers(running_hub: RunningHub) -> Iterator[Callers]:
    with receiving() as receiver:
        yield Callers(running_hub, receiver)


def test_a_subscription_is_made_with_a_secret_that_is_shown_once(callers: Callers) -> None:
    made = callers.make()
    one = made["subscription"]
    assert made["secret"].startswith("whsec_")
    assert (one["owner"], one["audience"], one["facets"]) == ("partner Vilans", "partners", {"theme": ["diabetes"]})
    assert (one["state"], one["why"], one["failures"], one["next_attempt_at"]) == ("active", "", 0, None)
    listed = callers.call("Vilans", "GET")
    assert listed.get_json() == {"subscriptions": [one]}
    assert callers.call("Vilans", "GET", f"/{one['id']}").get_json() == one
    assert made["secret"] not in listed.text
    with callers.hub.engine.connect() as connection:
        kept = connection.execute(select(subscription)).one()
        log = connection.execute(select(audit_log).where(audit_log.c.action == "subscription made")).one()
    assert made["secret"].encode() not in kept.secret, "it is sealed"
    assert (log.actor, made["secret"] in log.detail, HOOK["address"] in log.detail) == ("partner Vilans", False, False)


def test_nobody_sees_or_touches_what_is_another_s(callers: Callers) -> None:
    one = callers.make()["subscription"]["id"]
    assert callers.call("Nivel", "GET").get_json() == {"subscriptions": []}
    ways = [("GET", ""), ("GET", "/deliveries"), ("PATCH", ""), ("DELETE", ""), *(("POST", f"/{verb}") for verb in
            ("test", "pause", "resume", "replay", "secret"))]  # fmt: skip
    body = {"replay": {"since": "2026-11-01"}}
    for method, path in ways:
        json = {"json": body.get(path[1:], {})} if method in ("PATCH", "POST") else {}
        assert callers.call("Nivel", method, f"/{one}{path}", **json).status_code == 404, (method, path)
        assert callers.call(None, method, f"/{one}{path}", **json).status_code == 401
        assert callers.call("manager", method, f"/{one}{path}", **json).status_code == 403
    assert len(callers.call("Vilans", "GET").get_json()["subscriptions"]) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "http://hook.example.nl/"}, "address"),
        ({"address": "https://10.0.0.8/"}, "address"),
        ({"address": 7}, "address"),
        ({"facets": {"colour": ["red"]}}, "facets"),
        ({"facets": {"step": [9]}}, "facets"),
        ({"q": "a" * 201}, "q"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2999-01-01"}, "since"),
        ({"owner": "region XR-ALFA"}, "owner"),
        ({"audience": "network"}, "audience"),
    ],
)
def test_what_is_asked_wrongly_is_refused_by_name(callers: Callers, change: dict[str, Any], field: str) -> None:
    answer = callers.call("Vilans", "POST", json=HOOK | change)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert field in answer.text
    assert callers.call("Vilans", "GET").get_json() == {"subscriptions": []}


def test_only_so_many_are_made_of_one_owner(callers: Callers) -> None:
    for _ in range(20):
        callers.make()
    assert "remove one first" in callers.call("Vilans", "POST", json=HOOK).get_json()["detail"]
    callers.make("Nivel")


def test_from_the_first_test_to_a_replay(callers: Callers) -> None:
    made = callers.make(address=f"{callers.receiver.url}/hook", facets={})
    one, path = made["subscription"]["id"], f"/{made['subscription']['id']}"
    number = callers.call("Vilans", "POST", f"{path}/test").get_json()["message"]
    callers.tell(one)
    lesson = callers.publish("l-1", "partners")
    callers.publish("l-2", "network")
    callers.tell(one)
    test, said = (got.read(made["secret"], NOW) for got in callers.receiver.got)
    assert (test["type"], said["type"], said["data"]["lesson"]["event_id"]) == (
        "webhook.test", "lesson.published", lesson,
    )  # fmt: skip
    log = callers.call("Vilans", "GET", f"{path}/deliveries").get_json()
    told = [(entry["message"] == number, entry["status"], entry["outcome"]) for entry in log["deliveries"]]
    assert (told, log["next"]) == ([(False, 204, "delivered"), (True, 204, "delivered")], None)
    first = callers.call("Vilans", "GET", f"{path}/deliveries?limit=1").get_json()
    older = callers.call("Vilans", "GET", f"{path}/deliveries?before={first['next']}").get_json()
    assert first["deliveries"] + older["deliveries"] == log["deliveries"]
    replayed = callers.call("Vilans", "POST", f"{path}/replay", json={"since": f"{NOW:%Y-%m-%d}"})
    assert replayed.status_code == 202
    callers.tell(one)
    assert [got.read(made["secret"], NOW)["type"] for got in callers.receiver.got[2:]] == ["lesson.published"]


def test_the_log_says_nothing_of_how_much_others_are_told(callers: Callers) -> None:
    def sent(who: str, times: int) -> str:
        one = str(callers.make(who, address=f"{callers.receiver.url}/{who}")["subscription"]["id"])
        for _ in range(times):
            callers.call(who, "POST", f"/{one}/test")
            callers.tell(one)
        return one

    sent("Nivel", 4)
    path = f"/{sent('Vilans', 3)}/deliveries"
    log = callers.call("Vilans", "GET", path).get_json()["deliveries"]
    assert (len(log), {"id"} & set(log[0])) == (3, set())
    told, before = [], ""
    for further in (3, 2, None):
        page = callers.call("Vilans", "GET", f"{path}?limit=1{before}").get_json()
        assert page["next"] == further, "attempts are counted for this subscription alone"
        told, before = told + page["deliveries"], f"&before={further}"
    assert told == log
    assert callers.call("Vilans", "GET", f"{path}?before=1").get_json() == {"deliveries": [], "next": None}


def test_pause_change_resume_and_remove(callers: Callers) -> None:
    made = callers.make(address=f"{callers.receiver.url}/old", facets={})
    one, path = made["subscription"]["id"], f"/{made['subscription']['id']}"
    paused = callers.call("Vilans", "POST", f"{path}/pause").get_json()
    assert (paused["state"], paused["why"]) == ("paused", "owner")
    callers.publish("l-1")
    callers.tell(one)
    assert callers.call("Vilans", "PATCH", path, json={"address": "http://example.nl/"}).status_code == 422
    changed = callers.call("Vilans", "PATCH", path, json={"address": f"{callers.receiver.url}/new", "q": "belmoment"})
    assert (changed.get_json()["q"], changed.get_json()["name"]) == ("belmoment", "Kennisbank")
    assert callers.receiver.got == []
    assert callers.call("Vilans", "POST", f"{path}/resume").get_json()["state"] == "active"
    callers.tell(one)
    assert [got.path for got in callers.receiver.got] == ["/new"]
    assert callers.call("Vilans", "DELETE", path).status_code == 204
    assert callers.call("Vilans", "GET", path).status_code == 404


def test_a_new_secret_is_given_and_the_old_one_ends_in_a_day_or_at_once(callers: Callers) -> None:
    made = callers.make()
    path = f"/{made['subscription']['id']}/secret"
    renewed = callers.call("Vilans", "POST", path).get_json()
    assert renewed["secret"] != made["secret"]
    assert renewed["subscription"]["old_secret_until"] == f"{NOW + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    lost = callers.call("Vilans", "POST", path, json={"lost": True}).get_json()
    assert lost["subscription"]["old_secret_until"] is None


def test_a_region_s_people_and_its_program_share_what_is_the_region_s(callers: Callers) -> None:
    with writing(callers.hub.engine) as connection:
        add_account(connection, "anna", "anna@example.nl", ["region:XR-ALFA", "partner"], NOW)
        session = start_session(connection, "anna", NOW, "test", "test")
        _, callers.tokens["anna"] = issue_token(connection, NOW, "own", account_owner("anna"), ["read:partners"])
    callers.make("region")
    browser = application(callers.hub).test_client()
    browser.set_cookie("__Host-regiohelix-session", session, domain="localhost", secure=True)
    held = browser.get(ADDRESS, base_url="https://localhost").get_json()["subscriptions"]
    assert [one["owner"] for one in held] == ["region XR-ALFA"]
    refused = browser.post(ADDRESS, json=HOOK, base_url="https://localhost")
    assert refused.status_code == 403, "without the token of one of our pages"
    csrf = browser.get("/api/v1/session", base_url="https://localhost").get_json()["csrf"]
    for owner, expected in ((None, "region XR-ALFA"), ("account anna", "account anna")):
        wanted = HOOK | ({} if owner is None else {"owner": owner})
        how: dict[str, Any] = {"base_url": "https://localhost", "headers": {"X-CSRF-Token": csrf}}
        made = browser.post(ADDRESS, json=wanted, **how).get_json()["subscription"]
        assert (made["owner"], made["audience"]) == (expected, "network")
    assert [one["owner"] for one in callers.call("anna", "GET").get_json()["subscriptions"]] == ["account anna"]
    assert len(callers.call("region", "GET").get_json()["subscriptions"]) == 2


def test_the_operator_sees_pauses_resumes_and_replays_any_of_them(callers: Callers) -> None:
    made = callers.make()["subscription"]
    home = str(callers.hub.settings.home)

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(cli, ["subscriptions", *arguments, "--home", home])

    assert made["id"] in run("list").output
    assert "partner Vilans" in run("list").output
    assert run("pause", made["id"]).exit_code == 0
    shown = run("show", made["id"]).output
    assert "paused" in shown
    assert "operator" in shown
    assert "whsec_" not in shown
    assert run("resume", made["id"]).exit_code == 0
    assert run("replay", made["id"], "--since", "2026-11-01").exit_code == 0
    assert callers.call("Vilans", "GET", f"/{made['id']}").get_json()["state"] == "active"
    assert isinstance(run("replay", made["id"], "--since", "once").exception, Exception)
    assert run("show", "0" * 16).exit_code != 0


def test_the_doctor_and_the_metrics_tell_of_what_the_hub_paused_itself(callers: Callers) -> None:
    one = callers.make(address=callers.receiver.answers("/hook", 410), facets={})["subscription"]["id"]
    callers.call("region", "POST", json=HOOK)
    callers.publish("l-1")
    callers.tell(one)
    found = CliRunner().invoke(
        cli, ["doctor", "--json", "--backup-days", "0", "--home", str(callers.hub.settings.home)]
    )
    (told,) = (one for one in msgspec.json.decode(found.stdout)["findings"] if one["about"] == "subscriptions")
    assert ("partner Vilans is paused (gone)" in told["what"], told["needs_hand"]) == (True, False)
    assert "hook" not in told["what"].replace("webhook", ""), "no address"
    measured = callers.client.get("/metrics").text
    assert 'regiohelix_hub_subscriptions{state="paused"} 1.0' in measured
    assert 'regiohelix_hub_subscriptions{state="active"} 1.0' in measured
