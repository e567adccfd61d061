"""Redaction at the node: the payload is gone from every table and from the file, and the chain stays whole."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from connectors.database import writing
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node
from node.commands import inspection
from node.knowledge import lessons
from node.release import publishable, review
from node.release.redact import NotRedactable, holds_redaction, order, scrub
from node.release.withdraw import StandsNoMore, withdraw
from schemas.cloudevents import CloudEvent, from_cloudevent
from schemas.codes import EventType
from schemas.payloads import LessonPublished
from tests.support.corrections import KEYS, NOW, REGION, announced, make_node, prepared, signed
from tests.support.events import lesson

WORDS = "the neighbour at the corner of the market square"
LESSON = msgspec.structs.replace(lesson(), title=f"What {WORDS} told", advice=f"Ask {WORDS}.")
REASON = "A person can be recognised in it."


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def released(node: Node, words: LessonPublished = LESSON, reason: str = "") -> str:
    (event_id,) = signed(node, prepared(node, words, reason=reason))
    return event_id


def redacted(node: Node, event_id: str) -> str:
    with writing(node.engine) as connection:
        _, notice = order(connection, event_id, REASON)
    (by,) = signed(node, announced(node, notice))
    return by


def holds(folder: Path, words: str) -> list[str]:
    """Name the files in which the words can be read, as text or inside JSON."""
    return [file.name for file in folder.rglob("*") if file.is_file() and words.encode() in file.read_bytes()]


def test_the_words_are_gone_from_every_byte_and_the_chain_verifies(node: Node) -> None:
    with writing(node.engine) as connection:
        lessons.keep(connection, LESSON, AuditEntry("Author", "lesson.written", LESSON.lesson, NOW))
    unsigned = prepared(node, LESSON)
    event_id = released(node)
    home = node.settings.home
    node.engine.dispose()
    assert holds(home, WORDS) == ["node.sqlite"]
    by = redacted(node, event_id)
    with node.engine.connect() as connection:
        rows = connection.execute(select(tables.item).order_by(tables.item.c.type)).all()
        kept = {row.type for row in rows if row.payload}
        bodies = {row.event_id: row.body for row in connection.execute(select(tables.outbox))}
        assert inspection.verify_chain(connection, node.service_key().public) == 2
    assert kept == {EventType.EVENT_REDACTED}
    assert {(row.salt, row.title) for row in rows if not row.payload} == {(b"", "destroyed")}
    event = msgspec.json.decode(bodies[event_id], type=CloudEvent)
    assert (event.data, from_cloudevent(event)[1:]) == (None, (None, None))
    assert msgspec.json.decode(bodies[by], type=CloudEvent).data is not None
    with node.engine.connect() as connection:
        assert not holds_redaction(connection, unsigned.id)
    assert holds(home, WORDS) != []
    assert scrub(node.engine)
    assert holds(home, WORDS) == []
    with pytest.raises(publishable.PayloadDestroyed):
        signed(node, unsigned)


def test_a_log_that_another_process_reads_is_not_said_to_be_empty(node: Node) -> None:
    event_id = released(node)
    with node.engine.connect() as reader:
        reader.execute(select(tables.item)).first()
        with writing(node.engine) as connection:
            _, notice = order(connection, event_id, REASON)
        bundle = announced(node, notice)
        signed(node, bundle)
        with node.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 10")
            connection.rollback()
        assert not scrub(node.engine)
    assert scrub(node.engine)


def test_the_ledger_says_which_payload_was_destroyed(node: Node, capsys: pytest.CaptureFixture[str]) -> None:
    redacted(node, released(node))
    with node.engine.connect() as connection:
        inspection.say_ledger(connection, node.service_key().public, as_json=True)
        entries = json.loads(capsys.readouterr().out)
        inspection.say_ledger(connection, node.service_key().public, as_json=False)
        first, second, _ = capsys.readouterr().out.splitlines()
    assert [entry["payload"] for entry in entries] == ["destroyed", "held"]
    assert first.endswith("payload destroyed")
    assert "destroyed" not in second


def test_reviewers_are_told_in_plain_words_what_will_happen_and_never_the_words_themselves(node: Node) -> None:
    event_id = released(node)
    other = msgspec.structs.replace(LESSON, advice="Ask.")
    revised = released(node, other, "Reworded.")
    with writing(node.engine) as connection:
        _, notice = order(connection, event_id, REASON)
        both = " ".join(order(connection, revised, REASON)[1].summary)
    told = " ".join(notice.summary)
    for part in ("cannot be undone", "at the hub and at every subscriber", "draft", "(events 2)", "backups"):
        assert part in told
    assert "(events 1)" in both
    assert WORDS not in told + notice.title + notice.natural
    bundle = announced(node, notice)
    assert (bundle.needed, bundle.report) == (1, notice.summary)


def test_an_edited_draft_and_other_versions_stay(node: Node) -> None:
    edited = msgspec.structs.replace(LESSON, title="What we were told", advice="Ask around.")
    with writing(node.engine) as connection:
        lessons.keep(connection, edited, AuditEntry("Author", "lesson.written", edited.lesson, NOW))
    first, second = released(node), released(node, edited, "Reworded.")
    redacted(node, first)
    with writing(node.engine) as connection:
        assert lessons.find(connection, edited.lesson) == edited
        assert withdraw(connection, second, REASON)[0].content == edited


def test_what_was_destroyed_stands_no_more_and_is_not_destroyed_twice(node: Node) -> None:
    event_id = released(node)
    by = redacted(node, event_id)
    with writing(node.engine) as connection:
        for one in (event_id, by):
            with pytest.raises(NotRedactable, match="nothing to destroy"):
                order(connection, one, REASON)
        with pytest.raises(StandsNoMore):
            withdraw(connection, event_id, REASON)


def test_what_a_redacted_event_had_replaced_can_still_be_withdrawn(node: Node) -> None:
    first = released(node)
    redacted(node, released(node, msgspec.structs.replace(LESSON, advice="Ask."), "Reworded."))
    with writing(node.engine) as connection:
        _, notice = withdraw(connection, first, REASON)
    signed(node, announced(node, notice))
    with writing(node.engine) as connection, pytest.raises(StandsNoMore, match="was withdrawn before"):
        withdraw(connection, first, REASON)


def test_nothing_is_destroyed_before_the_order_is_signed(node: Node) -> None:
    event_id = released(node)
    with writing(node.engine) as connection:
        _, notice = order(connection, event_id, REASON)
    bundle = announced(node, notice)

    def break_off() -> None:
        with writing(node.engine) as connection:
            review.approve(connection, bundle.id, REGION, KEYS[0], NOW)
            entry = AuditEntry("Author", "bundle.published", bundle.id, NOW)
            flow.publish(connection, bundle.id, REGION, node.service_key(), entry)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    with node.engine.connect() as connection:
        salts = connection.scalars(select(tables.item.c.salt)).all()
    assert len(salts) == 2
    assert all(salts)
