"""The questionnaire by invitation link: answered once, in both languages, and nothing of an answer is ever shown."""

import logging
import re
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from lxml import html
from sqlalchemy import text
from werkzeug.test import Client, TestResponse

from connectors.database import writing
from connectors.transport.pages_http import PageServer
from node.audit import AuditEntry
from node.bootstrap import Node, create_node, open_page_server
from node.knowledge import answers, rounds
from node.web.application import application
from tests.support.panels import FIVE_LENSES
from tests.support.small_region import CODE, NOW

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip
ALL = {item.id: "3" for item in FIVE_LENSES.items}


class Panel:
    """A node with an open round of one citizen and some of practice, and its pages."""

    def __init__(self, node: Node, practice: int = 1) -> None:
        self.node = node
        self.client = Client(application(node.engine, lambda: NOW))
        with writing(node.engine) as connection:
            entry = AuditEntry("Coordinator", "assessment.opened", "r1", NOW)
            opened = rounds.open_round(
                connection, "r1", FIVE_LENSES, "2025", {"practice": practice, "citizens": 1}, entry
            )
            self.links = [f"/assess/{link.token}" for link in answers.invite(connection, opened, entry)]

    def held(self) -> tuple[answers.Answer, ...]:
        with self.node.engine.connect() as connection:
            return answers.answers_of(connection, "r1")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.real_postgres)])
def panel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Panel]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    node = create_node(tmp_path / "node", {**VALUES, "database": url})
    yield Panel(node)
    node.engine.dispose()


def read(answer: TestResponse) -> Any:
    return html.fromstring(answer.get_data(as_text=True))


def test_a_link_shows_the_questions_takes_the_answers_once_and_never_shows_them(panel: Panel) -> None:
    link = panel.links[0]
    for lang, title in (("nl", "Vijf lenzen op samenwerking"), ("en", "Five Lenses on collaboration")):
        page = read(panel.client.get(f"{link}?lang={lang}"))
        assert (page.get("lang"), page.xpath("//h1")[0].text) == (lang, title)
        assert len(page.xpath("//fieldset")) == 22
        assert not page.xpath("//script")
    answer = panel.client.post(link, data=ALL)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sent?lang=nl")
    assert [one.points for one in panel.held()] == [(3,) * 22]
    assert "Dank u wel" in panel.client.get("/sent?lang=nl").get_data(as_text=True)
    for again in (panel.client.get(link), panel.client.post(link, data=ALL)):
        assert again.status_code == 409
        assert not read(again).xpath("//input")
    assert len(panel.held()) == 1


def test_of_two_who_send_at_once_by_one_link_one_is_taken_in(panel: Panel) -> None:
    start = threading.Barrier(2)

    def send(_number: int) -> int:
        client = Client(application(panel.node.engine, lambda: NOW))
        start.wait()
        return client.post(panel.links[0], data=ALL).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [303, 409]
    assert len(panel.held()) == 1


def test_what_is_not_right_is_told_and_the_link_stays(panel: Panel) -> None:
    link = panel.links[0]
    for given, told in (({}, "Answer at least one statement."), ({"gains-value": "9"}, "something else than 1 to 4")):
        answer = panel.client.post(f"{link}?lang=en", data=given)
        assert answer.status_code == 400
        assert told in read(answer).xpath("//div[@role='alert']")[0].text_content()
    answer = panel.client.post(f"{link}?lang=en", data={"gains-value": "9", "gains-dialogue": "4"})
    chosen = read(answer).xpath("//input[@checked and @value!='']")
    assert [(one.get("name"), one.get("value")) for one in chosen] == [("gains-dialogue", "4")]
    assert panel.held() == ()
    assert panel.client.post(link, data={"gains-dialogue": "4"}).status_code == 303


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404), ("GET", "/assess/", 404), ("GET", "/assess/" + "x" * 43, 404), ("POST", "/", 405),
        ("POST", "/assess/" + "x" * 43, 404), ("DELETE", "/assess/" + "x" * 43, 405), ("GET", "/assess/../sent", 404),
        ("HEAD", "/sent", 200), ("GET", "/style.css", 200), ("GET", "/assess/%00" + "x" * 43, 404),
    ],
)  # fmt: skip
def test_other_addresses_say_nothing(tmp_path: Path, method: str, path: str, status: int) -> None:
    node = create_node(tmp_path / "node", VALUES)
    answer = Client(application(node.engine, lambda: NOW)).open(path, method=method)
    node.engine.dispose()
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "x" * 43 not in answer.get_data(as_text=True)


