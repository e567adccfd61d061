"""What was taken back, for those who may hold a copy: the list they read, and who said that they have acted on it.

A reader is told of an item's recall exactly where they could see the item: not of what was taken back while it waited
(`hub.intake.hold`). An event that the hub never held was never given to anyone, so its recall is told once it comes.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, case, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from hub.audit import utc_text
from hub.identity.caller import bearer
from hub.identity.tokens import is_subscriber, kept_tokens, region_owner
from hub.intake.cited import hidden_and_taken_back
from hub.intake.hold import says_unseen, untold
from hub.intake.redact import BEYOND_REDACTION
from hub.intake.rests import taken_back_unseen
from hub.serving.figures import GONE, correction, readable
from hub.tables import acknowledgement, event, subscription, superseded
from schemas.codes import AUDIENCES, FIGURE_EVENTS, ITEMS, LESSONS, REPLIES, Audience, EventType, may_read

SHOWN: Final = tuple(
    one.value
    for one in (
        *FIGURE_EVENTS,
        *LESSONS,
        EventType.EVALUATION_PUBLISHED,
        EventType.EVALUATION_REVISED,
        EventType.ASSESSMENT_PUBLISHED,
        EventType.ASSESSMENT_REVISED,
        *REPLIES,
        EventType.CITATION_PUBLISHED,
        *ITEMS,
    )
)
CURSOR: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ_[0-9a-f]{64}")
_OVERLAP: Final = timedelta(seconds=60)  # longer than a transaction of the intake lasts
_LONGEST_NAME: Final = 200  # characters, as the column
_LARGEST_PAGE: Final = 500


class Recall(msgspec.Struct, frozen=True):
    """One withdrawal or redaction: event `by_event` of `region` takes back its `event_id`.

    `told_at` is when both were here, and the order of the list; `reason` is None outside the audience of `by_event`.
    """

    by_event: str
    event_id: str
    region: str
    kind: Literal["withdrawn", "redacted"]
    reason: str | None
    accepted_at: str
    told_at: str
    audience: Audience  # of what was taken back
    acknowledged_at: str | None  # by the reader


class RecallPage(msgspec.Struct, frozen=True):
    """A page of recalls; ask on with `next`, at once where there is `more`.

    At the end `next` lies a minute back, since a recall may still be on its way in with an earlier time: the same one
    can come twice, and none is missed.
    """

    recalls: tuple[Recall, ...]
    next: str
    more: bool


class Acknowledgement(msgspec.Struct, frozen=True):
    """A subscriber's word that it has acted on a recall, kept once."""

    by_event: str
    subscriber: str
    acknowledged_at: str


class AnsweredRecall(msgspec.Struct, frozen=True):
    """A recall with who acknowledged it and who still has to."""

    recall: Recall
    acknowledged: tuple[Acknowledgement, ...]
    open: tuple[str, ...]


class RecallUnknown(LookupError):
    """No recall with this id is there for this reader."""


def subscriber_name(owner: str) -> str:
    """Return under which name a token's owner acknowledges."""
    return owner[:_LONGEST_NAME]


def recall_page(
    connection: Connection, reader: Audience, subscriber: str, now: datetime, after: str = "", limit: int = 100
) -> RecallPage:
    """Return the recalls that a reader may know of after a cursor, in the order in which they could be told."""
    limit = min(limit, _LARGEST_PAGE)
    wanted = _recalls(connection, readable(reader)).order_by(_told(), superseded.c.by_event).limit(limit + 1)
    if after:
        at, _, by_event = after.partition("_")
        wanted = wanted.where(or_(_told() > at, (_told() == at) & (superseded.c.by_event > by_event)))
    rows = connection.execute(wanted).all()
    shown, more = rows[:limit], len(rows) > limit
    own = _own(connection, subscriber, [row.by_event for row in shown])
    last = f"{shown[-1].told_at}_{shown[-1].by_event}" if shown else after
    end = f"{utc_text(now - _OVERLAP)}_{'0' * 64}"
    place = last if more else min(last or end, end)
    return RecallPage(tuple(_recall(row, reader, own.get(row.by_event)) for row in shown), place, more)


def one_recall(connection: Connection, reader: Audience, subscriber: str, by_event: str) -> Recall:
    """Return a recall by the event that takes back; raises RecallUnknown, also where the reader may not know of it."""
    wanted = _recalls(connection, readable(reader)).where(superseded.c.by_event == by_event)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise RecallUnknown("There is no recall with this id; see the list of recalls for the ids.")
    return _recall(row, reader, _own(connection, subscriber, [by_event]).get(by_event))


def acknowledge(
    connection: Connection, reader: Audience, subscriber: str, by_event: str, now: datetime
) -> tuple[Acknowledgement, bool]:
    """Keep that a subscriber has acted on a recall; return what is kept, and whether this was the first time.

    Raises RecallUnknown, also where the reader may not know of it.
    """
    one_recall(connection, reader, subscriber, by_event)
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    given = {"by_event": by_event, "subscriber": subscriber, "acknowledged_at": utc_text(now)}
    made = connection.scalar(
        insert(acknowledgement).values(**given).on_conflict_do_nothing().returning(acknowledgement.c.subscriber)
    )
    kept = _own(connection, subscriber, [by_event])[by_event]
    return Acknowledgement(by_event, subscriber, kept), made is not None


