"""Trend verdicts: whether a series of one region rises or falls, by its counts or else by its values alone."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain, combinations
from math import erfc, sqrt
from typing import Final, Literal, NamedTuple

from scipy.special import gammaincc, stdtr

Verdict = Literal["rising", "falling", "no_trend", "too_short", "too_few_events"]
FEWEST_PERIODS: Final = 5  # with fewer no order of values is rare enough for Mann-Kendall at 5% (exact, two-sided)
FEWEST_COUNTED: Final = 3  # periods of counts: two points always lie on a line
FEWEST_EVENTS: Final = 10  # in all periods together; with fewer the normal distribution of z is too far off
MOST_EXACT: Final = 33  # values; of more the normal distribution is close enough, with or without ties
_LEVEL: Final = 0.05


class TrendImpossible(ValueError):
    """A series whose parts differ in number, or with nobody to divide by."""


class Trend(NamedTuple):
    """A verdict at 5%, two-sided, with its test's statistic and p-value; None where too short.

    The statistic is z, Kendall's tau, or Student's t where the periods lie further from a straight line than by chance:
    `departure_p` below 5%, and `dispersion`, 1 otherwise, is by how much the variance is larger. Of tau both are None.
    """

    verdict: Verdict
    statistic: float | None
    p_value: float | None
    test: Literal["chi_squared_for_trend", "poisson_trend", "mann_kendall"]
    departure_p: float | None = None
    dispersion: float | None = None


def of_proportions(numerators: Sequence[int], denominators: Sequence[int], times: Sequence[float]) -> Trend:
    """Return the Cochran-Armitage verdict: chi-squared for linear trend, with one degree of freedom, signed as z.

    z = sum(t (x - n p)) / sqrt(p (1 - p) (sum(n t^2) - (sum(n t))^2 / N)). Armitage (1955), Biometrics 11:375-386.
    What chi-squared of all periods together, sum((x - n p)^2 / n) / (p (1 - p)), has beyond z^2 is their departure from
    a straight line, with two degrees of freedom fewer than periods (the same paper); see `_verdict`.
    Raises TrendImpossible.
    """
    base, mean = _pooled(numerators, denominators, times)
    if mean > 1:
        raise TrendImpossible("A proportion needs a part of at most its whole; check the counts.")
    if len(times) < FEWEST_COUNTED:
        return Trend("too_short", None, None, "chi_squared_for_trend")
    if not FEWEST_EVENTS <= sum(numerators) <= base - FEWEST_EVENTS:
        return Trend("too_few_events", None, None, "chi_squared_for_trend")
    drift = sum(t * (x - n * mean) for x, n, t in zip(numerators, denominators, times, strict=True))
    spread = sum(n * t * t for n, t in zip(denominators, times, strict=True))
    spread -= sum(n * t for n, t in zip(denominators, times, strict=True)) ** 2 / base
    variance, chance = mean * (1 - mean) * spread, mean * (1 - mean)
    z = 0.0 if variance <= 0 else drift / sqrt(variance)
    return _verdict(z, _together(numerators, denominators, mean, chance), len(times), "chi_squared_for_trend")


def of_events(events: Sequence[int], exposures: Sequence[float], times: Sequence[float]) -> Trend:
    """Return the verdict for rates: the score test of a log-linear Poisson trend, signed as z.

    z = sum(t (x - e u)) / sqrt(u (sum(e t^2) - (sum(e t))^2 / E)). Breslow and Day (1987), IARC 82, p. 96. The
    departure is that of proportions with u for p (1 - p): sum((x - e u)^2 / e) / u beyond z^2.
    Raises TrendImpossible.
    """
    base, mean = _pooled(events, exposures, times)
    if len(times) < FEWEST_COUNTED:
        return Trend("too_short", None, None, "poisson_trend")
    if sum(events) < FEWEST_EVENTS:
        return Trend("too_few_events", None, None, "poisson_trend")
    drift = sum(t * (x - e * mean) for x, e, t in zip(events, exposures, times, strict=True))
    spread = sum(e * t * t for e, t in zip(exposures, times, strict=True))
    spread -= sum(e * t for e, t in zip(exposures, times, strict=True)) ** 2 / base
    z = 0.0 if mean * spread <= 0 else drift / sqrt(mean * spread)
    return _verdict(z, _together(events, exposures, mean, mean), len(times), "poisson_trend")


def of_values(values: Sequence[float], times: Sequence[float]) -> Trend:
    """Return the Mann-Kendall verdict for values without counts, at moments that differ; exact up to 33 values.

    With ties too, since the normal distribution finds trends in short series that are none: of five values with two
    pairs of ties one order in fifteen is as extreme as can be, and not 3.7%. Mann (1945), Econometrica 13:245-259;
    Kendall (1975), Rank Correlation Methods. Raises TrendImpossible.
    """
    if len(values) != len(times):
        raise TrendImpossible("Give each value its moment.")
    if len(values) < FEWEST_PERIODS:
        return Trend("too_short", None, None, "mann_kendall")
    if len(set(values)) == 1:
        return Trend("no_trend", 0.0, 1.0, "mann_kendall")
    from scipy.stats import kendalltau  # takes a third of a second to read, and few series come without counts

    found = kendalltau(times, values)
    statistic, p_value = float(found.statistic), float(found.pvalue)
    if len(set(values)) < len(values) <= MOST_EXACT:  # without ties scipy counts orders itself
        p_value = _exact_p([value for _, value in sorted(zip(times, values, strict=True))])
    return Trend(_said(statistic, p_value), statistic, p_value, "mann_kendall")


def _exact_p(values: Sequence[float]) -> float:
    """Return in which share of all orders of these values as many more pairs rise than fall, or fall than rise."""
    score = sum((after > before) - (after < before) for before, after in combinations(values, 2))
    counted = _orders(tuple(sorted(Counter(values).values())))
    pairs = len(counted) - 1
    extreme = sum(number for falling, number in enumerate(counted) if abs(pairs - 2 * falling) >= abs(score))
    return extreme / sum(counted)


@lru_cache(maxsize=256)
def _orders(ties: tuple[int, ...]) -> tuple[int, ...]:
    """Return in how many orders of values, so many of each, 0, 1, 2, ... pairs fall.

    The coefficients of the Gaussian multinomial: the product of 1 - q^i for all values over those for each tie.
    Stanley (2012), Enumerative Combinatorics I, 2nd edition, proposition 1.7.1.
    """
    pairs = sum(one * other for one, other in combinations(ties, 2))
    counted = [1] + [0] * pairs
    for step in range(1, sum(ties) + 1):
        for place in range(pairs, step - 1, -1):
            counted[place] -= counted[place - step]
    for step in chain.from_iterable(range(1, tie + 1) for tie in ties):
        for start in range(min(step, pairs + 1)):
            counted[start::step] = accumulate(counted[start::step])
    return tuple(counted)


def _pooled(counts: Sequence[int], bases: Sequence[float], times: Sequence[float]) -> tuple[float, float]:
    if not counts or not len(counts) == len(bases) == len(times) or min(bases) <= 0 or min(counts) < 0:
        raise TrendImpossible("Give each moment a count of at least 0 and somebody to divide by.")
    return sum(bases), sum(counts) / sum(bases)


def _together(counts: Sequence[int], bases: Sequence[float], mean: float, chance: float) -> float:
    """Return chi-squared of all periods: how far they lie from all together, of which chance has `chance` each."""
    if chance <= 0:
        return 0.0
    return sum((x - n * mean) ** 2 / n for x, n in zip(counts, bases, strict=True)) / chance


def _verdict(z: float, together: float, periods: int, test: Literal["chi_squared_for_trend", "poisson_trend"]) -> Trend:
    """Judge z; where the departure from a straight line is more than chance (5%), by the periods' own scatter instead.

    Periods that differ by more than chance in any case make z too large: a series that falls and rises again had a
    trend. The variance is then multiplied by phi, departure over its degrees of freedom, and t = z / sqrt(phi) is
    Student's: exactly that of the weighted regression of the periods' values on time. McCullagh and Nelder (1989),
    Generalized Linear Models, 2nd edition, 4.5 (quasi-likelihood).
    """
    freedom = periods - 2
    departure = max(together - z * z, 0.0)
    departure_p = float(gammaincc(freedom / 2, departure / 2))  # the upper tail of chi-squared
    if departure_p >= _LEVEL:
        p_value = erfc(abs(z) / sqrt(2))  # both tails of the standard normal distribution
        return Trend(_said(z, p_value), z, p_value, test, departure_p, 1.0)
    dispersion = departure / freedom
    t = z / sqrt(dispersion)
    p_value = 2 * float(stdtr(freedom, -abs(t)))
    return Trend(_said(t, p_value), t, p_value, test, departure_p, dispersion)


def _said(direction: float, p_value: float) -> Verdict:
    if p_value >= _LEVEL:
        return "no_trend"
    return "rising" if direction > 0 else "falling"
