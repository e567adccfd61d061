"""The questionnaire by invitation link: answered once, in both languages, and nothing of an answer is ever shown."""

import logging
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from lxml import html
from sqlalchemy import text
from werkzeug.test import Client, TestResponse

from connectors.database import writing
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
