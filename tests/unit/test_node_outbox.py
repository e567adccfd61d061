"""The outbox: filled in the transaction that signs, emptied in order, and marked by nothing but the hub's own word."""

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from connectors.database import writing
from connectors.transport.memory import MemoryTransport
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.release import candidate, outbox, review
from node.release.scan import scan
from node.release.sign import sign
from schemas.codes import EventType
from schemas.delivery import TransportUnavailable
from schemas.receipt import Answer, Receipt, issued, refused
from schemas.signature import SigningKey
from tests.support.events import lesson

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REGION = "XR-DUINRAND"
VALUES = {
    "region": REGION,
    "name": "Duinrand",
    "region_set": "invented",
    "division_year": 2025,
    "areas": [],
    "hub_url": "http://localhost:1",
}
HUB, REVIEWER = SigningKey.generate(), SigningKey.generate()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = with_reviewer(create_node(tmp_path / "node", VALUES))
    yield made
    made.engine.dispose()


def with_reviewer(made: Node) -> Node:
    with writing(made.engine) as connection:
        person = review.Reviewer("First", "Hospital", REVIEWER.public)
        review.register(connection, person, AuditEntry("First", "reviewer.joined", "key", NOW))
    return made


def approved(node: Node, *names: str) -> str:
    entry = AuditEntry("Author", "bundle.prepared", "test", NOW)
    words = [scan(msgspec.structs.replace(lesson(), lesson=name)) for name in names]
    with writing(node.engine) as connection:
        bundle = candidate.freeze(
            connection, words, audience="public", subject_key=node.secret("subject"), entry=entry, now=NOW
        )
        return review.approve(connection, bundle.id, REGION, REVIEWER, NOW).id


def published(node: Node, *names: str) -> None:
    bundle = approved(node, *names)
    with writing(node.engine) as connection:
        flow.publish(connection, bundle, REGION, node.service_key(), AuditEntry("Author", "published", bundle, NOW))


def due(node: Node, now: datetime = NOW, after: int = 0) -> tuple[outbox.OutboxEntry, ...]:
    with writing(node.engine) as connection:
        outbox.wake(connection, now)
        return outbox.pending(connection, REGION, 100, after)


def states(node: Node) -> dict[str, int]:
    with node.engine.connect() as connection:
        return {state: number for state, number in outbox.counts(connection).items() if number}


def count(node: Node, table: Any) -> int:
    with node.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def receipt(event: str, key: SigningKey = HUB) -> Receipt:
    return issued(Receipt(event, REGION, 1, "2026-11-22T12:00:00Z", key.public.key_id), key)


def audited(node: Node, action: str) -> int:
    with node.engine.connect() as connection:
        log = tables.audit_log
        return connection.scalar(select(func.count()).select_from(log).where(log.c.action == action)) or 0


class Intake:
    """The hub's side, which keeps the order of arrival and answers with signed receipts."""

    def __init__(self, refusing: bool = False) -> None:
        self.arrived: list[int] = []
        self.refusing = refusing

    def __call__(self, bodies: Sequence[bytes]) -> list[Answer]:
        events = [msgspec.json.decode(body) for body in bodies]
        self.arrived += [event["sequence"] for event in events]
        if self.refusing:
            return [refused(event["id"], "chain_broken", "It does not follow.", HUB) for event in events]
        return [Answer(event["id"], "accepted", receipt=receipt(event["id"])) for event in events]


def test_an_error_between_signing_and_enqueueing_leaves_neither(node: Node) -> None:
    bundle = approved(node, "les-1")

    def break_off() -> None:
        with writing(node.engine) as connection:
            release = review.approved(connection, bundle)
            sign(connection, release, REGION, node.service_key(), AuditEntry("Author", "published", bundle, NOW))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert (count(node, tables.event), count(node, tables.outbox)) == (0, 0)
    with node.engine.connect() as connection:
        assert candidate.load(connection, bundle).state.value == "approved"


