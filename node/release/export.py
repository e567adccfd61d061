"""Export this region's ledger: what left, as it was signed, with the hub's receipts, as lines of one file."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, select

from node.tables import answer as answer_table
from node.tables import event as event_table
from node.tables import item as item_table
from node.tables import reviewer as reviewer_table
from schemas.codes import KEY_EVENTS, Audience, EventType
from schemas.envelope import parse_envelope
from schemas.ledger_file import FIRST_FORMAT, FORMAT, LedgerEntry, LedgerHeader, LedgerKey, entry, write_ledger
from schemas.ledger_keys import keys_of
from schemas.payloads import EventRedacted, KeyEnrolled, Payload
from schemas.receipt import Answer
from schemas.signature import PublicKey
from schemas.upcast import read_payload

from . import keyring
from .standing import same_place


def export(
    connection: Connection, region: tuple[str, str, str], present: PublicKey, hub: PublicKey | None, audience: Audience
) -> Iterator[bytes]:
    """Yield the lines of the ledger file for an audience; the same chain and receipts give the same bytes.

    `region` is its code, name and set; `present` the service key that signs now. Names of reviewers stay here: of their
    keys the file tells on whose behalf they sign.
    """
    form = FORMAT if _has_batches(connection) else FIRST_FORMAT  # which versions before this one read as well
    header = LedgerHeader(form, *region, audience, None if hub is None else hub.hex, _first_keys(connection, present))
    events = [(sequence, payload) for sequence, _, payload in _said(connection, *sorted(KEY_EVENTS))]
    yield from write_ledger(msgspec.structs.replace(header, keys=keys_of(header, events)), _entries(connection))


def _has_batches(connection: Connection) -> bool:
    """Tell whether any receipt was signed together with others."""
    found = select(answer_table.c.event_id).where(answer_table.c.answer.contains('"batch":{', autoescape=True))
    return connection.scalar(found.limit(1)) is not None


def _first_keys(connection: Connection, present: PublicKey) -> tuple[LedgerKey, ...]:
    """Return the keys with which the chain began: those that the hub knows and no event of the chain enrolled."""
    enrolled = {p.key for _, _, p in _said(connection, EventType.KEY_ENROLLED) if isinstance(p, KeyEnrolled)}
    service = [
        LedgerKey(held.key.hex, "service", "service", 1, None)
        for held in keyring.service_keys(connection, present).values()
        if held.from_sequence == 1
    ]
    people = connection.execute(
        select(reviewer_table.c.public_hex, reviewer_table.c.organisation)
        .where(reviewer_table.c.enrolled_at.is_not(None))
        .order_by(reviewer_table.c.public_hex)
    )
    reviewers = [LedgerKey(hex_, "reviewer", role, 1, None) for hex_, role in people if hex_ not in enrolled]
    return (*service, *reviewers)


def _said(connection: Connection, *types: EventType) -> Iterator[tuple[int, str, Payload]]:
    """Yield sequence, id and payload of the events of some types whose payload is here."""
    rows = connection.execute(
        select(event_table.c.sequence, event_table.c.id, item_table.c.type, item_table.c.payload)
        .join(item_table, same_place())
        .where(item_table.c.type.in_(types))
        .order_by(event_table.c.sequence)
    )
    for row in rows:
        if row.payload:
            yield row.sequence, row.id, read_payload(row.type, row.payload)


def _entries(connection: Connection) -> Iterator[LedgerEntry]:
    destroyed: dict[str, str] = {}
    for _, redaction, payload in _said(connection, EventType.EVENT_REDACTED):
        if isinstance(payload, EventRedacted):
            destroyed.setdefault(payload.redacts, redaction)
    rows = connection.execution_options(yield_per=100).execute(
        select(event_table.c.id, event_table.c.envelope, item_table.c.salt, item_table.c.payload, answer_table.c.answer)
        .join(item_table, same_place())
        .outerjoin(answer_table, answer_table.c.event_id == event_table.c.id)
        .order_by(event_table.c.sequence)
    )
    for row in rows:
        data = (row.salt, row.payload) if row.salt else None
        answer = None if row.answer is None else msgspec.json.decode(row.answer, type=Answer)
        by_event = None if data else destroyed.get(row.id)
        yield entry(parse_envelope(row.envelope), data, by_event, answer.receipt if answer else None)
