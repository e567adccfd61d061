"""Hold figures back from readers outside the network until the regions in their comparison could reply.

The term is the one that the hub has when figures come in: a later change of the setting moves no term that was shown.
What was public already, as its origin says, needs none; nor does what is for the network alone.

That held figures were taken back is told at once. What they said is never told outside the network then: nobody there
saw it, and nobody replied to it. The same holds for replies and evaluations that wait for figures (`hub.intake.rests`).
"""

from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, false, func, or_, select, true, update

from hub.audit import utc_text
from hub.tables import held_figure, indicator_payload, reply, superseded
from schemas.codes import Audience
from schemas.envelope import Envelope
from schemas.payloads import IndicatorCorrected, IndicatorPublished, Payload, TakenOver

GONE: Final = ("withdrawn", "redacted")
# Made once, as the conditions below that depend on nothing: every page asks for them, and making them takes longer than
# the database takes to answer.
_TOOK_BACK: Final = superseded.alias("took_back")
_EARLY: Final = indicator_payload.alias("early")
_MOMENTS: Final = 32


def held_row(
    event_id: str, envelope: Envelope, payload: Payload | None, accepted_at: str, came_at: str, days: int
) -> tuple[tuple[Table, dict[str, Any]], ...]:
    """Return the row that holds an event back for some days after its payload came, nothing where it needs no term.

    Nobody could reply to an event that was accepted without its payload.
    """
    figures = payload.figures if isinstance(payload, IndicatorCorrected) else payload
    if not isinstance(figures, IndicatorPublished) or isinstance(figures.origin, TakenOver):
        return ()
    if days == 0 or envelope.audience == "network":
        return ()
    row = {
        "event_id": event_id,
        "region": envelope.region,
        "sequence": envelope.sequence,
        "due_at": utc_text(datetime.fromisoformat(came_at) + timedelta(days=days)),
        "filled_at": "" if came_at == accepted_at else came_at,
    }
    return ((held_figure, row),)


def open_past(connection: Connection, region: str, now: datetime) -> None:
    """Open what of a region was due before now at the time when it was: events that came anew with their old times."""
    held = held_figure.c
    past = (held.region == region, held.opened_at.is_(None), held.due_at <= utc_text(now))
    connection.execute(update(held_figure).where(*past).values(opened_at=held.due_at))


def is_closed(known_on: str | None) -> ColumnElement[bool]:
    """Return the condition that a held figure is not open yet, now or at a moment (UTC text)."""
    opened = held_figure.c.opened_at
    return opened.is_(None) if known_on is None else or_(opened.is_(None), opened > known_on)


def is_waiting(known_on: str | None = None) -> ColumnElement[bool]:
    """Return the condition that a held figure is not open yet and was not taken back by then."""
    return and_(is_closed(known_on), ~_taken_back(held_figure.c, known_on))


@cache
def is_unseen() -> ColumnElement[bool]:
    """Return the condition that readers outside the network do not see what a held figure says: not yet, or never."""
    opened = held_figure.c.opened_at
    return or_(opened.is_(None), _taken_back(held_figure.c, opened))


def _taken_back(columns: Any, by: Any) -> ColumnElement[bool]:
    """Return the condition that its region took an event back, by a moment where one is given."""
    took = _TOOK_BACK.c
    own = (took.event_id == columns.event_id, took.region == columns.region, took.kind.in_(GONE))
    return select(took.by_event).where(*own, *(() if by is None else (took.accepted_at <= by,))).exists()


def open_to(reader: Audience, columns: Any, known_on: str | None = None) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a reader sees that figures are there, told by `region` and `sequence` of a table.

    None for the network's own readers, who see everything at once.
    """
    return () if reader == "network" else (~_held(columns, is_waiting(known_on)),)


def told_by(columns: Any) -> ColumnElement[bool]:
    """Return the condition that readers outside the network see what figures say, now."""
    return ~_held(columns, is_unseen())


def waits_with(event_id: Any) -> ColumnElement[bool]:
    """Return the condition that an event holds figures that are not open yet, by its id."""
    return select(held_figure.c.event_id).where(held_figure.c.event_id == event_id, is_waiting()).exists()


def says_unseen(event_id: Any) -> ColumnElement[bool]:
    """Return the condition that readers outside the network do not see what an event says, by its id."""
    return select(held_figure.c.event_id).where(held_figure.c.event_id == event_id, is_unseen()).exists()


def _held(columns: Any, so: ColumnElement[bool]) -> ColumnElement[bool]:
    held = held_figure.c
    return select(held.event_id).where(held.region == columns.region, held.sequence == columns.sequence, so).exists()


@lru_cache(_MOMENTS)
def is_told(known_on: str | None = None) -> ColumnElement[bool]:
    """Return the condition that readers outside the network see a row of `reply`, now or at a moment.

    One that was taken back before they could see it they never do.
    """
    waited = opened_for() > reply.c.accepted_at
    never = and_(waited, _taken_back(reply.c, opened_for()))
    return ~or_(_about(held_figure.c.event_id, is_closed(known_on)).exists(), func.coalesce(never, false()))


@cache
def opened_for() -> Any:
    """Select when the last figures that a row of `reply` is about were opened; NULL where none of them was held."""
    return _about(func.max(held_figure.c.opened_at), true()).scalar_subquery()


def untold(known_on: str | None = None) -> Select[str]:
    """Select the ids of the replies that readers outside the network do not see yet, or never will."""
    return select(reply.c.event_id).where(~is_told(known_on))


def _about(what: Any, so: ColumnElement[bool]) -> Select[Any]:
    """Select of the held figures that were there as a row of `reply` knew its comparison.

    It knows nothing that came after it. One that names a moment before any figures is about those that it could see.
    """
    found, held, early = indicator_payload.c, held_figure.c, _EARLY
    place = ("indicator", "period", "region_set")
    were = (*(early.c[name] == reply.c[name] for name in place), early.c.accepted_at <= reply.c.as_known_on)
    were_any = select(early.c.event_id).where(*were).correlate(reply).exists()
    knew = (found.accepted_at <= reply.c.accepted_at, or_(found.accepted_at <= reply.c.as_known_on, ~were_any))
    here = [found[name] == reply.c[name] for name in place]
    chosen = select(what).join_from(held_figure, indicator_payload, found.event_id == held.event_id)
    return chosen.where(*here, *knew, so).correlate(reply)
