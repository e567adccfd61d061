"""The data protection officer: advises, holds a bundle with a reason, lifts that, and never counts as a reviewer."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select, update

from node.audit import AuditEntry, record, timestamp
from node.tables import audit_log
from node.tables import bundle as bundle_table
from node.tables import hold as hold_table
from node.tables import officer as officer_table
from schemas.signature import PublicKey

from .answer import unanswered
from .candidate import FrozenBundle, load
from .person import check_name, same_person
from .reason import check_reason
from .refusal import ReleaseRefused
from .review import has_approvals, reviewers
from .states import BundleState, Step, check_step

_ADVISED: Final = "bundle.advised"


class OfficerTaken(ReleaseRefused):
    """A name or key that an officer or a reviewer has already."""


class OfficerUnknown(ReleaseRefused):
    """A key that belongs to no registered data protection officer."""


class HoldNotTheirs(ReleaseRefused):
    """A hold that was there before the officer who wants to lift it."""


@dataclass(frozen=True, slots=True)
class Officer:
    """A data protection officer; the private key never comes here."""

    name: str
    key: PublicKey
    registered_at: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a bundle may not leave, who said so and when; `lifted_by` is None as long as it stands."""

    bundle_id: str
    officer: str
    reason: str
    placed_at: str
    lifted_by: str | None
    lift_reason: str | None
    lifted_at: str | None

    @property
    def stands(self) -> bool:
        """Tell whether nobody lifted it."""
        return self.lifted_at is None


@dataclass(frozen=True, slots=True)
class Advice:
    """What an officer advised on a bundle, and when; it stops nothing."""

    officer: str
    text: str
    at: str


def register(connection: Connection, officer: Officer, entry: AuditEntry) -> None:
    """Add an officer's public key; raises OfficerTaken where somebody has the name or key, NameMixesScripts."""
    check_name(officer.name)
    others = [(one.name, one.key) for one in reviewers(connection)]
    others += [(one.name, one.key) for one in officers(connection)]
    taken = next((name for name, key in others if same_person(name, officer.name) or key == officer.key), None)
    if taken is not None:
        raise OfficerTaken(
            f"A reviewer or officer with this name or key is registered already ({taken}); who reviews cannot be the "
            "officer too."
        )
    connection.execute(
        insert(officer_table).values(
            key_id=officer.key.key_id, name=officer.name, public_hex=officer.key.hex, registered_at=timestamp(entry.at)
        )
    )
    record(connection, entry)


def officers(connection: Connection) -> tuple[Officer, ...]:
    """Return the registered officers in order of name."""
    rows = connection.execute(select(officer_table).order_by(officer_table.c.name))
    return tuple(Officer(row.name, PublicKey(row.public_hex), row.registered_at) for row in rows)


def advise(connection: Connection, bundle_id: str, key: PublicKey, text: str, entry: AuditEntry) -> None:
    """Keep an officer's advice on a bundle, for its author, its reviewers and the file; it moves nothing.

    Raises BundleUnknown, OfficerUnknown or ReasonUnfit.
    """
    _, officer = _locked(connection, bundle_id, key)
    check_reason(text)
    record(connection, AuditEntry(officer.name, _ADVISED, bundle_id, entry.at, text))


def advice(connection: Connection, bundle_id: str) -> tuple[Advice, ...]:
    """Return what officers advised on a bundle, in order of time."""
    log = audit_log.c
    rows = connection.execute(
        select(log.actor, log.detail, log.at).where(log.action == _ADVISED, log.subject == bundle_id).order_by(log.id)
    )
    return tuple(Advice(row.actor, row.detail, row.at) for row in rows)


