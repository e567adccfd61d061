"""One region's progress on one indicator: from its first period to today, beside itself, a goal and the network.

What is told is of the population as a whole (`population`). What an intervention did is judged by an evaluation, of
the people that it was for, and stands apart: a region that fares better has not thereby shown what made it better.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from hub import tables
from hub.comparison import Standing, Withheld
from hub.comparison.assumed import assumed
from hub.comparison.progress import Passed, passed
from hub.comparison.ranks import Order
from hub.comparison.series import Moment, Unit, judge, unit_of
from hub.comparison.trend import Trend
from hub.intake.hold import open_to
from hub.intake.ledger import not_listed
from hub.serving.compared import IndicatorAbsent
from hub.serving.figures import readable
from hub.serving.kept_views import kept_view
from hub.serving.series import MOST_PERIODS, series_view
from hub.serving.series_told import Point, SeriesView
from hub.serving.view import IndicatorView
from schemas.catalogue import catalogue
from schemas.codes import Audience
from schemas.definition import Text

MOST_POINTS: Final = 24  # periods told: the first, and the newest of the rest
GOAL: Final = r"^[0-9]{1,12}(\.[0-9]{1,6})?$"  # as readers write one, in the unit


class ProgressPoint(msgspec.Struct, frozen=True):
    """One period, in the unit: the figure as in a trend; `change` since the first, `goal_gap` from the goal.

    `since_first` says whether the difference with the first period is more than chance, `to_goal` on which side of the
    goal the figure lies for certain; None for the first period, and without a goal. `reference` is the network, the
    set's regions together, `standing` how the region lies beside it. `reference_change` is how that changed since the
    first period, None where it was of other regions then: `reference_of_same` False.
    """

    point: Point
    change: Decimal | None
    since_first: Order | None
    goal_gap: Decimal | None
    to_goal: Standing | None
    reference: Decimal | None
    reference_withheld: Withheld | None
    reference_change: Decimal | None
    reference_of_same: bool | None
    standing: Standing


class PopulationLevel(msgspec.Struct, frozen=True):
    """What is told of all people that the indicator counts, and the trend over these periods or why there is none.

    `statistic` to `dispersion` are as in a series; `test_assumes` says in words what the test takes for granted.
    """

    points: tuple[ProgressPoint, ...]
    trend: Literal["rising", "falling", "no_trend"] | None
    why_no_trend: str | None
    test: str | None
    statistic: float | None
    p_value: float | None
    departure_p: float | None
    dispersion: float | None
    test_assumes: Text | None


class ProgressView(msgspec.Struct, frozen=True):
    """One region and indicator from its `first` period on; `left_out` periods lie between it and those told."""

    region: str
    name: str
    region_set: str
    indicator: str
    version: int
    definition_hash: str
    title: Text
    unit: Text
    favourable: Literal["higher", "lower", "neither"]
    kind: str
    by: dict[str, str]
    period_unit: Unit
    first: str
    goal: Decimal | None
    left_out: int
    audience: Audience
    as_known_on: str
    population: PopulationLevel


def progress_view(
    connection: Connection,
    reader: Audience,
    now: datetime,
    code: str,
    indicator: str,
    since: str | None = None,
    goal: Decimal | None = None,
    by: Mapping[str, str] | None = None,
    unit: Unit | None = None,
    known_on: str | None = None,
) -> ProgressView:
    """Return the progress that a reader asked for, within the region's own set; `since` is the period it starts from.

    Without `since` it is the first of which the region has a figure by the definition of today, of the unit of which
    it has most periods. Raises RegionNotListed, IndicatorUnknown, IndicatorAbsent or CutUnknown.
    """
    table = tables.region.c
    region = connection.execute(select(table.name, table.region_set).where(table.code == code)).one_or_none()
    if region is None:
        raise not_listed(connection)
    of_unit = unit or (None if since is None else unit_of(since))
    if of_unit is None:
        of_unit = _most_of(own_indicators(connection, reader, code, region.region_set).get(indicator, ()))
    place = (indicator, code, region.region_set, by, of_unit, MOST_PERIODS, known_on)
    series = series_view(connection, reader, now, *place)
    points = _from(series, since)
    chosen = points if len(points) <= MOST_POINTS else (points[0], *points[1 - MOST_POINTS :])
    here = (region.region_set, by, known_on)
    views = [_comparison(connection, reader, now, indicator, one.period, *here) for one in chosen]
    return ProgressView(
        region=code,
        name=region.name,
        region_set=region.region_set,
        indicator=indicator,
        version=series.version,
        definition_hash=series.definition_hash,
        title=series.title,
        unit=series.unit,
        favourable=series.favourable,
        kind=series.kind,
        by=series.by,
        period_unit=series.period_unit,
        first=chosen[0].period,
        goal=goal,
        left_out=len(points) - len(chosen),
        audience=reader,
        as_known_on=series.as_known_on,
        population=_population(indicator, code, chosen, views, goal),
    )


def own_indicators(connection: Connection, reader: Audience, code: str, region_set: str) -> dict[str, tuple[str, ...]]:
    """Return a region's indicators that a reader sees, with periods, the oldest first; most years stand first."""
    found = tables.indicator_payload.c
    here: tuple[ColumnElement[bool], ...]
    here = (found.region == code, found.region_set == region_set, found.audience.in_(readable(reader)))
    here += open_to(reader, found)
    rows = connection.execute(select(found.indicator, found.period, func.count()).where(*here).group_by(
        found.indicator, found.period
    ))  # fmt: skip
    periods: dict[str, list[str]] = {}
    for row in rows:
        if row.indicator in catalogue():
            periods.setdefault(row.indicator, []).append(row.period)
    years = {name: sum(unit_of(one) == "year" for one in found_) for name, found_ in periods.items()}
    ordered = sorted(periods, key=lambda name: (-years[name], -len(periods[name]), name))
    return {name: tuple(sorted(periods[name])) for name in ordered}


