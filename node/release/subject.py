"""What an event is about: its natural name inside the region, and the opaque one that its envelope carries."""

import hashlib
import hmac
from typing import Final

from schemas.assessment import AssessmentPublished
from schemas.citation import CitationPublished
from schemas.evaluation import EvaluationPublished
from schemas.items import Item
from schemas.payloads import Content, LessonPublished, ReplyPublished

_LENGTH: Final = 32  # hexadecimal digits
Words = LessonPublished | ReplyPublished | CitationPublished | Item


def figures_name(indicator: str, period: str) -> str:
    """Return the natural name of one indicator over one period."""
    return f"indicator|{indicator}|{period}"


def draft_of(words: Words) -> str:
    """Return the name under which words are kept, and what somebody let stand in them."""
    if isinstance(words, CitationPublished):
        return f"citation:{words.citation}"
    if isinstance(words, Item):
        return f"{words.noun}:{words.item}"
    return words.lesson if isinstance(words, LessonPublished) else f"reply:{words.reply}.{words.language}"


def name_of(payload: Content) -> str:
    """Return the natural name of figures or words: the same for every later version of them."""
    if isinstance(payload, EvaluationPublished):
        return f"evaluation|{payload.evaluation}"
    if isinstance(payload, AssessmentPublished):
        return f"assessment|{payload.assessment}"
    if isinstance(payload, LessonPublished):
        return lesson_name(payload.lesson)
    if isinstance(payload, ReplyPublished):
        return reply_name(f"{payload.reply}.{payload.language}")
    if isinstance(payload, CitationPublished):
        return citation_name(payload.citation)
    if isinstance(payload, Item):
        return item_name(payload.noun, payload.item)
    return figures_name(payload.indicator, payload.period)


def lesson_name(name: str) -> str:
    """Return the natural name of a lesson, by its name at this node."""
    return f"lesson|{name}"


def reply_name(name: str) -> str:
    """Return the natural name of a reply in one language, by its name at this node."""
    return f"reply|{name}"


def citation_name(name: str) -> str:
    """Return the natural name of a citation, by its name at this node."""
    return f"citation|{name}"


def item_name(noun: str, name: str) -> str:
    """Return the natural name of an item, by its noun and its name at this node."""
    return f"{noun}|{name}"


def title_of(payload: Content) -> str:
    """Return what reviewers call figures, a lesson, an evaluation, an assessment or a reply."""
    if isinstance(payload, EvaluationPublished):
        return f"Evaluation of {payload.title.en}, {payload.indicator}"
    if isinstance(payload, AssessmentPublished):
        return f"Assessment {payload.assessment}, {payload.title.en} {payload.period}"
    if isinstance(payload, ReplyPublished):
        return f"Reply {payload.reply} ({payload.language}) to {payload.indicator} {payload.period}"
    if isinstance(payload, CitationPublished):
        return f"Citation {payload.citation}: {payload.classified} a lesson of {payload.lesson_region}"
    if isinstance(payload, Item):
        return f"{payload.noun.capitalize()} '{payload.title}'"
    return payload.title if isinstance(payload, LessonPublished) else f"{payload.indicator} {payload.period}"


def event_name(event_id: str) -> str:
    """Return the natural name of an own event, as what has it destroyed is about it."""
    return f"event|{event_id}"


def opaque(key: bytes, name: str) -> str:
    """Return the stable name that says nothing to those outside an item's audience (decision 41)."""
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:_LENGTH]
