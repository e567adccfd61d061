"""What only Kafka can do to the transport: positions, poison, rights, several receivers."""

import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress

import msgspec
import pytest
from kafka import KafkaProducer

from connectors.transport.kafka import KafkaSender
from connectors.transport.kafka_client import Broker, UnknownKafkaSetting
from connectors.transport.kafka_receiver import AnswersMissing, KafkaReceiver
from schemas.codes import RECEIPTS_TOPIC
from schemas.delivery import Parcel, TransportRefused, TransportUnavailable
from schemas.receipt import Answer
from tests.support.kafka.administration import SecuredBroker
from tests.support.kafka.broker import KafkaBroker
from tests.support.transports import parcel
from tests.support.transports_kafka import HASTE, KafkaLine, new_region, new_topic

pytestmark = pytest.mark.real_kafka
PATIENCE_SECONDS = 30.0


@pytest.fixture
def line(kafka_broker: SecuredBroker) -> Iterator[KafkaLine]:
    with closing(KafkaLine(kafka_broker)) as opened:
        yield opened


def parcels(line: KafkaLine, count: int) -> list[Parcel]:
    return [parcel(line.region, sequence, line.topic) for sequence in range(1, count + 1)]


def receive_until(receiver: KafkaReceiver, count: int) -> int:
    """Receive until at least so many messages were taken, and give how many it were."""
    taken, deadline = 0, time.monotonic() + PATIENCE_SECONDS
    while taken < count and time.monotonic() < deadline:
        taken += receiver.receive(0.5)
    return taken


def put(line: KafkaLine, *messages: tuple[bytes | None, bytes | None]) -> None:
    """Put raw messages past the sender."""
    with closing(KafkaProducer(**line.config)) as producer:
        for key, value in messages:
            producer.send(line.topic, key=key, value=value).get(timeout=PATIENCE_SECONDS)


def test_a_receiver_started_again_takes_exactly_the_rest(line: KafkaLine) -> None:
    sent = parcels(line, 50)
    line.sender.send(sent)
    with closing(line.new_receiver(max_poll_records=20)) as first:
        assert receive_until(first, 1) == 20
    with closing(line.new_receiver()) as second:
        assert receive_until(second, 30) == 30
        assert second.receive(0.5) == 0
    assert line.hub.taken == [item.body for item in sent]
    assert {answer.outcome for answer in line.sender.collect()} == {"accepted"}


def test_events_whose_taking_failed_come_again(line: KafkaLine) -> None:
    sent = parcels(line, 10)
    line.sender.send(sent)
    line.hub.trouble = OSError("The database is away.")
    with pytest.raises(OSError, match="database is away"):
        receive_until(line.receiver, 1)
    assert line.hub.positions == {}
    line.hub.trouble = None
    line.settle(10)
    assert line.hub.taken == [item.body for item in sent]


