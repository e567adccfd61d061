"""A receiver that nobody answers says so, and one without a place in its group connects anew."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from connectors.transport import kafka_receiver
from connectors.transport.kafka_group import Membership
from schemas.delivery import TransportUnavailable
from tests.support.kafka.administration import SecuredBroker
from tests.support.kafka.broker import KafkaBroker
from tests.support.transports import parcel
from tests.support.transports_kafka import KafkaLine

pytestmark = pytest.mark.real_kafka
PATIENCE_SECONDS = 30.0


@pytest.fixture
def line(kafka_broker: SecuredBroker) -> Iterator[KafkaLine]:
    with closing(KafkaLine(kafka_broker)) as opened:
        yield opened


def _receive_until(line: KafkaLine, until: float) -> None:
    while time.monotonic() < until:
        line.receiver.receive(0.2)


def test_a_receiver_whose_broker_is_gone_says_so_and_goes_on_when_it_is_back(
    killable_broker: KafkaBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_receiver, "QUIET_SECONDS", 1.0)
    with closing(KafkaLine(killable_broker)) as line:
        line.sender.send([parcel(line.region, 1, line.topic)])
        until = time.monotonic() + PATIENCE_SECONDS
        while not line.receiver.receive(0.2) and time.monotonic() < until:
            pass
        killable_broker.kill()
        with pytest.raises(TransportUnavailable, match=r"did not answer in time|in trouble"):
            _receive_until(line, until + PATIENCE_SECONDS)
        killable_broker.restart()
        stop = threading.Event()
        running = threading.Thread(target=line.receiver.run, args=(stop,))
        running.start()
        try:
            line.sender.close()
            line.sender.send([parcel(line.region, 2, line.topic)])
            until = time.monotonic() + 2 * PATIENCE_SECONDS
            while len(line.hub.kept) < 2 and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            stop.set()
            running.join(PATIENCE_SECONDS)
        assert len(line.hub.kept) == 2


def test_a_receiver_that_gets_no_place_in_its_group_connects_anew(
    line: KafkaLine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The first place that the broker gives is lost on the way, as an answer to joining is when a broker goes down."""
    monkeypatch.setattr(kafka_receiver, "QUIET_SECONDS", 0.5)
    real, lost = Membership.on_partitions_assigned, []

    def assigned(self: Membership, places: object) -> None:
        if not lost:
            lost.append(self)
        elif lost[0] is not self:
            real(self, places)

    monkeypatch.setattr(Membership, "on_partitions_assigned", assigned)
    with caplog.at_level(logging.WARNING), closing(line.new_receiver(session_timeout_ms=6_000)) as receiver:
        until = time.monotonic() + 2 * PATIENCE_SECONDS
        while "connects anew" not in caplog.text and time.monotonic() < until:
            receiver.receive(0.2)
        line.sender.send([parcel(line.region, 1, line.topic)])
        while not line.hub.kept and time.monotonic() < until + PATIENCE_SECONDS:
            receiver.receive(0.2)
    assert "gave this receiver no place in its group" in caplog.text
    assert len(line.hub.kept) == 1


def test_time_out_of_the_group_counts_only_while_the_broker_answers() -> None:
    now = [100.0]
    membership = Membership(lambda: now[0])
    now[0] = 130.0
    assert membership.out_for() == 30.0
    membership.excuse()
    assert membership.out_for() == 0.0
    membership.on_partitions_assigned(set())
    now[0] = 500.0
    assert membership.out_for() == 0.0
    membership.excuse()
    assert membership.out_for() == 0.0
    for leaves in (membership.on_partitions_revoked, membership.on_partitions_lost):
        membership.on_partitions_assigned(set())
        leaves(set())
        now[0] += 7.0
        assert membership.out_for() == 7.0
