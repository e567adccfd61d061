"""Inequality between areas: how a figure runs along a social gradient, and how far its ends lie apart."""

import math
from collections.abc import Hashable, Sequence
from itertools import groupby
from math import fsum
from typing import Final, NamedTuple

from schemas.definition import Text

from .bounds import Ends
from .intervals import CONFIDENCE_95, Interval, student_quantile


class GradientImpossible(ValueError):
    """Too few areas, areas without people, or all of one rank; `text` says which, in both languages."""

    def __init__(self, text: Text) -> None:
        """Take the sentence."""
        super().__init__(text.en)
        self.text = text


_NO_END: Final = Text(
    "Een verborgen cijfer heeft geen bovengrens, en het verschil daarmee ook niet.",
    "A hidden figure has no upper end, so that the index has none.",
)


class Slope(NamedTuple):
    """The slope index, or difference between both ends of the gradient: with its interval, and over the mean."""

    difference: float
    interval: Interval
    relative: float | None


def ridits(people: Sequence[float], ranks: Sequence[Hashable] | None = None) -> tuple[float, ...]:
    """Return each area's place on the gradient, from 0 (first) to 1: the share of people before its middle person.

    Areas come in the order of the gradient; neighbours of equal `ranks` share one place. Raises GradientImpossible.
    """
    total = fsum(people)
    if not people or min(people) <= 0:
        raise GradientImpossible(
            Text("Elk gebied heeft inwoners nodig.", "Every area needs people; leave out those without.")
        )
    before, found = 0.0, []
    for _, places in groupby(range(len(people)), key=lambda place: place if ranks is None else ranks[place]):
        alike = list(places)
        number = fsum(people[place] for place in alike)
        found += [(before + number / 2) / total] * len(alike)
        before += number
    return tuple(found)


def slope_index(
    values: Sequence[float],
    people: Sequence[float],
    confidence: float = CONFIDENCE_95,
    ranks: Sequence[Hashable] | None = None,
) -> Slope:
    """Return the slope index of inequality over areas in the order of the gradient, the least favoured first.

    Least squares of the values on the ridits, weighted by people; the index is minus the slope, so that above 0 the
    least favoured areas have the higher figure. Interval by Student's t with areas - 2 degrees of freedom. Mackenbach
    and Kunst (1997), Social Science and Medicine 44:757-771; Pamuk (1985), Population Studies 39:17-31.
    Raises GradientImpossible with fewer than three areas, or where all are of one rank.
    """
    weights = index_weights(people, ranks)
    if len(values) != len(people):
        raise GradientImpossible(
            Text("Elk gebied heeft een cijfer en inwoners nodig.", "Give each area its figure and its people.")
        )
    places, total = ridits(people, ranks), fsum(people)
    mean_place = fsum(n * x for n, x in zip(people, places, strict=True)) / total
    mean = fsum(n * y for n, y in zip(people, values, strict=True)) / total
    across = fsum(n * (x - mean_place) ** 2 for n, x in zip(people, places, strict=True))
    index = fsum(weight * value for weight, value in zip(weights, values, strict=True))
    left = fsum(n * (y - mean + index * (x - mean_place)) ** 2 for n, x, y in zip(people, places, values, strict=True))
    freedom = len(values) - 2
    reach = student_quantile(confidence, freedom) * (left / freedom / across) ** 0.5
    return Slope(index, Interval(index - reach, index + reach), None if mean == 0 else index / mean)


def index_weights(people: Sequence[float], ranks: Sequence[Hashable] | None = None) -> tuple[float, ...]:
    """Return by what each area's figure is multiplied to give the slope index: it is a sum of the figures.

    Raises GradientImpossible as `slope_index` does.
    """
    if len(people) < 3:
        raise GradientImpossible(
            Text(
                "Een verloop vraagt ten minste drie gebieden met beide cijfers.",
                "A gradient needs at least three areas, each with both figures.",
            )
        )
    places, total = ridits(people, ranks), fsum(people)
    mean_place = fsum(n * x for n, x in zip(people, places, strict=True)) / total
    across = fsum(n * (x - mean_place) ** 2 for n, x in zip(people, places, strict=True))
    if len(set(places)) < 2:
        raise GradientImpossible(
            Text(
                "Alle gebieden staan gelijk in de rangorde: er is geen verloop.",
                "All areas have the same rank, so that there is no gradient.",
            )
        )
    return tuple(-n * (x - mean_place) / across for n, x in zip(people, places, strict=True))


def slope_ends(figures: Sequence[Ends], people: Sequence[float], ranks: Sequence[Hashable] | None = None) -> Ends:
    """Return the least and the largest slope index over all that hidden figures can be, each by itself.

    It is a sum of the figures, so that both are reached at their ends. Raises GradientImpossible.
    """
    weights = index_weights(people, ranks)
    pairs = list(zip(weights, figures, strict=True))
    if any(math.isinf(one.high) for weight, one in pairs if weight):
        raise GradientImpossible(_NO_END)
    return Ends(
        fsum(weight * (one.low if weight > 0 else one.high) for weight, one in pairs),
        fsum(weight * (one.high if weight > 0 else one.low) for weight, one in pairs),
    )


def relative_ends(
    figures: Sequence[Ends], people: Sequence[float], ranks: Sequence[Hashable] | None = None
) -> Ends | None:
    """Return the least and the largest relative index over all that hidden figures can be; None where a mean can be 0.

    A ratio of two sums of the figures is largest where no exchange of an end raises it: found by raising a level until
    index - level x mean can no more be above 0. Dinkelbach (1967), Management Science 13:492-498.
    """
    weights, total = index_weights(people, ranks), fsum(people)
    if any(math.isinf(one.high) for one in figures):
        raise GradientImpossible(_NO_END)
    shares = [number / total for number in people]
    if fsum(share * one.low for share, one in zip(shares, figures, strict=True)) <= 0:
        return None
    low = -_largest([-weight for weight in weights], shares, figures)
    return Ends(low, _largest(weights, shares, figures))


def _largest(above: Sequence[float], below: Sequence[float], figures: Sequence[Ends]) -> float:
    level, parts = -math.inf, [one.low for one in figures]
    while True:
        ratio_ = fsum(a * y for a, y in zip(above, parts, strict=True))
        ratio_ /= fsum(b * y for b, y in zip(below, parts, strict=True))
        if ratio_ <= level:
            return level
        level = ratio_
        parts = [one.high if a > level * b else one.low for a, b, one in zip(above, below, figures, strict=True)]


def ratio(highest: float, lowest: float) -> float:
    """Return how many times the one is the other; raises GradientImpossible over 0."""
    if lowest <= 0:
        raise GradientImpossible(
            Text("Een verhouding vraagt een laagste cijfer boven 0.", "A ratio needs a lower figure above 0.")
        )
    return highest / lowest


def ratio_ends(figures: Sequence[Ends]) -> Ends:
    """Return the least and the largest ratio of the highest to the lowest; `high` infinite where the lowest can be 0.

    Raises GradientImpossible without figures, or where the lowest is 0 for certain.
    """
    least, most = min(one.high for one in figures), max(one.high for one in figures)
    low = 1.0 if math.isinf(least) else ratio(max(one.low for one in figures), least)
    floor = min(one.low for one in figures)
    return Ends(max(1.0, low), most / floor if floor > 0 else math.inf)
