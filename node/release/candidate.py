"""Freeze what is to leave into one bundle: exact bytes, salts and a root that reviewers sign."""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select

from node.audit import AuditEntry, record, timestamp
from node.tables import bundle as bundle_table
from node.tables import item as item_table
from node.tables import remembered as remembered_table
from schemas import merkle
from schemas.canonical import canonical_bytes
from schemas.codes import APPROVALS_NEEDED, Audience, EventType
from schemas.envelope import SALT_BYTES, bundle_leaf, payload_hash
from schemas.refused import Refused

from . import memory
from .answer import keep
from .event_kind import type_of_revision, type_of_words
from .examine import Examined, examine
from .ground import GroundedEvaluation
from .item_words import file_notes
from .notice import Notice
from .panel import PANEL_NOTE, PanelAssessment
from .person import check_name
from .proof import Proof, dumped, loaded, proof_of
from .protect import ROUNDED_NOTE, ProtectedIndicator
from .reason import ReasonUnfit, check_reason
from .resolve import called, findings_command, open_findings, resolved
from .revise import Releasable, RevisedItem
from .scan import ScannedLesson
from .states import BundleState
from .subject import name_of, opaque, title_of

__all__ = ["ReasonUnfit"]  # raised from here, known by this name


class LessonNamesPerson(Refused, ValueError):
    """A lesson or reply in which the scan found traces of a person on which nobody has decided."""


class NothingToRelease(Refused, ValueError):
    """A bundle without items."""


class BundleUnknown(Refused, KeyError):
    """A bundle id that this node does not know."""

    def __str__(self) -> str:
        """Return the sentence itself (a KeyError would quote it)."""
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class FrozenItem:
    """One future event: its bytes stay as they are from here to the hub."""

    type: EventType
    subject: str
    audience: Audience
    title: str
    salt: bytes = field(repr=False)
    payload: bytes = field(repr=False)
    payload_hash: str
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class FrozenBundle:
    """A frozen copy under review; `root` is what each reviewer signs."""

    id: str
    author: str
    state: BundleState
    root: str
    needed: int
    items: tuple[FrozenItem, ...]
    report: tuple[str, ...]

    def leaves(self) -> tuple[bytes, ...]:
        """Return the Merkle leaves in order."""
        return tuple(bundle_leaf(i.type, i.subject, i.audience, i.payload_hash) for i in self.items)


def freeze(
    connection: Connection,
    releasables: Sequence[Releasable],
    *,
    audience: Audience,
    subject_key: bytes,
    entry: AuditEntry,
    now: datetime,
    notes: Sequence[str] = (),
    owners: Sequence[str] = (),
) -> FrozenBundle:
    """Store a bundle of exact bytes for review; the audit entry's actor is its author.

    `notes` are sentences for the reviewers; they never leave. `owners` are those whose data were used. Where the
    desk finds something that needs an answer, review begins with the last answer. Raises NothingToRelease,
    LessonNamesPerson where the scan of a lesson found something that nobody let stand, FindingsBlock, ReasonUnfit, and
    NameMixesScripts of its author.
    """
    check_name(entry.actor)
    if not releasables:
        raise NothingToRelease("There is nothing to release; name an indicator, a table or a lesson.")
    for lesson in filter(None, map(_scanned, releasables)):
        _check_lesson(connection, lesson)
    items = tuple(
        replace(_frozen(one, audience, subject_key), proof=None if (p := _protected(one)) is None else proof_of(p))
        for one in releasables
    )
    root = merkle.root(tuple(bundle_leaf(i.type, i.subject, i.audience, i.payload_hash) for i in items))
    examined = [_examined(item, one) for item, one in zip(items, releasables, strict=True)]
    findings = examine(connection, examined, subject_key, now, owners)
    report = (*notes, *(line for releasable in releasables for line in _summary(connection, releasable)))
    bundle = FrozenBundle(
        id=f"B{now:%Y%m%d}-{secrets.token_hex(4)}",
        author=entry.actor,
        state=BundleState.TO_ANSWER if any(one.is_open for one in findings) else BundleState.UNDER_REVIEW,
        root=root,
        needed=max(APPROVALS_NEEDED[item.type] for item in items),
        items=items,
        report=report,
    )
    _store(connection, bundle, releasables, now)
    keep(connection, bundle.id, findings)
    record(connection, AuditEntry(entry.actor, entry.action, bundle.id, entry.at, f"{len(items)} items, root {root}"))
    return bundle


def load(connection: Connection, bundle_id: str) -> FrozenBundle:
    """Read a bundle back; raises BundleUnknown."""
    row = connection.execute(select(bundle_table).where(bundle_table.c.id == bundle_id)).one_or_none()
    if row is None:
        raise BundleUnknown(f"There is no bundle {bundle_id} here; `python -m node release list` names them.")
    rows = connection.execute(
        select(item_table).where(item_table.c.bundle_id == bundle_id).order_by(item_table.c.position)
    )
    items = tuple(
        FrozenItem(
            EventType(r.type), r.subject, r.audience, r.title, r.salt, r.payload, r.payload_hash,
            loaded(r.facts) if r.facts else None,
        )
        for r in rows
    )  # fmt: skip
    return FrozenBundle(
        row.id, row.author, BundleState(row.state), row.root, row.needed, items, tuple(json.loads(row.report))
    )


