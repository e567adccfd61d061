"""Store verified events once, in any order, and answer each with the hub's signed receipt."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, insert, select

from hub.audit import utc_text
from hub.intake import redact
from hub.intake.keys import apply_key_event
from hub.intake.project import project
from hub.intake.refusal import Refusal
from hub.intake.verify import LARGEST_EVENT, VerifiedEvent
from hub.tables import dead_letter, event, region
from schemas.canonical import canonical_bytes
from schemas.envelope import CHAIN_START, Envelope
from schemas.receipt import Answer, Receipt, issued, refused
from schemas.signature import SigningKey


class _Link(NamedTuple):
    id: str
    previous: str
    receipt: bytes


class SequenceUsedTwice(Refusal):
    """A sequence number that this region already used for another event."""

    reason: ClassVar = "sequence_conflict"


class ChainBroken(Refusal):
    """An event whose predecessor contradicts an event that the hub holds."""

    reason: ClassVar = "chain_broken"


class ApprovalReused(Refusal):
    """A place in an approved bundle that another event of this region already took."""

    reason: ClassVar = "approval_reused"


class Shelf:
    """Stores one batch in one transaction: reads the neighbours once, and writes all rows at the end.

    One transaction at a time writes a region's chain: SQLite has one write lock for the whole file, on PostgreSQL the
    rows of the batch's regions are locked, in sorted order, so that two batches never wait for each other.
    """

    def __init__(self, connection: Connection, batch: Iterable[VerifiedEvent], now: datetime, key: SigningKey) -> None:
        """Lock the chains of the batch's regions and read what the hub holds beside its events."""
        self._connection = connection
        self._now = now
        self._accepted_at = utc_text(now)
        self._key = key
        self._rows: list[dict[str, Any]] = []
        self._projected: dict[Table, list[dict[str, Any]]] = {}
        self._held: dict[tuple[str, int], _Link] = {}
        self._used: set[tuple[str, str, int]] = set()  # region, bundle root, index in the bundle
        places: dict[str, set[int]] = {}
        roots: dict[str, set[str]] = {}
        for one in batch:
            place = one.envelope.sequence
            places.setdefault(one.envelope.region, set()).update((place - 1, place, place + 1))
            roots.setdefault(one.envelope.region, set()).add(one.envelope.bundle.root)
        for code in sorted(places):
            connection.execute(select(region.c.code).where(region.c.code == code).with_for_update()).all()
            self._read_links(code, places[code])
            self._read_used(code, roots[code])

    def store(self, verified: VerifiedEvent) -> Answer:
        """Take one event of the batch; an event the hub holds already gives its first receipt again.

        Raises SequenceUsedTwice, ChainBroken, ApprovalReused or the refusals of a key event.
        """
        envelope = verified.envelope
        same = self._held.get((envelope.region, envelope.sequence))
        if same is not None and same.id == verified.id:
            return Answer(event_id=verified.id, outcome="duplicate", receipt=_receipt(same.receipt))
        if same is not None:
            raise SequenceUsedTwice(
                f"Region {envelope.region} already used sequence {envelope.sequence} for another event; "
                "restore its ledger first."
            ).of(verified.id, envelope.region)
        self._check_neighbours(verified)
        if _approved_place(envelope) in self._used:
            raise ApprovalReused(
                f"Region {envelope.region} already published this item of its approved bundle as another event; "
                "let a new bundle be approved."
            ).of(verified.id, envelope.region)
        apply_key_event(self._connection, verified, self._now)
        receipt = issued(
            Receipt(verified.id, envelope.region, envelope.sequence, self._accepted_at, self._key.public.key_id),
            self._key,
        )
        self._keep(verified, canonical_bytes(receipt))
        return Answer(event_id=verified.id, outcome="accepted", receipt=receipt)

    def write(self) -> None:
        """Write the accepted events and their projections; what a redaction destroys is never written."""
        redactions = redact.withhold(self._connection, self._rows, self._projected)
        if self._rows:
            self._connection.execute(insert(event), self._rows)
        for table, rows in self._projected.items():
            if rows:
                self._connection.execute(insert(table), rows)
        redact.apply(self._connection, redactions)

    def _read_links(self, code: str, places: set[int]) -> None:
        columns = (event.c.id, event.c.sequence, event.c.previous, event.c.receipt)
        rows = self._connection.execute(
            select(*columns).where(event.c.region == code, event.c.sequence.in_(sorted(places)))
        )
        for row in rows:
            self._held[code, row.sequence] = _Link(row.id, row.previous, row.receipt)

    def _read_used(self, code: str, roots: set[str]) -> None:
        columns = (event.c.bundle_root, event.c.bundle_index)
        rows = self._connection.execute(
            select(*columns).where(event.c.region == code, event.c.bundle_root.in_(sorted(roots)))
        )
        self._used.update((code, row.bundle_root, row.bundle_index) for row in rows)

    def _check_neighbours(self, verified: VerifiedEvent) -> None:
        envelope = verified.envelope
        place = envelope.sequence
        before = self._held.get((envelope.region, place - 1))
        after = self._held.get((envelope.region, place + 1))
        fits = (
            (envelope.previous == CHAIN_START) == (place == 1)
            and (before is None or envelope.previous == before.id)
            and (after is None or after.previous == verified.id)
        )
        if not fits:
            raise ChainBroken(
                f"Event {place} of region {envelope.region} does not fit its neighbours in the chain; check its ledger."
            ).of(verified.id, envelope.region)

    def _keep(self, verified: VerifiedEvent, receipt: bytes) -> None:
        envelope = verified.envelope
        self._held[envelope.region, envelope.sequence] = _Link(verified.id, envelope.previous, receipt)
        self._used.add(_approved_place(envelope))
        self._rows.append(
            {
                "id": verified.id,
                "region": envelope.region,
                "sequence": envelope.sequence,
                "previous": envelope.previous,
                "type": envelope.type.value,
                "subject": envelope.subject,
                "audience": envelope.audience,
                "bundle_root": envelope.bundle.root,
                "bundle_index": envelope.bundle.index,
                "envelope": verified.envelope_bytes,
                "salt": verified.salt,
                "payload": verified.payload_bytes,
                "accepted_at": self._accepted_at,
                "receipt": receipt,
            }
        )
        for table, row in project(verified.id, envelope, verified.payload, self._accepted_at):
            self._projected.setdefault(table, []).append(row)


