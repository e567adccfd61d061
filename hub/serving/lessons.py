"""Lessons that a reader may see: the latest accepted version of each, newest first, and what was taken back."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from connectors.database import among, listed
from hub import tables
from hub.serving.figures import Correction, readable
from hub.serving.lesson_states import LESSON_TYPES, LessonStates, Version, lesson_states
from schemas.citation import EvidenceKind
from schemas.codes import Audience
from schemas.definition import Text
from schemas.payloads import LessonPublished, LessonRevised
from schemas.upcast import read_payload

LIST: Final = Text("De lijst met lessen", "The list of lessons")
_AT_ONCE: Final = 100  # lessons that are read together


class EvidenceChange(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a piece of evidence of a lesson: figures or an evaluation, by its event and region.

    `evaluation` is one that rests on these figures, `citation` the citation that names the evidence, None where the
    lesson itself does. `at` is since when the reader knows (UTC), `changed` what happened.
    """

    kind: EvidenceKind
    event_id: str
    region: str
    region_name: str
    indicator: str | None
    period: str | None
    evaluation: str | None
    citation: str | None
    at: str
    changed: Correction


class AcceptedLesson(msgspec.Struct, frozen=True):
    """A lesson as the hub holds it; `event_id` names this version for good, `accepted_at` is UTC.

    `entry` is the first version it goes back to, `replaced_by` a newer version where this is not the latest.
    `evidence_changed` is filled in by `lesson_evidence.with_evidence`, for whoever tells of it.
    """

    event_id: str
    region: str
    region_name: str
    audience: Audience
    accepted_at: str
    payload: LessonPublished
    entry: str
    published_at: str
    replaced_by: str | None
    corrections: tuple[Correction, ...]
    evidence_changed: tuple[EvidenceChange, ...] = ()


class WithdrawnLesson(msgspec.Struct, frozen=True):
    """A lesson that was taken back or destroyed: when, why and by which event, and nothing of what it said."""

    event_id: str
    region: str
    region_name: str
    audience: Audience
    entry: str
    correction: Correction


class LessonPage(msgspec.Struct, frozen=True):
    """One page of lessons; `page` counts from 1, `pages` is at least 1."""

    lessons: tuple[AcceptedLesson, ...]
    page: int
    pages: int
    total: int


class FeedPage(msgspec.Struct, frozen=True):
    """One page of what happened to lessons: those that are there, and those that were taken back, newest first."""

    entries: tuple[AcceptedLesson | WithdrawnLesson, ...]
    page: int
    pages: int
    before: str = ""  # where the page before this one ended, for one that was asked for by that
    following: str | None = None  # the same for the next page


NO_LESSON: Final = Text(
    "Deze les is er niet; kies een les uit de lijst.",
    "There is no lesson with this id; see the list of lessons for the ids.",
)


class LessonUnknown(LookupError):
    """No lesson with this id is there for this reader; `text` says so in both languages."""

    def __init__(self, text: Text) -> None:
        """Take the sentence."""
        super().__init__(text.en)
        self.text = text


class LessonTakenBack(LookupError):
    """A lesson that its region withdrew or had destroyed."""

    def __init__(self, lesson: WithdrawnLesson) -> None:
        """Take what can still be said."""
        done = "destroyed" if lesson.correction.kind == "redacted" else "withdrawn"
        why = "" if lesson.correction.reason is None else f": {lesson.correction.reason}"
        super().__init__(f"The lesson was {done} by {lesson.region_name} on {lesson.correction.at[:10]}{why}")
        self.lesson = lesson


def every_lesson(connection: Connection, reader: Audience) -> Iterator[AcceptedLesson]:
    """Yield the latest version of every lesson, newest first; they are read a few at a time, as they are asked for.

    For who may need them all: a page of them is in the index of words (`hub.serving.search.newest_lessons`).
    """
    states = lesson_states(connection, reader)
    order = states.live()
    for start in range(0, len(order), _AT_ONCE):
        yield from _read(connection, states, order[start : start + _AT_ONCE])


def lessons_of(connection: Connection, reader: Audience, event_ids: Sequence[str]) -> dict[str, AcceptedLesson]:
    """Return some live versions by their events, without those that are no more or that this reader may not see."""
    if not event_ids:
        return {}
    states = lesson_states(connection, reader, around=event_ids)
    live = {one.event_id: one for one in states.live()}
    return {one.event_id: one for one in _read(connection, states, [live[name] for name in event_ids if name in live])}


def one_lesson(connection: Connection, reader: Audience, event_id: str) -> AcceptedLesson:
    """Return one version of a lesson by its event id.

    Raises LessonUnknown, also where the reader may not see it, or LessonTakenBack where this or the latest version was.
    """
    event = tables.event
    region = connection.scalar(
        select(event.c.region).where(
            event.c.id == event_id, event.c.type.in_(LESSON_TYPES), event.c.audience.in_(readable(reader))
        )
    )
    states = LessonStates() if region is None else lesson_states(connection, reader, region, also=event_id)
    version = states.versions.get(event_id)
    if version is None:
        raise LessonUnknown(NO_LESSON)
    last = version if version.key is None else states.latest[version.key]
    note = states.gone.get(event_id) or states.gone.get(last.event_id)
    if note is not None:
        entry = states.entry_of(event_id)
        raise LessonTakenBack(
            WithdrawnLesson(event_id, version.region, version.region_name, version.audience, entry, note)
        )
    return _read(connection, states, [version])[0]


def live_lessons(connection: Connection, states: LessonStates) -> list[AcceptedLesson]:
    """Return the latest version of every lesson of these states that was not taken back, newest first."""
    return _read(connection, states, states.live())


def _read(connection: Connection, states: LessonStates, wanted: Sequence[Version]) -> list[AcceptedLesson]:
    event, dialect = tables.event.c, connection.dialect.name
    query = select(event.id, event.type, event.payload).where(among(dialect, event.id, "events"))
    rows = connection.execute(query, {"events": listed(dialect, [one.event_id for one in wanted])})
    words = {row.id: _words(read_payload(row.type, row.payload)) for row in rows}
    return [_accepted(states, one, words[one.event_id]) for one in wanted]


def _accepted(states: LessonStates, one: Version, words: LessonPublished) -> AcceptedLesson:
    if one.key is None:
        raise LessonUnknown(
            Text(
                "Deze les is vernietigd; kies een andere uit de lijst.",
                "The lesson was destroyed; see the list of lessons for the ids.",
            )
        )
    entry, last = states.entry_of(one.event_id), states.latest[one.key]
    first = states.versions.get(entry, one)
    return AcceptedLesson(
        event_id=one.event_id,
        region=one.region,
        region_name=one.region_name,
        audience=one.audience,
        accepted_at=one.accepted_at,
        payload=words,
        entry=entry,
        published_at=min(first.accepted_at, one.accepted_at),
        replaced_by=None if last.event_id == one.event_id else last.event_id,
        corrections=states.history(one.key),
    )


def _words(payload: Any) -> LessonPublished:
    words: LessonPublished = payload.lesson if isinstance(payload, LessonRevised) else payload
    return words
