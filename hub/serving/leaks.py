"""What regions' figures were found to tell together (`hub.serving.prove`): for the operator and the regions concerned.

No total is needed for that: the nation minus the regions, or two regions that overlap. What is kept are places and
numbers of figures, never a figure or its ends.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from hub import tables
from schemas.codes import AUDIENCES, Audience
from schemas.joint import Reopened

PROVEN: Final = "proven"


class Unproven(msgspec.Struct, frozen=True):
    """An indicator and period of which it could not be proven what is told together; `why` in code."""

    indicator: str
    period: str
    audience: Audience
    audited_at: str
    why: str


def reopened(connection: Connection, region: str | None = None) -> list[Reopened]:
    """Return what was found, of one region or of all, per place only for the smallest audience that can see it."""
    table = tables.reopened
    query = select(table).order_by(table.c.indicator, table.c.period, table.c.region, table.c.event_id)
    rows = connection.execute(query if region is None else query.where(table.c.region == region)).mappings()
    smallest: dict[tuple[str, str, str], Any] = {}
    for row in sorted(rows, key=lambda one: AUDIENCES.index(one["audience"])):
        smallest.setdefault((row["indicator"], row["period"], row["event_id"]), row)
    return sorted(
        (Reopened(**row) for row in smallest.values()), key=lambda one: (one.indicator, one.period, one.region)
    )


def unproven(connection: Connection) -> list[Unproven]:
    """Return the places where nothing could be proven."""
    table = tables.joint_audit
    rows = connection.execute(
        select(table).where(table.c.verdict != PROVEN).order_by(table.c.indicator, table.c.period)
    )
    return [Unproven(row.indicator, row.period, row.audience, row.audited_at, row.verdict) for row in rows]
