"""One indicator over time: each region's series of typed values with its revisions, trend and control chart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection

from hub.audit import utc_text
from hub.comparison.assumed import assumed, persons
from hub.comparison.control import Chart
from hub.comparison.scale import ends, factor, interval, readable, shown
from hub.comparison.series import Judged, Moment, Unit, judge, unit_of
from hub.comparison.stored import cell_of
from hub.comparison.trend import Trend
from hub.serving.as_compared import stored_of
from hub.serving.chains import chains
from hub.serving.compared import IndicatorAbsent, IndicatorUnknown, offered
from hub.serving.figures import AcceptedIndicator, Latest, regions_with
from hub.serving.kept_series import worked
from hub.serving.replies import Awaited, awaited
from hub.serving.series_told import Point, RegionSeries, SeriesHeader, SeriesView
from schemas.catalogue import catalogue, counts_as
from schemas.codes import Audience, first_day
from schemas.definition import IndicatorDefinition, Text
from schemas.values import Exact, NotAvailable, Rounded, Suppressed, TypedValue, Withdrawn

MOST_PERIODS: Final = 366
USUAL_PERIODS: Final = 60


class _Encoded(SeriesHeader, frozen=True):
    """A view whose regions are JSON already: so they are kept in memory, where they take least."""

    regions: tuple[msgspec.Raw, ...]
    awaited: tuple[Awaited, ...]


_decoder: Final = msgspec.json.Decoder(SeriesView)


def series_view(
    connection: Connection,
    reader: Audience,
    now: datetime,
    indicator: str,
    region: str | None = None,
    region_set: str | None = None,
    by: Mapping[str, str] | None = None,
    unit: Unit | None = None,
    last: int = USUAL_PERIODS,
    known_on: str | None = None,
) -> SeriesView:
    """Return the series that a reader asked for: at most `last` periods, the newest; older ones are `left_out`.

    Without unit it is the one with most periods. Raises IndicatorUnknown, IndicatorAbsent or CutUnknown.
    """
    return _decoder.decode(
        series_json(connection, reader, now, indicator, region, region_set, by, unit, last, known_on)
    )


def series_json(
    connection: Connection,
    reader: Audience,
    now: datetime,
    indicator: str,
    region: str | None = None,
    region_set: str | None = None,
    by: Mapping[str, str] | None = None,
    unit: Unit | None = None,
    last: int = USUAL_PERIODS,
    known_on: str | None = None,
) -> bytes:
    """Return `series_view` as JSON, from memory where nothing changed: decimals as text, values with their kind."""
    definition, standing = catalogue().get(indicator), chains(connection)
    if definition is None:
        raise IndicatorUnknown
    offer = offered(connection, reader, now, indicator, region_set, known_on)
    chosen, periods = _periods(offer.periods, unit)
    cut = dict(by or {})
    place = (indicator, offer.region_set, tuple(periods[-last:]), region, known_on)

    def work(code: str, name: str, held: Mapping[str, Latest]) -> bytes:
        return msgspec.json.encode(_series(definition, code, name, held, cut))

    regions = worked(connection, reader, place, cut, definition.hash, work, standing)
    if not regions:
        others = regions_with(connection, reader, indicator, offer.region_set, known_on)
        raise IndicatorAbsent(
            Text(
                "Deze regio deelde deze indicator niet; kies een regio die dat deed.",
                f"This region released no {indicator} in this set; choose one that did, or leave it out for all.",
            ),
            others,
        )
    view = _Encoded(
        indicator=definition.id,
        version=definition.version,
        definition_hash=definition.hash,
        title=definition.title,
        unit=definition.unit,
        favourable=definition.favourable,
        kind=definition.kind,
        persons=persons(definition),
        test_assumes=assumed(definition),
        region_set=offer.region_set,
        by=cut,
        period_unit=chosen,
        periods=tuple(periods[-last:]),
        left_out=max(0, len(periods) - last),
        audience=reader,
        as_known_on=known_on or utc_text(now),
        regions=tuple(msgspec.Raw(body) for body in regions),
        awaited=awaited(connection, reader, indicator, None, offer.region_set, known_on, region),
    )
    return msgspec.json.encode(view)


def _periods(found: Sequence[str], unit: Unit | None) -> tuple[Unit, list[str]]:
    """Return the unit and its periods, oldest first; raises IndicatorAbsent where there is none of the unit asked."""
    counted = Counter(unit_of(period) for period in found)
    if unit is not None and unit not in counted:
        said = ", ".join(sorted(counted))
        raise IndicatorAbsent(
            Text(
                f"Cijfers per {unit} zijn er niet; kies uit {said}.",
                f"No figures by {unit} were released; choose one of {said}.",
            ),
            sorted(counted),
        )
    most = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[0][0]
    chosen = most if unit is None else unit
    return chosen, sorted((one for one in found if unit_of(one) == chosen), key=lambda one: str(first_day(one)))


def _series(
    definition: IndicatorDefinition, code: str, name: str, held: Mapping[str, Latest], cut: Mapping[str, str]
) -> RegionSeries:
    division = _division(held.values())
    points = [_point(definition, held[period], period, cut, division) for period in sorted(held, key=_begins)]
    judged = judge(definition, [Moment(one.period, one.value, one.why_not is None) for one in points])
    found, chart = judged.trend, judged.chart
    return RegionSeries(
        region=code,
        name=name,
        points=tuple(_charted(definition, points, judged.chart)),
        trend=_direction(judged),
        why_no_trend=judged.why_not,
        test=None if found is None else found.test,
        statistic=None if found is None else found.statistic,
        p_value=None if found is None else found.p_value,
        departure_p=None if found is None else found.departure_p,
        dispersion=None if found is None else found.dispersion,
        centre=None if chart is None else _scaled(definition, chart.centre),
        is_judged=chart is not None and chart.is_judged,
        cut_low=None if chart is None or chart.cut_low is None else _scaled(definition, chart.cut_low),
        cut_high=None if chart is None or chart.cut_high is None else _scaled(definition, chart.cut_high),
    )


def _direction(judged: Judged) -> Literal["rising", "falling", "no_trend"] | None:
    match judged.trend:
        case Trend(verdict="rising" | "falling" | "no_trend" as verdict):
            return verdict
    return None


def _begins(period: str) -> str:
    return str(first_day(period))


def _division(held: Any) -> int | None:
    """Return the division of municipalities that most of the region's periods are in, the newest among equals."""
    years = Counter(one.payload.division_year for one in held if isinstance(one, AcceptedIndicator))
    return max(years, key=lambda year: (years[year], year)) if years else None


