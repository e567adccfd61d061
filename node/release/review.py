"""Two reviewers, never the author, each signing the frozen copy with a key of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from node.audit import AuditEntry, record, timestamp
from node.tables import approval as approval_table
from node.tables import bundle as bundle_table
from node.tables import officer as officer_table
from node.tables import reviewer as reviewer_table
from schemas.envelope import Approval, approval_message
from schemas.refused import Refused
from schemas.signature import PublicKey, Purpose

from .answer import answerers
from .brought import Signer
from .candidate import FrozenBundle, load
from .held import BundleHeld, check_free
from .person import check_name, same_person
from .publishable import check_unaltered
from .refusal import ReleaseRefused
from .states import BundleState, Step, check_step

__all__ = ["BundleHeld"]  # raised from here, known by this name


class ReviewerIsAuthor(Refused, PermissionError):
    """Someone who tries to review a bundle of their own."""


class ReviewerUnknown(Refused, PermissionError):
    """A key that belongs to no registered reviewer."""


class ReviewerNotEnrolled(Refused, PermissionError):
    """A reviewer whom the hub does not know yet: what this key approves, it would refuse for good."""


class ReviewerRevoked(Refused, PermissionError):
    """A reviewer whose key was taken back."""


class ReviewedTwice(Refused, PermissionError):
    """A reviewer who has decided on this bundle before."""


class ReviewerTaken(Refused, ValueError):
    """A name or key that is registered already."""


class ApprovalMissing(ReleaseRefused):
    """An approved bundle that lacks an approval, since the key of one who gave it was taken back."""


class SameOrganisation(ReleaseRefused):
    """A second approval on behalf of an organisation that gave one already."""


@dataclass(frozen=True, slots=True)
class ApprovedRelease:
    """A frozen bundle with the signatures it needs; only this can be signed for shipping."""

    bundle: FrozenBundle
    approvals: tuple[Approval, ...]


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Someone mandated by an organisation that owns data; the private key never comes here."""

    name: str
    organisation: str
    key: PublicKey


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decided on a bundle, on whose behalf, when (RFC 3339, UTC) and, of a rejection, why.

    `revoked_at`: when their key was taken back, None while it holds; an approval counts no more from then on.
    """

    name: str
    organisation: str
    approved: bool
    reason: str
    at: str
    revoked_at: str | None = None


def register(connection: Connection, reviewer: Reviewer, entry: AuditEntry) -> None:
    """Add a reviewer's public key; raises NameMixesScripts, or ReviewerTaken, also where an officer has it."""
    check_name(reviewer.name)
    check_name(reviewer.organisation)
    taken = next(
        (one for one in reviewers(connection) if same_person(one.name, reviewer.name) or one.key == reviewer.key), None
    )
    if taken is not None:
        raise ReviewerTaken(f"A reviewer with this name or key is registered already ({taken.name}); use another.")
    for row in connection.execute(select(officer_table)):
        if same_person(row.name, reviewer.name) or row.public_hex == reviewer.key.hex:
            raise ReviewerTaken(f"{row.name} is a data protection officer here, who never counts as a reviewer.")
    connection.execute(
        insert(reviewer_table).values(
            key_id=reviewer.key.key_id,
            name=reviewer.name,
            organisation=reviewer.organisation,
            public_hex=reviewer.key.hex,
            registered_at=timestamp(entry.at),
        )
    )
    record(connection, entry)


def reviewers(connection: Connection) -> tuple[Reviewer, ...]:
    """Return the registered reviewers in order of name."""
    rows = connection.execute(select(reviewer_table).order_by(reviewer_table.c.name))
    return tuple(Reviewer(r.name, r.organisation, PublicKey(r.public_hex)) for r in rows)


