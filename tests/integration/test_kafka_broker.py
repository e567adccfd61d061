"""What Regiohelix counts on in a real Kafka broker, asked of a real one."""

import socket
import ssl
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import GroupAuthorizationFailedError, KafkaTimeoutError, TopicAuthorizationFailedError

from tests.support.kafka.administration import SecuredBroker
from tests.support.kafka.broker import KafkaBroker

pytest_plugins = ["tests.support.kafka.fixture"]
pytestmark = pytest.mark.real_kafka

PATIENCE_SECONDS = 30.0
POLL_MS = 250


def new_name(kind: str) -> str:
    return f"{kind}-{uuid.uuid4().hex}"


@pytest.fixture
def topic(kafka_broker: SecuredBroker) -> str:
    name = new_name("regiohelix.test")
    kafka_broker.create_topic(name)
    return name


@pytest.fixture
def stranger(kafka_broker: SecuredBroker) -> str:
    name = new_name("stranger")
    kafka_broker.add_user(name)
    return name


def values(count: int) -> list[bytes]:
    return [b'{"cell": %d}' % number * 50 for number in range(count)]


def new_producer(broker: SecuredBroker, user: str) -> Any:
    safely = {"acks": "all", "enable_idempotence": True, "compression_type": "gzip"}
    eagerly = {"reconnect_backoff_max_ms": 500}
    return KafkaProducer(**broker.client_config(user), **safely, **eagerly)


def produce(broker: SecuredBroker, user: str, topic: str, count: int) -> list[int]:
    """Give the offsets at which the broker acknowledged ``values(count)``, in order."""
    with closing(new_producer(broker, user)) as producer:
        sent = [producer.send(topic, key=b"region", value=value) for value in values(count)]
        return [acknowledged.get(timeout=PATIENCE_SECONDS).offset for acknowledged in sent]


def read(broker: SecuredBroker, user: str, topic: str, position: int = 0) -> list[tuple[int, bytes]]:
    """Give offset and value of all that is in the partition from ``position`` on."""
    partition = TopicPartition(topic, 0)
    alone = {"group_id": None, "enable_auto_commit": False}
    with closing(KafkaConsumer(**broker.client_config(user), **alone)) as consumer:
        consumer.assign([partition])
        end = consumer.end_offsets([partition])[partition]
        consumer.seek(partition, position)
        return list(polled(consumer, end - position))


def polled(consumer: Any, count: int) -> Iterator[tuple[int, bytes]]:
    """Poll until ``count`` records have come, and give offset and value of whatever came."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while count > 0 and time.monotonic() < deadline:
        for records in consumer.poll(timeout_ms=POLL_MS).values():
            count -= len(records)
            yield from ((record.offset, record.value) for record in records)


def test_what_an_allowed_user_produces_an_allowed_reader_gets_back(kafka_broker: SecuredBroker, topic: str) -> None:
    region, hub = new_name("region"), new_name("hub")
    kafka_broker.add_user(region)
    kafka_broker.add_user(hub)
    kafka_broker.allow(region, "WRITE", topic=topic)
    kafka_broker.allow(hub, "READ", topic=topic)
    assert produce(kafka_broker, region, topic, 100) == list(range(100))
    assert read(kafka_broker, hub, topic) == list(enumerate(values(100)))


def test_values_travel_compressed(kafka_broker: SecuredBroker, topic: str) -> None:
    with closing(new_producer(kafka_broker, kafka_broker.admin)) as producer:
        producer.send(topic, value=b"cell " * 10_000).get(timeout=PATIENCE_SECONDS)
        rate = producer.metrics()["producer-metrics"]["compression-rate-avg"]
    assert 0 < rate < 0.1


def test_a_user_without_a_right_may_not_produce(kafka_broker: SecuredBroker, topic: str, stranger: str) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        produce(kafka_broker, stranger, topic, 1)
    assert read(kafka_broker, kafka_broker.admin, topic) == []


def test_a_user_without_a_right_may_not_read(kafka_broker: SecuredBroker, topic: str, stranger: str) -> None:
    produce(kafka_broker, kafka_broker.admin, topic, 1)
    with pytest.raises(TopicAuthorizationFailedError):
        read(kafka_broker, stranger, topic)


def test_the_right_to_write_is_no_right_to_read(kafka_broker: SecuredBroker, topic: str, stranger: str) -> None:
    kafka_broker.allow(stranger, "WRITE", topic=topic)
    produce(kafka_broker, stranger, topic, 1)
    with pytest.raises(TopicAuthorizationFailedError):
        read(kafka_broker, stranger, topic)


def test_a_consumer_group_needs_a_right_of_its_own(kafka_broker: SecuredBroker, topic: str, stranger: str) -> None:
    produce(kafka_broker, kafka_broker.admin, topic, 3)
    kafka_broker.allow(stranger, "READ", topic=topic)
    group = new_name("group")
    grouped = {"group_id": group, "auto_offset_reset": "earliest"}
    with (
        closing(KafkaConsumer(topic, **kafka_broker.client_config(stranger), **grouped)) as consumer,
        pytest.raises(GroupAuthorizationFailedError),
    ):
        list(polled(consumer, 3))
    kafka_broker.allow(stranger, "READ", group=group)
    with closing(KafkaConsumer(topic, **kafka_broker.client_config(stranger), **grouped)) as consumer:
        assert list(polled(consumer, 3)) == list(enumerate(values(3)))


def test_a_wrong_password_lets_nobody_in(kafka_broker: SecuredBroker, stranger: str) -> None:
    wrong = kafka_broker.client_config(stranger) | {"sasl_plain_password": "not-the-password"}
    with pytest.raises(KafkaTimeoutError):
        KafkaAdminClient(**wrong, bootstrap_timeout_ms=1000)


def test_a_client_that_does_not_know_the_authority_turns_away(kafka_broker: SecuredBroker) -> None:
    host, port = kafka_broker.bootstrap.rsplit(":", 1)
    knowing_nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with (
        socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        knowing_nobody.wrap_socket(plain, server_hostname=host)


def test_a_broker_killed_and_restarted_keeps_what_it_acknowledged(killable_broker: KafkaBroker) -> None:
    topic = new_name("regiohelix.test")
    killable_broker.create_topic(topic)
    produce(killable_broker, killable_broker.admin, topic, 50)
    killable_broker.kill()
    killable_broker.restart()
    assert read(killable_broker, killable_broker.admin, topic) == list(enumerate(values(50)))


def test_a_broker_killed_in_mid_stream_gets_every_value_once_and_in_order(
    killable_broker: KafkaBroker,
) -> None:
    topic = new_name("regiohelix.test")
    killable_broker.create_topic(topic)
    with closing(new_producer(killable_broker, killable_broker.admin)) as producer:
        sent = []
        for number, value in enumerate(values(5000)):
            if number == 2500:
                killable_broker.kill()
            sent.append(producer.send(topic, key=b"region", value=value))
        killable_broker.restart()
        offsets = [acknowledged.get(timeout=PATIENCE_SECONDS).offset for acknowledged in sent]
    assert offsets == list(range(5000))
    assert read(killable_broker, killable_broker.admin, topic) == list(enumerate(values(5000)))


def test_a_position_kept_outside_kafka_gives_exactly_the_rest(kafka_broker: SecuredBroker, topic: str) -> None:
    produce(kafka_broker, kafka_broker.admin, topic, 30)
    kept = read(kafka_broker, kafka_broker.admin, topic)[11][0] + 1
    assert read(kafka_broker, kafka_broker.admin, topic, kept) == list(enumerate(values(30)))[12:]
