"""One attempt to deliver: take what is due under a claim, and keep what came of it.

A claim keeps other processes from sending the same at the same time, and ends by itself. A process that dies between
sending and keeping leaves the message due: it is sent again under its old number. Waits between attempts are those of
Standard Webhooks 1.0: ten attempts in a good three days.
"""

import logging
import secrets
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import Connection, Row, insert, select, update

from connectors.database import writing
from hub.audit import record, utc_text
from hub.config import Hub
from hub.identity.owners import reads
from hub.serving.announced import TAKES_BACK
from hub.serving.coming import Ahead, Coming, coming, keep
from hub.serving.messages import LessonGone, Message, headers_of, message_for_test, message_of
from hub.serving.recalls import RecallUnknown, acknowledge, subscriber_name
from hub.serving.sealed import SecretUnreadable, unseal
from hub.serving.subscriptions import ACTIVE, PAUSED
from hub.tables import delivery, delivery_attempt, subscription
from schemas.codes import may_read

log = logging.getLogger(__name__)
_MINUTE: Final = 60
_HOUR: Final = 3600
# seconds before the second attempt, the third, and so on: together 75 hours and a half
WAITS: Final = (5, 5 * _MINUTE, 30 * _MINUTE, *(hours * _HOUR for hours in (2, 5, 10, 14, 20, 24)))
_JITTER: Final = 0.1  # of a wait, at most, so that not all that failed together come back together
_CLAIM: Final = timedelta(minutes=2)  # longer than an attempt can last
_SLOW_MILLISECONDS: Final = 2000
_HUB: Final = "hub"
_GONE: Final = 410
UNANSWERED: Final = "unanswered"


class Answered(Protocol):
    """What came of a post: the HTTP status, or a word for the trouble where there was none."""

    @property
    def status(self) -> int | None:
        """Return the status, None where there was none."""

    @property
    def trouble(self) -> str:
        """Return what went wrong before there was a status, in a word; empty where there was one."""

    @property
    def milliseconds(self) -> int:
        """Return how long it took."""


class Due(NamedTuple):
    """A message that is to be sent now; `coming` is None for a test."""

    subscription: str
    owner: str
    round: int
    address: str
    message: Message
    headers: dict[str, str]
    coming: Coming | None


def new_claim() -> str:
    """Return what a process or thread claims with."""
    return secrets.token_hex(8)


def take(hub: Hub, identifier: str, claim: str) -> Due | None:
    """Claim a subscription, or go on with a claim, and return what is to be sent now; None, without claim, if none is.

    What its owner may not read any more is not sent; the subscription is paused.
    """
    ahead = _ahead(hub, identifier, claim)
    with writing(hub.engine) as connection:
        now = hub.clock()
        mine = subscription.c.claim == claim
        free = subscription.c.claim_until <= utc_text(now)
        taken = update(subscription).where(subscription.c.id == identifier, mine | free)
        taken = taken.values(claim=claim, claim_until=utc_text(now + _CLAIM)).returning(subscription)
        row = connection.execute(taken).one_or_none()
        due = None if row is None else _due(connection, hub, row, ahead, now)
        if due is None:
            _let_go(connection, identifier, claim)
        return due


def let_go(hub: Hub, identifier: str, claim: str) -> None:
    """End a claim."""
    with writing(hub.engine) as connection:
        _let_go(connection, identifier, claim)


def settle(hub: Hub, due: Due, answered: Answered) -> bool:
    """Keep what came of an attempt, and return whether the next message may follow at once."""
    outcome = outcome_of(answered)
    with writing(hub.engine) as connection:
        now = hub.clock()
        row = connection.execute(select(subscription).where(subscription.c.id == due.subscription)).one_or_none()
        if row is None:  # it was removed meanwhile
            return False
        number = 1 if due.coming is None else due.coming.attempts + 1
        connection.execute(
            insert(delivery_attempt).values(
                subscription=due.subscription,
                message=due.message.number,
                type=due.message.type,
                event_id=due.message.event_id,
                number=number,
                at=utc_text(now),
                milliseconds=answered.milliseconds,
                status=answered.status,
                outcome=outcome,
            )
        )
        is_slow = answered.milliseconds >= _SLOW_MILLISECONDS
        _set(connection, row.id, is_slow=int(is_slow))
        if due.coming is None:
            return not is_slow
        if outcome == "delivered":
            _delivered(connection, due, due.coming, row, now)
            return not is_slow
        _failed(connection, due.coming, row, outcome, number, now)
        return False


def outcome_of(answered: Answered) -> str:
    """Return what came of an attempt in a word, as the log has it."""
    status = answered.status
    if status is None:
        return answered.trouble or "unreadable"
    if 200 <= status < 300:
        return "delivered"
    if 300 <= status < 400:
        return "redirected"
    return "gone" if status == _GONE else "refused"


def _ahead(hub: Hub, identifier: str, claim: str) -> Ahead | None:
    """Return what is next for a subscription, looked for without the lock that others need to write."""
    with hub.engine.connect() as connection:
        at = utc_text(hub.clock())
        row = connection.execute(select(subscription).where(subscription.c.id == identifier)).one_or_none()
        if row is None or row.test_asked or not _waits(row, at) or (row.claim != claim and row.claim_until > at):
            return None
        return coming(connection, row, at)


