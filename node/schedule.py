"""Keep shipping at intervals: what waits goes out when the hub can be reached, and nothing is lost meanwhile."""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Final

import duckdb
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import writing
from connectors.mail import MailDelayed
from connectors.trouble import of_file, trouble
from node.knowledge import actions
from node.records.clerical import delete_sample, sample_expires
from node.records.store import RecordStoreBusy, delete_expired, records_path
from node.release import heads
from node.release.alarm import HubSaysOtherwise
from node.work import runs
from node.work.reminding import Reminding
from node.work.runs import Ended
from schemas.delivery import HeadsOf, Sender, TransportRefused, TransportUnavailable
from schemas.signature import PublicKey

from .flow import Clock, Shipped, compare_heads, ship

log = logging.getLogger(__name__)
_JITTER_SHARE: Final = 0.1  # so that many nodes do not call at the same moment
FIRST_PAUSE: Final = 60.0  # seconds after a first failure, doubling
LONGEST_PAUSE: Final = 900.0
_LONGEST_ASKED: Final = 3600.0  # of what a hub may ask for: a wrong clock there must not silence a region
_HEADS_EVERY: Final = 3600.0  # seconds between two attempts to compare the heads of a day that is over


def pause_after(failures: int, asked: float | None, every: float, draw: Callable[[], float] = random.random) -> float:
    """Return the seconds until the next round, after so many failures in a row; `draw` gives [0, 1).

    After a failure: anything from nothing to a limit that doubles from FIRST_PAUSE to LONGEST_PAUSE ("full jitter", M.
    Brooker, AWS Architecture Blog, 2015), and no less than the hub asked for.
    """
    if failures == 0:
        return every * (1 + _JITTER_SHARE * (2 * draw() - 1))
    limit: float = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    return limit * draw() if asked is None else min(asked, _LONGEST_ASKED) + FIRST_PAUSE * draw()


def ship_once(
    engine: Engine, region: str, sender: Sender, hub_key: PublicKey, clock: Clock, heads_of: HeadsOf | None = None
) -> Shipped:
    """Ship what waits and close the transport; raises TransportUnavailable, TransportRefused or an alarm."""
    try:
        done = ship(engine, region, sender, hub_key, clock)
    finally:
        sender.close()
    if heads_of is not None:
        _compare(engine, region, heads_of, hub_key, clock)
    return done


def expire(home: Path, clock: Clock) -> None:
    """Delete the rows of sources whose delete-by date has come, and log which sources those were.

    So goes a sample of pairs for clerical review on its date.
    """
    gone_on = sample_expires(home)
    if gone_on is not None and gone_on <= clock().date():
        delete_sample(home)
        log.info("The sample of pairs for clerical review is deleted: its date has come")
    if records_path(home).is_file():
        for source in delete_expired(home, clock().date()):
            log.info("The rows of source %s are deleted: its delete-by date has come", source)


def run(
    engine: Engine,
    home: Path,
    region: str,
    sender: Sender,
    hub_key: PublicKey,
    clock: Clock,
    every: int,
    stop: threading.Event | None = None,
    heads_of: HeadsOf | None = None,
    afterwards: Callable[[], object] = lambda: None,
    work: Callable[[], object] = lambda: None,
    reminding: Reminding | None = None,
    beforehand: Callable[[], object] = lambda: None,
) -> None:
    """Ship every so many seconds and delete expired sources daily, until `stop` is set; then finish the round.

    A hub that is away is called less and less often; `beforehand` precedes each round, `afterwards` follows those that
    went well. `work` is called
    at once and then every minute, never twice at a time: it does what the node's plans say is due. `reminding` mails
    once a day what is overdue, where the settings name a mail server.
    """
    waiting = stop or threading.Event()
    rounds = _Rounds(engine, region, sender, hub_key, clock, heads_of, afterwards, beforehand)
    scheduler = BackgroundScheduler(timezone="UTC")
    expiry = _Expiry(engine, home, clock)
    scheduler.add_job(expiry.go, "cron", minute=7)
    planned = partial(_work, work)
    scheduler.add_job(planned, "interval", minutes=1, next_run_time=datetime.now(UTC), max_instances=1, coalesce=True)
    if reminding is not None:
        mailed = partial(_mail, reminding, clock)
        scheduler.add_job(mailed, "cron", minute=9, next_run_time=datetime.now(UTC), max_instances=1, coalesce=True)
    scheduler.start()
    try:
        expiry.go()
        while not waiting.is_set():
            asked = rounds.go()
            waiting.wait(pause_after(rounds.failures, asked, every))
    finally:
        scheduler.shutdown(wait=True)
        sender.close()


def _work(work: Callable[[], object]) -> None:
    """Do what is due; a store that is away now is there again at one of the next minutes."""
    try:
        work()
    except SQLAlchemyError as error:
        log.warning("What is planned waits. The node's store: %s", trouble(error).sentence)
    except OSError as error:
        log.warning("What is planned waits. %s", of_file(error))


