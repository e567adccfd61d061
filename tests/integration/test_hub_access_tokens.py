"""Tokens of programs, on both databases: what each scope opens, when a token ends, and what is kept of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
from sqlalchemy import select

from connectors.database import writing
from hub.identity import accounts, tokens
from hub.identity.caller import ScopeUnknown
from hub.identity.tables import token as token_table
from hub.identity.token_ends import TokenExpiryPast
from hub.identity.tokens import TokenNameWrong, TokenRegionUnknown, issue_token
from hub.intake.approval import approve
from hub.intake.enrol import PartnerExists, add_partner, invite
from schemas.cloudevents import BATCH_MEDIA_TYPE
from tests.support.access import ServedHub, serving
from tests.support.events import TestRegion, lesson


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServedHub]:
    """Offer a served hub with one invited region, on either database."""
    database = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with serving(tmp_path, database) as hub:
        yield hub


def _token(served: ServedHub, *scopes: str, owner: str = "test", days: int = 1) -> tuple[str, str]:
    with writing(served.hub.engine) as connection:
        now = served.clock()
        return issue_token(connection, now, "a token", owner, scopes, now + timedelta(days=days))


def _invite(served: ServedHub, code: str) -> str:
    with writing(served.hub.engine) as connection:
        return invite(connection, code, code.title(), "invented", served.clock())


def _get(served: ServedHub, path: str, token: str) -> requests.Response:
    return requests.get(served.url + path, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def _post_events(served: ServedHub, token: str, bodies: list[bytes]) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": BATCH_MEDIA_TYPE}
    body = b"[" + b",".join(bodies) + b"]"
    return requests.post(f"{served.url}/api/v1/events", data=body, headers=headers, timeout=30)


def _enrolled(served: ServedHub, region: TestRegion) -> str:
    sent = region.enrolment(_invite(served, region.code))
    answer = requests.post(f"{served.url}/api/v1/enrolments", json=sent, timeout=30)
    assert answer.status_code == 201
    with writing(served.hub.engine) as connection:
        approve(connection, region.code, region.fingerprint, served.clock())
    return str(answer.json()["token"])


def _kept(served: ServedHub) -> list[Any]:
    with served.hub.engine.connect() as connection:
        return list(connection.execute(select(token_table)).all())


def test_a_scope_opens_its_audience_and_nothing_else(served: ServedHub) -> None:
    sender = TestRegion()
    sending = _enrolled(served, sender)
    for audience in ("public", "partners", "network"):
        words = msgspec.structs.replace(lesson(f"For {audience}"), lesson=f"les-{audience}")
        answer = _post_events(served, sending, [sender.release([words], audience)[0].body])
        assert answer.json()[0]["outcome"] == "accepted"
    seen: dict[str, set[tuple[str, ...]]] = {}
    for scope in ("read:public", "read:partners", "read:network", f"send:{sender.code}", "manage"):
        _, token = _token(served, scope)
        for path in ("/api/v1/lessons", "/feeds/lessons.json"):
            found = _get(served, path, token).text
            read = [audience for audience in ("public", "partners", "network") if f"For {audience}" in found]
            seen.setdefault(scope, set()).add(tuple(read))
        assert (_post_events(served, token, []).status_code == 200) == scope.startswith("send:")
        assert (_get(served, "/api/v1/tokens", token).status_code == 200) == (scope == "manage")
    assert seen == {
        "read:public": {("public",)},
        "read:partners": {("public", "partners")},
        "read:network": {("public", "partners", "network")},
        f"send:{sender.code}": {("public",)},
        "manage": {("public",)},
    }


def test_a_person_reads_on_the_pages_what_their_roles_say(served: ServedHub) -> None:
    sender = TestRegion()
    sending = _enrolled(served, sender)
    _post_events(served, sending, [sender.release([lesson("For network")], "network")[0].body])
    browser = served.browser()
    assert "For network" not in browser.get("/lessons").text
    served.add("anna", "national")
    browser.sign_in("anna")
    assert "For network" in browser.get("/lessons").text
    assert "For network" in browser.get("/feeds/lessons.json").text
    answer = browser.http.post(f"{served.url}/api/v1/events", data=b"[]", headers={"Content-Type": BATCH_MEDIA_TYPE})
    assert answer.status_code == 401, "no cookie is looked at where events are sent"


def test_a_token_ends_on_its_day_and_when_it_is_revoked(served: ServedHub) -> None:
    first, token = _token(served, "read:network", days=1)
    _, other = _token(served, "read:network", days=3)
    assert _get(served, "/api/v1/session", token).json()["audience"] == "network"
    served.clock.pass_by(days=1, minutes=1)
    ended = _get(served, "/api/v1/session", token)
    assert (ended.status_code, ended.json()["detail"][:19]) == (401, "The token ended on ")
    still = _get(served, "/api/v1/session", other)
    assert still.json()["token_expires_at"][:10] == still.headers["Regiohelix-Token-Ends"]
    with writing(served.hub.engine) as connection:
        tokens.revoke_tokens_of(connection, "test", served.clock())
    assert _get(served, "/api/v1/session", other).status_code == 401
    with pytest.raises(tokens.TokenUnknown), writing(served.hub.engine) as connection:
        tokens.revoke_token(connection, first, served.clock())


def test_only_the_hash_and_the_day_of_last_use_are_kept(served: ServedHub) -> None:
    identifier, token = _token(served, "read:network")
    assert [row.last_used for row in _kept(served)] == [None]
    for _ in range(2):
        _get(served, "/api/v1/session", token)
    (row,) = _kept(served)
    assert row.last_used == f"{served.clock():%Y-%m-%d}"
    assert token not in str(row)
    assert token not in str(served.log())
    assert identifier in str(served.log())


def test_a_token_of_a_person_ends_with_their_account(served: ServedHub) -> None:
    served.add("anna", "national", password=None)
    _, token = _token(served, "read:network", owner=tokens.account_owner("anna"))
    assert _get(served, "/api/v1/session", token).status_code == 200
    served.writing(accounts.disable_account, "anna")
    assert _get(served, "/api/v1/session", token).status_code == 401


def test_enrolling_again_gives_a_new_token_and_ends_the_old_one(served: ServedHub) -> None:
    region = TestRegion()
    sent = region.enrolment(_invite(served, region.code))
    first, second = (
        requests.post(f"{served.url}/api/v1/enrolments", json=sent, timeout=30).json()["token"] for _ in range(2)
    )
    assert _get(served, "/api/v1/receipts", first).status_code == 401
    assert _get(served, "/api/v1/receipts", second).status_code == 200
    answer = _get(served, "/api/v1/session", second)
    assert "Regiohelix-Token-Ends" not in answer.headers, "told in the last month only"
    told = answer.json()
    assert told.pop("token_expires_at")[:10] == f"{served.clock() + timedelta(days=365):%Y-%m-%d}"
    assert told == {
        "name": f"region {region.code}",
        "audience": "network",
        "region": region.code,
        "roles": [],
        "scopes": ["read:network", f"send:{region.code}"],
    }


def test_a_partner_has_one_token_until_it_is_revoked(served: ServedHub) -> None:
    token = served.writing(add_partner, "A partner")
    assert _get(served, "/api/v1/session", token).json()["audience"] == "partners"
    with pytest.raises(PartnerExists):
        served.writing(add_partner, "A partner")
    with writing(served.hub.engine) as connection:
        assert tokens.revoke_tokens_of(connection, tokens.partner_owner("A partner"), served.clock()) == 1
    assert served.writing(add_partner, "A partner") != token


@pytest.mark.parametrize(
    ("scopes", "change", "refusal"),
    [
        ((), {}, ScopeUnknown),
        (("read:everything",), {}, ScopeUnknown),
        (("send:XR-DUIN", "send:XR-VELD"), {}, ScopeUnknown),
        (("send:xr-duin",), {}, ScopeUnknown),
        (("send:XR-DUIN\n",), {}, ScopeUnknown),
        (("send:XR-NIEMAND",), {}, TokenRegionUnknown),
        (("read:public",), {"name": "two\nlines"}, TokenNameWrong),
        (("read:public",), {"owner": ""}, TokenNameWrong),
        (("read:public",), {"days": 0}, TokenExpiryPast),
    ],
)
def test_a_token_that_makes_no_sense_is_not_made(
    served: ServedHub, scopes: tuple[str, ...], change: dict[str, Any], refusal: type[Exception]
) -> None:
    given = {"name": "a token", "owner": "test", "days": 1} | change
    now = served.clock()
    until = now + timedelta(days=given["days"])
    with pytest.raises(refusal), writing(served.hub.engine) as connection:
        issue_token(connection, now, given["name"], given["owner"], scopes, until)
    assert _kept(served) == []


def test_an_administrator_makes_lists_and_revokes_tokens_over_http(served: ServedHub) -> None:
    _, managing = _token(served, "manage", owner="the operator's script")
    headers = {"Authorization": f"Bearer {managing}"}
    address = f"{served.url}/api/v1/tokens"
    day = f"{served.clock() + timedelta(days=30):%Y-%m-%d}"
    wanted = {"name": "export", "owner": "A partner", "scopes": ["read:partners"], "expires": day}
    made = requests.post(address, json=wanted, headers=headers, timeout=30)
    assert made.status_code == 201
    assert _get(served, "/api/v1/session", made.json()["token"]).json()["audience"] == "partners"
    listed = requests.get(address, headers=headers, timeout=30)
    assert {one["name"] for one in listed.json()} == {"export", "a token"}
    assert made.json()["token"] not in listed.text
    one = f"{address}/{made.json()['id']}"
    assert [requests.delete(one, headers=headers, timeout=30).status_code for _ in range(2)] == [204, 404]
    for wrong_id in ("x", "%00", "%F0%9F%94%91", "a" * 5000):
        assert requests.delete(f"{address}/{wrong_id}", headers=headers, timeout=30).status_code == 404
    assert _get(served, "/api/v1/session", made.json()["token"]).status_code == 401
    wrong = requests.post(address, json={**wanted, "scopes": ["everything"]}, headers=headers, timeout=30)
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (422, "application/problem+json")
    (told,) = [detail for actor, action, detail in served.log() if action == "token revoked"]
    assert '"origin": "127.0.0.0/24"' in told
