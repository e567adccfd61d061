"""A region's progress as CSV: one row a period, at population level."""

import csv
import io
from typing import Any, Final

import msgspec

from hub.serving.progress import ProgressView
from hub.serving.table import Cell, said

_OF_VIEW: Final = (
    *("region", "name", "region_set", "indicator", "version", "definition_hash", "first", "goal", "as_known_on"),
)
_OF_POINT: Final = (*("period", "shown", "bounds", "low", "high", "why_not", "revision", "accepted_at", "event_id"),)
_BESIDE: Final = (
    *("change", "since_first", "goal_gap", "to_goal", "reference", "reference_withheld", "reference_change"),
    *("reference_of_same", "standing"),
)
NAMES: Final = (*_OF_VIEW, "by", "level", *_OF_POINT, "kind", "numerator", "denominator", "lo", "hi", *_BESIDE)


def as_csv(view: ProgressView) -> bytes:
    """Return the progress as CSV (RFC 4180, UTF-8); a number that does not apply is an empty cell, `kind` says why."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=NAMES, lineterminator="\r\n")
    writer.writeheader()
    whole: dict[str, Cell] = {name: getattr(view, name) for name in _OF_VIEW}
    whole["by"] = ",".join(f"{dimension}:{node}" for dimension, node in view.by.items())
    for one in view.population.points:
        value: dict[str, Any] = msgspec.to_builtins(one.point.value)
        row = whole | {"level": "population"} | {name: getattr(one.point, name) for name in _OF_POINT}
        row |= {name: value.get(name) for name in ("kind", "numerator", "denominator", "lo", "hi")}
        row |= {name: getattr(one, name) for name in _BESIDE}
        writer.writerow({name: said(row[name]) for name in NAMES})
    return text.getvalue().encode()
