"""Since when readers see an evaluation: not before they see every figure that it rests on.

Outside the network it waits for the figures that are held, and for those that the hub has not got: what came in another
order could not be told from what is held. It is never seen where a figure that it names is for other readers, or was
taken back before they could see it; nor where it was taken back itself by then.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, select

from connectors.database import among, listed
from hub.intake.hold import GONE, is_unseen, untold
from hub.tables import evaluation, event, held_figure, reply, superseded
from schemas.codes import Audience, may_read


class Told(NamedTuple):
    """Since when an evaluation is seen, and when the last figures that it waited for were opened (empty: none)."""

    at: str
    waited_until: str


class _Ground(NamedTuple):
    """An event that an evaluation names, as the hub holds it."""

    audience: Audience
    accepted_at: str
    opened_at: str | None
    is_there: bool  # with its payload, or destroyed
    is_closed: bool  # to readers outside the network


def told_since(connection: Connection, reader: Audience, rows: Iterable[Any]) -> dict[str, Told]:
    """Return of rows of `evaluation` those that this reader sees, by event; the reader may read their audience."""
    held = list(rows)
    if reader == "network":
        return {row.event_id: Told(row.accepted_at, "") for row in held}
    rests_on = {row.event_id: row.figures.split(",") for row in held}
    grounds = _grounds(connection, {one for named in rests_on.values() for one in named})
    found = {}
    for row in held:
        told = _told(reader, row.accepted_at, [grounds.get(one) for one in rests_on[row.event_id]])
        if told is not None:
            found[row.event_id] = told
    back = _first_taken_back(connection, found, {row.event_id: row.region for row in held})
    return {one: told for one, told in found.items() if one not in back or back[one] > told.waited_until}


def taken_back_unseen(connection: Connection, reader: Audience) -> set[str]:
    """Return the evaluations that were taken back and that this reader does not see, nor ever did."""
    gone = select(superseded.c.event_id).where(superseded.c.kind.in_(GONE))
    rows = connection.execute(select(evaluation).where(evaluation.c.event_id.in_(gone))).all()
    return {row.event_id for row in rows} - set(told_since(connection, reader, rows))


def not_open(connection: Connection, reader: Audience, event_ids: Iterable[str]) -> set[str]:
    """Return those of some events whose payload this reader does not see, yet or ever: all that waits for figures."""
    if reader == "network":
        return set()
    named = tuple(event_ids)
    figures = select(held_figure.c.event_id).where(held_figure.c.event_id.in_(named), is_unseen())
    rows = connection.execute(select(evaluation).where(evaluation.c.event_id.in_(named))).all()
    seen = told_since(connection, reader, rows)
    closed = {row.event_id for row in rows} - set(seen)
    replies = untold().where(reply.c.event_id.in_(named))
    return {*connection.scalars(figures), *connection.scalars(replies), *closed}


def _told(reader: Audience, accepted_at: str, grounds: Collection[_Ground | None]) -> Told | None:
    there = [one for one in grounds if one is not None]
    is_whole = len(there) == len(grounds) and all(one.is_there and not one.is_closed for one in there)
    if not is_whole or not all(may_read(reader, one.audience) for one in there):
        return None
    opened = max((one.opened_at or "" for one in there), default="")
    waited_until = opened if opened > accepted_at else ""
    return Told(max([accepted_at, opened, *(one.accepted_at for one in there)]), waited_until)


def _grounds(connection: Connection, event_ids: Collection[str]) -> dict[str, _Ground]:
    """Return the events, of those given, that the hub holds."""
    dialect, held, took = connection.dialect.name, held_figure.c, superseded
    destroyed = select(took.c.by_event).where(
        took.c.event_id == event.c.id, took.c.region == event.c.region, took.c.kind == "redacted"
    )
    columns = (event.c.id, event.c.audience, event.c.accepted_at, held.opened_at, held.event_id.label("held"))
    query = select(
        *columns, (func.length(event.c.salt) > 0).label("whole"), destroyed.exists().label("destroyed"),
        and_(held.event_id.is_not(None), is_unseen()).label("closed"),
    )  # fmt: skip
    query = query.outerjoin(held_figure, held.event_id == event.c.id).where(among(dialect, event.c.id, "events"))
    return {
        row.id: _Ground(row.audience, row.accepted_at, row.opened_at, row.whole or row.destroyed, bool(row.closed))
        for row in connection.execute(query, {"events": listed(dialect, event_ids)})
    }


def _first_taken_back(
    connection: Connection, event_ids: Collection[str], regions: Mapping[str, str]
) -> Mapping[str, str]:
    """Return when the events, of those given, were first taken back by their own region."""
    dialect, took = connection.dialect.name, superseded.c
    query = select(took.event_id, took.region, took.accepted_at)
    query = query.where(among(dialect, took.event_id, "events"), took.kind.in_(GONE))
    first: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(query, {"events": listed(dialect, event_ids)}):
        if regions[row.event_id] == row.region:
            first[row.event_id].append(row.accepted_at)
    return {one: min(at) for one, at in first.items()}
