"""Redact: order that an own event's salt and payload be destroyed everywhere, and destroy them here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from sqlite3 import OperationalError
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, Row, Table, delete, func, select, update

from node.audit import AuditEntry, record
from node.tables import citation as citation_table
from node.tables import draft_item as draft_item_table
from node.tables import event as event_table
from node.tables import finding as finding_table
from node.tables import item as item_table
from node.tables import lens_word as lens_word_table
from node.tables import lesson as lesson_table
from node.tables import outbox as outbox_table
from node.tables import reply as reply_table
from schemas.assessment import AssessmentPublished
from schemas.attachment import AttachmentPublished
from schemas.citation import CitationPublished
from schemas.cloudevents import to_cloudevent
from schemas.codes import EventType
from schemas.envelope import parse_envelope
from schemas.evaluation import EvaluationPublished
from schemas.items import Item
from schemas.payloads import Content, EventRedacted, LessonPublished

from .host import files_beside
from .notice import Notice
from .refusal import ReleaseRefused
from .resolve import forget
from .sign import SignedEvent
from .standing import StandingItem, content_in, of_event, same_place
from .subject import Words, draft_of, event_name

DESTROYED: Final = "destroyed"  # the title of what was redacted: a title can hold the very words


class NotRedactable(ReleaseRefused):
    """An event that holds neither figures nor words, or holds them no more."""


class StoreInUse(ReleaseRefused):
    """A store that cannot be cleared now."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a redaction will destroy at this node, in figures, and what it leaves."""

    copies: int  # of the payload: the event's own, and bundles that never left and say the same
    octets: int  # in all those copies together
    drafts: int  # with the same words
    decisions: int  # on words that were let stand
    others: tuple[int, ...]  # other versions, by their numbers in the chain: these stay


def reach(connection: Connection, event_id: str) -> Reach:
    """Return what a redaction of an own event destroys here; raises EventUnknown or NotRedactable."""
    found = _redactable(connection, event_id)
    copies = list(_copies(connection, found))
    octets, drafts, decisions = 0, 0, 0
    for bundle_id, position in copies:
        place = (item_table.c.bundle_id == bundle_id, item_table.c.position == position)
        sizes = select(func.length(item_table.c.payload) + func.length(item_table.c.salt)).where(*place)
        octets += connection.scalar(sizes) or 0
    if isinstance(found.content, Words):
        drafts = int(_draft_place(connection, found.content) is not None)
        decided = select(func.count()).where(finding_table.c.lesson == draft_of(found.content))
        decisions = connection.scalar(decided) or 0
    elif isinstance(found.content, AssessmentPublished):
        drafts = connection.scalar(select(func.count()).where(*_lens_words(found.content))) or 0
    others = tuple(row.sequence for row in _versions(connection, found.subject) if row.id != event_id)
    return Reach(len(copies), octets, drafts, decisions, others)


def order(connection: Connection, event_id: str, reason: str) -> tuple[StandingItem, Notice]:
    """Return an own event and the order to destroy its payload, with what reviewers must know.

    Raises EventUnknown or NotRedactable.
    """
    found = _redactable(connection, event_id)
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
        *_files(files_beside(connection, found.subject)),
    )
    payload = EventRedacted(event_id, reason)
    return found, Notice(EventType.EVENT_REDACTED, payload, event_name(event_id), title, summary)


def _redactable(connection: Connection, event_id: str) -> StandingItem:
    found = of_event(connection, event_id)
    if found is None:
        raise NotRedactable(
            f"Event {event_id[:16]} holds no figures and no words (any more), so there is nothing to destroy."
        )
    return found


def _files(beside: Sequence[AttachmentPublished]) -> Iterator[str]:
    if beside:
        yield (
            f"Files stand beside it ({', '.join(sorted(one.item for one in beside))}) and are not touched: whoever has "
            "their address still reads their words. Redact each that says it too."
        )


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
        for table in (
            *(item_table, outbox_table, lesson_table, reply_table, citation_table, draft_item_table, lens_word_table),
        ):
            connection.exec_driver_sql(f"VACUUM {table.name}")
    return True


def scrub_now(engine: Engine) -> None:
    """Clear the database as `scrub` does; raises StoreInUse where that cannot be done now."""
    if not scrub(engine):
        raise StoreInUse("Another process uses the store, or the disk is full: stop the node, then scrub again.")


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
            row.event_id is None and content_in(row.type, row.payload) == target.content
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
    place = _draft_place(connection, words)
    if place is not None:
        connection.execute(delete(place[0]).where(place[1]))


def _draft_place(connection: Connection, words: Words) -> tuple[Table, ColumnElement[bool]] | None:
    """Return where a draft with these very words is kept; None where none is."""
    table = lesson_table if isinstance(words, LessonPublished) else reply_table
    table = citation_table if isinstance(words, CitationPublished) else table
    here = table.c.id == draft_of(words).removeprefix("reply:").removeprefix("citation:")
    if isinstance(words, Item):
        table = draft_item_table
        here = (table.c.noun == words.noun) & (table.c.id == words.item)
    text = connection.execute(select(table.c.payload).where(here)).scalar_one_or_none()
    if text is None or msgspec.json.decode(text, type=type(words)) != words:
        return None
    return table, here


def _delete_lens_words(connection: Connection, said: AssessmentPublished) -> None:
    connection.execute(delete(lens_word_table).where(*_lens_words(said)))


def _lens_words(said: AssessmentPublished) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    texts = [*(one.text for one in said.findings), *(one.reason for one in said.verdicts)]
    return lens_word_table.c.round == said.assessment, lens_word_table.c.text.in_(texts)
