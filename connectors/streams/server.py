"""A waitress that can hand a connection over to a hall once its answer has begun, so that no thread waits beside it.

An application that answers without an end calls `environ[HAND_OVER](line)` when the first piece of its answer is asked
for, and yields what the stream begins with. Headers and that piece go out by way of the server; then the server's own
loop gives the socket to the hall and forgets it.
"""

import logging
import resource
from collections.abc import Callable, Iterable
from typing import Any, Final

import waitress
from waitress.channel import HTTPChannel
from waitress.task import WSGITask

from connectors.streams.hall import Hall, Line

HAND_OVER: Final = "regiohelix.hand_over"
_BESIDE: Final = 512  # files that a process opens besides its streams
_log = logging.getLogger(__name__)
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Task(WSGITask):  # type: ignore[misc]
    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ[HAND_OVER] = self.channel.hand_over
        return environ

    def finish(self) -> None:
        """End the answer, unless it goes on elsewhere."""
        if self.channel.line is None:
            super().finish()
        else:
            self.channel.is_chunked = self.chunked_response


class _Channel(HTTPChannel):  # type: ignore[misc]
    task_class = _Task
    hall: Hall
    socket: Any
    line: Line | None = None  # that the connection goes to
    is_chunked = False

    def hand_over(self, line: Line) -> None:
        """Let a line have this connection once what was written is out; called by the thread that answers."""
        self.line = line
        if not self.connected:  # after the line is set: whoever closes meanwhile sees it, or is seen
            line.end("gone")

    def handle_write(self) -> None:
        """Write on; once everything is out and the thread is done, hand the connection over."""
        if self.line is None:
            super().handle_write()
        elif self.will_close:
            self.handle_close()
        elif not self.requests:
            self._flush_exception(self._flush_some)
            if not self.total_outbufs_len:
                self._leave(self.line)

    def handle_close(self) -> None:
        """Close; whoever waited for the connection hears of it."""
        if self.socket is None:  # it is somebody else's by now
            return
        super().handle_close()
        line, self.line = self.line, None
        if line is not None:
            line.end("gone")

    def _leave(self, line: Line) -> None:
        self.line = None
        sock, self.socket = self.socket, None
        self.del_channel()
        self.connected = False
        for one in self.outbufs:
            one.close()
        self.hall.adopt(line, sock, self.is_chunked)


def create_server(application: Wsgi, hall: Hall, **settings: Any) -> Any:
    """Make a server as `waitress.create_server` does, one that hands streams over to a hall."""
    sockets: dict[int, Any] = settings.setdefault("map", {})
    server = waitress.create_server(application, asyncore_use_poll=True, **settings)
    channel = type("Channel", (_Channel,), {"hall": hall})
    for one in sockets.values():  # one for each address that the host's name stands for
        if hasattr(one, "channel_class"):
            one.channel_class = channel
    return server


def make_room(streams: int) -> bool:
    """Let this process open as many files as that many streams need; tell whether it may."""
    needed = streams + _BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
        return allowed >= needed
    return True
