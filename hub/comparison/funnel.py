"""Funnel limits: between which a region's figure lies by chance alone, were it like the reference."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Final, Literal, NamedTuple

from scipy.special import gammainccinv, gammaincinv

from .intervals import CONFIDENCE_95, CONFIDENCE_998, Interval, normal_quantile

Place = Literal["above_998", "above_95", "within", "below_95", "below_998"]
_WINSORISED: Final = 0.1  # of the z-scores at each end (Spiegelhalter 2005)


class FunnelImpossible(ValueError):
    """A reference outside (0, 1) for proportions or not above 0 for rates, or nobody to divide by."""


class Funnel(NamedTuple):
    """Limits at 95% and 99.8% on the scale of what was asked: a proportion, events, or a ratio."""

    warning: Interval
    control: Interval


def of_proportion(reference: float, denominator: int, dispersion: float = 1.0) -> Funnel:
    """Return limits for a proportion of so many: Wilson's score limits about the expected number.

    With E = np and z: (2E + z^2 +/- z sqrt(z^2 + 4E(1 - p))) / 2(n + z^2), as public health profiles in England draw
    them (fingertips; Spiegelhalter 2005, Statistics in Medicine 24:1185-1202). `dispersion` (1: none) widens z.
    Raises FunnelImpossible.
    """
    if not 0 < reference < 1 or denominator <= 0:
        raise FunnelImpossible("Limits of a proportion need a reference between 0 and 1 and somebody to count.")
    return _both(
        lambda confidence: _wilson_about(
            reference, denominator, normal_quantile(confidence) * sqrt(max(dispersion, 1.0))
        )
    )


def of_events(expected: float, dispersion: float = 1.0) -> Funnel:
    """Return limits for a number of events of which so many are expected; divide by person-time to get a rate.

    Without over-dispersion the Poisson limits chi2(a/2; 2E)/2 and chi2(1 - a/2; 2E + 2)/2, with it
    E +/- z sqrt(dispersion E), never below 0. Raises FunnelImpossible.
    """
    if expected <= 0:
        raise FunnelImpossible("Limits of a rate need an expected number above 0.")

    def limits(confidence: float) -> Interval:
        tail = (1 - confidence) / 2
        if dispersion <= 1:
            # chi2(a; 2k)/2 is the quantile of the gamma distribution of shape k: the same function, without its frame
            return Interval(float(gammaincinv(expected, tail)), float(gammainccinv(expected + 1, tail)))
        spread = normal_quantile(confidence) * sqrt(dispersion * expected)
        return Interval(max(0.0, expected - spread), expected + spread)

    return _both(limits)


def of_ratio(expected: float, dispersion: float = 1.0) -> Funnel:
    """Return limits for observed over expected where so many are expected; raises FunnelImpossible."""
    found = of_events(expected, dispersion)
    return Funnel(*(Interval(low / expected, high / expected) for low, high in found))


def place(value: float, funnel: Funnel) -> Place:
    """Return where a value lies; a limit itself still lies within."""
    if value > funnel.control.high:
        return "above_998"
    if value < funnel.control.low:
        return "below_998"
    if value > funnel.warning.high:
        return "above_95"
    return "below_95" if value < funnel.warning.low else "within"


def dispersion(scores: Sequence[float]) -> float:
    """Return by how much regions vary more than chance: the mean square of winsorised z-scores, else 1.

    At each end a tenth of the scores is drawn in to the next; phi = sum(z^2)/I counts from phi > 1 + 2 sqrt(2/I) on.
    Spiegelhalter (2005), Statistics in Medicine 24:1185-1202, section 4.1. Fewer than five regions tell nothing: 1.
    """
    number = len(scores)
    if number < 5:
        return 1.0
    ordered, cut = sorted(scores), int(number * _WINSORISED)
    low, high = ordered[cut], ordered[number - 1 - cut]
    phi = sum(min(max(one, low), high) ** 2 for one in scores) / number
    return phi if phi > 1 + 2 * sqrt(2 / number) else 1.0


def score_of_proportion(numerator: int, denominator: int, reference: float) -> float:
    """Return the naive z-score of a proportion; raises FunnelImpossible."""
    if not 0 < reference < 1 or denominator <= 0:
        raise FunnelImpossible("A score needs a reference between 0 and 1 and somebody to count.")
    return (numerator / denominator - reference) / sqrt(reference * (1 - reference) / denominator)


def score_of_events(observed: int, expected: float) -> float:
    """Return the naive z-score of a number of events; raises FunnelImpossible."""
    if expected <= 0:
        raise FunnelImpossible("A score needs an expected number above 0.")
    return (observed - expected) / sqrt(expected)


def _both(limits: Callable[[float], Interval]) -> Funnel:
    return Funnel(limits(CONFIDENCE_95), limits(CONFIDENCE_998))


def _wilson_about(reference: float, denominator: int, z: float) -> Interval:
    expected = reference * denominator
    middle, spread = 2 * expected + z**2, z * sqrt(z**2 + 4 * expected * (1 - reference))
    return Interval((middle - spread) / (2 * (denominator + z**2)), (middle + spread) / (2 * (denominator + z**2)))
