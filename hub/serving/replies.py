"""What regions reply to a comparison, and which figures others do not see yet since regions may still reply."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, null, select, true

from hub import tables
from hub.intake.hold import is_told, is_waiting, opened_for, untold
from hub.serving.figures import GONE, Correction, correction, readable
from schemas.codes import REPLIES, Audience, Language
from schemas.payloads import ReplyPublished, ReplyRevised
from schemas.upcast import read_payload

WAIVED: Final = ""  # as its language: nothing is said
MOST_REPLIES: Final = 20  # that one region's readers are told of one comparison, the newest
MOST_OF_REGION: Final = 100
_TOOK: Final = ("revised", *GONE)


class Awaited(msgspec.Struct, frozen=True):
    """Figures of a region that readers outside the network see from `visible_from` (UTC) on, or when all replied.

    `corrects` the id of the earlier figures that those readers see until then, None where they see none.
    """

    region: str
    name: str
    indicator: str
    period: str
    event_id: str
    accepted_at: str
    visible_from: str
    corrects: str | None


class AwaitedComparison(msgspec.Struct, frozen=True):
    """A comparison to which regions may still reply: how many have new figures in it, seen at the latest from when."""

    indicator: str
    period: str
    region_set: str
    visible_from: str
    regions: int


class Reply(msgspec.Struct, frozen=True):
    """A region's latest reply to a comparison `as_known_on` a moment (UTC); `text` None: it was taken back.

    `correction` is what took it back, or, of a reply that stands, what its latest wording took the place of.
    """

    event_id: str
    region: str
    name: str
    indicator: str
    period: str
    audience: Audience
    language: Language
    text: str | None
    author_role: str | None
    as_known_on: str
    accepted_at: str
    correction: Correction | None


class Said(msgspec.Struct, frozen=True):
    """All that regions said of one comparison, and which of its figures wait for what they may still say."""

    replies: tuple[Reply, ...] = ()
    waived: tuple[str, ...] = ()  # codes of regions that need no time; told within the network only
    awaited: tuple[Awaited, ...] = ()


NOTHING_SAID: Final = Said()


def said(
    connection: Connection,
    reader: Audience,
    indicator: str,
    period: str,
    region_set: str,
    known_on: str | None = None,
) -> Said:
    """Return what a reader may know of the replies to a comparison, by region, now or as known on a moment."""
    found = tables.reply.c
    here = (found.indicator == indicator, found.period == period, found.region_set == region_set)
    rows = _rows(connection, reader, known_on, *here)
    waived = sorted({row.region for row in rows if row.language == WAIVED and row.is_told})
    replies = _latest(connection, reader, [row for row in rows if row.language != WAIVED], known_on, MOST_REPLIES)
    return Said(tuple(replies), tuple(waived), awaited(connection, reader, indicator, period, region_set, known_on))


def of_region(connection: Connection, reader: Audience, region: str) -> tuple[Reply, ...]:
    """Return what a region replied to comparisons and did not take back, the newest first."""
    found = tables.reply.c
    rows = _rows(connection, reader, None, found.region == region, found.language != WAIVED)
    since = {row.event_id: max(row.accepted_at, row.opened or "") for row in rows}
    stand = [one for one in _latest(connection, reader, rows, None, MOST_OF_REGION) if one.text is not None]
    return tuple(sorted(stand, key=lambda one: (since[one.event_id], one.event_id), reverse=True))


def _rows(
    connection: Connection, reader: Audience, known_on: str | None, *which: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    """Return rows of replies by their region's name, in the order of its chain.

    `is_told` says whether the reader sees it, `opened` when the last figures that it waited for were opened.
    """
    found, region = tables.reply, tables.region
    told = (true() if reader == "network" else is_told(known_on)).label("is_told")
    opened = (null() if reader == "network" else opened_for()).label("opened")
    seen = [*which, found.c.audience.in_(readable(reader))]
    seen += [] if known_on is None else [found.c.accepted_at <= known_on]
    query = select(found, region.c.name, told, opened).join(region, region.c.code == found.c.region).where(*seen)
    return connection.execute(query.order_by(region.c.name, found.c.region, found.c.sequence)).all()


def comparisons_awaited(connection: Connection) -> tuple[AwaitedComparison, ...]:
    """Return the comparisons of which others than the network do not see some figures yet, the first due first."""
    held, found = tables.held_figure.c, tables.indicator_payload.c
    place = (found.indicator, found.period, found.region_set)
    due, regions = func.max(held.due_at), func.count(held.region.distinct())
    rows = connection.execute(
        select(*place, due.label("visible_from"), regions.label("regions"))
        .join(tables.indicator_payload, found.event_id == held.event_id)
        .where(is_waiting())
        .group_by(*place)
        .order_by(due, *place)
    )
    return tuple(AwaitedComparison(*row) for row in rows)


def awaited(
    connection: Connection,
    reader: Audience,
    indicator: str | None,
    period: str | None,
    region_set: str | None,
    known_on: str | None = None,
    of_region: str | None = None,
) -> tuple[Awaited, ...]:
    """Return by region's name the figures of a comparison that readers outside the network do not see yet.

    Without indicator, period, set or region, of all. It says that they are there, and nothing of what they say.
    """
    held, found, took, region = tables.held_figure, tables.indicator_payload, tables.superseded, tables.region
    asked = {"indicator": indicator, "period": period, "region_set": region_set, "region": of_region}
    here = [is_waiting(known_on), found.c.audience.in_(readable(reader))]
    here += [found.c[name] == value for name, value in asked.items() if value is not None]
    here += [] if known_on is None else [found.c.accepted_at <= known_on]
    before = (took.c.by_event == held.c.event_id) & (took.c.kind == "corrected")
    rows = connection.execute(
        select(held.c.region, region.c.name, found.c.indicator, found.c.period, held.c.event_id)
        .add_columns(found.c.accepted_at, held.c.due_at, took.c.event_id.label("corrects"))
        .join(found, found.c.event_id == held.c.event_id)
        .join(region, region.c.code == held.c.region)
        .outerjoin(took, before)
        .where(*here)
        .order_by(region.c.name, held.c.region, held.c.sequence)
    )
    return tuple(Awaited(*row) for row in rows)


def _latest(
    connection: Connection, reader: Audience, rows: Sequence[Row[Any]], known_on: str | None, most: int
) -> Iterable[Reply]:
    """Yield of each reply and language the newest wording, or that it was taken back; an older one never comes back.

    Outside the network the one before it stands while the newest waits. Of a region at most so many, the newest.
    """
    notes = _notes(connection, reader, [row.event_id for row in rows], known_on)
    versions: dict[tuple[str, ...], list[Row[Any]]] = {}
    for row in rows:
        versions.setdefault((row.region, row.reply or row.event_id, row.language), []).append(row)
    last = [(row, gone) for one in versions.values() for row, gone in _last(one, notes)]
    standing = _newest([row for row, _ in last], most)
    taken_back = {row.event_id: gone for row, gone in last}
    words = _words(connection, [row.event_id for row in standing])
    replaced = {one.by_event: one for told in notes.values() for one in told if one.kind == "revised"}
    for row in standing:
        gone = taken_back[row.event_id]
        said_ = words.get(row.event_id) if gone is None else None
        note = gone or replaced.get(row.event_id)
        if said_ is None and gone is None:
            continue  # its payload did not come
        yield Reply(
            event_id=row.event_id,
            region=row.region,
            name=row.name,
            indicator=row.indicator,
            period=row.period,
            audience=row.audience,
            language=row.language,
            text=None if said_ is None else said_.text,
            author_role=None if said_ is None else said_.author_role,
            as_known_on=row.as_known_on,
            accepted_at=row.accepted_at,
            correction=None if note is None else correction(note, reader),
        )


def _last(
    versions: Sequence[Row[Any]], notes: Mapping[str, Sequence[Row[Any]]]
) -> Iterator[tuple[Row[Any], Row[Any] | None]]:
    """Yield the newest wording that is told, where there is one, with what took it or one after it back."""
    told = [place for place, row in enumerate(versions) if row.is_told]
    if not told:
        return
    row = versions[told[-1]]
    if any(one.kind == "revised" for one in notes.get(row.event_id, ())):
        return  # by a reply of another name or place
    after = (one for later in versions[told[-1] :] for one in notes.get(later.event_id, ()))
    yield row, next((one for one in after if one.kind in GONE), None)


def _newest(rows: Sequence[Row[Any]], most: int) -> Sequence[Row[Any]]:
    """Return the rows without those of a region that has said more than so many newer things."""
    newest: dict[str, list[int]] = {}
    for row in rows:
        newest.setdefault(row.region, []).append(row.sequence)
    least = {region: sorted(places)[-most:][0] for region, places in newest.items()}
    return [row for row in rows if row.sequence >= least[row.region]]


def _notes(
    connection: Connection, reader: Audience, event_ids: Sequence[str], known_on: str | None
) -> Mapping[str, Sequence[Row[Any]]]:
    """Return what took the places of replies, by the reply's event; a region speaks for its own only."""
    took, found = tables.superseded, tables.reply
    told = [took.c.event_id.in_(event_ids), took.c.kind.in_(_TOOK)]
    told += [] if reader == "network" else [took.c.by_event.not_in(untold(known_on))]
    rows = connection.execute(
        select(took)
        .join(found, (found.c.event_id == took.c.event_id) & (found.c.region == took.c.region))
        .where(*told)
        .order_by(took.c.sequence.desc())
    )
    notes: dict[str, list[Row[Any]]] = {}
    for row in rows:
        if known_on is None or row.accepted_at <= known_on or row.kind == "redacted":
            notes.setdefault(row.event_id, []).append(row)
    return notes


def _words(connection: Connection, event_ids: Sequence[str]) -> dict[str, ReplyPublished]:
    event = tables.event
    rows = connection.execute(
        select(event.c.id, event.c.type, event.c.payload).where(
            event.c.id.in_(event_ids), event.c.payload != b"", event.c.type.in_([one.value for one in REPLIES])
        )
    )
    found: dict[str, ReplyPublished] = {}
    for row in rows:
        payload: Any = read_payload(row.type, row.payload)
        found[row.id] = payload.reply if isinstance(payload, ReplyRevised) else payload
    return found
