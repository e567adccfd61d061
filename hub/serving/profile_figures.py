"""One region's newest figures of all indicators, in a few statements however many there are."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from hub import tables
from hub.serving.chains import Chain
from hub.serving.figures import Latest, readable, states
from hub.serving.marks import by_period
from hub.serving.remembered import remembered
from schemas.catalogue import catalogue
from schemas.codes import Audience

_PLACE_BYTES: Final = 200  # that an indicator and its period take in memory, or a little less


def kept_places(connection: Connection, reader: Audience, code: str, now: datetime, region: Chain) -> dict[str, str]:
    """Return `newest_periods` of the indicators that are in the catalogue, from memory where the chain is the same."""
    memory, key = remembered(connection), ("newest", reader, code, now.astimezone(UTC).date())
    found: dict[str, str] | None = memory.get(key, region)
    if found is None:
        found = newest_periods(connection, reader, code, region.region_set, now)
        memory.keep(key, region, found, _PLACE_BYTES * len(found))
    known = catalogue()
    return {indicator: period for indicator, period in found.items() if indicator in known}


def newest_periods(
    connection: Connection, reader: Audience, code: str, region_set: str, now: datetime
) -> dict[str, str]:
    """Return per indicator the newest period that has begun on the day of `now` (UTC), as `figures.offers` ranks them.

    Periods are ranked by their text, as everywhere; of each kind only those up to today's are looked at.
    """
    found = tables.indicator_payload.c
    mine = (found.region == code, found.region_set == region_set, found.audience.in_(readable(reader)))
    query = (
        select(found.indicator, func.max(found.period).label("newest"))
        .where(*mine, or_(*_begun(found.period, now)))
        .group_by(found.indicator)
        .order_by(found.indicator)
    )
    return {row.indicator: row.newest for row in connection.execute(query)}


def _begun(period: Any, now: datetime) -> Iterator[ColumnElement[bool]]:
    """Yield for each kind of period, told by its text, that it begins today or before."""
    day = now.astimezone(UTC).date()
    year, week, _ = day.isocalendar()
    forms = {
        "____": f"{day:%Y}",
        "____-Q_": f"{day:%Y}-Q{(day.month + 2) // 3}",
        "____-W__": f"{year}-W{week:02d}",
        "____-__-__": f"{day:%Y-%m-%d}",
    }
    for form, newest in forms.items():
        yield and_(period.like(form), period <= newest)
    # a month has as many characters as a quarter
    yield and_(period.like("____-__"), period.not_like("____-Q_"), period <= f"{day:%Y-%m}")


def own_states(
    connection: Connection, reader: Audience, code: str, region_set: str, places: Mapping[str, str]
) -> dict[str, Latest]:
    """Return the region's state at one period of each indicator."""
    found = tables.indicator_payload.c
    held: dict[str, Latest] = {}
    for period, indicators in by_period(places.items()).items():
        here = (
            found.region == code,
            found.period == period,
            found.region_set == region_set,
            found.indicator.in_(indicators),
        )
        held |= {name: state for (_, name), state in states(connection, reader, here, None, by="indicator").items()}
    return held
