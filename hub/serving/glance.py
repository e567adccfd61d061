"""One region at a glance: per axis how many figures lie where, beside all regions and beside its own first period.

Counted are verdicts, never values: there is no number over indicators. A figure without a verdict counts as such.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection

from hub.comparison.progress import passed
from hub.comparison.ranks import Order
from hub.comparison.series import unit_of
from hub.comparison.standing import favour
from hub.serving.offered import NotOffered
from hub.serving.profile import ProfileRow, profile
from hub.serving.progress import own_indicators
from hub.serving.series import MOST_PERIODS, series_view
from schemas.catalogue import catalogue
from schemas.codes import Audience
from schemas.definition import Text

MOST_LAID: Final = 24  # indicators laid beside their own first period, those with most years first


class Found(msgspec.Struct, frozen=True):
    """One figure with a verdict: which, of which period, and what it was laid beside (None: all regions)."""

    indicator: str
    title: Text
    period: str
    since: str | None = None


class AxisGlance(msgspec.Struct, frozen=True):
    """One axis: figures by their verdict beside all regions, and beside the region's own first period.

    `apart` are clearly higher or lower where neither is favourable; `hidden` and `unjudged` are counts.
    """

    axis: str
    figures: int
    favourable: tuple[Found, ...]
    unfavourable: tuple[Found, ...]
    apart: tuple[Found, ...]
    alike: int
    hidden: int
    unjudged: int
    better: tuple[Found, ...]
    worse: tuple[Found, ...]
    changed: tuple[Found, ...]
    steady: int
    not_told: int


class Glance(msgspec.Struct, frozen=True):
    """A region over its axes; `laid` of `with_past` indicators with earlier periods were laid beside their first."""

    region: str
    name: str
    region_set: str
    axes: tuple[AxisGlance, ...]
    laid: int
    with_past: int


def glance(connection: Connection, reader: Audience, now: datetime, code: str, axes: Sequence[str]) -> Glance:
    """Return a region's glance over these axes, empty ones included. Raises RegionNotListed."""
    view = profile(connection, reader, now, code)
    own = own_indicators(connection, reader, code, view.region_set)
    past = {name: periods for name, periods in own.items() if _has_past(periods)}
    laid = list(past)[:MOST_LAID]
    since = {name: found for name in laid if (found := _since(connection, reader, now, name, code, view.region_set))}
    told = tuple(_axis(axis, [row for row in view.rows if row.axis == axis], since) for axis in axes)
    return Glance(code, view.name, view.region_set, told, len(laid), len(past))


def _has_past(periods: Sequence[str]) -> bool:
    units = [unit_of(one) for one in periods]
    return any(units.count(one) > 1 for one in set(units))


def _since(
    connection: Connection, reader: Audience, now: datetime, indicator: str, code: str, region_set: str
) -> tuple[Order, Found] | None:
    """Return how the newest figure lies beside the first by the same definition; None where there are no two."""
    definition = catalogue()[indicator]
    try:
        view = series_view(connection, reader, now, indicator, code, region_set, None, None, MOST_PERIODS)
    except NotOffered:
        return None
    points = [point for one in view.regions for point in one.points if point.why_not is None]
    if len(points) < 2:
        return None
    first, last = points[0], points[-1]
    verdict = passed(definition, [first.value, last.value], None)[1].since_first
    return None if verdict is None else (verdict, Found(indicator, definition.title, last.period, first.period))


def _axis(axis: str, rows: Sequence[ProfileRow], since: Mapping[str, tuple[Order, Found]]) -> AxisGlance:
    sides: dict[str, list[Found]] = {"favourable": [], "unfavourable": [], "apart": []}
    alike = hidden = unjudged = 0
    for row in rows:
        side = favour(row.standing, row.favourable)
        if row.standing in ("higher", "lower"):
            sides[side or "apart"].append(Found(row.indicator, row.title, row.period))
        elif row.standing == "indistinguishable":
            alike += 1
        elif row.bounds == "range":
            hidden += 1
        else:
            unjudged += 1
    moved = [since[row.indicator] for row in rows if row.indicator in since]
    of: dict[Order, tuple[Found, ...]] = {
        verdict: tuple(found for said, found in moved if said == verdict)
        for verdict in ("better", "worse", "higher", "lower", "similar", "cannot_be_ordered")
    }
    return AxisGlance(
        axis=axis,
        figures=len(rows),
        favourable=tuple(sides["favourable"]),
        unfavourable=tuple(sides["unfavourable"]),
        apart=tuple(sides["apart"]),
        alike=alike,
        hidden=hidden,
        unjudged=unjudged,
        better=of["better"],
        worse=of["worse"],
        changed=of["higher"] + of["lower"],
        steady=len(of["similar"]),
        not_told=len(of["cannot_be_ordered"]),
    )
