"""Find what regions' figures tell together, and keep where: for the operator and for the regions concerned.

No total is needed for that: the nation minus the regions, or two regions that overlap. What is kept are places and
numbers of figures, never a figure or its ends.
"""

from collections import Counter
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from connectors.database import writing
from hub import tables
from hub.audit import utc_text
from hub.disclosure import NotProven, together
from hub.serving.published import scope, seen, sets
from schemas.codes import AUDIENCES, Audience
from schemas.joint import Finding, Reopened

MOST_AT_ONCE: Final = 200  # places that one run audits; the next goes on
_SWEPT: Final = 50  # places without a change that one run looks at


class Unproven(msgspec.Struct, frozen=True):
    """An indicator and period of which it could not be proven what is told together."""

    indicator: str
    period: str
    audience: Audience
    audited_at: str


def audit_published(engine: Engine, now: datetime, most: int = MOST_AT_ONCE) -> int:
    """Audit what changed since the last time, per indicator, period and audience; return how many places were audited.

    Those audited longest ago are looked at as well, for what came late into an old place. Each place is a transaction
    of its own, so that readers and intake wait for none of the solving.
    """
    done = 0
    with engine.connect() as connection:
        listed = _due(connection)
    for reader, indicator, period in listed:
        if done == most:
            return done
        done += _audit(engine, reader, indicator, period, now)
    return done


def _due(connection: Connection) -> list[tuple[Audience, str, str]]:
    """Return the places in which something came or was destroyed since their audit, newest first, then the oldest."""
    touched = _touched(connection)
    done = tables.joint_audit
    audited = {(row.audience, row.indicator, row.period): row.audited_at for row in connection.execute(select(done))}
    every = [
        (reader, *place)
        for place in sorted(touched, key=lambda one: touched[one], reverse=True)
        for reader in AUDIENCES
    ]
    changed = [one for one in every if one not in audited or touched[one[1:]] >= audited[one]]
    rest = sorted(set(every) - set(changed), key=lambda one: audited[one])
    return changed + rest[:_SWEPT]


def _touched(connection: Connection) -> dict[tuple[str, str], str]:
    """Return for every indicator and period when something last came there, or was destroyed."""
    found, gone = tables.indicator_payload.c, tables.superseded.c
    came = select(found.indicator, found.period, func.max(found.accepted_at).label("at"))
    destroyed = select(found.indicator, found.period, func.max(gone.accepted_at).label("at"))
    destroyed = destroyed.join(tables.superseded, gone.event_id == found.event_id).where(gone.kind == "redacted")
    touched: dict[tuple[str, str], str] = {}
    for query in (came, destroyed):
        for row in connection.execute(query.group_by(found.indicator, found.period)):
            place = (row.indicator, row.period)
            touched[place] = max(touched.get(place, ""), row.at)
    return touched


def _audit(engine: Engine, reader: Audience, indicator: str, period: str, now: datetime) -> bool:
    place = {"indicator": indicator, "period": period, "audience": reader}
    done = tables.joint_audit
    here = [done.c[name] == value for name, value in place.items()]
    with engine.connect() as connection:
        present = scope(connection, reader, indicator, period)
        is_same = connection.scalar(select(done.c.scope).where(*here)) == present
        published = () if is_same else seen(connection, reader, indicator, period)
        known_sets = sets(connection)
    if is_same:
        with writing(engine) as connection:
            connection.execute(update(done).where(*here).values(audited_at=utc_text(now)))
        return False
    found: list[Finding] = []
    is_proven = True
    if len({one.region for one in published}) > 1:
        try:
            found = together(published, known_sets)
        except NotProven:
            is_proven = False
    try:
        with writing(engine) as connection:
            values = {"scope": present, "audited_at": utc_text(now), "figures": len(found), "is_proven": int(is_proven)}
            connection.execute(delete(done).where(*here))
            connection.execute(insert(done).values(**place, **values))
            _keep(connection, place, found, now)
    except IntegrityError:  # another process was quicker
        return False
    return True


def _keep(connection: Connection, place: dict[str, str], found: list[Finding], now: datetime) -> None:
    table = tables.reopened
    connection.execute(delete(table).where(*(table.c[name] == value for name, value in place.items())))
    for (event_id, region), figures in Counter((one.hidden.event_id, one.hidden.region) for one in found).items():
        row = {"event_id": event_id, "region": region, "figures": figures, "found_at": utc_text(now)}
        connection.execute(insert(table).values(**place, **row))


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
