"""Withdraw: take an own event back without putting anything in its place."""

from sqlalchemy import Connection

from schemas.codes import EventType
from schemas.payloads import IndicatorWithdrawn, LessonPublished, LessonWithdrawn

from .notice import Notice
from .refusal import ReleaseRefused
from .standing import StandingItem, of_event, shown
from .subject import name_of


class StandsNoMore(ReleaseRefused):
    """An event that was replaced or withdrawn before, or that holds no figures and no lesson."""


def withdraw(connection: Connection, event_id: str, reason: str) -> tuple[StandingItem, Notice]:
    """Return what stands at an own event, and the notice that takes it back.

    Raises EventUnknown, or StandsNoMore with the event that took its place.
    """
    found = of_event(connection, event_id)
    if found is None:
        raise StandsNoMore(f"Event {event_id[:16]} holds no figures and no lesson, so there is nothing to withdraw.")
    now = shown(connection, found.subject)
    if now is None:
        raise StandsNoMore(f"Event {event_id[:16]} was withdrawn before; nothing is left to withdraw.")
    if now != event_id:
        raise StandsNoMore(f"Event {event_id[:16]} was replaced by event {now}; withdraw that one.")
    return found, notice(found, reason)


def notice(one: StandingItem, reason: str) -> Notice:
    """Return the notice that takes figures or a lesson back."""
    is_lesson = isinstance(one.content, LessonPublished)
    title = f"Withdrawal of {one.title}"
    return Notice(
        type=EventType.LESSON_WITHDRAWN if is_lesson else EventType.INDICATOR_WITHDRAWN,
        payload=LessonWithdrawn(one.event_id, reason) if is_lesson else IndicatorWithdrawn(one.event_id, reason),
        natural=name_of(one.content),
        title=title,
        summary=(f"{title} (event {one.event_id[:16]}): readers see that it was taken back, and why.",),
    )
