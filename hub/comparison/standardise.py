"""Standardised rates: direct (Dobson's interval over Byar's) and indirect, each over strata of age and sex."""

from collections.abc import Sequence
from math import fsum, sqrt
from typing import Final, NamedTuple

from .intervals import CONFIDENCE_95, FEWEST_FOR_BYAR, Interval, byar, poisson

FEWEST_EVENTS: Final = FEWEST_FOR_BYAR  # a directly standardised rate of fewer has no usable interval (APHO 2008)


class StrataImpossible(ValueError):
    """Strata that are of unequal number, negative, or give nothing to divide by."""


class Standardised(NamedTuple):
    """A standardised figure per person(-year), or a ratio of observed to expected; no interval below ten events."""

    value: float
    interval: Interval | None


def direct(
    events: Sequence[int], people: Sequence[float], weights: Sequence[float], confidence: float = CONFIDENCE_95
) -> Standardised:
    """Return the directly standardised rate: sum(w x/n) / sum(w), over strata with weight.

    Variance sum(w^2 x/n^2) / sum(w)^2; limits rate + sqrt(variance / x) (limit - x), where limit is Byar's for all
    events x. Dobson, Kuulasmaa, Eberle and Scherer (1991), Statistics in Medicine 10:457-462. Weights need not add up
    to anything: they are divided by their sum. Below ten events there is no interval. Raises StrataImpossible.
    """
    strata = _strata(events, people, weights)
    total = fsum(weight for _, _, weight in strata)
    rate = fsum(weight * count / base for count, base, weight in strata) / total
    observed = sum(count for count, _, _ in strata)
    if observed < FEWEST_EVENTS:
        return Standardised(rate, None)
    variance = fsum(weight**2 * count / base**2 for count, base, weight in strata) / total**2
    spread, found = sqrt(variance / observed), byar(observed, confidence)
    return Standardised(rate, Interval(rate + spread * (found.low - observed), rate + spread * (found.high - observed)))


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


def _strata(events: Sequence[int], people: Sequence[float], weights: Sequence[float]) -> list[tuple[int, float, float]]:
    if not len(events) == len(people) == len(weights):
        raise StrataImpossible("Give each stratum its events, its people and its weight.")
    found = [one for one in zip(events, people, weights, strict=True) if one[2] > 0]
    if not found or any(count < 0 or base <= 0 for count, base, _ in found):
        raise StrataImpossible("Every stratum with a weight needs people, and no count below 0; merge empty strata.")
    return found
