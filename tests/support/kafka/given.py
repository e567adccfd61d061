"""A throw-away broker that somebody else started and that the environment names."""

from collections.abc import Mapping
from pathlib import Path

from tests.support.kafka.administration import SecuredBroker
from tests.support.kafka.settings import ADMIN

ADDRESS = "REGIOHELIX_TEST_KAFKA"
USER = "REGIOHELIX_TEST_KAFKA_USER"
PASSWORD = "REGIOHELIX_TEST_KAFKA_PASSWORD"
CA_FILE = "REGIOHELIX_TEST_KAFKA_CA_FILE"


class BrokerSettingMissing(ValueError):
    """The environment names a broker but not all that is needed to reach it."""


class GivenBroker(SecuredBroker):
    """The broker that REGIOHELIX_TEST_KAFKA names; the tests leave users, topics and rights behind on it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__()
        missing = [name for name in (ADDRESS, PASSWORD, CA_FILE) if not environment.get(name)]
        if missing:
            raise BrokerSettingMissing(f"Set {' and '.join(missing)} to use a broker that runs already.")
        self.bootstrap = environment[ADDRESS]
        self.ca_file = Path(environment[CA_FILE])
        self.admin = environment.get(USER) or ADMIN
        self._passwords[self.admin] = environment[PASSWORD]
