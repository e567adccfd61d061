"""Answer what the desk found in a bundle: why it may stand, by whom; findings close before review begins."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from node.audit import AuditEntry, record, timestamp
from node.tables import bundle as bundle_table
from node.tables import bundle_finding

from .finding_kinds import KINDS, Kind, Weight
from .person import check_name
from .reason import check_reason
from .refusal import ReleaseRefused
from .states import BundleState, Step, check_step

WHOLE_BUNDLE = -1
"""The position of a finding that is about no single item."""


class NothingToAnswer(ReleaseRefused):
    """A code that is none of a bundle's findings, or one that needs no answer (any more)."""


@dataclass(frozen=True, slots=True)
class DeskFinding:
    """One kind of finding in a bundle: at which items, with what was found there, and its answer if it has one.

    A place is (position of the item, detail); a detail is numbers and codes, never a value of a person.
    """

    kind: Kind
    places: tuple[tuple[int, str], ...]
    answer: str | None = None
    answered_by: str | None = None
    answered_at: str | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether the finding still needs an answer."""
        return self.kind.weight is Weight.ANSWER and self.answer is None


def keep(connection: Connection, bundle_id: str, findings: Sequence[DeskFinding]) -> None:
    """Store what was found when a bundle was frozen."""
    if findings:
        connection.execute(
            insert(bundle_finding),
            [
                {
                    "bundle_id": bundle_id,
                    "code": one.kind.code,
                    "places": json.dumps(one.places),
                    "needs_answer": one.kind.weight is Weight.ANSWER,
                }
                for one in findings
            ],
        )


def findings_of(connection: Connection, bundle_id: str) -> tuple[DeskFinding, ...]:
    """Return what was found in a bundle: what needs an answer first, then notes."""
    rows = connection.execute(select(bundle_finding).where(bundle_finding.c.bundle_id == bundle_id)).all()
    found = {row.code: row for row in rows}
    return tuple(
        DeskFinding(
            kind,
            tuple((position, detail) for position, detail in json.loads(found[code].places)),
            found[code].answer,
            found[code].answered_by,
            found[code].answered_at,
        )
        for code, kind in KINDS.items()
        if code in found
    )


def answer(
    connection: Connection, bundle_id: str, state: BundleState, codes: Sequence[str], reason: str, entry: AuditEntry
) -> int:
    """Answer findings with one reason; with the last one the bundle goes to its reviewers. Returns how many are left.

    Raises BundleNotInState, NothingToAnswer, ReasonUnfit or NameMixesScripts.
    """
    check_name(entry.actor)
    check_step(bundle_id, state, Step.ANSWER)
    check_reason(reason)
    still = [one.kind.code for one in findings_of(connection, bundle_id) if one.is_open]
    for code in dict.fromkeys(codes):
        if code not in still:
            raise NothingToAnswer(
                f"Bundle {bundle_id} has no finding `{code}` that waits for an answer; `review show {bundle_id}` lists "
                "what it has."
            )
        connection.execute(
            update(bundle_finding)
            .where(bundle_finding.c.bundle_id == bundle_id, bundle_finding.c.code == code)
            .values(answer=reason, answered_by=entry.actor, answered_at=timestamp(entry.at))
        )
        record(connection, AuditEntry(entry.actor, entry.action, bundle_id, entry.at, f"{code}: {reason}"))
    left = unanswered(connection, bundle_id)
    if not left:
        state = BundleState.UNDER_REVIEW
        connection.execute(update(bundle_table).where(bundle_table.c.id == bundle_id).values(state=state))
    return left


def unanswered(connection: Connection, bundle_id: str) -> int:
    """Return how many findings of a bundle still need an answer."""
    return (
        connection.scalar(
            select(func.count())
            .select_from(bundle_finding)
            .where(
                bundle_finding.c.bundle_id == bundle_id,
                bundle_finding.c.needs_answer.is_(True),
                bundle_finding.c.answer.is_(None),
            )
        )
        or 0
    )


def answerers(connection: Connection, bundle_id: str) -> tuple[str, ...]:
    """Return who answered findings of a bundle: they are no judges of it."""
    rows = connection.scalars(
        select(bundle_finding.c.answered_by)
        .where(bundle_finding.c.bundle_id == bundle_id, bundle_finding.c.answered_by.is_not(None))
        .distinct()
    )
    return tuple(sorted(str(name) for name in rows))