def test_signed_events_wait_in_the_order_of_the_chain(node: Node) -> None:
    published(node, "les-1", "les-2")
    published(node, "les-3")
    assert [entry.sequence for entry in due(node)] == [1, 2, 3]
    assert [entry.sequence for entry in due(node, after=1)] == [2, 3]
    assert {entry.parcel.topic for entry in due(node)} == {"regiohelix.knowledge"}
    assert all(EventType.LESSON_PUBLISHED.encode() in entry.parcel.body for entry in due(node))


def test_what_stays_unanswered_is_due_again_after_a_while(node: Node) -> None:
    published(node, "les-1")
    entries = due(node)
    with writing(node.engine) as connection:
        outbox.mark_sent(connection, entries, NOW)
    assert due(node) == ()
    assert due(node, NOW + outbox.ANSWER_OVERDUE) == ()
    again = due(node, NOW + outbox.ANSWER_OVERDUE + timedelta(milliseconds=1))
    assert [entry.sequence for entry in again] == [1]
    with writing(node.engine) as connection:
        outbox.mark_answered(
            connection, [Answer(again[0].parcel.event_id, "duplicate", receipt=receipt(again[0].parcel.event_id))],
            HUB.public, NOW,
        )  # fmt: skip
    assert due(node, NOW + timedelta(days=9)) == ()
    assert states(node) == {"accepted": 1}


@pytest.mark.parametrize("fault", ["another key", "changed", "none", "of another event"])
def test_an_answer_that_the_hub_did_not_sign_marks_nothing_and_spoils_no_other(node: Node, fault: str) -> None:
    published(node, "les-1", "les-2")
    one, two = (entry.parcel.event_id for entry in due(node))
    forged = {
        "another key": receipt(two, SigningKey.generate()),
        "changed": msgspec.structs.replace(receipt(two), accepted_at="2025-01-01T00:00:00Z"),
        "none": None,
        "of another event": receipt(one),
    }[fault]
    answers = [Answer(one, "accepted", receipt=receipt(one)), Answer(two, "accepted", receipt=forged)]
    for _ in range(2):
        sender = MemoryTransport(lambda bodies: answers)
        done = flow.ship(node.engine, REGION, sender, HUB.public, lambda: NOW)
    assert done == flow.Shipped(0, 0, 0)
    assert states(node) == {"sent": 1, "accepted": 1}
    assert count(node, tables.answer) == 1
    with node.engine.connect() as connection:
        actions = tables.audit_log.c.action
        doubted = connection.execute(select(tables.audit_log).where(actions == "answer.doubted")).one()
    assert doubted.subject == two
    assert [entry.sequence for entry in due(node, NOW + timedelta(hours=1))] == [2]


def test_a_refusal_is_kept_with_its_reason_and_tried_again_more_and_more_rarely(node: Node) -> None:
    published(node, "les-1")
    sender = MemoryTransport(Intake(refusing=True))
    assert flow.ship(node.engine, REGION, sender, HUB.public, lambda: NOW) == flow.Shipped(1, 0, 1)
    assert states(node) == {"refused": 1}
    with node.engine.connect() as connection:
        log = connection.execute(select(tables.audit_log).order_by(tables.audit_log.c.id.desc()).limit(1)).one()
    assert (log.actor, log.action, log.detail) == ("hub", "event.refused", "chain_broken: It does not follow.")
    now = NOW
    for hours in (1, 2, 4, 8, 16, 24, 24):
        assert flow.ship(node.engine, REGION, sender, HUB.public, lambda now=now: now).sent == 0  # type: ignore[misc]
        now += timedelta(hours=hours, seconds=1)
        again = flow.ship(node.engine, REGION, sender, HUB.public, lambda now=now: now)  # type: ignore[misc]
        assert again == flow.Shipped(1, 0, 1)
    assert audited(node, "event.refused") == 1


def test_a_refusal_is_tried_again_at_once_where_somebody_asks_for_it(node: Node) -> None:
    published(node, "les-1")
    intake = Intake(refusing=True)
    flow.ship(node.engine, REGION, MemoryTransport(intake), HUB.public, lambda: NOW)
    with writing(node.engine) as connection:
        assert outbox.send_again(connection, AuditEntry("Anna", "outbox.again", REGION, NOW)) == 1
    intake.refusing = False
    assert flow.ship(node.engine, REGION, MemoryTransport(intake), HUB.public, lambda: NOW) == flow.Shipped(1, 1, 0)
    assert states(node) == {"accepted": 1}


