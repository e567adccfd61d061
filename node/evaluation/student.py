"""Student's t distribution on numpy alone: a region's node carries no scipy, and needs no more of it than this."""

from math import lgamma, pi
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TERMS: Final = 400  # of the continued fraction; some sixty are needed at a million degrees of freedom
_STEPS: Final = 60
_TINY: Final = 1e-300
_HUGE: Final = 1e150  # its square is still a number


def two_sided_p(t: Floats, freedom: Floats) -> Floats:
    """Return P(|T| >= |t|) for T with `freedom` degrees of freedom (above 0), element by element.

    I_x(v/2, 1/2) at x = v / (v + t^2), the regularised incomplete beta function. Abramowitz and Stegun (1964), 26.7.1.
    """
    bounded = np.clip(np.asarray(t, np.float64), -_HUGE, _HUGE)
    values, degrees = np.broadcast_arrays(bounded, np.asarray(freedom, np.float64))
    return _incomplete_beta(degrees / 2, 0.5, degrees / (degrees + values**2), values**2 / (degrees + values**2))


def quantile(confidence: float, freedom: Floats) -> Floats:
    """Return the q for which P(|T| <= q) is `confidence` (0 to 1), element by element.

    Newton's method from the normal quantile, which lies below: the tail is convex, so no step goes too far.
    """
    degrees = np.asarray(freedom, np.float64)
    tail = 1 - confidence
    log_gamma = np.vectorize(lgamma, otypes=[np.float64])
    height = np.exp(log_gamma((degrees + 1) / 2) - log_gamma(degrees / 2)) / np.sqrt(degrees * pi)
    found = np.full_like(degrees, NormalDist().inv_cdf(1 - tail / 2))
    for _ in range(_STEPS):
        density = height * (1 + found**2 / degrees) ** (-(degrees + 1) / 2)
        step = (two_sided_p(found, degrees) - tail) / (2 * density)
        found = found + step
        if np.all(np.abs(step) <= 1e-12 * found):
            break
    return found


def _incomplete_beta(a: Floats, b: float, x: Floats, rest: Floats) -> Floats:
    """Return I_x(a, b), where `rest` is 1 - x without the loss of digits.

    x^a (1-x)^b / (a B(a, b)) times a continued fraction, evaluated by Lentz's method: DLMF 8.17.22, and 8.17.4 where
    that converges slowly.
    """
    log_beta = np.vectorize(lgamma, otypes=[np.float64])
    with np.errstate(divide="ignore", invalid="ignore"):
        front = np.exp(log_beta(a + b) - log_beta(a) - lgamma(b) + a * np.log(x) + b * np.log(rest))
    is_near = x < (a + 1) / (a + b + 2)
    other = np.full_like(a, b)
    first, second = np.where(is_near, a, other), np.where(is_near, other, a)
    fraction = _continued(first, second, np.where(is_near, x, rest))
    part = np.where(np.isfinite(front), front, 0) * fraction / first
    return np.clip(np.where(is_near, part, 1 - part), 0, 1)


def _continued(a: Floats, b: Floats, x: Floats) -> Floats:
    c = np.ones_like(x)
    d = 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    found = d.copy()
    for term in range(1, _TERMS):
        even = term * (b - term) * x / ((a + 2 * term - 1) * (a + 2 * term))
        odd = -(a + term) * (a + b + term) * x / ((a + 2 * term) * (a + 2 * term + 1))
        before = found
        for step in (even, odd):
            d = 1 / _away_from_zero(1 + step * d)
            c = _away_from_zero(1 + step / c)
            found = found * c * d
        if np.all(np.abs(found - before) <= 1e-15 * np.abs(found)):
            break
    return found


def _away_from_zero(values: Floats) -> Floats:
    return np.where(np.abs(values) < _TINY, _TINY, values)
