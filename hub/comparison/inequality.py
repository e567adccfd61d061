"""Inequality between areas: how a figure runs along a social gradient, and how far its ends lie apart."""

from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

from scipy.stats import t as student_t

from .intervals import CONFIDENCE_95, Interval


class GradientImpossible(ValueError):
    """Too few areas, areas without people, or all of one rank."""


class Slope(NamedTuple):
    """The slope index, or difference between both ends of the gradient: with its interval, and over the mean."""

    difference: float
    interval: Interval
    relative: float | None


def ridits(people: Sequence[float]) -> tuple[float, ...]:
    """Return each area's place on the gradient, from 0 (first) to 1: the share of people before its middle person."""
    total = fsum(people)
    if not people or min(people) <= 0:
        raise GradientImpossible("Every area needs people; leave out those without.")
    before, found = 0.0, []
    for number in people:
        found.append((before + number / 2) / total)
        before += number
    return tuple(found)


def slope_index(values: Sequence[float], people: Sequence[float], confidence: float = CONFIDENCE_95) -> Slope:
    """Return the slope index of inequality over areas in the order of the gradient, the least favoured first.

    Least squares of the values on the ridits, weighted by people; the index is minus the slope, so that above 0 the
    least favoured areas have the higher figure. Interval by Student's t with areas - 2 degrees of freedom. Mackenbach
    and Kunst (1997), Social Science and Medicine 44:757-771; Pamuk (1985), Population Studies 39:17-31.
    Raises GradientImpossible with fewer than three areas.
    """
    if len(values) != len(people) or len(values) < 3:
        raise GradientImpossible("A gradient needs at least three areas, each with its figure and its people.")
    places = ridits(people)
    total = fsum(people)
    mean_place = fsum(n * x for n, x in zip(people, places, strict=True)) / total
    mean = fsum(n * y for n, y in zip(people, values, strict=True)) / total
    across = fsum(n * (x - mean_place) ** 2 for n, x in zip(people, places, strict=True))
    slope = fsum(n * (x - mean_place) * (y - mean) for n, x, y in zip(people, places, values, strict=True)) / across
    left = fsum(n * (y - mean - slope * (x - mean_place)) ** 2 for n, x, y in zip(people, places, values, strict=True))
    freedom = len(values) - 2
    error = (left / freedom / across) ** 0.5
    reach = float(student_t.isf((1 - confidence) / 2, freedom)) * error
    index = -slope
    return Slope(index, Interval(index - reach, index + reach), None if mean == 0 else index / mean)


def ratio(highest: float, lowest: float) -> float:
    """Return how many times the one is the other; raises GradientImpossible over 0."""
    if lowest <= 0:
        raise GradientImpossible("A ratio needs a lower figure above 0.")
    return highest / lowest
