"""Which type of event words or a revision leave as."""

from typing import Final

from schemas.assessment import AssessmentRevised
from schemas.citation import CitationPublished
from schemas.codes import EventType
from schemas.evaluation import EvaluationRevised
from schemas.item_kinds import published_type, revised_type
from schemas.items import Item, ItemRevised
from schemas.payloads import (
    IndicatorCorrected,
    LessonPublished,
    LessonRevised,
    ReplyPublished,
    ReplyRevised,
    about_of,
    quality_of,
)

from .subject import Words

Revision = IndicatorCorrected | LessonRevised | EvaluationRevised | AssessmentRevised | ReplyRevised | ItemRevised
_WORDS: Final[dict[type[Words], EventType]] = {
    LessonPublished: EventType.LESSON_PUBLISHED,
    ReplyPublished: EventType.REPLY_PUBLISHED,
    CitationPublished: EventType.CITATION_PUBLISHED,
}


def type_of_words(words: Words) -> EventType:
    """Return the type of the event that brings words for the first time."""
    if isinstance(words, Item):
        return published_type(words.noun)
    return EventType.LESSON_PUBLISHED_V2 if about_of(words) else _WORDS[type(words)]


def type_of_revision(payload: Revision) -> EventType:
    """Return the type of the event that puts figures or words in the place of an earlier event's."""
    match payload:
        case IndicatorCorrected():
            return EventType.INDICATOR_CORRECTED_V2 if quality_of(payload) else EventType.INDICATOR_CORRECTED
        case LessonRevised():
            return EventType.LESSON_REVISED_V2 if about_of(payload) else EventType.LESSON_REVISED
        case EvaluationRevised():
            return EventType.EVALUATION_REVISED
        case AssessmentRevised():
            return EventType.ASSESSMENT_REVISED
        case ReplyRevised():
            return EventType.REPLY_REVISED
    return revised_type(payload.item.noun)
