"""The node's side of the transport over Apache Kafka: events into their topics, the hub's answers out of theirs."""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from kafka import TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError

from schemas.codes import PROTOCOL, PROTOCOL_HEADER, RECEIPTS_TOPIC, can_talk
from schemas.delivery import Parcel, TransportRefused
from schemas.receipt import Answer
from schemas.standing import Standing

from .kafka_client import Broker, close_consumer, close_producer

log = logging.getLogger(__name__)

POLL_MS: Final = 200
SLACK_SECONDS: Final = 5.0
MOST_ANSWERS: Final = 1_000  # a call's worth: after an outage there may be a hundred thousand
HEADERS: Final = [(PROTOCOL_HEADER, str(PROTOCOL).encode())]


class KafkaSender:
    """Put a region's parcels into their topics and read the hub's answers to them.

    The broker's user needs WRITE on the topics of events, READ on the topic of receipts and READ on the group
    `regiohelix-node-<region>`, in which the place up to which answers were read is kept.
    """

    def __init__(self, config: Mapping[str, Any], region: str) -> None:
        """Take kafka-python's settings (`bootstrap_servers`, `sasl_*`, `ssl_*`, ...); nothing is connected yet."""
        self._broker = Broker(config)
        self._region = region
        self._writing: Any = None
        self._reading: Any = None
        self._places: tuple[TopicPartition, ...] = ()
        self._read_to: dict[TopicPartition, int] = {}  # outlives a connection that broke before its place was kept
        self._standing: Standing | None = None
        self._other_protocol: str | None = None  # of the hub's last message, where this side does not understand it

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Answer]:
        """Return nothing once the broker has acknowledged every parcel; the hub's answers come by `collect`.

        Raises TransportUnavailable (some parcels may have arrived: send all again) or TransportRefused.
        """
        if not parcels:
            return []
        if self._writing is None:
            self._writing = self._broker.producer()
        try:
            publish(
                self._writing,
                [(topic, p.region.encode(), p.body) for p in parcels for topic in (p.topic, *p.also_on)],
                self._patience(),
            )
        except KafkaError as error:
            self._stop_writing()
            raise self._broker.failure(error) from error
        return []

    def collect(self) -> Sequence[Answer]:
        """Return the answers to this region that came in since the last call, MOST_ANSWERS and a batch at most.

        Calling it again, or closing, says that the answers returned before are kept. Raises TransportUnavailable or
        TransportRefused; the next call then starts where the last successful one ended.
        """
        if self._reading is None:
            self._reading = self._broker.consumer(f"regiohelix-node-{self._region}")
        try:
            return self._new_answers()
        except KafkaError as error:
            self._stop_reading()
            raise self._broker.failure(error) from error

    def standing(self) -> Standing | None:
        """Return the newest word on this region's chain that came with the answers, once; None where none came."""
        newest, self._standing = self._standing, None
        return newest

    def close(self) -> None:
        """Note that the answers returned are kept, and release connections."""
        if self._reading is not None:
            try:
                self._keep_places()
            except KafkaError as error:
                log.warning("The last answers will be read again: their place was not kept (%s).", type(error).__name__)
        self._stop_reading()
        self._stop_writing()

    def _new_answers(self) -> list[Answer]:
        if self._places:
            self._keep_places()
        else:
            self._find_places()
        wait = self._broker.milliseconds("request_timeout_ms")
        ends = self._reading.end_offsets(list(self._places), timeout_ms=wait)
        deadline = time.monotonic() + self._patience()
        answers: list[Answer] = []
        while any(self._position(place, wait) < ends[place] for place in self._places):
            if time.monotonic() > deadline:
                raise KafkaTimeoutError("The answers did not come in time.")
            for records in self._reading.poll(timeout_ms=POLL_MS).values():
                answers += [answer for record in records if (answer := self._own_answer(record)) is not None]
                deadline = time.monotonic() + self._patience()
            if len(answers) >= MOST_ANSWERS:
                break
        self._read_to = {place: self._position(place, wait) for place in self._places}
        if self._other_protocol is not None and not answers:
            raise TransportRefused(
                f"The hub behind the broker speaks protocol {self._other_protocol} and this node protocol {PROTOCOL}; "
                "they understand neighbours only, so bring the older side up to date."
            )
        return answers

    def _position(self, place: TopicPartition, wait: float) -> int:
        position: int | None = self._reading.position(place, timeout_ms=wait)
        if position is None:
            raise KafkaTimeoutError("The place of the last answer did not come in time.")
        return position

    def _find_places(self) -> None:
        partitions = self._reading.partitions_for_topic(RECEIPTS_TOPIC)
        if not partitions:
            raise TransportRefused(
                f"The broker shows no topic {RECEIPTS_TOPIC}; create it and grant this region's user READ on it."
            )
        self._places = tuple(TopicPartition(RECEIPTS_TOPIC, partition) for partition in sorted(partitions))
        self._reading.assign(list(self._places))
        for place, position in self._read_to.items():
            self._reading.seek(place, position)

    def _keep_places(self) -> None:
        self._reading.commit(timeout_ms=self._broker.milliseconds("request_timeout_ms"))

    def _own_answer(self, record: Any) -> Answer | None:
        """Return an answer to this region; a word on its chain and an unknown protocol are kept aside."""
        if record.key != self._region.encode():
            return None
        self._other_protocol = other_protocol(record)
        if self._other_protocol is not None:
            return None
        message = read_word(record.value or b"")
        if isinstance(message, Standing):
            if self._standing is None or message.as_of >= self._standing.as_of:
                self._standing = message
            return None
        if message is None:
            log.warning(
                "Message %d in partition %d of %s is no answer and was passed over.",
                record.offset,
                record.partition,
                record.topic,
            )
        return message

    def _patience(self) -> float:
        return self._broker.milliseconds("delivery_timeout_ms") / 1000 + SLACK_SECONDS

    def _stop_reading(self) -> None:
        reading, self._reading, self._places = self._reading, None, ()
        if reading is not None:
            close_consumer(reading)

    def _stop_writing(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            close_producer(writing, self._patience())


def publish(producer: Any, messages: Sequence[tuple[str, bytes, bytes | None]], patience_seconds: float) -> None:
    """Put (topic, key, value) messages in order and return once all are acknowledged; raises KafkaError.

    A value of None lets a compacted topic forget the key.
    """
    sent = [producer.send(topic, key=key, value=value, headers=HEADERS) for topic, key, value in messages]
    producer.flush(timeout=patience_seconds)
    for acknowledged in sent:
        acknowledged.get(timeout=patience_seconds)


class _Word(msgspec.Struct, frozen=True):
    """What tells the hub's words apart, which travel in one topic."""

    event_id: str | None = None
    last_sequence: int | None = None


def read_word(value: bytes) -> Answer | Standing | None:
    """Read an answer or a standing; None for anything else."""
    try:
        word = msgspec.json.decode(value, type=_Word)
        if word.last_sequence is not None:
            return msgspec.json.decode(value, type=Standing)
        return msgspec.json.decode(value, type=Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def other_protocol(record: Any) -> str | None:
    """Return the protocol that a message names where this side does not understand it, None otherwise."""
    number = spoken_protocol(record)
    if number is None:
        return "of no known form"
    return None if can_talk(number) else str(number)


def spoken_protocol(record: Any) -> int | None:
    """Return the protocol that a message names: the first one where it names none, None where that is no number."""
    said = next((value for name, value in record.headers or () if name == PROTOCOL_HEADER), b"1")
    return int(said) if said is not None and len(said) < 6 and said.isdigit() else None