def test_an_acceptance_ends_a_refusal_whenever_it_comes(node: Node) -> None:
    published(node, "les-1")
    flow.ship(node.engine, REGION, MemoryTransport(Intake(refusing=True)), HUB.public, lambda: NOW)
    with node.engine.connect() as connection:
        event = connection.scalars(select(tables.event.c.id)).one()
    with writing(node.engine) as connection:
        late = [Answer(event, "accepted", receipt=receipt(event))]
        assert outbox.mark_answered(connection, late, HUB.public, NOW) == outbox.Marked(accepted=1)
    assert states(node) == {"accepted": 1}


def test_what_stays_unanswered_is_sent_again_more_and_more_rarely(node: Node) -> None:
    published(node, "les-1")
    silent, now, waits = MemoryTransport(lambda bodies: []), NOW, []
    for _ in range(10):
        before = now
        while flow.ship(node.engine, REGION, silent, HUB.public, lambda now=now: now).sent == 0:  # type: ignore[misc]
            now += timedelta(minutes=5)
        waits.append((now - before) // timedelta(minutes=1))
    assert waits == [0, 15, 25, 45, 85, 165, 325, 645, 1285, 1445]


def test_a_clock_that_was_a_year_ahead_keeps_nothing_from_being_sent_again(node: Node) -> None:
    published(node, "les-1")
    entries = due(node)
    with writing(node.engine) as connection:
        outbox.mark_sent(connection, entries, NOW + timedelta(days=365))
    assert [entry.sequence for entry in due(node)] == [1]


def test_two_shippers_send_everything_once(node: Node) -> None:
    published(node, *(f"les-{number}" for number in range(1, 31)))
    intake = Intake()

    def slowly(bodies: Sequence[bytes]) -> list[Answer]:
        time.sleep(0.2)
        return intake(bodies)

    done: list[flow.Shipped] = []
    threads = [
        threading.Thread(
            target=lambda: done.append(flow.ship(node.engine, REGION, MemoryTransport(slowly), HUB.public, lambda: NOW))
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert intake.arrived == list(range(1, 31))
    assert sorted((one.sent, one.elsewhere) for one in done) == [(0, True), (30, False)]


def test_a_hub_that_is_away_costs_nothing_and_then_gets_all_in_order(node: Node) -> None:
    published(node, "les-1", "les-2")
    intake = Intake()
    sender = MemoryTransport(intake)
    sender.reachable = False
    with pytest.raises(TransportUnavailable):
        flow.ship(node.engine, REGION, sender, HUB.public, lambda: NOW)
    assert states(node) == {"pending": 2}
    published(node, "les-3")
    sender.reachable = True
    assert flow.ship(node.engine, REGION, sender, HUB.public, lambda: NOW) == flow.Shipped(3, 3, 0)
    assert intake.arrived == [1, 2, 3]
    assert states(node) == {"accepted": 3}
    assert flow.ship(node.engine, REGION, sender, HUB.public, lambda: NOW) == flow.Shipped(0, 0, 0)


def test_an_answer_to_an_event_of_nobody_changes_nothing(node: Node) -> None:
    published(node, "les-1")
    with writing(node.engine) as connection:
        outbox.mark_answered(connection, [Answer("f" * 64, "accepted", receipt=receipt("f" * 64))], HUB.public, NOW)
    assert states(node) == {"pending": 1}
    assert count(node, tables.answer) == 0


def test_a_settled_event_stays_settled(node: Node) -> None:
    published(node, "les-1")
    flow.ship(node.engine, REGION, MemoryTransport(Intake()), HUB.public, lambda: NOW)
    with node.engine.connect() as connection:
        event = connection.scalars(select(tables.event.c.id)).one()
    with writing(node.engine) as connection:
        outbox.mark_answered(connection, [refused(event, "x", "y", HUB)], HUB.public, NOW)
    assert states(node) == {"accepted": 1}
