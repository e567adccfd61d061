"""Make the topics of a new broker and give each user the least it needs; safe to run again.

Runs in the hub's image, which has Kafka's client. KAFKA_BROKER, KAFKA_SECRETS and KAFKA_REGIONS say where and for whom.
"""

import os
import time
from pathlib import Path
from typing import Any

from kafka.admin import ACL, ACLOperation, ACLPermissionType, KafkaAdminClient, ResourcePattern, ResourceType

EVENTS = ("regiohelix.indicators", "regiohelix.knowledge")
RECEIPTS = "regiohelix.receipts"
DEAD_LETTERS = "regiohelix.dead-letters"
# The broker may still be preparing its storage; kafka-python itself waits this long for one to answer.
PATIENCE_MS = 120_000


class RightNotGranted(RuntimeError):
    """The broker refused an access rule."""


def rules(regions: list[str]) -> list[tuple[str, str, ACLOperation]]:
    """List user, topic and operation: regions write events and read receipts, the hub the other way about.

    No region can read another's events. Positions are kept beside the results, so that nobody needs a group.
    """
    write = [(region, topic, ACLOperation.WRITE) for region in regions for topic in EVENTS]
    read = [(region, RECEIPTS, ACLOperation.READ) for region in regions]
    hub = [("hub", topic, ACLOperation.READ) for topic in EVENTS]
    return [*write, *read, *hub, *[("hub", topic, ACLOperation.WRITE) for topic in (RECEIPTS, DEAD_LETTERS)]]


def grant(administrator: KafkaAdminClient, regions: list[str]) -> None:
    """Make what is missing of the topics and the rules; raises RightNotGranted."""
    existing = set(administrator.list_topics())
    missing = [topic for topic in (*EVENTS, RECEIPTS, DEAD_LETTERS) if topic not in existing]
    if missing:
        administrator.create_topics({topic: {"num_partitions": 1} for topic in missing}, wait_for_metadata=True)
    allow = ACLPermissionType.ALLOW
    acls = [
        ACL(f"User:{user}", "*", operation, allow, ResourcePattern(ResourceType.TOPIC, topic))
        for user, topic, operation in rules(regions)
    ]
    if administrator.create_acls(acls)["failed"]:
        raise RightNotGranted("The broker refused some access rules; look for the reason in its log.")


def main() -> None:
    """Connect as the administrator named by the mounted secrets and grant."""
    secrets = Path(os.environ.get("KAFKA_SECRETS", "/run/secrets"))
    login: dict[str, Any] = {
        "bootstrap_servers": os.environ.get("KAFKA_BROKER", "kafka:9092"),
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "admin",
        "sasl_plain_password": (secrets / "kafka_admin_password").read_text(encoding="utf-8"),
        "ssl_cafile": str(secrets / "kafka_ca"),
    }
    started = time.monotonic()
    administrator = KafkaAdminClient(**login, bootstrap_timeout_ms=PATIENCE_MS)
    try:
        grant(administrator, os.environ["KAFKA_REGIONS"].split())
    finally:
        administrator.close()
    print(f"Topics and rights are in place after {time.monotonic() - started:.1f} s.")  # noqa: T201


if __name__ == "__main__":
    main()