def _most_of(periods: Sequence[str]) -> Unit | None:
    """Return the unit with most of a region's own periods: the others' can be by quarter where these are by year."""
    counted = sorted(Counter(map(unit_of, periods)).items(), key=lambda pair: (-pair[1], pair[0]))
    return counted[0][0] if counted else None


def _comparison(
    connection: Connection, reader: Audience, now: datetime, indicator: str, period: str, *here: Any
) -> IndicatorView | None:
    """Return a period's comparison; None where no region has figures of it by the definition of today."""
    try:
        return kept_view(connection, reader, now, indicator, period, *here)
    except IndicatorAbsent:
        return None


def _from(series: SeriesView, since: str | None) -> tuple[Point, ...]:
    (one,) = series.regions
    if since is None:
        begins = next((place for place, point in enumerate(one.points) if point.why_not is None), 0)
        return one.points[begins:]
    places = [place for place, point in enumerate(one.points) if point.period == since]
    if not places:
        there = [point.period for point in one.points]
        raise IndicatorAbsent(
            Text(
                "Deze regio heeft geen cijfer van de periode om vanaf te beginnen; kies een andere.",
                f"This region has no {series.indicator} of the period to start from; choose one.",
            ),
            there,
        )
    return one.points[places[0] :]


def _population(
    indicator: str, code: str, points: Sequence[Point], views: Sequence[IndicatorView | None], goal: Decimal | None
) -> PopulationLevel:
    definition = catalogue()[indicator]
    judged = judge(definition, [Moment(one.period, one.value, one.why_not is None) for one in points])
    laid = passed(definition, [one.value if one.why_not is None else None for one in points], goal)
    rows = [next((row for row in view.rows if row.region == code), None) if view else None for view in views]
    first = points[0]
    found = judged.trend
    return PopulationLevel(
        points=tuple(
            _point(one, first, told, goal, view, views[0], "no_verdict" if row is None else row.standing)
            for one, told, view, row in zip(points, laid, views, rows, strict=True)
        ),
        trend=_direction(found),
        why_no_trend=judged.why_not,
        test=None if found is None else found.test,
        statistic=None if found is None else found.statistic,
        p_value=None if found is None else found.p_value,
        departure_p=None if found is None else found.departure_p,
        dispersion=None if found is None else found.dispersion,
        test_assumes=assumed(definition),
    )


def _point(
    one: Point,
    first: Point,
    told: Passed,
    goal: Decimal | None,
    view: IndicatorView | None,
    before: IndicatorView | None,
    standing: Standing,
) -> ProgressPoint:
    is_first, takes_part = one is first, one.why_not is None and first.why_not is None
    reference = None if view is None else view.reference
    then = None if before is None else before.reference
    is_same = None
    if view and before and not is_first and reference is not None and then is not None:
        is_same = view.reference_of == before.reference_of
    return ProgressPoint(
        point=one,
        change=None if is_first or not takes_part else _less(one.shown, first.shown),
        since_first=told.since_first,
        goal_gap=_less(one.shown, goal) if one.why_not is None else None,
        to_goal=told.to_goal,
        reference=reference,
        reference_withheld=None if view is None else view.reference_withheld,
        reference_change=_less(reference, then) if is_same else None,
        reference_of_same=is_same,
        standing=standing,
    )


def _less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def _direction(found: Trend | None) -> Literal["rising", "falling", "no_trend"] | None:
    match found:
        case Trend(verdict="rising" | "falling" | "no_trend" as verdict):
            return verdict
    return None
