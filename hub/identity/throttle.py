"""Slow down who guesses passwords: failures are counted per account name, in the database, for all processes at once.

A name that no account has is counted alike, so that waiting tells nothing. Names are kept as a hash: people type their
password in the wrong field.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.audit import utc_text
from hub.identity.tables import sign_in_attempt
from schemas.canonical import sha256_hex

FREE_ATTEMPTS: Final = 5
FIRST_WAIT: Final = timedelta(minutes=1)  # doubles with each further failure
LONGEST_WAIT: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(hours=1)


class SignInThrottled(PermissionError):
    """An account name that was tried too often."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"This account name was tried too often; wait {seconds} seconds and try again.")
        self.seconds = seconds


def count_attempt(connection: Connection, name: str, now: datetime) -> bool:
    """Count an attempt before its password is looked at, so that attempts at the same moment are all counted.

    Returns whether this was the last one before a wait. Raises SignInThrottled. The connection must be `writing`.
    """
    digest, at = _digest(name), utc_text(now)
    connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.last_at < utc_text(now - FORGOTTEN_AFTER)))
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(sign_in_attempt)
    connection.execute(  # two first attempts at once make one row between them
        insert.values(name_sha256=digest, failures=0, last_at=at, blocked_until=at).on_conflict_do_nothing()
    )
    row = connection.execute(
        select(sign_in_attempt).where(sign_in_attempt.c.name_sha256 == digest).with_for_update()
    ).one()
    if row.blocked_until > at:
        until = datetime.strptime(row.blocked_until, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        raise SignInThrottled(max(1, int((until - now).total_seconds()) + 1))
    failures = row.failures + 1
    wait = timedelta(0)
    if failures >= FREE_ATTEMPTS:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - FREE_ATTEMPTS, 10))
    connection.execute(
        update(sign_in_attempt)
        .where(sign_in_attempt.c.name_sha256 == digest)
        .values(failures=failures, last_at=at, blocked_until=utc_text(now + wait))
    )
    return bool(wait)


def forget_attempts(connection: Connection, name: str) -> None:
    """Forget an account name's failures: somebody who knows the password came in, or the operator said so."""
    connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.name_sha256 == _digest(name)))


def _digest(name: str) -> str:
    return sha256_hex(name.encode(errors="replace"))
