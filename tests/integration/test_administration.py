"""Administering a hub with a browser: what the commands do, by somebody with a name, asked twice where it stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from hub.identity.tokens import kept_tokens
from hub.tables import dead_letter
from tests.support.access import PASSWORD, serving
from tests.support.administering import BASE, NOBODY_SEES, Desk, once, said
from tests.support.events import TestRegion
from tests.support.hub_stores import join


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving(tmp_path) as served:
        yield Desk(served)


def test_only_somebody_who_signed_in_as_an_administrator_gets_there(desk: Desk) -> None:
    desk.served.add("piet", "partner", "national")
    visitor, partner = desk.served.browser(), desk.as_("piet")
    assert "/sign-in" in visitor.get(f"{BASE}/log").url
    assert partner.get(BASE).status_code == 403
    assert BASE not in partner.get("/about").text
    assert BASE in desk.browser.get("/about").text
    managing = once(desk.send("/tokens", "make", name="beheer", owner="bea", scope="manage", expires=""))
    shown = requests.get(desk.served.url + BASE, headers={"Authorization": f"Bearer {managing}"}, timeout=30)
    assert "/sign-in" in shown.url or shown.status_code == 401
    forged = {"name": "eve", "email": "eve@example.nl", "role": "national"}
    stolen = desk.browser.http.post(f"{desk.served.url}{BASE}/users", data=forged, timeout=30)
    assert "/sign-in?why=form" in stolen.url
    assert [act for act, _ in desk.acts()] == ["token made"]


def test_a_region_is_invited_approved_and_invited_again_and_a_stolen_key_ends(desk: Desk) -> None:
    region = TestRegion()
    asked = {"code": region.code.lower(), "name": "Duinrand", "region_set": "invented"}
    assert "32 characters" in said(desk.send("/regions", **asked, fingerprint="12 34"))
    invited = desk.send("/regions", **asked)
    assert invited.headers["Cache-Control"] == "no-store"
    place = f"/regions/{region.code}"
    assert once(invited) not in desk.get(place)
    enrolment = f"{desk.served.url}/api/v1/enrolments"
    assert requests.post(enrolment, json=region.enrolment(once(invited)), timeout=30).status_code == 201
    desk.refuse(region)  # nobody compared the fingerprint yet
    assert region.fingerprint not in desk.browser.get(BASE + place).text, "it is read out, not copied"
    assert "not the fingerprint" in said(desk.send(place, "approve", fingerprint="1234"))
    assert "what waited for them was accepted" in said(desk.send(place, "approve", fingerprint=region.fingerprint))

    key = region.service.public.key_id
    assert "Write down why" in said(desk.send(place, "revoke", key_id=key))
    warned = said(desk.send(place, "revoke", key_id=key, reason="laptop weg"))
    assert f"Key {key} of {region.code} holds no longer from place 2" in warned
    assert "the last key" in warned
    assert "from 1, below 2" not in desk.get("/keys?state=ended"), "it only asked"
    assert "holds no longer" in said(desk.send(place, "revoke", key_id=key, reason="laptop weg", sure="1"))
    assert "from 1, below 2" in desk.get("/keys?state=ended")
    assert "decides which keys" in said(desk.send(place, "again"))
    back = once(desk.send(place, "again", sure="1"))
    region.service = TestRegion().service
    assert requests.post(enrolment, json=region.enrolment(back), timeout=30).status_code == 201
    assert [act for act, _ in desk.acts()] == [
        "region invited", "fingerprint refused", "keys approved", "key revoked", "region invited again",
    ]  # fmt: skip
    assert all(detail["origin"] == "127.0.0.0/24" for _, detail in desk.acts())


def test_a_refused_event_is_understood_tried_again_and_another_is_given_up(desk: Desk) -> None:
    region, stranger = TestRegion(), TestRegion("XR-VREEMD")
    desk.refuse(region)
    desk.refuse(stranger)
    join(desk.hub, region)
    assert "the region is not enrolled" in desk.get("/dead-letters")
    shown = desk.browser.get(f"{BASE}/dead-letters/1?lang=nl").text
    assert "Nodig de regio uit en probeer het dan opnieuw." in shown
    assert NOBODY_SEES not in shown
    assert "accepted after all" in said(desk.send("/dead-letters/1", "replay"))
    assert "refused again" in said(desk.send("/dead-letters/2", "replay"))
    assert "still refused" in said(desk.send("/dead-letters"))
    assert "Write down why" in said(desk.send("/dead-letters/2", "discard", reason="  "))
    warned = said(desk.send("/dead-letters/2", "discard", reason="van niemand"))
    assert "cannot be undone" in warned
    assert "‘van niemand’" in warned

    def held() -> tuple[str, bool, str | None]:
        with desk.hub.engine.connect() as connection:
            row = connection.execute(select(dead_letter).where(dead_letter.c.id == 2)).one()
        return row.state, bool(row.body), row.decided_by

    assert held() == ("open", True, None)
    assert "was given up" in said(desk.send("/dead-letters/2", "discard", reason="van niemand", sure="1"))
    assert held() == ("discarded", False, "bea")
    assert "decided on already" in said(desk.send("/dead-letters/2", "replay"))
    told = [(act, detail["number"], detail.get("outcome", detail.get("reason"))) for act, detail in desk.acts()]
    replayed = "dead letter replayed"
    assert told == [
        (replayed, 1, "accepted"), (replayed, 2, "refused"), (replayed, 2, "refused"),
        ("dead letter discarded", 2, "van niemand"),
    ]  # fmt: skip


def test_a_person_is_admitted_with_a_code_changed_and_shut_out(desk: Desk) -> None:
    assert "at least one role" in said(desk.send("/users", name="cor", email="cor@example.nl"))
    code = once(desk.send("/users", name="cor", email="cor@example.nl", role="national"))
    assert code not in desk.browser.get(f"{BASE}/users/cor").text
    cor = desk.served.browser()
    set_with = {"code": code, "password": PASSWORD, "again": PASSWORD}
    assert "password is set" in said(cor.send("/set-password", "/session/password", set_with))
    cor.sign_in("cor")
    assert cor.who()["roles"] == ["national"]
    assert "roles were changed" in said(desk.send("/users/cor", "roles", role="partner"))
    assert cor.who()["audience"] == "partners"
    assert "signed out everywhere at once" in said(desk.send("/users/cor", "disable"))
    assert cor.who()["name"] == "cor", "it only asked"
    assert "account is shut" in said(desk.send("/users/cor", "disable", sure="1"))
    assert cor.who()["name"] is None
    assert "open again" in said(desk.send("/users/cor", "enable"))
    renewed = once(desk.send("/users/cor", "code"))
    assert renewed != code
    for do, fields in (("roles", {"role": "national"}), ("disable", {"sure": "1"})):
        assert "ask another administrator" in said(desk.send("/users/bea", do, **fields))
    assert desk.browser.who()["roles"] == ["administrator"]
    assert [act for act, _ in desk.acts()] == [
        "account made", "password code made", "roles changed", "sessions ended", "account disabled", "account enabled",
        "password code made",
    ]  # fmt: skip


def test_nobody_gives_themselves_a_role_by_which_they_read(desk: Desk) -> None:
    desk.served.add("ali", "administrator")
    form, mine = f"{BASE}/users?lang=en", f"{BASE}/users/bea?lang=en"
    for wanted in ("national", "partner", "region:GG0111"):
        answer = desk.browser.send(form, mine, {"do": "roles", "role": ["administrator", wanted]})
        assert answer.status_code == 422
        assert "cannot give yourself a role" in said(answer)
    assert (desk.browser.who()["roles"], desk.browser.who()["audience"]) == (["administrator"], "public")
    assert 'value="national"' not in desk.browser.get(mine).text
    given = desk.as_("ali").send(form, mine, {"do": "roles", "role": ["administrator", "national"]})
    assert "roles were changed" in said(given), "by another, whose name the log has"
    assert desk.acts("ali")[-1][0] == "roles changed"
    assert desk.browser.who()["audience"] == "network"
    assert "roles were changed" in said(desk.send("/users/bea", "roles", role="administrator")), "giving it back"
    assert desk.browser.who()["audience"] == "public"
    assert [act for act, _ in desk.acts()] == ["roles changed"]


def test_a_token_is_shown_once_and_taken_back_and_a_partner_reads(desk: Desk) -> None:
    def status(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{desk.served.url}/api/v1/lessons", headers=headers, timeout=30).status_code

    asked = {"name": "uitvoer", "owner": "bea", "scope": "read:partners", "expires": ""}
    assert "two years at most" in said(desk.send("/tokens", "make", **asked | {"expires": "2099-01-01"}))
    assert "like 2027-06-30" in said(desk.send("/tokens", "make", **asked | {"expires": "morgen"}))
    token = once(desk.send("/tokens", "make", **asked))
    reading = once(desk.send("/tokens", "partner", name="Kennisbank"))
    assert (status(token), status(reading)) == (200, 200)
    assert token not in desk.browser.get(f"{BASE}/tokens").text
    with desk.hub.engine.connect() as connection:
        made = {one.name: one.id for one in kept_tokens(connection)}
    renewed = once(desk.send("/tokens", "renew", id=made["uitvoer"]))
    assert (status(token), status(renewed)) == (200, 200)
    assert "holds no longer, at once" in said(desk.send("/tokens", "revoke", id=made["uitvoer"]))
    assert status(token) == 200
    assert "holds no longer" in said(desk.send("/tokens", "revoke", id=made["uitvoer"], sure="1"))
    assert (status(token), status(reading)) == (401, 200)
    acts = [act for act, _ in desk.acts()]
    assert acts == ["token made", "token made", "partner added", "token made", "token revoked"]
    assert token not in str(desk.served.log())
