"""Make the topics of a new broker and give each user the least it needs; safe to run again.

Runs in the hub's image, which has Kafka's client. KAFKA_BROKER, KAFKA_SECRETS, KAFKA_REGIONS and, where partners read
lessons by Kafka, KAFKA_PARTNERS say where and for whom.
"""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ConfigResource,
    ConfigResourceType,
    KafkaAdminClient,
    ResourcePattern,
    ResourceType,
)

EVENTS = ("regiohelix.indicators", "regiohelix.knowledge", "regiohelix.programme")
RECEIPTS = "regiohelix.receipts"
DEAD_LETTERS = "regiohelix.dead-letters"
PARTNERS = "regiohelix.partners.lessons"
HUB_GROUP = "regiohelix-hub"
# The largest event is 2 MiB; its message has a key, headers and a frame besides (connectors/transport/kafka_client.py).
LARGEST_MESSAGE = 2 * 1024 * 1024 + 64 * 1024
_HOUR_MS = 60 * 60 * 1000
# The last message of each lesson stays for good, so that who comes late gets them all. What a later message replaced is
# gone within a day and an hour: a lesson may have been destroyed. That one was destroyed is told for thirty days.
COMPACTED = {
    "cleanup.policy": "compact",
    "segment.ms": str(_HOUR_MS),
    "min.cleanable.dirty.ratio": "0.01",
    "max.compaction.lag.ms": str(24 * _HOUR_MS),
    "delete.retention.ms": str(30 * 24 * _HOUR_MS),
}
# The broker may still be preparing its storage; kafka-python itself waits this long for one to answer.
PATIENCE_MS = 120_000


class RightNotGranted(RuntimeError):
    """The broker refused an access rule."""


def rules(regions: dict[str, str], partners: Sequence[str] = ()) -> list[tuple[str, ResourcePattern, ACLOperation]]:
    """List user, resource and operation: regions write events and read receipts, the hub the other way about.

    `regions` gives each Kafka user's region code. No region can read another's events; each keeps its place among
    the receipts in a group of its own. The users of `partners` read the lessons that are for them and nothing else.
    """
    listed = [("hub", _topic(topic), ACLOperation.READ) for topic in EVENTS]
    listed += [("hub", _topic(topic), ACLOperation.WRITE) for topic in (RECEIPTS, DEAD_LETTERS, PARTNERS)]
    listed.append(("hub", ResourcePattern(ResourceType.GROUP, HUB_GROUP), ACLOperation.READ))
    for user, code in regions.items():
        listed += [(user, _topic(topic), ACLOperation.WRITE) for topic in EVENTS]
        listed.append((user, _topic(RECEIPTS), ACLOperation.READ))
        listed.append((user, ResourcePattern(ResourceType.GROUP, f"regiohelix-node-{code}"), ACLOperation.READ))
    for user in partners:
        listed.append((user, _topic(PARTNERS), ACLOperation.READ))
        listed.append((user, ResourcePattern(ResourceType.GROUP, f"regiohelix-partner-{user}"), ACLOperation.READ))
    return listed


def _topic(name: str) -> ResourcePattern:
    return ResourcePattern(ResourceType.TOPIC, name)


def grant(administrator: KafkaAdminClient, regions: dict[str, str], partners: Sequence[str] = ()) -> None:
    """Make what is missing of the topics and the rules; raises RightNotGranted."""
    existing = set(administrator.list_topics())
    missing = [topic for topic in (*EVENTS, RECEIPTS, DEAD_LETTERS, PARTNERS) if topic not in existing]
    if missing:
        administrator.create_topics({topic: {"num_partitions": 1} for topic in missing}, wait_for_metadata=True)
    # Set also on topics that are there: an earlier version left Kafka's own limit of 1 MiB.
    sizes = {"max.message.bytes": str(LARGEST_MESSAGE)}
    topics = [ConfigResource(ConfigResourceType.TOPIC, topic, dict(sizes)) for topic in (*EVENTS, DEAD_LETTERS)]
    topics.append(ConfigResource(ConfigResourceType.TOPIC, PARTNERS, {**sizes, **COMPACTED}))
    administrator.alter_configs(topics)
    allow = ACLPermissionType.ALLOW
    acls = [
        ACL(f"User:{user}", "*", operation, allow, resource) for user, resource, operation in rules(regions, partners)
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
    # Each as user:CODE, for instance region_one:XR-DUINRAND.
    regions = dict(pair.split(":", 1) for pair in os.environ["KAFKA_REGIONS"].split())
    partners = os.environ.get("KAFKA_PARTNERS", "").split()
    started = time.monotonic()
    administrator = KafkaAdminClient(**login, bootstrap_timeout_ms=PATIENCE_MS)
    try:
        grant(administrator, regions, partners)
    finally:
        administrator.close()
    print(f"Topics and rights are in place after {time.monotonic() - started:.1f} s.")  # noqa: T201


if __name__ == "__main__":
    main()
