"""Ask for a digest, confirm it, change it, leave it: nothing is sent twice to who did not ask, and nothing is told.

An address that nobody confirmed is forgotten after HOLDS, and asked three times at most in that time, however often
somebody types it in. Whoever asks gets the same answer for every address.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

import msgspec
from cryptography.exceptions import InvalidTag
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from connectors.mail import checked_address
from hub.audit import record, utc_text
from hub.identity.caller import person
from hub.identity.seal import followed, mark_of, sealed, unsealed
from hub.identity.tables import account, account_role
from hub.tables.digests import digest, digest_told
from schemas.codes import Audience, Language
from schemas.signature import SigningKey

Rhythm = Literal["daily", "weekly", "monthly"]
RHYTHMS: Final[tuple[Rhythm, ...]] = get_args(Rhythm)
HOLDS: Final = timedelta(hours=48)  # the link that confirms, and what was not confirmed
MOST_ASKED: Final = 3  # mails to one address that did not confirm, while it is remembered
BETWEEN: Final = timedelta(minutes=15)  # two of them
MOST_AN_HOUR: Final = 200  # new addresses of people who are not signed in, of the whole hub
PAUSED_KEPT: Final = timedelta(days=30)  # an address that refuses mails
_HOUR: Final = 5  # UTC: six in the morning in the Netherlands, seven in summer
_OVERLAP: Final = timedelta(minutes=5)  # longer than a lesson is on its way into the database


class Wish(msgspec.Struct, frozen=True):
    """What somebody wants to hear of: words and facets as the lesson search has them, how often, in which language."""

    language: Language
    rhythm: Rhythm
    question: str
    facets: dict[str, list[str]]


class Reader(msgspec.Struct, frozen=True):
    """Whom a digest goes to, and what they may read now."""

    address: str
    audience: Audience
    regions: frozenset[str] = frozenset()  # whose account it is

    def __repr__(self) -> str:
        """Give a text without the address."""
        return f"Reader({self.audience})"


class TooManyAsked(RuntimeError):
    """More new addresses within an hour than one hub writes to."""


class LinkUnknown(LookupError):
    """A link that this hub did not send, or that holds no longer."""


def ask(
    connection: Connection, key: SigningKey, wish: Wish, address: str, account_name: str | None, now: datetime
) -> None:
    """Keep a wish until it is confirmed, and have a mail sent that asks for it; raises AddressWrong or TooManyAsked.

    Nothing changes where that address was asked a moment ago, or often enough. The connection must be `writing`.
    """
    given = checked_address(address)
    if is_any_old(connection, now):
        forget_old(connection, now)
    own = digest.c.address_mac == mark_of(key, given)
    before = connection.execute(select(digest).where(own, digest.c.confirmed_at.is_(None)).with_for_update()).first()
    if before is not None and (before.asked >= MOST_ASKED or before.asked_at > utc_text(now - BETWEEN)):
        return
    if account_name is None:
        recent = (digest.c.confirmed_at.is_(None), digest.c.asked_at > utc_text(now - timedelta(hours=1)))
        asked = connection.scalar(select(func.count()).select_from(digest).where(*recent, digest.c.account.is_(None)))
        if (asked or 0) >= MOST_AN_HOUR:
            raise TooManyAsked("Too many people asked for a digest within this hour; try again in an hour.")
    connection.execute(delete(digest).where(own, digest.c.confirmed_at.is_(None)))
    row, at = secrets.token_hex(16), utc_text(now)
    values: dict[str, Any] = {
        "id": row,
        "address_mac": mark_of(key, given),
        "address": b"" if account_name is not None else sealed(key, row, given),
        "account": account_name,
        "language": wish.language,
        "rhythm": wish.rhythm,
        "question": wish.question,
        "facets": json.dumps(wish.facets, sort_keys=True),
        "asked_at": at,
        "asked": 1 if before is None else before.asked + 1,
        "due_at": at,
        "try_at": at,
    }
    connection.execute(insert(digest).values(**values, failures=0, refusals=0))


def confirm(connection: Connection, key: SigningKey, shown: str, now: datetime) -> Row[Any]:
    """Begin the digest that a link confirms, in the place of an earlier one of that address; raises LinkUnknown.

    Harmless to do again. What was told before is still told of when it is withdrawn.
    """
    row = asked_for(connection, key, shown, now)
    if row.confirmed_at is not None:
        return row
    others = (digest.c.address_mac == row.address_mac, digest.c.id != row.id)
    before = connection.execute(select(digest).where(*others, digest.c.confirmed_at.is_not(None))).first()
    due = utc_text(next_due(row.rhythm, now))
    since = utc_text(now - _OVERLAP) if before is None else before.since
    begun = {"confirmed_at": utc_text(now), "since": since, "due_at": due, "try_at": due}
    still = {"asked": 0, "claimed_until": None, "failures": 0, "refusals": 0, "failing_since": None}
    connection.execute(update(digest).where(digest.c.id == row.id).values(**begun, **still))
    if before is not None:
        connection.execute(update(digest_told).where(digest_told.c.digest == before.id).values(digest=row.id))
    _delete(connection, *others)
    record(connection, now, row.account or "visitor", "digest begun", digest=row.id)
    return row


def asked_for(connection: Connection, key: SigningKey, shown: str, now: datetime) -> Row[Any]:
    """Return what a link confirms; raises LinkUnknown."""
    name = followed(key, "confirm", shown)
    row = None if name is None else connection.execute(select(digest).where(digest.c.id == name)).first()
    if row is None or (row.confirmed_at is None and row.asked_at < utc_text(now - HOLDS)):
        raise LinkUnknown("This link holds no longer, or is no link of this hub; ask for the digest again.")
    return row


def leave(connection: Connection, key: SigningKey, shown: str, now: datetime) -> bool:
    """End and forget everything of the address that a link names; return whether there was anything.

    Raises LinkUnknown for what is no link of this hub.
    """
    mark = followed(key, "leave", shown)
    if mark is None:
        raise LinkUnknown("This is no link of this hub; take the one at the end of a mail.")
    return _forget(connection, mark, now, "reader")


def forget_address(connection: Connection, key: SigningKey, address: str, now: datetime) -> bool:
    """Forget everything of an address at its owner's request; return whether there was any. Raises AddressWrong."""
    return _forget(connection, mark_of(key, checked_address(address)), now, "operator")


