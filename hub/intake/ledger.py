"""The chains as the hub holds them: pages of envelopes, heads, gaps. Envelopes are for anyone, payloads are not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hub.intake.redact import destroyers
from hub.tables import event, region
from schemas.codes import Audience, may_read


class RegionNotListed(LookupError):
    """A region code that is not enrolled at this hub."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One link of a chain; salt and payload are None for a reader outside the event's audience, and where destroyed.

    `destroyed_by` is the event that had them destroyed, for readers in the audience.
    """

    id: str
    sequence: int
    envelope: bytes
    accepted_at: str
    salt: bytes | None
    payload: bytes | None
    destroyed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """One region's standing: `gaps` are (first, last) sequence numbers that are missing below the last one."""

    code: str
    name: str
    region_set: str
    events: int
    last_sequence: int | None
    last_event: str | None
    last_accepted_at: str | None
    gaps: tuple[tuple[int, int], ...]


def page(connection: Connection, code: str, reader: Audience, after: int, limit: int) -> list[LedgerEntry]:
    """Return up to `limit` links above sequence `after`, in order."""
    rows = connection.execute(
        select(event).where(event.c.region == code, event.c.sequence > after).order_by(event.c.sequence).limit(limit)
    ).all()
    gone = destroyers(connection, {row.id: code for row in rows if not row.payload})
    return [_entry(row, may_read(reader, row.audience), gone.get(row.id)) for row in rows]


def _entry(row: Row[Any], is_readable: bool, destroyed_by: str | None) -> LedgerEntry:
    link = (row.id, row.sequence, row.envelope, row.accepted_at)
    if not is_readable:
        return LedgerEntry(*link, None, None)
    return LedgerEntry(*link, row.salt or None, row.payload or None, destroyed_by)


def chains(connection: Connection) -> list[Chain]:
    """Return the standing of every enrolled region, by code."""
    codes = connection.scalars(select(region.c.code).where(region.c.enrolled_at.is_not(None)).order_by(region.c.code))
    return [chain(connection, code) for code in codes.all()]


def chain(connection: Connection, code: str) -> Chain:
    """Return one region's standing; raises RegionNotListed."""
    found = connection.execute(
        select(region).where(region.c.code == code, region.c.enrolled_at.is_not(None))
    ).one_or_none()
    if found is None:
        raise RegionNotListed("There is no such region at this hub; see the list of regions for the codes.")
    last = connection.execute(
        select(event.c.sequence, event.c.id, event.c.accepted_at)
        .where(event.c.region == code)
        .order_by(event.c.sequence.desc())
        .limit(1)
    ).one_or_none()
    count = connection.scalar(select(func.count()).select_from(event).where(event.c.region == code)) or 0
    return Chain(
        code,
        found.name,
        found.region_set,
        count,
        last.sequence if last else None,
        last.id if last else None,
        last.accepted_at if last else None,
        tuple(_gaps(connection, code)) if last and last.sequence != count else (),
    )


def _gaps(connection: Connection, code: str) -> Sequence[tuple[int, int]]:
    before = func.coalesce(func.lag(event.c.sequence).over(order_by=event.c.sequence), 0).label("before")
    steps = select(event.c.sequence, before).where(event.c.region == code).subquery()
    rows = connection.execute(select(steps).where(steps.c.sequence > steps.c.before + 1).order_by(steps.c.sequence))
    return [(row.before + 1, row.sequence - 1) for row in rows]
