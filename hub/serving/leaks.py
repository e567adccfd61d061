"""Find what regions' figures tell together, and keep where: for the operator and for the regions concerned.

No total is needed for that: the nation minus the regions, or two regions that overlap. What is kept are places and
numbers of figures, never a figure or its ends.
"""

from collections import Counter
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, delete, func, insert, select

from connectors.database import writing
from hub import tables
from hub.audit import utc_text
from hub.disclosure import NotProven, together
from hub.serving.published import scope, seen, sets
from schemas.codes import AUDIENCES, Audience
from schemas.joint import Finding, Reopened

MOST_AT_ONCE: Final = 200  # places that one run audits; the next goes on


class Unproven(msgspec.Struct, frozen=True):
    """An indicator and period of which it could not be proven what is told together."""

    indicator: str
    period: str
    audience: Audience
    audited_at: str


def audit_published(engine: Engine, now: datetime, most: int = MOST_AT_ONCE) -> int:
    """Audit what changed since the last time, per indicator, period and audience; return how many places were audited.

    Each place is a transaction of its own, so that readers and intake wait for none of the solving.
    """
    done = 0
    with engine.connect() as connection:
        listed = _places(connection)
    for indicator, period in listed:
        for reader in AUDIENCES:
            if done == most:
                return done
            done += _audit(engine, reader, indicator, period, now)
    return done


def _places(connection: Connection) -> list[tuple[str, str]]:
    """Return every indicator and period, first those with the newest event."""
    found = tables.indicator_payload.c
    rows = connection.execute(
        select(found.indicator, found.period)
        .group_by(found.indicator, found.period)
        .order_by(func.max(found.accepted_at).desc(), found.indicator, found.period)
    )
    return [(row.indicator, row.period) for row in rows]


def _audit(engine: Engine, reader: Audience, indicator: str, period: str, now: datetime) -> bool:
    place = {"indicator": indicator, "period": period, "audience": reader}
    done = tables.joint_audit
    here = [done.c[name] == value for name, value in place.items()]
    with engine.connect() as connection:
        present = scope(connection, reader, indicator, period)
        if connection.scalar(select(done.c.scope).where(*here)) == present:
            return False
        published, known_sets = seen(connection, reader, indicator, period), sets(connection)
    found: list[Finding] = []
    is_proven = True
    if len({one.region for one in published}) > 1:
        try:
            found = together(published, known_sets)
        except NotProven:
            is_proven = False
    counted = Counter((one.hidden.event_id, one.hidden.region) for one in found)
    with writing(engine) as connection:
        connection.execute(delete(done).where(*here))
        values = {"scope": present, "audited_at": utc_text(now), "figures": len(found), "is_proven": int(is_proven)}
        connection.execute(insert(done).values(**place, **values))
        connection.execute(
            delete(tables.reopened).where(*(tables.reopened.c[name] == value for name, value in place.items()))
        )
        for (event_id, region), figures in counted.items():
            row = {"event_id": event_id, "region": region, "figures": figures, "found_at": utc_text(now)}
            connection.execute(insert(tables.reopened).values(**place, **row))
    return True


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
    rows = connection.execute(select(table).where(table.c.is_proven == 0).order_by(table.c.indicator, table.c.period))
    return [Unproven(row.indicator, row.period, row.audience, row.audited_at) for row in rows]
