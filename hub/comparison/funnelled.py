"""Funnel limits laid on a comparison: where each region lies among regions that differ by chance only."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from schemas.definition import IndicatorDefinition
from schemas.values import Exact

from . import funnel
from .compare import RegionComparison
from .funnel import Funnel, Place
from .reference import FEWEST_REGIONS
from .scale import factor, readable


@dataclass(frozen=True, slots=True)
class Limits:
    """One region's limits in the shown unit, each (low, high): `warning` at 95%, `control` at 99.8%; and its place."""

    warning: tuple[Decimal, Decimal]
    control: tuple[Decimal, Decimal]
    place: Place


@dataclass(frozen=True, slots=True)
class Funnelled:
    """The limits by region; `dispersion` above 1: regions vary more than by chance, which widens the limits."""

    dispersion: float
    limits: Mapping[str, Limits]


def funnelled(comparison: RegionComparison) -> Funnelled | None:
    """Return the limits of every region with an exact proportion or rate; None without a reference to lay them about.

    They follow from published figures only: the reference, where it may be shown, and each region's denominator.
    """
    definition, reference = comparison.definition, comparison.reference
    if reference is None or reference.regions < FEWEST_REGIONS or definition.kind not in ("proportion", "rate"):
        return None
    if comparison.standard is not None:  # limits are those of crude figures
        return None
    middle = Fraction(reference.numerator, reference.denominator)
    if middle <= 0 or (definition.kind == "proportion" and middle >= 1):
        return None
    found = {
        row.region: (row.value.numerator, row.value.denominator)
        for row in comparison.rows
        if row.is_comparable and isinstance(row.value, Exact) and row.value.denominator and row.lower is not None
    }
    scores = [_score(definition, float(middle), *pair) for pair in found.values()]
    phi = funnel.dispersion(scores)
    laid = {region: _laid(definition, middle, phi, *pair) for region, pair in found.items()}
    return Funnelled(phi, laid) if laid else None


def _score(definition: IndicatorDefinition, middle: float, numerator: int, denominator: int) -> float:
    if definition.kind == "proportion":
        return funnel.score_of_proportion(numerator, denominator, middle)
    return funnel.score_of_events(numerator, middle * denominator)


def _laid(definition: IndicatorDefinition, middle: Fraction, phi: float, numerator: int, denominator: int) -> Limits:
    if definition.kind == "proportion":
        about, value = funnel.of_proportion(float(middle), denominator, phi), numerator / denominator
        by = factor(definition)
    else:
        about, value = funnel.of_events(float(middle * denominator), phi), float(numerator)
        by = factor(definition) / denominator
    return Limits(*_shown(definition, about, by), funnel.place(value, about))


def _shown(
    definition: IndicatorDefinition, about: Funnel, by: Fraction
) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
    low, high, lower, higher = (
        readable(definition, Decimal(limit * float(by))) or Decimal(0) for limit in (*about.warning, *about.control)
    )
    return (low, high), (lower, higher)
