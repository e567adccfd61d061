"""Standardised figures over strata of age: rates directly (Dobson over Byar), shares directly (Wilson), indirectly."""

from collections.abc import Sequence
from math import fsum, sqrt
from typing import Final, NamedTuple

from .intervals import CONFIDENCE_95, FEWEST_FOR_BYAR, Interval, byar, normal_quantile, poisson, score

FEWEST_EVENTS: Final = FEWEST_FOR_BYAR  # a directly standardised rate of fewer has no usable interval (APHO 2008)


class StrataImpossible(ValueError):
    """Strata that are of unequal number, negative, or give nothing to divide by."""


class Standardised(NamedTuple):
    """A standardised figure per person(-year), or a ratio of observed to expected.

    A directly standardised one has no interval below ten events, nor where a stratum has more cases than persons.
    """

    value: float
    interval: Interval | None


def direct(
    events: Sequence[int], people: Sequence[float], weights: Sequence[float], confidence: float = CONFIDENCE_95
) -> Standardised:
    """Return the directly standardised rate: sum(w x/n) / sum(w), over strata with weight.

    Variance sum(w^2 x/n^2) / sum(w)^2; limits rate + sqrt(variance / x) (limit - x), where limit is Byar's for all
    events x. Dobson, Kuulasmaa, Eberle and Scherer (1991), Statistics in Medicine 10:457-462. Where one small stratum
    weighs much, the lower limit comes out below 0, which no rate can be, and is 0. Weights need not add up to anything:
    they are divided by their sum. Below ten events there is no interval. Raises StrataImpossible.
    """
    strata = _strata(events, people, weights)
    rate, total = _weighted(strata)
    observed = sum(count for count, _, _ in strata)
    if observed < FEWEST_EVENTS:
        return Standardised(rate, None)
    variance = fsum(weight**2 * count / base**2 for count, base, weight in strata) / total**2
    spread, found = sqrt(variance / observed), byar(observed, confidence)
    low, high = (rate + spread * (limit - observed) for limit in found)
    return Standardised(rate, Interval(max(0.0, low), high))


def direct_share(
    cases: Sequence[int], people: Sequence[float], weights: Sequence[float], confidence: float = CONFIDENCE_95
) -> Standardised:
    """Return the directly standardised share of persons p = sum(w x/n) / sum(w), with Wilson's limits within 0-1.

    They are those of a share counted of n_eff = p(1-p) / V persons, V = sum(w^2 p_i(1-p_i)/n_i) / sum(w)^2. Franco,
    Little, Louis and Slud (2019), Journal of Survey Statistics and Methodology 7:334-364; Wilson (1927). A stratum in
    which nobody or everybody is a case shows no variance of its own: p_i(1-p_i) is then that of the share
    (x + z^2/2) / (n + z^2) (Agresti and Coull 1998, American Statistician 52:119-126), at most p(1-p). Where everybody
    is a case in all of them, n_eff is that of equal shares, sum(w)^2 / sum(w^2/n) (Kish 1965, Survey Sampling), which
    is never above the persons counted. With one stratum n_eff = n. Raises StrataImpossible.
    """
    strata = _strata(cases, people, weights)
    share, total = _weighted(strata)
    if sum(count for count, _, _ in strata) < FEWEST_EVENTS or any(count > base for count, base, _ in strata):
        return Standardised(share, None)
    spread = share * (1 - share)
    if spread <= 0:
        size = total**2 / fsum(weight**2 / base for _, base, weight in strata)
    else:
        terms = (weight**2 * _spread(count, base, spread, confidence) / base for count, base, weight in strata)
        size = spread * total**2 / fsum(terms)
    return Standardised(share, score(share, size, confidence))


def indirect(
    observed: int, people: Sequence[float], rates: Sequence[float], confidence: float = CONFIDENCE_95
) -> Standardised:
    """Return observed over expected events, which are the reference's rates laid on this region's people.

    Limits: those of the observed number (exact below ten, Byar's from there on) over the expected one. Breslow and Day
    (1987), IARC 82, pp. 65-69. Raises StrataImpossible.
    """
    if len(people) != len(rates) or any(one < 0 for one in (*people, *rates)) or observed < 0:
        raise StrataImpossible("Give each stratum its people and the reference's rate, none of them negative.")
    expected = fsum(base * rate for base, rate in zip(people, rates, strict=True))
    if expected <= 0:
        raise StrataImpossible("No event is expected in any stratum; there is nothing to compare with.")
    found = poisson(observed, confidence)
    return Standardised(observed / expected, Interval(found.low / expected, found.high / expected))


def _weighted(strata: Sequence[tuple[int, float, float]]) -> tuple[float, float]:
    """Return sum(w x/n) / sum(w), and sum(w); x/n comes first, so that equal shares of 1 give 1 and not nearly 1."""
    total = fsum(weight for _, _, weight in strata)
    return fsum(weight * (count / base) for count, base, weight in strata) / total, total


def _spread(count: int, base: float, of_all: float, confidence: float) -> float:
    """Return p(1-p) of one stratum, where it shows none of its own what it may be."""
    if 0 < count < base:
        return count / base * (1 - count / base)
    z2 = normal_quantile(confidence) ** 2
    least = z2 / 2 / (base + z2)
    return min(of_all, least * (1 - least))


def _strata(events: Sequence[int], people: Sequence[float], weights: Sequence[float]) -> list[tuple[int, float, float]]:
    if not len(events) == len(people) == len(weights):
        raise StrataImpossible("Give each stratum its events, its people and its weight.")
    found = [one for one in zip(events, people, weights, strict=True) if one[2] > 0]
    if not found or any(count < 0 or base <= 0 for count, base, _ in found):
        raise StrataImpossible("Every stratum with a weight needs people, and no count below 0; merge empty strata.")
    return found
