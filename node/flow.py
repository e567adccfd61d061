"""The way out, in three functions: measure, release, ship. It stops only for people (review) and networks (outbox)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
from sqlalchemy import Connection, Engine

from connectors.database import writing
from node.audit import AuditEntry
from node.config import Settings
from node.indicators.compute import compute
from node.indicators.figures import ComputedIndicator, PublishedTable
from node.release import candidate, memory, outbox, review, scan
from node.release.disclosure import DisclosurePolicy
from node.release.protect import protect
from node.release.redact import redact
from node.release.revise import WholeTable, revise
from node.release.ship import ship as send
from node.release.sign import sign
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition
from schemas.delivery import Sender
from schemas.payloads import LessonPublished
from schemas.signature import PublicKey, SigningKey

_BATCH = 200  # entries per hand-over: bounds memory to a few MB

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Shipped:
    """What one round of shipping did."""

    sent: int
    accepted: int
    refused: int


def measure(
    records: duckdb.DuckDBPyConnection,
    definitions: Sequence[IndicatorDefinition],
    period: str,
    areas: tuple[str, ...],
) -> tuple[ComputedIndicator, ...]:
    """Compute indicators over one period from the linked records; the result cannot leave as it is."""
    return tuple(compute(records, definition, period, areas) for definition in definitions)


def release(
    connection: Connection,
    settings: Settings,
    computed: Sequence[ComputedIndicator],
    tables: Sequence[PublishedTable],
    lessons: Sequence[LessonPublished],
    *,
    audience: Audience,
    subject_key: bytes,
    entry: AuditEntry,
    reason: str = "",
    whole: WholeTable | None = None,
    notes: Sequence[str] = (),
) -> candidate.FrozenBundle:
    """Protect figures against all that was released before, scan words, and freeze for review what does not stand yet.

    `reason` says why what was released before changes; `whole` marks a table that holds all its owner publishes.
    """
    protected = protect(
        computed,
        tables,
        memory.earlier(connection),
        DisclosurePolicy(),
        region_set=settings.region_set,
        division_year=settings.division_year,
    )
    scanned = tuple(scan.scan(lesson) for lesson in lessons)
    revised = revise(
        connection, [*protected, *scanned], audience=audience, subject_key=subject_key, reason=reason, whole=whole
    )
    return candidate.freeze(
        connection, revised.items, audience=audience, subject_key=subject_key, entry=entry, now=entry.at,
        notes=(*notes, *revised.summary),
    )  # fmt: skip


def publish(connection: Connection, bundle_id: str, region: str, key: SigningKey, entry: AuditEntry) -> int:
    """Sign an approved bundle onto the chain and put it into the outbox; returns the number of events.

    What it redacts is destroyed here in the same transaction.
    """
    approved = review.approved(connection, bundle_id)
    candidate.check_publishable(connection, approved.bundle)
    events = sign(connection, approved, region, key, entry)
    outbox.enqueue(connection, events)
    redact(connection, events, entry)
    return len(events)


def ship(engine: Engine, region: str, sender: Sender, hub_key: PublicKey, clock: Clock) -> Shipped:
    """Send what is pending, then mark it; take in the answers. Nothing is marked before the other side holds it."""
    sent = accepted = refused = last = 0
    while True:
        with engine.connect() as connection:
            entries = outbox.pending(connection, region, _BATCH, clock(), last)
        answers = send(entries, sender) if entries else ()
        with writing(engine) as connection:
            outbox.mark_sent(connection, entries, clock())
            outbox.mark_answered(connection, answers, hub_key, clock())
        late = tuple(sender.collect())
        with writing(engine) as connection:
            outbox.mark_answered(connection, late, hub_key, clock())
        sent += len(entries)
        accepted += sum(a.outcome != "refused" for a in (*answers, *late))
        refused += sum(a.outcome == "refused" for a in (*answers, *late))
        if len(entries) < _BATCH:
            return Shipped(sent, accepted, refused)
        last = entries[-1].sequence
