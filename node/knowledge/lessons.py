"""Lessons as drafts: written as YAML, kept in the node, released through the same door as figures."""

import re
from pathlib import Path
from typing import Any

import msgspec
import yaml
from sqlalchemy import Connection, delete, insert, select

from node.audit import AuditEntry, record, timestamp
from node.tables import lesson as lesson_table
from schemas.payloads import LessonPublished
from schemas.plain_yaml import YamlNotPlain, read_yaml


class LessonUnreadable(ValueError):
    """A lesson file that is not YAML, lacks a field or has one too many."""


class LessonUnknown(LookupError):
    """A lesson id that this node does not know."""


def read_lesson(file: Path) -> LessonPublished:
    """Read one lesson from YAML; raises LessonUnreadable naming the file, the field and the remedy."""
    try:
        data: Any = read_yaml(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LessonUnreadable(f"{file}: there is no such file; check its name.") from error
    except YamlNotPlain as error:
        raise LessonUnreadable(f"{file}: {error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = getattr(error, "problem_mark", None)
        line = f" line {place.line + 1}" if place else ""
        raise LessonUnreadable(f"{file}{line}: this is not UTF-8 YAML; correct that line.") from error
    try:
        return msgspec.convert(data, LessonPublished)
    except msgspec.ValidationError as error:
        # msgspec may name a value that stands where none belongs; only the place is passed on
        missing = re.search(r"missing required field `(\w+)`", str(error))
        place = re.search(r"`?\$\.?([\w\[\].]*)`?$", str(error))
        what = f"field `{missing[1]}` is missing" if missing else f"{_field(place)} has another form"
        raise LessonUnreadable(f"{file}: {what}; see docs/lessons.md for the fields.") from error
    except RecursionError as error:
        raise LessonUnreadable(f"{file}: this is nested too deeply for a lesson; see docs/lessons.md.") from error


def _field(place: re.Match[str] | None) -> str:
    return f"field `{place[1]}`" if place and place[1] else "a field that a lesson does not have, or its layout,"


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
