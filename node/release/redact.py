"""Redact: order that an own event's salt and payload be destroyed everywhere, and destroy them here."""

from collections.abc import Iterator, Sequence
from sqlite3 import OperationalError
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, delete, select, update

from node.audit import AuditEntry, record
from node.tables import citation as citation_table
from node.tables import event as event_table
from node.tables import item as item_table
from node.tables import lens_word as lens_word_table
from node.tables import lesson as lesson_table
from node.tables import outbox as outbox_table
from node.tables import reply as reply_table
from schemas.assessment import AssessmentPublished
from schemas.citation import CitationPublished
from schemas.cloudevents import to_cloudevent
from schemas.codes import EventType
from schemas.envelope import parse_envelope
from schemas.evaluation import EvaluationPublished
from schemas.payloads import Content, EventRedacted, LessonPublished
from schemas.upcast import read_payload

from .notice import Notice
from .refusal import ReleaseRefused
from .resolve import forget
from .sign import SignedEvent
from .standing import StandingItem, content_of, of_event, same_place
from .subject import Words, draft_of

DESTROYED: Final = "destroyed"  # the title of what was redacted: a title can hold the very words


class NotRedactable(ReleaseRefused):
    """An event that holds neither figures nor words, or holds them no more."""


def order(connection: Connection, event_id: str, reason: str) -> tuple[StandingItem, Notice]:
    """Return an own event and the order to destroy its payload, with what reviewers must know.

    Raises EventUnknown or NotRedactable.
    """
    found = of_event(connection, event_id)
    if found is None:
        raise NotRedactable(
            f"Event {event_id[:16]} holds no figures and no words (any more), so there is nothing to destroy."
        )
    what, besides = _told(found.content)
    title = f"Redaction of event {found.sequence}"
    others = [str(row.sequence) for row in _versions(connection, found.subject) if row.id != event_id]
    also = (
        f"Other versions are not touched (events {', '.join(others)}): redact each that says it too, and withdraw what "
        "must not be read in its place.",
    )
    summary = (
        f"{title}: when this is signed, its {what} and salt are destroyed here, at the hub and at every subscriber, "
        "who confirms it. That cannot be undone.",
        "What stays: the signed envelope in its place in the chain, and the reason. Copies that people made stay with "
        "them; delete backups and files of `review show --out` that hold it.",
        besides,
        *(also if others else ()),
    )
    payload = EventRedacted(event_id, reason)
    return found, Notice(EventType.EVENT_REDACTED, payload, f"event|{event_id}", title, summary)


def _told(content: Content) -> tuple[str, str]:
    """Return what reviewers call what is to be destroyed, and what else that means."""
    if isinstance(content, Words):
        return "words", "A draft here with the same words is deleted too."
    if isinstance(content, EvaluationPublished):
        return "evaluation", "The recorded intervention and the published figures stay as they are."
    if isinstance(content, AssessmentPublished):
        return "assessment", "The same findings and reasons here are deleted too; the round and its answers stay."
    return "figures", "The figures were public: disclosure control goes on counting them as known."


def redact(connection: Connection, signed: Sequence[SignedEvent], entry: AuditEntry) -> None:
    """Destroy salts and payloads that just signed events redact, in the caller's transaction; the chain stays whole.

    The same words in bundles that were never signed, and as a draft, go with it. Raises EventUnknown.
    """
    for one in signed:
        if one.envelope.type is EventType.EVENT_REDACTED:
            ordered = msgspec.json.decode(one.payload, type=EventRedacted)
            _destroy(connection, ordered.redacts)
            record(connection, AuditEntry(entry.actor, "event.redacted", ordered.redacts, entry.at))


def holds_redaction(connection: Connection, bundle_id: str) -> bool:
    """Tell whether a bundle orders that something be destroyed."""
    of_redaction = (item_table.c.bundle_id == bundle_id, item_table.c.type == EventType.EVENT_REDACTED)
    return connection.execute(select(item_table.c.position).where(*of_redaction)).first() is not None


def scrub(engine: Engine) -> bool:
    """Clear what the database keeps beside its rows of what was destroyed, and tell whether it could.

    SQLite writes its file anew (which needs as much free disk) and empties its log, unless another process uses them;
    PostgreSQL vacuums. Backups and a PostgreSQL log archive are beyond this node's reach.
    """
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM")
            blocked, _, _ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except OperationalError:  # locked, or no room
            return False
        finally:
            raw.close()
        return not blocked
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (item_table, outbox_table, lesson_table, reply_table, citation_table, lens_word_table):
            connection.exec_driver_sql(f"VACUUM {table.name}")
    return True


def _destroy(connection: Connection, event_id: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # else the bytes would linger in free pages
    target = of_event(connection, event_id)
    if target is None:
        return
    for bundle_id, position in list(_copies(connection, target)):
        connection.execute(
            update(item_table)
            .where(item_table.c.bundle_id == bundle_id, item_table.c.position == position)
            .values(salt=b"", payload=b"", title=DESTROYED)
        )
    if isinstance(target.content, Words):
        _delete_draft(connection, target.content)
        forget(connection, draft_of(target.content))
    if isinstance(target.content, AssessmentPublished):
        _delete_lens_words(connection, target.content)
    envelope = connection.execute(select(event_table.c.envelope).where(event_table.c.id == event_id)).scalar_one()
    connection.execute(
        update(outbox_table)
        .where(outbox_table.c.event_id == event_id)
        .values(body=to_cloudevent(parse_envelope(envelope), None, None))
    )


def _copies(connection: Connection, target: StandingItem) -> Iterator[tuple[str, int]]:
    """Yield the places of the event's own item, and of items of no signed event that say the same."""
    rows = connection.execute(
        select(item_table, event_table.c.id.label("event_id"))
        .outerjoin(event_table, same_place())
        .where(item_table.c.subject == target.subject)
    ).all()
    for row in rows:
        if row.event_id == target.event_id or (
            row.event_id is None and row.payload and content_of(read_payload(row.type, row.payload)) == target.content
        ):
            yield row.bundle_id, row.position


def _versions(connection: Connection, subject: str) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(event_table.c.id, event_table.c.sequence)
            .join(item_table, same_place())
            .where(item_table.c.subject == subject, item_table.c.title != DESTROYED)
            .order_by(event_table.c.sequence)
        )
    )


def _delete_draft(connection: Connection, words: Words) -> None:
    table = lesson_table if isinstance(words, LessonPublished) else reply_table
    table = citation_table if isinstance(words, CitationPublished) else table
    here = table.c.id == draft_of(words).removeprefix("reply:").removeprefix("citation:")
    text = connection.execute(select(table.c.payload).where(here)).scalar_one_or_none()
    if text is not None and msgspec.json.decode(text, type=type(words)) == words:
        connection.execute(delete(table).where(here))


def _delete_lens_words(connection: Connection, said: AssessmentPublished) -> None:
    texts = [*(one.text for one in said.findings), *(one.reason for one in said.verdicts)]
    table = lens_word_table
    connection.execute(delete(table).where(table.c.round == said.assessment, table.c.text.in_(texts)))
