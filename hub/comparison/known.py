"""What one published figure can be, in the shown unit and unrounded: one value, or all between two ends."""

import math
from fractions import Fraction
from typing import NamedTuple

from schemas.definition import IndicatorDefinition
from schemas.values import Exact, Rounded, Suppressed, TypedValue

from .scale import factor, most


class Known(NamedTuple):
    """A figure's ends in the shown unit, `high` infinite without an upper one; `value` None where it is hidden.

    A figure that was published rounded has a value, and ends half a step on either side.
    """

    value: float | None
    low: float
    high: float


def known(definition: IndicatorDefinition, value: TypedValue) -> Known | None:
    """Return what a typed value says; None where it says nothing, or over a denominator of 0.

    A hidden figure of a hidden denominator can be anything from 0 on, a share at most all: never 0 alone.
    """
    by = factor(definition)
    if isinstance(value, Exact):
        if value.denominator == 0:
            return None
        found = float(Fraction(value.numerator, value.denominator or 1) * by)
        return Known(found, found, found)
    if isinstance(value, Rounded):
        half = Fraction(value.step) / 2
        middle = Fraction(value.value)
        return Known(float(middle), float(middle - half), float(middle + half))
    return _hidden(definition, value, by) if isinstance(value, Suppressed) else None


def _hidden(definition: IndicatorDefinition, value: Suppressed, by: Fraction) -> Known:
    is_share = definition.kind == "proportion"
    if definition.measure is not None and definition.measure.denominator is not None and not value.denominator:
        return Known(None, 0.0, float(by) if is_share else math.inf)
    whole, top = value.denominator or 1, most(definition, value)
    return Known(None, float(value.lo * by / whole), math.inf if top is None else float(top * by / whole))
