"""What a serving hub does by the clock: the day's heads, what waited for keys, and what readers are shown."""

import logging
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from apscheduler.events import EVENT_SCHEDULER_SHUTDOWN
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import writing
from connectors.mail import Mailer
from connectors.trouble import trouble
from hub.config import Hub
from hub.digests.send import send_due, tidy
from hub.flow import replay_waiting
from hub.intake.heads import make_heads
from hub.serving.announced import Announcing
from hub.serving.delivering import Delivering, Post, forget_old_attempts
from hub.serving.indexing import catch_up
from hub.serving.opening import open_figures
from hub.serving.prove import backlog, marked, prove

log = logging.getLogger(__name__)
_HEADS_SECONDS: Final = 600  # how late after midnight the day's heads may be
_REPLAY_SECONDS: Final = 60
_PROOF_SECONDS: Final = 2  # how late a total may be where its proof is short
_INDEX_SECONDS: Final = 2
_TELL_SECONDS: Final = 2  # how late subscribers may be told
_FORGET_SECONDS: Final = 3600
_OPEN_SECONDS: Final = 5  # how late figures may be to be seen once their term is over
_SWEEP_SECONDS: Final = 300.0
_MAIL_SECONDS: Final = 15  # how late the mail may be that somebody waits for


def make_todays_heads(hub: Hub) -> None:
    """Keep the day's heads where no process has done so today."""
    with writing(hub.engine) as connection:
        made = make_heads(connection, hub.clock(), hub.key)
    if made is not None:
        log.info("The heads of %s are kept: %d chains", made.as_of[:10], len(made.heads))


def try_letters_again(hub: Hub) -> None:
    """Replay the dead letters whose region got a new key since."""
    accepted = replay_waiting(hub)
    if accepted:
        log.info("%d dead letters are accepted now", accepted)


def open_what_waited(hub: Hub) -> None:
    """Open figures to readers outside the network once regions could reply."""
    opened = open_figures(hub.engine, hub.clock)
    if opened:
        log.info("%d events are open to readers outside the network now", opened)


def prove_what_is_shown(hub: Hub) -> None:
    """Prove what came since the last time, and the totals that follow from it."""
    made = prove(hub.engine, hub.clock)
    if made:
        log.info("%d proofs were made of what figures tell together", made)


def index_what_came(hub: Hub) -> None:
    """Bring the index of words up to date, so that whoever searches need not wait for it."""
    catch_up(hub.engine)


class Telling:
    """Tells subscribers what became readable: it is put in order, and delivered where something posts."""

    def __init__(self, post: Post | None) -> None:
        """Take what posts, None to deliver nothing."""
        self._announcing = Announcing()
        self._delivering = None if post is None else Delivering(post)

    def tell_subscribers(self, hub: Hub) -> None:
        """Put in order what came, and begin to deliver what is due; who hangs is not waited for."""
        self._announcing.announce_what_came(hub.engine, hub.clock)
        if self._delivering is not None:
            self._delivering.deliver_what_is_due(hub)

    def close(self, *_: object) -> None:
        """End after the messages that are being sent now."""
        if self._delivering is not None:
            self._delivering.close()


class Proving:
    """Proves as soon as something came: the tables are counted every other second, and looked through when they grew.

    Every few minutes they are looked through all the same, for what another process began and did not end.
    """

    def __init__(self) -> None:
        """Begin with everything to be looked at."""
        self._mark: object = None
        self._looked = -math.inf

    def prove_what_came(self, hub: Hub) -> None:
        """Prove where something changed since the last time, or a while has passed."""
        with hub.engine.connect() as connection:
            mark = marked(connection)
        if mark == self._mark and time.monotonic() - self._looked < _SWEEP_SECONDS:
            return
        prove_what_is_shown(hub)
        self._looked = time.monotonic()
        with hub.engine.connect() as connection:
            self._mark = None if backlog(connection) else mark


class Mailing:
    """Sends the mails that are due; where the hub sends none, only forgets who did not confirm in time."""

    def __init__(self, mailer: Mailer | None) -> None:
        """Take what takes mails on."""
        self._mailer = mailer

    def send_mails(self, hub: Hub) -> None:
        """Send what is due."""
        if self._mailer is None:
            tidy(hub)
            return
        done = send_due(hub, self._mailer)
        if any(done):
            log.info("%d mails were sent, %d had nothing to tell, %d failed", done.sent, done.empty, done.failed)


def start(hub: Hub, post: Post | None = None, mailer: Mailer | None = None) -> BackgroundScheduler:
    """Start the clock's work in the background, each job once at once; the caller shuts it down.

    Several processes may run it on one database. Subscribers are told where something posts; mails are sent by
    `mailer`, where the hub has one.
    """
    scheduler = BackgroundScheduler(timezone="UTC")
    telling = Telling(post)
    scheduler.add_listener(telling.close, EVENT_SCHEDULER_SHUTDOWN)
    jobs = (
        (make_todays_heads, _HEADS_SECONDS),
        (try_letters_again, _REPLAY_SECONDS),
        (open_what_waited, _OPEN_SECONDS),
        (index_what_came, _INDEX_SECONDS),
        (Proving().prove_what_came, _PROOF_SECONDS),
        (telling.tell_subscribers, _TELL_SECONDS),
        (forget_old_attempts, _FORGET_SECONDS),
        (Mailing(mailer).send_mails, _MAIL_SECONDS),
    )
    for job, seconds in jobs:
        scheduler.add_job(
            _outlasting(job),
            "interval",
            (hub,),
            seconds=seconds,
            name=job.__name__,
            jitter=seconds // 10,
            next_run_time=datetime.now(UTC),  # the scheduler's own clock, whatever the hub's says
            misfire_grace_time=None,  # late is better than not at all
            max_instances=1,
            coalesce=True,
        )
    scheduler.start()
    return scheduler


def _outlasting(job: Callable[[Hub], None]) -> Callable[[Hub], None]:
    def run(hub: Hub) -> None:
        try:
            job(hub)
        except SQLAlchemyError as error:  # its text could hold what was to be stored
            log.warning("%s waits for the next time. The hub's database: %s", job.__name__, trouble(error).sentence)

    return run
