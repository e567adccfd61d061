"""Replay a region's ledger file into a hub that holds nothing of that region: the same rows, times and receipts.

The operator vouches for two things that no signature covers: the key of the hub that gave the receipts, and the
fingerprint of the keys with which the chain begins. Everything else is verified as if it had just come in.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from connectors.database import writing
from connectors.row_stream import RowStream
from hub.audit import record, utc_text
from hub.config import Hub
from hub.intake.hold import open_past
from hub.intake.keyring import keyring
from hub.intake.keys import in_use
from hub.intake.neighbours import beside
from hub.intake.read_event import read_event
from hub.intake.refusal import Refusal
from hub.intake.remains import put_remains
from hub.intake.store import EVENT_COLUMNS, Shelf
from hub.intake.verify import Verifier
from hub.tables import event, key, region
from schemas.cloudevents import to_cloudevent
from schemas.codes import KEY_EVENTS
from schemas.fingerprint import digits_of
from schemas.ledger_file import LedgerEntry, LedgerHeader
from schemas.ledger_verify import LedgerReading
from schemas.receipt import Receipt
from schemas.refused import Refused
from schemas.signature import PublicKey

_MOST_EVENTS: Final = 500  # verified at once
_LONGEST_NAME, _LONGEST_SET, _LONGEST_ROLE = 200, 64, 100  # characters, as the columns


class RegionHeldAlready(Refused, ValueError):
    """A region of which this hub holds events or keys already."""


class LedgerNotWhole(Refused, ValueError):
    """A ledger file for a smaller circle than the network, which lacks payloads that the hub held."""


class LedgerNotConfirmed(Refused, PermissionError):
    """A ledger file whose region's fingerprint the operator has not confirmed."""


class LedgerNotTaken(Refused, ValueError):
    """An event or key of a ledger file that a hub does not take."""


@dataclass(frozen=True, slots=True)
class ReplayedLedger:
    """How many events of a region were taken in, and how many were left out since the old hub gave no receipt."""

    region: str
    events: int
    without_receipt: int
    destroyed: int
    unplaced: tuple[int, ...]  # destroyed figures of which nothing tells the indicator and the period


def replay_ledger(hub: Hub, lines: Iterable[bytes], hub_key: PublicKey, fingerprints: Sequence[str]) -> ReplayedLedger:
    """Take a ledger file's events in, in one transaction, with the times and the receipts of the hub that had them.

    Raises LedgerFileWrong (also for another hub's key), LedgerNotWhole, LedgerNotConfirmed, RegionHeldAlready or
    LedgerNotTaken; nothing is kept then.
    """
    reading = LedgerReading(lines, hub_key=hub_key)
    header = reading.header
    if header.audience != "network":
        raise LedgerNotWhole(
            f"The file of {header.region} was made for {header.audience} and lacks payloads; let the region export it "
            "with --audience network."
        )
    if digits_of(header.fingerprint) not in {digits_of(one) for one in fingerprints}:
        raise LedgerNotConfirmed(
            f"None of the fingerprints given is that of the keys with which {header.region} began; have it read out by "
            "its people and give it with --fingerprint."
        )
    taken = without = 0
    destroyed: list[LedgerEntry] = []
    with writing(hub.engine) as connection:
        _enrol(connection, header, hub.clock())
        for portion in _portions(reading):
            receipted = [(one, one.receipt) for one in portion if one.receipt is not None]
            without += len(portion) - len(receipted)
            taken += len(receipted)
            destroyed += [one for one, _ in receipted if one.destroyed_by]
            _take(connection, hub, header.region, receipted)
        unplaced = tuple(put_remains(connection, destroyed))
        open_past(connection, header.region, hub.clock())
        record(connection, hub.clock(), "operator", "ledger replayed", region=header.region, events=taken)
    return ReplayedLedger(header.region, taken, without, len(destroyed), unplaced)


def _enrol(connection: Connection, header: LedgerHeader, now: datetime) -> None:
    code = header.region
    row = connection.execute(select(region.c.enrolled_at).where(region.c.code == code).with_for_update()).one_or_none()
    holds = connection.scalar(select(event.c.id).where(event.c.region == code).limit(1))
    if holds is not None or (row is not None and row.enrolled_at is not None):
        raise RegionHeldAlready(
            f"This hub holds {code} already; a ledger is replayed into a hub that has nothing of it."
        )
    first = [one for one in header.keys if one.from_sequence == 1]
    texts = ((header.name, _LONGEST_NAME), (header.region_set, _LONGEST_SET), *((k.role, _LONGEST_ROLE) for k in first))
    if not all(0 < len(text) <= most and text.isprintable() for text, most in texts):
        raise LedgerNotTaken(f"The name, set or a role of {code} is empty, too long or not plain text; see its header.")
    about = {"name": header.name, "region_set": header.region_set, "enrolled_at": utc_text(now)}
    if row is None:
        connection.execute(insert(region).values(code=code, **about))
    else:
        connection.execute(update(region).where(region.c.code == code).values(**about))
    for one in first:
        public = PublicKey(one.hex)
        if in_use(connection, public):
            raise LedgerNotTaken(f"Key {public.key_id} of {code} serves another region here; ask both whose it is.")
        values = {"region": code, "key_id": public.key_id, "hex": one.hex, "use": one.use, "role": one.role}
        connection.execute(insert(key).values(**values, enrolled_at=utc_text(now), from_sequence=1))


def _portions(reading: LedgerReading) -> Iterator[list[LedgerEntry]]:
    """Yield runs of events that the old hub accepted at one moment, each ending at a key event."""
    portion: list[LedgerEntry] = []
    for one in reading:
        if portion and (_accepted(portion[-1]) != _accepted(one) or len(portion) == _MOST_EVENTS):
            yield portion
            portion = []
        portion.append(one)
        if one.envelope.type in KEY_EVENTS:
            yield portion
            portion = []
    if portion:
        yield portion


def _accepted(one: LedgerEntry) -> str | None:
    return one.receipt.accepted_at if one.receipt else None


def _take(connection: Connection, hub: Hub, code: str, entries: Sequence[tuple[LedgerEntry, Receipt]]) -> None:
    if not entries:
        return
    place = entries[0][0].envelope.sequence
    try:
        batch = [read_event(_body(one)) for one, _ in entries]
        verifier = Verifier(keyring(connection, [code]), None, batch)
        with RowStream(connection, event, EVENT_COLUMNS) as stream:
            before = {one.id: receipt for one, receipt in entries}
            moment = _moment(entries[0][1], place)
            there, days = beside(connection, batch), hub.settings.reply_days
            shelf = Shelf(connection, stream, batch, there, moment, hub.key, before, reply_days=days)
            for one in batch:
                place = one.envelope.sequence
                shelf.store(verifier.verify(one))
            shelf.write()
    except Refusal as refusal:
        raise LedgerNotTaken(f"Event {place} of {code} is not taken: {refusal.detail}") from refusal


def _body(one: LedgerEntry) -> bytes:
    salt, payload = one.payload_bytes() or (None, None)
    return to_cloudevent(one.envelope, salt, payload)


def _moment(receipt: Receipt, place: int) -> datetime:
    try:
        moment = datetime.fromisoformat(receipt.accepted_at)
        if utc_text(moment) == receipt.accepted_at:
            return moment
    except ValueError as error:
        raise LedgerNotTaken(f"The receipt of event {place} of {receipt.region} gives no time of ours.") from error
    raise LedgerNotTaken(f"The receipt of event {place} of {receipt.region} gives a time in another form than ours.")
