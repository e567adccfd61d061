"""The part of a region's page that lists its newest figure of every indicator, by axis, and its lessons."""

from datetime import datetime
from typing import Any, Final

from flask import url_for
from sqlalchemy import Connection, Engine

from hub.serving.profile import ProfileRow, profile
from hub.serving.search import newest_lessons
from hub.web import words
from hub.web.indicator_index import AXES, OTHER
from schemas.codes import Audience, Language
from schemas.values import Exact, Rounded

_LESSONS: Final = 5


def profile_part(connection: Connection, reader: Audience, now: datetime, code: str, lang: Language) -> dict[str, Any]:
    """Return the region's figures by axis: value or why there is none, period, and verdict beside all regions."""
    view = profile(connection, reader, now, code)
    by_axis = {axis: [row for row in view.rows if row.axis == axis] for axis in (*AXES, OTHER)}
    return {
        "profile_axes": [
            (axis, sorted((_row(row, code, view.region_set, lang) for row in rows), key=lambda one: one["title"]))
            for axis, rows in by_axis.items()
            if rows
        ]
    }


def lessons_part(engine: Engine, reader: Audience, code: str) -> dict[str, Any]:
    """Return the region's newest lessons that the reader may read, and how many there are."""
    found = newest_lessons(engine, reader, size=_LESSONS, region=code)
    return {"own_lessons": found.lessons, "lessons": found.total}


def _row(row: ProfileRow, code: str, region_set: str, lang: Language) -> dict[str, Any]:
    return {
        "title": row.title.told(lang),
        "period": row.period,
        "shown": _shown(row, lang),
        "is_hidden": row.bounds == "range",
        "standing": words.word(row.standing, lang),
        "address": url_for(
            "pages.compare", indicator=row.indicator, period=row.period, set=region_set, beside=code, lang=lang
        ),
    }


def _shown(row: ProfileRow, lang: Language) -> str:
    unit = row.unit.told(lang)
    if row.shown is not None:
        said = words.with_unit(row.shown, unit, lang)
        return said if unit.strip() == "%" else f"{said} {unit}"
    if row.bounds == "range" and row.low is not None:
        high = "…" if row.high is None else words.with_unit(row.high, unit, lang)
        return f"{words.word('hidden', lang)}: {words.number(row.low, lang)}–{high}"
    if isinstance(row.value, Exact | Rounded):
        return words.word("absent", lang)
    kind = "hidden" if row.bounds == "range" else str(row.value.__struct_config__.tag)
    return words.word(kind if kind in words.WORDS else "not_available", lang)
