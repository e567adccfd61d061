"""Directly standardised figures, for eyes inside the region: computed from whole strata, and never released.

With a stratum hidden, a standardised figure beside the shown strata is an equation on the hidden numerators; its
weights are such that whole numbers often fit it in one way only, which an audit by linear programs does not see. Where
all strata are shown, whoever reads them can standardise. So what is published of a definition with `standard` is crude.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np

from schemas.codes import Language
from schemas.definition import Text
from schemas.standard_population import ESP2013, ESP2013_YEARS

from .figures import ComputedIndicator

FEWEST_EVENTS: Final = 10  # below that Byar's limits, and Dobson's with them, are no longer usable (APHO 2008)
DAYS_PER_YEAR: Final = 365.25
_OLDEST: Final = 120


@dataclass(frozen=True)
class Standardised:
    """A rate per person (or person-year); its limits `low` and `high` are None below ten events."""

    value: float
    low: float | None
    high: float | None
    events: int
    strata: int


def direct(
    events: Sequence[int], people: Sequence[float], weights: Sequence[float], confidence: float = 0.95
) -> Standardised:
    """Return the directly standardised rate sum(w x/n) / sum(w) over strata, and its limits.

    Variance sum(w^2 x/n^2) / sum(w)^2; limits rate + sqrt(variance / x) (limit - x), where limit is Byar's for all
    events x: x (1 - 1/9x - z/(3 sqrt x))^3, and the same with x + 1 and + z. Dobson, Kuulasmaa, Eberle and Scherer
    (1991), Statistics in Medicine 10:457-462; Breslow and Day (1987), IARC 82, p. 69. A lower limit below 0, which no
    rate can be, is 0. Every n must be above 0.
    """
    total = fsum(weights)
    strata = list(zip(events, people, weights, strict=True))
    value = fsum(weight * count / base for count, base, weight in strata) / total
    variance = fsum(weight**2 * count / base**2 for count, base, weight in strata) / total**2
    observed = sum(events)
    if observed < FEWEST_EVENTS:
        return Standardised(value, None, None, observed, len(strata))
    z, more, spread = NormalDist().inv_cdf((1 + confidence) / 2), observed + 1, sqrt(variance / observed)
    low = observed * (1 - 1 / (9 * observed) - z / (3 * sqrt(observed))) ** 3
    high = more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3
    limits = (max(0.0, value + spread * (low - observed)), value + spread * (high - observed))
    return Standardised(value, *limits, observed, len(strata))


def weights_of(bounds: Sequence[int], below: int | None = None) -> tuple[float, ...]:
    """Return the weight in ESP2013 of age bands that begin at `bounds`, the last one ending at `below` or with life.

    A five-year band's weight is spread evenly over its years, that of 90 and over given to 90-94: so the band 0-17 has
    three fifths of the weight of 15-19.
    """
    by_year = [weight / ESP2013_YEARS for weight in ESP2013 for _ in range(ESP2013_YEARS)]
    edges = (*bounds, below or _OLDEST)
    return tuple(fsum(by_year[low:high]) for low, high in pairwise(edges))


def standardised(one: ComputedIndicator) -> Standardised | None:
    """Standardise an indicator over all its areas by the population that its definition names.

    None where it names none, has no age bands or denominator, or a stratum holds nobody.
    """
    definition = one.definition
    place = next((number for number, axis in enumerate(one.axes) if axis.name == "age_band"), None)
    if definition.standard is None or one.denominator is None or place is None or definition.measure is None:
        return None
    others = tuple(number for number in range(len(one.axes)) if number != place)
    per_day = DAYS_PER_YEAR if definition.measure.denominator == "covered_days" else 1.0
    events = [int(number) for number in np.sum(one.numerator, axis=others)]
    people = [int(number) / per_day for number in np.sum(one.denominator, axis=others)]
    below = None if definition.population is None else definition.population.age_below
    if not people or min(people) <= 0:
        return None
    return direct(events, people, weights_of(definition.age_bands, below))


def inside(one: ComputedIndicator, lang: Language = "en") -> str | None:
    """Return the standardised figure as a sentence for eyes inside the region, None where there is none to show."""
    found = standardised(one)
    if found is None:
        return None
    per = one.definition.per
    value = _both(found.value * per)
    limits = Text("geen interval onder tien gevallen", "no interval below ten events")
    if found.low is not None and found.high is not None:
        low, high = _both(found.low * per), _both(found.high * per)
        limits = Text(f"95%-interval {low.nl} tot {high.nl}", f"95% interval {low.en} to {high.en}")
    return Text(
        f"{one.definition.id} {one.period}, gestandaardiseerd naar ESP2013, alleen binnen de regio: {value.nl}"
        f" per {per} ({limits.nl}; {found.events} gevallen in {found.strata} leeftijdsgroepen).",
        f"{one.definition.id} {one.period}, standardised to ESP2013, inside the region only: {value.en} per {per}"
        f" ({limits.en}; {found.events} events in {found.strata} age bands).",
    ).told(lang)


def _both(value: float) -> Text:
    return Text(f"{value:.2f}".replace(".", ","), f"{value:.2f}")


def crude(computed: Sequence[ComputedIndicator]) -> tuple[str, ...]:
    """Say to reviewers of which figures only the crude form is released, and why; one sentence each."""
    return tuple(
        f"{one.definition.id} {one.period} is released crude: beside hidden age bands its standardised figure could"
        " tell what they hide. Where all bands are shown, readers can standardise it themselves."
        for one in computed
        if one.definition.standard is not None
    )
