"""The model of what publications tell together: bounds, equations, and the figures that must keep their room."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from schemas.payloads import IndicatorPublished

WIDTH: Final = 3  # persons: largest minus smallest value that must remain possible, so about four values
SMALL: Final = (1, 9)  # persons; what whoever knows that a blank is small takes for granted
Side = Literal["part", "whole"]
SIDES: Final[tuple[Side, Side]] = ("part", "whole")
Cut = tuple[tuple[str, str], ...]  # dimension and node, sorted; a dimension at its total is left out
Bounds = tuple[float, float]


class Key(NamedTuple):
    """A figure: the numerator (`part`) or the denominator (`whole`) of an area and a cut."""

    side: Side
    area: str
    cut: Cut


@dataclass(frozen=True, slots=True)
class Publication:
    """One event's figures, for one region of one set."""

    event_id: str
    region: str
    region_set: str
    payload: IndicatorPublished = field(repr=False)


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over regions that was, or would be, shown, and of which event of which region it is made."""

    cut: Cut
    numerator: int = field(repr=False)
    denominator: int | None = field(repr=False)
    parts: tuple[tuple[str, str], ...]  # region and event


@dataclass(frozen=True, slots=True)
class Hidden:
    """A figure that a region hid: its own published range (`high` None: no bound), and how wide it must stay.

    A figure of an event that the reader cannot see has the range from 0 without bound.
    """

    variable: int
    region: str
    event_id: str
    key: Key
    low: int = field(repr=False)
    high: int | None = field(repr=False)
    needed: int

    def is_reopened(self, low: float, high: float) -> bool:
        """Tell whether these ends leave less room than was promised; what its region itself left is no measure of ours.

        Also where the figure is known to be small (1 to 9), its range must stay as wide as it was, up to the promise.
        """
        ends = math.ceil(low - _SLACK), math.floor(high + _SLACK) if math.isfinite(high) else math.inf
        own = self.low, math.inf if self.high is None else self.high
        if ends[1] - ends[0] < min(self.needed, own[1] - own[0]):
            return True
        small, own_small = cross(ends, SMALL), cross(own, SMALL)
        return small[1] >= small[0] and small[1] - small[0] < min(WIDTH, own_small[1] - own_small[0])


_SLACK: Final = 1e-6  # of a solver's whole numbers


@dataclass(frozen=True, slots=True)
class Row:
    """An equation: coefficients per variable, and their sum.

    One that is `presumed` may turn out not to hold; one that `was_shown` is a total.
    """

    coefficients: Mapping[int, int] = field(repr=False)
    right: float = field(repr=False)
    presumed: bool = False
    was_shown: bool = False


@dataclass(slots=True)
class Joint:
    """Bounds per variable, equations, hidden figures, and per variable the events that speak of it.

    `names` says, for each group of publications that do not contradict each other, which figure is which variable.
    """

    low: list[float] = field(default_factory=list, repr=False)
    high: list[float] = field(default_factory=list, repr=False)
    told_by: list[set[str]] = field(default_factory=list, repr=False)
    rows: list[Row] = field(default_factory=list, repr=False)
    hidden: list[Hidden] = field(default_factory=list, repr=False)
    names: list[Mapping[Key, int]] = field(default_factory=list, repr=False)

    def variable(self, low: float = 0, high: float = math.inf, told_by: Iterable[str] = ()) -> int:
        """Add a figure and return its number."""
        self.low.append(low)
        self.high.append(high)
        self.told_by.append(set(told_by))
        return len(self.low) - 1

    def is_fixed(self, number: int) -> bool:
        """Tell whether a figure is known."""
        return self.low[number] == self.high[number]


def cross(one: Bounds, other: Bounds) -> Bounds:
    """Return what both bounds allow; the first end is above the second where that is nothing."""
    return max(one[0], other[0]), min(one[1], other[1])


def meet(one: Bounds, other: Bounds) -> bool:
    """Tell whether anything lies within both bounds."""
    low, high = cross(one, other)
    return low <= high
