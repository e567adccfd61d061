"""How long one event takes from the region's sender to the hub's signed receipt in the region's hands, both ways."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import msgspec
import waitress
from flask import Flask

from connectors.transport.http import HttpSender
from connectors.transport.kafka import KafkaSender
from hub.bootstrap import application, open_receiver
from schemas.codes import RECEIPTS_TOPIC
from schemas.delivery import Parcel, Sender
from tests.bench.corpus import Corpus
from tests.bench.hubs import Server, hub_on
from tests.bench.measures import Measure
from tests.support.events import TestRegion
from tests.support.hub import RunningHub
from tests.support.kafka.administration import SecuredBroker
from tests.support.kafka.broker import KafkaBroker
from tests.support.kafka.jars import JarsNotFetched, JavaMissing

EVENTS: Final = 120
WARM_UP: Final = 20
CELLS: Final = 50
TOPIC: Final = "regiohelix.indicators"
PATIENCE_SECONDS: Final = 30.0


class _Named(msgspec.Struct):
    id: str


class AnswerMissing(AssertionError):
    """An event that was not answered in time."""


def latency(server: Server, folder: Path) -> Measure:
    """Send single events, each when the one before is answered, over HTTP and over a real broker."""
    details: dict[str, Any] = {"HTTP": _summary(_over_http(server, folder))}
    try:
        with KafkaBroker() as broker:
            details["Kafka"] = _summary(_over_kafka(server, folder, broker))
    except (JavaMissing, JarsNotFetched) as reason:
        details["Kafka"] = str(reason)
    return Measure(
        details["HTTP"]["median"],
        "ms, median over HTTP",
        EVENTS - WARM_UP,
        "none: from handing an event of 50 cells to the sender to holding its receipt, one at a time",
        details=details,
    )


def _over_http(server: Server, folder: Path) -> list[float]:
    region = TestRegion()
    hub = hub_on(folder, server.database(), [])
    running = RunningHub(hub)
    running.enrol(region)
    app: Flask = application(hub)
    sockets: dict[int, Any] = {}
    web = waitress.create_server(app, map=sockets, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=web.run, daemon=True)
    thread.start()
    sender = HttpSender(f"http://127.0.0.1:{web.effective_port}", running.tokens[region.code])
    try:
        return _timed(sender, region)
    finally:
        sender.close()
        web.close()
        hub.engine.dispose()


def _over_kafka(server: Server, folder: Path, broker: SecuredBroker) -> list[float]:
    region = TestRegion()
    hub = hub_on(folder, server.database(), [region])
    for topic in (TOPIC, RECEIPTS_TOPIC):
        broker.create_topic(topic)
    config = broker.client_config()
    receiver = open_receiver(hub, config, (TOPIC,))
    stop = threading.Event()
    thread = threading.Thread(target=receiver.run, args=(stop,))
    thread.start()
    sender = KafkaSender(config, region.code)
    try:
        return _timed(sender, region)
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
        sender.close()
        hub.engine.dispose()


def _timed(sender: Sender, region: TestRegion) -> list[float]:
    seconds = []
    for body in list(Corpus(region, CELLS).bodies(EVENTS)):
        parcel = Parcel(msgspec.json.decode(body, type=_Named).id, region.code, TOPIC, body)
        before = time.perf_counter()
        _answered(sender, parcel, before)
        seconds.append(time.perf_counter() - before)
    return seconds[WARM_UP:]


def _answered(sender: Sender, parcel: Parcel, since: float) -> None:
    collect: Callable[[], Sequence[Any]] = sender.collect
    answers = list(sender.send([parcel]))
    while not any(one.event_id == parcel.event_id and one.outcome == "accepted" for one in answers):
        if time.perf_counter() - since > PATIENCE_SECONDS:
            raise AnswerMissing(f"Event {parcel.event_id} was not accepted within {PATIENCE_SECONDS:.0f} s.")
        answers = list(collect())


def _summary(seconds: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(median(seconds) * 1000, 1),
        "p95": round(quantiles(seconds, n=20)[-1] * 1000, 1),
        "max": round(max(seconds) * 1000, 1),
    }