def test_bodies_that_are_no_form_of_ours_are_refused(tmp_path: Path) -> None:
    node = create_node(tmp_path / "node", VALUES)
    panel = Panel(node)
    for body in (b"a" * 70_000, b"\xff=1", b"&".join(b"f%d=1" % number for number in range(600))):
        assert panel.client.post(panel.links[0], data=body).status_code == 413
    hostile = {"gains-value": '"><script>alert(1)</script>', "<b>": "1"}
    answer = panel.client.post(panel.links[0], data=hostile)
    assert "<script>" not in answer.get_data(as_text=True)
    assert panel.held() == ()
    node.engine.dispose()


def test_where_the_store_fails_nothing_is_told_of_an_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    node = create_node(tmp_path / "node", VALUES)
    panel = Panel(node)
    with writing(node.engine) as connection:
        connection.execute(text("DROP TABLE panel_answer"))
    with caplog.at_level(logging.DEBUG):
        answer = panel.client.post(f"{panel.links[0]}?lang=en", data=ALL)
    assert answer.status_code == 503
    assert "the link stays valid" in answer.get_data(as_text=True)
    assert "gains" not in caplog.text
    assert panel.links[0].rpartition("/")[2] not in caplog.text
    node.engine.dispose()


@contextmanager
def for_real(node: Node) -> Iterator[Any]:
    """Serve a node's pages as the command does, and offer the server."""
    server = open_page_server("127.0.0.1", 0, application(node.engine, lambda: NOW))
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    try:
        yield server
    finally:
        server.shutdown()
        running.join()
        server.server_close()
        node.engine.dispose()


def test_served_for_real_it_logs_no_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    node = create_node(tmp_path / "node", VALUES)
    panel = Panel(node)
    with for_real(node) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}{panel.links[0]}"
        with urlopen(address) as answer:
            assert re.search("<fieldset>", answer.read().decode())
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")


def test_who_breaks_a_connection_off_is_in_no_log_either(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    node = create_node(tmp_path / "node", VALUES)
    at_once = struct.pack("ii", 1, 0)  # closed without a farewell: the server reads an error
    with for_real(node) as server:
        ended = threading.Event()
        shut, server.shutdown_request = server.shutdown_request, lambda one: (shut(one), ended.set())
        for sent in (b"GET /ass", b"POST /assess/" + b"x" * 43 + b" HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"):
            ended.clear()
            with socket.create_connection(server.server_address[:2]) as caller:
                caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
                caller.sendall(sent)
            assert ended.wait(20)
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")


def test_a_request_that_trickles_in_is_ended_and_too_many_are_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PageServer, "most", 3)
    node = create_node(tmp_path / "node", VALUES)
    with for_real(node) as server, ExitStack() as opened:
        server.patience = 0.0
        slow = opened.enter_context(socket.create_connection(server.server_address[:2]))
        slow.sendall(b"GET /sent HTTP/1.1\r\n")  # and no more
        slow.settimeout(20)
        assert b"200" not in slow.recv(1000)
        server.patience = 600.0
        waiting = [
            opened.enter_context(socket.create_connection(server.server_address[:2])) for _ in range(server.most)
        ]
        one_more = opened.enter_context(socket.create_connection(server.server_address[:2]))
        one_more.settimeout(20)
        assert one_more.recv(1) == b""
        waiting[0].sendall(b"GET /sent HTTP/1.1\r\n\r\n")
        waiting[0].settimeout(20)
        assert waiting[0].recv(15) == b"HTTP/1.0 200 OK"


