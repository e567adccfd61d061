"""Lessons as events of a stream: what an audience was told after a place in its own count, as text/event-stream.

The data of an event is the item of the JSON feed. Its id is the place to go on from: audience, era and number. It says
nothing of what others may read, since every audience counts by itself. A place of another audience or era is none here:
whoever comes with one is told everything from the beginning.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import msgspec
from sqlalchemy import Connection, Engine, Row, select

from hub import tables
from hub.knowledge.words import Term, asked
from hub.serving.feed import lesson_item
from hub.serving.feed_extensions import event_urn
from hub.serving.indexing import found_by
from hub.serving.lessons import AcceptedLesson, WithdrawnLesson
from hub.serving.search import Chosen
from hub.serving.telling import EVIDENCE_CHANGED
from hub.serving.told import ANEW, LIVE, Place, entries_of, gone_of, live_of
from hub.tables.search import search_told

MEDIA_TYPE: Final = "text/event-stream; charset=utf-8"
BATCH: Final = 50  # events read at once
_RETRY_SECONDS: Final = (2.0, 6.0)  # after which a reader comes back: spread, so that not all do so at once
_COMMENT: Final = b":\n"

Found = tuple[frozenset[str], frozenset[tuple[str, str]]]  # words as they are kept, and facets
Wordings = tuple[Found, tuple[Found | None, ...]]  # by what the live one is found, and the earlier ones


@dataclass(frozen=True, slots=True)
class Question:
    """Of which lessons a reader wants to hear: every word, and of each facet one of the values; empty: of all."""

    words: tuple[Term, ...] = ()
    chosen: tuple[tuple[str, frozenset[str]], ...] = ()

    @classmethod
    def of(cls, words: str, chosen: Chosen) -> Self:
        """Return the question that words and values of facets ask."""
        return cls(asked(words), tuple(sorted((name, frozenset(values)) for name, values in chosen.items() if values)))

    @property
    def is_for_all(self) -> bool:
        """Tell whether every lesson fits."""
        return not self.words and not self.chosen

    def fits(self, found: Found) -> bool:
        """Tell whether a wording that is found by these words and facets is asked for."""
        words, facets = found
        return all(any((name, value) in facets for value in values) for name, values in self.chosen) and all(
            any(
                word in words or (is_beginning and any(one.startswith(word) for one in words))
                for word, is_beginning in term.alternatives
            )
            for term in self.words
        )


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that is told, as bytes; `as_left` is the same for those whose question it fitted and fits no more.

    `now` and `before` are by what its wording and its earlier ones are found; a `before` of None is one that was
    destroyed. Without `now` it is told to everybody.
    """

    kind: str
    body: bytes
    as_left: bytes = b""
    now: Found | None = None
    before: tuple[Found | None, ...] = ()

    def for_question(self, question: Question) -> bytes:
        """Return what somebody who asked this is told, empty where it is nothing."""
        if self.now is None or question.fits(self.now):
            return self.body
        # who got a wording has to hear of its correction, and of a destroyed one nobody can say whom it fitted
        return self.as_left if any(one is None or question.fits(one) for one in self.before) else b""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is told after one place up to another, `last`; empty events where nothing is."""

    events: tuple[Event, ...]
    last: int

    def for_question(self, question: Question) -> bytes:
        """Return all that somebody who asked this is told."""
        return b"".join(one.for_question(question) for one in self.events)


def batch(connection: Connection, after: Place, site: str, with_words: bool, size: int = BATCH) -> Batch:
    """Return the next events after a place; `with_words` says that questions are going to be put to them.

    What has changed again since its number was given is left out: it is told under the number of the change.
    """
    told = search_told.c
    wanted = select(search_told).where(told.reader == after.audience, told.number > after.number)
    rows = connection.execute(wanted.order_by(told.number).limit(size)).all()
    live = live_of(connection, after.audience, rows)
    gone = gone_of(connection, after.audience, [row for row in rows if row.kind not in LIVE])
    moved = entries_of(connection, after.audience, [one.correction.event_id for one in gone.values()])
    searched = _searched(connection, list(live.values())) if with_words else {}
    events: list[Event] = []
    for row in rows:
        place = after._replace(number=row.number)
        if row.event_id in live and row.kind in LIVE:
            if row.kind != EVIDENCE_CHANGED or _still(row, live[row.event_id]):
                events.append(_live(row, live[row.event_id], place, site, searched))
        elif row.number in gone:
            events.append(_taken_back(row, gone[row.number], place, site, moved))
    return Batch(tuple(events), rows[-1].number if rows else after.number)


def opening(place: Place, spread: float) -> bytes:
    """Return what a stream begins with: when to come back (`spread` of 0 to 1 apart), and from where to go on."""
    least, most = _RETRY_SECONDS
    return _COMMENT + f"retry: {round(1000 * (least + (most - least) * spread))}\n".encode() + heartbeat(place)


def heartbeat(place: Place) -> bytes:
    """Return what keeps a stream alive: no event, but the id to go on from."""
    return _COMMENT + f"id: {place}\n\n".encode()


def until_now(engine: Engine, place: Place, question: Question, site: str) -> Iterator[bytes]:
    """Yield all that there is after a place, and end with the id to go on from."""
    while True:
        with engine.connect() as connection:
            found = batch(connection, place, site, not question.is_for_all)
        if found.last == place.number:
            yield heartbeat(place)
            return
        place = place._replace(number=found.last)
        yield found.for_question(question)


def _still(row: Row[Any], one: AcceptedLesson) -> bool:
    """Tell whether a lesson still rests on what changed."""
    return any(note.changed.event_id == row.by_event for note in one.evidence_changed)


def _live(
    row: Row[Any],
    one: AcceptedLesson,
    place: Place,
    site: str,
    searched: Mapping[str, Wordings],
) -> Event:
    item, kind = lesson_item(one, site), row.kind
    about = {"kind": kind, "event_id": one.event_id, "region": one.region, "audience": one.audience}
    about |= item.get("_regiohelix", {}) | ({"changed_by": row.by_event} if kind == EVIDENCE_CHANGED else {})
    now, before = searched.get(one.event_id, (None, ()))
    left = _bytes(kind, place, item | {"_regiohelix": about | {"fits": False}}) if before else b""
    return Event(kind, _bytes(kind, place, item | {"_regiohelix": about | {"fits": True}}), left, now, before)


def _taken_back(row: Row[Any], one: WithdrawnLesson, place: Place, site: str, moved: Mapping[str, str]) -> Event:
    item = lesson_item(one, site)
    item["_regiohelix"] |= {"version": one.event_id, "stands": bool(row.version), "kind": row.kind}
    if one.correction.kind == ANEW and one.correction.event_id in moved:
        item["_regiohelix"] |= {"replaced_by": event_urn(moved[one.correction.event_id])}
    return Event(row.kind, _bytes(row.kind, place, item))


def _bytes(kind: str, place: Place, item: Mapping[str, Any]) -> bytes:
    return b"event: %b\nid: %b\ndata: %b\n\n" % (kind.encode(), str(place).encode(), msgspec.json.encode(item))


def _searched(connection: Connection, lessons: Sequence[AcceptedLesson]) -> dict[str, Wordings]:
    """Return by what lessons are found, and by what each of their earlier wordings was; None: it was destroyed."""
    earlier = {one.event_id: [note.earlier_event_id for note in one.corrections] for one in lessons}
    wanted = {*earlier, *(name for names in earlier.values() for name in names)}
    event = tables.event.c
    columns = (event.id, event.type, event.region, event.payload)
    rows = connection.execute(select(*columns).where(event.id.in_(wanted)))
    found: dict[str, Found | None] = {row.id: found_by(row) if row.payload else None for row in rows}
    told: dict[str, Wordings] = {}
    for name, before in earlier.items():
        now = found.get(name)
        if now is not None:
            told[name] = (now, tuple(found.get(one) for one in dict.fromkeys(before)))
    return told
