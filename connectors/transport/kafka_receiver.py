"""The hub's side of the transport over Apache Kafka: events out of their topics, answers into theirs."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec
from kafka import TopicPartition
from kafka.errors import KafkaError

from schemas.codes import DEAD_LETTERS_TOPIC, PROTOCOL, RECEIPTS_TOPIC
from schemas.delivery import Standings, TransportRefused, TransportUnavailable
from schemas.receipt import Answer

from .kafka import SLACK_SECONDS, other_protocol, publish, spoken_protocol
from .kafka_client import Broker, close_consumer, close_producer
from .kafka_group import Membership
from .kafka_notices import Message, PublishedStandings, letter

log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 1.0
TAKE_BYTES: Final = 8 * 1024 * 1024  # of bodies in one transaction; a compressed batch may hold more
STANDING_SECONDS: Final = 60.0
QUIET_SECONDS: Final = 15.0  # without a message, after which the broker is asked whether it is there at all
SESSIONS_OUT: Final = 3  # that a receiver may be out of its group, its broker being there, until it connects anew

Place = tuple[str, int]  # topic, partition
Understood = Callable[[Answer, int], Answer]  # an answer, and the protocol of the node that it is for
Take = Callable[[Sequence[bytes], Mapping[Place, int]], Sequence[Answer]]


class AnswersMissing(RuntimeError):
    """The intake did not give one answer to each body."""


class Positions(Protocol):
    """The hub's own memory of how far it has read, kept in the database that holds the events."""

    def load(self, topic: str, partition: int) -> int | None:
        """Return the offset to read next, or None when nothing was ever read."""
        ...


