"""What an event is about: its natural name inside the region, and the opaque one that its envelope carries."""

import hashlib
import hmac
from typing import Final

from schemas.evaluation import EvaluationPublished
from schemas.payloads import Content, LessonPublished

_LENGTH: Final = 32  # hexadecimal digits


def figures_name(indicator: str, period: str) -> str:
    """Return the natural name of one indicator over one period."""
    return f"indicator|{indicator}|{period}"


def name_of(payload: Content) -> str:
    """Return the natural name of figures, a lesson or an evaluation: the same for every later version of it."""
    if isinstance(payload, EvaluationPublished):
        return f"evaluation|{payload.evaluation}"
    if isinstance(payload, LessonPublished):
        return f"lesson|{payload.lesson}"
    return figures_name(payload.indicator, payload.period)


def title_of(payload: Content) -> str:
    """Return what reviewers call figures, a lesson or an evaluation."""
    if isinstance(payload, EvaluationPublished):
        return f"Evaluation of {payload.title.en}, {payload.indicator}"
    return payload.title if isinstance(payload, LessonPublished) else f"{payload.indicator} {payload.period}"


def opaque(key: bytes, name: str) -> str:
    """Return the stable name that says nothing to those outside an item's audience (decision 41)."""
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:_LENGTH]
