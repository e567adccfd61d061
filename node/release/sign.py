"""Sign an approved release: numbered, chained envelopes, one per item."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select, update

from node.audit import AuditEntry, record, timestamp
from node.tables import bundle as bundle_table
from node.tables import event as event_table
from node.tables import restored
from schemas import merkle
from schemas.canonical import canonical_bytes
from schemas.envelope import CHAIN_START, Bundle, Envelope, event_id, signed
from schemas.refused import Refused
from schemas.signature import SigningKey

from . import keyring
from .alarm import check_calm
from .review import ApprovedRelease
from .states import BundleState, Step, check_step


class NodeNotCaughtUp(Refused, PermissionError):
    """A node that came back from a backup and does not know what it released since."""


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """One link of this region's chain, with the salt and payload that travel beside it."""

    id: str
    envelope: Envelope
    salt: bytes = field(repr=False)
    payload: bytes = field(repr=False)


def signed_before(envelope: Envelope, salt: bytes, payload: bytes) -> SignedEvent:
    """Return an event that this region signed before, from its verified envelope; nothing is signed here."""
    return SignedEvent(event_id(envelope), envelope, salt, payload)


def sign(
    connection: Connection, release: ApprovedRelease, region: str, key: SigningKey, entry: AuditEntry
) -> tuple[SignedEvent, ...]:
    """Append a release to the region's chain and return its events, in the caller's transaction.

    Raises BundleNotInState, NodeNotCaughtUp, KeyDoesNotHold, or the alarm that nobody closed.
    """
    check_caught_up(connection)
    check_calm(connection)
    bundle = release.bundle
    check_step(bundle.id, bundle.state, Step.SIGN)
    sequence, previous = own_head(connection)
    keyring.check_may_sign(connection, key.public, sequence + len(bundle.items))
    proofs, events = merkle.proofs(bundle.leaves()), []
    for position, item in enumerate(bundle.items):
        sequence += 1
        envelope = signed(
            Envelope(
                region=region,
                sequence=sequence,
                previous=previous,
                type=item.type,
                subject=item.subject,
                time=timestamp(entry.at),
                audience=item.audience,
                payload_hash=item.payload_hash,
                key_id=key.public.key_id,
                bundle=Bundle(bundle.root, position, len(proofs), proofs[position]),
                approvals=release.approvals,
            ),
            key,
        )
        previous = event_id(envelope)
        events.append(SignedEvent(previous, envelope, item.salt, item.payload))
    connection.execute(
        insert(event_table),
        [
            {
                "sequence": e.envelope.sequence,
                "id": e.id,
                "bundle_id": bundle.id,
                "position": position,
                "envelope": canonical_bytes(e.envelope),
            }
            for position, e in enumerate(events)
        ],
    )
    keyring.note(connection, ((e.envelope.sequence, e.envelope.type, e.payload) for e in events), entry.at)
    connection.execute(update(bundle_table).where(bundle_table.c.id == bundle.id).values(state=BundleState.SIGNED))
    record(connection, AuditEntry(entry.actor, entry.action, bundle.id, entry.at, f"{len(events)} events signed"))
    return tuple(events)


def own_head(connection: Connection) -> tuple[int, str]:
    """Return the last link of the chain here: sequence and id, (0, CHAIN_START) before the first."""
    row = connection.execute(
        select(event_table.c.sequence, event_table.c.id).order_by(event_table.c.sequence.desc()).limit(1)
    ).first()
    return (0, CHAIN_START) if row is None else (row.sequence, row.id)


def check_caught_up(connection: Connection) -> None:
    """Raise NodeNotCaughtUp in a store, restored or begun anew, that would use again what the hub has seen."""
    made_at = connection.scalar(select(restored.c.made_at).order_by(restored.c.made_at).limit(1))
    if made_at is not None:
        raise NodeNotCaughtUp(
            f"This node's store (of {made_at}) does not hold all that its region released; "
            "run `python -m node catch-up` while the hub can be reached, then publish."
        )
