"""Readers of a stream over real connections: each waits for what the test expects, and for nothing else."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.support.event_stream import EventStream, Received

PATIENCE_SECONDS = 20.0  # after which a test that waits in vain fails


class Follower:
    """One connection that asks for a stream, and what came over it."""

    def __init__(
        self,
        port: int,
        query: str = "",
        token: str | None = None,
        last_id: str | None = None,
        version: str = "1.1",
        buffer: int = 0,
    ) -> None:
        """Ask; `version` is that of HTTP, `buffer` how many bytes may lie unread here, where it matters."""
        headers = {"Host": "hub"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if last_id is not None:
            headers["Last-Event-ID"] = last_id
        self.sock = socket.socket()
        self.sock.settimeout(PATIENCE_SECONDS)
        if buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.sock.connect(("127.0.0.1", port))
        lines = [f"GET /feeds/lessons/stream{query} HTTP/{version}", *(f"{k}: {v}" for k, v in headers.items())]
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode())
        self.stream = EventStream()
        self.events: list[Received] = []
        self.status, self.headers, self._left = self._head()
        self.is_over = False
        self.was_whole = False
        self._is_chunked = self.headers.get("transfer-encoding") == "chunked"

    def _head(self) -> tuple[int, Mapping[str, str], bytes]:
        left = b""
        while b"\r\n\r\n" not in left:
            piece = self.sock.recv(65536)
            assert piece, "the connection ended before an answer came"
            left += piece
        head, _, rest = left.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        return int(first.split(" ")[1]), headers, rest

    def read(self) -> None:
        """Take the events in what is here, or wait for more; note where the answer ends."""
        pieces = [data for data in self._pieces() if data]
        if not pieces and not self.is_over:
            piece = self.sock.recv(65536)
            self.is_over = not piece
            self._left += piece
            pieces = list(self._pieces())
        for data in pieces:
            self.events += self.stream.feed(data)

    def _pieces(self) -> Iterator[bytes]:
        if not self._is_chunked:
            data, self._left = self._left, b""
            yield data
            return
        while b"\r\n" in self._left:
            size, _, rest = self._left.partition(b"\r\n")
            length = int(size, 16)
            if len(rest) < length + 2:
                return
            assert rest[length : length + 2] == b"\r\n"
            self._left = rest[length + 2 :]
            if not length:
                self.is_over = self.was_whole = True
                return
            yield rest[:length]

    def until(self, found: Callable[["Follower"], bool]) -> "Follower":
        """Read on until something is so; fails where the stream ends before."""
        while not found(self):
            assert not self.is_over, "the stream ended"
            self.read()
        return self

    def opened(self) -> "Follower":
        """Wait for what a stream begins with."""
        return self.until(lambda one: bool(one.stream.last_id))

    def take(self, number: int) -> list[Received]:
        """Wait for so many events in all, and return them."""
        return self.until(lambda one: len(one.events) >= number).events

    def end(self) -> None:
        """Wait for the end of the answer."""
        while not self.is_over:
            self.read()

    def close(self) -> None:
        """Go away."""
        self.sock.close()


@contextmanager
def following(port: int, number: int, query: str = "", token: str | None = None) -> Iterator[list[Follower]]:
    """Let so many readers follow until the block ends, all of them with the same token where there is one."""
    readers: list[Follower] = []
    try:
        for _ in range(number):
            readers.append(Follower(port, query, token))
        yield [one.opened() for one in readers]
    finally:
        for one in readers:
            one.close()
