"""A broker reached over SASL_SSL: what a client needs to know, and what its administrator can do."""

import secrets
import time
from pathlib import Path
from typing import Any

from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
    UserScramCredentialUpsertion,
)

from connectors.transport.kafka_client import LARGEST_MESSAGE
from tests.support.kafka.settings import CLIENT_MECHANISM

# Kafka accepts 4096 to 16384 rounds; the passwords here are random, so more of them add no safety.
SCRAM_ITERATIONS = 8192
PATIENCE_SECONDS = 20.0
POLL_SECONDS = 0.05


class UserNotCreated(RuntimeError):
    """The broker refused a user's credential."""


class RightNotGranted(RuntimeError):
    """The broker refused an access rule, or never showed it."""


class SecuredBroker:
    """Any broker with SASL_SSL, SCRAM-SHA-512 and access rules whose administrator's password is known."""

    bootstrap: str
    ca_file: Path
    admin: str

    def __init__(self) -> None:
        self._passwords: dict[str, str] = {}

    def client_config(self, user: str | None = None) -> dict[str, Any]:
        """Give the keyword arguments with which kafka-python connects as ``user``.

        Without ``user`` they are the administrator's. Raises KeyError for a user that was not added here.
        """
        name = user or self.admin
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": CLIENT_MECHANISM,
            "sasl_plain_username": name,
            "sasl_plain_password": self._passwords[name],
            "ssl_cafile": str(self.ca_file),
            "ssl_check_hostname": True,
        }

    def add_user(self, name: str, password: str | None = None) -> None:
        """Add a user, or give one a new password, and return once that user can log in.

        Raises UserNotCreated if the broker refuses, KafkaTimeoutError if the user cannot log in afterwards.
        """
        chosen = password or secrets.token_urlsafe(24)
        credential = UserScramCredentialUpsertion(name, CLIENT_MECHANISM, chosen, iterations=SCRAM_ITERATIONS)
        with self._administrator() as administrator:
            refusal = administrator.alter_user_scram_credentials([credential])[name]
        if refusal is not None:
            raise UserNotCreated(f"The broker at {self.bootstrap} refused user {name}: {refusal}")
        self._passwords[name] = chosen
        # The controller answers before the broker has replayed the credential; a real login is the proof.
        KafkaAdminClient(**self.client_config(name), bootstrap_timeout_ms=PATIENCE_SECONDS * 1000).close()

    def create_topic(self, name: str, partitions: int = 1) -> None:
        """Create a topic for events of up to 2 MiB and return once every partition has a leader.

        Raises TopicAlreadyExistsError.
        """
        with self._administrator() as administrator:
            wanted = {"num_partitions": partitions, "configs": {"max.message.bytes": str(LARGEST_MESSAGE)}}
            administrator.create_topics({name: wanted}, wait_for_metadata=True)

    def allow(self, user: str, operation: str, *, topic: str | None = None, group: str | None = None) -> None:
        """Allow ``user`` an operation (``READ``, ``WRITE``, ...) on one topic or one group.

        Names are exact, no patterns. Returns once the broker's authorizer holds the rule. Raises ValueError
        unless exactly one of topic and group is given, KeyError for an unknown operation, RightNotGranted.
        """
        if (topic is None) == (group is None):
            raise ValueError("Name one topic or one group: exactly one of the two.")
        kind, name = (ResourceType.GROUP, group) if topic is None else (ResourceType.TOPIC, topic)
        resource = ResourcePattern(kind, name)
        rule = (f"User:{user}", "*", ACLOperation[operation], ACLPermissionType.ALLOW, resource)
        with self._administrator() as administrator:
            if administrator.create_acls([ACL(*rule)])["failed"]:
                raise RightNotGranted(f"The broker refused to allow {user} {operation} on {name}.")
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not administrator.describe_acls(ACLFilter(*rule))[0]:
                if time.monotonic() > deadline:
                    raise RightNotGranted(f"{operation} on {name} for {user} came into force too late.")
                time.sleep(POLL_SECONDS)

    def _administrator(self) -> KafkaAdminClient:
        # One connection an act, since the broker may have been killed since the last.
        return KafkaAdminClient(**self.client_config(), bootstrap_timeout_ms=PATIENCE_SECONDS * 1000)
