"""Log lines that machines read: facts beside the sentence, the class and places of an error, never what it quotes."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from connectors import logs


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.set_up(stream)
    yield stream
    root.handlers[:], root.level = before, level


def test_a_line_holds_the_sentence_and_the_facts(out: io.StringIO) -> None:
    logging.getLogger("regio.test").info("Answered %d", 7, extra={"facts": {"status": 200, "route": "/x"}})
    line = json.loads(out.getvalue())
    assert (line["event"], line["logger"], line["level"]) == ("Answered 7", "regio.test", "info")
    assert (line["status"], line["route"]) == (200, "/x")
    assert line["at"].endswith("+00:00")


def test_an_error_is_told_by_its_class_and_place_and_not_by_its_words(out: io.StringIO) -> None:
    try:
        raise ValueError("the value 123456782 of a person")
    except ValueError:
        logging.getLogger("regio.test").exception("It failed")
    assert "123456782" not in out.getvalue()
    line = json.loads(out.getvalue())
    assert (line["event"], line["error"]) == ("It failed", "ValueError")
    assert "test_logs.py" in line["places"][0]


def test_a_library_speaks_up_from_warnings_on(out: io.StringIO) -> None:
    logging.getLogger("kafka").info("chatter")
    logging.getLogger("kafka").warning("trouble")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["trouble"]


def test_on_a_terminal_a_line_is_for_eyes() -> None:
    record = logging.LogRecord("x", logging.WARNING, __file__, 1, "Slow %s", ("disk",), None)
    record.facts = {"milliseconds": 9}
    assert logs.PlainLines().format(record).endswith("warning: Slow disk milliseconds=9")
