"""Drawings of an indicator over time: every region's line, and one region's control chart; places only."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from hub.serving.series_told import Point, RegionSeries, SeriesView
from hub.web.drawing import Axis, Level
from schemas.codes import first_day

WIDTH, HEIGHT = 680, 320
MOST_LINES = 40  # more cannot be told apart; then only the reader's own region and its peers are drawn
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 570, 14, 282
_ALONE = 6.0  # half the width of a limit beside a point that stands alone
_OTHER = ("definition", "division_year")  # a figure of something else than the others'


class Line(msgspec.Struct, frozen=True):
    """One region: stretches between neighbours that are shown, as SVG points; dots where one stands alone."""

    name: str
    stretches: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    end: float | None
    is_own: bool


class Hidden(msgspec.Struct, frozen=True):
    """A hidden figure of the region that is drawn out: it lies somewhere between `top` and `bottom`."""

    x: float
    top: float
    bottom: float


class Spot(msgspec.Struct, frozen=True):
    """One point of a control chart, with its own limits; a square where it breaks a rule."""

    x: float
    y: float
    low: float
    high: float
    is_signal: bool


class SeriesDrawing(msgspec.Struct, frozen=True):
    """The drawing over time; `spots`, `centre` and `limits` (stretches as SVG points) belong to a control chart."""

    width: int
    height: int
    left: int
    right: int
    levels: tuple[Level, ...]
    labels: tuple[tuple[float, str], ...]
    lines: tuple[Line, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    spots: tuple[Spot, ...] = ()
    centre: float | None = None
    limits: tuple[str, ...] = ()


def draw_lines(view: SeriesView, own: str | None) -> SeriesDrawing | None:
    """Return every region's line, the reader's own last and on top; None without two periods or any figure."""
    regions = (
        view.regions if len(view.regions) <= MOST_LINES else tuple(one for one in view.regions if one.region == own)
    )
    along = _along(view.periods)
    mine = next((one for one in regions if one.region == own), None)
    values = [point.shown for one in regions for point in one.points if _takes_part(point) and point.shown is not None]
    values += [end for point in (mine.points if mine else ()) if point.bounds == "range"
               for end in (point.low, point.high) if end is not None]  # fmt: skip
    if len(view.periods) < 2 or not values:
        return None
    up, levels = _axis(values)
    ordered = sorted(regions, key=lambda one: one.region == own)
    top = levels[-1].y
    hidden = tuple(
        Hidden(along[point.period], top if point.high is None else up(point.high), up(point.low))
        for point in (mine.points if mine else ())
        if point.bounds == "range" and point.low is not None
    )
    lines = tuple(_line(one, along, up, one.region == own) for one in ordered)
    return SeriesDrawing(WIDTH, HEIGHT, _LEFT, _RIGHT, levels, _labels(view.periods, along), lines, hidden)


def draw_control(view: SeriesView, region: RegionSeries) -> SeriesDrawing | None:
    """Return one region's control chart, broken off where a period is not on it; None where it has none."""
    charted = [
        (point, point.shown, point.limits)
        for point in region.points
        if point.limits is not None and point.shown is not None
    ]
    if not charted or region.centre is None:
        return None
    ends = [end for _, shown, limits in charted for end in (*limits, shown)]
    up, levels = _axis([*ends, region.centre])
    along = _along(view.periods)
    runs: list[list[Spot]] = [[]]
    for point, shown, (low, high) in charted:
        if point.is_after_gap:
            runs.append([])
        runs[-1].append(Spot(along[point.period], up(shown), up(low), up(high), bool(point.signals)))
    line = Line(region.name, tuple(_joined((one.x, one.y) for one in run) for run in runs), (), None, is_own=True)
    edges = [side for run in runs for side in _edges(run)]
    spots = tuple(spot for run in runs for spot in run)
    labels = _labels(view.periods, along)
    return SeriesDrawing(
        WIDTH, HEIGHT, _LEFT, _RIGHT, levels, labels, (line,), (), spots, up(region.centre), tuple(edges)
    )  # fmt: skip


def _edges(run: Sequence[Spot]) -> tuple[str, str]:
    """Return both limits of a stretch; of a point that stands alone short marks beside it, which can be seen."""
    sides = (0.0,) if len(run) > 1 else (-_ALONE, _ALONE)
    low = _joined((round(one.x + side, 1), one.low) for one in run for side in sides)
    return low, _joined((round(one.x + side, 1), one.high) for one in run for side in sides)


def _joined(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


def _takes_part(point: Point) -> bool:
    return point.why_not not in _OTHER


def _along(periods: Sequence[str]) -> dict[str, float]:
    """Return where each period stands: as time passed, so that one without figures takes its room."""
    days = {period: first_day(period) or date.min for period in periods}
    first, length = min(days.values()), max(1, (max(days.values()) - min(days.values())).days)
    room = _RIGHT - _LEFT - 48
    return {period: round(_LEFT + 24 + (day - first).days / length * room, 1) for period, day in days.items()}


def _labels(periods: Sequence[str], along: dict[str, float]) -> tuple[tuple[float, str], ...]:
    """Return the periods that are named below the drawing: all of a few, else the first, middle and last."""
    if len(periods) > 8:
        periods = [periods[0], periods[len(periods) // 2], periods[-1]]
    return tuple((along[period], period) for period in periods)


def _line(one: RegionSeries, along: dict[str, float], up: Callable[[Decimal], float], is_own: bool) -> Line:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in one.points:
        if point.shown is None or not _takes_part(point):
            runs.append([])
        else:
            runs[-1].append((along[point.period], up(point.shown)))
    end = next((run[-1][1] for run in reversed(runs) if run), None)
    return Line(
        one.name,
        tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1),
        tuple(place for run in runs if is_own or len(run) == 1 for place in run),
        end,
        is_own,
    )


def _axis(values: Sequence[Decimal]) -> tuple[Callable[[Decimal], float], tuple[Level, ...]]:
    axis = Axis.of(values)

    def up(value: Decimal) -> float:
        return round(_BOTTOM - axis.share(value) * (_BOTTOM - _TOP), 1)

    return up, tuple(Level(up(mark), mark) for mark in axis.marks)
