"""Every verdict that a series can have, over all the figures that its hidden ones can be."""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from .intervals import CONFIDENCE_95, normal_quantile
from .trend import FEWEST_EVENTS, Verdict

_ORDER: Final[tuple[Verdict, ...]] = ("no_trend", "rising", "falling", "too_few_events")


def verdicts(
    kind: Literal["proportion", "rate"], ranges: Sequence[range], bases: Sequence[int], times: Sequence[float]
) -> frozenset[Verdict] | None:
    """Return the verdicts of `trend.of_proportions` or `trend.of_events` for every choice of one number a range.

    Both tests look at the numerators only through sum(x) and sum(t x), so that all choices are worked out at once.
    None where some choice is impossible: a proportion above its whole. At least three moments, bases above 0.
    """
    sums, moments = np.zeros(1), np.zeros(1)
    for one, time in zip(ranges, times, strict=True):
        values = np.arange(one.start, one.stop, dtype=float)
        sums, moments = np.add.outer(sums, values).ravel(), np.add.outer(moments, time * values).ravel()
    whole, of_time = sum(bases), sum(n * t for n, t in zip(bases, times, strict=True))
    if kind == "proportion" and float(sums.max()) > whole:
        return None
    spread = sum(n * t * t for n, t in zip(bases, times, strict=True)) - of_time**2 / whole
    mean = sums / whole
    rest = whole - sums if kind == "proportion" else np.full_like(sums, np.inf)
    variance = mean * (1 - mean) * spread if kind == "proportion" else mean * spread
    few = (sums < FEWEST_EVENTS) | (rest < FEWEST_EVENTS)
    return frozenset(_ORDER[int(code)] for code in np.unique(_codes(moments - mean * of_time, variance, few)))


def _codes(drift: NDArray[np.float64], variance: NDArray[np.float64], few: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the place in `_ORDER` of each choice's verdict."""
    told = (variance > 0) & (drift**2 > variance * normal_quantile(CONFIDENCE_95) ** 2)
    found = np.where(told, np.where(drift > 0, 1, 2), 0)
    return np.where(few, _ORDER.index("too_few_events"), found)
