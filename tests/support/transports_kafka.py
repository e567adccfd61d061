"""A region and a hub with a real Kafka broker between them."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from typing import Any

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import TopicAlreadyExistsError

from connectors.transport.kafka import KafkaSender
from connectors.transport.kafka_receiver import KafkaReceiver
from schemas.codes import DEAD_LETTERS_TOPIC, PROTOCOL_HEADER, RECEIPTS_TOPIC
from schemas.delivery import Sender
from schemas.receipt import Answer
from tests.support.kafka.administration import SecuredBroker
from tests.support.kafka.broker import KafkaBroker
from tests.support.transports import RememberingHub

# Short waits, so that an outage is noticed within a test.
HASTE: Mapping[str, Any] = {
    "bootstrap_timeout_ms": 5_000,
    "max_block_ms": 3_000,
    "request_timeout_ms": 3_000,
    "delivery_timeout_ms": 3_500,
    "reconnect_backoff_max_ms": 300,
}
SETTLE_ROUNDS = 60


class HubNeverTook(AssertionError):
    """The receiver did not get the events in time."""


class PositionedHub(RememberingHub):
    """A hub that keeps positions with the events, as one database transaction would."""

    def __init__(self) -> None:
        super().__init__()
        self.positions: dict[tuple[str, int], int] = {}
        self.taken: list[bytes] = []
        self.trouble: Exception | None = None

    def take_from(self, bodies: Sequence[bytes], positions: Mapping[tuple[str, int], int]) -> Sequence[Answer]:
        """Take bodies and positions, both or neither."""
        if self.trouble is not None:
            raise self.trouble
        self.positions |= positions
        self.taken += bodies
        return self.take(bodies)

    def load(self, topic: str, partition: int) -> int | None:
        """Return the kept position."""
        return self.positions.get((topic, partition))


def new_region() -> str:
    """Make up a region that no other test uses."""
    return f"XR-{uuid.uuid4().hex[:8].upper()}"


def new_topic(broker: SecuredBroker, partitions: int = 1) -> str:
    """Create a topic that no other test uses, and those of receipts and dead letters if they are not there."""
    topic = f"regiohelix.test-{uuid.uuid4().hex}"
    broker.create_topic(topic, partitions)
    for ours in (RECEIPTS_TOPIC, DEAD_LETTERS_TOPIC):
        with suppress(TopicAlreadyExistsError):
            broker.create_topic(ours)
    return topic


def values_in(broker: SecuredBroker, topic: str) -> list[bytes]:
    """Return every message that a topic of one partition holds now, with the administrator's rights."""
    place, found = TopicPartition(topic, 0), []
    with closing(KafkaConsumer(**broker.client_config(), auto_offset_reset="earliest")) as consumer:
        consumer.assign([place])
        end = consumer.end_offsets([place])[place]
        while consumer.position(place) < end:
            for records in consumer.poll(timeout_ms=1000).values():
                found += [record.value for record in records]
    return found


class KafkaLine:
    """A sender and a receiver on a real broker, both with the administrator's rights."""

    def __init__(self, broker: SecuredBroker, partitions: int = 1) -> None:
        self.broker = broker
        self.region = new_region()
        self.topic = new_topic(broker, partitions)
        self.hub = PositionedHub()
        self.config = {**broker.client_config(), **HASTE}
        self.sender: Sender = KafkaSender(self.config, self.region)
        self.receiver = self.new_receiver()
        self._cut = False

    def new_receiver(self, **settings: Any) -> KafkaReceiver:
        """Make a receiver that knows only what the hub kept."""
        return KafkaReceiver(
            {**self.config, **settings}, f"hub-{self.topic}", [self.topic], self.hub.take_from, self.hub,
            self.hub.standings, standing_seconds=0.0,
        )  # fmt: skip

    def settle(self, events: int) -> None:
        """Receive once, and until the hub took this many events; raises HubNeverTook."""
        taken = self.receiver.receive(0.5)
        for _ in range(SETTLE_ROUNDS):
            if taken >= events:
                return
            taken += self.receiver.receive(0.5)
        raise HubNeverTook(f"The hub took {taken} of {events} events.")

    def speak(self, protocol: int) -> None:
        """Put a word of a hub of this protocol among the answers."""
        word = msgspec.json.encode(self.hub.say(self.region))
        headers = [(PROTOCOL_HEADER, str(protocol).encode())]
        with closing(KafkaProducer(**self.config)) as producer:
            sent = producer.send(RECEIPTS_TOPIC, key=self.region.encode(), value=word, headers=headers)
            sent.get(timeout=SETTLE_ROUNDS)

    def cut(self) -> None:
        """Kill the broker."""
        assert isinstance(self.broker, KafkaBroker)
        self._cut = True
        self.broker.kill()

    def restore(self) -> None:
        """Start the broker again."""
        assert isinstance(self.broker, KafkaBroker)
        self.broker.restart()
        self._cut = False

    def close(self) -> None:
        """Release everything and leave a broker that runs."""
        if self._cut:
            self.restore()
        self.sender.close()
        self.receiver.close()
