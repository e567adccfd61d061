"""Change a region's keys as its own chain says, or as the hub's operator must; old stretches stay verifiable."""

import logging
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from hub.audit import OPERATOR, record, utc_text
from hub.intake.keyring import HeldKey, KeyUnknown
from hub.intake.read_payload import PayloadSchemaMismatch
from hub.intake.refusal import Refusal
from hub.intake.verify import VerifiedEvent
from hub.tables import event, key, region
from schemas.payloads import KeyEnrolled, KeyRevoked, key_proof_message
from schemas.refused import Refused
from schemas.signature import PublicKey, Purpose, SignatureMismatch

log = logging.getLogger(__name__)
MOST_KEYS: Final = 50  # of one region for one use, at one place of its chain
_LAST_PLACE: Final = 2**31 - 1  # an integer column


class KeyProofMismatch(Refusal):
    """A new key whose holder did not show that they have its private half."""

    reason: ClassVar = "key_proof_mismatch"


class KeyInUse(Refusal):
    """A key that serves another region or another use, or that was revoked before."""

    reason: ClassVar = "key_in_use"


class KeysTooMany(Refusal):
    """A key beyond the fifty that a region may have for one use."""

    reason: ClassVar = "too_many_keys"


class LastServiceKey(Refusal):
    """A revocation that would leave the region without a key to sign with."""

    reason: ClassVar = "last_service_key"


class KeyNotHeld(Refused, LookupError):
    """A key id that the region does not have."""


class KeyRevokedAlready(Refused, ValueError):
    """A key that was revoked before."""


def apply_key_event(connection: Connection, verified: VerifiedEvent, now: datetime) -> None:
    """Change the region's keys as an event about to be kept says; every other event changes nothing.

    The caller holds the lock on the region's row and keeps the event in the same transaction. Applying in any order of
    arrival gives the same keys. Raises KeyProofMismatch, KeyInUse, KeysTooMany, LastServiceKey or KeyUnknown.
    """
    envelope = verified.envelope
    behind = min(envelope.sequence + 1, _LAST_PLACE)
    try:
        match verified.payload:
            case KeyEnrolled() as new:
                _enrol(connection, envelope.region, new, behind, now)
            case KeyRevoked() as gone:
                _revoke(connection, envelope.region, gone.key_id, behind, now)
    except Refusal as refusal:
        raise refusal.of(verified.id, envelope.region) from refusal.__cause__


def region_keys(connection: Connection, code: str) -> list[dict[str, Any]]:
    """Return a region's keys, revoked ones included: id, use, role, and from where to where in its chain they hold."""
    columns = (key.c.key_id, key.c.use, key.c.role, key.c.enrolled_at, key.c.from_sequence, key.c.until_sequence)
    rows = connection.execute(
        select(*columns).where(key.c.region == code).order_by(key.c.use.desc(), key.c.from_sequence, key.c.key_id)
    )
    return [dict(row) for row in rows.mappings()]


def service_keys(connection: Connection, code: str) -> list[dict[str, Any]]:
    """Return the public keys that sign a region's chain, ended ones included, and from where to where they hold."""
    columns = (key.c.hex.label("key"), key.c.from_sequence, key.c.until_sequence)
    rows = connection.execute(
        select(*columns).where(key.c.region == code, key.c.use == "service").order_by(key.c.from_sequence, key.c.hex)
    )
    return [dict(row) for row in rows.mappings()]


def revoke_by_operator(
    connection: Connection, code: str, key_id: str, reason: str, now: datetime, by: str = OPERATOR, **where: str
) -> int:
    """Let a stolen key sign nothing behind what the hub holds, and return the place from which it no longer holds.

    The region may be left without a service key; a new invitation lets it come back. `by` and `where` (an origin) go
    into the log. Raises KeyNotHeld or KeyRevokedAlready.
    """
    connection.execute(select(region.c.code).where(region.c.code == code).with_for_update()).all()
    row = _row(connection, code, key_id)
    if row is None:
        raise KeyNotHeld(f"Region {code} has no key {key_id}; see: python -m hub keys list {code}")
    if row.until_sequence is not None:
        raise KeyRevokedAlready(f"Key {key_id} of {code} holds only below place {row.until_sequence} already.")
    until = next_place(connection, code)
    _end(connection, code, key_id, until)
    record(connection, now, by, "key revoked", region=code, key=key_id, until=until, reason=reason, **where)
    return until


def next_place(connection: Connection, code: str) -> int:
    """Return the place behind the last event that the hub holds of a region."""
    last = connection.scalar(select(func.max(event.c.sequence)).where(event.c.region == code)) or 0
    return min(last + 1, _LAST_PLACE)


