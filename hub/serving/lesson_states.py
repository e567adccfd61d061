"""What became of each lesson, evaluation or assessment: its latest version, its entry, whether it was taken back.

What counts is the order in the region's chain. A revision keeps the entry of what it revises, so that a subscriber
sees one entry change; one that names a lesson of another region, name or language changes nothing there. A lesson whose
latest version was withdrawn or destroyed is gone: no earlier wording comes back by itself.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, or_, select

from connectors.database import among, listed
from hub import tables
from hub.serving.figures import GONE, Correction, correction, readable
from schemas.codes import LESSONS as LESSONS_SENT
from schemas.codes import Audience, EventType

LESSON_TYPES: Final = tuple(one.value for one in LESSONS_SENT)
EVALUATION_TYPES: Final = (EventType.EVALUATION_PUBLISHED.value, EventType.EVALUATION_REVISED.value)
ASSESSMENT_TYPES: Final = (EventType.ASSESSMENT_PUBLISHED.value, EventType.ASSESSMENT_REVISED.value)
Key = tuple[str, ...]  # region, then what the region calls it: lesson and language, evaluation, or assessment


class Kind(NamedTuple):
    """One kind of words that regions revise and take back: where it is kept, and what names one within a region."""

    table: Table
    names: tuple[str, ...]
    types: tuple[str, ...]


LESSONS: Final = Kind(tables.lesson, ("lesson", "language"), LESSON_TYPES)
EVALUATIONS: Final = Kind(tables.evaluation, ("evaluation",), EVALUATION_TYPES)
ASSESSMENTS: Final = Kind(tables.assessment, ("assessment",), ASSESSMENT_TYPES)


class Version(NamedTuple):
    """One released wording, or what is left of it: a destroyed one has no `key`, since its name went too."""

    event_id: str
    region: str
    region_name: str
    audience: Audience
    sequence: int
    accepted_at: str
    key: Key | None


@dataclass(slots=True)
class LessonStates:
    """All lessons that one reader may know of, with what took whose place."""

    versions: dict[str, Version] = field(default_factory=dict)
    latest: dict[Key, Version] = field(default_factory=dict)
    revises: dict[str, str] = field(default_factory=dict)  # a revision's id to that of what it revises
    gone: dict[str, Correction] = field(default_factory=dict)  # an event's id to what took it back
    of_key: dict[Key, list[str]] = field(default_factory=dict)  # a lesson's versions
    notes: dict[str, list[Correction]] = field(default_factory=dict)  # an event's id to what happened to it

    def entry_of(self, event_id: str) -> str:
        """Return the id of the first version that an event goes back to: the entry that subscribers know."""
        while event_id in self.revises:
            event_id = self.revises[event_id]
        return event_id

    def live(self) -> list[Version]:
        """Return the latest version of every lesson that was not taken back, newest first."""
        held = [one for one in self.latest.values() if one.event_id not in self.gone]
        return sorted(held, key=lambda one: (one.accepted_at, one.event_id), reverse=True)

    def tombstones(self) -> dict[str, tuple[Version, Correction]]:
        """Return the entries that are no more, each with the version and the last thing that happened to it."""
        alive = {self.entry_of(one.event_id) for one in self.live()}
        found: dict[str, tuple[Version, Correction]] = {}
        for event_id, note in sorted(self.gone.items(), key=lambda item: (item[1].at, item[0])):
            entry = self.entry_of(event_id)
            if entry not in alive:
                found[entry] = (self.versions[event_id], note)
        return found

    def history(self, key: Key) -> tuple[Correction, ...]:
        """Return what happened to a lesson's versions, in their order."""
        return tuple(note for event_id in self.of_key[key] for note in self.notes.get(event_id, ()))


