"""A gradient as CSV: one row an area in its order, then those left out; the indices stand in every row."""

import csv
import io
from typing import Any, Final

import msgspec

from hub.serving.inequality import InequalityView
from hub.serving.table import Cell, said

_OF_VIEW: Final = (
    *("indicator", "version", "definition_hash", "period", "rank_by", "rank_period", "first", "region_set", "region"),
    *("weights", "as_known_on", "bounds", "slope", "low", "high", "relative", "relative_low", "relative_high"),
    *("relative_withheld", "ratio", "ratio_low", "ratio_high", "why_no_ratio"),
)
_OF_AREA: Final = (
    "area",
    "name",
    "place",
    "people",
    "kind",
    "shown",
    "area_low",
    "area_high",
    "rank_kind",
    "lacks",
    "why_not",
)
NAMES: Final = ("by", *_OF_VIEW, *_OF_AREA)


def as_csv(view: InequalityView) -> bytes:
    """Return the gradient as CSV (RFC 4180, UTF-8); a number that does not apply is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=NAMES, lineterminator="\r\n")
    writer.writeheader()
    whole: dict[str, Cell] = {name: getattr(view, name) for name in _OF_VIEW}
    whole["by"] = ",".join(f"{dimension}:{node}" for dimension, node in view.by.items())
    rows: list[dict[str, Cell]] = []
    for one in view.areas:
        told: dict[str, Any] = {"area": one.area, "name": one.name, "place": one.place, "people": one.people}
        kinds = (msgspec.to_builtins(value)["kind"] for value in (one.value, one.rank_value))
        rows.append(
            told
            | {"shown": one.shown, "area_low": one.low, "area_high": one.high}
            | dict(zip(("kind", "rank_kind"), kinds, strict=True))
        )
    rows += [
        {"area": one.area, "name": one.name, "lacks": one.indicator, "why_not": one.why_not} for one in view.left_out
    ]
    for row in rows:
        writer.writerow({name: said((whole | row).get(name)) for name in NAMES})
    return text.getvalue().encode()