def test_poison_stops_no_other_event_and_is_answered_to_its_region(
    line: KafkaLine, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = parcels(line, 2)
    key = line.region.encode()
    put(line, (key, first.body), (key, b"\x00\xff no event"), (key, None), (None, b"{}"), (key, second.body))
    line.settle(5)
    assert line.hub.kept == [first.body, second.body]
    answers = line.sender.collect()
    assert [answer.outcome for answer in answers] == ["accepted", "refused", "refused", "accepted"]
    assert f"Message 3 in partition 0 of {line.topic} names no region" in caplog.text


def test_what_is_no_answer_is_passed_over(line: KafkaLine, caplog: pytest.LogCaptureFixture) -> None:
    with closing(KafkaProducer(**line.config)) as producer:
        producer.send(RECEIPTS_TOPIC, key=line.region.encode(), value=b"no answer").get(timeout=PATIENCE_SECONDS)
    line.sender.send(parcels(line, 1))
    line.settle(1)
    assert [answer.outcome for answer in line.sender.collect()] == ["accepted"]
    assert f"of {RECEIPTS_TOPIC} is no answer" in caplog.text


def test_a_sender_started_again_gets_only_new_answers(line: KafkaLine) -> None:
    first, second = parcels(line, 2)
    line.sender.send([first])
    line.settle(1)
    assert [answer.event_id for answer in line.sender.collect()] == [first.event_id]
    line.sender.close()
    line.sender.send([second])
    line.settle(1)
    assert [answer.event_id for answer in line.sender.collect()] == [second.event_id]


def test_a_region_gets_no_answers_of_another(line: KafkaLine) -> None:
    line.sender.send(parcels(line, 3))
    line.settle(3)
    with closing(KafkaSender(line.config, new_region())) as other:
        assert list(other.collect()) == []


def test_a_running_receiver_outlasts_a_broker_that_is_killed(killable_broker: KafkaBroker) -> None:
    stop = threading.Event()
    with closing(KafkaLine(killable_broker)) as line:
        running = threading.Thread(target=line.receiver.run, args=(stop,))
        running.start()
        try:
            first, *rest = parcels(line, 20)
            line.sender.send([first])
            assert [answer.event_id for answer in collected(line, 1)] == [first.event_id]
            line.cut()
            line.restore()
            line.sender.send(rest)
            assert {answer.event_id for answer in collected(line, 19)} == {item.event_id for item in rest}
        finally:
            stop.set()
            running.join(PATIENCE_SECONDS)
        assert not running.is_alive()
        assert line.hub.taken == [item.body for item in (first, *rest)]


def collected(line: KafkaLine, count: int) -> list[Answer]:
    """Collect until so many answers came; a broker that has just come back may not answer at first."""
    answers: list[Answer] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(answers) < count and time.monotonic() < deadline:
        with suppress(TransportUnavailable):
            answers += line.sender.collect()
        time.sleep(0.1)
    return answers


def test_two_receivers_share_the_work_and_take_everything_once(kafka_broker: SecuredBroker) -> None:
    with closing(KafkaLine(kafka_broker, partitions=2)) as line, closing(line.new_receiver()) as second:
        deadline = time.monotonic() + PATIENCE_SECONDS
        sent, shares, number = [], {"first": 0, "second": 0}, 0
        while not all(shares.values()) and time.monotonic() < deadline:
            number += 1
            batch = [parcel(f"XR-R{region}", number, line.topic) for region in range(12)]
            line.sender.send(batch)
            sent += batch
            shares["first"] += line.receiver.receive(0.3)
            shares["second"] += second.receive(0.3)
        assert all(shares.values())
        while len(line.hub.kept) < len(sent) and time.monotonic() < deadline:
            line.receiver.receive(0.3)
            second.receive(0.3)
        assert sorted(line.hub.kept) == sorted(item.body for item in sent)
        for region in range(12):
            code = f"XR-R{region}"
            assert line.hub.kept_of(code) == [item.body for item in sent if item.region == code]


def test_an_intake_that_owes_answers_is_told(line: KafkaLine) -> None:
    line.sender.send(parcels(line, 2))
    receiver = KafkaReceiver(line.config, f"hub-{line.topic}", [line.topic], lambda bodies, places: [], line.hub)
    with closing(receiver), pytest.raises(AnswersMissing, match="0 answers to 2 messages"):
        receive_until(receiver, 1)


def test_a_wrong_password_is_said_with_what_to_check(line: KafkaLine) -> None:
    wrong = {**line.config, "sasl_plain_password": "not-the-password", "bootstrap_timeout_ms": 1000}
    with closing(KafkaSender(wrong, line.region)) as sender, pytest.raises(TransportUnavailable) as said:
        sender.send(parcels(line, 1))
    assert str(line.config["bootstrap_servers"]) in str(said.value)
    assert "user name and password" in str(said.value)
    assert "not-the-password" not in str(said.value)


def test_the_rights_named_are_enough_and_writing_needs_one(kafka_broker: SecuredBroker, line: KafkaLine) -> None:
    kafka_broker.add_user(line.region)
    config = {**kafka_broker.client_config(line.region), **HASTE}
    with closing(KafkaSender(config, line.region)) as sender:
        with pytest.raises(TransportRefused, match="TopicAuthorizationFailedError"):
            sender.send(parcels(line, 1))
        kafka_broker.allow(line.region, "WRITE", topic=line.topic)
        kafka_broker.allow(line.region, "READ", topic=RECEIPTS_TOPIC)
        kafka_broker.allow(line.region, "READ", group=f"regiohelix-node-{line.region}")
        sender.send(parcels(line, 1))
        line.settle(1)
        assert [answer.outcome for answer in sender.collect()] == ["accepted"]


def test_events_of_two_mebibytes_go_and_larger_ones_are_refused(line: KafkaLine) -> None:
    large = 2 * 1024 * 1024 - 200
    sent = [parcel(line.region, number, line.topic, filling=os.urandom(large // 2).hex())
            for number in (1, 2, 3)]  # fmt: skip
    line.sender.send(sent)
    line.settle(3)
    assert line.hub.kept == [item.body for item in sent]
    with pytest.raises(TransportRefused, match="MessageSizeTooLargeError"):
        line.sender.send([parcel(line.region, 4, line.topic, filling="x" * (large + 100_000))])


def test_what_is_taken_at_once_is_bounded_by_its_bytes(line: KafkaLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.transport.kafka_receiver.TAKE_BYTES", 10_000)
    runs: list[int] = []

    def take(bodies: Sequence[bytes], positions: Mapping[tuple[str, int], int]) -> Sequence[Answer]:
        runs.append(sum(map(len, bodies)))
        return line.hub.take_from(bodies, positions)

    sent = [parcel(line.region, number, line.topic, filling="x" * 3_000) for number in range(1, 31)]
    line.sender.send(sent)
    with closing(KafkaReceiver(line.config, f"hub-{line.topic}", [line.topic], take, line.hub)) as receiver:
        assert receive_until(receiver, 30) == 30
    assert max(runs) <= 10_000
    assert line.hub.taken == [item.body for item in sent]


def test_a_key_event_goes_ahead_on_every_topic(kafka_broker: SecuredBroker, line: KafkaLine) -> None:
    other = new_topic(kafka_broker)
    first, second, third = parcels(line, 3)
    sent = [first, msgspec.structs.replace(second, also_on=(other,)), msgspec.structs.replace(third, topic=other)]
    line.sender.send(sent)
    line.settle(2)
    assert line.hub.taken == [first.body, second.body]
    with closing(KafkaReceiver(line.config, f"hub-{other}", [other], line.hub.take_from, line.hub)) as receiver:
        assert receive_until(receiver, 2) == 2
    assert line.hub.taken[2:] == [second.body, third.body]
    assert line.hub.kept == [first.body, second.body, third.body]


def test_words_on_the_chain_are_published_where_they_changed_and_to_nobody_else(line: KafkaLine) -> None:
    said = line.hub.say(line.region)
    for _ in range(3):
        line.receiver.receive(0.2)
    assert line.sender.collect() == []
    assert line.sender.standing() == said
    assert line.sender.standing() is None
    line.receiver.receive(0.2)
    line.sender.collect()
    assert line.sender.standing() is None
    with closing(KafkaSender(line.config, new_region())) as other:
        other.collect()
        assert other.standing() is None


def test_a_long_row_of_answers_comes_in_parts(line: KafkaLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.transport.kafka.MOST_ANSWERS", 50)
    with closing(KafkaSender({**line.config, "max_poll_records": 20}, line.region)) as sender:
        sender.send(parcels(line, 200))
        line.settle(200)
        parts = []
        while answers := sender.collect():
            parts.append(len(answers))
    assert sum(parts) == 200
    assert max(parts) < 70


def test_a_receiver_told_to_stop_finishes_its_batch_and_leaves_the_group(line: KafkaLine) -> None:
    stop, taking = threading.Event(), threading.Event()

    def slowly(bodies: Sequence[bytes], positions: Mapping[tuple[str, int], int]) -> Sequence[Answer]:
        taking.set()
        time.sleep(1.0)
        return line.hub.take_from(bodies, positions)

    line.sender.send(parcels(line, 10))
    leaving = KafkaReceiver(line.config, f"hub-{line.topic}", [line.topic], slowly, line.hub)
    running = threading.Thread(target=leaving.run, args=(stop,))
    running.start()
    assert taking.wait(PATIENCE_SECONDS)
    stop.set()
    running.join(PATIENCE_SECONDS)
    assert line.hub.positions
    assert len(line.sender.collect()) == len(line.hub.taken)
    began = time.monotonic()
    line.sender.send([parcel(line.region, 11, line.topic)])
    line.settle(11 - len(line.hub.taken))
    assert time.monotonic() - began < 8  # of a session that lasts ten seconds, had it not left


def test_a_misspelt_setting_is_named() -> None:
    with pytest.raises(UnknownKafkaSetting, match="bootstrap_server;"):
        Broker({"bootstrap_server": "localhost"})


def test_slow_checksums_are_warned_of(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with caplog.at_level(logging.WARNING):
        Broker({})
    assert "install the package crc32c" in caplog.text
