"""What waits to be written to the partners' topic, and the messages that tell it."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, exists, select

from connectors.database import among, listed
from hub.serving.figures import GONE, readable
from hub.serving.lesson_evidence import changed_anywhere, changes_of
from hub.serving.lesson_states import LessonStates, lesson_states
from hub.serving.lessons import live_lessons
from hub.tables import event, lesson, superseded
from hub.tables.partners import partner_evidence, partner_written
from schemas.cloudevents import to_cloudevent
from schemas.codes import Audience, may_read
from schemas.envelope import Envelope

READER: Final[Audience] = "partners"
AT_ONCE: Final = 200  # events of one batch
EVIDENCE: Final = ".evidence"  # behind the key of a lesson: what changed its evidence
_DESTROYED: Final = ""
Message = tuple[bytes, bytes | None]  # key and body; None: the key is to be forgotten


class Waiting(NamedTuple):
    """An event to be written: a wording, or what took one (`of`) back."""

    position: int
    event_id: str
    of: str


class Batch:
    """The next events in the order in which they came, and the messages that tell them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._states: LessonStates = lesson_states(connection, READER)
        self._live = {one.event_id for one in self._states.live()}
        self.keys: dict[str, str] = {}  # of every event that was written, and of those of this batch
        self._members: dict[str, list[str]] = {}
        for row in connection.execute(select(partner_written.c.event_id, partner_written.c.lesson_key)):
            self._keep(row.event_id, row.lesson_key)
        self.waiting: Sequence[Waiting] = sorted([*self._wordings(), *self._taken()])[:AT_ONCE]

    def messages(self, waiting: Waiting) -> Iterator[Message]:
        """Give the event, and behind it how its lesson stands where that is something else."""
        key = self._key(waiting.of)
        self._keep(waiting.event_id, key)
        yield key.encode(), self._body(waiting.event_id)
        standing = self._standing(key)
        if standing == _DESTROYED:
            yield key.encode(), None
        elif standing is not None and standing != waiting.event_id:
            yield key.encode(), self._body(standing)

    def again(self, key: str) -> Iterator[Message]:
        """Give how the lesson of a key stands, as it was given before."""
        standing = self._standing(key)
        if standing is not None:
            yield key.encode(), None if standing == _DESTROYED else self._body(standing)

    def _keep(self, event_id: str, key: str) -> None:
        self.keys[event_id] = key
        self._members.setdefault(key, []).append(event_id)

    def _wordings(self) -> Iterator[Waiting]:
        """Give the wordings that were not written, but for those that partners may no longer read."""
        rows = self.connection.execute(
            select(event.c.position, lesson.c.event_id, lesson.c.region, lesson.c.lesson, lesson.c.language)
            .join(event, event.c.id == lesson.c.event_id)
            .where(lesson.c.audience.in_(readable(READER)), _not_written(lesson.c.event_id))
        )
        gone = self._states.gone
        for position, event_id, *key in rows:
            last = self._states.latest.get(tuple(key))
            if event_id not in gone and (last is None or last.event_id not in gone):
                yield Waiting(position, event_id, event_id)

    def _taken(self) -> Iterator[Waiting]:
        """Give what took back something that was written; a region takes back its own only."""
        earlier = event.alias()
        rows = self.connection.execute(
            select(event.c.position, superseded.c.by_event, superseded.c.event_id)
            .join(event, event.c.id == superseded.c.by_event)
            .join(earlier, (earlier.c.id == superseded.c.event_id) & (earlier.c.region == superseded.c.region))
            .join(partner_written, partner_written.c.event_id == superseded.c.event_id)
            .where(superseded.c.kind.in_(GONE), _not_written(superseded.c.by_event))
        )
        return (Waiting(*row) for row in rows)

    def _key(self, event_id: str) -> str:
        """Return the key of an event's lesson: that of any of its versions that was written, else its entry."""
        version, earlier = self._states.versions.get(event_id), event_id
        while earlier not in self.keys and earlier in self._states.revises:
            earlier = self._states.revises[earlier]
        if earlier in self.keys:
            return self.keys[earlier]
        same = () if version is None or version.key is None else self._states.of_key.get(version.key, ())
        return next((self.keys[one] for one in same if one in self.keys), earlier)

    def _standing(self, key: str) -> str | None:
        """Return the event that says how a lesson stands: its wording, or what withdrew it; None where it waits."""
        members = self._members[key]
        live = [one for one in members if one in self._live]
        if live:
            return live[-1]
        held = [self._states.versions[one] for one in members if one in self._states.versions]
        last = max(held, key=lambda one: one.sequence, default=None)
        note = None if last is None else self._states.gone.get(last.event_id)
        if note is None:
            return None
        return _DESTROYED if note.kind == "redacted" else note.event_id

    def _body(self, event_id: str) -> bytes:
        """Return a region's event as it signed it; without its payload where partners may not read that."""
        columns = (event.c.envelope, event.c.salt, event.c.payload, event.c.audience)
        row = self.connection.execute(select(*columns).where(event.c.id == event_id)).one()
        is_readable = may_read(READER, row.audience) and row.payload
        envelope = msgspec.json.decode(row.envelope, type=Envelope)
        return to_cloudevent(envelope, row.salt if is_readable else None, row.payload if is_readable else None)


