"""The outbox: signed events wait here, in the transaction that signed them, until the hub has answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, and_, func, insert, or_, select, update

from node.audit import AuditEntry, record, timestamp
from node.tables import answer as answer_table
from node.tables import outbox as outbox_table
from schemas.cloudevents import to_cloudevent
from schemas.codes import TOPICS
from schemas.delivery import Parcel
from schemas.receipt import Answer, check_answer
from schemas.signature import PublicKey

from .sign import SignedEvent

_WAITING = ("pending", "sent")
ANSWER_OVERDUE = timedelta(minutes=10)  # several rounds of shipping; an answer by broker takes seconds


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A signed event ready to ship; made only here."""

    parcel: Parcel
    sequence: int


def enqueue(connection: Connection, events: Sequence[SignedEvent]) -> None:
    """Put signed events into the outbox, in the caller's transaction."""
    connection.execute(
        insert(outbox_table),
        [
            {
                "event_id": e.id,
                "sequence": e.envelope.sequence,
                "topic": TOPICS[e.envelope.type],
                "body": to_cloudevent(e.envelope, e.salt, e.payload),
                "state": "pending",
                "attempts": 0,
            }
            for e in events
        ],
    )


def pending(connection: Connection, region: str, limit: int, now: datetime, after: int = 0) -> tuple[OutboxEntry, ...]:
    """Return the oldest entries beyond sequence `after` that must be sent, in order.

    An entry that was sent but stayed unanswered is due again after a while: the hub's answer may have been lost, and
    sending twice is harmless.
    """
    overdue = timestamp(now - ANSWER_OVERDUE)
    due = or_(outbox_table.c.state == "pending", and_(outbox_table.c.state == "sent", outbox_table.c.sent_at < overdue))
    rows = connection.execute(
        select(outbox_table).where(due, outbox_table.c.sequence > after).order_by(outbox_table.c.sequence).limit(limit)
    )
    return tuple(OutboxEntry(Parcel(r.event_id, region, r.topic, r.body), r.sequence) for r in rows)


def mark_sent(connection: Connection, entries: Sequence[OutboxEntry], now: datetime) -> None:
    """Note that the transport holds these entries; answers may still have to come."""
    ids = [entry.parcel.event_id for entry in entries]
    connection.execute(
        update(outbox_table)
        .where(outbox_table.c.event_id.in_(ids), outbox_table.c.state.in_(_WAITING))
        .values(state="sent", attempts=outbox_table.c.attempts + 1, sent_at=timestamp(now))
    )


def mark_answered(connection: Connection, answers: Sequence[Answer], hub_key: PublicKey, now: datetime) -> None:
    """Keep the hub's answers, each of them signed by the hub. Raises SignatureMismatch."""
    for answer in answers:
        known = connection.execute(
            select(outbox_table.c.state).where(outbox_table.c.event_id == answer.event_id)
        ).one_or_none()
        if known is None or known.state not in _WAITING:
            continue
        check_answer(answer, hub_key)
        state = "refused" if answer.outcome == "refused" else "accepted"
        connection.execute(update(outbox_table).where(outbox_table.c.event_id == answer.event_id).values(state=state))
        connection.execute(
            insert(answer_table).values(
                event_id=answer.event_id, answer=msgspec.json.encode(answer).decode(), received_at=timestamp(now)
            )
        )
        if state == "refused":
            detail = f"{answer.reason}: {answer.detail}"
            record(connection, AuditEntry("hub", "event.refused", answer.event_id, now, detail))


def counts(connection: Connection) -> dict[str, int]:
    """Return how many entries are pending, sent, accepted and refused."""
    rows = connection.execute(select(outbox_table.c.state, func.count()).group_by(outbox_table.c.state))
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in ("pending", "sent", "accepted", "refused")}
