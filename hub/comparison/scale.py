"""From integers to the unit a definition shows: divide once, round once."""

from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Final

from schemas.definition import IndicatorDefinition
from schemas.payloads import IndicatorKind
from schemas.values import Suppressed

from .intervals import CONFIDENCE_95, poisson, wilson
from .mean import of_scores

DAYS_PER_YEAR: Final = Fraction(1461, 4)  # 365.25, so that a rate is per person-year
CENTS_PER_EURO: Final = 100
DECIMALS: Final[dict[IndicatorKind, int]] = {
    "count": 0,
    "proportion": 1,
    "percentage": 1,
    "rate": 1,
    "mean": 2,
    "cost_per_person": 2,
}
SPARE_DECIMALS: Final = 6  # kept for verdicts, which no rounding for readers may tip
# Of the largest figure of a payload (2^53), in years and per thousands, with all decimals: 40 digits at most.
EXACT: Final = Context(prec=60)


@lru_cache(maxsize=4096)
def factor(definition: IndicatorDefinition) -> Fraction:
    """Return by what numerator / denominator (or a bare numerator) is multiplied to give the shown unit."""
    measure = definition.measure
    by = Fraction(definition.per)
    if measure is None:
        return by
    if measure.denominator == "covered_days":
        by *= DAYS_PER_YEAR
    if measure.count == "amount_sum":
        by /= CENTS_PER_EURO
    return by / measure.value_scale


def shown(definition: IndicatorDefinition, numerator: int, denominator: int | None, spare: int = 0) -> Decimal | None:
    """Return the value in the shown unit, rounded half to even; None over a denominator of 0."""
    if denominator == 0:
        return None
    by = factor(definition)
    whole = (1 if denominator is None else denominator) * by.denominator
    return _divided(numerator * by.numerator, whole, DECIMALS[definition.kind] + spare)


def most(definition: IndicatorDefinition, value: Suppressed) -> int | None:
    """Return the largest numerator of a hidden value; of a share no more than its denominator. None: no upper end."""
    if definition.kind != "proportion" or value.denominator is None:
        return value.hi
    whole = max(value.lo, value.denominator)
    return whole if value.hi is None else min(value.hi, whole)


def ends(definition: IndicatorDefinition, value: Suppressed) -> tuple[Decimal | None, Decimal | None]:
    """Return between what a hidden value lies, in the shown unit and rounded outward, so that it does.

    None for an end that there is not; none at all where its denominator is hidden too, or 0.
    """
    needs = definition.measure is not None and definition.measure.denominator is not None
    if value.denominator == 0 or (needs and value.denominator is None):
        return None, None
    by, decimals = factor(definition) / (value.denominator or 1), DECIMALS[definition.kind]
    top = most(definition, value)
    high = None if top is None else outward(top * by, decimals, up=True)
    return outward(value.lo * by, decimals, up=False), high


def interval(
    definition: IndicatorDefinition, numerator: int, denominator: int | None, confidence: float = CONFIDENCE_95
) -> tuple[Decimal, Decimal] | None:
    """Return the interval in the shown unit with spare decimals; None where the figures carry none.

    Proportions: Wilson, and none for a part above its whole. Rates: exact Poisson or Byar. Means of scores: the
    farther of Student's and Wilson's limits on their scale. Other means, and costs, carry none: no variance is
    published.
    """
    if denominator is None or denominator <= 0 or numerator < 0:
        return None
    if definition.kind == "mean":
        return _of_mean(definition, numerator, denominator, confidence)
    if definition.kind not in ("proportion", "rate"):
        return None
    if definition.kind == "proportion" and numerator > denominator:
        return None
    decimals = DECIMALS[definition.kind] + SPARE_DECIMALS
    if definition.kind == "proportion":
        low, high = wilson(numerator, denominator, confidence)
        whole = 1
    else:
        low, high = poisson(numerator, confidence)
        whole = denominator
    by = factor(definition)
    return _scaled(low, by, whole, decimals), _scaled(high, by, whole, decimals)


def _of_mean(
    definition: IndicatorDefinition, numerator: int, denominator: int, confidence: float
) -> tuple[Decimal, Decimal] | None:
    """Return a mean's interval where its definition says between which scores it counts; these are whole numbers."""
    lowest, highest = scores(definition)
    if lowest is None or highest is None:
        return None
    found = of_scores(numerator / denominator, denominator, lowest, highest, confidence)
    if found is None:
        return None
    by, decimals = factor(definition), DECIMALS["mean"] + SPARE_DECIMALS
    return _scaled(found.low, by, 1, decimals), _scaled(found.high, by, 1, decimals)


def scores(definition: IndicatorDefinition) -> tuple[int | None, int | None]:
    """Return the least and the highest score that a definition counts, as it adds them up; None where it has no end."""
    measure = definition.measure
    if measure is None or measure.of is None:
        return None, None
    start, below = measure.of.value_from, measure.of.value_below
    lowest = None if start is None else start * measure.value_scale
    return lowest, None if below is None else below * measure.value_scale - 1


def readable(definition: IndicatorDefinition, value: Decimal | None) -> Decimal | None:
    """Return a value with the number of decimals that readers see."""
    return None if value is None else _divided(*value.as_integer_ratio(), DECIMALS[definition.kind])


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Return the fraction as a decimal of so many places, rounded half to even, exactly."""
    return _divided(value.numerator, value.denominator, decimals)


def outward(value: Fraction, decimals: int, *, up: bool) -> Decimal:
    """Return a bound as a decimal of so many places that lies on its outer side, so that it still holds."""
    scaled = value * 10**decimals
    return Decimal(ceil(scaled) if up else floor(scaled)).scaleb(-decimals, EXACT)


def _scaled(limit: float, by: Fraction, whole: int, decimals: int) -> Decimal:
    part, unit = limit.as_integer_ratio()
    return _divided(part * by.numerator, unit * by.denominator * whole, decimals)


def _divided(part: int, whole: int, decimals: int) -> Decimal:
    """Return part / whole (above 0) as `rounded` does; a fraction in lowest terms would cost most of the time."""
    found, rest = divmod(part * 10**decimals, whole)
    if 2 * rest > whole or (2 * rest == whole and found % 2):
        found += 1
    return Decimal(found).scaleb(-decimals, EXACT)
