"""Sign somebody in with a name and a password: the same work and the same answer for a name that no account has."""

from datetime import datetime

from sqlalchemy import Engine, select, update

from connectors.database import writing
from hub.audit import record
from hub.identity.accounts import is_account_name
from hub.identity.passwords import LONGEST, matches, renewed
from hub.identity.sessions import AccountDisabled, start_session
from hub.identity.tables import account
from hub.identity.throttle import count_attempt, forget_attempts

_NOBODY = "unknown"


class SignInMismatch(PermissionError):
    """A name and a password that do not belong together; which of the two is wrong is not said."""


def sign_in(engine: Engine, name: str, password: str, now: datetime, origin: str) -> str:
    """Start a session and return its id, for the browser alone; raises SignInMismatch or SignInThrottled."""
    given = name.strip().casefold()[:LONGEST]
    with writing(engine) as connection:
        is_last = count_attempt(connection, given, now)
        found = select(account).where(account.c.name == given)
        row = connection.execute(found).one_or_none() if is_account_name(given) else None
    # outside the transaction: hashing takes long on purpose, and holds no lock meanwhile
    kept = None if row is None or row.disabled_at is not None else row.password
    fits = matches(kept, password)
    fresh = renewed(kept, password) if fits and kept is not None else None
    with writing(engine) as connection:
        if fits:
            try:
                started = start_session(connection, given, now, origin, "password")
            except AccountDisabled:
                fits = False
            else:
                forget_attempts(connection, given)
                if fresh:
                    connection.execute(update(account).where(account.c.name == given).values(password=fresh))
                return started
        actor = _NOBODY if row is None else given
        record(connection, now, actor, "sign-in", origin=origin, how="password", outcome="refused")
        if is_last:
            record(connection, now, actor, "sign-in throttled", origin=origin)
    raise SignInMismatch("The name and the password do not belong together.")
