"""All that one reader can find of an indicator and period: every set of regions, every state that was released.

A figure that was corrected or withdrawn is here as well, since its event can still be read; a destroyed one is not.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from hub import tables
from hub.serving.figures import figures_of, readable
from schemas.canonical import canonical_bytes, sha256_hex
from schemas.codes import Audience
from schemas.joint import Publication
from schemas.payloads import IndicatorPublished
from schemas.upcast import read_payload


def seen(connection: Connection, reader: Audience, indicator: str, period: str) -> tuple[Publication, ...]:
    """Return what the reader sees, each region's events in the order of its chain."""
    found, event = tables.indicator_payload, tables.event
    rows = connection.execute(
        select(found.c.event_id, found.c.region, found.c.region_set, event.c.type, event.c.payload)
        .join(event, event.c.id == found.c.event_id)
        .where(*_here(reader, indicator, period), event.c.payload != b"")
        .order_by(found.c.region, found.c.sequence)
    )
    return tuple(
        Publication(row.event_id, row.region, row.region_set, _bare(figures_of(read_payload(row.type, row.payload))))
        for row in rows
    )


def _bare(figures: IndicatorPublished) -> IndicatorPublished:
    """Leave out what no proof needs, so that a node of the version before can read the answer."""
    return msgspec.structs.replace(figures, quality=None)


def scope(connection: Connection, reader: Audience, indicator: str, period: str) -> str:
    """Return a hash that changes whenever `seen` or the sets of regions do."""
    found, event = tables.indicator_payload, tables.event
    rows = connection.execute(
        select(found.c.event_id, event.c.payload == b"")
        .join(event, event.c.id == found.c.event_id)
        .where(*_here(reader, indicator, period))
        .order_by(found.c.event_id)
    )
    listed = [[event_id, bool(is_gone)] for event_id, is_gone in rows]
    return sha256_hex(canonical_bytes([listed, [[name, list(codes)] for name, codes in sets(connection).items()]]))


def sets(connection: Connection) -> Mapping[str, tuple[str, ...]]:
    """Return the regions of every set, enrolled or invited."""
    rows = connection.execute(
        select(tables.region.c.region_set, tables.region.c.code).order_by(
            tables.region.c.region_set, tables.region.c.code
        )
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.region_set, []).append(row.code)
    return {name: tuple(codes) for name, codes in found.items()}


def _here(reader: Audience, indicator: str, period: str) -> tuple[ColumnElement[bool], ...]:
    found: Any = tables.indicator_payload.c
    return found.indicator == indicator, found.period == period, found.audience.in_(readable(reader))
