"""What Regiohelix counts on in a real Kafka broker, asked of a real one."""

import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import TopicAuthorizationFailedError

from tests.support.kafka.administration import SecuredBroker
from tests.support.kafka.broker import KafkaBroker

pytest_plugins = ["tests.support.kafka.fixture"]
pytestmark = pytest.mark.real_kafka

ANSWER_SECONDS = 20.0
POLL_MS = 250


@pytest.fixture
def topic(kafka_broker: SecuredBroker) -> str:
    name = f"regiohelix.test-{uuid.uuid4().hex}"
    kafka_broker.create_topic(name)
    return name


@pytest.fixture
def stranger(kafka_broker: SecuredBroker) -> str:
    name = f"stranger-{uuid.uuid4().hex}"
    kafka_broker.add_user(name)
    return name


def produce(broker: SecuredBroker, user: str, topic: str, values: list[bytes]) -> list[int]:
    """Give the offsets at which the broker acknowledged the values, in order."""
    with closing(
        KafkaProducer(
            **broker.client_config(user), acks="all", enable_idempotence=True, compression_type="gzip"
        )
    ) as producer:
        sent = [producer.send(topic, key=b"region", value=value) for value in values]
        return [acknowledged.get(timeout=ANSWER_SECONDS).offset for acknowledged in sent]


def read(broker: SecuredBroker, user: str, topic: str, position: int = 0) -> list[tuple[int, bytes]]:
    """Give offset and value of everything from ``position`` to the end the partition has now."""
    return list(_read(broker, user, topic, position))


def _read(broker: SecuredBroker, user: str, topic: str, position: int) -> Iterator[tuple[int, bytes]]:
    partition = TopicPartition(topic, 0)
    with closing(
        KafkaConsumer(**broker.client_config(user), group_id=None, enable_auto_commit=False)
    ) as consumer:
        consumer.assign([partition])
        end = consumer.end_offsets([partition])[partition]
        consumer.seek(partition, position)
        while consumer.position(partition) < end:
            for record in consumer.poll(timeout_ms=POLL_MS).get(partition, []):
                yield record.offset, record.value


def values(count: int, first: int = 0) -> list[bytes]:
    return [b'{"cell": %d}' % number * 50 for number in range(first, first + count)]


def test_what_an_allowed_user_produces_an_allowed_reader_gets_back(
    kafka_broker: SecuredBroker, topic: str
) -> None:
    region, hub = f"region-{uuid.uuid4().hex}", f"hub-{uuid.uuid4().hex}"
    kafka_broker.add_user(region)
    kafka_broker.add_user(hub)
    kafka_broker.allow(region, "WRITE", topic=topic)
    kafka_broker.allow(hub, "READ", topic=topic)
    offsets = produce(kafka_broker, region, topic, values(100))
    assert offsets == list(range(100))
    assert read(kafka_broker, hub, topic) == list(enumerate(values(100)))


def test_a_user_without_a_right_may_not_produce(
    kafka_broker: SecuredBroker, topic: str, stranger: str
) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        produce(kafka_broker, stranger, topic, values(1))
    assert read(kafka_broker, kafka_broker.admin, topic) == []


def test_a_user_without_a_right_may_not_read(kafka_broker: SecuredBroker, topic: str, stranger: str) -> None:
    produce(kafka_broker, kafka_broker.admin, topic, values(1))
    with pytest.raises(TopicAuthorizationFailedError):
        read(kafka_broker, stranger, topic)


def test_a_broker_killed_and_restarted_keeps_what_it_acknowledged(killable_broker: KafkaBroker) -> None:
    topic = f"regiohelix.test-{uuid.uuid4().hex}"
    killable_broker.create_topic(topic)
    produce(killable_broker, killable_broker.admin, topic, values(50))
    killable_broker.kill()
    killable_broker.restart()
    assert read(killable_broker, killable_broker.admin, topic) == list(enumerate(values(50)))


def test_a_position_kept_outside_kafka_gives_exactly_the_rest(
    kafka_broker: SecuredBroker, topic: str
) -> None:
    produce(kafka_broker, kafka_broker.admin, topic, values(30))
    kept = read(kafka_broker, kafka_broker.admin, topic)[11][0] + 1
    assert read(kafka_broker, kafka_broker.admin, topic, kept) == list(enumerate(values(30)))[12:]
