"""Store verified events once, in any order, and answer each with the hub's signed receipt."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Final, Literal, NamedTuple

from sqlalchemy import Connection, Select, Table, func, insert, select, update

from connectors.database import Asked, among, at_once, listed
from connectors.row_stream import RowStream
from hub.audit import utc_text
from hub.intake import redact
from hub.intake.hold import held_row
from hub.intake.keyring import RegionKeys, asked_keys, found_keys
from hub.intake.keys import apply_key_event
from hub.intake.minimum import BelowMinimum
from hub.intake.neighbours import ApprovedPlace, Beside, Link, asked_beside, found_beside
from hub.intake.project import project
from hub.intake.read_event import LARGEST_EVENT, ReadEvent
from hub.intake.receipts import Held, Receipts, in_row
from hub.intake.refusal import Refusal
from hub.intake.verify import VerifiedEvent
from hub.tables import dead_letter, event, region
from schemas.codes import KEY_EVENTS, EventType
from schemas.envelope import CHAIN_START, Envelope
from schemas.receipt import Answer, Receipt, refused
from schemas.signature import SigningKey

EVENT_COLUMNS: Final = (
    *("id", "region", "sequence", "previous", "type", "subject", "audience", "bundle_root", "bundle_index"),
    *("envelope", "salt", "payload", "accepted_at", "receipt"),
)
_REST_OF_ROW: Final = 600  # bytes of an event's row beside its envelope and payload, about
_MOST_LETTERS_COMPARED: Final = 20  # open letters about one event, newest first


class SequenceUsedTwice(Refusal):
    """A sequence number that this region already used for another event."""

    reason: ClassVar = "sequence_conflict"


class ChainBroken(Refusal):
    """An event whose predecessor contradicts an event that the hub holds."""

    reason: ClassVar = "chain_broken"


class ApprovalReused(Refusal):
    """A place in an approved bundle that another event of this region already took."""

    reason: ClassVar = "approval_reused"


class Stored(NamedTuple):
    """An event that the hub holds now, or held before; its receipt is given once the whole batch is written."""

    outcome: Literal["accepted", "duplicate"]
    held: Held


class Shelf:
    """Stores one batch in one transaction: sends rows on their way as they come.

    Where the batch destroys something, or holds what was destroyed, its rows wait until all of them are known.
    """

    def __init__(
        self,
        connection: Connection,
        stream: RowStream,
        batch: Sequence[ReadEvent],
        beside: Beside,
        now: datetime,
        key: SigningKey,
        accepted_before: Mapping[str, Receipt] = MappingProxyType({}),
        *,
        reply_days: int,
    ) -> None:
        """Take what the hub holds beside the batch's events; their chains are locked.

        Events `accepted_before`, by id, keep the receipt they have; they were held to the minimum, or accepted without,
        when they first came in. Regions have `reply_days` for a reply before others than the network see figures.
        """
        self._accepted_before = accepted_before
        self._reply_days = reply_days
        self._connection = connection
        self._stream = stream
        self._now = now
        self._accepted_at = utc_text(now)
        self._rows: list[dict[str, Any]] = []  # these wait, as what is projected of them
        self._projected: dict[Table, list[dict[str, Any]]] = {}
        self._filled: list[tuple[VerifiedEvent, str]] = []  # withheld before, and the time of acceptance then
        self._held, self._used = beside.held, beside.used
        self._gone = beside.gone.intersection(one.id for one in batch)
        self._receipts = Receipts(key, self._accepted_at, Counter(one.envelope.region for one in batch))
        destroys = any(one.envelope.type is EventType.EVENT_REDACTED for one in batch)
        self._is_streaming = not (destroys or self._gone)
        stream.expect(sum(len(one.envelope_bytes) + len(one.payload) + _REST_OF_ROW for one in batch))

    def store(self, verified: VerifiedEvent) -> Stored:
        """Take one event of the batch; an event that the hub holds already keeps its first receipt.

        Raises SequenceUsedTwice, ChainBroken, ApprovalReused, BelowMinimum or the refusals of a key event.
        """
        envelope = verified.envelope
        same = self._held.get((envelope.region, envelope.sequence))
        if same is not None and same.id == verified.id:
            if same.is_withheld and verified.salt and verified.id not in self._gone:
                self._check_minimum(verified)
                self._fill(verified, same)
            return Stored("duplicate", _held(verified, same.accepted_at, same.receipt))
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
        receipt = self._receipt(verified)
        self._keep(verified, receipt)
        return Stored("accepted", _held(verified, self._accepted_at, receipt))

    def write(self) -> None:
        """Write what is not on its way yet; what a redaction destroys is never written."""
        for verified, accepted_at in self._filled:
            self._project(verified, accepted_at)
        redactions = redact.withhold(self._connection, self._rows, self._projected) if not self._is_streaming else []
        for row in self._rows:
            self._stream.add(tuple(row.values()))
        for table, rows in self._projected.items():
            for row in rows:
                self._stream.add_leaning(table, row)
        self._stream.close()
        self._receipts.write(self._connection)
        for verified, _ in self._filled:
            self._connection.execute(
                update(event)
                .where(event.c.id == verified.id)
                .values(salt=verified.salt, payload=verified.payload_bytes)
            )
        redact.apply(self._connection, redactions)

    def answers(self, stored: Sequence[Stored]) -> list[Answer]:
        """Answer events of the batch with their receipts, once `write` was called."""
        receipts = self._receipts.of(self._connection, [one.held for one in stored])
        return [
            Answer(event_id=one.held.id, outcome=one.outcome, receipt=receipt)
            for one, receipt in zip(stored, receipts, strict=True)
        ]

    def _receipt(self, verified: VerifiedEvent) -> bytes:
        before = self._accepted_before.get(verified.id)
        if before is not None:
            return in_row(before)
        return self._receipts.promise(verified.id, verified.envelope.region, verified.envelope.sequence)

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
        if verified.shortfall is not None and verified.id not in self._accepted_before:
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
        known = (verified.id, verified.envelope, verified.payload, accepted_at)
        for table, row in (*project(*known), *held_row(*known, self._accepted_at, self._reply_days)):
            if self._is_streaming:
                self._stream.add_leaning(table, row)
            else:
                self._projected.setdefault(table, []).append(row)


def opened(
    connection: Connection, named: Collection[str], batch: Sequence[ReadEvent]
) -> tuple[dict[str, RegionKeys], Beside]:
    """Lock the chains of a batch's events; return the keys of the regions named, and what the hub holds beside them.

    Until this transaction ends no other one writes these chains. SQLite has one write lock for the whole file; on
    PostgreSQL the regions' rows are locked, in sorted order, so that two batches never wait for each other.
    """
    dialect = connection.dialect.name
    codes = {one.envelope.region for one in batch}
    locking: list[Asked] = [(_locking(dialect), {"codes": listed(dialect, codes)})] if codes else []
    asked = [*locking, asked_keys(dialect, named), *asked_beside(dialect, batch)]
    keys, *beside_it = at_once(connection, asked)[len(locking) :]
    return found_keys(keys), found_beside(batch, beside_it)


@cache
def _locking(dialect: str) -> Select[Any]:
    return select(region.c.code).where(among(dialect, region.c.code, "codes")).order_by(region.c.code).with_for_update()


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


def _approved_place(envelope: Envelope) -> ApprovedPlace:
    return envelope.region, envelope.bundle.root, envelope.bundle.index


def _held(verified: VerifiedEvent, accepted_at: str, receipt: bytes) -> Held:
    return Held(verified.id, verified.envelope.region, verified.envelope.sequence, accepted_at, receipt)
