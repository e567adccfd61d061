"""Lessons that a reader may see: the latest accepted version of each, newest first."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select

from hub import tables
from hub.serving.figures import readable
from schemas.codes import Audience
from schemas.payloads import LessonPublished

PAGE_SIZE = 20


class AcceptedLesson(msgspec.Struct, frozen=True):
    """A lesson as the hub holds it; `event_id` names this version for good, `accepted_at` is UTC."""

    event_id: str
    region: str
    region_name: str
    audience: Audience
    accepted_at: str
    payload: LessonPublished


class LessonPage(msgspec.Struct, frozen=True):
    """One page of lessons; `page` counts from 1, `pages` is at least 1."""

    lessons: tuple[AcceptedLesson, ...]
    page: int
    pages: int
    total: int


class LessonUnknown(LookupError):
    """No lesson with this id is there for this reader."""


class PageUnknown(LookupError):
    """The list of lessons has no such page."""


def lesson_page(connection: Connection, reader: Audience, page: int = 1, size: int = PAGE_SIZE) -> LessonPage:
    """Return one page of the latest versions, newest first; raises PageUnknown."""
    lesson = tables.lesson
    rows = connection.execute(
        select(lesson.c.event_id, lesson.c.region, lesson.c.lesson, lesson.c.language, lesson.c.accepted_at)
        .where(lesson.c.audience.in_(readable(reader)))
        .order_by(lesson.c.sequence)
    )
    latest = {(row.region, row.lesson, row.language): (row.accepted_at, row.event_id) for row in rows}
    order = [event_id for _, event_id in sorted(latest.values(), reverse=True)]
    pages = max(1, -(-len(order) // size))
    if not 1 <= page <= pages:
        raise PageUnknown(f"The list of lessons has no page {page}; ask for a page from 1 to {pages}.")
    wanted = order[(page - 1) * size : page * size]
    found = {one.event_id: one for one in _read(connection, wanted, reader)}
    return LessonPage(tuple(found[event_id] for event_id in wanted), page, pages, len(order))


def one_lesson(connection: Connection, reader: Audience, event_id: str) -> AcceptedLesson:
    """Return one version of a lesson by its event id; raises LessonUnknown, also where the reader may not see it."""
    found = _read(connection, [event_id], reader)
    if not found:
        raise LessonUnknown("There is no lesson with this id; see the list of lessons for the ids.")
    return found[0]


def _read(connection: Connection, event_ids: Sequence[str], reader: Audience) -> list[AcceptedLesson]:
    lesson, event = tables.lesson, tables.event
    rows = connection.execute(
        select(lesson.c.event_id, lesson.c.region, lesson.c.accepted_at, lesson.c.audience)
        .add_columns(event.c.payload, tables.region.c.name)
        .join(event, event.c.id == lesson.c.event_id)
        .join(tables.region, tables.region.c.code == lesson.c.region)
        .where(lesson.c.event_id.in_(event_ids), lesson.c.audience.in_(readable(reader)))
    )
    return [
        AcceptedLesson(
            event_id=row.event_id,
            region=row.region,
            region_name=row.name,
            audience=row.audience,
            accepted_at=row.accepted_at,
            payload=msgspec.json.decode(row.payload, type=LessonPublished),
        )
        for row in rows
    ]