def _point(
    definition: IndicatorDefinition, one: Latest, period: str, cut: Mapping[str, str], division: int | None
) -> Point:
    value: TypedValue = Withdrawn()
    why: Literal["definition", "division_year", "withdrawn", "cell_missing", "partial"] | None = "withdrawn"
    if isinstance(one, AcceptedIndicator):
        (stored,) = stored_of([one])
        cell = cell_of(stored, cut)
        value = NotAvailable() if cell is None else cell
        why = "cell_missing" if cell is None else None
        if not counts_as(definition, one.payload.definition_hash):
            why = "definition"
        elif one.payload.division_year != division:
            why = "division_year"
        elif one.payload.quality is not None and one.payload.quality.is_partial:
            why = "partial"
    estimate, low, high, bounds = _read(definition, value)
    if why == "partial":
        low, high, bounds = None, None, None
    return Point(
        period=period,
        value=value,
        shown=estimate,
        bounds=bounds,
        low=low,
        high=high,
        revision=one.revision,
        accepted_at=one.accepted_at,
        corrected_at=one.corrections[-1].at if one.corrections else None,
        event_id=one.event_id,
        why_not=why,
    )


_Read = tuple[Decimal | None, Decimal | None, Decimal | None, Literal["interval", "range"] | None]


def _read(definition: IndicatorDefinition, value: TypedValue) -> _Read:
    """Return a value in the shown unit, with its interval or range."""
    if isinstance(value, Exact):
        limits = interval(definition, value.numerator, value.denominator)
        low, high = (None, None) if limits is None else (readable(definition, limit) for limit in limits)
        return shown(definition, value.numerator, value.denominator), low, high, "interval" if limits else None
    if isinstance(value, Rounded):
        return Decimal(value.value).quantize(Decimal(value.step)), None, None, None
    if isinstance(value, Suppressed):
        return None, *ends(definition, value), "range"
    return None, None, None, None


def _charted(definition: IndicatorDefinition, points: Sequence[Point], chart: Chart | None) -> list[Point]:
    """Lay the chart's limits and signals on the points that it was made of."""
    if chart is None:
        return list(points)
    left = iter(chart.points)
    laid = []
    for point in points:
        if point.why_not is None and isinstance(point.value, Exact):
            drawn = next(left)
            limits = (_scaled(definition, drawn.low), _scaled(definition, drawn.high))
            told = {"limits": limits, "signals": drawn.signals, "is_after_gap": drawn.is_after_gap}
            laid.append(msgspec.structs.replace(point, **told))
        else:
            laid.append(point)
    return laid


def _scaled(definition: IndicatorDefinition, value: float) -> Decimal:
    """Return a limit, which is per person or day, in the shown unit."""
    found = readable(definition, Decimal(value * float(factor(definition))))
    return Decimal(0) if found is None else found
