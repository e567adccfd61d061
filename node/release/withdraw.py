"""Withdraw: take an own event back without putting anything in its place."""

from collections.abc import Sequence

from sqlalchemy import Connection

from schemas.assessment import AssessmentPublished, AssessmentWithdrawn
from schemas.attachment import AttachmentPublished
from schemas.citation import CitationPublished, CitationWithdrawn
from schemas.codes import EventType
from schemas.evaluation import EvaluationPublished, EvaluationWithdrawn
from schemas.item_kinds import withdrawn_type
from schemas.items import Item, ItemWithdrawn
from schemas.payloads import (
    Content,
    IndicatorWithdrawn,
    LessonPublished,
    LessonWithdrawn,
    ReplyPublished,
    ReplyWithdrawn,
)

from .host import files_beside
from .notice import Notice
from .refusal import ReleaseRefused
from .standing import StandingItem, of_event, shown
from .subject import name_of


class StandsNoMore(ReleaseRefused):
    """An event that was replaced or withdrawn before, or that holds no figures and no words."""


def withdraw(connection: Connection, event_id: str, reason: str) -> tuple[StandingItem, Notice]:
    """Return what stands at an own event, and the notice that takes it back.

    Raises EventUnknown, or StandsNoMore with the event that took its place.
    """
    found = of_event(connection, event_id)
    if found is None:
        raise StandsNoMore(f"Event {event_id[:16]} holds no figures and no words, so there is nothing to withdraw.")
    now = shown(connection, found.subject)
    if now is None:
        raise StandsNoMore(f"Event {event_id[:16]} was withdrawn before; nothing is left to withdraw.")
    if now != event_id:
        raise StandsNoMore(f"Event {event_id[:16]} was replaced by event {now}; withdraw that one.")
    return found, notice(found, reason, files_beside(connection, found.subject))


def notice(one: StandingItem, reason: str, files: Sequence[AttachmentPublished] = ()) -> Notice:
    """Return the notice that takes figures or words back; `files` are those that stand beside it, and stay."""
    type_, payload = _taken_back(one.content)
    title = f"Withdrawal of {one.title}"
    told = f"{title} (event {one.event_id[:16]}): readers see that it was taken back, and why."
    left = ", ".join(sorted(file.item for file in files))
    also = f"Files stand beside it ({left}): nobody gets them any more, but the search still finds their words; take "
    also += "each back as well with `python -m node item withdraw attachment NAME`."
    return Notice(
        type=type_,
        payload=payload(one.event_id, reason),
        natural=name_of(one.content),
        title=title,
        summary=(told, also) if files else (told,),
    )


_Withdrawal = (
    LessonWithdrawn
    | EvaluationWithdrawn
    | AssessmentWithdrawn
    | ReplyWithdrawn
    | CitationWithdrawn
    | ItemWithdrawn
    | IndicatorWithdrawn
)


def _taken_back(content: Content) -> tuple[EventType, type[_Withdrawal]]:
    if isinstance(content, LessonPublished):
        return EventType.LESSON_WITHDRAWN, LessonWithdrawn
    if isinstance(content, EvaluationPublished):
        return EventType.EVALUATION_WITHDRAWN, EvaluationWithdrawn
    if isinstance(content, AssessmentPublished):
        return EventType.ASSESSMENT_WITHDRAWN, AssessmentWithdrawn
    if isinstance(content, ReplyPublished):
        return EventType.REPLY_WITHDRAWN, ReplyWithdrawn
    if isinstance(content, CitationPublished):
        return EventType.CITATION_WITHDRAWN, CitationWithdrawn
    if isinstance(content, Item):
        return withdrawn_type(content.noun), ItemWithdrawn
    return EventType.INDICATOR_WITHDRAWN, IndicatorWithdrawn
