"""Actions as a table: one row per action, with its state on the day that was asked."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Final

from hub.serving.learning import ToldAction
from hub.serving.table import said

NAMES: Final = (
    *("as_of", "region", "region_name", "item", "title", "language", "owner_role", "due", "state", "done_on"),
    *("result", "reflection", "lesson", "lesson_region", "audience", "event_id"),
)


def as_csv(found: Sequence[ToldAction], today: date) -> bytes:
    """Return actions as CSV (RFC 4180, UTF-8); an empty cell where something is not said."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=NAMES, lineterminator="\r\n")
    writer.writeheader()
    for one in found:
        row = {name: said(getattr(one, name)) for name in NAMES if name != "as_of"}
        writer.writerow({"as_of": today.isoformat()} | row)
    return text.getvalue().encode()
