"""The days on which the hub learnt something of one comparison: what a reader can look back to."""

from typing import Final

from sqlalchemy import Connection, func, select

from hub import tables
from hub.intake.hold import open_to
from hub.serving.figures import readable
from hub.serving.view import IndicatorView
from schemas.codes import Audience

MOST: Final = 24


def moments(connection: Connection, reader: Audience, view: IndicatorView) -> tuple[str, ...]:
    """Return days (UTC) on which figures of this comparison were accepted or taken back, the newest first."""
    found = tables.indicator_payload.c
    here = (found.indicator == view.indicator, found.period == view.period, found.region_set == view.region_set)
    day = func.substr(found.accepted_at, 1, 10)
    seen = (found.audience.in_(readable(reader)), *open_to(reader, found))
    days = set(connection.scalars(select(day).where(*here, *seen).distinct()))
    days |= {one.at[:10] for row in view.rows for one in row.corrections}
    return tuple(sorted(days, reverse=True)[:MOST])