def _waits(row: Row[Any], at: str) -> bool:
    return bool(row.state == ACTIVE and row.due_at <= at)


def _due(connection: Connection, hub: Hub, row: Row[Any], ahead: Ahead | None, now: datetime) -> Due | None:
    at = utc_text(now)
    if not (row.test_asked or _waits(row, at)):
        return None
    allowed = reads(connection, row.owner, now)
    if allowed is None or not may_read(allowed, row.audience):
        _paused(connection, row, "access", now)
        return None
    try:
        secrets_ = _secrets(hub, row, at)
    except SecretUnreadable:
        _paused(connection, row, "secret", now)
        return None
    found = None
    if row.test_asked:
        _set(connection, row.id, test_asked="")
        message = message_for_test(row.test_asked, row.id, at)
    else:
        found = _next(connection, row, ahead, at)
        told = None if found is None else _message(connection, hub, row, found, at)
        if told is None:
            return None
        message = told
    headers = headers_of(message, int(now.timestamp()), secrets_)
    return Due(row.id, row.owner, row.round, row.address, message, headers, found)


def _next(connection: Connection, row: Row[Any], ahead: Ahead | None, at: str) -> Coming | None:
    found = None if ahead is None else keep(connection, row, ahead, at)
    if found is None or found.due_at <= at:
        return found
    _set(connection, row.id, due_at=found.due_at, failures=found.attempts)
    return None


def _message(connection: Connection, hub: Hub, row: Row[Any], found: Coming, at: str) -> Message | None:
    """Return what is sent, None where it was taken back this very moment: it is looked at again the next time.

    That it is sent is noted before it is: the subscriber may have it then, whatever happens, and hears of its end.
    """
    mine = (delivery.c.subscription == row.id, delivery.c.told == found.told.told)
    try:
        message = message_of(connection, hub.settings, row.id, row.audience, subscriber_name(row.owner), found.told)
    except LessonGone:
        return None
    except RecallUnknown:  # its readers may not know of it any more, so there is nothing to tell
        connection.execute(update(delivery).where(*mine).values(delivered_at=at))
        return None
    connection.execute(update(delivery).where(*mine, delivery.c.first_at.is_(None)).values(first_at=at))
    return message


def _secrets(hub: Hub, row: Row[Any], at: str) -> list[str]:
    sealed = [row.secret, *([row.old_secret] if row.old_secret and (row.old_until or "") > at else [])]
    return [unseal(hub.key, row.id, one) for one in sealed]


def _delivered(connection: Connection, due: Due, found: Coming, row: Row[Any], now: datetime) -> None:
    at = utc_text(now)
    mine = (delivery.c.subscription == row.id, delivery.c.told == found.told.told, delivery.c.round == due.round)
    connection.execute(update(delivery).where(*mine).values(attempts=found.attempts + 1, delivered_at=at))
    _set(connection, row.id, failures=0, due_at=at)
    # a replay that was asked for meanwhile begins where it was told to
    if found.cursor is not None and row.round == due.round and row.position < found.cursor:
        _set(connection, row.id, position=found.cursor)
    if found.told.kind in TAKES_BACK:
        try:
            acknowledge(connection, row.audience, subscriber_name(row.owner), found.told.told, now)
        except RecallUnknown:
            log.warning("A recall that was delivered is in no list any more; no acknowledgement is kept of it")


def _failed(connection: Connection, found: Coming, row: Row[Any], outcome: str, number: int, now: datetime) -> None:
    spread = 1 + secrets.SystemRandom().uniform(-_JITTER, _JITTER)
    wait = timedelta(seconds=WAITS[min(number, len(WAITS)) - 1] * spread)
    at = utc_text(now + wait)
    mine = (delivery.c.subscription == row.id, delivery.c.told == found.told.told)
    connection.execute(update(delivery).where(*mine).values(attempts=number, due_at=at))
    _set(connection, row.id, failures=number, due_at=at)
    if outcome in ("gone", "address"):
        _paused(connection, row, outcome, now)
    elif number > len(WAITS):
        _paused(connection, row, UNANSWERED, now)


def _paused(connection: Connection, row: Row[Any], why: str, now: datetime) -> None:
    if row.state == ACTIVE:
        _set(connection, row.id, state=PAUSED, why=why, paused_at=utc_text(now))
        record(connection, now, _HUB, "subscription paused", subscription=row.id, owner=row.owner, why=why)
        log.warning("Subscription %s is paused: %s", row.id, why)
    _set(connection, row.id, test_asked="")


def _let_go(connection: Connection, identifier: str, claim: str) -> None:
    mine = (subscription.c.id == identifier, subscription.c.claim == claim)
    connection.execute(update(subscription).where(*mine).values(claim="", claim_until=""))


def _set(connection: Connection, identifier: str, **values: Any) -> None:
    connection.execute(update(subscription).where(subscription.c.id == identifier).values(**values))
