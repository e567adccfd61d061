"""What the node's store must do, on SQLite and on a real PostgreSQL alike."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert, select

from connectors.database import is_current, writing
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node, create_node, open_node
from node.release import candidate, outbox, review, turn
from node.release.disclosure import CellKey
from node.release.memory import earlier
from node.release.scan import scan
from node.release.states import BundleState
from schemas.envelope import CHAIN_START, check_in_bundle, check_signature, event_id, parse_envelope
from schemas.receipt import Answer, Receipt, issued, refused
from schemas.signature import SigningKey
from tests.support.events import lesson

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REGION = "XR-DUINRAND"
HUB, FIRST, SECOND = SigningKey.generate(), SigningKey.generate(), SigningKey.generate()
MIGRATIONS = Path(__file__).parents[2] / "node" / "migrations"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    database = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    values: dict[str, object] = {
        "region": REGION,
        "name": "Duinrand",
        "region_set": "invented",
        "division_year": 2025,
        "areas": [],
        "hub_url": "http://localhost:1",
        "database": database,
    }
    made = create_node(tmp_path / "node", values)
    assert made.engine.dialect.name == request.param
    with writing(made.engine) as connection:
        for name, key in (("First", FIRST), ("Second", SECOND)):
            person = review.Reviewer(name, f"{name} hospital", key.public)
            review.register(connection, person, AuditEntry(name, "reviewer.joined", "key", NOW))
    yield made
    made.engine.dispose()


def frozen(node: Node, *names: str) -> candidate.FrozenBundle:
    words = [scan(msgspec.structs.replace(lesson(), lesson=name)) for name in names]
    entry = AuditEntry("Author", "bundle.prepared", "test", NOW)
    with writing(node.engine) as connection:
        return candidate.freeze(
            connection, words, audience="public", subject_key=node.secret("subject"), entry=entry, now=NOW
        )


def approve(node: Node, bundle: str, key: SigningKey = FIRST) -> BundleState:
    with writing(node.engine) as connection:
        return review.approve(connection, bundle, REGION, key, NOW).state


def published(node: Node, *names: str) -> str:
    bundle = frozen(node, *names).id
    assert approve(node, bundle) is BundleState.APPROVED
    with writing(node.engine) as connection:
        flow.publish(connection, bundle, REGION, node.service_key(), AuditEntry("Author", "published", bundle, NOW))
    return bundle


def due(node: Node, now: datetime = NOW) -> tuple[outbox.OutboxEntry, ...]:
    with writing(node.engine) as connection:
        outbox.wake(connection, now)
        return outbox.pending(connection, REGION, 100)


def test_migrations_bring_an_empty_database_up_to_date_and_are_harmless_twice(node: Node) -> None:
    assert is_current(node.engine, MIGRATIONS)
    again = open_node(node.settings.home)
    assert is_current(again.engine, MIGRATIONS)
    again.engine.dispose()


def test_a_frozen_bundle_reads_back_byte_for_byte(node: Node) -> None:
    bundle = frozen(node, "les-1", "les-2")
    with node.engine.connect() as connection:
        assert candidate.load(connection, bundle.id) == bundle


def test_the_chain_links_and_verifies_over_several_bundles(node: Node) -> None:
    published(node, "les-1", "les-2")
    published(node, "les-3")
    with node.engine.connect() as connection:
        kept = connection.execute(select(tables.event).order_by(tables.event.c.sequence)).all()
    previous = CHAIN_START
    for number, row in enumerate(kept, 1):
        envelope = parse_envelope(row.envelope)
        check_signature(envelope, node.service_key().public)
        check_in_bundle(envelope)
        assert (envelope.sequence, envelope.previous, event_id(envelope)) == (number, previous, row.id)
        previous = row.id
    assert len(kept) == 3


def test_entries_wait_are_sent_come_due_again_and_are_answered(node: Node) -> None:
    published(node, "les-1", "les-2")
    entries = due(node)
    assert [entry.sequence for entry in entries] == [1, 2]
    with writing(node.engine) as connection:
        outbox.mark_sent(connection, entries, NOW)
    assert due(node) == ()
    later = NOW + outbox.ANSWER_OVERDUE + timedelta(seconds=1)
    again = due(node, later)
    assert [entry.parcel for entry in again] == [entry.parcel for entry in entries]
    assert [entry.attempts for entry in again] == [1, 1]
    unsigned = Receipt(entries[0].parcel.event_id, REGION, 1, "2026-11-22T12:00:00Z", HUB.public.key_id)
    answers = [
        Answer(entries[0].parcel.event_id, "accepted", receipt=issued(unsigned, HUB)),
        refused(entries[1].parcel.event_id, "chain_broken", "It does not follow.", HUB),
    ]
    for _ in range(2):
        with writing(node.engine) as connection:
            outbox.mark_answered(connection, answers, HUB.public, later)
    with node.engine.connect() as connection:
        assert outbox.counts(connection) == {"pending": 0, "sent": 0, "accepted": 1, "refused": 1}
    assert due(node, later + timedelta(minutes=59)) == ()
    assert [entry.sequence for entry in due(node, later + timedelta(minutes=61))] == [2]


def test_an_answer_that_the_hub_did_not_sign_spoils_none_of_the_others(node: Node) -> None:
    published(node, "les-1", "les-2", "les-3")
    names = [entry.parcel.event_id for entry in due(node)]
    signers = (HUB, SigningKey.generate(), HUB)
    answers = [refused(name, "chain_broken", "No.", key) for name, key in zip(names, signers, strict=True)]
    with writing(node.engine) as connection:
        marked = outbox.mark_answered(connection, answers, HUB.public, NOW)
    assert marked == outbox.Marked(refused=2, doubted=1)
    with node.engine.connect() as connection:
        assert outbox.counts(connection) == {"pending": 1, "sent": 0, "accepted": 0, "refused": 2}
        log = select(tables.audit_log.c.subject).where(tables.audit_log.c.action == "answer.doubted")
        assert connection.scalars(log).all() == [names[1]]


def test_one_process_at_a_time_ships(node: Node) -> None:
    with turn.shipping(node.engine) as first:
        with turn.shipping(node.engine) as second:
            assert (first, second) == (True, False)
        with turn.shipping(node.engine) as third:
            assert not third
    with turn.shipping(node.engine) as afterwards:
        assert afterwards


def test_a_transaction_that_breaks_off_leaves_nothing(node: Node) -> None:
    bundle = frozen(node, "les-1").id
    approve(node, bundle)

    def break_off() -> None:
        with writing(node.engine) as connection:
            flow.publish(connection, bundle, REGION, node.service_key(), AuditEntry("Author", "published", bundle, NOW))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert due(node) == ()
    with node.engine.connect() as connection:
        assert connection.execute(select(tables.event)).all() == []
        assert candidate.load(connection, bundle).state is BundleState.APPROVED


def test_earlier_figures_count_until_their_bundle_is_rejected(node: Node) -> None:
    bundle = frozen(node, "les-1").id
    large = 2**40
    with writing(node.engine) as connection:
        shared = {"bundle_id": bundle, "statistic": "s", "period": "2025"}
        rows: list[dict[str, object]] = [
            {**shared, "nodes": '["a"]', "value": large},
            {**shared, "nodes": '["b"]', "value": None},
        ]
        connection.execute(insert(tables.remembered), rows)
    with node.engine.connect() as connection:
        known = earlier(connection)
    assert known.cells == {CellKey("s", "2025", ("a",)): large, CellKey("s", "2025", ("b",)): None}
    with writing(node.engine) as connection:
        review.reject(connection, bundle, FIRST, "Wrong.", NOW)
    with node.engine.connect() as connection:
        assert earlier(connection).cells == {}


def test_two_reviewers_at_once_are_both_counted(node: Node) -> None:
    for number in range(5):
        bundle = frozen(node, f"les-{number}").id
        with writing(node.engine) as connection:
            connection.execute(tables.bundle.update().where(tables.bundle.c.id == bundle).values(needed=2))
        start = threading.Barrier(2)

        def decide(key: SigningKey, bundle: str = bundle, start: threading.Barrier = start) -> None:
            start.wait()
            approve(node, bundle, key)

        threads = [threading.Thread(target=decide, args=(key,)) for key in (FIRST, SECOND)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with node.engine.connect() as connection:
            assert candidate.load(connection, bundle).state is BundleState.APPROVED
            assert len(review.approved(connection, bundle).approvals) == 2
