"""Store verified events once, in any order, and answer each with the hub's signed receipt."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec
from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from connectors.row_stream import RowStream
from hub.audit import utc_text
from hub.intake import redact
from hub.intake.keys import apply_key_event
from hub.intake.minimum import BelowMinimum
from hub.intake.neighbours import ApprovedPlace, Link, Place, held_links, taken_places
from hub.intake.project import project
from hub.intake.read_event import LARGEST_EVENT, ReadEvent
from hub.intake.refusal import Refusal
from hub.intake.verify import VerifiedEvent
from hub.tables import dead_letter, event, region
from schemas.codes import KEY_EVENTS, EventType
from schemas.envelope import CHAIN_START, Envelope
from schemas.receipt import Answer, Receipt, issued, refused
from schemas.signature import SigningKey

EVENT_COLUMNS: Final = (
    *("id", "region", "sequence", "previous", "type", "subject", "audience", "bundle_root", "bundle_index"),
    *("envelope", "salt", "payload", "accepted_at", "receipt"),
)
_MOST_LETTERS_COMPARED: Final = 20  # open letters about one event, newest first
_LOCKING: Final = (
    select(region.c.code)
    .where(region.c.code.in_(bindparam("codes", expanding=True)))
    .order_by(region.c.code)
    .with_for_update()
)
_encoder = msgspec.json.Encoder(order="sorted")  # canonical for a receipt: ASCII text and one small number


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
    """Stores one batch in one transaction: reads the neighbours once, and sends rows on their way as they come.

    Where the batch destroys something, or holds what was destroyed, its rows wait until all of them are known.
    """

    def __init__(
        self,
        connection: Connection,
        stream: RowStream,
        batch: Sequence[ReadEvent],
        now: datetime,
        key: SigningKey,
        accepted_before: bool = False,
    ) -> None:
        """Read what the hub holds beside the batch's events; their chains are locked.

        `accepted_before` events were held to the minimum, or accepted without, when they first came in.
        """
        self._accepted_before = accepted_before
        self._connection = connection
        self._stream = stream
        self._now = now
        self._accepted_at = utc_text(now)
        self._key = key
        self._key_id = key.public.key_id
        self._rows: list[dict[str, Any]] = []
        self._projected: dict[Table, list[dict[str, Any]]] = {}
        self._filled: list[tuple[VerifiedEvent, str]] = []  # withheld before, and the time of acceptance then
        self._held: dict[Place, Link] = {}
        self._used: set[ApprovedPlace] = set()
        by_region: dict[str, list[Envelope]] = {}
        for one in batch:
            by_region.setdefault(one.envelope.region, []).append(one.envelope)
        for code in sorted(by_region):
            self._held |= held_links(connection, code, by_region[code])
            self._used |= taken_places(connection, code, by_region[code])
        self._gone = redact.destroyed(connection, {one.id: one.envelope.region for one in batch})
        destroys = any(one.envelope.type is EventType.EVENT_REDACTED for one in batch)
        self._is_streaming = not (destroys or self._gone)

    def store(self, verified: VerifiedEvent) -> Answer:
        """Take one event of the batch; an event the hub holds already gives its first receipt again.

        Raises SequenceUsedTwice, ChainBroken, ApprovalReused, BelowMinimum or the refusals of a key event.
        """
        envelope = verified.envelope
        same = self._held.get((envelope.region, envelope.sequence))
        if same is not None and same.id == verified.id:
            if same.is_withheld and verified.salt and verified.id not in self._gone:
                self._check_minimum(verified)
                self._fill(verified, same)
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
        self._check_minimum(verified)
        self._apply_key_event(verified)
        receipt = issued(
            Receipt(verified.id, envelope.region, envelope.sequence, self._accepted_at, self._key_id), self._key
        )
        self._keep(verified, _encoder.encode(receipt))
        return Answer(event_id=verified.id, outcome="accepted", receipt=receipt)

    def write(self) -> None:
        """Write what is not on its way yet, and the projections; what a redaction destroys is never written."""
        for verified, accepted_at in self._filled:
            self._project(verified, accepted_at)
        redactions = redact.withhold(self._connection, self._rows, self._projected) if not self._is_streaming else []
        for row in self._rows:
            self._stream.add(tuple(row.values()))
        self._stream.close()
        for verified, _ in self._filled:
            self._connection.execute(
                update(event)
                .where(event.c.id == verified.id)
                .values(salt=verified.salt, payload=verified.payload_bytes)
            )
        for table, rows in self._projected.items():
            if rows:
                with RowStream(self._connection, table, tuple(rows[0])) as stream:
                    for row in rows:
                        stream.add(tuple(row.values()))
        redact.apply(self._connection, redactions)

    def _fill(self, verified: VerifiedEvent, held: Link) -> None:
        """Take the payload of an event that was held without it, so that stripping payloads on the way does no harm."""
        self._apply_key_event(verified)
        place = verified.envelope.region, verified.envelope.sequence
        self._held[place] = held._replace(is_withheld=False)
        self._filled.append((verified, held.accepted_at))

    def _apply_key_event(self, verified: VerifiedEvent) -> None:
        if verified.envelope.type in KEY_EVENTS:
            self._stream.close()
            apply_key_event(self._connection, verified, self._now)

    def _check_minimum(self, verified: VerifiedEvent) -> None:
        if verified.shortfall is not None and not self._accepted_before:
            raise BelowMinimum(verified.shortfall).of(verified.id, verified.envelope.region)

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
        is_withheld = not verified.salt
        link = Link(verified.id, envelope.previous, receipt, self._accepted_at, is_withheld)
        self._held[envelope.region, envelope.sequence] = link
        self._used.add(_approved_place(envelope))
        row = (
            *(verified.id, envelope.region, envelope.sequence, envelope.previous, envelope.type.value),
            *(envelope.subject, envelope.audience, envelope.bundle.root, envelope.bundle.index),
            *(verified.envelope_bytes, verified.salt, verified.payload_bytes, self._accepted_at, receipt),
        )
        if self._is_streaming:
            self._stream.add(row)
        else:
            self._rows.append(dict(zip(EVENT_COLUMNS, row, strict=True)))
        self._project(verified, self._accepted_at)

    def _project(self, verified: VerifiedEvent, accepted_at: str) -> None:
        for table, row in project(verified.id, verified.envelope, verified.payload, accepted_at):
            self._projected.setdefault(table, []).append(row)


def lock_chains(connection: Connection, codes: Collection[str]) -> list[str]:
    """Let no other transaction write these regions' chains until this one ends; return those that there are.

    SQLite has one write lock for the whole file; on PostgreSQL the regions' rows are locked, in sorted order, so that
    two batches never wait for each other.
    """
    if not codes:
        return []
    return list(connection.scalars(_LOCKING, {"codes": sorted(codes)}))


def set_aside(
    connection: Connection, refusal: Refusal, body: bytes, caller: str | None, now: datetime, key: SigningKey
) -> Answer:
    """Keep a refused event's bytes (at most 2 MiB) with the reason, and answer with that reason, signed.

    The same bytes refused again for the same reason, while nobody has decided on them, are counted and not kept twice.
    """
    kept = redact.letter_body(connection, refusal.event_id, body[:LARGEST_EVENT])
    letter = dead_letter.c
    alike = (letter.event_id == refusal.event_id, letter.reason == refusal.reason, letter.state == "open")
    candidates = (
        select(letter.id).where(*alike).order_by(letter.id.desc()).limit(_MOST_LETTERS_COMPARED).scalar_subquery()
    )
    of_region = letter.region.is_not_distinct_from(caller or refusal.region)
    again = connection.scalar(
        select(func.max(letter.id)).where(letter.id.in_(candidates), of_region, letter.body == kept)
    )
    if again is None:
        connection.execute(
            insert(dead_letter).values(
                region=caller or refusal.region,
                event_id=refusal.event_id,
                received_at=utc_text(now),
                reason=refusal.reason,
                detail=refusal.detail,
                body=kept,
            )
        )
    else:
        counted = update(dead_letter).where(letter.id == again).values(times=letter.times + 1, last_at=utc_text(now))
        connection.execute(counted)
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


def _approved_place(envelope: Envelope) -> ApprovedPlace:
    return envelope.region, envelope.bundle.root, envelope.bundle.index


def _receipt(data: bytes) -> Receipt:
    return msgspec.json.decode(data, type=Receipt)
