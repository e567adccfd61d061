"""Confidence intervals for proportions and for rates of events (docs/statistics.md)."""

from functools import cache
from math import sqrt
from typing import Final, NamedTuple

from scipy.special import gammainccinv, gammaincinv, ndtri, stdtrit

CONFIDENCE_95: Final = 0.95
CONFIDENCE_998: Final = 0.998  # three standard deviations, the control limit of funnel plots (Spiegelhalter 2005)
FEWEST_FOR_BYAR: Final = 10  # events; below it Byar's approximation gives way to exact limits (PHE, APHO 2008)


class CountsImpossible(ValueError):
    """A numerator below 0 or above the whole it is part of, or a denominator that is not above 0."""


class Interval(NamedTuple):
    """The limits of a confidence interval, on the scale of what was asked: a proportion or a number of events."""

    low: float
    high: float


def wilson(numerator: int, denominator: int, confidence: float = CONFIDENCE_95) -> Interval:
    """Return Wilson's score interval for the proportion numerator / denominator, without continuity correction.

    With p = x/n and z the normal quantile: (p + z^2/2n +/- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
    Wilson (1927), JASA 22:209-212; Newcombe (1998), Statistics in Medicine 17:857-872, method 3.
    Raises CountsImpossible.
    """
    if denominator <= 0 or not 0 <= numerator <= denominator:
        raise CountsImpossible("A proportion needs a whole above 0 and a part of at most that; check both counts.")
    return score(numerator / denominator, denominator, confidence)


def score(share: float, size: float, confidence: float = CONFIDENCE_95) -> Interval:
    """Return Wilson's limits of a share that is as sure as one counted of `size` persons, which need not be whole.

    Both ends lie within 0-1, and at an end exactly where the share does. The share has to lie within 0-1, the size
    above 0.
    """
    z = normal_quantile(confidence)
    middle, whole = share + z * z / (2 * size), 1 + z * z / size
    spread = z * sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    low = 0.0 if share == 0 else max(0.0, (middle - spread) / whole)
    return Interval(low, 1.0 if share == 1 else min(1.0, (middle + spread) / whole))


def exact_poisson(events: int, confidence: float = CONFIDENCE_95) -> Interval:
    """Return the exact interval for the expected number of events, from the chi-squared distribution.

    Low: chi2(a/2; 2x) / 2, and 0 at x = 0; high: chi2(1 - a/2; 2x + 2) / 2. Garwood (1936), Biometrika 28:437-442.
    (chi2(a; 2k) / 2 is the quantile of the gamma distribution of shape k.)
    Raises CountsImpossible.
    """
    _require_count(events)
    tail = (1 - confidence) / 2
    low = 0.0 if events == 0 else float(gammaincinv(events, tail))
    return Interval(low, float(gammainccinv(events + 1, tail)))


def byar(events: int, confidence: float = CONFIDENCE_95) -> Interval:
    """Return Byar's approximate interval for the expected number of events.

    Low: x (1 - 1/9x - z/(3 sqrt x))^3; high: the same with x + 1 for x and + z. Breslow and Day (1987), Statistical
    Methods in Cancer Research II, IARC 82, p. 69. Raises CountsImpossible, also at 0 events, where it has no low end.
    """
    _require_count(events - 1)
    z, more = normal_quantile(confidence), events + 1
    low = events * (1 - 1 / (9 * events) - z / (3 * sqrt(events))) ** 3
    return Interval(low, more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3)


def poisson(events: int, confidence: float = CONFIDENCE_95) -> Interval:
    """Return the interval for the expected number of events: exact below 10 events, Byar's from there on.

    Divide both ends by the person-time to get a rate. Raises CountsImpossible.
    """
    return exact_poisson(events, confidence) if events < FEWEST_FOR_BYAR else byar(events, confidence)


@cache
def normal_quantile(confidence: float) -> float:
    """Return z: a standard normal value lies within -z..z with this probability."""
    return -float(ndtri((1 - confidence) / 2))


def student_quantile(confidence: float, freedom: float) -> float:
    """Return t: a value of Student's distribution with these degrees of freedom lies within -t..t so often."""
    return -float(stdtrit(freedom, (1 - confidence) / 2))


def _require_count(events: int) -> None:
    if events < 0:
        raise CountsImpossible("A number of events must be a whole number that the method allows; check the count.")
