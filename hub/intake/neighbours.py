"""What the hub holds beside the events of a batch: their places and neighbours in the chain, and in approved bundles.

The statements are made once, since making one takes longer than SQLite needs to answer it.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Connection, Select, bindparam, select, text

from connectors.database import Asked, among, at_once, listed
from hub.intake import redact
from hub.intake.read_event import ReadEvent
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


class Beside(NamedTuple):
    """What the hub holds beside a batch, its chains being locked."""

    held: dict[Place, Link]  # at the places of its events and next to them
    used: set[ApprovedPlace]  # within the span of each of its bundles
    gone: set[str]  # events of it that a redaction names


def beside(connection: Connection, batch: Sequence[ReadEvent]) -> Beside:
    """Return what the hub holds beside the events of a batch."""
    return found_beside(batch, at_once(connection, asked_beside(connection.dialect.name, batch)))


def asked_beside(dialect: str, batch: Sequence[ReadEvent]) -> list[Asked]:
    """Return what to ask about a batch; `found_beside` takes the answers."""
    asked: list[Asked] = []
    for code, envelopes in _by_region(batch):
        asked += _links(dialect, code, envelopes), _taken(dialect, code, envelopes)
    return [*asked, redact.asked(dialect, [one.id for one in batch])] if batch else []


def found_beside(batch: Sequence[ReadEvent], answers: Iterable[Iterable[Sequence[Any]]]) -> Beside:
    """Make something of the answers to `asked_beside`, in their order."""
    found = Beside({}, set(), set())
    rest = iter(answers)
    for code, _ in _by_region(batch):
        for *link, sequence in next(rest):
            found.held[code, sequence] = Link(*link)
        found.used.update((code, root, index) for root, index in next(rest))
    if batch:
        found.gone.update(redact.named(next(rest), {one.id: one.envelope.region for one in batch}))
    return found


def _by_region(batch: Iterable[ReadEvent]) -> list[tuple[str, list[Envelope]]]:
    found: dict[str, list[Envelope]] = {}
    for one in batch:
        found.setdefault(one.envelope.region, []).append(one.envelope)
    return sorted(found.items())


def _links(dialect: str, code: str, envelopes: Sequence[Envelope]) -> Asked:
    wanted = {near for one in envelopes for near in (one.sequence - 1, one.sequence, one.sequence + 1)}
    first, last = min(wanted), max(wanted)
    if last - first < _SPARSEST * len(wanted):
        return _RUN, {"code": code, "first": first, "last": last}
    return _places(dialect), {"code": code, "places": listed(dialect, wanted)}


@cache
def _places(dialect: str) -> Select[Any]:
    return _OF_REGION.where(among(dialect, event.c.sequence, "places", BigInteger))


def _taken(dialect: str, code: str, envelopes: Sequence[Envelope]) -> Asked:
    indices: dict[str, list[int]] = {}
    for one in envelopes:
        indices.setdefault(one.bundle.root, []).append(one.bundle.index)
    spans = [(root, min(found), max(found)) for root, found in sorted(indices.items())]
    named: dict[str, Any] = {"code": code}
    if dialect == "sqlite":
        named["asked"] = json.dumps(spans)
    else:
        named["roots"], named["lows"], named["highs"] = map(list, zip(*spans, strict=True))
    return _TAKEN[dialect], named
