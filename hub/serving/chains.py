"""How far each region's chain has come: while that stays as it was, nothing that any region said has changed.

Its chain is locked while events of a region are accepted, so the last one that came tells every state from the ones
before. That need not be the newest of the chain: where one was missing it comes later, and may be a withdrawal. Counted
beside it are what is destroyed, as mending may destroy what was ordered destroyed earlier, and the figures held back
from some readers: time opens them.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select, text

from hub.tables import ARRIVED, WITHHELD, event, held_figure, region
from schemas.canonical import sha256_hex


class Chain(NamedTuple):
    """One region: name, set, which event came last (None: it sent nothing), how much is destroyed and held."""

    name: str
    region_set: str
    last_arrived: int | None
    destroyed: int
    held: int


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
    last = select(func.max(event.c.position)).where(own, text(ARRIVED)).scalar_subquery()
    destroyed = select(func.count()).select_from(event).where(own, text(WITHHELD)).scalar_subquery()
    closed = (held_figure.c.region == region.c.code, held_figure.c.opened_at.is_(None))
    held = select(func.count()).select_from(held_figure).where(*closed).scalar_subquery()
    return select(region.c.code, region.c.name, region.c.region_set, last, destroyed, held)
