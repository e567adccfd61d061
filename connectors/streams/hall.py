"""Hold many open connections in one thread: send what is told to them, and notice those that went away.

A connection costs its socket and a small object, no thread. What one reader does not take waits for that reader alone;
who takes nothing for a while is let go, and comes back to where it was. Bytes that go to many are held once.
"""

import contextlib
import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final

_log = logging.getLogger(__name__)
_READ: Final = 4096  # bytes of what a reader says, which is thrown away
_LOOK_SECONDS: Final = 5.0  # between looks for connections that take nothing
STUCK_SECONDS: Final = 60.0  # that a connection may take nothing of what waits for it
_WAKE: Final = b"\0"
_LAST_CHUNK: Final = b"0\r\n\r\n"


class Line:
    """One connection that is held; what it still has to take waits here.

    `ended` hears once, by a word, why the connection is no more; `drained` that everything was taken which was sent
    with `and_tell`. Both are called by the hall's own thread, or by whoever cancels a line that was never adopted.
    """

    __slots__ = (
        "_ended",
        "and_tell",
        "drained",
        "is_chunked",
        "moved_at",
        "offset",
        "over",
        "pending",
        "sock",
        "watched",
    )

    def __init__(self, ended: Callable[[str], None], drained: Callable[[], None]) -> None:
        """Take who hears of it."""
        self._ended = ended
        self.drained = drained
        self.pending: deque[bytes] = deque()
        self.offset = 0  # bytes of the first piece that were taken
        self.sock: socket.socket | None = None
        self.is_chunked = False
        self.and_tell = False
        self.moved_at = 0.0
        self.watched = 0
        self.over = False

    @property
    def is_drained(self) -> bool:
        """Tell whether it is held, and everything was taken."""
        return self.sock is not None and not self.pending

    def end(self, why: str) -> None:
        """Be over; only the first time counts."""
        if not self.over:
            self.over = True
            self.pending.clear()
            self._ended(why)


class Hall:
    """The thread that holds lines."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Make a hall that is not open yet; `clock` counts seconds."""
        self._clock = clock
        self._selector = selectors.DefaultSelector()
        self._ear, self._bell = socket.socketpair()
        for one in (self._ear, self._bell):
            one.setblocking(False)
        self._selector.register(self._ear, selectors.EVENT_READ)
        self._lock = threading.Lock()
        self._todo: deque[Line] = deque()
        self._lines: set[Line] = set()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="streams", daemon=True)

    def open(self) -> None:
        """Begin to hold lines."""
        self._thread.start()

    def adopt(self, line: Line, sock: socket.socket, is_chunked: bool) -> None:
        """Take over a connection whose answer has begun; `is_chunked` says how its body is framed."""
        sock.setblocking(False)
        line.is_chunked = is_chunked
        line.moved_at = self._clock()
        line.sock = sock
        self._do([line])

    def send(self, lines: Iterable[Line], data: bytes) -> None:
        """Let lines that are held have the same bytes; one that is over takes no notice."""
        framed = b"%x\r\n%b\r\n" % (len(data), data)
        given = [line for line in lines if not line.over]
        now = self._clock()
        for line in given:
            if not line.pending:
                line.moved_at = now
            line.pending.append(framed if line.is_chunked else data)
        self._do(given)

    def let_go(self, line: Line, why: str) -> None:
        """End a line."""
        line.end(why)
        self._do([line])

    def close(self, timeout: float = 5.0) -> None:
        """End all lines in good order and stop."""
        self._is_closing = True
        self._ring()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _do(self, lines: Iterable[Line]) -> None:
        with self._lock:
            self._todo.extend(lines)
        self._ring()

    def _ring(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):  # rung often enough to be heard, or nobody is there
            self._bell.send(_WAKE)

    def _run(self) -> None:
        looked = self._clock()
        while not self._is_closing:
            for key, events in self._selector.select(_LOOK_SECONDS):
                if key.data is None:
                    self._hear()
                else:
                    self._ready(key.data, events)
            self._work_off()
            if self._clock() - looked > _LOOK_SECONDS:
                looked = self._clock()
                self._let_go_of_the_stuck()
        self._work_off()
        for line in list(self._lines):
            self._bid_farewell(line)
        self._selector.close()
        self._ear.close()
        self._bell.close()

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._ear.recv(_READ):
                pass

    def _work_off(self) -> None:
        while True:
            with self._lock:
                todo, self._todo = self._todo, deque()
            if not todo:
                return
            for line in todo:
                if line.over:
                    self._drop(line)
                elif line.sock is not None:
                    self._lines.add(line)
                    self._flush(line)

    def _ready(self, line: Line, events: int) -> None:
        if events & selectors.EVENT_READ and not self._still_there(line):
            self._end(line, "gone")
        elif events & selectors.EVENT_WRITE:
            self._flush(line)

    def _still_there(self, line: Line) -> bool:
        """Tell whether a reader is there; what it says is of no interest."""
        try:
            return line.sock is not None and bool(line.sock.recv(_READ))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def _flush(self, line: Line) -> None:
        if line.sock is None:
            return
        try:
            while line.pending:
                piece = line.pending[0]
                sent = line.sock.send(memoryview(piece)[line.offset :])
                line.moved_at = self._clock()
                line.offset += sent
                if line.offset == len(piece):
                    line.pending.popleft()
                    line.offset = 0
        except BlockingIOError:
            self._watch(line, selectors.EVENT_READ | selectors.EVENT_WRITE)
            return
        except (OSError, IndexError):  # gone, or let go of meanwhile
            self._end(line, "gone")
            return
        self._watch(line, selectors.EVENT_READ)
        if line.and_tell:
            line.and_tell = False
            line.drained()

    def _watch(self, line: Line, events: int) -> None:
        if line.sock is None or line.watched == events:
            return
        if line.watched:
            self._selector.modify(line.sock, events, line)
        else:
            self._selector.register(line.sock, events, line)
        line.watched = events

    def _let_go_of_the_stuck(self) -> None:
        limit = self._clock() - STUCK_SECONDS
        for line in [one for one in self._lines if one.pending and one.moved_at < limit]:
            self._end(line, "stuck")

    def _bid_farewell(self, line: Line) -> None:
        """End a line so that its reader sees an answer that is whole, where nothing is left half sent."""
        if line.sock is not None and line.is_chunked and not line.pending:
            with contextlib.suppress(OSError):
                line.sock.send(_LAST_CHUNK)
        self._end(line, "closing")

    def _end(self, line: Line, why: str) -> None:
        self._drop(line)
        try:
            line.end(why)
        except Exception as error:  # the thread serves all the others
            _log.error("Who was told of the end of a stream ended with %s", type(error).__name__)

    def _drop(self, line: Line) -> None:
        self._lines.discard(line)
        sock: Any = line.sock
        if sock is None:
            return
        if line.watched:
            self._selector.unregister(sock)
            line.watched = 0
        line.sock = None
        sock.close()
