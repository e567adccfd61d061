"""The funnel of a comparison: each region at how many it counts, within limits by chance; places only."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from hub.serving.chart_base import size_of
from hub.serving.view import FunnelLimits, IndicatorView, RegionRow
from hub.web.drawing import Axis, Level, Tick

Look = Literal["higher", "lower", "same"]


class FunnelMark(msgspec.Struct, frozen=True):
    """One region: `y` of its value, or `top`..`bottom` of a hidden one; named where it is a signal or the reader's."""

    row: RegionRow
    x: float
    y: float | None
    top: float | None
    bottom: float | None
    look: Look
    is_named: bool
    is_own: bool


class FunnelDrawing(msgspec.Struct, frozen=True):
    """The funnel: bands as SVG points (95% and 99.8%), marks, axes, and where the regions together are."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    levels: tuple[Level, ...]
    ticks: tuple[Tick, ...]
    warning: str
    control: str
    marks: tuple[FunnelMark, ...]
    reference: float | None
    is_narrow: bool


def draw_funnel(view: IndicatorView, is_narrow: bool) -> FunnelDrawing | None:
    """Return the drawing; None where the comparison has no funnel or tells nobody's denominator."""
    limits = {one.region: one for one in view.funnel.regions} if view.funnel else {}
    counted = [(row, size) for row in view.rows if (size := size_of(row)) and (row.region in limits or _is_range(row))]
    inside = [(size, limits[row.region]) for row, size in counted if row.region in limits]
    inside.sort(key=lambda one: one[0])
    if not inside:
        return None
    width, height, left, right, bottom = (320, 300, 44, 312, 258) if is_narrow else (680, 400, 64, 590, 350)
    ends = [end for _, one in inside for end in one.control]
    ends += [end for row, _ in counted for end in (row.shown, row.low if _is_range(row) else None) if end is not None]
    ends += [row.high for row, _ in counted if _is_range(row) and row.high is not None]
    up, levels = _axis(ends, lambda share: round(bottom - share * (bottom - 16), 1))
    along, ticks = _axis(
        [Decimal(0), *(Decimal(size) for _, size in counted)], lambda share: round(left + share * (right - left), 1)
    )
    return FunnelDrawing(
        width, height, left, right, bottom,
        tuple(Level(at, value) for at, value in levels),
        tuple(Tick(at, value) for at, value in ticks[:: 2 if is_narrow else 1]),
        _band(inside, "warning", along, up), _band(inside, "control", along, up),
        tuple(_mark(row, size, limits.get(row.region), view.beside, along, up) for row, size in counted),
        None if view.reference is None else up(view.reference), is_narrow,
    )  # fmt: skip


def _is_range(row: RegionRow) -> bool:
    return row.bounds == "range" and row.low is not None


def _axis(
    ends: Sequence[Decimal], place: Callable[[float], float]
) -> tuple[Callable[[Decimal], float], list[tuple[float, Decimal]]]:
    """Return how a value is placed on an axis of round numbers, and these numbers with their places."""
    axis = Axis.of(ends)

    def at(value: Decimal) -> float:
        return place(axis.share(value))

    return at, [(at(mark), mark) for mark in axis.marks]


def _band(
    inside: Sequence[tuple[int, FunnelLimits]],
    name: Literal["warning", "control"],
    along: Callable[[Decimal], float],
    up: Callable[[Decimal], float],
) -> str:
    """Return a band as the points of a polygon: its upper edge from the smallest region on, its lower edge back."""
    edges = [(along(Decimal(size)), getattr(one, name)) for size, one in inside]
    upper = [f"{x},{up(limits[1])}" for x, limits in edges]
    lower = [f"{x},{up(limits[0])}" for x, limits in reversed(edges)]
    return " ".join(upper + lower)


def _mark(
    row: RegionRow,
    size: int,
    limits: FunnelLimits | None,
    own: str | None,
    along: Callable[[Decimal], float],
    up: Callable[[Decimal], float],
) -> FunnelMark:
    look: Look = "same"
    if limits is not None and limits.place.endswith("998"):
        look = "higher" if limits.place.startswith("above") else "lower"
    is_range, is_own = _is_range(row), row.region == own
    return FunnelMark(
        row=row,
        x=along(Decimal(size)),
        y=None if is_range or row.shown is None else up(row.shown),
        top=up(row.high) if is_range and row.high is not None else None,
        bottom=up(row.low) if is_range and row.low is not None else None,
        look=look,
        is_named=look != "same" or is_own,
        is_own=is_own,
    )
