"""What is news for one reader: lessons that are new, what was revised or rests on other evidence, what was taken back.

Everything that a reader was sent and that still stood then is remembered by its event, so that whatever becomes of it
is told once, also when it no longer fits what they ask for, or they may no longer read it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, select

from hub import tables
from hub.digests.evidence import OtherEvidence, other_evidence
from hub.digests.to_region import ToRegion
from hub.serving.figures import Correction
from hub.serving.lesson_evidence import with_evidence
from hub.serving.lesson_states import Key, LessonStates, Version, lesson_states
from hub.serving.lessons import AcceptedLesson, lessons_of
from schemas.codes import AUDIENCES, Audience, may_read
from schemas.payloads import LessonPublished, LessonRevised
from schemas.upcast import read_payload

MOST: Final = 50  # new lessons, and revised ones, in one mail; the others come in the next
PARTS: Final = ("title", "context", "barrier_or_opportunity", "action", "consequence", "advice")


class Revised(msgspec.Struct, frozen=True):
    """A lesson with a new wording; `sent_on` is when the reader got the one before, None where they did not.

    `lesson` is None where the reader may no longer read it. `changed` are the PARTS that differ from what was sent.
    """

    region_name: str
    lesson: AcceptedLesson | None
    sent_on: str | None
    reason: str | None
    changed: tuple[str, ...]


class TakenBack(msgspec.Struct, frozen=True):
    """A lesson that the reader was sent and that its region withdrew or had destroyed; `newer` stands in its place."""

    event_id: str
    region_name: str
    sent_on: str
    is_destroyed: bool
    at: str
    reason: str | None
    newer: str | None


class News(msgspec.Struct, frozen=True):
    """What to tell, how many lessons wait for the next mail, and what to remember and to forget once it was told."""

    taken_back: tuple[TakenBack, ...]
    evidence: tuple[OtherEvidence, ...]
    revised: tuple[Revised, ...]
    new: tuple[AcceptedLesson, ...]
    more: int
    remember: tuple[str, ...]
    forget: tuple[str, ...]
    to_region: tuple[ToRegion, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to write about."""
        return not (self.taken_back or self.evidence or self.revised or self.new or self.to_region)


class Known(NamedTuple):
    """A version that somebody was told of: its region's name, and the name of its lesson, None once destroyed."""

    region_name: str
    key: Key | None


class Shelf:
    """The lessons as each audience may know of them, looked at once for all mails that are made at one time."""

    def __init__(self) -> None:
        self._held: dict[Audience, _Held] = {}

    def of(self, connection: Connection, reader: Audience) -> "_Held":
        """Return what one audience may know of."""
        if reader not in self._held:
            self._held[reader] = _Held(lesson_states(connection, reader))
        return self._held[reader]


class _Held:
    def __init__(self, states: LessonStates) -> None:
        self.states = states
        self.live: Sequence[Version] = states.live()
        self._after: dict[str, Version] = {}  # an earlier version to what stands in its place
        for one in self.live:
            earlier = one.event_id
            while earlier in states.revises:
                earlier = states.revises[earlier]
                self._after[earlier] = one

    def now(self, event_id: str, key: Key | None) -> Version | None:
        """Return what stands in the place of a version, itself where nothing took it, None where it was taken back."""
        last = None if key is None else self.states.latest.get(key)
        if last is None:
            return self._after.get(event_id)
        return None if last.event_id in self.states.gone else last

    def taken(self, event_id: str, key: Key | None) -> Correction | None:
        """Return what took a version back, or the one that had taken its place."""
        gone, last = self.states.gone, None if key is None else self.states.latest.get(key)
        return gone.get(event_id) or (None if last is None else gone.get(last.event_id))


def news(
    connection: Connection,
    shelf: Shelf,
    reader: Audience,
    fitting: Collection[str] | None,
    told: Sequence[Row[Any]],
    since: str,
) -> News:
    """Return what is news for a reader who was told of some versions (rows of digest_told).

    `fitting` are the events of the lessons they ask for, None for all; `since` is from when on lessons are news.
    """
    held = shelf.of(connection, reader)
    taken, changed, known, forget = _of_told(connection, shelf, reader, told)
    others = [
        one
        for one in held.live
        if one.accepted_at >= since and one.event_id not in known and (fitting is None or one.event_id in fitting)
    ]
    wanted = [one.now.event_id for one in changed if one.now is not None] + [one.event_id for one in others]
    lessons = with_evidence(connection, reader, lessons_of(connection, reader, wanted))
    evidence = other_evidence(connection, reader, told)
    revised = [*_revised(connection, changed, lessons)]
    first: list[AcceptedLesson] = []
    for one in (lessons[version.event_id] for version in others if version.event_id in lessons):
        if one.event_id != one.entry and one.published_at < since:
            revised.append((Revised(one.region_name, one, None, _reason(one), ()), one.event_id, None))
        else:
            first.append(one)
    more = sum(max(0, len(one) - MOST) for one in (evidence, revised, first))
    revised, first = revised[:MOST], first[:MOST]
    remember = [name for _, name, _ in revised if name is not None] + [one.event_id for one in first]
    remember += [one.newer for one in taken if one.newer is not None]
    forget += [earlier for _, _, earlier in revised if earlier is not None]
    return News(
        tuple(taken),
        tuple(evidence[:MOST]),
        tuple(one for one, _, _ in revised),
        tuple(first),
        more,
        tuple(dict.fromkeys(remember)),
        tuple(forget),
    )


