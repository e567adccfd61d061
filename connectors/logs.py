"""Logs on standard error: for eyes on a terminal, as JSON lines everywhere else. Never a record's value or a token.

What a log line may hold beside its sentence is given as `extra={"facts": {...}}`: numbers, codes, routes. Of an
exception only the class and the places in the code are told, since a library's own words may quote a value.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

_QUIET = ("kafka", "apscheduler", "alembic", "werkzeug", "waitress.queue")  # their warnings are enough


class JsonLines(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: time, level, logger, event, facts, and where an exception came from."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_facts(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return _visible(json.dumps(line, ensure_ascii=False, default=str))


class PlainLines(logging.Formatter):
    """A line for eyes, with the facts behind the sentence."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(sep=" ", timespec="seconds")
        facts = "".join(f" {name}={value}" for name, value in _facts(record).items())
        kind = record.exc_info[0] if record.exc_info else None
        failed = "" if kind is None else f" ({kind.__name__})"
        return _visible(f"{at[:19]} {record.levelname.lower()}: {record.getMessage()}{failed}{facts}")


def set_up(stream: TextIO | None = None) -> None:
    """Let everything in this process log to one stream, standard error where none is given."""
    to = stream or sys.stderr
    handler = logging.StreamHandler(to)
    handler.setFormatter(PlainLines() if to.isatty() else JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _visible(line: str) -> str:
    """Return one line that moves no cursor and breaks nowhere: what cannot be printed is written as JSON would."""
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in line)


def _facts(record: logging.LogRecord) -> dict[str, object]:
    facts = getattr(record, "facts", None)
    return dict(facts) if isinstance(facts, dict) else {}
