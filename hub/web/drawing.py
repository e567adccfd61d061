"""The two drawings of a comparison, and that of an estimate: places and classes only; templates turn them into SVG."""

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal, NamedTuple

import msgspec

from hub.serving.view import IndicatorView, RegionRow
from hub.web.outlines import Outline, Outlines

CLASSES = 5
TICKS = 5
ROUND_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


class MapShape(msgspec.Struct, frozen=True):
    """One region on the map; `look` is s1..s5, hidden, withdrawn or none."""

    outline: Outline
    look: str
    row: RegionRow | None
    is_own: bool = False  # the region that the reader put beside the others


class MapClass(msgspec.Struct, frozen=True):
    """One step of the key: values from `low` up to `high`."""

    look: str
    low: Decimal
    high: Decimal


class Map(msgspec.Struct, frozen=True):
    """A map in a frame of `width` x `height` units with its key."""

    width: int
    height: int
    shapes: tuple[MapShape, ...]
    classes: tuple[MapClass, ...]
    hidden: bool
    withdrawn: bool
    absent: bool


class Bar(msgspec.Struct, frozen=True):
    """One region's line: interval or hatched range from `left` to `right`, the estimate at `mark`."""

    row: RegionRow
    y: float
    left: float
    right: float
    mark: float | None
    look: Literal["higher", "lower", "same", "hidden"]
    open_ended: bool
    is_own: bool = False


class Tick(msgspec.Struct, frozen=True):
    """A round number on the axis."""

    x: float
    value: Decimal


class Level(msgspec.Struct, frozen=True):
    """A round number on an upright axis, or a goal."""

    y: float
    value: Decimal


class Axis(NamedTuple):
    """An axis of round numbers that holds all values, from `first` to `last`."""

    first: Decimal
    last: Decimal
    step: Decimal

    @classmethod
    def of(cls, values: Iterable[Decimal]) -> "Axis":
        """Return the axis of some values."""
        ends = list(values)
        low, high = min(ends), max(ends)
        step = step_of(low, high, TICKS)
        first = (low / step).to_integral_value(ROUND_FLOOR) * step
        return cls(first, max((high / step).to_integral_value(ROUND_CEILING) * step, first + step), step)

    def share(self, value: Decimal) -> float:
        """Return where a value stands, 0 at the axis' beginning and 1 at its end."""
        return float((value - self.first) / (self.last - self.first))

    @property
    def marks(self) -> list[Decimal]:
        """The round numbers on it."""
        count = int((self.last - self.first) / self.step) + 1
        return [aligned(self.first + self.step * number, self.step) for number in range(count)]


class Plot(msgspec.Struct, frozen=True):
    """Intervals by region name, hidden ranges under a gap; `names_above` for narrow screens."""

    width: int
    height: int
    start: int
    end: int
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    reference: float | None
    names_above: bool


class Effect(msgspec.Struct, frozen=True):
    """An estimate with its interval from `left` to `right`, beside `zero`: where nothing would have changed."""

    width: int
    height: int
    ticks: tuple[Tick, ...]
    left: float
    right: float
    mark: float
    zero: float
    look: Literal["higher", "lower", "same"]
    is_narrow: bool


def draw_map(view: IndicatorView, outlines: Outlines) -> Map | None:
    """Return the map where all regions of the view are on it, else None."""
    rows = {row.region: row for row in view.rows}
    if not rows or not rows.keys() <= outlines.regions.keys():
        return None
    classes = classes_of([row.shown for row in view.rows if row.shown is not None])
    shapes = []
    for code, outline in outlines.regions.items():
        row = rows.get(code)
        shapes.append(MapShape(outline, _look(row, classes), row, is_own=code == view.beside))
    shapes.sort(
        key=lambda shape: (shape.is_own, shape.look in ("hidden", "withdrawn", "none"))
    )  # on top, so that neighbours do not cover their edge
    looks = {shape.look for shape in shapes}
    return Map(
        outlines.width,
        outlines.height,
        tuple(shapes),
        classes,
        *(look in looks for look in ("hidden", "withdrawn", "none")),
    )


