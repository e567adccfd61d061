"""Keep shipping at intervals: what waits goes out when the hub can be reached, and nothing is lost meanwhile."""

import logging
import random
import threading
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine

from node.records.store import delete_expired, records_path
from schemas.delivery import Sender, TransportRefused, TransportUnavailable
from schemas.signature import PublicKey, SignatureMismatch

from .flow import Clock, Shipped, ship

log = logging.getLogger(__name__)
_JITTER_SHARE = 0.1  # so that many nodes do not call at the same moment


def ship_once(engine: Engine, region: str, sender: Sender, hub_key: PublicKey, clock: Clock) -> Shipped:
    """Ship what waits and close the transport; raises TransportUnavailable or TransportRefused."""
    try:
        return ship(engine, region, sender, hub_key, clock)
    finally:
        sender.close()


def expire(home: Path, clock: Clock) -> None:
    """Delete the rows of sources whose delete-by date has come, and log which sources those were."""
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
) -> None:
    """Ship every so many seconds and delete expired sources daily, until `stop` is set; a hub away is tried again."""
    waiting = stop or threading.Event()
    scheduler = BackgroundScheduler(timezone="UTC")

    def round_of_shipping() -> None:
        try:
            done = ship(engine, region, sender, hub_key, clock)
        except (TransportUnavailable, TransportRefused, SignatureMismatch) as error:
            log.warning("%s: nothing was lost; %s", region, error)
        else:
            log.info("%s: %d sent, %d accepted, %d refused", region, done.sent, done.accepted, done.refused)

    scheduler.add_job(
        round_of_shipping,
        "interval",
        seconds=every,
        jitter=max(1, int(every * _JITTER_SHARE * random.random() * 2)),  # nosec B311  # noqa: S311 - spreads calls, guards nothing
        max_instances=1,
        coalesce=True,
    )
    # a source's rows go on the date its legal record names
    scheduler.add_job(lambda: expire(home, clock), "cron", hour=3)
    scheduler.start()
    try:
        expire(home, clock)
        round_of_shipping()
        waiting.wait()
    finally:
        scheduler.shutdown(wait=True)
        sender.close()
