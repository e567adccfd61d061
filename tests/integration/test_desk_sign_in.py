"""The door of the desk's pages: links that hold once, sessions that end, forms that only our own pages send."""

import logging
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from werkzeug.test import Client

from connectors.database import writing
from node.__main__ import cli
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.tables import desk_account
from node.web.desk import accounts
from node.web.desk.routes import ROUTES
from tests.support.desk_pages import PASSPHRASE, invited, joined, pages, person, text_of
from tests.support.small_region import CODE, NOW

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip
BOTH = {"passphrase": PASSPHRASE, "again": PASSPHRASE}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.real_postgres)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = create_node(tmp_path / "either", {**VALUES, "database": url})
    yield made
    made.engine.dispose()


def test_a_link_holds_once_and_a_new_one_ends_what_there_was(either: Node) -> None:
    first, second = invited(either, "Jan", "scientist"), invited(either, "Jan", "scientist")
    client = Client(pages(either))
    assert client.get(first).status_code == 404
    assert "Jan, datawetenschapper" in text_of(client.get(second))
    assert client.post(second, data={**BOTH, "again": "iets heel anders"}).status_code == 400
    assert client.post(second, data={"passphrase": "kort", "again": "kort"}).status_code == 400
    assert client.post(second, data=BOTH).status_code == 303
    assert client.get("/").status_code == 200
    assert Client(pages(either)).get(second).status_code == 404
    invited(either, "Jan", "scientist")
    assert client.get("/").status_code == 303


def test_a_link_expires(node: Node) -> None:
    path = invited(node, "Jan", "scientist", at=NOW - timedelta(hours=72))
    assert Client(pages(node)).post(path, data=BOTH).status_code == 404


def test_name_and_passphrase_open_the_desk_and_nothing_else_does(node: Node) -> None:
    joined(node, "Jan de Boer", "scientist")
    invited(node, "Nog Niet", "author")
    client = Client(pages(node))
    for name, passphrase in (("Jan de Boer", "een andere zin dan die"), ("Niemand", PASSPHRASE), ("Nog Niet", "")):
        answer = client.post("/sign-in", data={"name": name, "passphrase": passphrase})
        assert answer.status_code == 403
        assert client.get("/").headers["Location"] == "/sign-in"
    assert client.post("/sign-in", data={"name": "jan  DE boer", "passphrase": PASSPHRASE}).headers["Location"] == "/"
    assert client.get("/").status_code == 200


def test_who_guesses_waits_and_then_not_even_the_right_passphrase_is_taken(node: Node) -> None:
    joined(node, "Jan", "scientist")
    moment = [NOW]
    client = Client(pages(node, clock=lambda: moment[0]))
    for _ in range(5):
        client.post("/sign-in", data={"name": "Jan", "passphrase": "nooit de goede zin"})
    right = {"name": "Jan", "passphrase": PASSPHRASE}
    assert client.post("/sign-in", data=right).status_code == 403
    moment[0] += timedelta(seconds=61)
    assert client.post("/sign-in", data=right).status_code == 303


