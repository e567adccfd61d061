"""Keep a reader's message for the region of a lesson, hand it to its node, and then have no copy of it.

Until then its words are sealed with a key that the database does not hold. That a message was sent is remembered for a
day, without words, so that fetching does not give somebody new turns.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, delete, func, insert, select, update

from hub.audit import record, utc_text
from hub.identity.caller import Caller
from hub.identity.seal import sealed_words, unsealed_words
from hub.identity.tables import account
from hub.messages.wording import Trace, traces
from hub.serving.lessons import one_lesson
from hub.tables.messages import lesson_message
from schemas.message import LONGEST_MESSAGE, SHORTEST_MESSAGE, ReaderMessage
from schemas.signature import SigningKey

MOST_A_DAY: Final = 10  # of one account
MOST_WAITING: Final = 200  # for one region
UNFETCHED: Final = timedelta(days=60)  # after which a message that no node fetched is deleted
_DAY: Final = timedelta(days=1)
_AT_ONCE: Final = 50


class MessageUnfit(ValueError):
    """A message that is too short or too long."""


class MessagePointsAtPersons(ValueError):
    """A message that seems to hold traces of a person; `found` are their kinds."""

    def __init__(self, found: Sequence[Trace]) -> None:
        """Take the kinds."""
        super().__init__(
            f"The message seems to hold {', '.join(found)}, which may point at a person; leave it out, or send it with "
            "`checked` once you are sure that it names nobody."
        )
        self.found = tuple(found)


class TooManyMessages(RuntimeError):
    """More messages of one person in a day, or waiting for one region, than are kept."""


def send(
    connection: Connection,
    key: SigningKey,
    caller: Caller,
    event_id: str,
    text: str,
    now: datetime,
    *,
    checked: bool = False,
    with_address: bool = False,
) -> None:
    """Keep a message about a lesson that the caller may read, for the lesson's region.

    `checked`: the caller looked again at what seemed to point at a person. `with_address` gives the region the address
    of the caller's account. Raises MessageUnfit, MessagePointsAtPersons, TooManyMessages, LessonUnknown or
    LessonTakenBack.
    """
    forget_old(connection, now)
    lesson = one_lesson(connection, caller.audience, event_id)
    said = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not SHORTEST_MESSAGE <= len(said) <= LONGEST_MESSAGE:
        raise MessageUnfit(f"A message has {SHORTEST_MESSAGE} to {LONGEST_MESSAGE:,} characters.")
    if (found := traces(said)) and not checked:
        raise MessagePointsAtPersons(found)
    name = caller.name or ""
    _check_room(connection, name, lesson.region, now)
    address = connection.scalar(select(account.c.email).where(account.c.name == name)) if with_address else None
    row, at = secrets.token_hex(16), utc_text(now)
    payload = lesson.payload
    message = ReaderMessage(
        id=row,
        lesson=event_id,
        title=payload.title,
        to_role=payload.author_role,
        sender=name,
        from_roles=tuple(sorted(caller.roles)),
        answer_to=address,
        sent_at=at,
        text="".join(one for one in said if one.isprintable() or one == "\n"),
    )
    words = sealed_words(key, row, msgspec.json.encode(message).decode())
    about = {"id": row, "region": lesson.region, "lesson": event_id, "sender": name, "sent_at": at}
    connection.execute(insert(lesson_message).values(**about, words=words))
    record(connection, now, name, "message sent", region=lesson.region, lesson=event_id)


def waiting(connection: Connection, key: SigningKey, region: str) -> tuple[ReaderMessage, ...]:
    """Return the oldest messages that a region has not fetched, fifty at most."""
    own = (lesson_message.c.region == region, lesson_message.c.fetched_at.is_(None))
    order = (lesson_message.c.sent_at, lesson_message.c.id)
    rows = connection.execute(select(lesson_message).where(*own).order_by(*order).limit(_AT_ONCE)).all()
    found = []
    for row in rows:
        try:
            words = unsealed_words(key, row.id, row.words)
        except InvalidTag:
            continue  # sealed with a key that is lost: nobody reads it any more, and it is forgotten in time
        found.append(msgspec.json.decode(words, type=ReaderMessage))
    return tuple(found)


def fetched(connection: Connection, region: str, name: str, now: datetime) -> bool:
    """Delete the words of a message that its region's node has; return whether it was there. Harmless to do again."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    own = (lesson_message.c.region == region, lesson_message.c.id == name)
    gone = update(lesson_message).where(*own).values(words=b"", fetched_at=utc_text(now))
    return connection.execute(gone).rowcount > 0


def forget_old(connection: Connection, now: datetime) -> None:
    """Forget fetched messages after a day, and those that nobody fetches in UNFETCHED."""
    table = lesson_message.c
    connection.execute(delete(lesson_message).where(table.fetched_at < utc_text(now - _DAY)))
    old = (table.fetched_at.is_(None), table.sent_at < utc_text(now - UNFETCHED))
    connection.execute(delete(lesson_message).where(*old))


def _check_room(connection: Connection, sender: str, region: str, now: datetime) -> None:
    table, count = lesson_message.c, select(func.count()).select_from(lesson_message)
    today = connection.scalar(count.where(table.sender == sender, table.sent_at > utc_text(now - _DAY))) or 0
    if today >= MOST_A_DAY:
        raise TooManyMessages(f"You sent {MOST_A_DAY} messages within a day; send this one tomorrow.")
    waits = connection.scalar(count.where(table.region == region, table.fetched_at.is_(None))) or 0
    if waits >= MOST_WAITING:
        raise TooManyMessages("This region has not fetched its messages for a while; try again later.")