def classes_of(values: Sequence[Decimal]) -> tuple[MapClass, ...]:
    """Return at most five equal classes on round numbers that hold all values."""
    if not values:
        return ()
    low, high = min(values), max(values)
    step = step_of(low, high, CLASSES)
    start = (low / step).to_integral_value(ROUND_FLOOR) * step
    found = []
    for i in range(CLASSES):
        found.append(MapClass(f"s{i + 1}", aligned(start + step * i, step), aligned(start + step * (i + 1), step)))
        if start + step * (i + 1) > high:
            break
    return tuple(found)


def step_of(low: Decimal, high: Decimal, count: int) -> Decimal:
    """Return the least round step of which so many hold all values."""
    if low == high:
        return Decimal(1).scaleb(high.adjusted() if high else 0)
    size = Decimal(1).scaleb(((high - low) / count).adjusted() - 1)
    while True:
        for step in ROUND_STEPS:
            start = (low / (step * size)).to_integral_value(ROUND_FLOOR) * step * size
            if start + step * size * count > high:
                return step * size
        size *= 10


def aligned(value: Decimal, step: Decimal) -> Decimal:
    """Return the value with as many decimals as the step has, so that a key or an axis reads evenly."""
    exponent = step.normalize().as_tuple().exponent
    return value.quantize(Decimal(1).scaleb(min(0, exponent if isinstance(exponent, int) else 0)))


def _look(row: RegionRow | None, classes: Sequence[MapClass]) -> str:
    if row is not None and row.bounds == "range":
        return "hidden"
    if row is not None and row.why_not == "withdrawn":
        return "withdrawn"
    if row is None or row.shown is None:
        return "none"
    return next(step.look for step in classes if step.low <= row.shown < step.high)


def draw_plot(view: IndicatorView, names_above: bool) -> Plot | None:
    """Return the drawing of intervals and hidden ranges, None where no region has an interval."""
    if not view.with_interval:
        return None
    rows = [*view.with_interval, *(row for row in view.hidden if row.low is not None)]
    ends = [value for row in rows for value in (row.low, row.high, row.shown) if value is not None]
    ends += [] if view.reference is None else [view.reference]
    axis = Axis.of(ends)
    start, end, width, pitch = (4, 316, 320, 42) if names_above else (210, 560, 680, 24)

    def place(value: Decimal) -> float:
        return round(start + axis.share(value) * (end - start), 1)

    bars: list[Bar] = []
    y = 48.0 if names_above else 36.0
    for row in rows:
        y += 18 if row.bounds == "range" and bars and bars[-1].look != "hidden" else 0
        bar = _bar(row, y, place(row.low or axis.first), place(axis.last if row.high is None else row.high), place)
        bars.append(msgspec.structs.replace(bar, is_own=row.region == view.beside))
        y += pitch
    ticks = tuple(Tick(place(mark), mark) for mark in axis.marks)
    reference = None if view.reference is None else place(view.reference)
    return Plot(width, round(y - pitch + 34), start, end, ticks, tuple(bars), reference, names_above)


def draw_effect(value: Decimal, low: Decimal, high: Decimal, is_clear: bool, is_narrow: bool) -> Effect:
    """Return the drawing of an estimate within its interval; 0 is always on the axis."""
    axis = Axis.of([low, high, Decimal(0)])
    start, end, width = (32, 288, 320) if is_narrow else (32, 648, 680)

    def place(one: Decimal) -> float:
        return round(start + axis.share(one) * (end - start), 1)

    ticks = tuple(Tick(place(mark), mark) for mark in axis.marks)
    look: Literal["higher", "lower", "same"] = "same"
    if is_clear:
        look = "higher" if value > 0 else "lower"
    return Effect(width, 80, ticks, place(low), place(high), place(value), place(Decimal(0)), look, is_narrow)


def _bar(row: RegionRow, y: float, left: float, right: float, place: Callable[[Decimal], float]) -> Bar:
    hidden = row.bounds == "range"
    look: Literal["higher", "lower", "same"] = "same"
    if row.standing in ("higher", "lower"):
        look = row.standing
    return Bar(
        row=row,
        y=y,
        left=left,
        right=right,
        mark=None if hidden or row.shown is None else place(row.shown),
        look="hidden" if hidden else look,
        open_ended=hidden and row.high is None,
    )