def test_guesses_at_the_same_time_are_all_counted(either: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    joined(either, "Jan", "scientist")
    together, stretched = threading.Barrier(5), accounts._stretched

    def at_once(passphrase: str, salt: bytes) -> bytes:
        together.wait(timeout=30)
        return stretched(passphrase, salt)

    monkeypatch.setattr(accounts, "_stretched", at_once)
    with ThreadPoolExecutor(5) as pool:
        wrong = [pool.submit(accounts.check_passphrase, either.engine, "Jan", "geen goede zin", NOW) for _ in range(5)]
        assert [one.result() for one in wrong] == [None] * 5
    with either.engine.connect() as connection:
        row = connection.execute(select(desk_account)).one()
    assert (row.failures, row.blocked_until is not None) == (5, True)


def test_nobody_waits_for_the_store_while_a_passphrase_is_stretched(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    stretched, tried = accounts._stretched, []

    def beside_a_writer(passphrase: str, salt: bytes) -> bytes:
        with closing(sqlite3.connect(str(node.engine.url.database), timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")  # fails at once where the store is locked
        tried.append(passphrase)
        return stretched(passphrase, salt)

    monkeypatch.setattr(accounts, "_stretched", beside_a_writer)
    joined(node, "Jan", "scientist")
    assert accounts.check_passphrase(node.engine, "Jan", PASSPHRASE, NOW) is not None
    assert accounts.check_passphrase(node.engine, "Niemand", PASSPHRASE, NOW) is None
    assert tried == [PASSPHRASE] * 3


def test_a_session_ends_when_idle_when_old_and_when_told_to(node: Node) -> None:
    moment = [NOW]
    app = pages(node, clock=lambda: moment[0])
    jan = joined(node, "Jan", "scientist", app=app)
    moment[0] += timedelta(minutes=59)
    assert jan.client.get("/").status_code == 200
    for _ in range(9):
        moment[0] += timedelta(minutes=59)
        assert jan.client.get("/").status_code == 200
    moment[0] += timedelta(minutes=59)
    assert jan.client.get("/").status_code == 303
    assert accounts.check_passphrase(node.engine, "Jan", PASSPHRASE, moment[0]) is not None
    assert jan.client.post("/sign-in", data={"name": "Jan", "passphrase": PASSPHRASE}).status_code == 303
    moment[0] += timedelta(minutes=61)
    assert jan.client.get("/").status_code == 303
    piet = joined(node, "Piet", "author")
    assert piet.post("/sign-out").headers["Location"] == "/sign-in"
    assert piet.client.get("/").status_code == 303


def test_an_account_that_was_ended_is_out_at_once(node: Node) -> None:
    jan = joined(node, "Jan", "scientist")
    with writing(node.engine) as connection:
        accounts.end(connection, "Jan", AuditEntry("operator", "desk.ended", "Jan", NOW))
    assert jan.client.get("/").status_code == 303
    assert jan.client.post("/sign-in", data={"name": "Jan", "passphrase": PASSPHRASE}).status_code == 403


def test_no_page_is_shown_or_form_taken_without_a_session(node: Node) -> None:
    client = Client(pages(node))
    assert len(ROUTES) >= 1
    for method, pattern, _, _ in ROUTES:
        path = pattern.replace("(B[0-9]{8}-[0-9a-f]{8})", "B20261122-01234567").replace("([0-9]+)", "1")
        answer = client.open(path, method=method)
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/sign-in"), path


def test_a_form_of_another_site_or_session_is_not_taken(node: Node) -> None:
    jan, piet = person(node, "Jan", "scientist"), person(node, "Piet", "author")
    jan.csrf, own = piet.csrf, jan.csrf
    assert jan.post("/sign-out").status_code == 403
    jan.csrf = own
    for heads in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert jan.client.post("/sign-out", data={"csrf": own}, headers=heads).status_code == 403
    assert jan.client.get("/").status_code == 200


def test_another_name_for_this_machine_is_refused(node: Node) -> None:
    client = Client(pages(node))
    assert client.get("/sign-in", base_url="http://rebound.example").status_code == 421
    assert client.get("/sign-in", base_url="http://127.0.0.1:9999").status_code == 200
    behind = Client(pages(node, url="https://desk.region.example"))
    assert behind.get("/sign-in", base_url="http://127.0.0.1").status_code == 421
    answer = behind.get("/sign-in?lang=en", base_url="https://desk.region.example")
    assert answer.status_code == 200
    assert "Strict-Transport-Security" in answer.headers


def test_behind_tls_the_cookie_is_for_that_host_alone(node: Node) -> None:
    client = Client(pages(node, url="https://desk.region.example"))
    answer = client.post(invited(node, "Jan", "author"), data=BOTH, base_url="https://desk.region.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-desk=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


def test_every_answer_is_guarded_and_nothing_is_logged(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    client = Client(pages(node))
    with caplog.at_level(logging.DEBUG):
        for path in ("/", "/sign-in", "/static/desk.css", "/static/../pages.py", "/nowhere", "/join/" + "x" * 43):
            answer = client.get(path)
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert policy.startswith("default-src 'none'")
            assert answer.headers["Cache-Control"] == "no-store"
    assert caplog.text == ""
    assert client.post("/sign-in", data=b"a" * 600_000).status_code == 413


def test_the_operator_invites_lists_and_ends_on_the_command_line(tmp_path: Path) -> None:
    create_node(tmp_path / "node", VALUES).engine.dispose()
    home = ["--home", str(tmp_path / "node")]
    run = CliRunner().invoke
    refused = run(cli, ["desk", "invite", "--name", "Anna", "--role", "reviewer", *home])
    assert "name it with --organisation" in str(refused.exception)
    made = run(cli, ["desk", "invite", "--name", "Anna", "--role", "reviewer", "--organisation", "Huisartsen", *home])
    assert made.output.startswith("http://127.0.0.1:8081/join/")
    assert "invited" in run(cli, ["desk", "list", *home]).output
    assert "signed out" in run(cli, ["desk", "end", "--name", "anna", *home]).output
    assert "ended" in run(cli, ["desk", "list", *home]).output
    for wrong in (["--host", "0.0.0.0"], ["--url", "http://desk.example"]):  # noqa: S104 - it is refused
        assert isinstance(run(cli, ["desk", "serve", *wrong, *home]).exception, accounts.DeskRefused)


def test_the_command_serves_the_desk_until_it_is_told_to_stop(node: Node) -> None:
    path = invited(node, "Jan", "scientist", at=datetime.now(UTC))
    command = [sys.executable, "-m", "node", "desk", "serve", "--port", "0", "--home", str(node.settings.home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        address = running.stdout.readline().strip().removeprefix("The desk is served on ").rstrip("/")
        with urlopen(address + path) as answer:
            assert "Jan" in answer.read().decode()
        running.terminate()
        _, told = running.communicate(timeout=30)
    assert (running.returncode, told) == (0, "")
