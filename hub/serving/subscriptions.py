"""Subscriptions by webhook, as their owners and the operator see and change them; a secret is given out once.

Whoever may act for an owner names the owners (`hub.identity.owners`); the operator names none and sees all. What was
done goes into the audit log in the same transaction.
"""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, null, select, update

from connectors.outside import lacking_port, place_of
from hub.audit import record, utc_text
from hub.config import Hub
from hub.serving.announced import before, last_announced
from hub.serving.moment import known_on
from hub.serving.sealed import new_secret, seal
from hub.tables import delivery, subscription
from schemas.codes import Audience
from schemas.refused import Refused

OLD_SECRET_HOLDS: Final = timedelta(hours=24)
MOST: Final = 20  # of one owner
ACTIVE: Final = "active"
PAUSED: Final = "paused"
BY_OWNER: Final = "owner"
BY_OPERATOR: Final = "operator"
_ID_BYTES: Final = 8


class Subscription(msgspec.Struct, frozen=True):
    """A subscription without its secret.

    `why` says in a word why it is paused (empty: it is not), `failures` how many attempts in a row came to nothing,
    `next_attempt_at` when the next one is then. Until `old_secret_until` messages are signed with the old secret too.
    """

    id: str
    name: str
    owner: str
    audience: Audience
    address: str
    q: str
    facets: dict[str, list[str]]
    made_at: str
    state: str
    why: str
    paused_at: str | None
    failures: int
    next_attempt_at: str | None
    old_secret_until: str | None


class SubscriptionUnknown(Refused, LookupError):
    """No subscription with this id is there for whoever asks."""

    def __init__(self) -> None:
        super().__init__("There is no subscription with this id; see the list of subscriptions for the ids.")


class TooManySubscriptions(ValueError):
    """An owner who has as many as one may have."""

    def __init__(self) -> None:
        super().__init__(f"There are {MOST} subscriptions already, the most that one may have; remove one first.")


class HostNamedWithoutPort(Refused, ValueError):
    """Subscriptions at ports of a named host that the settings no longer open."""

    def __init__(self, lacking: Mapping[str, str]) -> None:
        """Take the ids of subscriptions, each with the `host:port` that its messages go to."""
        places, several = ", ".join(sorted(set(lacking.values()))), "s" if len(lacking) > 1 else ""
        super().__init__(
            f"Subscription{several} {', '.join(sorted(lacking))} cannot be served: webhook_hosts names the host "
            f"without its port; add {places} to it, or run `python -m hub subscriptions pause` for each of them."
        )


def check_ports(connection: Connection, named: Collection[str]) -> None:
    """Check that no active subscription goes to a named host at a port that is not; raises HostNamedWithoutPort."""
    wanted = select(subscription.c.id, subscription.c.address).where(subscription.c.state == ACTIVE)
    found = {row.id: lacking_port(row.address, named) for row in connection.execute(wanted)}
    lacking = {identifier: place for identifier, place in found.items() if place is not None}
    if lacking:
        raise HostNamedWithoutPort(lacking)


def since_of(text: str, now: datetime) -> str:
    """Return the moment from which is replayed, in the form of announcements; a day means its beginning.

    Raises MomentWrong.
    """
    return known_on(f"{text}T00:00:00Z" if len(text) == len("2026-01-31") else text, now)


def make_subscription(
    connection: Connection,
    hub: Hub,
    owner: str,
    audience: Audience,
    wanted: Mapping[str, Any],
    by: str,
    since: str | None = None,
) -> tuple[Subscription, str]:
    """Make a subscription and return it with its secret, which is given out this once.

    `wanted` has `address`, `name`, `q` and `facets`. It begins with what becomes readable from now on, or from a moment
    `since` (UTC text). Raises AddressRefused or TooManySubscriptions.
    """
    place_of(wanted["address"], hub.settings.webhook_hosts)
    held = select(func.count()).select_from(subscription).where(subscription.c.owner == owner)
    if (connection.scalar(held) or 0) >= MOST:
        raise TooManySubscriptions
    made, secret, now = secrets.token_hex(_ID_BYTES), new_secret(), hub.clock()
    position = last_announced(connection, audience) if since is None else before(connection, audience, since)
    connection.execute(
        insert(subscription).values(
            id=made,
            name=wanted.get("name", ""),
            owner=owner,
            audience=audience,
            address=wanted["address"],
            question=wanted.get("q", ""),
            facets=_facets(wanted.get("facets", {})),
            secret=seal(hub.key, made, secret),
            made_at=utc_text(now),
            state=ACTIVE,
            why="",
            position=position,
            round=1,
            due_at=utc_text(now),
            failures=0,
            is_slow=0,
            test_asked="",
            claim="",
            claim_until="",
        )
    )
    record(connection, now, by, "subscription made", subscription=made, owner=owner, audience=audience)
    return one_subscription(connection, made), secret


