"""What is told of one indicator over time: each region's series of typed values with its verdict and chart."""

from decimal import Decimal
from typing import Literal

import msgspec

from hub.comparison.assumed import Persons
from hub.comparison.series import Unit
from hub.serving.replies import Awaited
from schemas.codes import Audience
from schemas.definition import Text
from schemas.values import TypedValue


class Point(msgspec.Struct, frozen=True):
    """One period of one region, in the indicator's unit; `why_not` says in code why it takes no part in the trend.

    `low`..`high` is an interval or a hidden value's range, as in a comparison; `limits` are the control chart's, None
    where it is on none; `signals` the rules that it breaks. `is_after_gap`: the period before it is not on the chart,
    so that no run of points and no difference reaches back over it.
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
    is_after_gap: bool = False


class RegionSeries(msgspec.Struct, frozen=True):
    """One region: its points in order of time, the verdict or why there is none, and the middle of its control chart.

    `statistic` is z, Kendall's tau, or Student's t where periods lie further from a straight line than by chance:
    `departure_p` below 5%; `dispersion` is then by how much more (1: as by chance). None with hidden figures, and of
    tau. `is_judged` False: too few points for signals, the chart is drawn only. `cut_low`, `cut_high`: where a control
    limit was cut off, since the figure cannot be less, or more.
    """

    region: str
    name: str
    points: tuple[Point, ...]
    trend: Literal["rising", "falling", "no_trend"] | None
    why_no_trend: str | None
    test: str | None
    statistic: float | None
    p_value: float | None
    departure_p: float | None
    dispersion: float | None
    centre: Decimal | None
    is_judged: bool
    cut_low: Decimal | None = None
    cut_high: Decimal | None = None


class SeriesHeader(msgspec.Struct, frozen=True):
    """What a series is of, beside its regions.

    `persons` says whether its periods count the same persons, and `test_assumes` in words what the test for trend
    takes for granted of them; None where that is so.
    """

    indicator: str
    version: int
    definition_hash: str
    title: Text
    unit: Text
    favourable: Literal["higher", "lower", "neither"]
    kind: str
    persons: Persons
    test_assumes: Text | None
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
