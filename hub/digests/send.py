"""Make and send the mails that are due: each by one process, tried again where it failed, and never thrown away.

A mail is handed over first and noted then, so that none is lost: a process that dies in between lets it be sent again,
under the same Message-ID. What was missed while no process ran is told in one mail.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from connectors.database import writing
from connectors.mail import AddressRefused, Mail, MailDelayed, Mailer, MailMalformed
from hub.audit import utc_text
from hub.config import Hub
from hub.digests.news import News, Shelf, news
from hub.digests.subscribe import Reader, drop, forget_old, is_any_old, next_due, reader_of, wish_of
from hub.digests.text import Links, confirmation, digest_mail
from hub.digests.to_region import said_to_region
from hub.identity.seal import link
from hub.serving.indexing import catch_up
from hub.serving.lesson_states import LESSON_TYPES
from hub.serving.search import fitting_events
from hub.tables import event
from hub.tables.digests import digest, digest_told

log = logging.getLogger(__name__)
AT_ONCE: Final = 50  # mails of one round
CLAIMED: Final = timedelta(minutes=10)  # longer than one mail takes
FIRST_PAUSE: Final = timedelta(minutes=1)  # after a failure, doubling
LONGEST_PAUSE: Final = timedelta(hours=6)
AFTER_REFUSAL: Final = timedelta(days=1)
MOST_REFUSALS: Final = 3  # of an address, in a row; then it is paused


class Due(NamedTuple):
    """A mail that is due and what it would tell, without whom it is for."""

    digest: str
    is_confirmation: bool
    new: int = 0
    revised: int = 0
    taken_back: int = 0
    to_region: int = 0
    evidence: int = 0


class Sent(NamedTuple):
    """What one round did; `empty` were due and had nothing to tell, `left` ended since their account was shut."""

    sent: int = 0
    empty: int = 0
    failed: int = 0
    left: int = 0


def send_due(hub: Hub, mailer: Mailer) -> Sent:
    """Send what is due now, AT_ONCE at most, those that ask first; return what was done."""
    tidy(hub)
    done = {"sent": 0, "empty": 0, "failed": 0, "left": 0}
    with hub.engine.connect() as connection:
        waiting = _waiting(connection, hub.clock(), AT_ONCE)
    shelf = Shelf()
    try:
        for one in waiting:
            row = _claim(hub, one.id)
            if row is None:
                continue
            try:
                done[_sent(hub, mailer, shelf, row)] += 1
            except (MailDelayed, AddressRefused, MailMalformed) as error:
                done["failed"] += 1
                _failed(hub, row, error)
                if isinstance(error, MailDelayed) and error.is_for_all:
                    log.warning("Mails wait. %s", error)
                    break
    finally:
        mailer.close()
    return Sent(**done)


def tidy(hub: Hub) -> None:
    """Forget what nobody confirmed in time, and addresses that refused mails for long."""
    with hub.engine.connect() as connection:
        is_any = is_any_old(connection, hub.clock())
    if is_any:
        with writing(hub.engine) as connection:
            forget_old(connection, hub.clock())


def due_now(hub: Hub) -> tuple[Due, ...]:
    """Return what is due and what each would tell; nothing is sent or changed."""
    found, shelf = [], Shelf()
    with hub.engine.connect() as connection:
        rows = _waiting(connection, hub.clock(), None)
    for row in rows:
        made = None if row.confirmed_at is None else _made(hub, shelf, row)
        told = None if made is None else made[1]
        parts = () if told is None else (told.new, told.revised, told.taken_back, told.to_region, told.evidence)
        found.append(Due(row.id, row.confirmed_at is None, *(len(part) for part in parts)))
    return tuple(found)


def _waiting(connection: Connection, now: datetime, most: int | None) -> Sequence[Row[Any]]:
    at = utc_text(now)
    is_free = or_(digest.c.claimed_until.is_(None), digest.c.claimed_until < at)
    wanted = select(digest).where(digest.c.try_at <= at, digest.c.paused_at.is_(None), is_free)
    order = (digest.c.confirmed_at.is_not(None), digest.c.try_at, digest.c.id)
    return connection.execute(wanted.order_by(*order).limit(most)).all()


def _claim(hub: Hub, name: str) -> Row[Any] | None:
    """Take a mail for this process; None where another one has it, or it is no longer due."""
    now = hub.clock()
    at = utc_text(now)
    is_free = or_(digest.c.claimed_until.is_(None), digest.c.claimed_until < at)
    taken = update(digest).where(digest.c.id == name, digest.c.try_at <= at, digest.c.paused_at.is_(None), is_free)
    with writing(hub.engine) as connection:
        return connection.execute(taken.values(claimed_until=utc_text(now + CLAIMED)).returning(digest)).first()


def _sent(hub: Hub, mailer: Mailer, shelf: Shelf, row: Row[Any]) -> str:
    """Send one mail and note it; return which count of Sent it is."""
    if row.confirmed_at is None:
        with writing(hub.engine) as connection:
            reader = reader_of(connection, hub.key, row)
            if reader is None:
                drop(connection, row, hub.clock())
                return "left"
        mailer.send(_confirmation(hub, row, reader))
        _note(hub, row, None, None, None)
        return "sent"
    made = _made(hub, shelf, row)
    if made is None:
        with writing(hub.engine) as connection:
            drop(connection, row, hub.clock())
        return "left"
    reader, found = made
    if not found.is_empty:
        mailer.send(digest_mail(wish_of(row), found, reader.address, _links(hub, row), _reference(row)))
    _note(hub, row, utc_text(next_due(row.rhythm, hub.clock())), reader, found)
    return "empty" if found.is_empty else "sent"


def _made(hub: Hub, shelf: Shelf, row: Row[Any]) -> tuple[Reader, News] | None:
    with hub.engine.connect() as connection:
        reader = reader_of(connection, hub.key, row)
    if reader is None:
        return None
    catch_up(hub.engine)
    wish = wish_of(row)
    fitting = None
    if wish.question or wish.facets:
        fitting = fitting_events(hub.engine, reader.audience, wish.question, wish.facets)
    with hub.engine.connect() as connection:
        told = connection.execute(select(digest_told).where(digest_told.c.digest == row.id)).all()
        lessons = _lessons_among(connection, [one.event_id for one in told])
        of_lessons = [one for one in told if one.event_id in lessons]
        found = news(connection, shelf, reader.audience, fitting, of_lessons, row.since)
        others = {one.event_id for one in told} - lessons
        said = said_to_region(connection, reader.audience, reader.regions, others, row.since)
        remember = (*found.remember, *(one.entry for one in said))
        return reader, msgspec.structs.replace(found, to_region=said, remember=remember)


def _lessons_among(connection: Connection, event_ids: Sequence[str]) -> frozenset[str]:
    wanted = (event.c.id.in_(event_ids), event.c.type.in_(LESSON_TYPES))
    return frozenset(connection.scalars(select(event.c.id).where(*wanted)))


def _confirmation(hub: Hub, row: Row[Any], reader: Reader) -> Mail:
    return confirmation(wish_of(row), reader.address, _links(hub, row), _reference(row))


def _links(hub: Hub, row: Row[Any]) -> Links:
    site = hub.settings.public_url or ""
    return Links(site, link(hub.key, "leave", row.address_mac), link(hub.key, "confirm", row.id))


def _reference(row: Row[Any]) -> str:
    when = "".join(sign for sign in row.due_at if sign.isdigit())
    return f"digest.{row.id}.{when}"


def _note(hub: Hub, row: Row[Any], due: str | None, reader: Reader | None, found: News | None) -> None:
    """Note that a mail was taken on: when the next is due, and what the reader knows now."""
    well = {"claimed_until": None, "failures": 0, "refusals": 0, "failing_since": None}
    with writing(hub.engine) as connection:
        own = digest.c.id == row.id
        kept = connection.execute(update(digest).where(own).values(due_at=due, try_at=due, **well)).rowcount
        if not kept or reader is None or found is None:
            return  # the reader left while it was on its way
        known = digest_told.c.digest == row.id
        old = [*found.forget, *found.remember]
        connection.execute(delete(digest_told).where(known, digest_told.c.event_id.in_(old)))
        about = {"digest": row.id, "audience": reader.audience, "told_at": utc_text(hub.clock())}
        if found.remember:
            connection.execute(insert(digest_told), [{**about, "event_id": one} for one in found.remember])
        for one in found.evidence:
            mine = (known, digest_told.c.event_id == one.lesson.event_id)
            connection.execute(update(digest_told).where(*mine).values(evidence=one.heard))


def _failed(hub: Hub, row: Row[Any], error: Exception) -> None:
    """Note a failure and when to try again; an address that refuses too often is paused, or forgotten if it is new."""
    now = hub.clock()
    is_refused = isinstance(error, AddressRefused)
    pause = AFTER_REFUSAL if is_refused else min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.failures, 10))
    values: dict[str, Any] = {
        "claimed_until": None,
        "failures": row.failures + 1,
        "failing_since": row.failing_since or utc_text(now),
        "try_at": utc_text(now + pause),
        "refusals": row.refusals + 1 if is_refused else row.refusals,
    }
    with writing(hub.engine) as connection:
        if is_refused and row.confirmed_at is None:
            drop(connection, row, now)
            return
        if values["refusals"] >= MOST_REFUSALS:
            values["paused_at"] = utc_text(now)
        connection.execute(update(digest).where(digest.c.id == row.id).values(**values))
    log.info("A mail was not taken on and is tried again later (%s)", type(error).__name__)
