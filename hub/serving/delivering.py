"""Deliver to all subscribers side by side: who hangs or fails holds up nobody else, and each is told in order.

Threads are shared out by `lanes`: few to one owner at a time. Several processes may do this on one database.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import writing
from connectors.trouble import trouble
from hub.audit import utc_text
from hub.config import Hub
from hub.serving.attempts import Answered, let_go, new_claim, settle, take
from hub.serving.lanes import Lanes, Waiting
from hub.serving.subscriptions import ACTIVE
from hub.tables import announcement, delivery_attempt, subscription

log = logging.getLogger(__name__)
_MOST: Final = 50  # messages to one subscriber before the next one has its turn
LOG_KEPT: Final = timedelta(days=90)

Post = Callable[[str, Mapping[str, str], bytes], Answered]  # address, headers, body; raises nothing


class Delivering:
    """Delivers what is due, in threads of its own, until it is closed."""

    def __init__(self, post: Post) -> None:
        """Take what posts."""
        self._post = post
        self._lanes = Lanes()
        self._is_closing = threading.Event()

    def deliver_what_is_due(self, hub: Hub) -> None:
        """Begin with every subscriber for whom something is due and who is not being served; wait for none of them."""
        with hub.engine.connect() as connection:
            found = due(connection, hub.clock())
        for identifier, future in self._lanes.offer(found, partial(self._serve, hub)):
            _note(identifier, future)

    def wait(self) -> None:
        """Wait for all that began, and for what waited for a place."""
        while busy := self._lanes.busy():
            wait(busy)

    def close(self) -> None:
        """End after the messages that are being sent now."""
        self._is_closing.set()
        self._lanes.close()

    def _serve(self, hub: Hub, identifier: str) -> None:
        try:
            deliver(hub, self._post, identifier, self._is_closing)
        except SQLAlchemyError as error:  # its text could hold what was to be stored
            log.warning("A delivery waits for the next time. The hub's database: %s", trouble(error).sentence)


def _note(identifier: str, future: "Future[None]") -> None:
    """Tell of what ended by an error that nobody foresaw; it is tried again once its claim is over."""
    error = None if future.cancelled() else future.exception()
    if error is not None:  # of its text nothing, since that could hold what was to be sent
        log.error("A delivery to subscription %s ended by a %s.", identifier, type(error).__name__)


def due(connection: Connection, now: datetime) -> dict[str, Waiting]:
    """Return the subscriptions that have something due by their ids, those that wait longest first."""
    at, one = utc_text(now), subscription.c
    ahead = select(announcement.c.id).where(announcement.c.audience == one.audience, announcement.c.id > one.position)
    is_due = (one.state == ACTIVE) & (one.due_at <= at) & ahead.exists()
    wanted = select(one.id, one.owner, one.failures, one.is_slow).where(
        one.claim_until <= at, is_due | (one.test_asked != "")
    )
    rows = connection.execute(wanted.order_by(one.due_at, one.id))
    return {row.id: Waiting(row.owner, bool(row.failures or row.is_slow)) for row in rows}


def deliver(hub: Hub, post: Post, identifier: str, is_closing: threading.Event | None = None) -> None:
    """Send one subscriber what is due, in order, until nothing is left, an attempt fails or the turn is over."""
    claim = new_claim()
    for _ in range(_MOST):
        one = take(hub, identifier, claim)
        if one is None:
            return
        if not settle(hub, one, post(one.address, one.headers, one.message.body)):
            break
        if is_closing is not None and is_closing.is_set():
            break
    let_go(hub, identifier, claim)


def forget_old_attempts(hub: Hub) -> None:
    """Remove attempts from the log that are older than it is kept."""
    with writing(hub.engine) as connection:
        old = delivery_attempt.c.at < utc_text(hub.clock() - LOG_KEPT)
        connection.execute(delete(delivery_attempt).where(old))
