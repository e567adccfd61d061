"""Standard populations by age, and how the age bands of an indicator are laid on one."""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from schemas.definition import Text
from schemas.standard_population import ESP2013, ESP2013_YEARS

AGE: Final = "age_band"
_BAND: Final = re.compile(r"(\d{1,3})(?:-(\d{1,3})|(\+))")


class StandardUnknown(LookupError):
    """There is no standard population of this name; `text` says so in both languages."""

    def __init__(self) -> None:
        """Say so."""
        self.text = Text(
            "Een standaardbevolking met deze naam is er niet.", "There is no standard population of this name."
        )
        super().__init__(self.text.en)


class StandardUnfit(ValueError):
    """The indicator's age bands cannot be laid on this standard population; `text` says why in both languages."""

    def __init__(self, dutch: str, english: str) -> None:
        """Take the sentence in both languages."""
        super().__init__(english)
        self.text = Text(dutch, english)


@dataclass(frozen=True, slots=True)
class Standard:
    """People by age group: the first age of each, the last group without an end; `source` says whose figures."""

    name: str
    title: Text
    source: str
    groups: tuple[tuple[int, int], ...]

    @property
    def open_from(self) -> int:
        """The age from which nothing is known of the ages apart."""
        return self.groups[-1][0]

    def people(self, first: int, below: int | None) -> Fraction:
        """Return the people of an age of at least `first` and less than `below`; groups are split evenly by age."""
        found = Fraction(0)
        for (low, number), (high, _) in pairwise(self.groups):
            years = min(high, high if below is None else below) - max(low, first)
            found += Fraction(number * max(0, years), high - low)
        return found + (self.groups[-1][1] if below is None else 0)


@dataclass(frozen=True, slots=True)
class Stratum:
    """Age bands that are taken together, and the standard's people of these ages."""

    nodes: tuple[str, ...]
    people: Fraction


STANDARDS: Final[Mapping[str, Standard]] = {
    one.name: one
    for one in (
        Standard(
            "esp2013",
            Text("Europese standaardbevolking 2013", "European Standard Population 2013"),
            "Eurostat, Revision of the European Standard Population (2013), both sexes, 19 age groups",
            tuple((ESP2013_YEARS * place, number) for place, number in enumerate(ESP2013)),
        ),
        Standard(
            "nl2019",
            Text("Nederlandse bevolking op 1 januari 2019", "Dutch population on 1 January 2019"),
            "CBS, Kerncijfers wijken en buurten 2019 (CC BY 4.0), sum of 355 municipalities",
            ((0, 2_739_819), (15, 2_131_944), (25, 4_255_450), (45, 4_840_946), (65, 3_314_004)),
        ),
    )
}


def standard_named(name: str) -> Standard:
    """Return a standard population; raises StandardUnknown."""
    if name not in STANDARDS:
        raise StandardUnknown
    return STANDARDS[name]


def strata(nodes: Iterable[str], standard: Standard) -> tuple[Stratum, ...]:
    """Lay age bands (0-17, 75+) on a standard population, youngest first; raises StandardUnfit.

    Bands that begin where the standard tells no ages apart any more are taken together with the one before. Ages that
    no band holds have no weight.
    """
    bands = bands_of(nodes)
    end = bands[-1][1]
    if bands[0][0] > standard.open_from or (end is not None and end > standard.open_from):
        raise StandardUnfit(
            f"Vanaf {standard.open_from} jaar kent {standard.name} geen leeftijden apart; daar eindigt een groep.",
            f"From {standard.open_from} years on {standard.name} tells no ages apart; a band ends there.",
        )
    cut = max(place for place, (first, _, _) in enumerate(bands) if first <= standard.open_from)
    found = [Stratum((node,), standard.people(first, below)) for first, below, node in bands[:cut]]
    found.append(Stratum(tuple(node for _, _, node in bands[cut:]), standard.people(bands[cut][0], bands[-1][1])))
    if len(found) < 2:
        raise StandardUnfit(
            "Er is maar één leeftijdsgroep om op de standaardbevolking te leggen: er valt niets te wegen.",
            "There is only one age band to lay on the standard population: nothing is to be weighted.",
        )
    return tuple(found)


def covering(own: Collection[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the bands among `own` that together are the ages of the wanted ones; none where they are not exactly."""
    try:
        bands, ages = bands_of(own), bands_of(wanted)
    except StandardUnfit:
        return ()
    first, below = ages[0][0], _end(ages[-1][1])
    found = [band for band in bands if first <= band[0] and _end(band[1]) <= below]
    if not found or found[0][0] != first or _end(found[-1][1]) != below:
        return ()
    return tuple(node for _, _, node in found)


def _end(below: int | None) -> float:
    return math.inf if below is None else below


def bands_of(nodes: Iterable[str]) -> Sequence[tuple[int, int | None, str]]:
    """Return age bands with their first age and the one below which they end, youngest first; raises StandardUnfit."""
    found: list[tuple[int, int | None, str]] = []
    for node in nodes:
        read = _BAND.fullmatch(node)
        if read is None:
            raise StandardUnfit(
                "Er zijn mensen van onbekende leeftijd, of groepen die geen leeftijden zijn.",
                "There are persons of an unknown age, or bands that are no ages.",
            )
        found.append((int(read[1]), None if read[3] else int(read[2]) + 1, node))
    found.sort(key=lambda band: band[0])
    if not found:
        raise StandardUnfit("Er zijn geen cijfers naar leeftijd.", "There are no figures by age.")
    if any(below != first for (_, below, _), (first, _, _) in pairwise(found)):
        raise StandardUnfit(
            "De leeftijdsgroepen overlappen of slaan leeftijden over.", "The age bands overlap or leave ages out."
        )
    return found
