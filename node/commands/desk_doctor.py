"""What the doctor sees at the review desk: whether anyone can decide, and what waits for whom."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from connectors.findings import Finding
from node.bootstrap import Node
from node.release import officer, review
from node.release.person import folded
from node.release.states import BundleState
from node.tables import bundle as bundle_table
from node.tables import reviewer


def at_the_desk(connection: Connection, _node: Node) -> Iterator[Finding]:
    """Yield what keeps bundles from leaving."""
    people = review.reviewers(connection)
    revoked = set(connection.scalars(select(reviewer.c.name).where(reviewer.c.revoked_at.is_not(None))))
    organisations = {folded(one.organisation) for one in people if one.name not in revoked}
    if len(people) >= 2 and len(organisations) < 2:
        what = "all reviewers sign for one organisation, and figures need two"
        yield Finding("reviewers", what, "`python -m node review join` on behalf of another organisation")
    yield from _waiting(connection)


def _waiting(connection: Connection) -> Iterator[Finding]:
    rows = connection.execute(
        select(bundle_table.c.id, bundle_table.c.state, bundle_table.c.created_at)
        .where(bundle_table.c.state.in_([BundleState.TO_ANSWER, BundleState.HELD]))
        .order_by(bundle_table.c.created_at)
    ).all()
    for row in rows:
        if row.state == BundleState.HELD:
            for hold in officer.standing(connection, row.id):
                what = f"{row.id} is on hold by {hold.officer}"
                yield Finding("desk", what, f"`review show {row.id}` says why", needs_hand=False, since=hold.placed_at)
        else:
            what, mend = f"{row.id} has findings without an answer", f"`release answer {row.id}`"
            yield Finding("desk", what, mend, needs_hand=False, since=row.created_at)
