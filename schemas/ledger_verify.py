"""Verify a ledger file: anyone can, without a node or a hub. What is wrong is named by its place and its kind."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from .canonical import NotCanonical
from .codes import KEY_EVENTS, EventType, may_read
from .envelope import CHAIN_START, SALT_BYTES, check_in_bundle, check_signature, event_id, payload_hash
from .heads import Heads
from .ledger_file import LedgerEntry, LedgerHeader, LedgerLine, LedgerTrailer, checked, read_line
from .ledger_keys import KeyHistory, KeyHistoryWrong
from .ledger_proofs import Kind, LedgerFileWrong, check_approvals, check_header, check_heads_of, check_receipt_of
from .merkle import NotInBundle
from .payloads import EventRedacted
from .signature import PublicKey, SignatureMismatch
from .upcast import EventTypeUnknown, read_payload


@dataclass(frozen=True, slots=True)
class VerifiedLedger:
    """A file of which everything holds: how many events, receipts, payloads destroyed and left out, and the head."""

    header: LedgerHeader
    events: int
    head: str
    receipts: int
    destroyed: int
    left_out: int
    days: int


def verify_ledger(
    lines: Iterable[bytes], days: Sequence[Heads] = (), hub_key: PublicKey | None = None
) -> VerifiedLedger:
    """Verify a ledger file's lines; raises LedgerFileWrong, and HistoryRewritten or SignatureMismatch for the days.

    `days` are the hub's daily heads, oldest first: without them a tail that was cut, with a trailer made to fit, is not
    seen. `hub_key` is the hub's key as its team gave it; else the header's is believed.
    """
    reading = LedgerReading(lines, days, hub_key)
    for _ in reading:
        pass
    return reading.verified


class LedgerReading:
    """Reads a ledger file once and gives each event as soon as it is verified; the whole is, when it ends quietly."""

    verified: VerifiedLedger
    header: LedgerHeader

    def __init__(self, lines: Iterable[bytes], days: Sequence[Heads] = (), hub_key: PublicKey | None = None) -> None:
        """Read the header; raises LedgerFileWrong."""
        self._lines = iter(lines)
        self._days = days
        first = next(self._lines, None)
        if first is None:
            raise LedgerFileWrong(0, "truncated", "The file is empty")
        self.header = check_header(self._read(first, 0), hub_key)
        self._check_check(self.header, CHAIN_START, 0)
        self._hub_key = None if self.header.hub_key is None else PublicKey(self.header.hub_key)
        try:
            self._keys = KeyHistory(self.header)
        except KeyHistoryWrong as error:
            raise LedgerFileWrong(0, "altered", f"The header does not hold: {error}") from error
        self._ids: list[str] = []
        self._places: set[tuple[str, int]] = set()
        self._said_destroyed: dict[str, str] = {}  # by entries: event to redaction
        self._ordered: dict[str, str] = {}  # by redactions: event to the first of them
        self._present: set[str] = set()  # events whose payload is there
        self._redactions_unread: set[str] = set()
        self._firm: set[str] = set()  # key events and redactions, which nothing destroys
        self._receipts = self._left_out = 0

    def __iter__(self) -> Iterator[LedgerEntry]:
        """Yield the events in order; raises LedgerFileWrong, HistoryRewritten or SignatureMismatch."""
        for raw in self._lines:
            place = len(self._ids) + 1
            line = self._read(raw, place)
            match line:
                case LedgerEntry():
                    self._check(line, place)
                    yield line
                case LedgerTrailer():
                    self._end(line)
                    return
                case LedgerHeader():
                    raise LedgerFileWrong(place, "inserted", f"A second header stands where event {place} belongs")
        raise LedgerFileWrong(
            len(self._ids) + 1, "truncated", f"The file ends behind event {len(self._ids)} without its trailer"
        )

    def _read(self, raw: bytes, place: int) -> LedgerLine:
        where = f"The line of event {place}" if place else "The header"
        try:
            return read_line(raw)
        except NotCanonical as error:
            kind: Kind = "altered" if raw.endswith(b"\n") else "truncated"
            raise LedgerFileWrong(place, kind, f"{where} was changed: {error}") from error

    def _check(self, line: LedgerEntry, place: int) -> None:
        envelope = line.envelope
        if envelope.region != self.header.region:
            raise LedgerFileWrong(
                place, "inserted", f"An event of {envelope.region} stands where event {place} belongs"
            )
        if line.id != event_id(envelope):
            raise LedgerFileWrong(place, "altered", f"Event {place} has another id than the hash of its envelope")
        if envelope.sequence != place:
            self._misplaced(envelope.sequence, place)
        if envelope.previous != (self._ids[-1] if self._ids else CHAIN_START):
            raise LedgerFileWrong(place, "altered", f"Event {place} does not follow the event before it")
        try:
            self._check_signed(line)
            self._check_payload(line)
        except (SignatureMismatch, NotInBundle, KeyHistoryWrong, EventTypeUnknown, _PayloadWrong) as error:
            raise LedgerFileWrong(
                place, "altered", f"Event {place} does not verify: {str(error).rstrip('.')}"
            ) from error
        if line.receipt is not None:
            check_receipt_of(line, line.receipt, self._hub_key)
            self._receipts += 1
        self._check_check(line, self._check_before, place)
        self._ids.append(line.id)

    def _check_signed(self, line: LedgerEntry) -> None:
        envelope = line.envelope
        key = self._keys.holding(envelope.key_id, "service", envelope.sequence)
        if key is None:
            raise SignatureMismatch(f"key {envelope.key_id} is no service key that holds there")
        check_signature(envelope, PublicKey(key.hex))
        check_in_bundle(envelope)
        bundle = envelope.bundle
        if (bundle.root, bundle.index) in self._places:
            raise NotInBundle("its place in the approved bundle was taken by an earlier event")
        self._places.add((bundle.root, bundle.index))
        check_approvals(envelope, self._keys)

    def _check_payload(self, line: LedgerEntry) -> None:
        envelope = line.envelope
        is_readable = may_read(self.header.audience, envelope.audience)
        if not is_readable:
            if (line.salt, line.payload, line.destroyed_by) != (None, None, None):
                raise _PayloadWrong(f"it is not for the file's audience, {self.header.audience}, and has its payload")
            self._left_out += 1
        elif line.salt is None or line.payload is None:
            if line.destroyed_by is None or line.salt is not None or line.payload is not None:
                raise _PayloadWrong("its salt or payload is missing and nothing says who destroyed it")
            self._said_destroyed[line.id] = line.destroyed_by
        else:
            self._check_hash(line)
        if envelope.type in KEY_EVENTS or envelope.type is EventType.EVENT_REDACTED:
            self._heed(line)

    def _check_hash(self, line: LedgerEntry) -> None:
        try:
            data = line.payload_bytes()
        except ValueError as error:
            raise _PayloadWrong("its salt or payload is in another form") from error
        if line.destroyed_by is not None or data is None:
            raise _PayloadWrong("its payload is there although it is said to be destroyed")
        if (
            len(data[0]) != SALT_BYTES
            or line.salt != data[0].hex()
            or payload_hash(*data) != line.envelope.payload_hash
        ):
            raise _PayloadWrong("salt and payload are not those whose hash was signed")
        self._present.add(line.id)

    def _heed(self, line: LedgerEntry) -> None:
        """Note what an event says of the region's keys, or has destroyed."""
        self._firm.add(line.id)
        data = line.payload_bytes()
        if data is None:
            if line.envelope.type in KEY_EVENTS:
                raise KeyHistoryWrong("it changes the region's keys and its payload is not in the file")
            self._redactions_unread.add(line.id)
            return
        try:
            payload = read_payload(line.envelope.type, data[1])
        except msgspec.DecodeError as error:
            raise _PayloadWrong("its payload does not fit its type") from error
        if isinstance(payload, EventRedacted):
            self._ordered.setdefault(payload.redacts, line.id)
        else:
            self._keys.apply(payload, line.envelope.sequence)

    def _check_check(self, line: LedgerLine, before: str, place: int) -> None:
        if checked(line, before).check != line.check:
            where = f"The line of event {place}" if place else "The header"
            raise LedgerFileWrong(place, "altered", f"{where} was changed in what no signature covers")
        self._check_before = line.check

    def _misplaced(self, found: int, place: int) -> None:
        if found < place:
            raise LedgerFileWrong(found, "inserted", f"Event {found} stands a second time, behind event {place - 1}")
        for raw in self._lines:
            try:
                later = read_line(raw)
            except NotCanonical:
                continue
            if isinstance(later, LedgerEntry) and later.envelope.sequence == place:
                raise LedgerFileWrong(place, "reordered", f"Event {found} stands before event {place}")
        raise LedgerFileWrong(place, "removed", f"Event {place} is missing: event {found} follows event {place - 1}")

    def _end(self, trailer: LedgerTrailer) -> None:
        count = len(self._ids)
        head = self._ids[-1] if self._ids else CHAIN_START
        if trailer.events > count:
            fact = f"Event {count + 1} is missing: the trailer counts {trailer.events} events"
            raise LedgerFileWrong(count + 1, "removed", fact)
        if (trailer.events, trailer.head) != (count, head):
            raise LedgerFileWrong(count + 1, "altered", f"The trailer behind event {count} names another count or head")
        self._check_check(trailer, self._check_before, count + 1)
        if next(self._lines, None) is not None:
            raise LedgerFileWrong(count + 1, "inserted", "Something stands behind the trailer")
        self._check_destroyed()
        try:
            self._keys.check_as_told()
        except KeyHistoryWrong as error:
            raise LedgerFileWrong(0, "altered", f"The header does not fit the chain: {error}") from error
        check_heads_of(self.header, self._ids, self._days, self._hub_key)
        self.verified = VerifiedLedger(
            self.header, count, head, self._receipts, len(self._said_destroyed), self._left_out, len(self._days)
        )

    def _check_destroyed(self) -> None:
        numbers = {name: number for number, name in enumerate(self._ids, start=1)}
        for name, by_event in self._said_destroyed.items():
            if self._ordered.get(name) != by_event and by_event not in self._redactions_unread:
                fact = f"Event {numbers[name]} is said to be destroyed by an event that does not do so"
                raise LedgerFileWrong(numbers[name], "altered", fact)
        for name in self._ordered:
            if name in self._present and name not in self._firm:
                fact = f"Event {numbers[name]} has its payload although a later event had it destroyed"
                raise LedgerFileWrong(numbers[name], "altered", fact)


class _PayloadWrong(ValueError):
    """A salt or payload that is not what the envelope commits to."""
