"""Where an audience's count ends, and what stands behind its rows: for streams forwards, for feeds back to the first.

A place is a number of one audience and one era; it says nothing of what others may read, since every audience counts by
itself. Whoever goes on from a place meets each entry once: what changes meanwhile goes to the end of the count.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, or_, select

from connectors.database import among, listed
from hub import tables
from hub.serving.figures import GONE, Correction, correction
from hub.serving.indexing import catch_up
from hub.serving.lesson_evidence import with_evidence
from hub.serving.lessons import LIST, AcceptedLesson, FeedPage, WithdrawnLesson, lessons_of
from hub.serving.paging import PAGE_SIZE, PageUnknown, cut
from hub.serving.telling import EVIDENCE_CHANGED, PUBLISHED, REVISED
from hub.tables.search import search_era, search_told
from schemas.codes import AUDIENCES, Audience
from schemas.definition import Text

CURSOR: Final = re.compile(r"(public|partners|network)-([0-9a-f]{8})-(\d{1,10})")
ANEW: Final = "revised"  # of a wording that no event took back
LIVE: Final = (PUBLISHED, REVISED, EVIDENCE_CHANGED)
_NO_ERA: Final = "0" * 8  # before anything was told


class Place(NamedTuple):
    """How far a reader was told: the last number of an audience's count."""

    audience: Audience
    era: str
    number: int

    def __str__(self) -> str:
        return f"{self.audience}-{self.era}-{self.number}"


def heads(engine: Engine) -> dict[Audience, Place]:
    """Bring the count up to date and return where it ends for each audience."""
    catch_up(engine)
    with engine.connect() as connection:
        era = connection.scalar(select(search_era.c.era)) or _NO_ERA
        return {one: Place(one, era, _last(connection, one)) for one in AUDIENCES}


def place_of(cursor: str, head: Place) -> Place:
    """Return from where a reader goes on who shows a cursor; from the beginning where it is of no use here.

    `head` is where the reader's audience ends now; a number beyond it was given by a hub that is no more.
    """
    found = CURSOR.fullmatch(cursor)
    if found is None or (found[1], found[2]) != (head.audience, head.era) or int(found[3]) > head.number:
        return head._replace(number=0)
    return head._replace(number=int(found[3]))


def told_page(
    engine: Engine,
    reader: Audience,
    page: int = 1,
    before: str = "",
    size: int = PAGE_SIZE,
    only: Collection[str] | None = None,
) -> FeedPage:
    """Return a page of lessons and of entries that were taken back, what was told last first; raises PageUnknown.

    `before` is where the page before it ended, and takes the place of `page`. `only` are the events of the lessons that
    are wanted, None for all; what was taken back is always told, since nothing is left to say whether it was wanted.
    """
    head = heads(engine)[reader]
    told = search_told.c
    with engine.connect() as connection:
        here = [told.reader == reader, *_last_of_entry(), told.number <= head.number]
        given: dict[str, Any] = {}
        if only is not None:
            dialect = connection.dialect.name
            here.append(or_(told.kind.not_in(LIVE), among(dialect, told.event_id, "only")))
            given = {"only": listed(dialect, only)}
        pages, shown = cut(_count(connection, here, given), 1 if before else page, size, LIST)
        wanted = select(search_told).where(*here).order_by(told.number.desc()).limit(size + 1)
        if before:
            place = place_of(before, head)
            if not place.number:
                raise PageUnknown(_PAST)
            wanted = wanted.where(told.number < place.number)
        else:
            wanted = wanted.offset(shown.start)
        rows = connection.execute(wanted, given).all()
        told_here = rows[:size]
        live = live_of(connection, reader, told_here)
        gone = gone_of(connection, reader, [row for row in told_here if row.kind not in LIVE])
    entries = tuple(
        live[row.event_id] if row.kind in LIVE else gone[row.number]
        for row in told_here
        if row.kind not in LIVE or row.event_id in live  # it is told anew by now
    )
    more = str(head._replace(number=told_here[-1].number)) if len(rows) > size else None
    return FeedPage(entries, page, pages, before, more)


_PAST: Final = Text(
    "Deze pagina is er niet meer; begin weer bij de eerste.",
    "This page is no more; begin again with the first.",
)


def _last_of_entry() -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a row says the last thing of its entry: what became of it, or of its evidence since."""
    told, later = search_told.c, search_told.alias("later")
    says = [or_(one.version == "", one.kind == EVIDENCE_CHANGED) for one in (told, later.c)]
    same = (later.c.reader == told.reader, later.c.region == told.region, later.c.entry == told.entry)
    # a sum, since SQLite would go by the index of numbers and read all that was told later, instead of by the entry
    is_later = later.c.number + 0 > told.number
    return says[0], ~select(later.c.number).where(*same, is_later, says[1]).exists()


def live_of(connection: Connection, reader: Audience, rows: Sequence[Row[Any]]) -> dict[str, AcceptedLesson]:
    """Return the lessons that rows tell of and that stand, by their events, with what became of their evidence."""
    found = lessons_of(connection, reader, list(dict.fromkeys(row.event_id for row in rows if row.kind in LIVE)))
    return with_evidence(connection, reader, found)


def gone_of(connection: Connection, reader: Audience, rows: Sequence[Row[Any]]) -> dict[int, WithdrawnLesson]:
    """Return what was taken back, for rows that say so, by their numbers."""
    if not rows:
        return {}
    event, region, took = tables.event.c, tables.region.c, tables.superseded
    ids = {row.event_id for row in rows} | {row.by_event for row in rows}
    columns = (event.id, event.region, event.audience, event.accepted_at, region.name)
    of = select(*columns).join(tables.region, region.code == event.region).where(event.id.in_(ids))
    events = {one.id: one for one in connection.execute(of)}
    orders = {
        one.by_event: correction(one, reader)
        for one in connection.execute(select(took).where(took.c.by_event.in_({row.by_event for row in rows})))
    }
    found = {}
    for row in rows:
        taken, by = events[row.event_id], events[row.by_event]
        note = orders.get(row.by_event)
        if note is None or note.kind not in GONE:  # another entry has its place, and nothing took it back
            note = Correction(ANEW, by.accepted_at, row.by_event, row.event_id, None)
        found[row.number] = WithdrawnLesson(row.event_id, taken.region, taken.name, taken.audience, row.entry, note)
    return found


def entries_of(connection: Connection, reader: Audience, event_ids: Sequence[str]) -> dict[str, str]:
    """Return under which entries live versions are told of, by their events."""
    told = search_told.c
    of_them = (told.reader == reader, told.event_id.in_(event_ids), told.kind.in_((PUBLISHED, REVISED)))
    rows = connection.execute(select(told.event_id, told.entry).where(*of_them)) if event_ids else ()
    return {row.event_id: row.entry for row in rows}


def _count(connection: Connection, here: Sequence[Any], given: dict[str, Any]) -> int:
    return connection.scalar(select(func.count()).select_from(search_told).where(*here), given) or 0


def _last(connection: Connection, audience: Audience) -> int:
    told = search_told.c
    return connection.scalar(select(func.max(told.number)).where(told.reader == audience)) or 0
