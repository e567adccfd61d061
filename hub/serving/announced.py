"""What readers of each audience can be told of, in the order in which it became readable to them: one list for each.

The list follows the index of words and the recalls, and is only ever added to: a lesson once it is there to be found,
a withdrawal or redaction once its readers may know of it, a change of evidence once it was given a number for streams.
Whoever tells subscribers goes along it from where they were.
Wordings that were published over before anybody looked are in no list; the newer one is.
"""

import math
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, func, insert, select, text, update

from connectors.database import among, listed, writing
from hub.audit import utc_text
from hub.serving.indexing import LESSON, catch_up
from hub.serving.lesson_states import LESSON_TYPES, LESSONS, lesson_states
from hub.serving.recalls import Recall, recall_page
from hub.serving.telling import EVIDENCE_CHANGED, PUBLISHED, REDACTED, REVISED, WITHDRAWN
from hub.tables import announcement, event, subscription, superseded
from hub.tables.search import search_item, search_told
from schemas.canonical import sha256_hex
from schemas.codes import AUDIENCES, REVISED_LESSONS, Audience

TAKES_BACK: Final = (WITHDRAWN, REDACTED)
_LOCK: Final = 7_243_115_918  # any constant: one list is added to by one process at a time
_MOST: Final = 2000  # items at a time, so that a hub with many begins to tell soon
_CHUNK: Final = 400
_LATE: Final = timedelta(minutes=2)  # what is noticed later than this after its time is told as of when it is noticed
_OVERLAP: Final = timedelta(days=1)  # how far back recalls are looked through again: they may come out of order
_SWEEP_SECONDS: Final = 300.0


class _New(NamedTuple):
    at: str
    place: int  # in which the event came, for what became readable within one second
    told: str
    event_id: str
    kind: str
    entry: str


class Announcing:
    """Adds to the lists as soon as something came; every few minutes everything is looked through all the same."""

    def __init__(self) -> None:
        """Begin with everything to be looked at."""
        self._mark: object = None
        self._looked = -math.inf

    def announce_what_came(self, engine: Engine, clock: Callable[[], datetime]) -> int:
        """Announce where something changed since the last time, or a while has passed; return how much was new."""
        catch_up(engine)
        with engine.connect() as connection:
            mark = _marked(connection)
        is_swept = time.monotonic() - self._looked > _SWEEP_SECONDS
        if mark == self._mark and not is_swept:
            return 0
        made = announce(engine, clock, everything=is_swept)
        self._mark, self._looked = None if made else mark, time.monotonic() if is_swept else self._looked
        return made


