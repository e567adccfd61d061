"""What is sent to the questionnaire's server in order to break it or to learn whose answer is whose."""

import socket
import struct
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from werkzeug.test import Client

from connectors.transport.pages_http import PageServer
from node.bootstrap import create_node
from node.knowledge import answers, rounds
from node.web.application import application
from tests.integration.test_questionnaire_served import ALL, VALUES, Panel, for_real, panel, read
from tests.support.small_region import NOW

__all__ = ["panel"]


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


def test_a_broken_request_is_refused_without_repeating_the_link_in_it(tmp_path: Path) -> None:
    node = create_node(tmp_path / "node", VALUES)
    with for_real(node) as server, socket.create_connection(server.server_address[:2]) as caller:
        caller.sendall(b"GET /assess/" + b"x" * 43 + b"\xff and more HTTP/1.1\r\n\r\n")
        answer = b"".join(iter(lambda: caller.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert b"xxx" not in answer


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