def subscriptions(connection: Connection, owners: Sequence[str] | None = None) -> tuple[Subscription, ...]:
    """Return the subscriptions of some owners, of all where none is named, oldest first."""
    wanted = select(subscription).order_by(subscription.c.made_at, subscription.c.id)
    if owners is not None:
        wanted = wanted.where(subscription.c.owner.in_(owners))
    return tuple(_told(row) for row in connection.execute(wanted))


def one_subscription(connection: Connection, identifier: str, owners: Sequence[str] | None = None) -> Subscription:
    """Return one subscription of some owners; raises SubscriptionUnknown, also where it is somebody else's."""
    row = connection.execute(select(subscription).where(subscription.c.id == identifier)).one_or_none()
    if row is None or (owners is not None and row.owner not in owners):
        raise SubscriptionUnknown
    return _told(row)


def change(connection: Connection, hub: Hub, one: Subscription, wanted: Mapping[str, Any], by: str) -> Subscription:
    """Change name, address, question or facets, for what is sent from now on; raises AddressRefused."""
    values: dict[str, Any] = {name: wanted[name] for name in ("name", "address") if name in wanted}
    values |= {"question": wanted["q"]} if "q" in wanted else {}
    values |= {"facets": _facets(wanted["facets"])} if "facets" in wanted else {}
    if "address" in values:
        place_of(values["address"], hub.settings.webhook_hosts)
    if values:
        _set(connection, one, **values)
        record(connection, hub.clock(), by, "subscription changed", subscription=one.id, what=" ".join(sorted(values)))
    return one_subscription(connection, one.id)


def pause(connection: Connection, one: Subscription, now: datetime, by: str, why: str = BY_OWNER) -> Subscription:
    """Send nothing until it is resumed; nothing is lost meanwhile."""
    if one.state != PAUSED:
        _set(connection, one, state=PAUSED, why=why, paused_at=utc_text(now))
        record(connection, now, by, "subscription paused", subscription=one.id, owner=one.owner, why=why)
    return one_subscription(connection, one.id)


def resume(connection: Connection, one: Subscription, now: datetime, by: str) -> Subscription:
    """Go on at once where it stopped, with all attempts for what was not delivered."""
    at = utc_text(now)
    _set(connection, one, state=ACTIVE, why="", paused_at=None, failures=0, due_at=at)
    waits = (delivery.c.subscription == one.id, delivery.c.delivered_at.is_(None))
    connection.execute(update(delivery).where(*waits).values(attempts=0, due_at=at))
    if one.state == PAUSED:
        record(connection, now, by, "subscription resumed", subscription=one.id, owner=one.owner)
    return one_subscription(connection, one.id)


def replay(connection: Connection, one: Subscription, moment: str, now: datetime, by: str) -> Subscription:
    """Send again, in order and under the same numbers, all that became readable at a moment (UTC text) or later."""
    position = before(connection, one.audience, moment)
    values = {"position": position, "round": subscription.c.round + 1, "due_at": utc_text(now), "failures": 0}
    _set(connection, one, **values)
    record(connection, now, by, "subscription replayed", subscription=one.id, owner=one.owner, since=moment)
    return one_subscription(connection, one.id)


def renew_secret(
    connection: Connection, hub: Hub, one: Subscription, by: str, is_lost: bool = False
) -> tuple[Subscription, str]:
    """Make a new secret, given out this once; the one of before signs beside it for a day, unless others know it."""
    secret, now = new_secret(), hub.clock()
    old, until = (null(), None) if is_lost else (subscription.c.secret, utc_text(now + OLD_SECRET_HOLDS))
    _set(connection, one, old_secret=old, old_until=until, secret=seal(hub.key, one.id, secret))
    record(connection, now, by, "subscription's secret renewed", subscription=one.id, owner=one.owner)
    return one_subscription(connection, one.id), secret


def ask_for_test(connection: Connection, one: Subscription) -> str:
    """Let a message be sent that says nothing, once, also where it is paused; return the message's number."""
    number = f"msg_test{secrets.token_hex(8)}"
    _set(connection, one, test_asked=number)
    return number


def remove(connection: Connection, one: Subscription, now: datetime, by: str) -> None:
    """Remove a subscription with its secret and its log."""
    connection.execute(delete(subscription).where(subscription.c.id == one.id))
    record(connection, now, by, "subscription removed", subscription=one.id, owner=one.owner)


def _set(connection: Connection, one: Subscription, **values: Any) -> None:
    connection.execute(update(subscription).where(subscription.c.id == one.id).values(**values))


def _facets(given: Mapping[str, Sequence[str]]) -> str:
    return json.dumps({name: list(values) for name, values in sorted(given.items()) if values}, ensure_ascii=False)


def _told(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        name=row.name,
        owner=row.owner,
        audience=row.audience,
        address=row.address,
        q=row.question,
        facets=json.loads(row.facets),
        made_at=row.made_at,
        state=row.state,
        why=row.why,
        paused_at=row.paused_at,
        failures=row.failures,
        next_attempt_at=row.due_at if row.failures and row.state == ACTIVE else None,
        old_secret_until=row.old_until,
    )