def announce(engine: Engine, clock: Callable[[], datetime], everything: bool = True) -> int:
    """Add to each audience's list what its readers can be told of now and return how much that was.

    `everything` looks through all recalls again, not only the last day's. Harmless to do again, also side by side.
    """
    catch_up(engine)
    made = 0
    for reader in AUDIENCES:
        with writing(engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            now = clock()
            lessons = list(_lessons(connection, reader))
            new = [*lessons, *_recalls(connection, reader, now, everything), *_evidence(connection, reader)]
            if len(lessons) == _MOST:  # what is later than the last of these waits, so that the order holds
                new = [one for one in new if one.at <= lessons[-1].at]
            _add(connection, reader, new, now)
        made += len(new)
    return made


def last_announced(connection: Connection, reader: Audience) -> int:
    """Return the place of the last announcement for an audience; 0 before the first."""
    return connection.scalar(select(func.max(announcement.c.id)).where(announcement.c.audience == reader)) or 0


def before(connection: Connection, reader: Audience, moment: str) -> int:
    """Return the place after which everything stands that became readable at a moment (UTC text) or later."""
    since = (announcement.c.audience == reader, announcement.c.at >= moment)
    first = connection.scalar(select(func.min(announcement.c.id)).where(*since))
    return last_announced(connection, reader) if first is None else int(first) - 1


def _marked(connection: Connection) -> tuple[Any, ...]:
    item = search_item.c
    counted = connection.execute(select(func.count(), func.max(item.id), func.max(item.told_at))).one()
    numbers = select(search_told.c.reader, func.max(search_told.c.number)).group_by(search_told.c.reader)
    told = sorted(map(tuple, connection.execute(numbers)))
    return (*counted, connection.scalar(select(func.max(event.c.position))), _taken(connection), told)


def _taken(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(superseded)) or 0


def _lessons(connection: Connection, reader: Audience) -> Iterator[_New]:
    """Return the lessons that are found now and were not announced, oldest first."""
    item, known = search_item.c, announcement.c
    is_known = select(known.id).where(known.audience == reader, known.told == item.event_id).exists()
    wanted = select(item.event_id, item.told_at, event.c.type, event.c.position)
    wanted = wanted.join(event, event.c.id == item.event_id).where(
        item.reader == reader, item.kind == LESSON, ~is_known
    )
    rows = connection.execute(wanted.order_by(item.told_at, event.c.position).limit(_MOST)).all()
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        entries = _entries(connection, reader, [row.event_id for row in chunk])
        for row in chunk:
            kind = REVISED if row.type in REVISED_LESSONS else PUBLISHED
            yield _New(row.told_at, row.position, row.event_id, row.event_id, kind, entries[row.event_id])


def _recalls(connection: Connection, reader: Audience, now: datetime, everything: bool) -> Iterator[_New]:
    """Return the recalls that were not announced: of lessons, and whatever was destroyed."""
    after = "" if everything else f"{utc_text(now - _OVERLAP)}_{'0' * 64}"
    more = True
    while more:
        page = recall_page(connection, reader, "", now, after, limit=500)
        ids = [one.by_event for one in page.recalls]
        known = select(announcement.c.told).where(announcement.c.audience == reader, announcement.c.told.in_(ids))
        announced = set(connection.scalars(known))
        new = [one for one in page.recalls if one.by_event not in announced]
        lessons = _of_lessons(connection, new)
        entries = _entries(connection, reader, lessons)
        places = _places(connection, new)
        for one in new:
            if one.kind == REDACTED or one.event_id in lessons:
                entry = entries.get(one.event_id, one.event_id)
                yield _New(one.told_at, places[one.by_event], one.by_event, one.event_id, one.kind, entry)
        after, more = page.next, page.more


def change_of_evidence(event_id: str, by_event: str) -> str:
    """Return as what an event's change of the evidence of a lesson's version is told: it can change that of several."""
    return sha256_hex(f"evidence {event_id} {by_event}".encode())


def _evidence(connection: Connection, reader: Audience) -> Iterator[_New]:
    """Return the changes of evidence that have a number for this audience and were not announced."""
    told, took = search_told.c, superseded.c
    columns = (told.event_id, told.by_event, event.c.position, took.accepted_at)
    rows = connection.execute(
        select(*columns)
        .join(superseded, took.by_event == told.by_event)
        .join(event, event.c.id == told.by_event)
        .where(told.reader == reader, told.kind == EVIDENCE_CHANGED)
    ).all()
    made = {change_of_evidence(row.event_id, row.by_event): row for row in rows}
    known, dialect = announcement.c, connection.dialect.name
    here = select(known.told).where(known.audience == reader, among(dialect, known.told, "told"))
    announced = set(connection.scalars(here, {"told": listed(dialect, made)})) if made else set()
    new = {name: row for name, row in made.items() if name not in announced}
    lessons = sorted({row.event_id for row in new.values()})
    entries: dict[str, str] = {}
    for start in range(0, len(lessons), _CHUNK):
        entries |= _entries(connection, reader, lessons[start : start + _CHUNK])
    for name, row in new.items():
        yield _New(row.accepted_at, row.position, name, row.event_id, EVIDENCE_CHANGED, entries[row.event_id])


def _places(connection: Connection, recalls: Iterable[Recall]) -> Mapping[str, int]:
    wanted = event.c.id.in_([one.by_event for one in recalls])
    return {row.id: row.position for row in connection.execute(select(event.c.id, event.c.position).where(wanted))}


def _of_lessons(connection: Connection, recalls: Iterable[Recall]) -> list[str]:
    wanted = (event.c.id.in_([one.event_id for one in recalls]), event.c.type.in_(LESSON_TYPES))
    return list(connection.scalars(select(event.c.id).where(*wanted)))


def _entries(connection: Connection, reader: Audience, event_ids: Sequence[str]) -> Mapping[str, str]:
    """Return the first version that each of some lessons goes back to; as it was announced, where it was."""
    if not event_ids:
        return {}
    known = announcement.c
    wanted = (known.audience == reader, known.event_id.in_(event_ids), known.kind.in_((PUBLISHED, REVISED)))
    announced = {
        row.event_id: row.entry for row in connection.execute(select(known.event_id, known.entry).where(*wanted))
    }
    if len(announced) == len(event_ids):
        return announced
    states = lesson_states(connection, reader, kind=LESSONS, around=event_ids)
    return {one: announced.get(one) or states.entry_of(one) for one in event_ids}


def _add(connection: Connection, reader: Audience, new: Collection[_New], now: datetime) -> None:
    last = connection.scalar(select(func.max(announcement.c.at)).where(announcement.c.audience == reader)) or ""
    in_time = min(last, utc_text(now - _LATE))
    for one in sorted(new):
        values = one._asdict() | {"at": one.at if one.at >= in_time else utc_text(now), "audience": reader}
        del values["place"]
        connection.execute(insert(announcement).values(**values))
    if any(one.kind == REDACTED for one in new):  # it does not wait for what else an endpoint did not take
        waits = (subscription.c.audience == reader, subscription.c.failures > 0)
        connection.execute(update(subscription).where(*waits).values(due_at=utc_text(now)))
