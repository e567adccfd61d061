"""Hold figures back from readers outside the network until the regions in their comparison could reply.

The term is the one that the hub has when figures come in: a later change of the setting moves no term that was shown.
What was public already, as its origin says, needs none; nor does what is for the network alone.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, or_, select, update

from hub.audit import utc_text
from hub.tables import held_figure, indicator_payload, reply
from schemas.codes import Audience
from schemas.envelope import Envelope
from schemas.payloads import IndicatorCorrected, IndicatorPublished, Payload, TakenOver


def held_row(
    event_id: str, envelope: Envelope, payload: Payload | None, accepted_at: str, days: int
) -> tuple[tuple[Table, dict[str, Any]], ...]:
    """Return the row that holds an event back for some days after its acceptance, nothing where it needs no term."""
    figures = payload.figures if isinstance(payload, IndicatorCorrected) else payload
    if not isinstance(figures, IndicatorPublished) or isinstance(figures.origin, TakenOver):
        return ()
    if days == 0 or envelope.audience == "network":
        return ()
    due = utc_text(datetime.fromisoformat(accepted_at) + timedelta(days=days))
    return ((held_figure, _row(event_id, envelope.region, envelope.sequence, due)),)


def _row(event_id: str, region: str, sequence: int, due_at: str) -> dict[str, Any]:
    return {"event_id": event_id, "region": region, "sequence": sequence, "due_at": due_at}


def open_past(connection: Connection, region: str, now: datetime) -> None:
    """Open what of a region was due before now at the time when it was: events that came anew with their old times."""
    held = held_figure.c
    past = (held.region == region, held.opened_at.is_(None), held.due_at <= utc_text(now))
    connection.execute(update(held_figure).where(*past).values(opened_at=held.due_at))


def is_closed(known_on: str | None) -> ColumnElement[bool]:
    """Return the condition that a held figure is not open yet, now or at a moment (UTC text)."""
    opened = held_figure.c.opened_at
    return opened.is_(None) if known_on is None else or_(opened.is_(None), opened > known_on)


def open_to(reader: Audience, columns: Any, known_on: str | None = None) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a reader sees figures, told by the columns `region` and `sequence` of a table.

    None for the network's own readers, who see everything at once.
    """
    if reader == "network":
        return ()
    held = held_figure.c
    here = and_(held.region == columns.region, held.sequence == columns.sequence, is_closed(known_on))
    return (~select(held.event_id).where(here).exists(),)


def told_to(reader: Audience, known_on: str | None = None) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a reader sees a row of `reply`: outside the network, once its comparison is seen."""
    return () if reader == "network" else (~_waits(known_on),)


def untold() -> Select[str]:
    """Select the ids of the replies that readers outside the network do not see yet."""
    return select(reply.c.event_id).where(_waits(None))


def _waits(known_on: str | None) -> ColumnElement[bool]:
    """Return the condition that figures which a row of `reply` is about are not open."""
    found, held = indicator_payload.c, held_figure.c
    names = ("indicator", "period", "region_set")
    about = [found[name] == reply.c[name] for name in names]
    waits = (
        select(held.event_id)
        .join(indicator_payload, found.event_id == held.event_id)
        .where(*about, found.accepted_at <= reply.c.as_known_on, is_closed(known_on))
    )
    return waits.exists()


def not_open(connection: Connection, reader: Audience, event_ids: Iterable[str]) -> set[str]:
    """Return those of some events whose payload this reader does not see yet: figures that are held, and replies."""
    if reader == "network":
        return set()
    named = tuple(event_ids)
    figures = select(held_figure.c.event_id).where(held_figure.c.event_id.in_(named), is_closed(None))
    return {*connection.scalars(figures), *connection.scalars(untold().where(reply.c.event_id.in_(named)))}
