"""All that one reader can find of an indicator and period: every set of regions, every state that was released.

A figure that was corrected or withdrawn is here as well, since its event can still be read; a destroyed one is not.
"""

from collections.abc import Mapping
from itertools import accumulate
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from hub import tables
from hub.intake.hold import told_by
from hub.serving.figures import figures_of, readable
from schemas.canonical import canonical_bytes, sha256_hex
from schemas.codes import Audience
from schemas.joint import Publication
from schemas.payloads import IndicatorPublished
from schemas.upcast import read_payload

PAGE_EVENTS: Final = 100
PAGE_BYTES: Final = 4 * 1024 * 1024  # of payloads; the largest event has 2 MiB
WHOLE_BYTES: Final = 16 * 1024 * 1024  # that one answer may hold, for nodes that do not turn pages


def seen(
    connection: Connection, reader: Audience, indicator: str, period: str, *only: ColumnElement[bool]
) -> tuple[Publication, ...]:
    """Return what the reader sees, each region's events in the order of its chain; `only` narrows it down."""
    found, event = tables.indicator_payload, tables.event
    rows = connection.execute(
        select(found.c.event_id, found.c.region, found.c.region_set, event.c.type, event.c.payload)
        .join(event, event.c.id == found.c.event_id)
        .where(*_here(reader, indicator, period), event.c.payload != b"", *only)
        .order_by(found.c.region, found.c.sequence)
    )
    return tuple(
        Publication(row.event_id, row.region, row.region_set, _bare(figures_of(read_payload(row.type, row.payload))))
        for row in rows
    )


def seen_from(
    connection: Connection,
    reader: Audience,
    indicator: str,
    period: str,
    after: tuple[str, int],
    *only: ColumnElement[bool],
) -> tuple[tuple[Publication, ...], tuple[str, int] | None]:
    """Return the next of what the reader sees, after a region and place in its chain, and where that ends.

    As many as stay within a page, at least one; None where nothing is left.
    """
    found, event = tables.indicator_payload, tables.event
    later = or_(found.c.region > after[0], and_(found.c.region == after[0], found.c.sequence > after[1]))
    rows = connection.execute(
        select(found.c.event_id, found.c.region, found.c.sequence, func.length(event.c.payload).label("size"))
        .join(event, event.c.id == found.c.event_id)
        .where(*_here(reader, indicator, period), event.c.payload != b"", later, *only)
        .order_by(found.c.region, found.c.sequence)
        .limit(PAGE_EVENTS + 1)
    ).all()
    ends = [total for total in accumulate(row.size for row in rows[:PAGE_EVENTS]) if total <= PAGE_BYTES]
    chosen = rows[: max(1, len(ends))]
    ids = [row.event_id for row in chosen]
    publications = seen(connection, reader, indicator, period, found.c.event_id.in_(ids))
    last = (chosen[-1].region, chosen[-1].sequence) if len(chosen) < len(rows) else None
    return publications, last


def size_of(connection: Connection, reader: Audience, indicator: str, period: str, *only: ColumnElement[bool]) -> int:
    """Return the bytes of the payloads of all that the reader sees."""
    found, event = tables.indicator_payload, tables.event
    query = select(func.sum(func.length(event.c.payload))).join(found, event.c.id == found.c.event_id)
    return int(connection.scalar(query.where(*_here(reader, indicator, period), *only)) or 0)


def _bare(figures: IndicatorPublished) -> IndicatorPublished:
    """Leave out what no proof needs, so that a node of the version before can read the answer."""
    return msgspec.structs.replace(figures, quality=None)


def scope(connection: Connection, reader: Audience, indicator: str, period: str, *only: ColumnElement[bool]) -> str:
    """Return a hash that changes whenever `seen` or the sets of regions do."""
    found, event = tables.indicator_payload, tables.event
    rows = connection.execute(
        select(found.c.event_id, event.c.payload == b"")
        .join(event, event.c.id == found.c.event_id)
        .where(*_here(reader, indicator, period), *only)
        .order_by(found.c.event_id)
    )
    listed = [[event_id, bool(is_gone)] for event_id, is_gone in rows]
    return sha256_hex(canonical_bytes([listed, [[name, list(codes)] for name, codes in sets(connection).items()]]))


def newest(connection: Connection, reader: Audience, indicator: str, period: str) -> str:
    """Return when the newest that the reader sees here was accepted (UTC text); empty where there is nothing."""
    found = tables.indicator_payload
    here = _here(reader, indicator, period)
    return connection.scalar(select(func.max(found.c.accepted_at)).where(*here)) or ""


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


def is_open(reader: Audience) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that leaves out what readers outside the network do not see yet, or never will.

    A proof does not leave it out: they will see it, and what is safe beside more is safe beside less.
    """
    return () if reader == "network" else (told_by(tables.indicator_payload.c),)


def _here(reader: Audience, indicator: str, period: str) -> tuple[ColumnElement[bool], ...]:
    found: Any = tables.indicator_payload.c
    return found.indicator == indicator, found.period == period, found.audience.in_(readable(reader))