def approve(connection: Connection, bundle_id: str, region: str, key: Signer, now: datetime) -> FrozenBundle:
    """Sign the frozen copy, or take in a signature of it; the bundle becomes approved with the last one it needs.

    Raises ReviewerUnknown, ReviewerIsAuthor, ReviewedTwice, SameOrganisation, BundleAltered, BundleHeld,
    BundleNotInState or SignatureMismatch.
    """
    bundle, reviewer = _check(connection, bundle_id, key, Step.APPROVE)
    check_unaltered(bundle)
    _check_mandate(connection, bundle, reviewer)
    signature = key.sign(Purpose.APPROVAL, approval_message(region, bundle.root, len(bundle.items)))
    _decide(connection, bundle, reviewer, "approve", signature, "", now)
    if has_approvals(connection, bundle):
        _move(connection, bundle, BundleState.APPROVED)
    return load(connection, bundle_id)


def reject(connection: Connection, bundle_id: str, key: Signer, reason: str, now: datetime) -> FrozenBundle:
    """Send a bundle back with a reason; one rejection is enough, of an approved one also by who approved it.

    Raises as `approve` does.
    """
    bundle, reviewer = _check(connection, bundle_id, key, Step.REJECT)
    _decide(connection, bundle, reviewer, "reject", None, reason, now)
    _move(connection, bundle, BundleState.REJECTED)
    return load(connection, bundle_id)


def lacks_approval(connection: Connection, bundle: FrozenBundle) -> bool:
    """Tell whether an approved bundle needs another approval, since the key of one who gave it was taken back."""
    return bundle.state is BundleState.APPROVED and not has_approvals(connection, bundle)


def has_approvals(connection: Connection, bundle: FrozenBundle) -> bool:
    """Tell whether a bundle has the signatures that it needs, each by a key that was not taken back since."""
    return len(_given(connection, bundle)) >= bundle.needed


def approved(connection: Connection, bundle_id: str) -> ApprovedRelease:
    """Return an approved bundle with its signatures.

    Raises BundleHeld, BundleNotInState where it is not approved, or ApprovalMissing where a key was taken back since.
    """
    connection.execute(select(bundle_table.c.id).where(bundle_table.c.id == bundle_id).with_for_update())
    bundle = load(connection, bundle_id)
    check_free(connection, bundle)
    check_step(bundle_id, bundle.state, Step.SIGN)
    if not has_approvals(connection, bundle):
        raise ApprovalMissing(
            f"The key of a reviewer who approved bundle {bundle_id} was taken back since; another reviewer must "
            f"approve it too: `python -m node review approve {bundle_id} --key FILE`."
        )
    return ApprovedRelease(bundle, tuple(Approval(r.key_id, r.signature) for r in _given(connection, bundle)))


def decisions(connection: Connection, bundle_id: str) -> tuple[Decision, ...]:
    """Return what reviewers decided on a bundle, in order of time."""
    rows = connection.execute(
        select(reviewer_table.c.name, reviewer_table.c.organisation, reviewer_table.c.revoked_at, approval_table)
        .join(approval_table, approval_table.c.key_id == reviewer_table.c.key_id)
        .where(approval_table.c.bundle_id == bundle_id)
        .order_by(approval_table.c.decided_at, reviewer_table.c.name)
    )
    return tuple(
        Decision(
            row.name, row.organisation, row.decision == "approve", row.reason or "", row.decided_at, row.revoked_at
        )
        for row in rows
    )


def _given(connection: Connection, bundle: FrozenBundle) -> Sequence[Row[Any]]:
    """Return the approvals that count, with key, signature and who gave them, in order of key."""
    person = reviewer_table.c
    given: Select[Any] = (
        select(approval_table.c.key_id, approval_table.c.signature, person.name, person.organisation)
        .join(reviewer_table, person.key_id == approval_table.c.key_id)
        .where(
            approval_table.c.bundle_id == bundle.id,
            approval_table.c.decision == "approve",
            person.revoked_at.is_(None),
        )
        .order_by(approval_table.c.key_id)
    )
    return connection.execute(given).all()


