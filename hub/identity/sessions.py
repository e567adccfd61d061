"""Sessions of signed-in people: held by the hub, known to the browser by a random id, kept here as its hash."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from hub.audit import record, utc_text
from hub.identity.caller import Caller, person
from hub.identity.tables import account, account_code, account_role, oidc_attempt, session
from schemas.canonical import sha256_hex

LONGEST: Final = timedelta(hours=12)
IDLE: Final = timedelta(minutes=30)
_NOTED_AFTER: Final = timedelta(minutes=1)  # not every page view is a write
_ID_BYTES: Final = 32


class AccountDisabled(PermissionError):
    """An account that may not sign in any more."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that holds now; `is_to_note` says that its last use is worth writing down."""

    caller: Caller
    account: str
    made_at: str
    is_to_note: bool


def start_session(connection: Connection, name: str, now: datetime, origin: str, how: str) -> str:
    """Start a session and return its id, for the browser alone; old ones that are over are swept away.

    Raises AccountDisabled.
    """
    found = select(account.c.name).where(account.c.name == name, account.c.disabled_at.is_(None))
    if connection.scalar(found) is None:
        raise AccountDisabled("This account may not sign in; ask the hub's administrator.")
    connection.execute(
        delete(session).where(
            or_(session.c.made_at <= utc_text(now - LONGEST), session.c.seen_at <= utc_text(now - IDLE))
        )
    )
    made = secrets.token_urlsafe(_ID_BYTES)
    at = utc_text(now)
    connection.execute(
        insert(session).values(sha256=sha256_hex(made.encode()), account=name, made_at=at, seen_at=at, origin=origin)
    )
    record(connection, now, name, "sign-in", origin=origin, how=how, outcome="granted")
    return made


def session_of(connection: Connection, shown: str, now: datetime) -> SignedIn | None:
    """Return the session with an id; none where it is unknown, too old, idle too long, or its account is disabled."""
    digest = sha256_hex(shown.encode(errors="replace"))
    row = connection.execute(
        select(session).join(account).where(session.c.sha256 == digest, account.c.disabled_at.is_(None))
    ).one_or_none()
    if row is None or not hmac.compare_digest(row.sha256, digest):
        return None
    if row.made_at <= utc_text(now - LONGEST) or row.seen_at <= utc_text(now - IDLE):
        return None
    roles = connection.scalars(select(account_role.c.role).where(account_role.c.account == row.account))
    caller = person(row.account, frozenset(roles))
    return SignedIn(caller, row.account, row.made_at, row.seen_at <= utc_text(now - _NOTED_AFTER))


def note_seen(connection: Connection, shown: str, now: datetime) -> None:
    """Write down that a session was used."""
    connection.execute(update(session).where(_is(shown)).values(seen_at=utc_text(now)))


def end_session(connection: Connection, shown: str, now: datetime, origin: str) -> None:
    """End one session."""
    name = connection.scalar(select(session.c.account).where(_is(shown)))
    if name is not None:
        connection.execute(delete(session).where(_is(shown)))
        record(connection, now, name, "sign-out", origin=origin)


def end_sessions_of(connection: Connection, name: str, now: datetime, by: str, **where: str) -> int:
    """End every session of an account and return how many that were."""
    count = session_counts(connection).get(name, 0)
    connection.execute(delete(session).where(session.c.account == name))
    if count:
        record(connection, now, by, "sessions ended", account=name, sessions=count, **where)
    return count


def forget_everyone(connection: Connection) -> None:
    """Forget every session, code and attempt: a restored database would let in again who was shut out since."""
    for table in (session, account_code, oidc_attempt):
        connection.execute(delete(table))


def session_counts(connection: Connection) -> dict[str, int]:
    """Return how many sessions are kept per account."""
    counted = select(session.c.account, func.count().label("sessions")).group_by(session.c.account)
    return {row.account: row.sessions for row in connection.execute(counted)}


def _is(shown: str) -> ColumnElement[bool]:
    return session.c.sha256 == sha256_hex(shown.encode(errors="replace"))