def answered_recalls(connection: Connection) -> tuple[AnsweredRecall, ...]:
    """Return every recall with who acknowledged it and who still has to, oldest first.

    Who has to: regions and partners with a token that holds, and whoever is told by webhook, that could see the item,
    and that had the token or the subscription by then; not the region itself.
    """
    rows = connection.execute(_recalls(connection, AUDIENCES).order_by(_told(), superseded.c.by_event)).all()
    outside = {row.by_event for row in connection.execute(_recalls(connection, readable("partners")))}
    kept: dict[str, list[Acknowledgement]] = {}
    for one in connection.execute(select(acknowledgement).order_by(acknowledgement.c.subscriber)):
        found = Acknowledgement(one.by_event, one.subscriber, one.acknowledged_at)
        kept.setdefault(one.by_event, []).append(found)
    subscribers = _subscribers(connection)
    return tuple(
        _answered(_recall(row, "network", None), kept.get(row.by_event, ()), subscribers, row.by_event in outside)
        for row in rows
    )


def _answered(
    recall: Recall,
    kept: Sequence[Acknowledgement],
    subscribers: dict[str, tuple[Audience, str]],
    is_told_outside: bool,
) -> AnsweredRecall:
    done = {one.subscriber for one in kept} | {subscriber_name(region_owner(recall.region))}
    still = (
        name
        for name, (audience, since) in subscribers.items()
        if name not in done
        and may_read(audience, recall.audience)
        and since <= recall.told_at
        and (is_told_outside or audience == "network")
    )
    return AnsweredRecall(recall, tuple(kept), tuple(sorted(still)))


def _subscribers(connection: Connection) -> dict[str, tuple[Audience, str]]:
    """Return who can read with a token that was not revoked, or has a subscription: what at most, and since when."""
    since: dict[str, str] = {}
    widest: dict[str, Audience] = {}
    for token in kept_tokens(connection):
        if not is_subscriber(token.owner):
            continue
        name = subscriber_name(token.owner)
        since[name] = min(since.get(name, token.made_at), token.made_at)
        if token.revoked_at is None:
            audience = bearer(token.owner, frozenset(token.scopes)).audience
            widest[name] = max(widest.get(name, audience), audience, key=AUDIENCES.index)
    for one in connection.execute(select(subscription.c.owner, subscription.c.audience, subscription.c.made_at)):
        name = subscriber_name(one.owner)
        since[name] = min(since.get(name, one.made_at), one.made_at)
        widest[name] = max(widest.get(name, one.audience), one.audience, key=AUDIENCES.index)
    return {name: (audience, since[name]) for name, audience in widest.items()}


def _told() -> ColumnElement[str]:
    return case((event.c.accepted_at > superseded.c.accepted_at, event.c.accepted_at), else_=superseded.c.accepted_at)


def _recalls(connection: Connection, audiences: Sequence[Audience]) -> Select[Any]:
    """Select the recalls of items that one of the audiences could see; a region takes back its own only."""
    taken = or_(superseded.c.kind != "withdrawn", event.c.type.in_(SHOWN))
    seen: tuple[ColumnElement[bool], ...] = ()
    if "network" not in audiences:
        outside = audiences[-1]
        hidden = taken_back_unseen(connection, outside) | hidden_and_taken_back(connection, outside)
        seen = (event.c.id.not_in(untold()), ~says_unseen(event.c.id), event.c.id.not_in(hidden))
    return (
        select(superseded, event.c.audience.label("of_audience"), _told().label("told_at"))
        .join(event, (event.c.id == superseded.c.event_id) & (event.c.region == superseded.c.region))
        .where(superseded.c.kind.in_(GONE), event.c.audience.in_(audiences))
        .where(event.c.type.not_in(BEYOND_REDACTION), taken, *seen)
    )


def _recall(row: Row[Any], reader: Audience, acknowledged_at: str | None) -> Recall:
    told = correction(row, reader)
    return Recall(
        by_event=row.by_event,
        event_id=row.event_id,
        region=row.region,
        kind=row.kind,
        reason=told.reason,
        accepted_at=row.accepted_at,
        told_at=row.told_at,
        audience=row.of_audience,
        acknowledged_at=acknowledged_at,
    )


def _own(connection: Connection, subscriber: str, by_events: Collection[str]) -> dict[str, str]:
    rows = connection.execute(
        select(acknowledgement.c.by_event, acknowledgement.c.acknowledged_at).where(
            acknowledgement.c.subscriber == subscriber, acknowledgement.c.by_event.in_(by_events)
        )
    )
    return {row.by_event: row.acknowledged_at for row in rows}
