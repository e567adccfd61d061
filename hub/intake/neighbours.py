"""What the hub holds beside the events of a batch: their places and neighbours in the chain, and in approved bundles.

The statements are made once, since making one takes longer than SQLite needs to answer it.
"""

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, select, text

from hub.tables import event
from schemas.envelope import Envelope

Place = tuple[str, int]  # of a region's chain: region, sequence
ApprovedPlace = tuple[str, str, int]  # region, root of the bundle, index in it
_SPARSEST: Final = 4  # links read per link asked for, where one range takes the place of many places
_OF_REGION: Final = select(
    *(event.c.id, event.c.previous, event.c.receipt, event.c.accepted_at),
    (event.c.salt == b"").label("is_withheld"),
    event.c.sequence,
).where(event.c.region == bindparam("code"))
# beside the last place that an integer column holds is one that it does not
_RUN: Final = _OF_REGION.where(
    event.c.sequence.between(bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger))
)
_PLACES: Final = _OF_REGION.where(event.c.sequence.in_(bindparam("places", expanding=True, type_=BigInteger)))
# Joined to the list, and not one condition with the chain's: SQLite would read everything the region ever sent.
_TAKEN: Final = {
    "sqlite": text(
        "SELECT event.bundle_root, event.bundle_index FROM json_each(:asked) AS one CROSS JOIN event"
        " WHERE event.region = :code AND event.bundle_root = json_extract(one.value, '$[0]')"
        " AND event.bundle_index BETWEEN json_extract(one.value, '$[1]') AND json_extract(one.value, '$[2]')"
    ),
    "postgresql": text(
        "SELECT event.bundle_root, event.bundle_index"
        " FROM unnest(CAST(:roots AS text[]), CAST(:lows AS bigint[]), CAST(:highs AS bigint[]))"
        " AS one (root, low, high) JOIN event ON event.region = :code AND event.bundle_root = one.root"
        " AND event.bundle_index BETWEEN one.low AND one.high"
    ),
}


class Link(NamedTuple):
    """A held event as its neighbours see it, and what a repeated delivery of it is answered with."""

    id: str
    previous: str
    receipt: bytes
    accepted_at: str
    is_withheld: bool


def held_links(connection: Connection, code: str, envelopes: Sequence[Envelope]) -> dict[Place, Link]:
    """Return what the hub holds at and beside the places of one region's envelopes, of which there is at least one."""
    wanted = {near for one in envelopes for near in (one.sequence - 1, one.sequence, one.sequence + 1)}
    first, last = min(wanted), max(wanted)
    if last - first < _SPARSEST * len(wanted):
        rows = connection.execute(_RUN, {"code": code, "first": first, "last": last})
    else:
        rows = connection.execute(_PLACES, {"code": code, "places": sorted(wanted)})
    return {(code, row.sequence): Link(*row[:-1]) for row in rows}


def taken_places(connection: Connection, code: str, envelopes: Sequence[Envelope]) -> set[ApprovedPlace]:
    """Return which places in approved bundles the hub's events took, within the span of each bundle that is asked."""
    indices: dict[str, list[int]] = {}
    for one in envelopes:
        indices.setdefault(one.bundle.root, []).append(one.bundle.index)
    asked = [(root, min(found), max(found)) for root, found in sorted(indices.items())]
    named: dict[str, Any] = {"code": code}
    if connection.dialect.name == "sqlite":
        named["asked"] = json.dumps(asked)
    else:
        named["roots"], named["lows"], named["highs"] = map(list, zip(*asked, strict=True))
    rows = connection.execute(_TAKEN[connection.dialect.name], named)
    return {(code, root, index) for root, index in rows}
