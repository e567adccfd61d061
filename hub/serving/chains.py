"""How far each region's chain has come: while that stays as it was, nothing that any region said has changed.

A region's events are accepted one after another, so the newest place in its chain tells every state from the ones
before; what is destroyed is counted beside it, as mending may destroy what was ordered destroyed earlier.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select, text

from hub.tables import WITHHELD, event, region
from schemas.canonical import sha256_hex


class Chain(NamedTuple):
    """One region: its name and set, the newest place of its chain (None: it sent nothing), how many were destroyed."""

    name: str
    region_set: str
    newest: int | None
    destroyed: int


class Chains(NamedTuple):
    """All regions' chains by code, a mark that is the same while none of them changes, and one of their names alone."""

    of: dict[str, Chain]
    mark: str
    names: str


def chains(connection: Connection) -> Chains:
    """Return how far the chains are. What is read afterwards is at least as new."""
    found = {row[0]: Chain(*row[1:]) for row in map(tuple, connection.execute(_asked()))}
    ordered = sorted(found.items())
    names = [(code, one.name, one.region_set) for code, one in ordered]
    return Chains(found, _hash(ordered), _hash(names))


def _hash(value: object) -> str:
    return sha256_hex(repr(value).encode())


@cache  # making the statement takes longer than answering it, and every reader asks
def _asked() -> Select[Any]:
    own = event.c.region == region.c.code
    newest = select(func.max(event.c.sequence)).where(own).scalar_subquery()
    destroyed = select(func.count()).select_from(event).where(own, text(WITHHELD)).scalar_subquery()
    return select(region.c.code, region.c.name, region.c.region_set, newest, destroyed)
