"""The rhythm of releases: when this region last let figures or words out, and when the next bundle is due."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from node.tables import event as event_table
from node.tables import item as item_table
from schemas.canonical import NotCanonical
from schemas.codes import FIGURE_EVENTS, LESSONS, EventType
from schemas.envelope import parse_envelope

from .standing import same_place

_RELEASES = (
    *FIGURE_EVENTS,
    *LESSONS,
    EventType.EVALUATION_PUBLISHED,
    EventType.EVALUATION_REVISED,
    EventType.ASSESSMENT_PUBLISHED,
    EventType.ASSESSMENT_REVISED,
)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The last bundle that held figures or words, the day it was signed (UTC), and the day the next one is due."""

    bundle: str
    last: date
    due: date


def rhythm(connection: Connection, every_months: int) -> Rhythm | None:
    """Return when the region last released and when it should again; None before the first release."""
    row = connection.execute(
        select(event_table.c.bundle_id, event_table.c.envelope)
        .join(item_table, same_place())
        .where(item_table.c.type.in_(_RELEASES))
        .order_by(event_table.c.sequence.desc())
        .limit(1)
    ).first()
    signed_at = None if row is None else time_of(row.envelope)
    if row is None or signed_at is None:
        return None
    last = date.fromisoformat(signed_at[:10])
    return Rhythm(row.bundle_id, last, later(last, every_months))


def time_of(envelope: bytes) -> str | None:
    """Return when an event was signed (RFC 3339, UTC); None of a broken one, of which the doctor and `ledger` tell."""
    try:
        return parse_envelope(envelope).time
    except NotCanonical:
        return None


def later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