def _check(connection: Connection, bundle_id: str, key: Signer, step: Step) -> tuple[FrozenBundle, Reviewer]:
    # PostgreSQL lets two reviewers in at once: each would count the other's approval out.
    connection.execute(select(bundle_table.c.id).where(bundle_table.c.id == bundle_id).with_for_update())
    bundle = load(connection, bundle_id)
    if step is Step.APPROVE:
        check_free(connection, bundle)
    if lacks_approval(connection, bundle):
        check_step(bundle_id, bundle.state, Step.REOPEN)
        _move(connection, bundle, BundleState.UNDER_REVIEW)
        bundle = load(connection, bundle_id)
    check_step(bundle_id, bundle.state, step)
    row = connection.execute(select(reviewer_table).where(reviewer_table.c.key_id == key.public.key_id)).one_or_none()
    if row is None:
        raise _unknown(connection, key.public)
    _check_known(connection, row.name, row.enrolled_at, row.revoked_at)
    reviewer = Reviewer(row.name, row.organisation, PublicKey(row.public_hex))
    if same_person(reviewer.name, bundle.author):
        raise ReviewerIsAuthor(f"{reviewer.name} prepared bundle {bundle_id}; another reviewer must decide on it.")
    if step is Step.APPROVE and any(same_person(reviewer.name, one) for one in answerers(connection, bundle_id)):
        raise ReviewerIsAuthor(
            f"{reviewer.name} answered a finding of bundle {bundle_id}; another reviewer must judge that answer."
        )
    before = connection.execute(
        select(approval_table.c.decision).where(
            approval_table.c.bundle_id == bundle_id, approval_table.c.key_id == key.public.key_id
        )
    ).first()
    if before is not None and not (step is Step.REJECT and bundle.state is BundleState.APPROVED):
        raise ReviewedTwice(f"{reviewer.name} has decided on bundle {bundle_id} before; a second reviewer is needed.")
    return bundle, reviewer


def _unknown(connection: Connection, key: PublicKey) -> ReviewerUnknown:
    officer = connection.scalar(select(officer_table.c.name).where(officer_table.c.key_id == key.key_id))
    if officer is not None:
        return ReviewerUnknown(
            f"{officer} is the data protection officer, who advises, can hold (`review dpo hold`) and is no reviewer."
        )
    return ReviewerUnknown("This key belongs to no reviewer of this node; register it with `review join` first.")


def _check_mandate(connection: Connection, bundle: FrozenBundle, reviewer: Reviewer) -> None:
    """Raise SameOrganisation where two reviewers are needed and one of the same organisation approved before."""
    if bundle.needed < 2:
        return
    for other in _given(connection, bundle):
        if same_person(other.organisation, reviewer.organisation):
            raise SameOrganisation(
                f"{other.name} approved bundle {bundle.id} on behalf of {other.organisation} already; a reviewer of "
                "another organisation must give the second approval."
            )


def _check_known(connection: Connection, name: str, enrolled_at: str | None, revoked_at: str | None) -> None:
    if revoked_at is not None:
        raise ReviewerRevoked(f"The key of {name} was taken back; another reviewer must decide.")
    # Before the region's enrolment no reviewer is known, and all of them will be with it.
    enrolled = select(reviewer_table.c.key_id).where(reviewer_table.c.enrolled_at.is_not(None)).limit(1)
    if enrolled_at is None and connection.execute(enrolled).first() is not None:
        raise ReviewerNotEnrolled(
            f"The hub does not know {name} yet; run `python -m node key add-reviewer` and have that approved first."
        )


def _decide(
    connection: Connection,
    bundle: FrozenBundle,
    reviewer: Reviewer,
    decision: str,
    signature: str | None,
    reason: str,
    now: datetime,
) -> None:
    own = approval_table.c.bundle_id == bundle.id, approval_table.c.key_id == reviewer.key.key_id
    connection.execute(delete(approval_table).where(*own))  # an approval turned round; the audit log keeps both
    connection.execute(
        insert(approval_table).values(
            bundle_id=bundle.id,
            key_id=reviewer.key.key_id,
            decision=decision,
            signature=signature,
            reason=reason,
            decided_at=timestamp(now),
        )
    )
    record(connection, AuditEntry(reviewer.name, f"bundle.{decision}", bundle.id, now, reason))


def _move(connection: Connection, bundle: FrozenBundle, target: BundleState) -> None:
    connection.execute(update(bundle_table).where(bundle_table.c.id == bundle.id).values(state=target))
