"""What is new at the hub and what grows old, for one reader: figures by set and day, silent regions, old figures."""

from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, func, select

from hub import tables
from hub.intake.hold import open_to
from hub.serving.chains import chains
from hub.serving.figures import readable
from hub.serving.remembered import remembered
from schemas.codes import Audience

SILENT_DAYS: Final = 45  # a region releases monthly by default; half a month of grace
OLD_DAYS: Final = 400  # most figures are yearly
_BYTES: Final = 200  # that a line takes in memory, or a little less


class Arrived(msgspec.Struct, frozen=True):
    """How many figures the hub accepted of a set's regions on one day (UTC); `region` and `name` are of one of them."""

    day: str
    region_set: str
    regions: int
    figures: int
    region: str
    name: str


class Silent(msgspec.Struct, frozen=True):
    """A region and when the hub accepted its last event; nothing is taken from it, its last figures stay."""

    region: str
    name: str
    last: str
    days: int


class Old(msgspec.Struct, frozen=True):
    """An indicator of which the newest figure within a set was accepted long ago."""

    indicator: str
    region_set: str
    last: str
    days: int


class News(msgspec.Struct, frozen=True):
    """The newest arrivals, the longest silent regions and the oldest figures: as many of each as were asked for."""

    arrived: tuple[Arrived, ...]
    silent: tuple[Silent, ...]
    old: tuple[Old, ...]


def news(connection: Connection, reader: Audience, now: datetime, count: int) -> News:
    """Return what is new and what is old, `count` of each at most; kept until any region's chain changes."""
    mark = chains(connection).mark
    memory, key = remembered(connection), ("news", reader, now.date(), count)
    found: News | None = memory.get(key, mark)
    if found is None:
        found = News(
            _arrived(connection, reader, count), _silent(connection, now, count), _old(connection, reader, now, count)
        )
        memory.keep(key, mark, found, _BYTES * 3 * count)
    return found


def _arrived(connection: Connection, reader: Audience, count: int) -> tuple[Arrived, ...]:
    found, region = tables.indicator_payload.c, tables.region.c
    day = func.substr(found.accepted_at, 1, 10).label("day")
    rows = connection.execute(
        select(
            day, found.region_set, func.count(found.region.distinct()), func.count(), func.min(found.region),
            func.min(region.name),
        )
        .join(tables.region, region.code == found.region)
        .where(*_seen(reader, found))
        .group_by(day, found.region_set)
        .order_by(day.desc(), found.region_set)
        .limit(count)
    )  # fmt: skip
    return tuple(Arrived(*row) for row in rows)


def _silent(connection: Connection, now: datetime, count: int) -> tuple[Silent, ...]:
    event, region = tables.event.c, tables.region.c
    last = func.max(event.accepted_at)
    rows = connection.execute(
        select(region.code, region.name, last)
        .join(tables.event, event.region == region.code)
        .group_by(region.code, region.name)
        .order_by(last, region.name)
    )
    aged = (Silent(*row, days=_days(row[2], now)) for row in rows)
    return tuple(one for one in aged if one.days > SILENT_DAYS)[:count]


def _old(connection: Connection, reader: Audience, now: datetime, count: int) -> tuple[Old, ...]:
    found = tables.indicator_payload.c
    last = func.max(found.accepted_at)
    rows = connection.execute(
        select(found.indicator, found.region_set, last)
        .where(*_seen(reader, found))
        .group_by(found.indicator, found.region_set)
        .order_by(last, found.indicator)
        .limit(count)
    )
    aged = (Old(*row, days=_days(row[2], now)) for row in rows)
    return tuple(one for one in aged if one.days > OLD_DAYS)


def _seen(reader: Audience, columns: Any) -> tuple[Any, ...]:
    return (columns.audience.in_(readable(reader)), *open_to(reader, columns))


def _days(moment: str, now: datetime) -> int:
    return (now - datetime.fromisoformat(moment)).days
