"""A region's profile as CSV: one row an indicator, one meaning a column, the kind of every value in its own."""

import csv
import io
from typing import Any, Final

import msgspec

from hub.serving.profile import ProfileRow, ProfileView
from hub.serving.table import Cell, said

_OF_ROW: Final = (
    *("axis", "indicator", "title_nl", "title_en", "unit_nl", "unit_en", "favourable", "period", "kind", "shown"),
    *("numerator", "denominator", "lo", "hi", "rounded_value", "rounded_step", "bounds", "low", "high", "standing"),
    *("why_not", "reference", "reference_withheld", "revision", "accepted_at", "event_id", "definition_hash"),
)
NAMES: Final = ("region", "name", "region_set", "as_known_on", *_OF_ROW)


def as_csv(view: ProfileView) -> bytes:
    """Return the profile as CSV (RFC 4180, UTF-8); a number that does not apply is an empty cell, `kind` says why."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=NAMES, lineterminator="\r\n")
    writer.writeheader()
    of_region = {name: getattr(view, name) for name in ("region", "name", "region_set", "as_known_on")}
    for row in view.rows:
        writer.writerow({name: said(cell) for name, cell in (of_region | _cells(row)).items()})
    return text.getvalue().encode()


def _cells(row: ProfileRow) -> dict[str, Cell]:
    value: dict[str, Any] = msgspec.to_builtins(row.value)
    worded = {
        "title_nl": row.title.nl, "title_en": row.title.en, "unit_nl": row.unit.nl, "unit_en": row.unit.en,
        "kind": value["kind"], "rounded_value": value.get("value"), "rounded_step": value.get("step"),
    }  # fmt: skip
    counted = {name: value.get(name) for name in ("numerator", "denominator", "lo", "hi")}
    return {name: (worded | counted)[name] if name in worded | counted else getattr(row, name) for name in _OF_ROW}
