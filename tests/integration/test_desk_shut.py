"""Who has no account cannot keep others from the desk: not by tries, not by a name, not by slow requests."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import Client

from connectors.transport.pages_http import PageServer
from node.bootstrap import Node, create_node, open_page_server
from node.web.desk import accounts, known
from tests.support.desk_pages import PASSPHRASE, invited, joined, pages, person
from tests.support.small_region import CODE, NOW

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip
RIGHT = {"name": "Jan", "passphrase": PASSPHRASE}
WRONG = {"name": "Jan", "passphrase": "nooit de goede zin"}
PUBLIC = "https://desk.region.example"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases cost little here: how many are tried is what matters."""
    monkeypatch.setattr(accounts, "_N", 2**10)


@contextmanager
def for_real(node: Node) -> Iterator[PageServer]:
    server = open_page_server("127.0.0.1", 0, pages(node), 3600.0)
    assert isinstance(server, PageServer)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    try:
        yield server
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


@pytest.mark.usefixtures("cheap")
def test_one_address_cannot_use_up_the_tries_of_another(node: Node) -> None:
    joined(node, "Jan", "scientist")
    client = Client(pages(node, url=PUBLIC))

    def tried(told: str, given: dict[str, str]) -> int:
        heads = {"X-Forwarded-For": told}
        return client.post("/sign-in", data=given, headers=heads, base_url=PUBLIC).status_code

    nobody = {"name": "Niemand", "passphrase": "x"}
    assert [tried("203.0.113.9", nobody) for _ in range(12)] == [403] * 10 + [429] * 2
    assert tried("198.51.100.1, 203.0.113.9", nobody) == 429  # what the caller wrote before it is not believed
    assert [tried(f"2001:db8:0:1::{one:x}", nobody) for _ in range(2) for one in range(6)][-2:] == [429] * 2
    assert tried("2001:db8:0:2::1", RIGHT) == 303


@pytest.mark.usefixtures("cheap")
def test_on_this_machine_alone_no_header_makes_another_address(node: Node) -> None:
    client = Client(pages(node))
    for one in range(12):
        answer = client.post("/sign-in", data=WRONG, headers={"X-Forwarded-For": f"203.0.113.{one}"})
    assert answer.status_code == 429


def test_links_that_lead_nowhere_use_up_no_tries(node: Node) -> None:
    client = Client(pages(node))
    path = invited(node, "Jan", "scientist")
    wrong = {"passphrase": "a", "again": "b"}
    assert {client.post("/join/" + "x" * 43, data=wrong).status_code for _ in range(40)} == {404}
    assert [client.post(path, data=wrong).status_code for _ in range(12)] == [400] * 10 + [429] * 2
    assert client.post(invited(node, "Piet", "author"), data=wrong).status_code == 400


@pytest.mark.usefixtures("cheap")
def test_a_browser_that_signed_in_before_does_not_wait_for_strangers(node: Node) -> None:
    app = pages(node)
    jan = joined(node, "Jan", "scientist", app=app)
    assert jan.post("/sign-out").status_code == 303
    stranger = Client(app)
    assert [stranger.post("/sign-in", data=WRONG).status_code for _ in range(11)] == [403] * 10 + [429]
    assert stranger.post("/sign-in", data=RIGHT).status_code == 429
    assert jan.client.post("/sign-in", data=RIGHT).status_code == 303


@pytest.mark.usefixtures("cheap")
def test_a_browser_that_is_known_has_five_tries_and_only_for_its_own_name(node: Node) -> None:
    app = pages(node)
    jan = joined(node, "Jan", "scientist", app=app)
    joined(node, "Piet", "author")
    jan.post("/sign-out")
    assert [jan.client.post("/sign-in", data=WRONG).status_code for _ in range(6)] == [403] * 5 + [429]
    others = {"name": "Piet", "passphrase": "nooit de goede zin"}
    assert [jan.client.post("/sign-in", data=others).status_code for _ in range(5)] == [403] * 5
    assert jan.client.post("/sign-in", data={**others, "passphrase": PASSPHRASE}).status_code == 403  # it waits


@pytest.mark.usefixtures("cheap")
def test_the_mark_of_a_known_browser_opens_nothing_and_ends_with_the_passphrase(node: Node) -> None:
    jan = joined(node, "Jan", "scientist")
    cookie = jan.client.get_cookie("desk-known")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Strict")
    alone = Client(pages(node))
    alone.set_cookie("desk-known", cookie.value)
    assert alone.get("/").status_code == 303
    secret = node.secret("subject")
    with node.engine.connect() as connection:
        found = known.account_of(connection, cookie.value, secret)
        assert found is not None
        assert found[1] == "Jan"
        for other in (
            "",
            "é",
            cookie.value[:-1] + ("0" if cookie.value[-1] != "0" else "1"),
            "0" * 32 + "." + "0" * 64,
        ):
            assert known.account_of(connection, other, secret) is None
        assert known.account_of(connection, cookie.value, b"another secret") is None
    joined(node, "Jan", "scientist")
    with node.engine.connect() as connection:
        assert known.account_of(connection, cookie.value, secret) is None


@pytest.mark.usefixtures("cheap")
def test_a_name_waits_ten_minutes_at_most(node: Node) -> None:
    joined(node, "Jan", "scientist")
    moment = NOW
    for _ in range(20):
        assert accounts.check_passphrase(node.engine, "Jan", "nooit de goede zin", moment) is None
        moment += timedelta(minutes=10)
    assert accounts.check_passphrase(node.engine, "Jan", PASSPHRASE, moment) is not None


def test_a_place_is_given_back_where_no_thread_can_be_begun(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PageServer, "most", 2)

    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with for_real(node) as server:
        with monkeypatch.context() as patch:
            patch.setattr(socketserver.threading.Thread, "start", none_left)  # type: ignore[attr-defined]
            for _ in range(3):
                with socket.create_connection(server.server_address[:2], timeout=10) as one:
                    one.sendall(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
                    with contextlib.suppress(ConnectionResetError):
                        assert one.recv(100) == b""
        with socket.create_connection(server.server_address[:2], timeout=10) as one:
            one.sendall(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
            assert one.recv(100).startswith(b"HTTP/1.0 303")


def test_only_who_signed_in_may_take_long(node: Node) -> None:
    jan = person(node, "Jan", "scientist")
    cookie = jan.client.get_cookie("desk")
    assert cookie is not None
    with for_real(node) as server:
        assert server.patience <= 60
        server.long_patience = 0.0  # so that who is given it is ended, and who is not is answered
        for heads, is_known in ((f"Cookie: desk={cookie.value}\r\n", True), ("Cookie: desk=x\r\n", False)):
            with socket.create_connection(server.server_address[:2]) as caller:
                caller.settimeout(20)
                begun = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n{heads}Content-Length: 3\r\n\r\n"
                caller.sendall(begun.encode())
                if is_known:
                    assert b"200" not in caller.recv(100)[:15]
                else:
                    caller.sendall(b"a=b")
                    assert caller.recv(15).startswith(b"HTTP/1.0 403")
