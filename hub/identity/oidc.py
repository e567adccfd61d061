"""Sign somebody in at their own organisation (OpenID Connect): only people an administrator admitted come in.

Nothing secret is kept of an attempt: the nonce and the PKCE verifier are derived from a random value that only the
browser holds, so a copy of the database completes nobody's sign-in.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Connection, delete, insert, select, update

from hub.audit import record, utc_text
from hub.identity.sessions import start_session
from hub.identity.tables import account, oidc_attempt
from schemas.canonical import sha256_hex

RETURN_PATH: Final = "/session/provider/return"  # where the provider sends people back to
ATTEMPT_HOLDS: Final = timedelta(minutes=10)
_STATE_BYTES: Final = 32


class StateUnknown(PermissionError):
    """A return from the provider that this browser did not ask for, or that came twice or too late."""


class NotAdmitted(PermissionError):
    """A person whom the provider knows and no administrator admitted."""


class IdentityRefused(PermissionError):
    """A provider's word that does not hold: signature, issuer, audience, nonce or time."""


class ProviderUnreachable(ConnectionError):
    """A provider that does not answer as OpenID Connect says."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What binds one sign-in to one browser; `nonce` and `verifier` are derived, never kept."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the provider vouches for them; `email` only where the provider has verified it."""

    issuer: str
    subject: str
    email: str | None


class Provider(Protocol):
    """The organisation that vouches for people; hub.bootstrap connects it."""

    def address(self, attempt: Attempt) -> str:
        """Return where to send the browser; raises ProviderUnreachable."""
        ...

    def identify(self, code: str, issuer: str | None, attempt: Attempt) -> Identity:
        """Exchange a code for a checked identity; raises IdentityRefused or ProviderUnreachable."""
        ...


def begin(connection: Connection, visit: str, now: datetime, label: str) -> Attempt:
    """Begin an attempt of the browser that holds `visit`; its state ends in `label`, which comes back with it."""
    connection.execute(delete(oidc_attempt).where(oidc_attempt.c.made_at <= utc_text(now - ATTEMPT_HOLDS)))
    state = f"{secrets.token_urlsafe(_STATE_BYTES)}.{label}"
    connection.execute(
        insert(oidc_attempt).values(
            state_sha256=sha256_hex(state.encode()), visit_sha256=sha256_hex(visit.encode()), made_at=utc_text(now)
        )
    )
    return _attempt(visit, state)


def finish(connection: Connection, visit: str, state: str, now: datetime) -> Attempt:
    """Return the attempt that a return from the provider belongs to, once; raises StateUnknown."""
    wanted = oidc_attempt.c.state_sha256 == sha256_hex(state.encode(errors="replace"))
    row = connection.execute(select(oidc_attempt).where(wanted).with_for_update()).one_or_none()
    browser = sha256_hex(visit.encode(errors="replace"))
    if row is None or row.made_at <= utc_text(now - ATTEMPT_HOLDS):
        raise StateUnknown("This sign-in was not begun here, or too long ago; sign in again.")
    if not hmac.compare_digest(row.visit_sha256, browser):
        raise StateUnknown("This sign-in was begun in another browser; sign in again.")
    connection.execute(delete(oidc_attempt).where(wanted))
    return _attempt(visit, state)


def admit(connection: Connection, identity: Identity, now: datetime, origin: str) -> str:
    """Start a session for a person whom an administrator admitted and return its id.

    The person is known by issuer and subject; the first time by verified e-mail address, after which that account
    belongs to this subject only. Raises NotAdmitted or AccountDisabled.
    """
    known = (account.c.issuer == identity.issuer) & (account.c.subject == identity.subject)
    name = connection.scalar(select(account.c.name).where(known))
    if name is None and identity.email is not None:
        name = connection.scalar(
            select(account.c.name)
            .where(account.c.email == identity.email.casefold(), account.c.subject.is_(None))
            .with_for_update()
        )
        if name is not None:
            connection.execute(
                update(account).where(account.c.name == name).values(issuer=identity.issuer, subject=identity.subject)
            )
            record(connection, now, name, "account bound to provider", origin=origin)
    if name is None:
        raise NotAdmitted("Your organisation knows you, and nobody admitted you here yet; ask the hub's administrator.")
    return start_session(connection, name, now, origin, "provider")


def refuse(connection: Connection, now: datetime, origin: str, why: str) -> None:
    """Write down that a sign-in at the provider came to nothing, and why in one of our own words."""
    record(connection, now, "unknown", "sign-in", origin=origin, how="provider", outcome="refused", why=why)


def _attempt(visit: str, state: str) -> Attempt:
    return Attempt(state, _derived(visit, "nonce", state), _derived(visit, "verifier", state))


def _derived(visit: str, use: str, state: str) -> str:
    return hmac.new(visit.encode(), f"regiohelix {use} {state}".encode(), hashlib.sha256).hexdigest()
