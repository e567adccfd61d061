"""Tokens of programs: made once, shown once, kept as a hash, with scopes, an end and a way to take them back.

When each ends, and what is said before, is in hub.identity.token_ends.

A token is 256 random bits, so SHA-256 is the right hash for it: there is nothing to guess, and a slow hash would only
slow down every request. Passwords are another matter; see hub.identity.passwords.
"""

import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from hub.audit import OPERATOR, record, utc_text
from hub.identity.caller import SEND, Caller, bearer, checked_scopes
from hub.identity.tables import token
from hub.identity.token_ends import SOON, checked_end, end_of
from hub.tables import region
from schemas.canonical import sha256_hex
from schemas.refused import Refused

_TOKEN_BYTES: Final = 32
_ID_BYTES: Final = 8
_ID: Final = re.compile(r"[0-9a-f]{16}")
_LONGEST_NAME: Final = 100  # characters
_UNKNOWN: Final = "There is no token with this id that was not taken back; see: python -m hub token list"


class TokenUnknown(Refused, LookupError):
    """A token id that this hub has not made, or that was revoked already."""


class TokenNameWrong(Refused, ValueError):
    """A token's name or owner that cannot be printed in one line."""


class TokenRegionUnknown(Refused, LookupError):
    """A sending token for a region that this hub has not invited."""


@dataclass(frozen=True, slots=True)
class KeptToken:
    """What the hub keeps of a token; never the token itself, and never its hash in a log or a repr."""

    id: str
    name: str
    owner: str
    scopes: tuple[str, ...]
    made_at: str
    expires_at: str | None
    last_used: str | None
    revoked_at: str | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that was shown and holds now; one that an older version of this program made may have no end."""

    id: str
    last_used: str | None
    caller: Caller
    expires_at: str | None = None


def region_owner(code: str) -> str:
    """Return the owner's name of a region's tokens."""
    return f"region {code}"


def partner_owner(name: str) -> str:
    """Return the owner's name of a partner's tokens."""
    return f"partner {name}"


def is_subscriber(owner: str) -> bool:
    """Tell whether a token's owner is a region or a partner, whose word on a recall is kept."""
    return owner.startswith((region_owner(""), partner_owner("")))


def account_owner(name: str) -> str:
    """Return the owner's name of a person's tokens."""
    return f"account {name}"


def issue_token(
    connection: Connection,
    now: datetime,
    name: str,
    owner: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    by: str = OPERATOR,
    **where: str,
) -> tuple[str, str]:
    """Make a token and return its id and the token, which is shown once; `where` (an origin) goes into the log.

    Without `expires_at` it holds for a year. Raises ScopeUnknown, TokenNameWrong, TokenExpiryPast, TokenExpiryFar or
    TokenRegionUnknown.
    """
    secret = secrets.token_urlsafe(_TOKEN_BYTES)
    made = keep_token(connection, now, sha256_hex(secret.encode()), name, owner, scopes, expires_at, by, **where)
    return made, secret


def keep_token(
    connection: Connection,
    now: datetime,
    digest: str,
    name: str,
    owner: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    by: str,
    **where: str,
) -> str:
    """Keep a token of which only the SHA-256 is known here, and return its id; raises as `issue_token` does."""
    wanted = sorted(checked_scopes(scopes))
    if not (name.isprintable() and 0 < len(name) <= _LONGEST_NAME and owner.isprintable() and 0 < len(owner) <= 220):
        raise TokenNameWrong(f"A token's name and owner are one printable line each, of at most {_LONGEST_NAME}.")
    until = utc_text(checked_end(expires_at, now))
    for scope in wanted:
        code = scope.removeprefix(SEND)
        if scope.startswith(SEND) and not connection.scalar(select(region.c.code).where(region.c.code == code)):
            raise TokenRegionUnknown(f"Region {code} is not invited here; run: python -m hub invite {code}")
    made = secrets.token_hex(_ID_BYTES)
    connection.execute(
        insert(token).values(
            id=made, sha256=digest, name=name, owner=owner, scopes=" ".join(wanted), made_at=utc_text(now),
            expires_at=until,
        )
    )  # fmt: skip
    facts = {"token": made, "owner": owner, "scopes": " ".join(wanted), "ends": until[:10]}
    record(connection, now, by, "token made", **facts, **where)
    return made


