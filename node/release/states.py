"""The states of a release bundle and who may move it: one table, from which every check and the diagram are made."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from schemas.refused import Refused


class BundleState(StrEnum):
    """Where a bundle is on its way out."""

    TO_ANSWER = "to_answer"
    UNDER_REVIEW = "under_review"
    HELD = "held"
    APPROVED = "approved"
    REJECTED = "rejected"
    SIGNED = "signed"

    @property
    def words(self) -> str:
        """Return the state as it stands in a sentence."""
        return self.value.replace("_", " ")


class Step(StrEnum):
    """What people do with a bundle."""

    ANSWER = "answer"
    APPROVE = "approve"
    REJECT = "reject"
    HOLD = "hold"
    LIFT = "lift"
    REOPEN = "reopen"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow: a step that takes a bundle from one state to another, and by whom or when."""

    step: Step
    start: BundleState
    end: BundleState
    who: str


_S: Final = BundleState
MOVES: Final = (
    Move(Step.ANSWER, _S.TO_ANSWER, _S.UNDER_REVIEW, "author, with the last answer"),
    Move(Step.APPROVE, _S.UNDER_REVIEW, _S.APPROVED, "last reviewer needed"),
    Move(Step.SIGN, _S.APPROVED, _S.SIGNED, "the node, at publish"),
    Move(Step.REOPEN, _S.APPROVED, _S.UNDER_REVIEW, "next reviewer, an approver's key was taken back"),
    Move(Step.REJECT, _S.TO_ANSWER, _S.REJECTED, "one reviewer"),
    Move(Step.REJECT, _S.UNDER_REVIEW, _S.REJECTED, "one reviewer"),
    Move(Step.REJECT, _S.HELD, _S.REJECTED, "one reviewer"),
    Move(Step.REJECT, _S.APPROVED, _S.REJECTED, "one reviewer, also one who approved"),
    Move(Step.HOLD, _S.TO_ANSWER, _S.HELD, "officer"),
    Move(Step.HOLD, _S.UNDER_REVIEW, _S.HELD, "officer"),
    Move(Step.HOLD, _S.APPROVED, _S.HELD, "officer"),
    Move(Step.HOLD, _S.HELD, _S.HELD, "another officer"),
    Move(Step.LIFT, _S.HELD, _S.TO_ANSWER, "last hold, findings unanswered"),
    Move(Step.LIFT, _S.HELD, _S.UNDER_REVIEW, "last hold, approvals missing"),
    Move(Step.LIFT, _S.HELD, _S.APPROVED, "last hold, all approvals there"),
)
"""Every arrow there is; what is not here cannot be done."""

OVER: Final = tuple(state for state in BundleState if not any(move.start is state for move in MOVES))
"""Where a bundle stays: it left, or never will."""

BEGINS: Final = (BundleState.TO_ANSWER, BundleState.UNDER_REVIEW)
"""Where a frozen bundle begins: with findings that need an answer, or without."""

_WHY: Final[dict[tuple[BundleState, Step], str]] = {
    (_S.TO_ANSWER, Step.APPROVE): "has findings without an answer; its author answers them first with "
    "`release answer {0} CODE --reason TEXT --author NAME`.",
    (_S.TO_ANSWER, Step.SIGN): "has findings without an answer and no approvals; `review show {0}` lists them.",
    (_S.UNDER_REVIEW, Step.SIGN): "still needs approvals; have reviewers run `review approve {0} --key FILE`.",
    (_S.HELD, Step.APPROVE): "is on hold; a data protection officer lifts that before anyone approves it.",
    (_S.HELD, Step.SIGN): "is on hold; a data protection officer lifts that before anything is published.",
    (_S.SIGNED, Step.HOLD): "is signed and no hold reaches it; take it back with `withdraw` or `redact`.",
}


class BundleNotInState(Refused, ValueError):
    """A step that the bundle's state does not allow."""


def ends(current: BundleState, step: Step) -> frozenset[BundleState]:
    """Return the states to which a step leads from here; none where it cannot be taken."""
    return frozenset(move.end for move in MOVES if (move.step, move.start) == (step, current))


def check_step(bundle_id: str, current: BundleState, step: Step) -> None:
    """Raise BundleNotInState, with what to do instead, unless the table allows the step."""
    if ends(current, step):
        return
    why = _WHY.get((current, step))
    if why is None:
        why = f"is {current.words}; `{step}` is not possible any more."
        if step in (Step.ANSWER, Step.LIFT, Step.REOPEN):
            why = f"is {current.words}; there is nothing to {step}."
    raise BundleNotInState(f"Bundle {bundle_id} {why.format(bundle_id)}")


def diagram() -> str:
    """Return the table as a state diagram in Mermaid's notation, as docs/review-desk.md shows it."""
    begins = [f"    [*] --> {state}" for state in BEGINS]
    arrows = [f"    {move.start} --> {move.end}: {move.step} ({move.who})" for move in MOVES]
    last = [f"    {state} --> [*]" for state in OVER]
    return "\n".join(["stateDiagram-v2", *begins, *arrows, *last])
