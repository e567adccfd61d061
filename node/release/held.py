"""What an officer's hold stops: the bundle itself, and every other copy of the same figures or lesson."""

from typing import Final

from sqlalchemy import Connection, select

from node.tables import hold as hold_table
from node.tables import officer as officer_table
from schemas.codes import FIGURE_EVENTS, ITEMS, LESSONS, REPLIES, EventType

from .answer import findings_of
from .beside import Beside, beside
from .candidate import FrozenBundle
from .refusal import ReleaseRefused
from .states import BundleState

_SHOWS: Final = (
    *FIGURE_EVENTS,
    *LESSONS,
    EventType.EVALUATION_PUBLISHED,
    EventType.EVALUATION_REVISED,
    EventType.ASSESSMENT_PUBLISHED,
    EventType.ASSESSMENT_REVISED,
    *REPLIES,
    EventType.CITATION_PUBLISHED,
    *ITEMS,
)


class BundleHeld(ReleaseRefused):
    """A bundle that a data protection officer holds, or of which they hold another copy."""


def check_free(connection: Connection, bundle: FrozenBundle) -> None:
    """Raise BundleHeld while a hold stands on a bundle, or on another one with the same figures or lesson.

    Nor does a copy leave that was frozen before the other one was held and rejected: its author was never asked.
    Notices pass: what stands can be withdrawn while its correction is on hold.
    """
    found = connection.execute(
        select(officer_table.c.name, hold_table.c.reason, hold_table.c.placed_at)
        .join(officer_table, officer_table.c.key_id == hold_table.c.key_id)
        .where(hold_table.c.bundle_id == bundle.id, hold_table.c.lifted_at.is_(None))
        .order_by(hold_table.c.id)
    ).first()
    if found is not None and bundle.state is BundleState.HELD:
        raise BundleHeld(
            f"{found.name} holds bundle {bundle.id} since {found.placed_at[:10]} ({found.reason.rstrip('.')}); nobody "
            "approves or publishes it until an officer lifts that with `review dpo lift`."
        )
    shown = {one.subject for one in bundle.items if one.type in _SHOWS}
    for other in beside(connection, but=bundle.id):
        if other.subject in shown and other.is_held:
            _check_other(connection, bundle, other)


def _check_other(connection: Connection, bundle: FrozenBundle, other: Beside) -> None:
    if other.state is BundleState.HELD:
        raise BundleHeld(
            f"Bundle {other.bundle_id} holds the same as {bundle.id} and is on hold; nobody approves or publishes "
            f"either until an officer lifts that with `review dpo lift {other.bundle_id}`."
        )
    before = (one for one in findings_of(connection, bundle.id) if one.kind.code == "held_before")
    asked = {detail for one in before for _, detail in one.places}
    if other.state is BundleState.REJECTED and other.bundle_id not in asked:
        raise BundleHeld(
            f"Bundle {other.bundle_id} with the same as {bundle.id} was on hold when it was rejected, and {bundle.id} "
            "was frozen before that; reject it and prepare it again, so that its author answers what is different now."
        )