def renew_token(
    connection: Connection, identifier: str, now: datetime, expires_at: datetime | None = None, by: str = OPERATOR,
    **where: str,
) -> tuple[str, str]:  # fmt: skip
    """Make another token for the use of one that holds or has ended, and return its id and the token, shown once.

    The former holds for `SOON` longer at most, in which the other is put into its place. Raises TokenUnknown,
    TokenExpiryPast or TokenExpiryFar.
    """
    former = connection.execute(select(token).where(token.c.id == identifier)).one_or_none()
    if former is None or former.revoked_at is not None:
        raise TokenUnknown(_UNKNOWN)
    made, secret = issue_token(
        connection, now, former.name, former.owner, former.scopes.split(), expires_at, by, **where
    )
    until = utc_text(end_of((now + SOON).date()))
    if former.expires_at is None or former.expires_at > until:
        connection.execute(update(token).where(token.c.id == identifier).values(expires_at=until))
    return made, secret


def revoke_token(connection: Connection, identifier: str, now: datetime, by: str = OPERATOR, **where: str) -> None:
    """Take a token back, at once and for good; raises TokenUnknown."""
    if not _ID.fullmatch(identifier) or not _revoke(connection, token.c.id == identifier, now, by, **where):
        raise TokenUnknown(_UNKNOWN)


def revoke_tokens_of(
    connection: Connection, owner: str, now: datetime, by: str = OPERATOR, name: str | None = None, **where: str
) -> int:
    """Take back every token of an owner, or those of one name, and return how many that were."""
    wanted = token.c.owner == owner
    return _revoke(connection, wanted if name is None else wanted & (token.c.name == name), now, by, **where)


def has_token(connection: Connection, owner: str, now: datetime) -> bool:
    """Tell whether an owner has a token that holds."""
    return connection.scalar(select(token.c.id).where(token.c.owner == owner, *_holding(now)).limit(1)) is not None


def kept_tokens(connection: Connection) -> Sequence[KeptToken]:
    """Return what is kept of every token, newest first."""
    columns = [column for column in token.c if column.name != "sha256"]
    rows = connection.execute(select(*columns).order_by(token.c.made_at.desc(), token.c.id)).mappings()
    return tuple(KeptToken(**{**row, "scopes": tuple(str(row["scopes"]).split())}) for row in rows)


def bearer_of(connection: Connection, shown: str, now: datetime) -> Bearer | None:
    """Return who bears a token; none for one that is unknown, revoked, expired, or of an account that is disabled."""
    digest = sha256_hex(shown.encode(errors="replace"))
    row = connection.execute(select(token).where(token.c.sha256 == digest)).one_or_none()
    if row is None or not hmac.compare_digest(row.sha256, digest):
        return None
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= utc_text(now)):
        return None
    return Bearer(row.id, row.last_used, bearer(row.owner, frozenset(row.scopes.split())), row.expires_at)


def ended_on(connection: Connection, shown: str) -> str | None:
    """Return the day on which a token came to its end, for whoever shows it; None where revoked or unknown."""
    digest = sha256_hex(shown.encode(errors="replace"))
    found = select(token.c.expires_at).where(token.c.sha256 == digest, token.c.revoked_at.is_(None))
    until: str | None = connection.scalar(found)
    return None if until is None else until[:10]


def callers_of(connection: Connection, identifiers: Iterable[str], now: datetime) -> dict[str, Caller]:
    """Return the bearers of those tokens, given by their ids, that hold now."""
    columns = (token.c.id, token.c.owner, token.c.scopes)
    rows = connection.execute(select(*columns).where(token.c.id.in_(sorted(set(identifiers))), *_holding(now)))
    return {row.id: bearer(row.owner, frozenset(row.scopes.split())) for row in rows}


def note_use(connection: Connection, identifier: str, now: datetime) -> None:
    """Write down the day on which a token was last used; the day is enough to find forgotten tokens."""
    connection.execute(update(token).where(token.c.id == identifier).values(last_used=utc_text(now)[:10]))


def _holding(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return token.c.revoked_at.is_(None), or_(token.c.expires_at.is_(None), token.c.expires_at > utc_text(now))


def _revoke(connection: Connection, wanted: ColumnElement[bool], now: datetime, by: str, **where: str) -> int:
    holding = (wanted, token.c.revoked_at.is_(None))
    found = connection.execute(select(token.c.id, token.c.owner).where(*holding)).all()
    for row in found:
        connection.execute(update(token).where(token.c.id == row.id).values(revoked_at=utc_text(now)))
        record(connection, now, by, "token revoked", token=row.id, owner=row.owner, **where)
    return len(found)
