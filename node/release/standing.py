"""What stands: of every subject this region's latest event, unless that was withdrawn or redacted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select

from node.tables import event, item
from schemas.assessment import AssessmentPublished, AssessmentRevised
from schemas.citation import CitationPublished
from schemas.codes import Audience, EventType
from schemas.evaluation import EvaluationPublished, EvaluationRevised
from schemas.items import Item, ItemRevised
from schemas.payloads import (
    Content,
    IndicatorCorrected,
    IndicatorPublished,
    LessonPublished,
    LessonRevised,
    Payload,
    ReplyPublished,
    ReplyRevised,
)
from schemas.upcast import read_payload

from .refusal import ReleaseRefused

_CHUNK: Final = 400  # names per query: SQLite takes no more than 999 variables in older builds


class EventUnknown(ReleaseRefused):
    """An event id that is not on this region's chain."""


@dataclass(frozen=True, slots=True)
class StandingItem:
    """What readers see of a subject: its event, and the figures or words in it (never the correction around them).

    `audience` is who reads it.
    """

    event_id: str
    sequence: int
    subject: str
    audience: Audience
    title: str
    content: Content = field(repr=False)


@dataclass(frozen=True, slots=True)
class StandingTitle:
    """What stands, by name alone: its event, of which type that is, and who reads it."""

    event_id: str
    type: EventType
    audience: Audience
    title: str


def standing(connection: Connection, subjects: Iterable[str]) -> dict[str, StandingItem]:
    """Return what stands of these opaque subjects, by subject."""
    found: dict[str, StandingItem] = {}
    names = iter(dict.fromkeys(subjects))
    while chunk := list(islice(names, _CHUNK)):
        latest = (
            select(item.c.subject, func.max(event.c.sequence).label("sequence"))
            .join(event, same_place())
            .where(item.c.subject.in_(chunk), _replaces())
            .group_by(item.c.subject)
            .subquery()
        )
        rows = connection.execute(_items().join(latest, event.c.sequence == latest.c.sequence))
        found |= {one.subject: one for one in map(_read, rows) if one is not None}
    return found


def of_indicators(connection: Connection, indicators: Iterable[str]) -> Iterator[StandingItem]:
    """Yield all figures of these indicators that stand."""
    for indicator in indicators:
        about = select(item.c.subject).where(item.c.title.startswith(f"{indicator} ", autoescape=True)).distinct()
        for one in standing(connection, connection.execute(about).scalars().all()).values():
            if isinstance(one.content, IndicatorPublished) and one.content.indicator == indicator:
                yield one


def titles(connection: Connection, types: Iterable[EventType]) -> Iterator[StandingTitle]:
    """Yield what stands of these types of event by name alone, in order of the chain; no payload is read."""
    latest = (
        select(item.c.subject, func.max(event.c.sequence).label("sequence"))
        .join(event, same_place())
        .where(_replaces())
        .group_by(item.c.subject)
        .subquery()
    )
    rows = connection.execute(
        select(event.c.id, item.c.type, item.c.audience, item.c.title)
        .join(item, same_place())
        .join(latest, event.c.sequence == latest.c.sequence)
        .where(item.c.type.in_(list(types)), func.length(item.c.payload) > 0)
        .order_by(event.c.sequence)
    )
    return (StandingTitle(row.id, EventType(row.type), row.audience, row.title) for row in rows)


def of_event(connection: Connection, event_id: str) -> StandingItem | None:
    """Return one own event with figures or words, whether it stands or not; raises EventUnknown.

    None for an event of another kind, and for one whose payload was destroyed.
    """
    row = connection.execute(_items().where(event.c.id == event_id)).one_or_none()
    if row is None:
        raise EventUnknown(
            f"Event {event_id} is not on this region's chain; `python -m node ledger` lists the ids of its events."
        )
    return _read(row)


def shown(connection: Connection, subject: str) -> str | None:
    """Return the event that readers may see of a subject, None after a withdrawal.

    That is what stands; where the latest event was redacted it is the one before, which a hub shows that got the
    redacted one without its payload and so never learnt what it replaced.
    """
    about = _items().where(item.c.subject == subject, _replaces())
    rows = connection.execute(about.order_by(event.c.sequence.desc()))
    latest = next((row for row in rows if row.payload), None)
    return None if latest is None or _read(latest) is None else str(latest.id)


def content_of(payload: Payload) -> Content | None:
    """Return the figures or words of a payload, without the correction around them; None where it has none."""
    match payload:
        case (
            IndicatorPublished()
            | LessonPublished()
            | EvaluationPublished()
            | AssessmentPublished()
            | ReplyPublished()
            | CitationPublished()
            | Item()
        ):
            return payload
        case IndicatorCorrected(figures=figures):
            return figures
        case LessonRevised(lesson=lesson):
            return lesson
        case EvaluationRevised(evaluation=evaluation):
            return evaluation
        case AssessmentRevised(assessment=assessment):
            return assessment
        case ReplyRevised(reply=reply):
            return reply
        case ItemRevised(item=said):
            return said
    return None


def content_in(type_: EventType, payload: bytes) -> Content | None:
    """Return the figures or words that the payload of an event holds; None where it holds others, or was destroyed."""
    return content_of(read_payload(type_, payload)) if payload else None


def same_place() -> ColumnElement[bool]:
    """Return the condition that joins an event with the item it was made of."""
    return and_(event.c.bundle_id == item.c.bundle_id, event.c.position == item.c.position)


def _replaces() -> ColumnElement[bool]:
    """That a correction waits changes nothing of what stands."""
    return item.c.type != EventType.INDICATOR_PENDING


def _items() -> Select[Any]:
    columns = (item.c.type, item.c.subject, item.c.audience, item.c.title, item.c.payload)
    return select(event.c.id, event.c.sequence, *columns).join(item, same_place())


def _read(row: Row[Any]) -> StandingItem | None:
    content = content_in(row.type, row.payload)
    if content is None:
        return None
    return StandingItem(row.id, row.sequence, row.subject, row.audience, row.title, content)
