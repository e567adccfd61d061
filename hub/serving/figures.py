"""Figures that a reader may see: per region, indicator and period the latest accepted payload."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select

from hub import tables
from schemas.codes import AUDIENCES, Audience, may_read
from schemas.payloads import IndicatorPublished


class AcceptedIndicator(msgspec.Struct, frozen=True):
    """One region's figures as the hub holds them; `accepted_at` is the hub's acceptance time, UTC."""

    event_id: str
    region: str
    region_name: str
    audience: Audience
    accepted_at: str
    payload: IndicatorPublished


class Offer(msgspec.Struct, frozen=True):
    """What can be compared: one indicator within one set of regions, with the periods and regions that have it."""

    region_set: str
    indicator: str
    periods: tuple[str, ...]  # newest first
    regions: int


class RegionListed(msgspec.Struct, frozen=True):
    """A region that released something to the reader's audience."""

    code: str
    name: str
    region_set: str


def readable(reader: Audience) -> tuple[Audience, ...]:
    """Return the audiences whose items this reader may see."""
    return tuple(audience for audience in AUDIENCES if may_read(reader, audience))


def accepted(
    connection: Connection, reader: Audience, indicator: str, period: str, region_set: str
) -> tuple[AcceptedIndicator, ...]:
    """Return the latest payload of every region of one set for one indicator and period, by region name.

    Regions of different sets may overlap, so they are never returned together.
    """
    found, event = tables.indicator_payload, tables.event
    rows = connection.execute(
        select(found, event.c.payload, tables.region.c.name)
        .join(event, event.c.id == found.c.event_id)
        .join(tables.region, tables.region.c.code == found.c.region)
        .where(
            found.c.indicator == indicator,
            found.c.period == period,
            found.c.region_set == region_set,
            found.c.audience.in_(readable(reader)),
        )
        .order_by(found.c.sequence)
    )
    latest = {
        row.region: AcceptedIndicator(
            event_id=row.event_id,
            region=row.region,
            region_name=row.name,
            audience=row.audience,
            accepted_at=row.accepted_at,
            payload=msgspec.json.decode(row.payload, type=IndicatorPublished),
        )
        for row in rows
    }
    return tuple(sorted(latest.values(), key=lambda item: (item.region_name, item.region)))


def offers(connection: Connection, reader: Audience) -> tuple[Offer, ...]:
    """Return what can be compared, by region set and indicator."""
    found = tables.indicator_payload
    rows = connection.execute(
        select(found.c.region_set, found.c.indicator, found.c.period, found.c.region)
        .where(found.c.audience.in_(readable(reader)))
        .distinct()
    )
    periods: dict[tuple[str, str], set[str]] = {}
    regions: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        periods.setdefault((row.region_set, row.indicator), set()).add(row.period)
        regions.setdefault((row.region_set, row.indicator), set()).add(row.region)
    return tuple(
        Offer(key[0], key[1], tuple(sorted(periods[key], reverse=True)), len(regions[key])) for key in sorted(periods)
    )


def regions(connection: Connection, reader: Audience) -> Sequence[RegionListed]:
    """Return the regions with at least one event the reader may see, by set and name."""
    visible = select(tables.event.c.region).where(tables.event.c.audience.in_(readable(reader)))
    rows = connection.execute(
        select(tables.region.c.code, tables.region.c.name, tables.region.c.region_set)
        .where(tables.region.c.code.in_(visible))
        .order_by(tables.region.c.region_set, tables.region.c.name)
    )
    return [RegionListed(row.code, row.name, row.region_set) for row in rows]
