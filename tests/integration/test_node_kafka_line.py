"""The whole line over a real broker: a node ships, the hub takes in, the node collects signed receipts."""

import contextlib
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from kafka.errors import TopicAlreadyExistsError
from sqlalchemy import delete, func, select

from connectors.database import writing
from connectors.secret_files import write_secret
from hub.bootstrap import EVENT_TOPICS, open_receiver
from hub.tables import event as hub_event
from hub.tables import lesson as hub_lesson
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node, create_node, open_node, open_sender
from node.release import candidate, outbox, review
from node.release.scan import scan
from schemas.codes import RECEIPTS_TOPIC
from schemas.delivery import Sender
from schemas.receipt import Answer, check_receipt
from schemas.signature import SigningKey
from tests.support.events import TestRegion, lesson
from tests.support.hub import RunningHub
from tests.support.kafka.administration import SecuredBroker
from tests.support.transports_kafka import HASTE, new_region

PATIENCE_SECONDS = 30.0
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def enrolled_node(home: Path, running_hub: RunningHub, broker: SecuredBroker) -> tuple[Node, SigningKey]:
    """Make a node that speaks to the hub through the broker, with one reviewer."""
    config, code, key = broker.client_config(), new_region(), SigningKey.generate()
    values = {
        "region": code,
        "name": code.title(),
        "region_set": "invented",
        "division_year": 2025,
        "areas": [],
        "hub_url": "http://localhost:1",
    }
    create_node(home, values).engine.dispose()
    file, text = home / "node.toml", (home / "node.toml").read_text(encoding="utf-8")
    for name, before, after in (
        ("transport", "http", "kafka"),
        ("kafka_bootstrap", "", config["bootstrap_servers"]),
        ("kafka_user", "", config["sasl_plain_username"]),
        ("kafka_ca_file", "", config["ssl_cafile"]),
    ):
        text = text.replace(f'{name} = "{before}"', f'{name} = "{after}"')
    file.write_text(text, encoding="utf-8")
    node = open_node(home)
    running_hub.enrol(TestRegion(code, node.service_key(), (key,)))
    write_secret(node.settings.secret("token"), running_hub.tokens[code].encode())
    write_secret(node.settings.secret("hub.pub"), running_hub.hub.key.public.hex.encode())
    with writing(node.engine) as connection:
        review.register(
            connection, review.Reviewer("First", "Hospital", key.public), AuditEntry("First", "joined", "key", NOW)
        )
    return node, key


def publish(node: Node, key: SigningKey, count: int) -> None:
    """Let lessons out through the release zone."""
    words = [scan(msgspec.structs.replace(lesson(), lesson=f"les-{number}")) for number in range(count)]
    entry = AuditEntry("Author", "bundle.prepared", "test", NOW)
    with writing(node.engine) as connection:
        bundle = candidate.freeze(
            connection, words, audience="public", subject_key=node.secret("subject"), entry=entry, now=NOW
        )
        review.approve(connection, bundle.id, node.settings.region, key, NOW)
        flow.publish(connection, bundle.id, node.settings.region, node.service_key(), entry)


@pytest.mark.real_kafka
def test_a_release_reaches_the_hub_over_a_broker_and_its_receipts_come_back(
    running_hub: RunningHub, kafka_broker: SecuredBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIOHELIX_NODE_KAFKA_PASSWORD", kafka_broker.client_config()["sasl_plain_password"])
    for topic in (*EVENT_TOPICS, RECEIPTS_TOPIC):
        try:
            kafka_broker.create_topic(topic)
        except TopicAlreadyExistsError:
            continue
    node, key = enrolled_node(tmp_path / "node", running_hub, kafka_broker)
    region, hub = node.settings.region, running_hub.hub
    publish(node, key, 3)
    sender = open_sender(node)
    receiver = open_receiver(hub, {**kafka_broker.client_config(), **HASTE})
    first = flow.ship(node.engine, region, sender, node.hub_key(), lambda: NOW)
    assert first == flow.Shipped(3, 0, 0)
    until = time.monotonic() + PATIENCE_SECONDS
    accepted = 0
    while accepted < 3 and time.monotonic() < until:
        receiver.receive(0.5)
        accepted += flow.ship(node.engine, region, sender, node.hub_key(), lambda: NOW).accepted
    receiver.close()
    sender.close()
    with node.engine.connect() as connection:
        assert outbox.counts(connection) == {"pending": 0, "sent": 0, "accepted": 3, "refused": 0}
        sent = connection.scalars(select(tables.event.c.id).order_by(tables.event.c.sequence)).all()
        kept = connection.scalars(select(tables.answer.c.answer)).all()
    answers = [msgspec.json.decode(text, type=Answer) for text in kept]
    assert {answer.event_id for answer in answers} == set(sent)
    for answer in answers:
        assert answer.receipt is not None
        check_receipt(answer.receipt, hub.key.public)
    assert events_at(running_hub, sent) == 3
    node.engine.dispose()


@pytest.mark.real_kafka
def test_a_hub_that_lost_events_says_so_over_the_broker_and_gets_them_again(
    running_hub: RunningHub, kafka_broker: SecuredBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIOHELIX_NODE_KAFKA_PASSWORD", kafka_broker.client_config()["sasl_plain_password"])
    for topic in (*EVENT_TOPICS, RECEIPTS_TOPIC):
        with contextlib.suppress(TopicAlreadyExistsError):
            kafka_broker.create_topic(topic)
    node, key = enrolled_node(tmp_path / "node", running_hub, kafka_broker)
    publish(node, key, 3)
    with node.engine.connect() as connection:
        sent = connection.scalars(select(tables.event.c.id).order_by(tables.event.c.sequence)).all()
    with closing(open_sender(node)) as sender:
        exchange(running_hub, kafka_broker, node, sender, 3)
        with writing(running_hub.hub.engine) as connection:  # restored from a copy of one event ago
            connection.execute(delete(hub_lesson).where(hub_lesson.c.event_id == sent[2]))
            connection.execute(delete(hub_event).where(hub_event.c.id == sent[2]))
        assert events_at(running_hub, sent) == 2
        exchange(running_hub, kafka_broker, node, sender, 1)
    assert events_at(running_hub, sent) == 3
    node.engine.dispose()


def exchange(hub: RunningHub, broker: SecuredBroker, node: Node, sender: Sender, events: int) -> None:
    """Let node and hub call, an hour after the hub's word, until so many events were accepted."""
    accepted, until = 0, time.monotonic() + PATIENCE_SECONDS
    receiver = open_receiver(hub.hub, {**broker.client_config(), **HASTE})
    with closing(receiver):
        while accepted < events and time.monotonic() < until:
            receiver.receive(0.5)
            accepted += flow.ship(
                node.engine, node.settings.region, sender, node.hub_key(), lambda: NOW + timedelta(hours=1)
            ).accepted
    assert accepted == events


def events_at(running_hub: RunningHub, ids: Sequence[str]) -> int:
    with running_hub.hub.engine.connect() as connection:
        found = select(func.count()).select_from(hub_event).where(hub_event.c.id.in_(ids))
        return connection.scalar(found) or 0
