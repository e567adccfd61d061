"""Lessons as drafts: written as YAML, kept in the node, released through the same door as figures."""

from pathlib import Path

import msgspec
from sqlalchemy import Connection, delete, insert, select

from node.audit import AuditEntry, record, timestamp
from node.tables import lesson as lesson_table
from schemas.payloads import LessonPublished
from schemas.refused import Refused

from .written import WrittenUnreadable, read_written


class LessonUnreadable(Refused, ValueError):
    """A lesson file that is not YAML, lacks a field or has one too many."""


class LessonUnknown(Refused, LookupError):
    """A lesson id that this node does not know."""


def read_lesson(file: Path) -> LessonPublished:
    """Read one lesson from YAML; raises LessonUnreadable naming the file, the field and the remedy."""
    try:
        return read_written(file, LessonPublished, "docs/lessons.md")
    except WrittenUnreadable as error:
        raise LessonUnreadable(str(error)) from error


def keep(connection: Connection, lesson: LessonPublished, entry: AuditEntry) -> None:
    """Store a draft, replacing an earlier draft with the same id."""
    connection.execute(delete(lesson_table).where(lesson_table.c.id == lesson.lesson))
    connection.execute(
        insert(lesson_table).values(
            id=lesson.lesson,
            payload=msgspec.json.encode(lesson).decode(),
            author=entry.actor,
            written_at=timestamp(entry.at),
        )
    )
    record(connection, entry)


def find(connection: Connection, lesson_id: str) -> LessonPublished:
    """Return a draft; raises LessonUnknown."""
    text = connection.execute(select(lesson_table.c.payload).where(lesson_table.c.id == lesson_id)).scalar_one_or_none()
    if text is None:
        raise LessonUnknown(f"There is no lesson '{lesson_id}' here; add one with `python -m node lesson add FILE`.")
    return msgspec.json.decode(text, type=LessonPublished)


def titles(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Return (id, title) of every draft in order of id."""
    rows = connection.execute(select(lesson_table.c.payload).order_by(lesson_table.c.id)).scalars()
    lessons = [msgspec.json.decode(text, type=LessonPublished) for text in rows]
    return tuple((lesson.lesson, lesson.title) for lesson in lessons)
