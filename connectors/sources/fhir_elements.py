"""Elements of a FHIR resource by path, the same for JSON and XML, and the days that its dates stand for."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal

from .sql import in_the_netherlands

Element = dict[str, Any]
Precision = Literal["day", "month", "year"]

_SEGMENT: Final = re.compile(r"([^.\[\]]+)(?:\[([^=\]]+)=([^\]]*)\])?")
_MOMENT: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(T\d\d:\d\d.*)?)?)?")


@lru_cache(maxsize=256)
def _segments(path: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((found[1], found[2] or "", found[3] or "") for found in _SEGMENT.finditer(path))


def elements(node: object, path: str) -> list[Any]:
    """Return every element at a path, in the order of the resource; lists on the way are gone through."""
    found = [node]
    for name, inner, wanted in _segments(path):
        below: list[Any] = []
        for one in found:
            under = one.get(name) if isinstance(one, dict) else None
            if isinstance(under, list):
                below += [each for each in under if each is not None]
            elif under is not None:
                below.append(under)
        if not below:  # most paths of most resources end here
            return below
        found = [one for one in below if wanted in texts(one, inner)] if inner else below
    return found


def texts(node: object, path: str) -> list[str]:
    """Return the texts at a path; numbers and truth values as they are written, groups of elements left out."""
    return [text for one in elements(node, path) if (text := as_text(one))]


def first_text(node: object, *paths: str) -> str:
    """Return the first text at the first path that has one, the empty text where none has."""
    for path in paths:
        for one in elements(node, path):
            if text := as_text(one):
                return text
    return ""


def as_text(value: object) -> str:
    """Return a primitive as the text it was written as, and the empty text for anything else."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else ""


def day(moment: str, last: bool = False) -> tuple[str, Precision]:
    """Return the day of a FHIR date, dateTime or instant, and how precise it was.

    A month or a year alone is its first day, or its last where `last` is asked. A moment in UTC is the day that it was
    in the Netherlands; with any other offset, the day that was written. A text of another form comes back as it is.
    """
    found = _MOMENT.fullmatch(moment)
    if found is None:
        return moment, "day"
    year, month, of_month, clock = found.groups()
    if clock is not None and clock.endswith(("Z", "+00:00", "-00:00")):
        try:
            return in_the_netherlands(datetime.fromisoformat(moment)).date().isoformat(), "day"
        except ValueError:
            return moment, "day"
    if of_month is not None:
        return f"{year}-{month}-{of_month}", "day"
    if month is not None:
        return (_last_of_month(year, month) if last else f"{year}-{month}-01"), "month"
    return (f"{year}-12-31" if last else f"{year}-01-01"), "year"


def _last_of_month(year: str, month: str) -> str:
    try:
        following = date(int(year), int(month), 28) + timedelta(days=4)
        return (following - timedelta(days=following.day)).isoformat()
    except (ValueError, OverflowError):
        return f"{year}-{month}-01"
