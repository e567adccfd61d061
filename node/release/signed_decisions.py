"""Decisions that are no approval, each with the signature of who made it: kept with it, and held against what stands.

Signed is, with purpose `regiohelix/desk/v1`, canonical JSON (RFC 8785) of what is decided, on which frozen copy, why,
and the moment of signing. Who writes the store can take a decision away with its signature, and make none without the
key; one that was changed, or that lost its signature, is named here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, Select, func, insert, literal, select

from node.tables import approval, audit_log, bundle, decision_signature, hold, officer, reviewer
from schemas.canonical import canonical_bytes
from schemas.definition import Text
from schemas.signature import PublicKey, Purpose, SignatureMismatch

from .brought import Signer
from .candidate import FrozenBundle
from .refusal import ReleaseRefused

DecisionStep = Literal["reject", "hold", "lift", "advise"]
Found = Literal["signed", "unsigned", "altered", "removed"]
STEPS: Final[dict[DecisionStep, Text]] = {
    "reject": Text("afgewezen", "rejected"),
    "hold": Text("stilgezet", "held"),
    "lift": Text("opgeheven", "hold lifted"),
    "advise": Text("geadviseerd", "advised"),
}
FOUND: Final[dict[Found, Text]] = {
    "signed": Text("handtekening klopt", "signature verifies"),
    "unsigned": Text("zonder bewaarde handtekening", "no signature was kept"),
    "altered": Text("anders dan ondertekend", "other than what was signed"),
    "removed": Text("ondertekend, en er niet meer", "signed, and not there any more"),
}
_Key = tuple[str, str, str, str]  # bundle, step, key and moment of a decision


class DecisionAltered(ReleaseRefused):
    """A decision that is not the one that was signed, or a signed one that is gone."""


@dataclass(frozen=True, slots=True)
class CheckedDecision:
    """A decision as it stands: who, what, why, when (RFC 3339, UTC), and what became of its signature.

    `unsigned`: from before signatures were kept. One from after the first kept signature that has none is `altered`.
    """

    bundle_id: str
    step: DecisionStep
    name: str
    reason: str
    at: str
    found: Found


def decision_about(region: str, step: str, subject: str, root: str, at: str) -> dict[str, str]:
    """Return what is signed of a decision but for its reason, as a page shows it."""
    return {"action": step, "at": at, "region": region, "root": root, "subject": subject}


def keep(
    connection: Connection, region: str, copy: FrozenBundle, step: DecisionStep, key: Signer, reason: str, made: str,
    signed: str = "",
) -> None:  # fmt: skip
    """Keep the signature of a decision on a frozen copy in the caller's transaction.

    `made` is the moment that the decision was kept with, `signed` that of its page, where there was one. Raises
    SignatureMismatch where a signature was brought that is of anything else.
    """
    at = signed or made
    about = decision_about(region, step, copy.id, copy.root, at) | {"reason": reason}
    connection.execute(
        insert(decision_signature).values(
            bundle_id=copy.id,
            step=step,
            key_id=key.public.key_id,
            decided_at=made,
            signed_at=at,
            signature=key.sign(Purpose.DESK, canonical_bytes(about)),
        )
    )


def checked(connection: Connection, region: str, bundle_id: str | None = None) -> tuple[CheckedDecision, ...]:
    """Return the decisions on a bundle, on all of them where none is named, each held against its signature."""
    kept: dict[_Key, list[Row[Any]]] = {}
    wanted = select(decision_signature).order_by(decision_signature.c.id)
    for row in connection.execute(_of(wanted, decision_signature.c.bundle_id, bundle_id)):
        kept.setdefault((row.bundle_id, row.step, row.key_id, row.decided_at), []).append(row)
    first = connection.scalar(select(func.min(decision_signature.c.decided_at)))
    found = []
    for one in _standing(connection, bundle_id):
        rows = kept.get((one.bundle_id, one.step, one.key_id, one.at), [])
        fits = next((row for row in rows if _fits(region, one, row)), None)
        state: Found = "unsigned"
        if fits is not None:
            rows.remove(fits)
            state = "signed"
        elif rows or (first is not None and one.at >= first):
            del rows[:1]
            state = "altered"
        found.append(CheckedDecision(one.bundle_id, one.step, one.name, one.reason or "", one.at, state))
    names = {row.key_id: row.name for row in connection.execute(_people())}
    found += [
        CheckedDecision(row.bundle_id, row.step, names.get(row.key_id, row.key_id), "", row.decided_at, "removed")
        for rows in kept.values()
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.bundle_id)))


def check(connection: Connection, region: str) -> tuple[int, int]:
    """Return how many decisions are as they were signed, and how many have no signature; raises DecisionAltered."""
    found = checked(connection, region)
    wrong = next((one for one in found if one.found in ("altered", "removed")), None)
    if wrong is not None:
        raise DecisionAltered(
            f"A decision on bundle {wrong.bundle_id} ({wrong.step}, {wrong.name}, {wrong.at}) is not as it was signed: "
            f"{FOUND[wrong.found].en}. Ask who made it, and compare with a backup."
        )
    signed = sum(one.found == "signed" for one in found)
    return signed, len(found) - signed


def _standing(connection: Connection, bundle_id: str | None) -> Iterator[Row[Any]]:
    """Yield the decisions that stand, each with bundle, root, step, key, who, why and when."""
    given, held, log = approval.c, hold.c, audit_log.c
    columns = (bundle.c.id.label("bundle_id"), bundle.c.root)

    def of(step: DecisionStep, person: Any, reason: Any, at: Any) -> Select[Any]:
        who = (person.c.key_id, person.c.name, person.c.public_hex)
        return select(*columns, literal(step).label("step"), *who, reason.label("reason"), at.label("at"))

    asked: Sequence[Select[Any]] = (
        of("reject", reviewer, given.reason, given.decided_at)
        .join_from(bundle, approval, given.bundle_id == bundle.c.id)
        .join(reviewer, reviewer.c.key_id == given.key_id)
        .where(given.decision == "reject"),
        of("hold", officer, held.reason, held.placed_at)
        .join_from(bundle, hold, held.bundle_id == bundle.c.id)
        .join(officer, officer.c.key_id == held.key_id),
        of("lift", officer, held.lift_reason, held.lifted_at)
        .join_from(bundle, hold, held.bundle_id == bundle.c.id)
        .join(officer, officer.c.key_id == held.lifted_by)
        .distinct(),  # one decision lifts all that stood
        of("advise", officer, log.detail, log.at)
        .join_from(bundle, audit_log, (log.subject == bundle.c.id) & (log.action == "bundle.advised"))
        .join(officer, officer.c.name == log.actor),
    )
    for one in asked:
        yield from connection.execute(_of(one, bundle.c.id, bundle_id))


def _of(wanted: Select[Any], column: Any, bundle_id: str | None) -> Select[Any]:
    return wanted if bundle_id is None else wanted.where(column == bundle_id)


def _people() -> Any:
    return select(reviewer.c.key_id, reviewer.c.name).union_all(select(officer.c.key_id, officer.c.name))


def _fits(region: str, one: Row[Any], kept: Row[Any]) -> bool:
    about = decision_about(region, one.step, one.bundle_id, one.root, kept.signed_at) | {"reason": one.reason or ""}
    try:
        PublicKey(one.public_hex).verify(Purpose.DESK, canonical_bytes(about), kept.signature)
    except SignatureMismatch:
        return False
    return True
