"""Signing in with a password, on both databases: sessions and their ends, forms of our own, guessing slowed down."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from argon2 import PasswordHasher
from sqlalchemy import select, update

from connectors.database import writing
from hub.bootstrap import application
from hub.identity import accounts
from hub.identity.sessions import end_sessions_of
from hub.identity.tables import account, account_code, session, sign_in_attempt
from hub.identity.throttle import FREE_ATTEMPTS, SignInThrottled, count_attempt
from tests.support.access import FORM, PASSWORD, Browser, ServedHub, serving

WRONG = "niet het goede wachtwoord"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServedHub]:
    """Offer a served hub with one account, on either database."""
    database = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with serving(tmp_path, database) as hub:
        hub.add("anna", "region:XR-DUIN")
        yield hub


def _cookie(browser: Browser) -> str | None:
    return browser.http.cookies.get("regiohelix-session")


def _rows(served: ServedHub, table: Any) -> list[Any]:
    with served.hub.engine.connect() as connection:
        return list(connection.execute(select(table)).all())


def test_a_person_signs_in_reads_and_signs_out(served: ServedHub) -> None:
    browser = served.browser()
    assert browser.who()["audience"] == "public"
    assert browser.sign_in(" Anna ").url == f"{served.url}/?lang=en"
    assert browser.who() | {"csrf": ""} == {
        "name": "anna",
        "audience": "network",
        "region": None,
        "roles": ["region:XR-DUIN"],
        "scopes": [],
        "csrf": "",
    }
    assert "anna" in browser.get("/account").text
    held = _cookie(browser)
    assert browser.send("/account", "/session/end", {}).url.endswith("/sign-in?why=goodbye&lang=en")
    browser.http.cookies.set("regiohelix-session", held, domain="localhost.local", path="/")
    assert browser.who()["name"] is None, "the session itself is over, not only its cookie"


def test_a_session_is_new_at_every_sign_in_and_kept_as_a_hash(served: ServedHub) -> None:
    browser = served.browser()
    browser.http.cookies.set("regiohelix-session", "chosen-by-somebody-else", domain="localhost.local", path="/")
    browser.sign_in("anna")
    first = _cookie(browser)
    browser.sign_in("anna")
    second = _cookie(browser)
    assert len({"chosen-by-somebody-else", first, second}) == 3
    (kept,) = _rows(served, session)
    assert second is not None
    assert second not in str(kept)
    assert kept.origin == "127.0.0.0/24"


def test_a_session_ends_after_half_an_hour_without_use_and_after_twelve_hours(served: ServedHub) -> None:
    browser = served.browser()
    browser.sign_in("anna")
    served.clock.pass_by(minutes=31)
    assert browser.who()["name"] is None
    browser.sign_in("anna")
    for _ in range(26):
        served.clock.pass_by(minutes=27)
        assert browser.who()["name"] == "anna"
    served.clock.pass_by(minutes=20)
    assert browser.who()["name"] is None, "twelve hours, however busy"
    page = browser.get("/account")
    assert "why=signed_out" in page.url


def test_roles_and_shutting_an_account_count_from_the_next_request_on(served: ServedHub) -> None:
    browser = served.browser()
    browser.sign_in("anna")
    served.writing(accounts.set_roles, "anna", ["partner"])
    assert browser.who()["audience"] == "partners"
    served.writing(accounts.disable_account, "anna")
    assert browser.who()["name"] is None
    assert "why=mismatch" in browser.sign_in("anna").url
    served.writing(accounts.enable_account, "anna")
    assert browser.who()["name"] is None
    browser.sign_in("anna")
    assert browser.who()["name"] == "anna"


def test_a_session_of_a_shut_account_holds_no_longer_even_if_it_was_left(served: ServedHub) -> None:
    browser = served.browser()
    browser.sign_in("anna")
    with served.hub.engine.begin() as connection:
        connection.execute(update(account).values(disabled_at="2026-11-22T12:00:00Z"))
    assert browser.who()["name"] is None


def test_every_session_of_a_person_can_be_ended_at_once(served: ServedHub) -> None:
    browsers = [served.browser() for _ in range(3)]
    for browser in browsers:
        browser.sign_in("anna")
    browsers[0].send("/account", "/session/end", {"everywhere": "1"})
    assert [browser.who()["name"] for browser in browsers] == [None] * 3
    browsers[0].sign_in("anna")
    with served.hub.engine.begin() as connection:
        assert end_sessions_of(connection, "anna", served.clock(), "operator") == 1
    assert browsers[0].who()["name"] is None


@pytest.mark.parametrize("action", ["/session", "/session/password", "/session/end"])
def test_a_form_of_another_page_changes_nothing(served: ServedHub, action: str) -> None:
    browser, other = served.browser(), served.browser()
    browser.sign_in("anna")
    found = FORM.search(other.get("/sign-in").text)
    assert found
    for field in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": found[1]}):
        fields = {"name": "anna", "password": PASSWORD, **field}
        answer = browser.http.post(served.url + action, data=fields, headers={"Accept": "application/json"}, timeout=30)
        assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
        assert "why=form" in browser.http.post(served.url + action, data=fields, timeout=30).url
    assert browser.who()["name"] == "anna"


def test_nobody_waits_for_the_store_while_a_password_is_hashed(
    served: ServedHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.add("bram", "partner", password=None)
    code, hashed, tried = served.writing(accounts.issue_code, "bram"), accounts.hash_password, []

    def beside_a_writer(password: str, *known: str) -> str:
        with writing(served.hub.engine) as other:  # would wait for a lock, and fail
            other.execute(select(account_code).with_for_update(nowait=True)).all()
        tried.append(known)
        return hashed(password, *known)

    monkeypatch.setattr(accounts, "hash_password", beside_a_writer)
    assert accounts.use_code(served.hub.engine, code, PASSWORD, served.clock(), "test") == "bram"
    assert tried == [("bram",)]


@pytest.mark.usefixtures("real_price")
def test_a_code_sets_a_password_once(served: ServedHub) -> None:
    served.add("bram", "partner", password=None)
    code = served.writing(accounts.issue_code, "bram")
    assert code not in str(_rows(served, account_code))
    browser = served.browser()
    wrong = {"code": code, "password": "kort", "again": "kort"}
    assert "why=unfit" in browser.send("/set-password", "/session/password", wrong).url
    fields = {"code": code, "password": PASSWORD, "again": PASSWORD}
    assert "why=differ" in browser.send("/set-password", "/session/password", {**fields, "again": WRONG}).url
    assert "why=password_set" in browser.send("/set-password", "/session/password", fields).url
    assert "why=code" in browser.send("/set-password", "/session/password", fields).url
    assert browser.sign_in("bram").url == f"{served.url}/?lang=en"
    (kept,) = [row.password for row in _rows(served, account) if row.name == "bram"]
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_code_ends_after_72_hours_and_when_a_new_one_is_made(served: ServedHub) -> None:
    first = served.writing(accounts.issue_code, "anna")
    second = served.writing(accounts.issue_code, "anna")
    for code, days in ((first, 0), (second, 3)):
        served.clock.pass_by(days=days, minutes=1)
        fields = {"code": code, "password": PASSWORD, "again": PASSWORD}
        assert "why=code" in served.browser().send("/set-password", "/session/password", fields).url


def test_setting_a_password_ends_the_sessions_of_before(served: ServedHub) -> None:
    browser = served.browser()
    browser.sign_in("anna")
    code = served.writing(accounts.issue_code, "anna")
    fields = {"code": code, "password": WRONG, "again": WRONG}
    assert "why=password_set" in served.browser().send("/set-password", "/session/password", fields).url
    assert browser.who()["name"] is None


def _answer(served: ServedHub, name: str, password: str = WRONG) -> requests.Response:
    browser = served.browser()
    browser.http.headers["Accept"] = "application/json"
    return browser.sign_in(name, password)


@pytest.mark.parametrize("name", ["anna", "nobody", "no name at all \x00"])
def test_guessing_is_slowed_down_alike_for_names_that_exist_and_names_that_do_not(served: ServedHub, name: str) -> None:
    answers = [_answer(served, name) for _ in range(FREE_ATTEMPTS)]
    assert {(one.status_code, one.text) for one in answers} == {(401, answers[0].text)}
    stopped = _answer(served, name, PASSWORD)
    assert (stopped.status_code, stopped.headers["Content-Type"]) == (429, "application/problem+json")
    assert 1 <= int(stopped.headers["Retry-After"]) <= 61
    assert "why=wait" in served.browser().sign_in(name).url
    served.clock.pass_by(minutes=1, seconds=2)
    assert _answer(served, name).status_code == 401
    assert int(_answer(served, name).headers["Retry-After"]) > 60, "it doubles"
    assert name not in str(_rows(served, sign_in_attempt))


def test_guesses_at_the_same_moment_are_all_counted(served: ServedHub) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: _answer(served, "anna").status_code, range(12)))
    assert sorted(statuses) == [401] * FREE_ATTEMPTS + [429] * (12 - FREE_ATTEMPTS)


def test_another_process_on_the_same_database_counts_on(served: ServedHub) -> None:
    for _ in range(FREE_ATTEMPTS):
        _answer(served, "anna")
    other = application(served.hub).test_client()
    found = FORM.search(other.get("/sign-in", base_url=served.url).text)
    assert found
    fields = {"csrf": found[1], "name": "anna", "password": PASSWORD}
    assert other.post("/session", data=fields, base_url=served.url).status_code == 429


def test_the_right_password_wipes_the_count_and_so_does_the_operator(served: ServedHub) -> None:
    for _ in range(FREE_ATTEMPTS - 1):
        _answer(served, "anna")
    assert served.browser().sign_in("anna").url.endswith("/?lang=en")
    assert _rows(served, sign_in_attempt) == []
    for _ in range(FREE_ATTEMPTS):
        _answer(served, "anna")
    served.writing(accounts.issue_code, "anna")
    assert served.browser().sign_in("anna").url.endswith("/?lang=en")


def test_each_wait_is_twice_the_last_and_none_is_longer_than_a_quarter_of_an_hour(served: ServedHub) -> None:
    waits = []
    for _ in range(FREE_ATTEMPTS + 12):
        try:
            served.writing(count_attempt, "anna")
        except SignInThrottled as stopped:
            waits.append(round(stopped.seconds / 60))
            served.clock.pass_by(seconds=stopped.seconds)
    assert waits == [1, 2, 4, 8, 15, 15]


@pytest.mark.usefixtures("real_price")
def test_the_same_work_is_done_for_a_name_that_no_account_has(
    served: ServedHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, kept: str, password: str) -> bool:
        hashes.append(kept)
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    served.add("bram", "partner", password=None)
    for name in ("anna", "nobody", "bram"):
        _answer(served, name)
    assert [kept.split("$")[1:4] for kept in hashes] == [["argon2id", "v=19", "m=65536,t=3,p=4"]] * 3


def test_the_log_says_who_came_from_where_and_holds_no_secret(served: ServedHub) -> None:
    browser = served.browser()
    _answer(served, "anna")
    _answer(served, "my password in the wrong field")
    browser.sign_in("anna")
    held = _cookie(browser)
    told = served.log()
    outcomes = [(actor, '"refused"' in detail) for actor, action, detail in told if action == "sign-in"]
    assert outcomes == [("anna", True), ("unknown", True), ("anna", False)]
    assert all('"origin": "127.0.0.0/24"' in detail for _, action, detail in told if action == "sign-in")
    for secret in (WRONG, PASSWORD, "wrong field", str(held)):
        assert secret not in str(told)
