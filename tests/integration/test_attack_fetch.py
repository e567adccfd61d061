"""Nobody makes the hub or a node ask for an address of their choice: configured hosts only, and no redirect."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest

from connectors.partners.oidc import OidcClient, ProviderSilent
from connectors.transport.hub_http import enrol, fetch_definitions
from schemas.codes import TOTAL
from schemas.delivery import TransportRefused, TransportUnavailable
from schemas.payloads import TakenOver
from schemas.values import Exact
from tests.support.events import TestRegion, lesson
from tests.support.held_by_hub import figures
from tests.support.hub import RunningHub


@dataclass
class Little:
    """A server that sends everybody on to another address, and what it was asked."""

    url: str = ""
    onwards: str = ""
    asked: list[str] = field(default_factory=list)


def _serve(little: Little) -> Iterator[Little]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            little.asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", little.onwards)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Say nothing on standard error."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    little.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield little
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def inner() -> Iterator[Little]:
    """Offer the address inside the network that nobody should be led to."""
    yield from _serve(Little())


@pytest.fixture
def outer(inner: Little) -> Iterator[Little]:
    """Offer the server that leads there."""
    yield from _serve(Little(onwards=f"{inner.url}/secret"))


def _discover(issuer: str) -> None:
    OidcClient(issuer, "hub", "", "http://127.0.0.1/return", lambda: datetime.now(UTC)).address("s", "n", "v" * 43)


def test_no_redirect_is_followed(outer: Little, inner: Little) -> None:
    for ask in (_discover, fetch_definitions, lambda url: enrol(url, {})):
        with pytest.raises((ProviderSilent, TransportRefused)):
            ask(outer.url)
    assert (len(outer.asked), inner.asked) == (3, [])


@pytest.mark.parametrize("address", ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "data:,x"])
def test_other_ways_than_http_are_refused(address: str) -> None:
    with pytest.raises(ProviderSilent):
        _discover(address)
    with pytest.raises((TransportRefused, TransportUnavailable)):
        fetch_definitions(address)


def test_an_address_in_an_event_is_text_and_is_never_asked(
    running_hub: RunningHub, inner: Little, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = running_hub.enrol(TestRegion("XR-A"))
    origin = TakenOver("An owner", "A table", inner.url, inner.url, "2026-11-01", "f" * 64)
    cell = figures("h.dm_prev", {(TOTAL,) * 3: Exact(60, 1000)}, region_set="invented")
    linked = msgspec.structs.replace(lesson(), context=inner.url, advice=inner.url, licence=inner.url)
    asked: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: asked.append(address))
    made = sender.release([msgspec.structs.replace(cell, origin=origin), linked], "public")
    assert {one.outcome for one in running_hub.push("XR-A", [one.body for one in made])} == {"accepted"}
    for path in ("/", "/lessons", f"/lessons/{made[1].id}", "/compare/h.dm_prev", "/feeds/lessons.atom"):
        running_hub.client.get(path)
    assert (asked, inner.asked) == ([], [])
