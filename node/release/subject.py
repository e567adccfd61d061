"""What an event is about: its natural name inside the region, and the opaque one that its envelope carries."""

import hashlib
import hmac
from typing import Final

from schemas.payloads import IndicatorPublished, LessonPublished

_LENGTH: Final = 32  # hexadecimal digits


def figures_name(indicator: str, period: str) -> str:
    """Return the natural name of one indicator over one period."""
    return f"indicator|{indicator}|{period}"


def name_of(payload: IndicatorPublished | LessonPublished) -> str:
    """Return the natural name of figures or a lesson: the same for every later version of it."""
    if isinstance(payload, LessonPublished):
        return f"lesson|{payload.lesson}"
    return figures_name(payload.indicator, payload.period)


def title_of(payload: IndicatorPublished | LessonPublished) -> str:
    """Return what reviewers call figures or a lesson."""
    return payload.title if isinstance(payload, LessonPublished) else f"{payload.indicator} {payload.period}"


def opaque(key: bytes, name: str) -> str:
    """Return the stable name that says nothing to those outside an item's audience (decision 41)."""
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:_LENGTH]
