"""When tokens end: a year from the day they were made unless told otherwise, and never later than two years.

Nobody is surprised by an end: it is told for thirty days before, to whoever shows the token and by the doctor, unless
another for the same use is there by then. A region's node renews its own two months before (hub.intake.renew).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, select

from hub.audit import utc_text
from hub.identity.tables import token
from schemas.refused import Refused

HOLDS: Final = timedelta(days=365)  # unless told otherwise
LONGEST: Final = timedelta(days=731)  # two years, a leap year among them
SOON: Final = timedelta(days=30)  # before its end, from when it is told
RENEWABLE: Final = timedelta(days=60)  # before its end, from when a region's node can renew it


class TokenExpiryPast(Refused, ValueError):
    """A token that would have ended before it began."""


class TokenExpiryFar(Refused, ValueError):
    """A token that would hold for longer than two years."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A token without another for the same use beside it, that ends soon, ended lately, or never ends."""

    id: str
    name: str
    owner: str
    expires_at: str | None
    is_over: bool


def end_of(day: date) -> datetime:
    """Return the last moment of the last day on which a token holds."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def last_day(now: datetime) -> date:
    """Return the last day of a token for which none was named."""
    return (now + HOLDS).date()


def checked_end(expires_at: datetime | None, now: datetime) -> datetime:
    """Return when a token made now ends; raises TokenExpiryPast or TokenExpiryFar."""
    until = end_of(last_day(now)) if expires_at is None else expires_at
    if until <= now:
        raise TokenExpiryPast("The token would be past its end already; choose a later day.")
    furthest = (now + LONGEST).date()
    if until > end_of(furthest):
        raise TokenExpiryFar(f"A token holds for two years at most; choose a last day up to {furthest}.")
    return until


def ending(connection: Connection, now: datetime) -> Sequence[Ending]:
    """Return the tokens whose bearers need another one: by their end, the earliest first, those without an end last.

    That they end within `SOON`, or ended within it while they were in use, is told until there is another for the same
    owner, name and scopes that holds for longer.
    """
    columns = (token.c.id, token.c.name, token.c.owner, token.c.scopes, token.c.made_at, token.c.expires_at)
    rows = connection.execute(select(*columns, token.c.last_used).where(token.c.revoked_at.is_(None))).all()
    others: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for row in rows:
        others.setdefault((row.owner, row.name, row.scopes), []).append((row.expires_at or "", row.made_at))
    at, since, until = utc_text(now), utc_text(now - SOON), utc_text(now + SOON)
    found = []
    for row in rows:
        end = row.expires_at
        if end is None:
            found.append(Ending(row.id, row.name, row.owner, None, is_over=False))
        elif since < end <= until and not _has_next(end, others[(row.owner, row.name, row.scopes)]):
            is_over = end <= at
            if not is_over or (row.last_used or "") >= since[:10]:
                found.append(Ending(row.id, row.name, row.owner, end, is_over))
    return tuple(sorted(found, key=lambda one: (one.expires_at is None, one.expires_at or "", one.id)))


def _has_next(end: str, others: Sequence[tuple[str, str]]) -> bool:
    """Tell whether one of the tokens for the same use was made to follow the one that ends then."""
    earliest = utc_text(datetime.fromisoformat(end) - RENEWABLE - timedelta(days=1))
    return any(other > end and made_at >= earliest for other, made_at in others)
