"""A drawing of figures along a line: over time, or along a gradient; places only, the template turns them into SVG."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from hub.web.drawing import Axis, Level

WIDTH, HEIGHT = 680, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 590, 14, 262


class Spot(NamedTuple):
    """One figure at `along`, 0 to 1: `value` None where it is hidden, `high` None where it has no upper end."""

    along: float
    label: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    is_hidden: bool = False
    beside: Decimal | None = None  # the regions together, at the same place


class Mark(msgspec.Struct, frozen=True):
    """One figure on the drawing: y grows downwards; `beside` is where the regions together are."""

    x: float
    y: float | None
    top: float | None
    bottom: float | None
    label: str
    is_hidden: bool
    beside: float | None


class Curve(msgspec.Struct, frozen=True):
    """The drawing: marks in order, round levels, the goal where there is one, and the line through what is shown."""

    width: int
    height: int
    left: int
    right: int
    levels: tuple[Level, ...]
    marks: tuple[Mark, ...]
    goal: Level | None
    is_joined: bool

    @property
    def is_cut(self) -> bool:
        """Tell whether the axis begins elsewhere than at zero."""
        return not any(level.value == 0 for level in self.levels)

    @property
    def stretches(self) -> tuple[str, ...]:
        """Lines between neighbours that are both shown, as SVG points."""
        found: list[list[str]] = [[]]
        for mark in self.marks:
            if mark.y is None:
                found.append([])
            else:
                found[-1].append(f"{mark.x},{mark.y}")
        return tuple(" ".join(one) for one in found if len(one) > 1)


def draw_curve(spots: Sequence[Spot], goal: Decimal | None = None, *, is_joined: bool) -> Curve | None:
    """Return the drawing; None where nothing at all is to be seen."""
    seen = [end for one in spots for end in (one.value, one.low, one.high, one.beside) if end is not None]
    if not seen:
        return None
    seen += [] if goal is None else [goal]
    axis = Axis.of(seen)

    def height(value: Decimal) -> float:
        return round(_BOTTOM - axis.share(value) * (_BOTTOM - _TOP), 1)

    def mark(one: Spot) -> Mark:
        is_ranged = one.low is not None
        return Mark(
            x=round(_LEFT + 24 + one.along * (_RIGHT - _LEFT - 48), 1),
            y=None if one.value is None else height(one.value),
            top=height(axis.last if one.high is None else one.high) if is_ranged else None,
            bottom=None if one.low is None else height(one.low),
            label=one.label,
            is_hidden=one.is_hidden,
            beside=None if one.beside is None else height(one.beside),
        )

    levels = tuple(Level(height(mark), mark) for mark in axis.marks)
    at = None if goal is None else Level(height(goal), goal)
    return Curve(WIDTH, HEIGHT, _LEFT, _RIGHT, levels, tuple(mark(one) for one in spots), at, is_joined)
