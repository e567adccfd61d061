"""What was refused and kept: how many letters are open, which may be tried again, and what was decided on each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, exists, func, select, update

from hub.audit import OPERATOR, record, utc_text
from hub.intake.keyring import KeyUnknown
from hub.intake.keys import KeysTooMany, LastServiceKey
from hub.intake.read_event import EventTooLarge
from hub.intake.refusal import Refusal
from hub.intake.verify import KeysNotApproved, RegionUnknown
from hub.tables import dead_letter, event, key
from schemas.refused import Refused

State = Literal["open", "accepted", "discarded"]
STATES: Final[tuple[State, ...]] = ("open", "accepted", "discarded")
# a key event that comes later may be all that such an event waits for
WAITS_FOR_KEYS: Final = tuple(
    one.reason for one in (KeyUnknown, RegionUnknown, KeysNotApproved, LastServiceKey, KeysTooMany)
)
_SLACK: Final = timedelta(seconds=60)  # between two workers: one set a letter aside while the other took the key
_letter = dead_letter.c


class DeadLetterUnknown(Refused, LookupError):
    """A number that no dead letter has."""


class DeadLetterDecided(Refused, ValueError):
    """A dead letter that is no longer open."""


class DeadLetterNotWhole(Refused, ValueError):
    """A dead letter of which the hub does not hold the whole event any more, or never did."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The open letters: how many, and how long the oldest one waits (0 without any)."""

    open: int
    oldest_seconds: int


def backlog(connection: Connection, now: datetime) -> Backlog:
    """Return how many letters are open and how old the oldest is."""
    row = connection.execute(
        select(func.count().label("open"), func.min(_letter.received_at).label("first")).where(_letter.state == "open")
    ).one()
    return Backlog(row.open, 0 if row.first is None else max(0, int((now - _moment(row.first)).total_seconds())))


def listed(
    connection: Connection,
    state: State | None = None,
    region: str | None = None,
    before: int | None = None,
    size: int | None = None,
) -> list[dict[str, Any]]:
    """Return the letters, newest first, without their bytes: all, or at most `size` before a number."""
    columns = (_letter.id, _letter.region, _letter.received_at, _letter.last_at, _letter.times, _letter.reason)
    query = select(*columns, _letter.state, _letter.event_id).order_by(_letter.id.desc())
    for wanted, column in ((state, _letter.state), (region, _letter.region)):
        if wanted is not None:
            query = query.where(column == wanted)
    query = (query if before is None else query.where(_letter.id < before)).limit(size)
    return [dict(row) for row in connection.execute(query).mappings()]


def shown(connection: Connection, number: int) -> dict[str, Any]:
    """Return all that is known of one letter and how many bytes are kept, never the bytes; raises DeadLetterUnknown."""
    row = connection.execute(select(dead_letter).where(_letter.id == number)).mappings().one_or_none()
    if row is None:
        raise DeadLetterUnknown(f"There is no dead letter {number}; see: python -m hub dead-letters list")
    return {**row, "last_at": row["last_at"] or row["received_at"], "body": len(row["body"])}


def discard(connection: Connection, number: int, reason: str, now: datetime, by: str = OPERATOR, **where: str) -> None:
    """Give up one open letter and empty its bytes; raises DeadLetterUnknown or DeadLetterDecided."""
    found = shown(connection, number)
    done = connection.execute(
        update(dead_letter)
        .where(_letter.id == number, _letter.state == "open")
        .values(state="discarded", body=b"", decided_at=utc_text(now), decided_by=by, decision=reason)
    )
    if not done.rowcount:
        raise DeadLetterDecided(f"Dead letter {number} is {found['state']} already; it stays as it is.")
    record(
        connection,
        now,
        by,
        "dead letter discarded",
        number=number,
        region=found["region"] or "",
        event=found["event_id"],
        refused_for=found["reason"],
        reason=reason,
        **where,
    )


def settle(connection: Connection, now: datetime) -> int:
    """Close every open letter whose event the hub holds by now, and return how many those were."""
    done = connection.execute(
        update(dead_letter)
        .where(_letter.state == "open", exists().where(event.c.id == _letter.event_id))
        .values(state="accepted", decided_at=utc_text(now), decided_by="hub", decision="The hub holds the event.")
    )
    return done.rowcount


def replayable(connection: Connection, number: int) -> int:
    """Return the number of an open letter; raises DeadLetterUnknown, DeadLetterDecided or DeadLetterNotWhole."""
    found = shown(connection, number)
    if found["state"] != "open":
        raise DeadLetterDecided(f"Dead letter {number} is {found['state']} already; it stays as it is.")
    if not _numbers(connection, _letter.id == number):
        raise DeadLetterNotWhole(f"The hub does not hold dead letter {number} whole; let its region send it again.")
    return number


def open_numbers(connection: Connection, region: str | None = None, reason: str | None = None) -> list[int]:
    """Return the open letters that can be tried again, oldest first."""
    wanted = [column == value for value, column in ((region, _letter.region), (reason, _letter.reason)) if value]
    return _numbers(connection, *wanted)


def waiting_for_keys(connection: Connection, code: str, limit: int) -> list[int]:
    """Return the open letters of a region that a new key may have let in, oldest first."""
    return _numbers(connection, _letter.region == code, _letter.reason.in_(WAITS_FOR_KEYS))[:limit]


def untried_since_keys(connection: Connection) -> list[int]:
    """Return the open letters that were last tried before their region's newest key came."""
    waiting = select(_letter.region).where(_letter.state == "open", _letter.reason.in_(WAITS_FOR_KEYS))
    newest = select(key.c.region, func.max(key.c.enrolled_at).label("at"))
    rows = connection.execute(newest.where(key.c.region.in_(waiting)).group_by(key.c.region)).all()
    found = []
    for row in rows:
        before = utc_text(_moment(row.at) + _SLACK)
        tried = func.coalesce(_letter.last_at, _letter.received_at)
        found += _numbers(connection, _letter.region == row.region, _letter.reason.in_(WAITS_FOR_KEYS), tried <= before)
    return found


def whole(connection: Connection, numbers: Sequence[int]) -> list[Row[Any]]:
    """Return those of these letters that are still open: number, region and bytes."""
    return list(
        connection.execute(
            select(_letter.id, _letter.region, _letter.body)
            .where(_letter.id.in_(numbers), _letter.state == "open", _letter.body != b"")
            .order_by(_letter.id)
        )
    )


def keep_open(connection: Connection, numbers: Collection[int], refusal: Refusal, now: datetime) -> None:
    """Say of letters that were tried again why they are refused now."""
    connection.execute(
        update(dead_letter)
        .where(_letter.id.in_(sorted(numbers)), _letter.state == "open")
        .values(reason=refusal.reason, detail=refusal.detail, last_at=utc_text(now))
    )


def _numbers(connection: Connection, *wanted: ColumnElement[bool]) -> list[int]:
    whole_ones = (_letter.state == "open", _letter.body != b"", _letter.reason != EventTooLarge.reason)
    return list(connection.scalars(select(_letter.id).where(*whole_ones, *wanted).order_by(_letter.id)))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