def in_use(connection: Connection, new: PublicKey) -> list[Row[Any]]:
    """Return who uses a key already: region, use and until where."""
    columns = (key.c.region, key.c.key_id, key.c.use, key.c.from_sequence, key.c.until_sequence)
    return list(connection.execute(select(*columns).where(key.c.hex == new.hex)))


def is_name_taken(connection: Connection, code: str, new: PublicKey) -> bool:
    """Tell whether another key of the region, of whichever use and revoked or not, has this one's short name.

    Two such keys can be made on purpose with some 2**32 tries.
    """
    named = _of(select(key.c.hex), code, new.key_id).where(key.c.hex != new.hex)
    return connection.scalar(named) is not None


def _enrol(connection: Connection, code: str, new: KeyEnrolled, behind: int, now: datetime) -> None:
    public = PublicKey(new.key)
    try:
        public.verify(Purpose.ENROLMENT, key_proof_message(code, new.key, new.use), new.proof)
    except SignatureMismatch as error:
        raise KeyProofMismatch(
            f"The proof does not fit the new key {public.key_id}; let its holder sign the region, key and use again."
        ) from error
    if not new.role.isprintable():
        raise PayloadSchemaMismatch("The new key's role holds a character that cannot be printed; write plain text.")
    users = in_use(connection, public)
    if any(row.region != code or row.use != new.use or row.until_sequence is not None for row in users):
        raise KeyInUse(f"Key {public.key_id} serves another region or use, or was revoked; make a new key.")
    if users:  # enrolled by invitation and by event, or by two events: the first place counts
        first = min(users[0].from_sequence, behind)
        connection.execute(_of(update(key), code, public.key_id).values(from_sequence=first))
        return
    others = _held(connection, code, new.use)
    if sum(one.holds_at(behind) for one in others.values()) >= MOST_KEYS:
        raise KeysTooMany(f"Region {code} has {MOST_KEYS} {new.use} keys; revoke one before this one is enrolled.")
    if is_name_taken(connection, code, public):
        raise KeyInUse(f"Key {public.key_id} has the short name of another key; make a new key.")
    connection.execute(
        insert(key).values(
            region=code,
            key_id=public.key_id,
            hex=new.key,
            use=new.use,
            role="service" if new.use == "service" else new.role,
            enrolled_at=utc_text(now),
            from_sequence=behind,
        )
    )
    record(connection, now, code, "key enrolled", key=public.key_id, use=new.use, holds_from=behind)


def _revoke(connection: Connection, code: str, key_id: str, behind: int, now: datetime) -> None:
    row = _row(connection, code, key_id)
    if row is None or row.from_sequence >= behind:
        raise KeyUnknown(f"Key {key_id} is not a key of {code} at this place; send the event that enrols it first.")
    if row.until_sequence is not None and row.until_sequence <= behind:
        return
    others = _held(connection, code, "service")
    others.pop(key_id, None)
    if row.use == "service" and not any(one.holds_at(behind) for one in others.values()):
        raise LastServiceKey(f"Key {key_id} is the last service key of {code}; enrol a new one before it is revoked.")
    _end(connection, code, key_id, behind)
    late = _signed_behind(connection, code, key_id, behind)
    if late:
        log.warning("%s: %d events behind the revocation of key %s bear its signature; check them", code, late, key_id)
    record(connection, now, code, "key revoked", key=key_id, until=behind, events_behind=late)


def _signed_behind(connection: Connection, code: str, key_id: str, behind: int) -> int:
    """Count what came before the revocation that precedes it in the chain; the hub never drops what it receipted."""
    rows = connection.execute(select(event.c.envelope).where(event.c.region == code, event.c.sequence >= behind))
    name = f'"{key_id}"'.encode()
    return sum(name in row.envelope for row in rows)


def _row(connection: Connection, code: str, key_id: str) -> Row[Any] | None:
    columns = (key.c.use, key.c.from_sequence, key.c.until_sequence)
    return connection.execute(_of(select(*columns), code, key_id)).one_or_none()


def _end(connection: Connection, code: str, key_id: str, until: int) -> None:
    connection.execute(_of(update(key), code, key_id).values(until_sequence=until))


def _held(connection: Connection, code: str, use: str) -> dict[str, HeldKey]:
    columns = (key.c.key_id, key.c.hex, key.c.from_sequence, key.c.until_sequence)
    rows = connection.execute(select(*columns).where(key.c.region == code, key.c.use == use))
    return {row.key_id: HeldKey(PublicKey(row.hex), row.from_sequence, row.until_sequence) for row in rows}


def _of(statement: Any, code: str, key_id: str) -> Any:
    return statement.where(key.c.region == code, key.c.key_id == key_id)