def lesson_states(
    connection: Connection,
    reader: Audience,
    region: str | None = None,
    also: str | None = None,
    kind: Kind = LESSONS,
    hidden: Collection[str] = (),
    around: Collection[str] | None = None,
) -> LessonStates:
    """Return the state of every lesson that this reader may know of, of one region where that is given.

    Wordings that were published over without a word are left out, however many there are; `also` is one to keep. The
    `hidden` ones are events that the reader does not see yet, so that what stood before is still there: but what was
    taken back is gone for everybody. `around` are events: where they are given, only what bears their lessons' names
    is looked at.
    """
    states = LessonStates()
    seen = (*_seen(kind.table.c, reader, region), *around_them(connection, kind, around))
    words = select(kind.table.c.event_id).where(*seen)
    for event_id, code, name, audience, sequence, accepted_at, *named in _held(connection, seen, also, kind, hidden):
        key = (code, *named)
        version = Version(event_id, code, name, audience, sequence, accepted_at, key)
        states.versions[event_id] = states.latest[key] = version
        states.of_key.setdefault(key, []).append(event_id)
    destroyed = _destroyed(connection, reader, region, kind)
    for row in destroyed:
        version = Version(row.event_id, row.region, row.name, row.audience, row.sequence, row.accepted_at, None)
        states.versions[row.event_id] = version
    left = [row.event_id for row in destroyed]
    replacing = [
        row
        for row in _superseded(connection, tables.superseded.c.by_event, words, left)
        if row.kind == "revised" and row.by_event in states.versions
    ]
    unknown = {row.event_id for row in replacing} - states.versions.keys() - set(hidden)
    others = _others(connection, reader, kind, unknown, around)
    home = _homes(connection, unknown)
    for row in replacing:
        is_own = home.get(row.event_id, row.region) == row.region
        if is_own and row.event_id not in others and _same_lesson(states.versions, row.by_event, row.event_id):
            states.revises[row.by_event] = row.event_id
    for row in _superseded(connection, tables.superseded.c.event_id, words, left):
        taken = states.versions.get(row.event_id)
        if taken is not None and taken.region == row.region:
            note = correction(row, reader)
            _note(states, row, msgspec.structs.replace(note, reason=None) if row.by_event in hidden else note)
    for event_id in left:
        _give_up_before(states, event_id)
    return states


def has_none(connection: Connection, kind: Kind, region: str) -> bool:
    """Tell that a region has no words of a kind, so that nothing of theirs has to be worked out."""
    table = kind.table.c
    return connection.scalar(select(table.event_id).where(table.region == region).limit(1)) is None


def _give_up_before(states: LessonStates, destroyed: str) -> None:
    """Take back the wording before a destroyed one, which its region gave up, unless a newer one is there."""
    before = states.versions.get(states.revises.get(destroyed, ""))
    if before is not None and before.key is not None and states.latest[before.key] is before:
        states.gone.setdefault(before.event_id, states.gone[destroyed])


def _note(states: LessonStates, row: Row[Any], note: Correction) -> None:
    if row.kind in GONE:
        states.gone[row.event_id] = note
    elif states.revises.get(row.by_event) != row.event_id:
        return
    states.notes.setdefault(row.event_id, []).append(note)


def _seen(columns: Any, reader: Audience, region: str | None) -> tuple[Any, ...]:
    visible = columns.audience.in_(readable(reader))
    return (visible,) if region is None else (visible, columns.region == region)


def around_them(connection: Connection, kind: Kind, events: Collection[str] | None) -> tuple[Any, ...]:
    """Return the condition that a wording has the region and the name of one of some events.

    The names are looked up first: with them written out a database goes by its index, else by all wordings.
    """
    if events is None:
        return ()
    table = kind.table.c
    names = select(table.region, table[kind.names[0]]).where(table.event_id.in_(sorted(events))).distinct()
    rows = connection.execute(names).all()
    regions, named = (sorted({row[place] for row in rows}) for place in (0, 1))
    return (table.region.in_(regions), table[kind.names[0]].in_(named))


