"""What regions reply to a comparison, and which figures others do not see yet since regions may still reply."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, select

from hub import tables
from hub.intake.hold import is_closed, told_to
from hub.serving.figures import GONE, Correction, correction, readable
from schemas.codes import REPLIES, Audience, Language
from schemas.payloads import ReplyPublished, ReplyRevised
from schemas.upcast import read_payload

WAIVED: Final = ""  # as its language: nothing is said
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
    found = tables.reply
    here = (found.c.indicator == indicator, found.c.period == period, found.c.region_set == region_set)
    seen: tuple[ColumnElement[bool], ...] = (*here, found.c.audience.in_(readable(reader)), *told_to(reader, known_on))
    seen += () if known_on is None else (found.c.accepted_at <= known_on,)
    rows = connection.execute(
        select(found, tables.region.c.name)
        .join(tables.region, tables.region.c.code == found.c.region)
        .where(*seen)
        .order_by(tables.region.c.name, found.c.region, found.c.sequence)
    ).all()
    waived = sorted({row.region for row in rows if row.language == WAIVED})
    replies = _latest(connection, reader, [row for row in rows if row.language != WAIVED], known_on)
    return Said(tuple(replies), tuple(waived), awaited(connection, reader, indicator, period, region_set, known_on))


def of_region(connection: Connection, reader: Audience, region: str) -> tuple[Reply, ...]:
    """Return what a region replied to comparisons and did not take back, the newest first."""
    found = tables.reply
    here = (found.c.region == region, found.c.language != WAIVED, found.c.audience.in_(readable(reader)))
    rows = connection.execute(
        select(found, tables.region.c.name)
        .join(tables.region, tables.region.c.code == found.c.region)
        .where(*here, *told_to(reader))
        .order_by(found.c.sequence)
    ).all()
    stand = [one for one in _latest(connection, reader, rows, None) if one.text is not None]
    return tuple(sorted(stand, key=lambda one: (one.accepted_at, one.event_id), reverse=True))


def comparisons_awaited(connection: Connection) -> tuple[AwaitedComparison, ...]:
    """Return the comparisons of which others than the network do not see some figures yet, the first due first."""
    held, found = tables.held_figure.c, tables.indicator_payload.c
    place = (found.indicator, found.period, found.region_set)
    due, regions = func.max(held.due_at), func.count(held.region.distinct())
    rows = connection.execute(
        select(*place, due.label("visible_from"), regions.label("regions"))
        .join(tables.indicator_payload, found.event_id == held.event_id)
        .where(is_closed(None))
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
    here = [is_closed(known_on), found.c.audience.in_(readable(reader))]
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
    connection: Connection, reader: Audience, rows: Sequence[Row[Any]], known_on: str | None
) -> Iterable[Reply]:
    """Yield of each reply and language the newest wording, or that it was taken back; an older one never comes back."""
    notes = _notes(connection, [row.event_id for row in rows], known_on)
    last = {(row.region, row.reply or row.event_id, row.language): row for row in rows}
    standing = [row for row in last.values() if not any(one.kind == "revised" for one in notes.get(row.event_id, ()))]
    words = _words(connection, [row.event_id for row in standing])
    replaced = {one.by_event: one for told in notes.values() for one in told if one.kind == "revised"}
    for row in standing:
        gone = next((one for one in notes.get(row.event_id, ()) if one.kind in GONE), None)
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


def _notes(connection: Connection, event_ids: Sequence[str], known_on: str | None) -> Mapping[str, Sequence[Row[Any]]]:
    """Return what took the places of replies, by the reply's event; a region speaks for its own only."""
    took, found = tables.superseded, tables.reply
    rows = connection.execute(
        select(took)
        .join(found, (found.c.event_id == took.c.event_id) & (found.c.region == took.c.region))
        .where(took.c.event_id.in_(event_ids), took.c.kind.in_(_TOOK))
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
