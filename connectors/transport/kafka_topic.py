"""One topic that is only written to, in order and by an idempotent producer."""

from collections.abc import Mapping, Sequence
from typing import Any

from kafka.errors import KafkaError

from .kafka import SLACK_SECONDS, publish
from .kafka_client import Broker, close_producer


class KafkaTopicWriter:
    """Puts messages on one topic. The broker's user needs WRITE on it and nothing else."""

    def __init__(self, config: Mapping[str, Any], topic: str) -> None:
        """Take kafka-python's settings and the topic; nothing is connected yet."""
        self._broker, self._topic = Broker(config), topic
        self._writing: Any = None

    def write(self, messages: Sequence[tuple[bytes, bytes | None]]) -> None:
        """Put (key, value) messages in order and return once the broker acknowledged all.

        Raises TransportUnavailable (some may have arrived: write all again) or TransportRefused.
        """
        if self._writing is None:
            self._writing = self._broker.producer()
        try:
            publish(self._writing, [(self._topic, key, value) for key, value in messages], self._patience())
        except KafkaError as error:
            self.close()
            raise self._broker.failure(error) from error

    def close(self) -> None:
        """Release the connection."""
        writing, self._writing = self._writing, None
        if writing is not None:
            close_producer(writing, self._patience())

    def _patience(self) -> float:
        return self._broker.milliseconds("delivery_timeout_ms") / 1000 + SLACK_SECONDS
