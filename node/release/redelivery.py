"""Redelivery: what the hub says it holds of this region's chain, and what it gets again because of that."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from node.audit import AuditEntry, record
from node.tables import answer as answer_table
from node.tables import event as event_table
from node.tables import outbox as outbox_table
from node.tables import restored as restored_table
from node.tables import standing_seen
from schemas.receipt import Answer
from schemas.signature import PublicKey, SignatureMismatch
from schemas.standing import Standing, check_standing

from .alarm import HubSaysOtherwise, HubShowsAnotherChain, sound, worded
from .outbox import wait

_ON_ITS_WAY: Final = timedelta(minutes=1)  # what was sent less long ago may reach the hub yet
_AGAIN_AND_AGAIN: Final = timedelta(hours=1)  # between two redeliveries of one event
_CLOCKS_DIFFER: Final = timedelta(minutes=10)
_CHUNK: Final = 500
_LAST: Final = 2**31 - 1


def heed(
    connection: Connection, standing: Standing, region: str, hub_key: PublicKey, now: datetime
) -> HubSaysOtherwise | None:
    """Keep the hub's word and put back what it misses; return the alarm where it contradicts this chain.

    A word that the hub did not sign for this region is recorded, and nothing follows from it. What the hub misses is
    what lies in its gaps, and what it gave a receipt for and does not hold any more: it was restored from a copy.
    """
    try:
        check_standing(standing, hub_key)
        if standing.region != region:
            raise SignatureMismatch(f"The hub's word is on region {standing.region}.")
    except SignatureMismatch as error:
        record(connection, AuditEntry("hub", "standing.doubted", region, now, str(error)))
        return None
    _keep(connection, standing)
    if connection.scalar(select(func.count()).select_from(restored_table)):
        return None  # this node knows that its chain is shorter than the hub's, and has yet to catch up
    alarm = _contradiction(connection, standing)
    if alarm is not None:
        sound(connection, alarm, AuditEntry("hub", "standing", region, now))
        return alarm
    again = _put_back(connection, standing, now)
    if again:
        record(connection, AuditEntry("hub", "chain.asked again", region, now, f"{again} events the hub misses"))
    return None


def newest(connection: Connection) -> Standing | None:
    """Return the hub's last kept word on this chain."""
    body = connection.scalar(select(standing_seen.c.body).order_by(standing_seen.c.as_of.desc()).limit(1))
    return None if body is None else msgspec.json.decode(body, type=Standing)


def _keep(connection: Connection, standing: Standing) -> None:
    """Keep one row for each word that differs from the one before: the newest moment at which it was said."""
    before = newest(connection)
    said_before = before is not None and _content(before) == _content(standing)
    stale = [standing.as_of, *([before.as_of] if before is not None and said_before else [])]
    connection.execute(delete(standing_seen).where(standing_seen.c.as_of.in_(stale)))
    connection.execute(
        insert(standing_seen).values(as_of=standing.as_of, body=msgspec.json.encode(standing).decode())
    )  # fmt: skip


def _content(standing: Standing) -> tuple[object, ...]:
    return standing.last_sequence, standing.last_event, standing.gaps


def _contradiction(connection: Connection, standing: Standing) -> HubSaysOtherwise | None:
    number = standing.last_sequence
    if number == 0:
        return None
    own = connection.scalar(select(event_table.c.id).where(event_table.c.sequence == number))
    if own == standing.last_event:
        return None
    if own is not None:
        fact = f"The hub shows another event as number {number} of {standing.region}'s chain than this node signed"
    else:
        length = connection.scalar(select(func.max(event_table.c.sequence))) or 0
        fact = f"The hub holds {number} events of {standing.region} and this node signed {length}"
    return worded(HubShowsAnotherChain, fact)


def _put_back(connection: Connection, standing: Standing, now: datetime) -> int:
    as_of = datetime.fromisoformat(standing.as_of)
    beyond = (standing.last_sequence + 1, _LAST)
    number = 0
    for first, last in (*standing.gaps, beyond):
        for rows in _settled(connection, first, last):
            missed = [row.sequence for row in rows if _is_missed(row, as_of, now, in_gap=first != beyond[0])]
            number += len(missed)
            connection.execute(
                update(outbox_table).where(outbox_table.c.sequence.in_(missed)).values(state="pending", due_at=None)
            )
    return number


def _settled(connection: Connection, first: int, last: int) -> Iterator[list[Row[Any, Any, Any, Any, Any]]]:
    """Yield what was sent or accepted from one sequence to another, in runs: the whole chain may be too much."""
    box = outbox_table.c
    chosen = select(box.sequence, box.state, box.attempts, box.sent_at, answer_table.c.answer)
    settled = chosen.outerjoin(answer_table, answer_table.c.event_id == box.event_id).where(
        box.state.in_(("sent", "accepted")), box.sequence <= last
    )
    while rows := list(connection.execute(settled.where(box.sequence >= first).order_by(box.sequence).limit(_CHUNK))):
        yield rows
        first = rows[-1].sequence + 1


def _is_missed(row: Row[Any, Any, Any, Any, Any], as_of: datetime, now: datetime, *, in_gap: bool) -> bool:
    sent_at = datetime.fromisoformat(row.sent_at) if row.sent_at else None
    if sent_at is not None and row.attempts > 1 and sent_at + wait(_AGAIN_AND_AGAIN, row.attempts - 2) > now >= sent_at:
        return False
    if row.state == "sent":
        return in_gap and (sent_at is None or sent_at + _ON_ITS_WAY <= now)
    answer = msgspec.json.decode(row.answer, type=Answer)
    if answer.receipt is None:
        return False
    accepted_at = datetime.fromisoformat(answer.receipt.accepted_at)
    # A receipt younger than the hub's word says nothing against it, unless the hub's clock is or was wrong.
    return accepted_at < as_of or as_of + _CLOCKS_DIFFER < now or now + _CLOCKS_DIFFER < accepted_at