def set_aside(
    connection: Connection, refusal: Refusal, body: bytes, caller: str | None, now: datetime, key: SigningKey
) -> Answer:
    """Keep a refused event's bytes (at most 2 MiB) with the reason, and answer with that reason, signed."""
    connection.execute(
        insert(dead_letter).values(
            region=caller or refusal.region,
            event_id=refusal.event_id,
            received_at=utc_text(now),
            reason=refusal.reason,
            detail=refusal.detail,
            body=redact.letter_body(connection, refusal.event_id, body[:LARGEST_EVENT]),
        )
    )
    return refused(refusal.event_id, refusal.reason, refusal.detail, key)


def receipts(connection: Connection, region_code: str, after: int, limit: int) -> list[Answer]:
    """Return the receipts of a region's events with a sequence above `after`, in order of sequence."""
    rows = connection.execute(
        select(event.c.id, event.c.receipt)
        .where(event.c.region == region_code, event.c.sequence > after)
        .order_by(event.c.sequence)
        .limit(limit)
    )
    return [Answer(event_id=row.id, outcome="accepted", receipt=_receipt(row.receipt)) for row in rows]


def _approved_place(envelope: Envelope) -> tuple[str, str, int]:
    return envelope.region, envelope.bundle.root, envelope.bundle.index


def _receipt(data: bytes) -> Receipt:
    return msgspec.json.decode(data, type=Receipt)
