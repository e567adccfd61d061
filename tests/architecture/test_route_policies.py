"""Every route of the hub says who may call it, and every kind of caller gets on every route what its policy says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import flask
import pytest
from werkzeug.routing import Rule

from connectors.database import writing
from hub.api import create_app
from hub.api.access import Policy, policy_of
from hub.bootstrap import application, make_hub
from hub.config import Hub
from hub.identity import accounts
from hub.identity.sessions import start_session
from hub.identity.tokens import issue_token
from hub.intake.enrol import invite

DENIED = (401, 403)
# The routes that change something and that a browser without a session, or nobody at all, may call.
OPEN_TO_CHANGE = {
    "enrolments.post_enrolment",
    "session.post_session",
    "session.post_password",
    "digests.post_digest",
    "digests.post_confirmed",  # these two do what the link in a mail is for, and nothing without it
    "digests.post_left",
}
PEOPLE = {
    "a region's person": "region:XR-DUIN",
    "the national team": "national",
    "a partner's person": "partner",
    "an administrator": "administrator",
}
TOKENS = {
    "a region's token": ("region XR-DUIN", "send:XR-DUIN"),
    "a partner's token": ("partner A", "read:partners"),
    "a reading token": ("account person-0", "read:network"),
    "a managing token": ("test", "manage"),
}
CALLERS = ("nobody", "an unknown token", *PEOPLE, *TOKENS)
MAY: dict[Policy, set[str]] = {
    Policy.ANYONE: set(CALLERS),
    Policy.VISITOR: set(CALLERS),
    Policy.READER: set(CALLERS) - {"an unknown token"},
    Policy.PERSON: set(PEOPLE),
    Policy.REGION: {"a region's token"},
    Policy.SUBSCRIBER: {"a region's token", "a partner's token"},
    Policy.FOLLOWER: {*PEOPLE, "a region's token", "a partner's token", "a reading token"} - {"an administrator"},
    Policy.NATIONAL: {"the national team"},
    Policy.ADMINISTRATOR: {"an administrator", "a managing token"},
    Policy.ADMINISTRATION: {"an administrator"},
}


Way = tuple[dict[str, str], str | None]  # headers, session


@dataclass
class Doors:
    """The hub's whole application, one route of each policy besides, and a way in for each kind of caller."""

    app: flask.Flask
    ways: dict[str, Way]

    def call(self, caller: str, path: str, method: str = "GET") -> int:
        headers, session = self.ways[caller]
        client = self.app.test_client()
        if session is not None:
            client.set_cookie("__Host-regiohelix-session", session, domain="localhost", secure=True)
        given = {"Accept": "application/json", **headers}
        return client.open(path, method=method, headers=given, base_url="https://localhost").status_code


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    hub = make_hub(tmp_path_factory.mktemp("doors") / "hub", {"REGIOHELIX_HUB_REQUESTS_PER_MINUTE": "100000"})
    yield Doors(application(hub), _ways(hub))
    hub.engine.dispose()


def _ways(hub: Hub) -> dict[str, Way]:
    ways: dict[str, Way] = {"nobody": ({}, None), "an unknown token": ({"Authorization": "Bearer nothing"}, None)}
    now = hub.clock()
    with writing(hub.engine) as connection:
        invite(connection, "XR-DUIN", "Duinrand", "invented", now)
        for number, (caller, role) in enumerate(PEOPLE.items()):
            accounts.add_account(connection, f"person-{number}", f"{number}@example.nl", [role], now)
            ways[caller] = ({}, start_session(connection, f"person-{number}", now, "test", "test"))
        for caller, (owner, scope) in TOKENS.items():
            _, token = issue_token(connection, now, caller, owner, [scope], now + timedelta(days=1))
            ways[caller] = ({"Authorization": f"Bearer {token}"}, None)
    return ways


def _routes(app: flask.Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
        if method not in ("HEAD", "OPTIONS")
    ]


def _path(rule: Rule) -> str:
    return rule.build(dict.fromkeys(rule.arguments, "x"))[1]  # type: ignore[index]


def _policy(app: flask.Flask, rule: Rule) -> Policy | None:
    return policy_of(rule.endpoint, app.extensions["regiohelix.policies"])


def test_every_route_has_a_policy(doors: Doors) -> None:
    routes = _routes(doors.app)
    assert len(routes) > 25
    assert [rule.rule for rule, _ in routes if _policy(doors.app, rule) is None] == []


def test_only_listed_routes_let_strangers_change_something(doors: Doors) -> None:
    open_policies = (Policy.ANYONE, Policy.VISITOR, Policy.READER)
    changing = {
        rule.endpoint
        for rule, method in _routes(doors.app)
        if method != "GET" and _policy(doors.app, rule) in open_policies
    }
    assert changing <= OPEN_TO_CHANGE


def test_events_are_taken_from_a_regions_token_only(doors: Doors) -> None:
    assert doors.app.extensions["regiohelix.policies"]["events"] is Policy.REGION


@pytest.mark.parametrize("caller", CALLERS)
def test_each_caller_passes_exactly_where_the_policy_says(doors: Doors, caller: str) -> None:
    wrong, tried = [], 0
    for rule, method in _routes(doors.app):
        policy = _policy(doors.app, rule)
        assert policy is not None
        if caller == "an unknown token":  # few of these are answered within a minute
            doors.app.extensions["regiohelix.limits"]._limiter.reset()
        status = doors.call(caller, _path(rule), method)
        if method != "GET" and (policy is Policy.VISITOR or (caller in PEOPLE and policy is not Policy.ANYONE)):
            may = False  # the form's token is missing, whoever asks
        else:
            may = caller in MAY[policy]
        tried += 1
        if (status not in DENIED) != may:
            wrong.append((method, rule.rule, policy, status))
    assert wrong == []
    assert tried == len(_routes(doors.app))


def test_every_policy_says_whom_it_lets_in() -> None:
    assert set(MAY) == set(Policy)


@pytest.mark.parametrize("policy", sorted(set(Policy) - {Policy.ANYONE, Policy.VISITOR, Policy.READER}))
def test_a_closed_policy_lets_in_whom_it_names(tmp_path: Path, policy: Policy) -> None:
    hub = make_hub(tmp_path / "hub", {})
    blueprint = flask.Blueprint("closed", __name__)
    blueprint.add_url_rule("/closed", "door", lambda: "open")
    doors = Doors(create_app(hub, [(blueprint, policy)]), _ways(hub))
    answers = {caller: doors.call(caller, "/closed") for caller in CALLERS}
    hub.engine.dispose()
    assert {caller for caller, status in answers.items() if status == 200} == MAY[policy]
    assert set(answers.values()) <= {200, *DENIED}
