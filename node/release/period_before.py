"""Periods beside each other: the one before, and how long ago one ended."""

import datetime
import re
from typing import Final

_PERIOD: Final = re.compile(r"^(\d{4})(?:-(?:Q([1-4])|(\d{2})))?$")


def months_of(period: str) -> int | None:
    """Return how many months a year, quarter or month has; None for weeks and days."""
    found = _PERIOD.match(period)
    if found is None:
        return None
    return 12 if period == found[1] else 3 if found[2] else 1


def period_before(period: str) -> str | None:
    """Return the year, quarter or month before; None for weeks and days, which differ from one to the next anyhow."""
    found = _PERIOD.match(period)
    if found is None:
        return None
    year, quarter, month = int(found[1]), found[2], found[3]
    if quarter:
        return f"{year - 1:04}-Q4" if quarter == "1" else f"{year:04}-Q{int(quarter) - 1}"
    if month:
        return f"{year - 1:04}-12" if month == "01" else f"{year:04}-{int(month) - 1:02}"
    return f"{year - 1:04}"


def months_since(period: str, today: datetime.date) -> int | None:
    """Return how many whole months ago a period ended (0 while it lasts); None for weeks and days."""
    found, months = _PERIOD.match(period), months_of(period)
    if found is None or months is None:
        return None
    last = 12 if months == 12 else 3 * int(found[2]) if found[2] else int(found[3])
    return max(0, (today.year - int(found[1])) * 12 + today.month - last - 1)
