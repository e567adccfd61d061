"""Requests beyond the limits are answered 429 with how long to wait, and only those who caused it wait."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import flask
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connectors.database import writing
from hub.api.limits import GUESSES
from hub.bootstrap import application, make_hub
from hub.config import Hub
from hub.identity.accounts import add_account, set_password
from hub.identity.tokens import issue_token
from hub.intake.enrol import invite
from tests.support.events import TestRegion

MOST = 60


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """Offer a hub that answers sixty requests a minute, behind one proxy."""
    environ = {"REQUESTS_PER_MINUTE": str(MOST), "TRUSTED_PROXIES": "10.0.0.1, 10.1.0.0/16"}
    made = make_hub(tmp_path / "hub", {f"REGIOHELIX_HUB_{name}": value for name, value in environ.items()})
    yield made
    made.engine.dispose()


@pytest.fixture
def client(hub: Hub) -> FlaskClient:
    return application(hub).test_client()


def _token(hub: Hub) -> dict[str, str]:
    with writing(hub.engine) as connection:
        now = hub.clock()
        _, token = issue_token(connection, now, "reader", "test", ["read:public"], now + timedelta(days=1))
    return {"Authorization": f"Bearer {token}"}


def _until_stopped(call: Callable[[], TestResponse], within: int) -> int:
    """Call until the answer is 429, check that answer, and return how many calls were answered before."""
    for count in range(within):
        answer = call()
        if answer.status_code == 429:
            assert answer.content_type == "application/problem+json"
            assert 1 <= int(answer.headers["Retry-After"]) <= 61
            assert answer.headers["Retry-After"] in str(answer.json["detail"])
            return count
    return within


def _from(client: FlaskClient, address: str, passed: str | None = None, **headers: str) -> Callable[[], TestResponse]:
    given = headers | ({} if passed is None else {"X-Forwarded-For": passed})
    return lambda: client.get("/healthz", headers=given, environ_base={"REMOTE_ADDR": address})


def test_an_address_is_answered_so_often_and_another_goes_on(client: FlaskClient) -> None:
    assert _until_stopped(_from(client, "192.0.2.1"), MOST + 5) == MOST
    assert _from(client, "192.0.2.2")().status_code == 200


def test_the_addresses_of_one_ipv6_subscriber_count_together(client: FlaskClient) -> None:
    for number in range(MOST):
        assert _from(client, f"2001:db8::{number:x}")().status_code == 200
    assert _from(client, "2001:db8::ffff")().status_code == 429
    assert _from(client, "2001:db8:0:1::1")().status_code == 200


def test_a_token_counts_for_itself_whatever_its_address_did(client: FlaskClient, hub: Hub) -> None:
    first, second = _token(hub), _token(hub)
    _until_stopped(lambda: client.get("/healthz"), MOST + 1)
    assert _until_stopped(lambda: client.get("/api/v1/session", headers=first), MOST + 5) == MOST
    assert client.get("/api/v1/session", headers=second).status_code == 200


def test_drawings_and_sheets_are_answered_less_often_and_all_else_goes_on(client: FlaskClient, hub: Hub) -> None:
    ways = cycle(("indicators/q.hba1c/chart.svg", "indicators/q.hba1c/chart.png", "regions/XR-A/sheet"))

    def draw(**headers: str) -> TestResponse:
        return client.get(f"/api/v1/{next(ways)}", headers=headers)

    assert _until_stopped(draw, MOST) == 10
    assert client.get("/healthz").status_code == 200
    token = _token(hub)
    assert _until_stopped(lambda: draw(**token), MOST) == 10
    assert draw(**_token(hub)).status_code == 404  # there is nothing to draw here


def test_unknown_tokens_are_answered_less_often_and_known_ones_beside_them_go_on(client: FlaskClient, hub: Hub) -> None:
    guesses = iter(range(1000))

    def guess() -> TestResponse:
        return client.get("/api/v1/session", headers={"Authorization": f"Bearer guess-{next(guesses)}"})

    assert _until_stopped(guess, MOST) == GUESSES
    assert client.get("/api/v1/session", headers=_token(hub)).status_code == 200


def test_refused_enrolments_are_answered_less_often_and_good_ones_cost_nothing(tmp_path: Path) -> None:
    hub = make_hub(tmp_path / "hub", {})
    client = application(hub).test_client()

    def enrol(code: str, invitation: str) -> TestResponse:
        return client.post("/api/v1/enrolments", json=TestRegion(code).enrolment(invitation))

    for number in range(GUESSES + 5):
        with writing(hub.engine) as connection:
            invitation = invite(connection, f"XR-{number}", "A region", "invented", hub.clock())
        assert enrol(f"XR-{number}", invitation).status_code == 201
    assert _until_stopped(lambda: enrol("XR-1", "a guess"), MOST) == GUESSES
    hub.engine.dispose()


@pytest.mark.parametrize(
    ("path", "fields"), [("/session", {"name": "x", "password": "y"}), ("/session/password", {"code": "x"})]
)
def test_sign_ins_and_codes_are_tried_less_often(
    client: FlaskClient, path: str, fields: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.identity.sign_in.matches", lambda kept, password: False)  # the counting is looked at here
    page = client.get("/sign-in", base_url="https://localhost").get_data(as_text=True)
    csrf = page.partition('name="csrf" value="')[2][:64]
    numbers = iter(range(1000))

    def attempt() -> TestResponse:
        given = {**fields, "csrf": csrf} | ({"name": f"name-{next(numbers)}"} if "name" in fields else {})
        return client.post(path, data=given, base_url="https://localhost")

    assert _until_stopped(attempt, MOST - 1) == GUESSES


@pytest.mark.parametrize(
    ("peer", "passed", "counted"),
    [
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.7", "192.0.2.7"),  # what stands before, the reader wrote
        ("10.0.0.1", "192.0.2.7, 10.1.2.3", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7, not an address", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("192.0.2.50", "192.0.2.7", "192.0.2.50"),  # no proxy of ours
    ],
)
def test_a_proxys_word_counts_only_where_the_settings_trust_it(hub: Hub, peer: str, passed: str, counted: str) -> None:
    app = application(hub)
    seen: list[str | None] = []
    app.before_request(lambda: seen.append(flask.request.remote_addr))
    app.test_client().get("/healthz", headers={"X-Forwarded-For": passed}, environ_base={"REMOTE_ADDR": peer})
    assert seen == [counted]


@pytest.mark.parametrize(("peer", "scheme"), [("10.0.0.1", "https"), ("192.0.2.50", "http")])
def test_only_a_trusted_proxy_says_that_the_reader_came_over_tls(hub: Hub, peer: str, scheme: str) -> None:
    answer = (
        application(hub)
        .test_client()
        .get("/feeds/lessons.json", headers={"X-Forwarded-Proto": "https"}, environ_base={"REMOTE_ADDR": peer})
    )
    assert answer.json["feed_url"].startswith(f"{scheme}://")


@pytest.mark.parametrize(
    ("public_url", "name", "is_secure"),
    [
        (None, "__Host-regiohelix-session", True),
        ("https://hub.example.nl", "__Host-regiohelix-session", True),
        ("http://127.0.0.1:8400", "regiohelix-session", False),
    ],
)
def test_cookies_ask_for_tls_unless_the_hub_is_on_this_machine(
    hub: Hub, public_url: str | None, name: str, is_secure: bool
) -> None:
    with writing(hub.engine) as connection:
        add_account(connection, "anna", "anna@example.nl", ["national"], hub.clock())
        set_password(connection, "anna", "weinig mensen lezen dit", hub.clock(), "test")
    client = application(replace(hub, settings=replace(hub.settings, public_url=public_url))).test_client()
    first = client.get("/sign-in", base_url="https://localhost")
    csrf = first.get_data(as_text=True).partition('name="csrf" value="')[2][:64]
    fields = {"csrf": csrf, "name": "anna", "password": "weinig mensen lezen dit"}
    answer = client.post("/session", data=fields, base_url="https://localhost")
    assert answer.status_code == 303
    promises_tls = public_url is not None and is_secure
    assert first.headers.get("Strict-Transport-Security") == ("max-age=31536000" if promises_tls else None)
    (visit,) = first.headers.getlist("Set-Cookie")
    (given, _) = answer.headers.getlist("Set-Cookie")
    assert given.startswith(f"{name}=")
    for cookie in (visit, given):
        parts = cookie.split("; ")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
        assert ("Secure" in parts) == is_secure
        assert not any(part.startswith("Domain") for part in parts)
