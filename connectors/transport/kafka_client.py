"""What this side's Kafka clients have in common: settings, connecting, and what an error means to a caller."""

import importlib.util
import logging
from collections.abc import Mapping
from typing import Any, Final

from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import (
    AuthorizationError,
    InvalidRecordError,
    InvalidTopicError,
    KafkaConfigurationError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
    UnsupportedVersionError,
)

from schemas.delivery import TransportRefused, TransportUnavailable

log = logging.getLogger(__name__)

# kafka-python waits half a minute between attempts after an outage, and two minutes for one delivery.
PATIENCE: Final[Mapping[str, Any]] = {
    "bootstrap_timeout_ms": 20_000,
    "max_block_ms": 20_000,
    "request_timeout_ms": 10_000,
    "delivery_timeout_ms": 30_000,
    "reconnect_backoff_max_ms": 1_000,
    # Where a change of topics or leaders was missed while a broker went down, it is seen after this long, not after
    # five minutes.
    "metadata_max_age_ms": 15_000,
}
# An event is 2 MiB at most (the hub refuses more); its message has a key, headers and a frame besides. Topics allow
# as much: deploy/kafka/rights.py.
LARGEST_MESSAGE: Final = 2 * 1024 * 1024 + 64 * 1024
PRODUCING: Final[Mapping[str, Any]] = {
    "linger_ms": 20,
    "batch_size": 256 * 1024,
    "compression_type": "gzip",
    "max_request_size": LARGEST_MESSAGE,
}
CONSUMING: Final[Mapping[str, Any]] = {
    "max_poll_records": 500,
    "max_partition_fetch_bytes": 4 * 1024 * 1024,
    "fetch_max_bytes": 8 * 1024 * 1024,
    # A member that vanished without leaving keeps its partitions from the others for this long.
    "session_timeout_ms": 10_000,
    # One that is there and takes nothing keeps the others waiting for this long when the group is shared out anew, and
    # an answer to joining that never comes is waited for as long. A batch takes a database that is away half a minute,
    # and its answers a broker that is away another one.
    "max_poll_interval_ms": 90_000,
}
# What at-least-once delivery in order rests on; no configuration may change it.
SAFELY_PRODUCING: Final[Mapping[str, Any]] = {"enable_idempotence": True, "acks": "all"}
SAFELY_CONSUMING: Final[Mapping[str, Any]] = {"enable_auto_commit": False, "auto_offset_reset": "earliest"}
CLOSE_PATIENCE_MS: Final = 2_000

_LASTING = (
    AuthorizationError,
    InvalidRecordError,
    InvalidTopicError,
    KafkaConfigurationError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
    UnsupportedVersionError,
)


class UnknownKafkaSetting(ValueError):
    """The configuration names a setting that kafka-python does not have."""


class Broker:
    """A broker as a configuration names it; makes clients and words what goes wrong with them."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        unknown = sorted(config.keys() - KafkaProducer.DEFAULT_CONFIG.keys() - KafkaConsumer.DEFAULT_CONFIG.keys())
        if unknown:
            raise UnknownKafkaSetting(f"kafka-python has no setting named {', '.join(unknown)}; check the spelling.")
        self._config = {**PATIENCE, **config}
        servers = self._config.get("bootstrap_servers", "localhost")
        self._address = servers if isinstance(servers, str) else ", ".join(servers)
        if importlib.util.find_spec("crc32c") is None:
            log.warning("Kafka checksums run in pure Python and are slow; install the package crc32c.")

    def producer(self) -> Any:
        """Connect an idempotent producer; raises TransportUnavailable or TransportRefused."""
        return self._connected(KafkaProducer, {**PRODUCING, **self._config, **SAFELY_PRODUCING})

    def consumer(self, group: str) -> Any:
        """Connect a consumer that starts at the oldest message; raises TransportUnavailable or TransportRefused."""
        return self._connected(KafkaConsumer, {**CONSUMING, **self._config, **SAFELY_CONSUMING, "group_id": group})

    def milliseconds(self, setting: str) -> float:
        """Return one of the waiting times in PATIENCE or CONSUMING as it is configured."""
        return float({**CONSUMING, **self._config}[setting])

    def failure(self, error: KafkaError) -> TransportUnavailable | TransportRefused:
        """Word an error of kafka-python for a caller."""
        name = type(error).__name__
        if isinstance(error, _LASTING):
            return TransportRefused(
                f"The broker at {self._address} refuses this ({name}); "
                "check this user's rights on its topics and group, and the size of the events."
            )
        if isinstance(error, KafkaTimeoutError):
            # A wrong password looks no different: kafka-python keeps trying until its time is over.
            return TransportUnavailable(
                f"The broker at {self._address} did not answer in time; "
                "check that it runs, that the topic exists, and that user name and password are right."
            )
        return TransportUnavailable(f"The broker at {self._address} is in trouble ({name}); try again later.")

    def _connected(self, kind: Any, settings: Mapping[str, Any]) -> Any:
        network: list[Any] = []

        def kept(**arguments: Any) -> Any:
            network.append(kind.DEFAULT_CONFIG["kafka_client"](**arguments))
            return network[-1]

        known = {name: value for name, value in settings.items() if name in kind.DEFAULT_CONFIG}
        try:
            return kind(**known, kafka_client=kept)
        except KafkaError as error:
            # A client whose constructor fails leaves its thread and sockets behind.
            for opened in network:
                opened.close()
            raise self.failure(error) from error


def close_consumer(consumer: Any) -> None:
    """Close a consumer within CLOSE_PATIENCE_MS, also when its broker is away."""
    try:
        consumer.close(autocommit=False, timeout_ms=CLOSE_PATIENCE_MS)
    except KafkaError as error:
        log.warning("A Kafka consumer did not close in order (%s); nothing is lost.", type(error).__name__)


def close_producer(producer: Any, patience_seconds: float) -> None:
    """Close a producer, waiting for what it still holds."""
    try:
        producer.close(timeout=patience_seconds)
    except KafkaError as error:
        log.warning("A Kafka producer did not close in order (%s).", type(error).__name__)
