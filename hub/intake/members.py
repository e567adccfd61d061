"""Who takes part: every region that was invited, how far it came with joining, and all the keys of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from hub.tables import event, invitation, key, region


class RegionNotInvited(LookupError):
    """A code that no region here has, invited or enrolled."""


@dataclass(frozen=True, slots=True)
class Member:
    """A region: `invited_at` is when an invitation was made that nobody used yet, `awaits` that keys need approval."""

    code: str
    name: str
    region_set: str
    enrolled_at: str | None
    invited_at: str | None
    awaits: bool
    events: int
    last_at: str | None


def members(connection: Connection, code: str | None = None) -> Sequence[Member]:
    """Return every region, or the one with a code, by name."""
    held = (event.c.region, func.count().label("events"), func.max(event.c.accepted_at).label("last"))
    counted = select(*held).group_by(event.c.region)
    unused = select(invitation.c.region, invitation.c.issued_at).where(invitation.c.used_at.is_(None))
    named = select(region).order_by(region.c.name, region.c.code)
    if code is not None:
        counted, unused = counted.where(event.c.region == code), unused.where(invitation.c.region == code)
        named = named.where(region.c.code == code)
    came = {row.region: row for row in connection.execute(counted)}
    asked = {row.region: row.issued_at for row in connection.execute(unused)}
    return tuple(
        Member(
            row.code,
            row.name,
            row.region_set,
            row.enrolled_at,
            asked.get(row.code),
            row.awaiting is not None,
            came[row.code].events if row.code in came else 0,
            came[row.code].last if row.code in came else None,
        )
        for row in connection.execute(named)
    )


def one_member(connection: Connection, code: str) -> Member:
    """Return one region; raises RegionNotInvited."""
    found = members(connection, code)
    if not found:
        raise RegionNotInvited("There is no region with this code here; see the list of regions.")
    return found[0]


def all_keys(connection: Connection) -> Sequence[dict[str, Any]]:
    """Return the keys of every region, ended ones included, by region, with the region's name."""
    held = key.c
    columns = (held.region, region.c.name, held.key_id, held.use, held.role, held.enrolled_at, held.from_sequence)
    query = select(*columns, held.until_sequence).join(region, region.c.code == held.region)
    order = (region.c.name, held.region, held.use.desc(), held.from_sequence, held.key_id)
    return [dict(row) for row in connection.execute(query.order_by(*order)).mappings()]
