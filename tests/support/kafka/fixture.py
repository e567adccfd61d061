"""Pytest fixtures for a real broker; a conftest offers them with ``pytest_plugins``.

PYTEST_DONT_REWRITE: nothing is asserted here, and tests import the module besides.
"""

import os
import time
from collections.abc import Iterator

import pytest

from tests.support.kafka.administration import SecuredBroker
from tests.support.kafka.broker import KafkaBroker
from tests.support.kafka.given import ADDRESS, GivenBroker
from tests.support.kafka.jars import JarsNotFetched, JavaMissing, kafka_version

# Seconds each real part took to start in this run, for the run's last lines.
REAL_PART_SECONDS: dict[str, float] = {}

# kafka-python 3.0.12 leaves two kinds of socket to the garbage collector: that of a refused connection and
# that of a TLS handshake cut short. Both come of a broker that is away, and neither has a peer any more.
_REFUSED = r"socket\.socket .*laddr=\('0\.0\.0\.0', [0-9]+\)"
_CUT_SHORT = r"ssl\.SSLSocket .*laddr=\('[0-9.]+', [0-9]+\)"


def pytest_configure(config: pytest.Config) -> None:
    """Let a killed broker not fail a test by what its clients leave behind."""
    config.addinivalue_line("filterwarnings", f"ignore:unclosed <({_REFUSED}|{_CUT_SHORT})>:ResourceWarning")


@pytest.fixture(scope="session")
def kafka_broker(request: pytest.FixtureRequest) -> Iterator[SecuredBroker]:
    """Offer one broker to the whole run: the one the environment names, else one started for it."""
    if os.environ.get(ADDRESS):
        yield GivenBroker(os.environ)
        return
    broker = started_broker()
    took = REAL_PART_SECONDS["kafka"]
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\nApache Kafka {kafka_version()} ready in {took:.1f} s")
    yield broker
    broker.stop()


@pytest.fixture
def killable_broker(kafka_broker: SecuredBroker) -> Iterator[KafkaBroker]:
    """Offer a broker that a test may kill; the test leaves it running again."""
    own = isinstance(kafka_broker, KafkaBroker)
    broker = kafka_broker if isinstance(kafka_broker, KafkaBroker) else started_broker()
    yield broker
    if not own:
        broker.stop()


def started_broker() -> KafkaBroker:
    """Start a broker, note how long it took, and skip the test where the machine cannot have one.

    With REQUIRE_REAL=1 nothing is skipped: the reason is raised.
    """
    broker = KafkaBroker()
    before = time.monotonic()
    try:
        broker.start()
    except (JavaMissing, JarsNotFetched) as reason:
        if os.environ.get("REQUIRE_REAL") == "1":
            raise
        pytest.skip(f"no real Kafka: {reason}")
    REAL_PART_SECONDS["kafka"] = time.monotonic() - before
    return broker
