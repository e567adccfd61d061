"""The states of a release bundle and who may move it: one table, from which every check is made."""

from enum import StrEnum
from typing import Final


class BundleState(StrEnum):
    """Where a bundle is on its way out."""

    UNDER_REVIEW = "under_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    SIGNED = "signed"


TRANSITIONS: Final[dict[BundleState, frozenset[BundleState]]] = {
    BundleState.UNDER_REVIEW: frozenset({BundleState.APPROVED, BundleState.REJECTED}),
    BundleState.APPROVED: frozenset({BundleState.SIGNED}),
    BundleState.REJECTED: frozenset(),
    BundleState.SIGNED: frozenset(),
}


class BundleNotInState(ValueError):
    """A step that the bundle's state does not allow."""


def check_move(bundle_id: str, current: BundleState, target: BundleState) -> None:
    """Raise BundleNotInState unless the table allows the step."""
    if target not in TRANSITIONS[current]:
        if (current, target) == (BundleState.UNDER_REVIEW, BundleState.SIGNED):
            raise BundleNotInState(
                f"Bundle {bundle_id} still needs approvals; have reviewers run `review approve {bundle_id} --key FILE`."
            )
        raise BundleNotInState(
            f"Bundle {bundle_id} is {current.value.replace('_', ' ')}; it cannot become {target.value} any more."
        )