class Changed:
    """What changed the evidence of lessons that were written, and the keys of those that rest on such no more."""

    def __init__(self, batch: Batch) -> None:
        wanted = self._wanted(batch)
        written: dict[str, set[str]] = {}
        for row in batch.connection.execute(select(partner_evidence.c.lesson_key, partner_evidence.c.by_event)):
            written.setdefault(row.lesson_key, set()).add(row.by_event)
        self.messages: list[Message] = []
        self.new: list[tuple[str, str]] = []  # keys of lessons with what changed their evidence
        self.over: list[str] = []  # keys of lessons of which what was written holds no more
        for lesson_key in sorted(wanted.keys() | written.keys()):
            now, before = wanted.get(lesson_key, []), written.get(lesson_key, set())
            is_over = not before <= set(now)
            self.over += [lesson_key] if is_over else []
            new = [one for one in now if is_over or one not in before]  # the last message says what holds
            self.new += [(lesson_key, one) for one in new]
            key = f"{lesson_key}{EVIDENCE}".encode()
            self.messages += [(key, _bare(batch.connection, one)) for one in new]
            self.messages += [] if now else [(key, None)]
            if len(self.messages) >= AT_ONCE:
                break

    def _wanted(self, batch: Batch) -> dict[str, list[str]]:
        """Return by which events, in the order in which they came, the evidence of lessons changed, by their keys."""
        found: dict[str, set[str]] = {}
        for region in batch.connection.scalars(select(lesson.c.region).distinct()).all():
            if not changed_anywhere(batch.connection, region):
                continue
            lessons = live_lessons(batch.connection, lesson_states(batch.connection, READER, region))
            for event_id, changes in changes_of(batch.connection, READER, lessons).items():
                if changes and event_id in batch.keys:
                    by_events = {one.change.changed.event_id for one in changes}
                    found.setdefault(batch.keys[event_id], set()).update(by_events)
        every = {one for by_events in found.values() for one in by_events}
        named = among(batch.connection.dialect.name, event.c.id, "events")
        given = {"events": listed(batch.connection.dialect.name, every)}
        order = batch.connection.scalars(select(event.c.id).where(named).order_by(event.c.position), given).all()
        return {key: [one for one in order if one in by_events] for key, by_events in found.items()}


def _bare(connection: Connection, event_id: str) -> bytes:
    """Return a region's event as it signed it, without what it says."""
    envelope = connection.execute(select(event.c.envelope).where(event.c.id == event_id)).scalar_one()
    return to_cloudevent(msgspec.json.decode(envelope, type=Envelope), None, None)


def _not_written(column: ColumnElement[str]) -> ColumnElement[bool]:
    written = partner_written.alias()
    return ~exists().where(written.c.event_id == column)
