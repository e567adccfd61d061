"""The hub's receipts: those of one region and transaction are signed together, kept once, and given out one by one.

An event's row keeps the whole receipt where it was signed by itself or came with a ledger file, and else only where it
stands in its batch. Of a batch the signature and the hashes of its receipts are kept, from which each path is made
again: a receipt given later is the same to the last byte.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, insert, select

from connectors.database import Asked, at_once
from hub.tables import event, receipt_batch
from schemas.receipt import Answer, Place, Receipt, issued, leaf_hash, places, sign_together
from schemas.signature import SigningKey

_HASH_BYTES: Final = 32
_REFERENCE: Final = b'{"batch":'  # a whole receipt begins with its `accepted_at`
_BATCHES: Final = select(receipt_batch).where(receipt_batch.c.first_event.in_(bindparam("firsts", expanding=True)))
_KEEPING: Final = insert(receipt_batch)
_encoder = msgspec.json.Encoder(order="sorted")  # canonical for a receipt: ASCII text and small numbers


class Held(NamedTuple):
    """An accepted event as its receipt names it, and what its row keeps of the receipt."""

    id: str
    region: str
    sequence: int
    accepted_at: str
    receipt: bytes


class _Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    batch: str  # the id of the batch's first event
    index: int


_reference = msgspec.json.Decoder(_Reference)
_whole = msgspec.json.Decoder(Receipt)


class _Batch(NamedTuple):
    key_id: str
    signature: str
    places: list[Place]


_NONE: Final[Mapping[str, _Batch]] = MappingProxyType({})


class Receipts:
    """The receipts of one transaction: promised event by event, signed at its end."""

    def __init__(self, key: SigningKey, accepted_at: str, expected: Mapping[str, int]) -> None:
        """Take how many events of each region may be accepted: a region's only one has its receipt by itself."""
        self._key = key
        self._key_id = key.public.key_id
        self._accepted_at = accepted_at
        self._expected = expected
        self._firsts: dict[str, str] = {}  # region -> the first event of its batch
        self._leaves: dict[str, list[bytes]] = {}
        self._signed: dict[str, _Batch] = {}

    def promise(self, event_id: str, region: str, sequence: int) -> bytes:
        """Return what the row of a newly accepted event keeps of its receipt."""
        receipt = Receipt(event_id, region, sequence, self._accepted_at, self._key_id)
        if self._expected[region] == 1:
            return in_row(issued(receipt, self._key))
        leaves = self._leaves.setdefault(region, [])
        leaves.append(leaf_hash(receipt))
        first = self._firsts.setdefault(region, event_id)
        return f'{{"batch":"{first}","index":{len(leaves) - 1}}}'.encode()

    def write(self, connection: Connection) -> None:
        """Sign what was promised and keep it; the events are written already."""
        kept: list[Asked] = []
        for region, leaves in self._leaves.items():
            first = self._firsts[region]
            batch = _Batch(self._key_id, *sign_together(region, leaves, self._key))
            self._signed[first] = batch
            row = {"first_event": first, "key_id": batch.key_id, "signature": batch.signature}
            kept.append((_KEEPING, row | {"leaves": b"".join(leaves)}))
        if kept:
            at_once(connection, kept)

    def of(self, connection: Connection, held: Sequence[Held]) -> list[Receipt]:
        """Return the receipts of held events, of this transaction (once `write` was called) or of an earlier one."""
        return given(connection, held, self._signed)


def in_row(receipt: Receipt) -> bytes:
    """Return a whole receipt as an event's row keeps it."""
    return _encoder.encode(receipt)


def receipts(connection: Connection, region_code: str, after: int, limit: int) -> list[Answer]:
    """Return the receipts of a region's events with a sequence above `after`, in order of sequence."""
    rows = connection.execute(
        select(event.c.id, event.c.region, event.c.sequence, event.c.accepted_at, event.c.receipt)
        .where(event.c.region == region_code, event.c.sequence > after)
        .order_by(event.c.sequence)
        .limit(limit)
    )
    found = given(connection, [Held(*row) for row in rows])
    return [Answer(event_id=one.event_id, outcome="accepted", receipt=one) for one in found]


def given(connection: Connection, held: Sequence[Held], signed: Mapping[str, _Batch] = _NONE) -> list[Receipt]:
    """Return the receipts of held events; `signed` are batches at hand, the others are read."""
    references = [_reference.decode(one.receipt) if one.receipt.startswith(_REFERENCE) else None for one in held]
    unknown = {one.batch for one in references if one is not None} - signed.keys()
    batches = {**signed, **_read(connection, unknown)} if unknown else signed
    return [
        _whole.decode(one.receipt) if place is None else _signed(one, batches[place.batch], place.index)
        for one, place in zip(held, references, strict=True)
    ]


def _read(connection: Connection, firsts: Iterable[str]) -> dict[str, _Batch]:
    rows = connection.execute(_BATCHES, {"firsts": sorted(firsts)})
    return {row.first_event: _Batch(row.key_id, row.signature, places(_hashes(row.leaves))) for row in rows}


def _hashes(leaves: bytes) -> list[bytes]:
    return [leaves[at : at + _HASH_BYTES] for at in range(0, len(leaves), _HASH_BYTES)]


def _signed(one: Held, batch: _Batch, index: int) -> Receipt:
    place = batch.places[index]
    return Receipt(one.id, one.region, one.sequence, one.accepted_at, batch.key_id, batch.signature, place)
