"""What `run` says to the log: plain lines on a terminal, one JSON object a line elsewhere. Never a record's value."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO


class JsonLines(logging.Formatter):
    """Write a record as one JSON object: moment (UTC), level, logger, what was said, and an error's class."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; an exception's own text stays out, since it may quote what it stumbled on."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def set_up(stream: TextIO | None = None) -> None:
    """Send the log to standard error, or to `stream`, in the form that fits it."""
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    handler.setFormatter(plain if out.isatty() else JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # These speak of their own affairs at INFO, kafka-python of its settings at DEBUG.
    for name in ("apscheduler", "kafka", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
