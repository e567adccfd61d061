"""A comparison as a table: one row per region, one meaning per column, and the kind of every value in its own.

A number that does not apply is missing, never zero and never a text: in CSV an empty cell, in XLSX the error value
#N/A, in Parquet a null. `kind` says why.
"""

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from hub.serving.columns import COLUMNS
from hub.serving.dark import LastKnown
from hub.serving.replies import Awaited
from hub.serving.view import IndicatorView, RegionRow
from schemas.quality import Quality

Cell = str | int | Decimal | bool | None
_FORMULA_INSIDE: Final = re.compile(
    r"""([;\t\r\n]["\s]*)(?=[=+@-])"""
)  # a cell's start where a file is split at ; or tab
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?")
NAMES: Final = tuple(column.name for column in COLUMNS)
_OF_QUALITY: Final = tuple(name for name in NAMES if name == "partial" or name.startswith(("coverage_", "linkage_")))


def rows(view: IndicatorView) -> list[dict[str, Cell]]:
    """Return one row per region, of several corrections the last; then one per region without a figure of the period.

    Of the latter only the last figure is told, in columns of its own. Then one per region of which the reader sees no
    figure yet, since regions may still reply.
    """
    listed = {row.region for row in view.rows} | {one.region for one in view.dark}
    held = {one.region: one for one in view.awaited if one.region not in listed}
    return [
        *(_row(view, row) for row in view.rows),
        *(_dark(view, one) for one in view.dark),
        *(_held(view, one) for one in held.values()),
    ]


def _held(view: IndicatorView, one: Awaited) -> dict[str, Cell]:
    told: dict[str, Cell] = {"region": one.region, "name": one.name, "kind": "not_available"}
    told |= {"standing": "no_verdict", "why_not": "held_for_replies", "definition_hash": None}
    return {**dict.fromkeys(NAMES), **_place(view), **told, **_said(view, one.region)}


def _place(view: IndicatorView) -> dict[str, Cell]:
    by = ",".join(f"{dimension}:{node}" for dimension, node in view.by.items())
    here: dict[str, Cell] = {"indicator": view.indicator, "version": view.version, "by": by}
    here |= {"period": view.period, "region_set": view.region_set, "as_known_on": view.as_known_on}
    return here | {"peers": " ".join(view.peers) or None, "reference_of": " ".join(view.reference_of) or None}


def _said(view: IndicatorView, region: str) -> dict[str, Cell]:
    """Return what the region replied, the newest of each language, and when a newer figure of it is seen."""
    replies = [one for one in view.replies if one.region == region and one.text is not None]
    told: dict[str, Cell] = {f"reply_{one.language}": one.text for one in replies}
    dates = {"reply_known_on": max((one.as_known_on for one in replies), default=None)}
    due = max((one.visible_from for one in view.awaited if one.region == region), default=None)
    return {"reply_nl": None, "reply_en": None} | told | dates | {"visible_from": due}


def _dark(view: IndicatorView, one: LastKnown) -> dict[str, Cell]:
    last = {"last_period": one.period, "last_shown": one.shown, "last_accepted_at": one.accepted_at}
    told: dict[str, Cell] = {"region": one.region, "name": one.name, "kind": "not_available"}
    told |= {"standing": "no_verdict", "why_not": "no_figure_yet", "taken_over": one.taken_over}
    told["definition_hash"] = one.definition_hash
    return {**dict.fromkeys(NAMES), **_place(view), **told, **last, **_said(view, one.region)}


def _row(view: IndicatorView, row: RegionRow) -> dict[str, Cell]:
    value: Mapping[str, Any] = msgspec.to_builtins(row.value)
    laid = next((one for one in view.funnel.regions if one.region == row.region), None) if view.funnel else None
    last = row.corrections[-1] if row.corrections else None
    is_of_this = row.definition_hash == view.definition_hash
    return {
        **_place(view),
        "version": view.version if is_of_this else row.version,
        "definition_hash": row.definition_hash,
        "region": row.region,
        "name": row.name,
        "kind": value["kind"],
        "shown": row.shown,
        "numerator": value.get("numerator"),
        "denominator": value.get("denominator"),
        "bounds": row.bounds,
        "low": row.low,
        "high": row.high,
        "standing": row.standing,
        "why_not": row.why_not,
        "taken_over": row.taken_over,
        "accepted_at": row.accepted_at,
        "corrected_at": row.corrected_at,
        "correction": last and last.kind,
        "earlier_event": last and last.earlier_event_id,
        "reason": last and last.reason,
        "reference": view.reference,
        "reference_withheld": view.reference_withheld,
        "lo": value.get("lo"),
        "hi": value.get("hi"),
        "rounded_value": value.get("value"),
        "rounded_step": value.get("step"),
        "funnel_place": laid and laid.place,
        "warning_low": laid and laid.warning[0],
        "warning_high": laid and laid.warning[1],
        "control_low": laid and laid.control[0],
        "control_high": laid and laid.control[1],
        "reference_proving_since": view.reference_proving_since,
        "reference_why_nl": view.reference_why and view.reference_why.nl,
        "reference_why_en": view.reference_why and view.reference_why.en,
        **_quality(row.quality),
        "standard": view.standard and view.standard.name,
        "rebased_from": row.rebased_from,
        "last_period": None,
        "last_shown": None,
        "last_accepted_at": None,
        "rank_first": row.ranks and row.ranks.first,
        "rank_last": row.ranks and row.ranks.last,
        "rank_of": row.ranks and row.ranks.of,
        "beside": view.beside,
        "order": row.order,
        "together_low": view.together and view.together.low,
        "together_high": view.together and view.together.high,
        "licence": row.licence,
        **_said(view, row.region),
    }


def _quality(quality: Quality | None) -> dict[str, Cell]:
    found: dict[str, Cell] = dict.fromkeys(_OF_QUALITY)
    if quality is not None and (coverage := quality.coverage) is not None:
        found |= {
            "coverage_unit": coverage.unit, "coverage_percent": coverage.percent, "partial": coverage.is_partial,
        }  # fmt: skip
    if quality is not None and (linkage := quality.linkage) is not None:
        found |= {
            "linkage_methods": " ".join(linkage.methods),
            "linkage_precision": linkage.precision_permille,
            "linkage_recall": linkage.recall_permille,
            "linkage_judged_by": linkage.judged_by,
        }
    return found


def as_csv_rows(view: IndicatorView) -> list[dict[str, str]]:
    """Return the rows as CSV text."""
    return [{name: said(cell) for name, cell in row.items()} for row in rows(view)]


def as_csv(view: IndicatorView) -> bytes:
    """Return the table as CSV (RFC 4180, UTF-8)."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=NAMES, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(as_csv_rows(view))
    return text.getvalue().encode()


def said(cell: Cell) -> str:
    """Return a cell as CSV text: empty where it does not apply, and never a formula."""
    if cell is None:
        return ""
    return _plain(str(cell).lower() if isinstance(cell, bool) else str(cell))


def _plain(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, also one that splits at semicolons, as Dutch ones do.

    Region names come from outside.
    """
    text = _FORMULA_INSIDE.sub(r"\1'", text)
    is_formula = text.startswith(("=", "+", "@", "\t", "\r")) or (text.startswith("-") and not _NUMBER.fullmatch(text))
    return f"'{text}" if is_formula else text
