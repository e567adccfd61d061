"""Figures of one indicator by area and period, laid out for evaluation, and where each period lies beside a start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np

from node.indicators.figures import ComputedIndicator
from node.indicators.period import Period, read_period
from node.release.wording import factor
from schemas.definition import IndicatorDefinition

from .panel_regression import Floats
from .refusal import EvaluationRefused

Side = Literal["before", "across", "after", "ended"]

MOST_PERIODS: Final = 240
_MONTHS: Final = {4: 12, 7: 1}  # by the length of the name: 2024, 2024-03; that of a quarter has a Q


class PeriodsWrong(EvaluationRefused):
    """A first and a last period that make no series."""


class NoDenominator(EvaluationRefused):
    """An indicator that is a bare count, which says more of an area's size than of the intervention."""


@dataclass(frozen=True, slots=True)
class FiguresOverTime:
    """One indicator in the unit that readers see; arrays of (areas, periods), NaN over a denominator of 0.

    `numerator` and `denominator` are the whole numbers behind `values`, so that areas can be taken together.
    """

    definition: IndicatorDefinition
    areas: tuple[str, ...]
    periods: tuple[str, ...]
    numerator: Floats
    denominator: Floats

    @property
    def values(self) -> Floats:
        """Return each area's figures."""
        return _divided(self.numerator, self.denominator, self.definition)

    def together(self, areas: Sequence[str]) -> Floats:
        """Return the figures of these areas taken together, (periods,)."""
        rows = [self.areas.index(area) for area in areas]
        return _divided(self.numerator[rows].sum(axis=0), self.denominator[rows].sum(axis=0), self.definition)


def figures_over_time(computed: Sequence[ComputedIndicator]) -> FiguresOverTime:
    """Lay one indicator's periods beside each other, everything but areas summed. Raises NoDenominator."""
    definition = computed[0].definition
    areas = next((axis.leaves for axis in computed[0].axes if axis.name == "area"), ("",))
    numerators, denominators = [], []
    for one in computed:
        if one.denominator is None:
            raise NoDenominator(
                f"{definition.id} is a count without a denominator, so that areas of different size cannot be "
                "compared; choose an outcome that is a share, a rate, a mean or a cost per person."
            )
        others = tuple(place for place, axis in enumerate(one.axes) if axis.name != "area")
        numerators.append(np.atleast_1d(one.numerator.sum(axis=others)))
        denominators.append(np.atleast_1d(one.denominator.sum(axis=others)))
    laid = [np.stack(found, axis=1).astype(np.float64) for found in (numerators, denominators)]
    return FiguresOverTime(definition, areas, tuple(one.period for one in computed), *laid)


def periods_between(first: str, last: str) -> tuple[str, ...]:
    """Return every period from the first to the last: two years, quarters or months. Raises PeriodsWrong."""
    if _length(first) != _length(last) or first > last:
        raise PeriodsWrong(
            f"Periods {first} and {last} make no series; write two years, quarters or months, the earlier first."
        )
    found = [first]
    while found[-1] != last:
        found.append(_name(read_period(found[-1]).end, _length(first)))
        if len(found) > MOST_PERIODS:
            raise PeriodsWrong(f"{first} to {last} are more than {MOST_PERIODS} periods; choose longer or fewer ones.")
    return tuple(found)


def per_year(period: str) -> int:
    """Return how many periods of this length a year has."""
    return 12 // _length(period)


def side(period: Period, start: date, end: date | None) -> Side:
    """Return where a period lies: before the start, across it, after it, or no more wholly within the intervention."""
    if period.end <= start:
        return "before"
    if end is not None and period.end > end:
        return "ended"
    return "across" if period.start < start else "after"


def _length(period: str) -> int:
    """Return the months of a period; raises PeriodUnknown."""
    read_period(period)
    return 3 if "Q" in period else _MONTHS[len(period)]


def _name(start: date, months: int) -> str:
    if months == 12:
        return f"{start.year:04d}"
    return f"{start.year:04d}-Q{(start.month + 2) // 3}" if months == 3 else f"{start.year:04d}-{start.month:02d}"


def _divided(numerator: Floats, denominator: Floats, definition: IndicatorDefinition) -> Floats:
    by = float(factor(definition))
    there = denominator > 0
    return np.where(there, numerator / np.where(there, denominator, 1.0) * by, np.nan)
