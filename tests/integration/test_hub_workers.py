"""Several workers of one hub in one group on one PostgreSQL: they come, go and die, and every event is kept once."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from connectors.transport.kafka import KafkaSender
from hub.bootstrap import make_hub, open_hub, open_receiver
from hub.config import Hub
from hub.tables import dead_letter, event
from schemas.delivery import Parcel
from schemas.receipt import Answer
from tests.support.events import TestRegion, diabetes
from tests.support.hub import RunningHub
from tests.support.kafka.administration import SecuredBroker
from tests.support.transports_kafka import HASTE, new_region, new_topic

PATIENCE_SECONDS = 60.0
REGIONS, EVENTS = 6, 40


@pytest.fixture
def hubs(tmp_path: Path, postgres_url: str) -> Iterator[tuple[Hub, Hub]]:
    """Open one hub twice, as two workers' processes would."""
    environ = {"REGIOHELIX_HUB_DATABASE": postgres_url}
    first = make_hub(tmp_path / "hub", environ)
    second = open_hub(tmp_path / "hub", environ)
    yield first, second
    first.engine.dispose()
    second.engine.dispose()


class Worker:
    """A receiver in a thread of its own."""

    def __init__(self, hub: Hub, config: dict[str, object], topic: str) -> None:
        self.batches = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=open_receiver(hub, config, (topic,), self._taken).run, args=(self._stop,)
        )
        self._thread.start()

    def _taken(self, answers: object, seconds: float) -> None:
        self.batches += 1

    def leave(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()


@pytest.mark.real_kafka
@pytest.mark.real_postgres
def test_two_workers_are_rebalanced_without_loss_or_double_effect(
    hubs: tuple[Hub, Hub], kafka_broker: SecuredBroker
) -> None:
    running = RunningHub(hubs[0])
    topic = new_topic(kafka_broker, partitions=4)
    config = {**kafka_broker.client_config(), **HASTE, "max_poll_records": 5}
    regions = [running.enrol(TestRegion(new_region())) for _ in range(REGIONS)]
    chains = [chain(region, topic) for region in regions]
    with closing(KafkaSender(config, regions[0].code)) as sender:
        workers = [Worker(hubs[0], config, topic)]
        for turn in range(EVENTS // 10):
            for parcels in chains:
                sender.send(parcels[turn * 10 : turn * 10 + 10])
            if turn == 0:
                workers.append(Worker(hubs[1], config, topic))
            if turn == 2:
                workers[0].leave()
            time.sleep(1.0)
        workers.append(Worker(hubs[0], config, topic))
        accepted = collected(sender, EVENTS)
        kept = settled(hubs[0], REGIONS * EVENTS)
        for worker in workers[1:]:
            worker.leave()
        accepted += sender.collect()
    assert kept == REGIONS * EVENTS
    assert [worker.batches > 0 for worker in workers[:2]] == [True, True]
    assert {answer.event_id for answer in accepted} == {parcel.event_id for parcel in chains[0]}
    assert {answer.outcome for answer in accepted} <= {"accepted", "duplicate"}
    with hubs[0].engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(dead_letter)) == 0
        for region in regions:
            places = connection.scalars(select(event.c.sequence).where(event.c.region == region.code)).all()
            assert sorted(places) == list(range(1, EVENTS + 1))


def chain(region: TestRegion, topic: str) -> list[Parcel]:
    """Make a region's events."""
    made = region.release([diabetes(800, f"20{number:02}") for number in range(EVENTS)])
    return [Parcel(one.id, region.code, topic, one.body) for one in made]


def settled(hub: Hub, count: int) -> int:
    """Wait until the hub keeps so many events, and give how many it keeps."""
    until = time.monotonic() + PATIENCE_SECONDS
    kept = 0
    while kept < count and time.monotonic() < until:
        with hub.engine.connect() as connection:
            kept = connection.scalar(select(func.count()).select_from(event)) or 0
        time.sleep(0.2)
    return kept


def collected(sender: KafkaSender, count: int) -> list[Answer]:
    """Collect until so many different events were answered."""
    answers: list[Answer] = []
    until = time.monotonic() + PATIENCE_SECONDS
    while len({answer.event_id for answer in answers}) < count and time.monotonic() < until:
        answers += sender.collect()
        time.sleep(0.1)
    return answers
