"""Every verdict that a series can have, over all the figures that its hidden ones can be."""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from .intervals import CONFIDENCE_95, normal_quantile, student_quantile
from .trend import FEWEST_EVENTS, Verdict

_Floats = NDArray[np.float64]
_ORDER: Final[tuple[Verdict, ...]] = ("no_trend", "rising", "falling", "too_few_events")


def verdicts(
    kind: Literal["proportion", "rate"], ranges: Sequence[range], bases: Sequence[int], times: Sequence[float]
) -> frozenset[Verdict] | None:
    """Return the verdicts of `trend.of_proportions` or `trend.of_events` for every choice of one number a range.

    Both tests look at the numerators only through sum(x), sum(t x) and sum(x^2 / n), so that all choices are worked out
    at once. None where some choice is impossible: a proportion above its whole. At least three moments, bases above 0.
    """
    sums, moments, squares = np.zeros(1), np.zeros(1), np.zeros(1)
    for one, base, time in zip(ranges, bases, times, strict=True):
        values = np.arange(one.start, one.stop, dtype=float)
        sums, moments = np.add.outer(sums, values).ravel(), np.add.outer(moments, time * values).ravel()
        squares = np.add.outer(squares, values**2 / base).ravel()
    whole, of_time = sum(bases), sum(n * t for n, t in zip(bases, times, strict=True))
    if kind == "proportion" and float(sums.max()) > whole:
        return None
    spread = sum(n * t * t for n, t in zip(bases, times, strict=True)) - of_time**2 / whole
    mean = sums / whole
    rest = whole - sums if kind == "proportion" else np.full_like(sums, np.inf)
    chance = mean * (1 - mean) if kind == "proportion" else mean
    few = (sums < FEWEST_EVENTS) | (rest < FEWEST_EVENTS) | (chance <= 0)
    chance = np.where(few, 1.0, chance)
    drift, together = moments - mean * of_time, (squares - sums * mean) / chance
    needed = _needed(drift**2 / (chance * spread), together, len(times) - 2)
    return frozenset(_ORDER[int(code)] for code in np.unique(_codes(drift, chance * spread * needed, few)))


def _needed(z_squared: _Floats, together: _Floats, freedom: int) -> _Floats:
    """Return how large z^2 has to be for a verdict: more where periods depart from a straight line beyond chance."""
    departure = np.maximum(together - z_squared, 0.0)
    scaled = departure / freedom * student_quantile(CONFIDENCE_95, freedom) ** 2
    is_beyond = departure > 2 * float(gammaincinv(freedom / 2, CONFIDENCE_95))  # the quantile of chi-squared
    return np.where(is_beyond, scaled, normal_quantile(CONFIDENCE_95) ** 2)


def _codes(drift: _Floats, needed: _Floats, few: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the place in `_ORDER` of each choice's verdict; `needed` is what drift^2 has to be beyond."""
    told = drift**2 > needed
    found = np.where(told, np.where(drift > 0, 1, 2), 0)
    return np.where(few, _ORDER.index("too_few_events"), found)
