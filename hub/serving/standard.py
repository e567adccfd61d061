"""A comparison by a standard population, as far as its reader may see the regions together in every stratum."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from hub.comparison import Reference, RegionComparison, StoredIndicator, Withheld, reference_of
from hub.comparison.indirect import INDIRECT, bands_for, indirectly
from hub.comparison.reference import Permit
from hub.comparison.standardised import Spans, standardised, strata_of, together_by
from hub.comparison.standards import AGE, STANDARDS, StandardUnfit, StandardUnknown, Stratum, standard_named
from hub.serving.offered import NotOffered
from schemas.definition import IndicatorDefinition, Text
from schemas.joint import Cut

NONE = "none"
_INDIRECT: Final = Text(
    "Indirect: gevallen per 100 die er zouden zijn als elke leeftijd het cijfer had van de regio’s samen die deze"
    " leeftijd tonen",
    "Indirect: cases per 100 that there would be if every age had the figure of the regions together that show this"
    " age",
)
INDEX: Final = Text("index, regio’s samen = 100", "index, regions together = 100")


class StandardRefused(NotOffered):
    """A standard that does not exist, or that does not fit; `allowed` are those that do."""

    def __init__(self, why: Text, allowed: Sequence[str]) -> None:
        """Take the reason, a sentence, and the names that may be asked for instead."""
        names = (NONE, *allowed)
        listed = ", ".join(names)
        super().__init__(Text(f"{why.nl} Kies uit {listed}.", f"{why.en} Choose one of {listed}."), names)


def orders_regions(name: str | None) -> bool:
    """Tell whether regions may be set in order by figures of this standard, None or `none` being as counted.

    Indirect figures order nobody: each region weighs the rates by its own ages.
    """
    return name != INDIRECT


class WeightedAges(msgspec.Struct, frozen=True):
    """Age bands that are weighted as one stratum, and its part of the standard population."""

    ages: tuple[str, ...]
    weight: float


class StandardView(msgspec.Struct, frozen=True):
    """The standard population to which figures are weighted: whose it is, and the weight of each stratum.

    With `indirect` there is none: figures are cases per 100 that are expected at the rates of the regions together.
    """

    name: str
    title: Text
    source: str
    strata: tuple[WeightedAges, ...]


@dataclass(frozen=True, slots=True)
class ByStandard:
    """A comparison by a standard: its rows, what its regions are ranked by, and what the reader is told of it."""

    comparison: RegionComparison
    spans: Spans
    told: StandardView


def by_standard(
    comparison: RegionComparison,
    stored: Sequence[StoredIndicator],
    name: str,
    permit_of: Callable[[Cut], Permit],
) -> ByStandard:
    """Return the comparison by a standard; raises StandardRefused. `permit_of` gives the say over each cut's total."""
    definition = comparison.definition
    try:
        if name == INDIRECT:
            bands = bands_for(definition, stored, comparison.nodes)
            by_rates = indirectly(comparison, stored, _totals(comparison, stored, bands, permit_of))
            return ByStandard(by_rates, lambda _: {}, StandardView(INDIRECT, _INDIRECT, "", ()))
        standard = standard_named(name)
        found_in = strata_of(definition, stored, comparison.nodes, standard)
    except (StandardUnknown, StandardUnfit) as error:
        said = error.text
        if isinstance(error, StandardUnfit):
            said = Text(
                f"Deze indicator is niet naar {name} te standaardiseren. {said.nl}",
                f"{definition.id} cannot be standardised to {name}. {said.en}",
            )
        raise StandardRefused(said, allowed(definition, stored, comparison.nodes)) from error
    totals = _totals(comparison, stored, found_in, permit_of)
    reference = together_by(definition, found_in, totals) if isinstance(totals, dict) else totals
    made, spans = standardised(comparison, stored, standard, found_in, reference)
    return ByStandard(made, spans, _told(name, found_in))


def allowed(
    definition: IndicatorDefinition, stored: Sequence[StoredIndicator], nodes: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the names of the standards to which figures of a cut can be weighted."""
    found = []
    for name, standard in STANDARDS.items():
        try:
            strata_of(definition, stored, nodes, standard)
        except StandardUnfit:
            continue
        found.append(name)
    try:
        bands_for(definition, stored, nodes)
    except StandardUnfit:
        return tuple(found)
    return (*found, INDIRECT)


def _totals(
    comparison: RegionComparison,
    stored: Sequence[StoredIndicator],
    found_in: Sequence[Stratum],
    permit_of: Callable[[Cut], Permit],
) -> dict[str, Reference] | Withheld | None:
    """Return the regions together by age band, each of which has to be proven by itself; or why they are withheld."""
    totals: dict[str, Reference] = {}
    for node in (node for stratum in found_in for node in stratum.nodes):
        nodes = {**comparison.nodes, AGE: node}
        total = reference_of(comparison.definition, stored, nodes)
        if total is None:
            return None
        allowed_ = permit_of(tuple(sorted(nodes.items())))(total)
        if not isinstance(allowed_, Reference):
            return allowed_
        totals[node] = allowed_
    return totals


def _told(name: str, found_in: Sequence[Stratum]) -> StandardView:
    standard, whole = STANDARDS[name], sum(stratum.people for stratum in found_in)
    weights = tuple(WeightedAges(one.nodes, round(float(one.people / whole), 6)) for one in found_in)
    return StandardView(name, standard.title, standard.source, weights)