def _others(
    connection: Connection, reader: Audience, kind: Kind, named: Collection[str], around: Collection[str] | None
) -> set[str]:
    """Return those events that were not looked at since they are of lessons of another name."""
    if around is None or not named:
        return set()
    table = kind.table.c
    return set(connection.scalars(select(table.event_id).where(table.event_id.in_(named), *_seen(table, reader, None))))


def _homes(connection: Connection, event_ids: Collection[str]) -> dict[str, str]:
    """Return whose those events are that the hub holds, seen by this reader or not: chains are for anyone."""
    event = tables.event.c
    wanted = select(event.id, event.region).where(event.id.in_(event_ids))
    return {row.id: row.region for row in connection.execute(wanted)} if event_ids else {}


def _held(
    connection: Connection, within: tuple[Any, ...], also: str | None, kind: Kind, hidden: Collection[str]
) -> Sequence[Any]:
    lesson, taken = kind.table, tables.superseded
    seen = [*within, *_not_hidden(connection, lesson.c, hidden)]
    given = {"hidden": listed(connection.dialect.name, hidden)} if hidden else {}
    named = [lesson.c[name] for name in kind.names]
    last = (
        select(lesson.c.region, *named, func.max(lesson.c.sequence).label("sequence"))
        .where(*seen)
        .group_by(lesson.c.region, *named)
        .subquery()
    )
    # by all columns of the index: by region and sequence alone, each lesson would be looked for among all of its region
    same = [last.c[name] == lesson.c[name] for name in ("region", *kind.names, "sequence")]
    newest = select(lesson.c.event_id).join(last, and_(*same))
    needed = [lesson.c.event_id.in_(one) for one in (newest, select(taken.c.event_id), select(taken.c.by_event))]
    columns = (lesson.c.audience, lesson.c.sequence, lesson.c.accepted_at, *named)
    return connection.execute(
        select(lesson.c.event_id, lesson.c.region, tables.region.c.name, *columns)
        .join(tables.region, tables.region.c.code == lesson.c.region)
        .where(*seen, or_(*needed, lesson.c.event_id == also))
        .order_by(lesson.c.sequence),
        given,
    ).all()


def _not_hidden(connection: Connection, columns: Any, hidden: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    if not hidden:
        return ()
    took = tables.superseded.c
    gone = select(took.event_id).where(took.kind.in_(GONE), took.region == columns.region)
    return (or_(~among(connection.dialect.name, columns.event_id, "hidden"), columns.event_id.in_(gone)),)


def _destroyed(connection: Connection, reader: Audience, region: str | None, kind: Kind) -> Sequence[Row[Any]]:
    event, order = tables.event, tables.superseded
    own = select(order.c.event_id, order.c.region).where(order.c.kind == "redacted").distinct().subquery()
    return connection.execute(
        select(event.c.id.label("event_id"), event.c.region, event.c.audience, event.c.sequence, event.c.accepted_at)
        .add_columns(tables.region.c.name)
        .join(tables.region, tables.region.c.code == event.c.region)
        .join(own, and_(own.c.event_id == event.c.id, own.c.region == event.c.region))
        .where(event.c.type.in_(kind.types), event.c.payload == b"", *_seen(event.c, reader, region))
    ).all()


def _superseded(connection: Connection, column: Any, words: Any, left: Sequence[str]) -> list[Row[Any]]:
    table = tables.superseded
    rows = [*connection.execute(select(table).where(column.in_(words)))]
    if left:
        rows += connection.execute(select(table).where(column.in_(left)))
    return sorted(rows, key=lambda row: (row.region, row.sequence))


def _same_lesson(versions: Mapping[str, Version], revision: str, earlier: str) -> bool:
    """Tell whether a revision stands in for what it names; of what is not held or destroyed it is taken at its word."""
    new, old = versions[revision], versions.get(earlier)
    if old is None:
        return True
    return old.region == new.region and (old.key is None or new.key is None or old.key == new.key)