def _frozen(releasable: Releasable, audience: Audience, subject_key: bytes) -> FrozenItem:
    match releasable:
        case ProtectedIndicator(payload=figures):
            name, title = name_of(figures), title_of(figures)
            type_ = EventType.INDICATOR_PUBLISHED_V2 if figures.quality else EventType.INDICATOR_PUBLISHED
            return _item(type_, name, audience, subject_key, title, figures)
        case ScannedLesson(payload=lesson):
            name, title = name_of(lesson), title_of(lesson)
            return _item(type_of_words(lesson), name, audience, subject_key, title, lesson)
        case GroundedEvaluation(payload=evaluation):
            name, title = name_of(evaluation), title_of(evaluation)
            return _item(EventType.EVALUATION_PUBLISHED, name, audience, subject_key, title, evaluation)
        case PanelAssessment(payload=assessment):
            name, title = name_of(assessment), title_of(assessment)
            return _item(EventType.ASSESSMENT_PUBLISHED, name, audience, subject_key, title, assessment)
        case RevisedItem(new, payload):
            check_reason(payload.reason)
            type_ = type_of_revision(payload)
            return _item(type_, name_of(new.payload), audience, subject_key, title_of(new.payload), payload)
        case Notice(type=type_, payload=payload, natural=name, title=title):
            if isinstance(reason := getattr(payload, "reason", None), str):
                check_reason(reason)
            return _item(type_, name, audience, subject_key, title, payload)


def _check_lesson(connection: Connection, lesson: ScannedLesson) -> None:
    if found := open_findings(connection, lesson):
        words = lesson.payload
        raise LessonNamesPerson(
            f"{called(words)} may name a person ({'; '.join(dict.fromkeys(map(str, found)))}); reword those fields, or "
            f"see the words with `python -m node {findings_command(words)}` and decide on each."
        )


def _summary(connection: Connection, releasable: Releasable) -> tuple[str, ...]:
    """Return what reviewers read of an item; what attackers are left with is in its proof."""
    if (words := _scanned(releasable)) is not None:
        told = (words.unseen, *file_notes(words.payload))
        return (*filter(None, told), *map(str, resolved(connection, words.payload)))
    if (figures := _protected(releasable)) is not None:
        facts = figures.facts
        counts = f"{facts.indicator} {facts.period}: {facts.cells} cells, {facts.hidden} hidden."
        rounded = (ROUNDED_NOTE,) if facts.rounded else ()
        paid = (facts.few_paid,) if facts.few_paid else ()
        return (counts, *paid, *rounded, *(f"Coarsened {line}." for line in facts.merged))
    shown = releasable.new if isinstance(releasable, RevisedItem) else releasable
    if isinstance(shown, GroundedEvaluation):
        made = f"Made of {len(shown.payload.figures)} published figures alone, each found on this region's chain."
        return (made, *filter(None, [shown.unseen]))
    if isinstance(shown, PanelAssessment):
        return (PANEL_NOTE, *filter(None, [shown.unseen]))
    return shown.summary if isinstance(shown, Notice) else ()


def _examined(item: FrozenItem, releasable: Releasable) -> Examined:
    shown = releasable.new if isinstance(releasable, RevisedItem) else releasable
    content = None if isinstance(shown, Notice) else shown.payload
    return Examined(item.subject, item.audience, item.title, content, item.proof)


def _item(
    type_: EventType, name: str, audience: Audience, subject_key: bytes, title: str, payload: object
) -> FrozenItem:
    data = canonical_bytes(payload)
    salt = os.urandom(SALT_BYTES)
    return FrozenItem(type_, opaque(subject_key, name), audience, title, salt, data, payload_hash(salt, data))


def _store(connection: Connection, bundle: FrozenBundle, releasables: Sequence[Releasable], now: datetime) -> None:
    connection.execute(
        insert(bundle_table).values(
            id=bundle.id,
            author=bundle.author,
            state=bundle.state,
            root=bundle.root,
            size=len(bundle.items),
            needed=bundle.needed,
            report=json.dumps(bundle.report),
            created_at=timestamp(now),
        )
    )
    connection.execute(
        insert(item_table),
        [
            {
                "bundle_id": bundle.id,
                "position": position,
                "type": item.type,
                "subject": item.subject,
                "audience": item.audience,
                "title": item.title,
                "salt": item.salt,
                "payload": item.payload,
                "payload_hash": item.payload_hash,
                "facts": None if item.proof is None else dumped(item.proof),
            }
            for position, item in enumerate(bundle.items)
        ],
    )
    figures = {
        (key.statistic, key.period, key.nodes): value
        for releasable in releasables
        if (protected := _protected(releasable)) is not None
        for key, value in protected.remembered.items()
    }
    if figures:
        connection.execute(
            insert(remembered_table),
            [
                {"bundle_id": bundle.id, "statistic": s, "period": p, "nodes": json.dumps(n), "value": value}
                for (s, p, n), value in figures.items()
            ],
        )
    found = (protected for one in releasables if (protected := _protected(one)) is not None)
    memory.keep(connection, bundle.id, (one for protected in found for one in protected.vintages))


def _scanned(releasable: Releasable) -> ScannedLesson | None:
    found = releasable.new if isinstance(releasable, RevisedItem) else releasable
    return found if isinstance(found, ScannedLesson) else None


def _protected(releasable: Releasable) -> ProtectedIndicator | None:
    found = releasable.new if isinstance(releasable, RevisedItem) else releasable
    return found if isinstance(found, ProtectedIndicator) else None
