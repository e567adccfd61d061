"""What is told of one indicator over time: each region's series of typed values with its verdict and chart."""

from decimal import Decimal
from typing import Literal

import msgspec

from hub.comparison.series import Unit
from hub.serving.replies import Awaited
from schemas.codes import Audience
from schemas.definition import Text
from schemas.values import TypedValue


class Point(msgspec.Struct, frozen=True):
    """One period of one region, in the indicator's unit; `why_not` says in code why it takes no part in the trend.

    `low`..`high` is an interval or a hidden value's range, as in a comparison; `limits` are the control chart's, None
    where it is on none; `signals` the rules that it breaks.
    """

    period: str
    value: TypedValue
    shown: Decimal | None
    bounds: Literal["interval", "range"] | None
    low: Decimal | None
    high: Decimal | None
    revision: int
    accepted_at: str
    corrected_at: str | None
    event_id: str
    why_not: Literal["definition", "division_year", "withdrawn", "cell_missing", "partial"] | None = None
    limits: tuple[Decimal, Decimal] | None = None
    signals: tuple[str, ...] = ()


class RegionSeries(msgspec.Struct, frozen=True):
    """One region: its points in order of time, the verdict or why there is none, and the middle of its control chart.

    `is_judged` False: too few points for signals, the chart is drawn only.
    """

    region: str
    name: str
    points: tuple[Point, ...]
    trend: Literal["rising", "falling", "no_trend"] | None
    why_no_trend: str | None
    test: str | None
    statistic: float | None
    p_value: float | None
    centre: Decimal | None
    is_judged: bool


class SeriesHeader(msgspec.Struct, frozen=True):
    """What a series is of, beside its regions."""

    indicator: str
    version: int
    definition_hash: str
    title: Text
    unit: Text
    favourable: Literal["higher", "lower", "neither"]
    kind: str
    region_set: str
    by: dict[str, str]
    period_unit: Unit
    periods: tuple[str, ...]
    left_out: int
    audience: Audience
    as_known_on: str


class SeriesView(SeriesHeader, frozen=True):
    """One indicator over the newest periods of one unit, for the regions of one set, by name."""

    regions: tuple[RegionSeries, ...]
    awaited: tuple[Awaited, ...] = ()  # figures, of any period, that readers outside the network do not see yet
