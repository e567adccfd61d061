"""The receiving side of server-sent events, strictly by the parsing rules of the WHATWG's HTML standard (9.2.6)."""

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE = re.compile(r"\r\n|\n|\r")


class Received(NamedTuple):
    """An event as it is dispatched: its type, its data, and the id that a reader would come back with."""

    type: str
    data: str
    last_id: str


class EventStream:
    """Takes bytes as they come and yields the events that they complete."""

    def __init__(self) -> None:
        """Begin as an EventSource does: without an id."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._left = ""
        self._is_first = True
        self._data = ""
        self._type = ""
        self._id_buffer = ""
        self.last_id = ""
        self.retry: int | None = None  # milliseconds
        self.comments = 0

    def feed(self, data: bytes) -> Iterator[Received]:
        """Take bytes and yield what is dispatched; a line that is not ended yet waits."""
        text = self._decoder.decode(data)
        if self._is_first and text:
            text, self._is_first = text.removeprefix("\ufeff"), False
        self._left += text
        while found := _LINE.search(self._left):
            if found.group() == "\r" and found.end() == len(self._left):
                return  # a line feed may still belong to it
            line, self._left = self._left[: found.start()], self._left[found.end() :]
            yield from self._line(line)

    def _line(self, line: str) -> Iterator[Received]:
        if not line:
            yield from self._dispatch()
        elif line.startswith(":"):
            self.comments += 1
        else:
            name, _, value = line.partition(":")
            self._field(name, value.removeprefix(" "))

    def _field(self, name: str, value: str) -> None:
        if name == "event":
            self._type = value
        elif name == "data":
            self._data += value + "\n"
        elif name == "id" and "\0" not in value:
            self._id_buffer = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value)

    def _dispatch(self) -> Iterator[Received]:
        self.last_id = self._id_buffer
        data, type_ = self._data.removesuffix("\n"), self._type
        had_data = bool(self._data)
        self._data = self._type = ""
        if had_data:
            yield Received(type_ or "message", data, self.last_id)


def received(body: bytes) -> list[Received]:
    """Return the events of a whole answer."""
    return list(EventStream().feed(body))