def own_of(connection: Connection, account_name: str) -> Row[Any] | None:
    """Return the confirmed digest of an account."""
    own = (digest.c.account == account_name, digest.c.confirmed_at.is_not(None))
    return connection.execute(select(digest).where(*own)).first()


def address_of(connection: Connection, account_name: str) -> str | None:
    """Return the e-mail address that an account was admitted with, None where it is shut."""
    open_one = (account.c.name == account_name, account.c.disabled_at.is_(None))
    return connection.scalar(select(account.c.email).where(*open_one))


def reader_of(connection: Connection, key: SigningKey, row: Row[Any]) -> Reader | None:
    """Return whom a digest goes to now; None where its account was shut, or another key sealed its address."""
    if row.account is None:
        try:
            return Reader(unsealed(key, row.id, row.address), "public")
        except InvalidTag:
            return None
    address = address_of(connection, row.account)
    if address is None:
        return None
    roles = connection.scalars(select(account_role.c.role).where(account_role.c.account == row.account))
    found = person(row.account, frozenset(roles))
    return Reader(address, found.audience, found.regions)


def wish_of(row: Row[Any]) -> Wish:
    """Return what a row asks for."""
    return Wish(row.language, row.rhythm, row.question, json.loads(row.facets))


def is_any_old(connection: Connection, now: datetime) -> bool:
    """Tell whether `forget_old` has anything to do, so that nobody waits for a writer who writes nothing."""
    return connection.scalar(select(digest.c.id).where(_is_old(now)).limit(1)) is not None


def forget_old(connection: Connection, now: datetime) -> int:
    """Forget what nobody confirmed in time, and addresses that refused mails for long; return how many that were."""
    return _delete(connection, _is_old(now))


def _is_old(now: datetime) -> ColumnElement[bool]:
    unconfirmed = and_(digest.c.confirmed_at.is_(None), digest.c.asked_at < utc_text(now - HOLDS))
    return or_(unconfirmed, digest.c.paused_at < utc_text(now - PAUSED_KEPT))


def drop(connection: Connection, row: Row[Any], now: datetime) -> None:
    """Forget one row whose account was shut, or whose address never took the mail that asks."""
    _delete(connection, digest.c.id == row.id)
    if row.confirmed_at is not None:
        record(connection, now, "hub", "digest ended", digest=row.id)


def next_due(rhythm: Rhythm, now: datetime) -> datetime:
    """Return when the next digest is due: five o'clock UTC, each day, each Monday or each first of the month."""
    day = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    if day <= now:
        day += timedelta(days=1)
    while (rhythm == "weekly" and day.weekday() != 0) or (rhythm == "monthly" and day.day != 1):
        day += timedelta(days=1)
    return day


def _forget(connection: Connection, mark: str, now: datetime, by: str) -> bool:
    own = digest.c.address_mac == mark
    begun: Sequence[str] = connection.scalars(select(digest.c.id).where(own, digest.c.confirmed_at.is_not(None))).all()
    there = _delete(connection, own)
    for row in begun:
        record(connection, now, by, "digest ended", digest=row)
    return there > 0


def _delete(connection: Connection, *which: Any) -> int:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # zeros over what the next line deletes
    return connection.execute(delete(digest).where(*which)).rowcount


def counts(connection: Connection) -> Mapping[str, int]:
    """Return how many digests are confirmed, wait to be confirmed, fail to be sent, and are paused."""
    is_begun, is_paused = digest.c.confirmed_at.is_not(None), digest.c.paused_at.is_not(None)
    which = {
        "confirmed": (is_begun, ~is_paused),
        "unconfirmed": (~is_begun,),
        "failing": (digest.c.failing_since.is_not(None), ~is_paused),
        "paused": (is_paused,),
    }
    return {
        name: connection.scalar(select(func.count()).select_from(digest).where(*where)) or 0
        for name, where in which.items()
    }
