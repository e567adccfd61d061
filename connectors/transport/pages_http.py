"""Listen over HTTP for people who were invited, behind a web server with TLS; nobody is told who came, or when."""

import socket
import threading
from contextlib import suppress
from functools import partial
from socketserver import ThreadingMixIn
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from connectors.wsgi import LENGTHEN

_MOST: Final = 64  # connections at once; a panel has some tens of members
_SILENCE: Final = 30  # seconds between two pieces of a request
_PATIENCE: Final = 60.0  # seconds for a whole one, however slowly it comes in


class PageServer(ThreadingMixIn, WSGIServer):
    """A server with a thread for each connection, and a limit to how many there are and how long one lasts."""

    daemon_threads = True  # whoever keeps a connection open does not keep the server from stopping
    patience = _PATIENCE
    long_patience: float | None = None  # seconds, for a request whose application asked for it; None: no longer
    most = _MOST

    def __init__(self, *arguments: Any) -> None:
        """Listen."""
        super().__init__(*arguments)
        self._free = threading.BoundedSemaphore(self.most)
        self._late: dict[Any, threading.Timer] = {}

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, or end the connection where too many are open."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:  # no thread came to answer, and to give the place back
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and end what has not come in whole by then."""
        self._end_after(request, self.patience)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._late.pop(request).cancel()
            self._free.release()

    def lengthen(self, request: Any) -> None:
        """Give a request the longer time, from now on: it does work for somebody whom the application knows."""
        if self.long_patience is not None:
            self._late[request].cancel()
            self._end_after(request, self.long_patience)

    def _end_after(self, request: Any, seconds: float) -> None:
        self._late[request] = late = threading.Timer(seconds, _end, (request,))
        late.daemon = True
        late.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of who broke a connection off, and when: that would tell whose answer is whose."""


class _QuietHandler(WSGIRequestHandler):
    timeout = _SILENCE

    def get_environ(self) -> dict[str, Any]:
        """Return what the application is told, and a way to be given the longer time."""
        server = self.server
        found: dict[str, Any] = super().get_environ()
        if isinstance(server, PageServer):
            found[LENGTHEN] = partial(server.lengthen, self.request)
        return found

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse without a word of what came in: a broken request can hold a link, and answers are logged elsewhere."""
        super().send_error(code)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: an address is a secret, and who calls when would tell whose answer is whose."""


def page_server(host: str, port: int, application: Any) -> PageServer:
    """Listen, with a WSGI application; raises OSError where the port is taken."""
    return make_server(host, port, application, PageServer, _QuietHandler)


def _end(request: Any) -> None:
    with suppress(OSError):  # it is closed already
        request.shutdown(socket.SHUT_RDWR)
