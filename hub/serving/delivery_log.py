"""What came of every attempt to deliver, newest first: when, how long, which status; never what was answered."""

import msgspec
from sqlalchemy import Connection, func, select

from hub.tables import delivery_attempt


class Attempt(msgspec.Struct, frozen=True):
    """One attempt to send one message: `number` counts from 1, `status` is None where no answer came.

    `outcome` is delivered, refused, redirected, gone, address, unresolved, unreachable, certificate, too_slow or
    unreadable.
    """

    message: str
    type: str
    event_id: str
    number: int
    at: str
    milliseconds: int
    status: int | None
    outcome: str


class AttemptPage(msgspec.Struct, frozen=True):
    """A page of attempts; `next` is where the older ones begin, None where there are none.

    It counts the attempts of this subscription that are kept, from the oldest: what others are told is nobody's to see.
    """

    deliveries: tuple[Attempt, ...]
    next: int | None


def attempts(connection: Connection, subscription: str, before: int | None = None, limit: int = 50) -> AttemptPage:
    """Return the last attempts of a subscription, or those before a place that `next` gave.

    Where the oldest were forgotten between two pages, some come on both and none on neither.
    """
    one = delivery_attempt.c
    mine = one.subscription == subscription
    kept = connection.scalar(select(func.count()).select_from(delivery_attempt).where(mine)) or 0
    end = kept if before is None else max(0, min(kept, before - 1))
    start = max(0, end - limit)
    wanted = select(delivery_attempt).where(mine).order_by(one.id).offset(start).limit(end - start)
    rows = connection.execute(wanted).mappings().all()
    found = [Attempt(**{name: row[name] for name in Attempt.__struct_fields__}) for row in reversed(rows)]
    return AttemptPage(tuple(found), start + 1 if start else None)