def _mail(reminding: Reminding, clock: Clock) -> None:
    """Mail what is overdue or due soon; what did not go is tried again within the hour."""
    try:
        reminding.go(clock())
    except MailDelayed as error:
        log.warning("Reminders of actions wait. %s", error)
    except SQLAlchemyError as error:
        log.warning("Reminders of actions wait. The node's store: %s", trouble(error).sentence)


@dataclass
class _Expiry:
    """Delete once a day what is to go on the date that its legal record names; tried hourly until it succeeds."""

    engine: Engine
    home: Path
    clock: Clock
    done_on: date | None = None

    def go(self) -> None:
        """Delete unless it was done today."""
        today = self.clock().date()
        if self.done_on == today:
            return
        try:
            expire(self.home, self.clock)
        except (RecordStoreBusy, duckdb.Error, OSError) as error:  # a message could hold a record's value
            log.warning("Sources past their date are still to be deleted (%s); tried hourly", type(error).__name__)
        else:
            self.done_on = today
            _forget_runs(self.engine, self.clock)
            remind(self.engine, self.clock)


def _forget_runs(engine: Engine, clock: Clock) -> None:
    try:
        with writing(engine) as connection:
            runs.forget(connection, clock())
    except SQLAlchemyError as error:
        log.warning("Old runs are still to be forgotten (%s)", type(error).__name__)


def remind(engine: Engine, clock: Clock) -> None:
    """Note how many actions are overdue or due soon: in the log, and as a run of this day."""
    began = clock()
    try:
        with writing(engine) as connection:
            said = actions.due(connection, began.date()).sentence()
            if said:
                runs.note(connection, runs.REMINDING, began, clock(), Ended("done", detail=said))
    except SQLAlchemyError as error:
        log.warning("Actions that are due could not be looked up (%s)", type(error).__name__)
        return
    if said:
        log.warning("%s; `python -m node action list` names them", said)


@dataclass
class _Rounds:
    """Rounds of shipping that outlast whatever is away; `failures` counts those in a row that went badly."""

    engine: Engine
    region: str
    sender: Sender
    hub_key: PublicKey
    clock: Clock
    heads_of: HeadsOf | None
    afterwards: Callable[[], object]
    beforehand: Callable[[], object] = lambda: None
    failures: int = 0
    _compared: float = field(default=float("-inf"))
    _began: datetime = datetime.min

    def go(self) -> float | None:
        """Do one round; return how many seconds the hub asked to be left alone for, if it did."""
        asked = None
        self._began = self.clock()
        try:
            self.beforehand()
            done = ship(self.engine, self.region, self.sender, self.hub_key, self.clock)
            self._compare_heads()
            self.afterwards()
        except TransportUnavailable as error:
            asked = error.retry_after
            self._failed(logging.WARNING, f"nothing was lost; {error}")
        except TransportRefused as error:
            self._failed(logging.WARNING, f"nothing was lost; {error}")
        except HubSaysOtherwise as error:
            self._failed(logging.ERROR, str(error))
        except SQLAlchemyError as error:
            self._failed(logging.ERROR, f"the node's store: {trouble(error).sentence}")
        except OSError as error:
            self._failed(logging.ERROR, of_file(error))
        else:
            self.failures = 0
            if done.doubted:
                log.error("%s: %d answers bear no signature of the hub; tell its team", self.region, done.doubted)
            self._say(done)
        return asked

    def _say(self, done: Shipped) -> None:
        counts = f"{done.sent} sent, {done.accepted} accepted, {done.refused} refused"
        if done.sent or done.accepted or done.refused:
            log.info("%s: %s", self.region, counts)
            self._note(Ended("failed" if done.refused else "done", done.sent, counts))
        else:
            log.debug("%s: %s", self.region, counts)

    def _failed(self, level: int, text: str) -> None:
        self.failures += 1
        log.log(level, "%s: %s (attempt %d)", self.region, text, self.failures)
        if self.failures == 1:  # the first of a row says since when
            self._note(Ended("failed", detail=text))

    def _note(self, how: Ended) -> None:
        """Write the round down among the runs; a store that takes nothing costs this line only."""
        try:
            with writing(self.engine) as connection:
                runs.note(connection, runs.SHIPPING, self._began, self.clock(), how)
        except SQLAlchemyError as error:
            log.warning("A round of shipping could not be written down (%s)", type(error).__name__)

    def _compare_heads(self) -> None:
        if self.heads_of is not None and time.monotonic() - self._compared >= _HEADS_EVERY:
            self._compared = time.monotonic()
            _compare(self.engine, self.region, self.heads_of, self.hub_key, self.clock)


def _compare(engine: Engine, region: str, heads_of: HeadsOf, hub_key: PublicKey, clock: Clock) -> None:
    """Compare the hub's daily heads where a day is over; a hub that cannot be asked now is asked later."""
    with engine.connect() as connection:
        if not heads.is_due(connection, clock()):
            return
    try:
        compare_heads(engine, region, heads_of, hub_key, clock)
    except (TransportUnavailable, TransportRefused) as error:
        log.warning("%s: the hub's heads are still to be compared; %s", region, error)
