"""Receivers of webhooks on this machine: each path behaves as a test says, and what came is kept."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch

from standardwebhooks import webhooks

Way = Callable[[BaseHTTPRequestHandler, threading.Event], None]


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    def read(self, secret: str, now: datetime) -> dict[str, Any]:
        """Verify it as a receiver does whose clock says so, and return what it says."""

        class Then(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return now

        with patch.object(webhooks, "datetime", Then):
            found: dict[str, Any] = webhooks.Webhook(secret).verify(self.body, self.headers)
        return found


@dataclass
class Receiver:
    """A server of which each path behaves in its own way, 204 where nothing else was said."""

    url: str = ""
    ways: dict[str, Way] = field(default_factory=dict)
    got: list[Received] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)  # what hangs goes on then

    @property
    def place(self) -> str:
        """The host with its port, as an operator names it."""
        return self.url.partition("//")[2]

    def at(self, path: str) -> list[Received]:
        return [one for one in self.got if one.path == path]

    def answers(self, path: str, status: int, **headers: str) -> str:
        """Let a path answer so, and return its address."""
        self.ways[path] = lambda handler, _: answered(handler, status, headers)
        return self.url + path

    def hangs(self, path: str) -> str:
        """Let a path answer only once the test is done with it."""

        def hang(handler: BaseHTTPRequestHandler, ended: threading.Event) -> None:
            ended.wait(60)
            answered(handler, 200, {})

        self.ways[path] = hang
        return self.url + path


def answered(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": "0", **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()


def _takes(handler: BaseHTTPRequestHandler, _: threading.Event) -> None:
    answered(handler, 204, {})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """Say nothing of a sender that hung up."""


@contextmanager
def receiving(wrap: Callable[[Any], Any] | None = None) -> Iterator[Receiver]:
    """Receive on this machine until the block ends; `wrap` puts TLS around the socket."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Received(self.path, dict(self.headers.items()), body))
            receiver.ways.get(self.path, _takes)(self, receiver.ended)

        def log_message(self, *_: Any) -> None:
            """Say nothing on standard error."""

    server = _Server(("127.0.0.1", 0), Handler)
    if wrap is not None:
        server.socket = wrap(server.socket)
    receiver.url = f"{'http' if wrap is None else 'https'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
