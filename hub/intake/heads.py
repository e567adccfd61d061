"""The heads of all chains, signed: as they are now, and once a UTC day chained to the day before, never rewritten."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, text

from hub.audit import utc_text
from hub.tables import daily_head, event, region
from schemas.canonical import canonical_bytes
from schemas.heads import FIRST_DAY_BEFORE, Head, Heads, heads_hash, signed_heads
from schemas.refused import Refused
from schemas.signature import SigningKey

_LOCK: Final = 7_243_115_903  # any constant: one process at a time makes a day's heads on PostgreSQL


class HeadsNotMade(LookupError):
    """A day for which this hub has no heads."""


class HubKeyDiffers(Refused, ValueError):
    """A signing key that is not the one whose heads this hub gave out."""


def live_heads(connection: Connection, now: datetime, key: SigningKey) -> Heads:
    """Return the head of every chain as it is now, signed, behind the last day's heads."""
    last = _last(connection)
    previous = FIRST_DAY_BEFORE if last is None else last.hash
    return signed_heads(Heads(utc_text(now), previous, _heads(connection), key.public.key_id), key)


def make_heads(connection: Connection, now: datetime, key: SigningKey) -> Heads | None:
    """Keep the heads of today (UTC), or return None where this or a later day has its heads already.

    Harmless in several processes at once; needs a writing transaction.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = _last(connection)
    day = utc_text(now)[:10]
    if last is not None and last.day >= day:
        return None
    made = live_heads(connection, now, key)
    connection.execute(insert(daily_head).values(day=day, hash=heads_hash(made), body=canonical_bytes(made)))
    return made


def heads_of(connection: Connection, day: str) -> bytes:
    """Return a day's heads as they were signed (canonical JSON); raises HeadsNotMade."""
    body = connection.scalar(select(daily_head.c.body).where(daily_head.c.day == day))
    if body is None:
        raise HeadsNotMade("This hub has no heads of that day; ask for the last ones with: /api/v1/heads?days=7")
    return bytes(body)


def check_key(connection: Connection, key: SigningKey, file: Path) -> None:
    """Check that a key from a file is the one that signed the newest day's heads; raises HubKeyDiffers."""
    signed_by = next((one.key_id for one in last_heads(connection, 1)), key.public.key_id)
    if signed_by != key.public.key_id:
        raise HubKeyDiffers(
            f"{file} is key {key.public.key_id}, and this hub signs with {signed_by}, which is the key that regions "
            "know; put that one back from a backup."
        )


def last_heads(connection: Connection, days: int) -> list[Heads]:
    """Return the heads of the last so many days that have them, oldest first."""
    bodies = connection.scalars(select(daily_head.c.body).order_by(daily_head.c.day.desc()).limit(days)).all()
    return [msgspec.json.decode(body, type=Heads) for body in reversed(bodies)]


def _last(connection: Connection) -> Row[Any, Any] | None:
    query = select(daily_head.c.day, daily_head.c.hash).order_by(daily_head.c.day.desc()).limit(1)
    return connection.execute(query).one_or_none()


def _heads(connection: Connection) -> tuple[Head, ...]:
    newest = select(func.max(event.c.sequence)).where(event.c.region == region.c.code).scalar_subquery()
    found = []
    for code, sequence in connection.execute(select(region.c.code, newest)).all():
        if sequence is not None:  # by its place: one question for all would read every event on SQLite
            place = (event.c.region == code, event.c.sequence == sequence)
            found.append(Head(code, sequence, connection.execute(select(event.c.id).where(*place)).scalar_one()))
    return tuple(sorted(found, key=lambda head: head.region))
