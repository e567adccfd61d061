"""What readers ask or say about this region's lessons: kept once, shown, and erased when somebody has seen to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, insert, select, update

from node.audit import AuditEntry, record, timestamp
from node.tables import message as message_table
from schemas.message import ReaderMessage
from schemas.refused import Refused

_SHORTEST: Final = 6  # signs of an id by which a message can be named


class MessageUnknown(Refused, LookupError):
    """A message that this node does not have, or whose name fits several."""


class KeptMessage(NamedTuple):
    """A message as it is kept; `said` is None once it is done."""

    id: str
    fetched_at: str
    done_at: str | None
    said: ReaderMessage | None


def keep(connection: Connection, message: ReaderMessage, now: datetime) -> bool:
    """Keep a message; return whether it is new. Harmless to do again."""
    if connection.scalar(select(message_table.c.id).where(message_table.c.id == message.id)) is not None:
        return False
    body = msgspec.json.encode(message).decode()
    connection.execute(insert(message_table).values(id=message.id, body=body, fetched_at=timestamp(now)))
    record(connection, AuditEntry("hub", "message.fetched", message.id, now))
    return True


def kept(connection: Connection, is_all: bool = False) -> Sequence[KeptMessage]:
    """Return the messages that nobody has seen to yet, or all, the oldest first."""
    wanted = select(message_table).order_by(message_table.c.fetched_at, message_table.c.id)
    rows = connection.execute(wanted if is_all else wanted.where(message_table.c.done_at.is_(None)))
    return tuple(KeptMessage(row.id, row.fetched_at, row.done_at, _said(row.body)) for row in rows)


def one(connection: Connection, name: str) -> KeptMessage:
    """Return the message whose id begins with a name; raises MessageUnknown."""
    found = [each for each in kept(connection, is_all=True) if len(name) >= _SHORTEST and each.id.startswith(name)]
    if len(found) != 1:
        raise MessageUnknown("There is no message of this name here, or several; see `messages list` for their names.")
    return found[0]


def done(connection: Connection, name: str, entry: AuditEntry) -> KeptMessage:
    """Erase the words of a message that somebody has seen to; raises MessageUnknown."""
    found = one(connection, name)
    if found.done_at is None:
        own = message_table.c.id == found.id
        connection.execute(update(message_table).where(own).values(body="", done_at=timestamp(entry.at)))
        record(connection, entry)
    return found


def _said(body: str) -> ReaderMessage | None:
    return msgspec.json.decode(body, type=ReaderMessage) if body else None
