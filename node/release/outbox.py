"""The outbox: signed events wait here, in the transaction that signed them, until the hub has answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, or_, select, update

from node.audit import AuditEntry, record, timestamp
from node.tables import answer as answer_table
from node.tables import event as event_table
from node.tables import item as item_table
from node.tables import outbox as outbox_table
from schemas.cloudevents import to_cloudevent
from schemas.codes import EVENT_TOPICS, KEY_EVENTS, TOPICS, EventType
from schemas.delivery import Parcel
from schemas.envelope import parse_envelope
from schemas.receipt import Answer, Receipt, check_answer
from schemas.signature import PublicKey, SignatureMismatch

from .sign import SignedEvent
from .standing import same_place

ANSWER_OVERDUE: Final = timedelta(minutes=10)  # several rounds of shipping; an answer by broker takes seconds
REFUSED_AGAIN: Final = timedelta(hours=1)  # somebody has to look first: an enrolment, a newer version
LONGEST_WAIT: Final = timedelta(days=1)
BATCH_EVENTS: Final = 200
BATCH_BYTES: Final = 2 * 1024 * 1024  # in memory twice while it is sent; one event may be as large by itself

# Of one event, `of`; made once, since answers come by the thousand and making a statement takes longer than asking it.
_KNOWN: Final = select(outbox_table.c.state, outbox_table.c.attempts).where(outbox_table.c.event_id == bindparam("of"))
_SETTLED: Final = (
    update(outbox_table)
    .where(outbox_table.c.event_id == bindparam("of"))
    .values(state=bindparam("becomes"), due_at=bindparam("due"))
)
_EARLIER: Final = select(answer_table.c.answer).where(answer_table.c.event_id == bindparam("of"))
_WITHOUT: Final = delete(answer_table).where(answer_table.c.event_id == bindparam("of"))
_WITH: Final = insert(answer_table)


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A signed event ready to ship; made only here. `attempts` is how often it was sent before."""

    parcel: Parcel
    sequence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Marked:
    """What a number of answers came to; `doubted` are those that the hub did not sign."""

    accepted: int = 0
    refused: int = 0
    doubted: int = 0


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


def wake(connection: Connection, now: datetime) -> None:
    """Make pending again what was sent and stayed unanswered for too long, and what was refused a while ago.

    The hub's answer may have been lost, and its reason to refuse may be gone; sending twice is harmless.
    """
    box = outbox_table.c
    # A clock that was wrong may have put a moment further off than any wait is long.
    come = or_(box.due_at < timestamp(now), box.due_at > timestamp(now + 2 * LONGEST_WAIT))
    unanswered = or_(come, and_(box.due_at.is_(None), box.sent_at < timestamp(now - ANSWER_OVERDUE)))
    refused = or_(come, box.due_at.is_(None))
    connection.execute(
        update(outbox_table)
        .where(or_(and_(box.state == "sent", unanswered), and_(box.state == "refused", refused)))
        .values(state="pending", due_at=None)
    )


def pending(connection: Connection, region: str, limit: int, after: int = 0) -> tuple[OutboxEntry, ...]:
    """Return the oldest pending entries beyond sequence `after`, in order, BATCH_BYTES of them at most."""
    box = outbox_table.c
    # Sizes first, so that no backlog is read into memory.
    sizes = select(box.sequence, func.length(box.body).label("bytes")).where(box.state == "pending")
    chosen: list[int] = []
    size = 0
    for row in connection.execute(sizes.where(box.sequence > after).order_by(box.sequence).limit(limit)):
        size += row.bytes
        if chosen and size > BATCH_BYTES:
            break
        chosen.append(row.sequence)
    rows = connection.execute(
        select(outbox_table, item_table.c.type)
        .join(event_table, event_table.c.sequence == box.sequence)
        .join(item_table, same_place())
        .where(box.state == "pending", box.sequence.in_(chosen))
        .order_by(box.sequence)
    )
    return tuple(_entry(row, region) for row in rows)


def _entry(row: Row[Any], region: str) -> OutboxEntry:
    also = tuple(topic for topic in EVENT_TOPICS if topic != row.topic) if EventType(row.type) in KEY_EVENTS else ()
    return OutboxEntry(Parcel(row.event_id, region, row.topic, row.body, also), row.sequence, row.attempts)


