"""What partners who stream are given: each lesson that they may read, and what becomes of it, on a topic of their own.

A message is the region's own signed event, under the id that it has everywhere, so that whoever reads can check it and
pass over what comes twice. Its key is the lesson's (that of the first event of the lesson which was written), and the
last message of a key says how the lesson stands: compaction leaves the words that hold, or that they were withdrawn.
After the notice that a lesson was destroyed comes a message without a body, by which Kafka forgets the key.

A broker cleans no segment that it still appends to, and begins another with the first message after an hour. So what
stands in the place of something destroyed is written once more when that hour is over, or its words would stay on a
quiet topic for ever.

What changed the evidence that a lesson rests on has a key of its own beside the lesson's, so that compaction leaves the
last of it to late comers: the region's event without its payload, since figures may have to be destroyed. Once a lesson
rests on nothing that changed, or is no more, that key is forgotten.

What was written is kept in the hub's database once the broker acknowledged it: written first, noted then. A hub that
dies in between writes the same messages again, in the same order.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connectors.database import writing
from hub.audit import utc_text
from hub.config import Hub
from hub.partners_topic.batch import AT_ONCE, Batch, Changed, Message, Waiting
from hub.serving.chains import chains
from hub.tables import event, superseded
from hub.tables.partners import partner_evidence, partner_stream, partner_written
from schemas.codes import PARTNERS_TOPIC

_CLAIMED: Final = timedelta(minutes=5)  # longer than one batch takes, the broker's patience included
LET_GO_AFTER: Final = timedelta(minutes=65)  # longer than segment.ms of the topic (deploy/kafka/rights.py)


class TopicWriter(Protocol):
    """What puts messages on the topic."""

    def write(self, messages: Sequence[Message]) -> None:
        """Return once all are acknowledged, in order; raises TransportUnavailable or TransportRefused."""
        ...

    def close(self) -> None:
        """Release the connection."""
        ...


class PartnersTopic:
    """Writes to the topic for one process; of several at one database, one does so at a time."""

    def __init__(self, hub: Hub, writer: TopicWriter) -> None:
        """Take the hub and what puts messages on the topic."""
        self._hub, self._writer, self._token = hub, writer, secrets.token_hex(16)
        self._mark = ""  # how far the chains were when nothing waited

    def write(self) -> int:
        """Write what waits, AT_ONCE events at most; return how many that were, none where another process writes.

        What was destroyed over an hour ago waits once more. Raises TransportUnavailable or TransportRefused: then all
        of it waits still.
        """
        with self._hub.engine.connect() as connection:
            mark, held = chains(connection).mark, _held_on_to(connection, self._hub.clock())
        if mark == self._mark and not held:
            return 0
        with writing(self._hub.engine) as connection:
            if not _claim(connection, self._token, self._hub.clock()):
                return 0
        with self._hub.engine.connect() as connection:
            batch = Batch(connection)
            messages = [one for waiting in batch.waiting for one in batch.messages(waiting)]
            again = {key: one for key in sorted({*held.values()}) for one in batch.again(key)}
            messages += again.values()
            changed = None if messages else Changed(batch)
        if changed is None:
            let_go = [event_id for event_id, key in held.items() if key in again]
            self._writer.write(messages)
            _note(self._hub, batch.waiting, batch.keys, let_go)
            return len(batch.waiting) + len(let_go)
        if changed.messages:
            self._writer.write(changed.messages)
            _note_changed(self._hub, changed)
        else:
            self._mark = mark
        return len(changed.messages)

    def close(self) -> None:
        """Let another process write, and release the connection."""
        self._writer.close()
        with writing(self._hub.engine) as connection:
            connection.execute(delete(partner_stream).where(partner_stream.c.token == self._token))


def begin_again(connection: Connection) -> int:
    """Forget what was written, so that the whole catalogue is written once more; return how many events that were."""
    connection.execute(delete(partner_evidence))
    return connection.execute(delete(partner_written)).rowcount


def oldest_unwritten(connection: Connection) -> str | None:
    """Return when the first event that waits was accepted; None where none waits, or nothing was ever written."""
    if connection.scalar(select(partner_written.c.number).limit(1)) is None:
        return None
    batch = Batch(connection)
    waiting = [one.event_id for one in batch.waiting] or [name for _, name in Changed(batch).new]
    first: str | None = connection.scalar(select(func.min(event.c.accepted_at)).where(event.c.id.in_(waiting)))
    return first


def _note_changed(hub: Hub, changed: Changed) -> None:
    at, table = utc_text(hub.clock()), partner_evidence
    rows = [{"lesson_key": key, "by_event": one, "written_at": at} for key, one in changed.new]
    with writing(hub.engine) as connection:
        kept = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        for key in changed.over:
            connection.execute(delete(table).where(table.c.lesson_key == key))
        if rows:
            connection.execute(kept(table).on_conflict_do_nothing(), rows)


def _claim(connection: Connection, token: str, now: datetime) -> bool:
    """Take the topic for one process; False where another one writes."""
    kept = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    until, table = utc_text(now + _CLAIMED), partner_stream
    given = {"topic": PARTNERS_TOPIC, "token": token, "claimed_until": until}
    connection.execute(kept(table).values(**given).on_conflict_do_nothing())
    is_free = (table.c.token == token) | (table.c.claimed_until < utc_text(now))
    mine = update(table).where(table.c.topic == PARTNERS_TOPIC, is_free).values(token=token, claimed_until=until)
    return connection.execute(mine).rowcount == 1


def _held_on_to(connection: Connection, now: datetime) -> dict[str, str]:
    """Return redactions whose words the broker may hold still, each with the key of its lesson."""
    written = partner_written.c
    orders = select(superseded.c.by_event).where(superseded.c.kind == "redacted")
    due = (written.let_go_at.is_(None), written.written_at <= utc_text(now - LET_GO_AFTER))
    wanted = select(written.event_id, written.lesson_key).where(*due, written.event_id.in_(orders)).limit(AT_ONCE)
    return {row.event_id: row.lesson_key for row in connection.execute(wanted)}


def _note(hub: Hub, waiting: Sequence[Waiting], keys: Mapping[str, str], held: Collection[str]) -> None:
    at = utc_text(hub.clock())
    rows = [{"event_id": one.event_id, "lesson_key": keys[one.event_id], "written_at": at} for one in waiting]
    with writing(hub.engine) as connection:
        kept = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        if rows:
            connection.execute(kept(partner_written).on_conflict_do_nothing(), rows)
        if held:
            connection.execute(update(partner_written).where(partner_written.c.event_id.in_(held)).values(let_go_at=at))
