"""The tests' reader of server-sent events does what the standard's own examples say."""

import pytest

from tests.support.event_stream import EventStream, Received, received


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"data: YHOO\ndata: +2\ndata: 10\n\n", [Received("message", "YHOO\n+2\n10", "")]),
        (b": test stream\n\ndata: first event\nid: 1\n\n", [Received("message", "first event", "1")]),
        (b"data:second event\nid\n\n", [Received("message", "second event", "")]),
        (b"data:  third event\n\n", [Received("message", " third event", "")]),
        (b"data\n\ndata\ndata\n\ndata:", [Received("message", "", ""), Received("message", "\n", "")]),
        (b"data:test\n\ndata: test\n\n", [Received("message", "test", "")] * 2),
        (b"event: add\r\ndata: 73\r\n\r\n", [Received("add", "73", "")]),
        (b"id: 7\n\ndata: a\n\n", [Received("message", "a", "7")]),  # an id alone counts, and tells nothing
        (b"data: never ended\n", []),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_the_standards_examples(body: bytes, expected: list[Received], size: int) -> None:
    stream = EventStream()
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    assert [one for piece in pieces for one in stream.feed(piece)] == expected
    assert received(body) == expected