def mark_sent(connection: Connection, entries: Sequence[OutboxEntry], now: datetime) -> None:
    """Note that the transport holds these entries; answers may still have to come."""
    for attempts, found in groupby(sorted(entries, key=lambda e: e.attempts), key=lambda e: e.attempts):
        connection.execute(
            update(outbox_table)
            .where(
                outbox_table.c.event_id.in_([entry.parcel.event_id for entry in found]),
                outbox_table.c.state != "accepted",
            )
            .values(
                state="sent",
                attempts=outbox_table.c.attempts + 1,
                sent_at=timestamp(now),
                due_at=timestamp(now + wait(ANSWER_OVERDUE, attempts)),
            )
        )


def wait(first: timedelta, attempts: int) -> timedelta:
    """Return how long to wait after so many earlier attempts: `first`, doubling, at most LONGEST_WAIT."""
    return min(first * (1 << min(attempts, 20)), LONGEST_WAIT)


def mark_answered(connection: Connection, answers: Iterable[Answer], hub_key: PublicKey, now: datetime) -> Marked:
    """Keep the hub's answers that it signed; one that it did not sign is recorded and spoils none of the others.

    What was settled before stays settled.
    """
    accepted = refused = doubted = 0
    for answer in answers:
        known = connection.execute(_KNOWN, {"of": answer.event_id}).one_or_none()
        if known is None or known.state == "accepted" or (known.state, answer.outcome) == ("refused", "refused"):
            continue
        try:
            check_answer(answer, hub_key)
        except SignatureMismatch as error:
            record(connection, AuditEntry("hub", "answer.doubted", answer.event_id, now, str(error)))
            doubted += 1
            continue
        if answer.outcome == "refused":
            refused += 1
            due = timestamp(now + wait(REFUSED_AGAIN, max(0, known.attempts - 1)))
            _settle(connection, answer, due, now)
        else:
            accepted += 1
            _settle(connection, answer, None, now)
    return Marked(accepted, refused, doubted)


def _settle(connection: Connection, answer: Answer, due: str | None, now: datetime) -> None:
    """Keep an answer; an earlier one to the same event stays in the audit log where it differed."""
    of = {"of": answer.event_id}
    state = "refused" if answer.outcome == "refused" else "accepted"
    connection.execute(_SETTLED, {**of, "becomes": state, "due": due})
    text = msgspec.json.encode(answer).decode()
    earlier = connection.scalar(_EARLIER, of)
    before = None if earlier is None else msgspec.json.decode(earlier, type=Answer)
    connection.execute(_WITHOUT, of)
    connection.execute(_WITH, {"event_id": answer.event_id, "answer": text, "received_at": timestamp(now)})
    if answer.outcome == "refused" and (before is None or before.reason != answer.reason):
        detail = f"{answer.reason}: {answer.detail}"
        record(connection, AuditEntry("hub", "event.refused", answer.event_id, now, detail))
    elif before is not None and before.receipt is not None and not _is_repeated(answer, before.receipt):
        detail = f"accepted anew; the earlier receipt named {before.receipt.accepted_at}"
        record(connection, AuditEntry("hub", "event.accepted again", answer.event_id, now, detail))


def _is_repeated(answer: Answer, before: Receipt) -> bool:
    """Tell whether an acceptance says what the earlier receipt said, in whichever way each was signed."""
    return answer.receipt is not None and answer.receipt.says_the_same(before)


def send_again(connection: Connection, entry: AuditEntry) -> int:
    """Make every refused entry due at once and return how many those are."""
    found = connection.execute(
        update(outbox_table).where(outbox_table.c.state == "refused").values(due_at=None)
    ).rowcount  # fmt: skip
    record(connection, entry)
    return int(found)


def oldest_waiting(connection: Connection) -> str | None:
    """Return when the oldest event that the hub has not answered was signed (UTC text), None where none waits."""
    envelope = connection.scalar(
        select(event_table.c.envelope)
        .join(outbox_table, outbox_table.c.event_id == event_table.c.id)
        .where(outbox_table.c.state.in_(("pending", "sent")))
        .order_by(outbox_table.c.sequence)
        .limit(1)
    )
    return None if envelope is None else parse_envelope(envelope).time


def counts(connection: Connection) -> dict[str, int]:
    """Return how many entries are pending, sent, accepted and refused."""
    rows = connection.execute(select(outbox_table.c.state, func.count()).group_by(outbox_table.c.state))
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in ("pending", "sent", "accepted", "refused")}
