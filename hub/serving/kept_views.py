"""Comparisons that were worked out before, kept until something changes that they are made of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Connection

from hub.audit import utc_text
from hub.serving.chains import chains
from hub.serving.compared import best_offer, indicator_view
from hub.serving.dark import LastKnown
from hub.serving.kept_offers import kept_offers
from hub.serving.marks import by_indicator, by_place
from hub.serving.remembered import remembered
from hub.serving.view import IndicatorView, RegionRow
from schemas.catalogue import catalogue
from schemas.codes import Audience

Row = TypeVar("Row", RegionRow, LastKnown)
_NOTE_BYTES: Final = 700  # of a correction, its reason left out
_ROW_BYTES: Final = 2000  # that a row takes in memory, or a little less


def kept_view(
    connection: Connection,
    reader: Audience,
    now: datetime,
    indicator: str,
    period: str | None = None,
    region_set: str | None = None,
    by: Mapping[str, str] | None = None,
    known_on: str | None = None,
    **further: Any,
) -> IndicatorView:
    """Return what `indicator_view` returns, from memory where nothing changed but the time; raises as it does."""
    definition, standing = catalogue().get(indicator), chains(connection)
    if definition is not None and (period is None or region_set is None):
        offered = kept_offers(connection, reader, now, known_on, indicator, standing)
        offer = best_offer(offered, indicator, region_set, known_on)
        period, region_set = period or offer.periods[0], offer.region_set
    if definition is None or period is None or region_set is None:
        return indicator_view(connection, reader, now, indicator, period, region_set, by, known_on, **further)
    cut = tuple(sorted((by or {}).items()))
    key = ("comparison", reader, definition.hash, period, region_set, cut, known_on, tuple(sorted(further.items())))
    memory = remembered(connection)
    here = by_place(connection, reader, [(indicator, period)], region_set, standing)[indicator, period]
    mark = (
        here,
        by_indicator(connection, reader, indicator, region_set, standing),
    )  # dark regions: what they said before
    found: IndicatorView | None = memory.get(key, mark)
    if found is None:
        found = indicator_view(connection, reader, now, indicator, period, region_set, by, known_on, **further)
        memory.keep(key, mark, found, _size(found))
    return found if known_on is not None else _aged(found, now)


def _size(view: IndicatorView) -> int:
    """Return about how many bytes a comparison takes: its rows, and the reasons that its corrections give."""
    told = [one for row in view.rows for one in row.corrections]
    return _ROW_BYTES * (len(view.rows) + len(view.dark)) + sum(_NOTE_BYTES + 4 * len(one.reason or "") for one in told)


def _aged(view: IndicatorView, now: datetime) -> IndicatorView:
    moment = utc_text(now)
    since = datetime.fromisoformat(moment)
    rows, dark = tuple(_aged_row(row, since) for row in view.rows), tuple(_aged_row(one, since) for one in view.dark)
    return msgspec.structs.replace(view, as_known_on=moment, rows=rows, dark=dark)


def _aged_row(row: Row, now: datetime) -> Row:
    days = (now - datetime.fromisoformat(row.accepted_at)).days
    return row if days == row.age_days else msgspec.structs.replace(row, age_days=days)
