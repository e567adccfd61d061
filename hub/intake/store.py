"""Store verified events once, in any order, and answer each with the hub's signed receipt."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec
from sqlalchemy import Connection, insert, select

from hub.audit import utc_text
from hub.intake.project import project
from hub.intake.refusal import Refusal
from hub.intake.verify import LARGEST_EVENT, VerifiedEvent
from hub.tables import dead_letter, event, region
from schemas.canonical import canonical_bytes
from schemas.envelope import CHAIN_START
from schemas.receipt import Answer, Receipt, issued
from schemas.signature import SigningKey


class SequenceUsedTwice(Refusal):
    """A sequence number that this region already used for another event."""

    reason: ClassVar = "sequence_conflict"


class ChainBroken(Refusal):
    """An event whose predecessor contradicts an event that the hub holds."""

    reason: ClassVar = "chain_broken"


def lock_regions(connection: Connection, codes: Iterable[str]) -> None:
    """Let one transaction at a time write a region's chain; in sorted order, so two batches never wait for each other.

    SQLite holds one write lock for the whole file already, and ignores FOR UPDATE.
    """
    for code in sorted(set(codes)):
        connection.execute(select(region.c.code).where(region.c.code == code).with_for_update()).all()


def store(connection: Connection, verified: VerifiedEvent, now: datetime, key: SigningKey) -> Answer:
    """Store one event with its receipt and projections; an event the hub holds already gives its first receipt again.

    Raises SequenceUsedTwice or ChainBroken. Call `lock_regions` first.
    """
    envelope = verified.envelope
    held = _duplicate_or_fitting(connection, verified)
    if held is not None:
        return Answer(event_id=verified.id, outcome="duplicate", receipt=held)
    receipt = issued(
        Receipt(
            event_id=verified.id,
            region=envelope.region,
            sequence=envelope.sequence,
            accepted_at=utc_text(now),
            key_id=key.public.key_id,
        ),
        key,
    )
    connection.execute(
        insert(event).values(
            id=verified.id,
            region=envelope.region,
            sequence=envelope.sequence,
            previous=envelope.previous,
            type=envelope.type.value,
            subject=envelope.subject,
            audience=envelope.audience,
            envelope=verified.envelope_bytes,
            salt=verified.salt,
            payload=verified.payload_bytes,
            accepted_at=receipt.accepted_at,
            receipt=canonical_bytes(receipt),
        )
    )
    project(connection, verified.id, envelope, verified.payload, receipt.accepted_at)
    return Answer(event_id=verified.id, outcome="accepted", receipt=receipt)


def set_aside(connection: Connection, refusal: Refusal, body: bytes, caller: str | None, now: datetime) -> Answer:
    """Keep a refused event's bytes (at most 2 MiB) with the reason, and answer with that reason."""
    connection.execute(
        insert(dead_letter).values(
            region=caller or refusal.region,
            event_id=refusal.event_id,
            received_at=utc_text(now),
            reason=refusal.reason,
            detail=refusal.detail,
            body=body[:LARGEST_EVENT],
        )
    )
    return Answer(event_id=refusal.event_id, outcome="refused", reason=refusal.reason, detail=refusal.detail)


def receipts(connection: Connection, region_code: str, after: int, limit: int) -> list[Answer]:
    """Return the receipts of a region's events with a sequence above `after`, in order of sequence."""
    rows = connection.execute(
        select(event.c.id, event.c.receipt)
        .where(event.c.region == region_code, event.c.sequence > after)
        .order_by(event.c.sequence)
        .limit(limit)
    )
    return [Answer(event_id=row.id, outcome="accepted", receipt=_receipt(row.receipt)) for row in rows]


def _duplicate_or_fitting(connection: Connection, verified: VerifiedEvent) -> Receipt | None:
    envelope = verified.envelope
    place = envelope.sequence
    rows = connection.execute(
        select(event.c.id, event.c.sequence, event.c.previous, event.c.receipt).where(
            event.c.region == envelope.region, event.c.sequence.in_((place - 1, place, place + 1))
        )
    )
    neighbours = {row.sequence: row for row in rows}
    same = neighbours.get(place)
    if same is not None:
        if same.id == verified.id:
            return _receipt(same.receipt)
        raise SequenceUsedTwice(
            f"Region {envelope.region} already used sequence {place} for another event; restore the ledger first."
        ).of(verified.id, envelope.region)
    before, after = neighbours.get(place - 1), neighbours.get(place + 1)
    fits = (
        (envelope.previous == CHAIN_START) == (place == 1)
        and (before is None or envelope.previous == before.id)
        and (after is None or after.previous == verified.id)
    )
    if not fits:
        raise ChainBroken(
            f"Event {place} of region {envelope.region} does not fit its neighbours in the chain; check its ledger."
        ).of(verified.id, envelope.region)
    return None


def _receipt(data: bytes) -> Receipt:
    return msgspec.json.decode(data, type=Receipt)
