"""The region's own keys over time, as its chain tells them: which key signs where, whom the hub knows as reviewer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from node.audit import AuditEntry, record, timestamp
from node.tables import bundle as bundle_table
from node.tables import event as event_table
from node.tables import item as item_table
from node.tables import outbox as outbox_table
from node.tables import reviewer as reviewer_table
from node.tables import service_key
from schemas.codes import EventType
from schemas.payloads import KeyEnrolled, KeyRevoked, key_proof_message
from schemas.refused import Refused
from schemas.signature import PublicKey, Purpose
from schemas.upcast import read_payload

from .brought import Signer
from .notice import Notice
from .standing import same_place
from .states import BundleState


class KeyDoesNotHold(Refused, PermissionError):
    """A service key that this chain does not know, or no longer."""


class KeyNotHere(Refused, LookupError):
    """A key that is neither a service key nor a reviewer's of this region, or not any more."""


class KeyInUse(Refused, ValueError):
    """The service key that signs now, which cannot be taken back without another in its place."""


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """A service key and the stretch of the chain in which it holds: from <= sequence < until."""

    key: PublicKey
    from_sequence: int
    until_sequence: int | None

    def holds_at(self, sequence: int) -> bool:
        """Tell whether the key may have signed the event at this place."""
        return self.from_sequence <= sequence and (self.until_sequence is None or sequence < self.until_sequence)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """How far a key's enrolment has come: its bundle and, once signed, what the hub said."""

    bundle_id: str
    state: BundleState
    answer: str | None  # as the outbox says: pending, sent, accepted, refused


def service_keys(connection: Connection, present: PublicKey) -> Mapping[str, ServiceKey]:
    """Return every service key of the chain by its id; before the first change, `present` holds everywhere."""
    rows = connection.execute(select(service_key)).all()
    if not rows:
        return {present.key_id: ServiceKey(present, 1, None)}
    return {r.key_id: ServiceKey(PublicKey(r.public_hex), r.from_sequence, r.until_sequence) for r in rows}


def begin(connection: Connection, key: PublicKey) -> None:
    """Note the key that signs this chain from its first event on, unless one is noted."""
    if connection.execute(select(service_key.c.key_id).limit(1)).first() is None:
        _open(connection, key, 1)


def check_may_sign(connection: Connection, key: PublicKey, sequence: int) -> None:
    """Raise KeyDoesNotHold unless the chain says that this key holds at the sequence."""
    begin(connection, key)
    held = service_keys(connection, key).get(key.key_id)
    if held is None or not held.holds_at(sequence):
        raise KeyDoesNotHold(
            f"The key in secrets/service.pem ({key.key_id}) does not hold at event {sequence} of this chain; "
            "put the key there that `python -m node doctor` names."
        )


def note(connection: Connection, events: Iterable[tuple[int, EventType, bytes]], now: datetime) -> None:
    """Note what events about to stand on the chain say of its keys: (sequence, type, payload) each."""
    for sequence, type_, payload in events:
        if type_ is EventType.KEY_ENROLLED and payload:
            new = read_payload(type_, payload)
            if isinstance(new, KeyEnrolled) and new.use == "service":
                _open(connection, PublicKey(new.key), sequence + 1)
        elif type_ is EventType.KEY_REVOKED and payload:
            gone = read_payload(type_, payload)
            if isinstance(gone, KeyRevoked):
                _end(connection, gone.key_id, sequence + 1, now)


def replace(connection: Connection, keys: Iterable[ServiceKey]) -> None:
    """Note these service keys and no others, in a store that knew none of the chain's events."""
    connection.execute(delete(service_key))
    for one in keys:
        values = {"from_sequence": one.from_sequence, "until_sequence": one.until_sequence}
        connection.execute(insert(service_key).values(key_id=one.key.key_id, public_hex=one.key.hex, **values))


def _open(connection: Connection, key: PublicKey, first: int) -> None:
    if connection.scalar(select(service_key.c.key_id).where(service_key.c.key_id == key.key_id)) is None:
        connection.execute(insert(service_key).values(key_id=key.key_id, public_hex=key.hex, from_sequence=first))


