"""An application behind real HTTP in this process."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import waitress
from waitress import wasyncore

from connectors.streams.server import create_server
from hub.api.streams import Streams

_PATIENCE_SECONDS = 20


@contextmanager
def served(application: Callable[..., Any], threads: int = 4, streams: Streams | None = None) -> Iterator[int]:
    """Serve a WSGI application on this machine until the block ends, and give its port; `streams` are fed meanwhile.

    The thread that reads the sockets closes them as well: closed under its hands, it would end with an error.
    """
    sockets: dict[int, Any] = {}
    stop = threading.Event()
    settings: dict[str, Any] = {"map": sockets, "host": "127.0.0.1", "port": 0, "threads": threads}
    settings["clear_untrusted_proxy_headers"] = False
    if streams is None:
        server = waitress.create_server(application, **settings)
    else:
        server = create_server(application, streams.hall, **settings)
        streams.open()

    def run() -> None:
        while not stop.is_set():
            wasyncore.loop(timeout=0.05, map=sockets, count=1)
        server.task_dispatcher.shutdown()
        server.close()
        wasyncore.close_all(sockets)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        if streams is not None:
            streams.close()
        stop.set()
        thread.join(_PATIENCE_SECONDS)