def hold(connection: Connection, bundle_id: str, key: PublicKey, reason: str, entry: AuditEntry) -> FrozenBundle:
    """Hold a bundle that is not signed yet; it goes no further until the hold is lifted.

    The entry's actor is replaced by the officer whose key it is. Raises OfficerUnknown, BundleNotInState, ReasonUnfit.
    """
    bundle, officer = _locked(connection, bundle_id, key)
    check_step(bundle_id, bundle.state, Step.HOLD)
    check_reason(reason)
    connection.execute(
        insert(hold_table).values(
            bundle_id=bundle_id, key_id=officer.key.key_id, reason=reason, placed_at=timestamp(entry.at)
        )
    )
    _move(connection, bundle_id, BundleState.HELD)
    record(connection, AuditEntry(officer.name, entry.action, bundle_id, entry.at, reason))
    return load(connection, bundle_id)


def lift(connection: Connection, bundle_id: str, key: PublicKey, reason: str, entry: AuditEntry) -> FrozenBundle:
    """Lift every hold that stands on a bundle; it goes on where its answers and approvals bring it.

    An officer lifts their own holds, and those of colleagues placed after they joined: nobody joins in order to lift.
    Raises OfficerUnknown, BundleNotInState, HoldNotTheirs and ReasonUnfit.
    """
    bundle, officer = _locked(connection, bundle_id, key)
    check_step(bundle_id, bundle.state, Step.LIFT)
    check_reason(reason)
    for one in standing(connection, bundle_id):
        if not same_person(one.officer, officer.name) and one.placed_at < officer.registered_at:
            raise HoldNotTheirs(
                f"{one.officer} held bundle {bundle_id} before {officer.name} joined; let {one.officer} lift it, or "
                "reject the bundle and prepare it again."
            )
    connection.execute(
        update(hold_table)
        .where(hold_table.c.bundle_id == bundle_id, hold_table.c.lifted_at.is_(None))
        .values(lifted_by=officer.key.key_id, lift_reason=reason, lifted_at=timestamp(entry.at))
    )
    after = BundleState.APPROVED if has_approvals(connection, bundle) else BundleState.UNDER_REVIEW
    _move(connection, bundle_id, BundleState.TO_ANSWER if unanswered(connection, bundle_id) else after)
    record(connection, AuditEntry(officer.name, entry.action, bundle_id, entry.at, reason))
    return load(connection, bundle_id)


def holds(connection: Connection, bundle_id: str) -> tuple[Hold, ...]:
    """Return every hold on a bundle in order of time, lifted ones too."""
    lifter = officer_table.alias()
    rows = connection.execute(
        select(hold_table, officer_table.c.name, lifter.c.name.label("lifter"))
        .join(officer_table, officer_table.c.key_id == hold_table.c.key_id)
        .outerjoin(lifter, lifter.c.key_id == hold_table.c.lifted_by)
        .where(hold_table.c.bundle_id == bundle_id)
        .order_by(hold_table.c.id)
    )
    return tuple(
        Hold(row.bundle_id, row.name, row.reason, row.placed_at, row.lifter, row.lift_reason, row.lifted_at)
        for row in rows
    )


def standing(connection: Connection, bundle_id: str) -> tuple[Hold, ...]:
    """Return the holds on a bundle that nobody lifted."""
    return tuple(one for one in holds(connection, bundle_id) if one.stands)


def _locked(connection: Connection, bundle_id: str, key: PublicKey) -> tuple[FrozenBundle, Officer]:
    # PostgreSQL lets a reviewer in at the same time: one of the two waits here.
    connection.execute(select(bundle_table.c.id).where(bundle_table.c.id == bundle_id).with_for_update())
    bundle = load(connection, bundle_id)
    officer = next((one for one in officers(connection) if one.key == key), None)
    if officer is None:
        raise OfficerUnknown(
            "This key belongs to no data protection officer of this node; register it with `review dpo add` first."
        )
    return bundle, officer


def _move(connection: Connection, bundle_id: str, target: BundleState) -> None:
    connection.execute(update(bundle_table).where(bundle_table.c.id == bundle_id).values(state=target))
