"""What each process of a run does: forked from a warm server, it says what it meets to its log, and may be killed."""

import ctypes
import logging
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from ctypes import c_byte, c_double
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import waitress
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from connectors.transport.http import HttpSender
from connectors.transport.kafka import KafkaSender
from hub.bootstrap import application, open_hub, open_receiver
from node import flow
from node.bootstrap import open_node
from node.release import candidate
from node.release.states import BundleState
from schemas.delivery import Sender, TransportRefused, TransportUnavailable
from schemas.signature import SignatureMismatch
from tests.faults.regions import publish

log = logging.getLogger("faults")
HTTP_TIMEOUT = 3.0  # seconds
PAUSE_SECONDS = 0.05
PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


@dataclass(frozen=True)
class Controls:
    """Memory shared with the run: how far clocks are off (seconds), how slow disks are, whether messages suffer."""

    node_clock: Any  # a shared double
    hub_clock: Any  # a shared double
    slow: Any  # a shared double: seconds a commit waits at most
    mischief: Any  # a shared byte: 1 while messages suffer
    counts: Any  # shared integers: messages that suffered, by place in plan.MISCHIEF


def controls(context: Any) -> Controls:
    """Make the shared memory of a run."""
    off, hub_off, slow = (context.RawValue(c_double, 0.0) for _ in range(3))
    return Controls(off, hub_off, slow, context.RawValue(c_byte, 1), context.RawArray("i", 8))


def started(file: Path) -> None:
    """Say everything to the log file from now on, and end with the server that this process was forked from."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(process)d %(name)s %(message)s", force=True)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    log.warning("begins")


def clock(offset: Any) -> Callable[[], datetime]:
    """Make a clock that is off by a shared number of seconds."""
    return lambda: datetime.now(UTC) + timedelta(seconds=offset.value)


def slowed(engine: Engine, slow: Any) -> Engine:
    """Let each commit wait as long as the shared number says, at most."""

    def wait(_: Any) -> None:
        if slow.value:
            time.sleep(random.uniform(0, slow.value))  # noqa: S311 - spreads waits, guards nothing

    event.listen(engine, "commit", wait)
    return engine


def publish_bundles(file: Path, home: Path, bundles: Sequence[tuple[str, datetime]], pace: float, by: Controls) -> None:
    """Sign approved bundles one after the other at their appointed moments, whatever the disk says; then end."""
    started(file)
    node = open_node(home)
    slowed(node.engine, by.slow)
    for bundle, moment in bundles:
        while True:
            try:
                with node.engine.connect() as connection:
                    state = candidate.load(connection, bundle).state
                if state is BundleState.APPROVED:
                    publish(node, bundle, moment)
                break
            except OperationalError as error:
                log.warning("%s", error.orig)
                time.sleep(PAUSE_SECONDS)
        time.sleep(pace)


def ship_outbox(file: Path, home: Path, link: Mapping[str, Any], by: Controls) -> None:
    """Ship what waits, over and over."""
    started(file)
    node = open_node(home)
    slowed(node.engine, by.slow)
    sender = _sender(node.settings.region, link)
    while True:
        try:
            flow.ship(node.engine, node.settings.region, sender, node.hub_key(), clock(by.node_clock))
        except (TransportUnavailable, TransportRefused, SignatureMismatch, OperationalError) as error:
            log.warning("%s: %s", type(error).__name__, error)
            time.sleep(PAUSE_SECONDS)
        time.sleep(PAUSE_SECONDS)


def _sender(region: str, link: Mapping[str, Any]) -> Sender:
    if "url" in link:
        return HttpSender(link["url"], link["token"], HTTP_TIMEOUT)
    return KafkaSender(link, region)


def serve_hub(file: Path, home: Path, environ: Mapping[str, str], port: int, by: Controls) -> None:
    """Serve the hub over HTTP."""
    started(file)
    hub = open_hub(home, environ, clock(by.hub_clock))
    slowed(hub.engine, by.slow)
    waitress.create_server(application(hub), host="127.0.0.1", port=port, threads=4).run()


def receive_for_hub(
    file: Path, home: Path, environ: Mapping[str, str], config: Mapping[str, Any], by: Controls
) -> None:
    """Receive from the broker as one worker of the hub, until a signal asks to leave."""
    started(file)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    hub = open_hub(home, environ, clock(by.hub_clock))
    slowed(hub.engine, by.slow)
    open_receiver(hub, config).run(stop)