def test_an_answer_that_did_not_arrive_whole_is_not_taken_in_and_the_link_stays(panel: Panel) -> None:
    """A connection that breaks off halfway would else use the link up for half an answer."""
    whole = urlencode(ALL)
    for length in (str(len(whole)), "9" * 5000):
        answer = panel.client.post(
            panel.links[0], data=whole[: len(whole) // 2], environ_overrides={"CONTENT_LENGTH": length}
        )
        assert answer.status_code == 413
    assert panel.held() == ()
    assert panel.client.post(panel.links[0], data=ALL).status_code == 303


def test_a_round_that_closes_while_an_answer_is_on_its_way_is_told(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL the round can be closed between the look at the link and the answer."""

    def closes(_connection: Any, _round: Any) -> None:
        raise rounds.RoundRefused

    monkeypatch.setattr(answers, "hold_open", closes)
    answer = panel.client.post(panel.links[0], data=ALL)
    assert (answer.status_code, read(answer).xpath("//h1")[0].text) == (404, "Deze link werkt niet")
    assert panel.held() == ()


def test_a_browser_is_told_to_forget_what_was_filled_in(panel: Panel) -> None:
    form = read(panel.client.get(panel.links[0])).xpath("//form")[0]
    assert form.get("autocomplete") == "off"
    sent = panel.client.post(panel.links[0], data=ALL)
    for answer in (sent, panel.client.get(sent.headers["Location"])):
        assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    node = create_node(tmp_path / "node", VALUES)
    link = Panel(node).links[0]
    node.engine.dispose()
    command = [sys.executable, "-m", "node", "serve", "--port", "0", "--home", str(tmp_path / "node")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        address = running.stdout.readline().strip().removeprefix("Questionnaires are served on ").rstrip("/")
        with urlopen(address + link) as answer:
            assert answer.status == 200
        running.terminate()
        _, told = running.communicate(timeout=30)
    assert (running.returncode, told) == (0, "")


def test_no_row_tells_with_which_link_or_after_which_other_an_answer_came(tmp_path: Path) -> None:
    """The file of SQLite fills a page from its end, so where rows lie in it would be the order in which they came."""
    node = create_node(tmp_path / "node", VALUES)
    links = Panel(node, practice=12).links
    client = Client(application(node.engine, lambda: NOW))
    for number, link in enumerate(links[:12]):
        first, second = divmod(number, 4)
        given = ALL | {"gains-value": str(first + 1), "gains-dialogue": str(second + 1)}
        assert client.post(link, data=given).status_code == 303
    file = tmp_path / "node" / "node.sqlite"
    assert file.with_name("node.sqlite-wal").stat().st_size == 0  # its log would tell what each answer changed
    held = file.read_bytes()
    with node.engine.connect() as connection:
        ids = connection.execute(text("SELECT id, answers FROM panel_answer ORDER BY id")).all()
    node.engine.dispose()
    places = [held.index(f"{row.id}r1practice{row.answers}".encode()) for row in ids]
    assert places == sorted(places, reverse=True)
    assert all(held.count(row.answers.encode()) == 1 for row in ids)


@pytest.mark.real_postgres
def test_postgresql_marks_no_answer_with_the_transaction_of_its_link(tmp_path: Path, postgres_url: str) -> None:
    node = create_node(tmp_path / "node", {**VALUES, "database": postgres_url})
    panel = Panel(node, practice=6)
    for link in panel.links[:6]:
        assert panel.client.post(link, data=ALL).status_code == 303
    with node.engine.connect() as connection:
        marks = connection.execute(text("SELECT CAST(xmin AS text) FROM panel_answer")).scalars().all()
    node.engine.dispose()
    assert (len(marks), len(set(marks))) == (6, 1)
