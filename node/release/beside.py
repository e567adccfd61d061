"""Which other bundles hold the same items and did not leave: at freezing, at each approval and before signing."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from node.tables import bundle as bundle_table
from node.tables import hold as hold_table
from node.tables import item as item_table

from .states import OVER, BundleState


@dataclass(frozen=True, slots=True)
class Beside:
    """Another bundle that holds a subject; `is_held` while nobody lifted an officer's hold on it."""

    subject: str
    bundle_id: str
    state: BundleState
    is_held: bool


def beside(connection: Connection, but: str | None = None) -> Iterator[Beside]:
    """Yield each item of each bundle that is not signed, in order of bundle; `but` names a bundle to leave out."""
    rows = connection.execute(
        select(item_table.c.subject, bundle_table.c.id, bundle_table.c.state, hold_table.c.id.label("hold"))
        .join(bundle_table, bundle_table.c.id == item_table.c.bundle_id)
        .outerjoin(hold_table, (hold_table.c.bundle_id == bundle_table.c.id) & hold_table.c.lifted_at.is_(None))
        .where(bundle_table.c.state != BundleState.SIGNED)
        .order_by(bundle_table.c.id)
    )
    for row in rows:
        if row.id != but:
            yield Beside(row.subject, row.id, BundleState(row.state), row.hold is not None)


def undecided(connection: Connection, titles: Collection[str]) -> tuple[str, ...]:
    """Return the bundles with an item of these titles that neither left nor were rejected: they count as released."""
    found = connection.scalars(
        select(bundle_table.c.id)
        .join(item_table, item_table.c.bundle_id == bundle_table.c.id)
        .where(bundle_table.c.state.not_in(OVER), item_table.c.title.in_(titles))
        .order_by(bundle_table.c.id)
        .distinct()
    )
    return tuple(found)