def _end(connection: Connection, key_id: str, until: int, now: datetime) -> None:
    connection.execute(update(service_key).where(service_key.c.key_id == key_id).values(until_sequence=until))
    connection.execute(
        update(reviewer_table).where(reviewer_table.c.key_id == key_id).values(revoked_at=timestamp(now))
    )


def enrolling(region: str, key: Signer, use: str, role: str, title: str) -> Notice:
    """Return the notice that makes a key known, proved by the key itself."""
    proof = key.sign(Purpose.ENROLMENT, key_proof_message(region, key.public.hex, use))
    payload = KeyEnrolled(key.public.hex, "service" if use == "service" else "reviewer", role, proof)
    return Notice(EventType.KEY_ENROLLED, payload, f"key|{key.public.key_id}", title)


def revoking(connection: Connection, key_id: str, present: PublicKey, reason: str) -> Notice:
    """Return the notice that takes a key back; raises KeyNotHere or KeyInUse."""
    if key_id == present.key_id:
        raise KeyInUse(f"Key {key_id} signs this region's chain now; run `key rotate`, which takes it back afterwards.")
    held = service_keys(connection, present).get(key_id)
    person = connection.execute(select(reviewer_table).where(reviewer_table.c.key_id == key_id)).one_or_none()
    if (held is None or held.until_sequence is not None) and (person is None or person.revoked_at is not None):
        raise KeyNotHere(f"Key {key_id} is no key of this region, or was taken back before; `key list` names them.")
    return Notice(EventType.KEY_REVOKED, KeyRevoked(key_id, reason), f"key|{key_id}", f"key {key_id} taken back")


def enrolment(connection: Connection, key: PublicKey) -> Enrolment | None:
    """Return how far the enrolment of a key has come, None where none is on its way; a rejected one does not count."""
    return next((found for new, found in _enrolments(connection) if new.key == key.hex), None)


def is_being_revoked(connection: Connection, key_id: str) -> bool:
    """Tell whether a bundle that is not rejected takes this key back."""
    rows = connection.execute(
        select(item_table.c.type, item_table.c.payload)
        .join(bundle_table, bundle_table.c.id == item_table.c.bundle_id)
        .where(item_table.c.type == EventType.KEY_REVOKED, bundle_table.c.state != BundleState.REJECTED)
    )
    found = (read_payload(row.type, row.payload) for row in rows if row.payload)
    return any(isinstance(one, KeyRevoked) and one.key_id == key_id for one in found)


def _enrolments(connection: Connection) -> Sequence[tuple[KeyEnrolled, Enrolment]]:
    rows = connection.execute(
        select(bundle_table.c.id, bundle_table.c.state, item_table.c.type, item_table.c.payload, outbox_table.c.state)
        .join(item_table, item_table.c.bundle_id == bundle_table.c.id)
        .outerjoin(event_table, same_place())
        .outerjoin(outbox_table, outbox_table.c.event_id == event_table.c.id)
        .where(item_table.c.type == EventType.KEY_ENROLLED, bundle_table.c.state != BundleState.REJECTED)
        .order_by(bundle_table.c.created_at.desc())
    )
    found = (
        (read_payload(t, p), Enrolment(name, BundleState(state), answer)) for name, state, t, p, answer in rows if p
    )
    return [(new, how) for new, how in found if isinstance(new, KeyEnrolled)]


def note_enrolled(connection: Connection, keys: Iterable[PublicKey], entry: AuditEntry) -> None:
    """Note that the hub knows these reviewers' keys."""
    for key in keys:
        connection.execute(
            update(reviewer_table)
            .where(reviewer_table.c.key_id == key.key_id, reviewer_table.c.enrolled_at.is_(None))
            .values(enrolled_at=timestamp(entry.at))
        )
        record(connection, AuditEntry(entry.actor, entry.action, key.key_id, entry.at))


def heed_receipts(connection: Connection, now: datetime) -> None:
    """Note which reviewers the hub knows now, since it accepted the events that enrol them."""
    unknown = set(connection.scalars(select(reviewer_table.c.public_hex).where(reviewer_table.c.enrolled_at.is_(None))))
    if unknown:
        known = [new.key for new, how in _enrolments(connection) if how.answer == "accepted" and new.key in unknown]
        note_enrolled(connection, [PublicKey(key) for key in known], AuditEntry("hub", "reviewer.enrolled", "", now))