class KafkaReceiver:
    """Read events and have them taken together with the position behind them, then publish the answers.

    `take(bodies, positions)` keeps the events and the offsets to read next in ONE database transaction and returns one
    answer for each body, in order, also for bodies that are no events. What it has kept is then never read again, and
    what it has not kept is. An offset lower than a kept one may come after another receiver took over the partition:
    reading twice is harmless, so either may be kept.

    An answer that is lost because this process ends between keeping and publishing comes again when the region sends
    its event again. Of what was refused a notice goes to the topic of dead letters, where the broker has one. The
    broker's user needs READ on topics and group, and WRITE on the topics of receipts and dead letters.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        group: str,
        topics: Sequence[str],
        take: Take,
        positions: Positions,
        standings: Standings = tuple,
        standing_seconds: float = STANDING_SECONDS,
        outages: tuple[type[Exception], ...] = (),
        understood: Understood = lambda answer, _: answer,
    ) -> None:
        """Take kafka-python's settings (`bootstrap_servers`, `sasl_*`, ...); nothing is connected yet.

        `standings` gives the hub's signed word on every chain; it is asked so often, and published where it changed.
        `outages` are what `run` outlasts besides a broker that is away: a database that is. `understood` gives an
        answer in the form that the protocol reads which came with the message it answers.
        """
        self._broker = Broker(config)
        self._group = group
        self._topics = tuple(topics)
        self._take = take
        self._positions = positions
        self._reading: Any = None
        self._writing: Any = None
        self._listener = Membership()
        self._unpublished: list[Message] = []
        self._tells_of_letters = False
        self._heard = time.monotonic()
        self._standings = PublishedStandings(standings, standing_seconds)
        self._outages = outages
        self._understood = understood

    def receive(self, timeout_seconds: float = 1.0) -> int:
        """Take what has come within the time and return how many messages that were.

        Raises TransportUnavailable or TransportRefused, and whatever `take` raises; call again to go on: nothing was
        lost, and answers not yet published go first.
        """
        self._connect()
        self._publish_answers()
        records = self._poll(timeout_seconds)
        self._listen(bool(records))
        for run in _runs(records):
            self._take_records(run)
            self._publish_answers()
        self._unpublished += self._standings.changed()
        self._publish_answers()
        return len(records)

    def run(self, stop: threading.Event) -> None:
        """Receive until told to stop, then finish the batch and leave the group; raises TransportRefused.

        Outages are outlasted.
        """
        try:
            while not stop.is_set():
                try:
                    self.receive()
                except TransportUnavailable as outage:
                    log.warning("%s", outage)
                    stop.wait(RETRY_SECONDS)
                except self._outages as outage:  # its text may quote what was being kept
                    log.warning("What keeps the events is away (%s); nothing is lost.", type(outage).__name__)
                    stop.wait(RETRY_SECONDS)
        finally:
            self.close()

    def close(self) -> None:
        """Release connections; receiving again connects again."""
        reading, self._reading = self._reading, None
        if reading is not None:
            close_consumer(reading)
        self._stop_writing()

    def _stop_writing(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            close_producer(writing, self._patience())

    def _connect(self) -> None:
        if self._reading is None:
            self._listener = Membership()
            self._heard = time.monotonic()
            self._reading = self._broker.consumer(self._group)
            self._reading.subscribe(self._topics, listener=self._listener)
            self._tells_of_letters = DEAD_LETTERS_TOPIC in self._topics_there()

    def _topics_there(self) -> Collection[str]:
        try:
            found: Collection[str] = self._reading.topics()
        except KafkaError as error:
            self.close()
            raise self._broker.failure(error) from error
        return found

    def _poll(self, timeout_seconds: float) -> list[Any]:
        polled: Mapping[TopicPartition, Sequence[Any]] = {}
        try:
            polled = self._reading.poll(timeout_ms=int(timeout_seconds * 1000))
            moved = self._seek_assigned()
        except BaseException as error:
            self._listener.note(polled)  # what was polled and not taken is read again
            if isinstance(error, KafkaError):
                raise self._broken_reading(error) from error
            raise
        return [record for place, found in polled.items() if place not in moved for record in found]

    def _broken_reading(self, error: KafkaError) -> TransportUnavailable | TransportRefused:
        failure = self._broker.failure(error)
        if isinstance(failure, TransportRefused):
            self.close()
        # Otherwise the consumer is kept: a new one would be a new member of the group, which the broker lets wait until
        # the session of the former is over.
        return failure

    def _listen(self, has_heard: bool) -> None:
        """Ask a quiet broker for a sign: kafka-python polls a broker that is gone without a word.

        One that is there, in whose group this receiver has no place for long, is connected to anew: an answer of the
        broker's that was lost while it went down is waited for as long as the slowest member may take.
        """
        if has_heard:
            self._heard = time.monotonic()
        if time.monotonic() - self._heard < QUIET_SECONDS:
            return
        places = [TopicPartition(topic, 0) for topic in self._topics]
        try:
            self._reading.end_offsets(places, timeout_ms=self._broker.milliseconds("request_timeout_ms"))
        except KafkaError as error:
            self._listener.excuse()
            raise self._broken_reading(error) from error
        self._heard = time.monotonic()
        if self._listener.out_for() > SESSIONS_OUT * self._broker.milliseconds("session_timeout_ms") / 1000:
            log.warning("The broker gave this receiver no place in its group in time; it connects anew.")
            self.close()

    def _seek_assigned(self) -> set[TopicPartition]:
        """Go to the kept positions of newly assigned partitions and return those partitions.

        Whatever was polled from them before is to be dropped: it was read from somewhere else.
        """
        assigned = self._listener.handed_over()
        try:
            for place in assigned & self._reading.assignment():
                self._seek(place, self._positions.load(place.topic, place.partition))
        except BaseException:
            self._listener.note(assigned)
            raise
        return assigned

    def _seek(self, place: TopicPartition, position: int | None) -> None:
        try:
            if position is None:
                self._reading.seek_to_beginning(place)
            else:
                self._reading.seek(place, position)
        except ValueError:
            # Taken away since it was looked up: whoever has it now goes to its position.
            if place in self._reading.assignment():
                raise

    def _take_records(self, records: Sequence[Any]) -> None:
        _warn_of_strangers(records)
        positions = {(record.topic, record.partition): record.offset + 1 for record in records}
        try:
            answers = self._take([record.value or b"" for record in records], positions)
        except BaseException:
            self._listener.note(TopicPartition(*place) for place in positions)
            raise
        if len(answers) != len(records):
            raise AnswersMissing(
                f"The intake gave {len(answers)} answers to {len(records)} messages; it owes one each."
            )
        for record, answer in zip(records, answers, strict=True):
            if record.key is None:
                log.warning(
                    "Message %d in partition %d of %s names no region, so nobody gets the answer (%s).",
                    record.offset,
                    record.partition,
                    record.topic,
                    answer.outcome,
                )
            else:
                said = self._understood(answer, spoken_protocol(record) or 1)
                self._unpublished.append((RECEIPTS_TOPIC, record.key, msgspec.json.encode(said)))
            if answer.outcome == "refused" and self._tells_of_letters:
                self._unpublished.append(letter(record, answer))

    def _publish_answers(self) -> None:
        if not self._unpublished:
            return
        if self._writing is None:
            self._writing = self._broker.producer()
        try:
            publish(self._writing, self._unpublished, self._patience())
        except KafkaError as error:
            self._stop_writing()
            raise self._broker.failure(error) from error
        self._unpublished.clear()

    def _patience(self) -> float:
        return self._broker.milliseconds("delivery_timeout_ms") / 1000 + SLACK_SECONDS


def _runs(records: Sequence[Any]) -> Iterator[list[Any]]:
    """Cut what was polled into runs of at most TAKE_BYTES; one message larger than that goes by itself."""
    run: list[Any] = []
    size = 0
    for record in records:
        size += len(record.value or b"")
        if run and size > TAKE_BYTES:
            yield run
            run, size = [], len(record.value or b"")
        run.append(record)
    if run:
        yield run


def _warn_of_strangers(records: Sequence[Any]) -> None:
    """Name protocols that are no neighbours; the intake still judges each event by its bytes, so that none is lost."""
    others = {other for record in records if (other := other_protocol(record)) is not None}
    for other in sorted(others):
        log.warning("Events come from a node of protocol %s and this hub speaks protocol %d.", other, PROTOCOL)