class _Changed(NamedTuple):
    row: Any  # of digest_told
    region_name: str
    now: Version | None  # None where the reader may not read it


def _of_told(
    connection: Connection, shelf: Shelf, reader: Audience, told: Sequence[Row[Any]]
) -> tuple[list[TakenBack], list[_Changed], set[str], list[str]]:
    """Sort what was told into what was taken back and what changed; return what needs no telling, and what is over."""
    taken: list[TakenBack] = []
    changed: list[_Changed] = []
    known: set[str] = set()
    over: list[str] = []
    names = _known(connection, [row.event_id for row in told])
    for row in told:
        then: Audience = row.audience
        is_narrower = AUDIENCES.index(then) > AUDIENCES.index(reader)
        held = shelf.of(connection, then if is_narrower else reader)
        region_name, key = names[row.event_id]
        now = held.now(row.event_id, key)
        may_see = now is not None and may_read(reader, now.audience)
        if now is not None:
            known.add(now.event_id)
        if now is not None and now.event_id == row.event_id:
            continue
        note = held.taken(row.event_id, key)
        if note is not None:
            newer = now.event_id if now is not None and may_see else None
            why = None if is_narrower else note.reason
            taken.append(
                TakenBack(row.event_id, region_name, row.told_at, note.kind == "redacted", note.at, why, newer)
            )
            over.append(row.event_id)
        elif now is not None:
            changed.append(_Changed(row, region_name, now if may_see else None))
    return taken, changed, known, over


def _known(connection: Connection, event_ids: Collection[str]) -> dict[str, Known]:
    """Return what is known of versions, also of those that were published over, or destroyed."""
    event, lesson, region = tables.event, tables.lesson, tables.region
    rows = connection.execute(
        select(event.c.id, event.c.region, region.c.name, lesson.c.lesson, lesson.c.language)
        .join(region, region.c.code == event.c.region)
        .outerjoin(lesson, lesson.c.event_id == event.c.id)
        .where(event.c.id.in_(list(event_ids)))
    )
    return {
        row.id: Known(row.name, None if row.lesson is None else (row.region, row.lesson, row.language)) for row in rows
    }


def _revised(
    connection: Connection, changed: Sequence[_Changed], lessons: Mapping[str, AcceptedLesson]
) -> Iterator[tuple[Revised, str | None, str | None]]:
    """Give what to tell of each, what to remember then, and what to forget."""
    words = _words(connection, [one.row.event_id for one in changed])
    for row, region_name, now in changed:
        if now is None:
            yield Revised(region_name, None, row.told_at, None, ()), None, row.event_id
        elif now.event_id in lessons:
            lesson, before = lessons[now.event_id], words.get(row.event_id)
            parts = () if before is None else [one for one in PARTS if _differs(one, before, lesson.payload)]
            told = Revised(lesson.region_name, lesson, row.told_at, _reason(lesson), tuple(parts))
            yield told, now.event_id, row.event_id


def _differs(part: str, before: LessonPublished, now: LessonPublished) -> bool:
    earlier: str = getattr(before, part)
    later: str = getattr(now, part)
    return earlier != later


def _reason(lesson: AcceptedLesson) -> str | None:
    """Return why a lesson was revised, as its last revision says."""
    return next((note.reason for note in lesson.corrections if note.event_id == lesson.event_id), None)


def _words(connection: Connection, event_ids: Collection[str]) -> dict[str, LessonPublished]:
    event = tables.event.c
    columns = (event.id, event.type, event.payload)
    rows = connection.execute(select(*columns).where(event.id.in_(list(event_ids)), event.payload != b""))
    found: dict[str, LessonPublished] = {}
    for row in rows:
        payload: Any = read_payload(row.type, row.payload)
        found[row.id] = payload.lesson if isinstance(payload, LessonRevised) else payload
    return found
