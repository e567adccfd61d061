"""A comparison as it would be if every region had the age distribution of one standard population."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from schemas.codes import TOTAL
from schemas.definition import IndicatorDefinition
from schemas.values import Exact, Suppressed, TypedValue

from .bounds import Ends, FigureMissing, Published
from .compare import RegionComparison, side_by_side
from .intervals import CONFIDENCE_95
from .ranks import Point, Span
from .reference import Reference, Withheld
from .rows import ComparedRegion
from .scale import DECIMALS, SPARE_DECIMALS, factor, outward, readable, rounded
from .standardise import Standardised, StrataImpossible, direct, direct_share
from .standards import AGE, Standard, StandardUnfit, Stratum, covering, strata
from .standing import favour, standing
from .stored import StoredIndicator, nodes_of

Spans = Callable[[float], Mapping[str, Span]]
Cells = tuple[tuple[tuple[str, ...], ...], ...]  # per stratum the places of its cells


def strata_of(
    definition: IndicatorDefinition, figures: Sequence[StoredIndicator], nodes: Mapping[str, str], standard: Standard
) -> tuple[Stratum, ...]:
    """Return the strata in which figures of this definition are weighted; raises StandardUnfit."""
    may_be_weighted(definition, nodes)
    return strata(ages_of(definition, figures), standard)


def may_be_weighted(definition: IndicatorDefinition, nodes: Mapping[str, str]) -> None:
    """Raise StandardUnfit for figures of a cut that have no denominator, or no ages to weigh."""
    if definition.measure is None or definition.measure.denominator is None:
        raise StandardUnfit(
            "Zij heeft geen noemer, zodat er niets te wegen valt.",
            "It has no denominator, so that there is nothing to weigh.",
        )
    if AGE not in definition.dimensions:
        raise StandardUnfit("Zij is niet naar leeftijd ingedeeld.", "It is not cut by age.")
    if AGE in nodes:
        raise StandardUnfit(
            "Er is al één leeftijdsgroep gekozen; laat die weg om alle te wegen.",
            "One age group was asked for already; leave it out to weigh all of them.",
        )


def ages_of(definition: IndicatorDefinition, figures: Sequence[StoredIndicator]) -> frozenset[str]:
    """Return the age bands that most of the regions beside each other have; where as many have others, the finer."""
    every = [own_ages(one) for one in side_by_side(definition, figures)]
    counted = Counter(ages for ages in every if ages)
    return max(counted, key=lambda ages: (counted[ages], len(ages), sorted(ages)), default=frozenset())


def own_ages(one: StoredIndicator) -> frozenset[str]:
    """Return the age bands that one region has figures of."""
    if AGE not in one.payload.dimensions:
        return frozenset()
    place = one.payload.dimensions.index(AGE)
    return frozenset(cell.nodes[place] for cell in one.payload.cells) - {TOTAL}


def standardised(
    comparison: RegionComparison,
    figures: Sequence[StoredIndicator],
    standard: Standard,
    found_in: Sequence[Stratum],
    reference: Reference | Withheld | None,
) -> tuple[RegionComparison, Spans]:
    """Return the comparison by directly standardised figures, and what they can be at a confidence, to rank them by.

    Where every stratum is shown: Wilson's interval for proportions, Dobson's over Byar's for rates. Where one is
    hidden: the ends that the region's rows prove. `reference` is the regions together by the same standard, or
    why it is withheld.
    """
    of_region = {one.region: one for one in figures}
    against = reference if isinstance(reference, Reference) else None
    withheld = None if reference is None or isinstance(reference, Reference) else reference
    rows = []
    exact: dict[str, tuple[Sequence[int], Sequence[int]]] = {}
    for row in comparison.rows:
        one = of_region.get(row.region)
        if one is None or not row.is_comparable or row.reason == "withdrawn":
            rows.append(row)
            continue
        if row.rebased_from is not None:  # what was taken off has no strata
            rows.append(cleared(row, reason="division_year", is_comparable=False))
            continue
        counted = _counted(one, cells_of(one, comparison.nodes, found_in))
        if isinstance(counted, tuple) and row.reason != "partial" and _has_interval(comparison.definition):
            exact[row.region] = counted
        rows.append(_row(comparison, row, one, found_in, counted, against, withheld))
    weights = [float(stratum.people) for stratum in found_in]

    def spans(confidence: float) -> dict[str, Span]:
        points = {region: _point(comparison.definition, *pair, weights, confidence) for region, pair in exact.items()}
        return {region: (point, point) for region, point in points.items() if point is not None}

    made = replace(comparison, rows=tuple(rows), reference=against, withheld=withheld, standard=standard.name)
    return made, spans


def cells_of(one: StoredIndicator, nodes: Mapping[str, str], found_in: Sequence[Stratum]) -> Cells:
    """Return where the cells of every stratum stand, of bands of its own too; none where these are not its ages."""
    own = own_ages(one)
    listed = [covering(own, stratum.nodes) for stratum in found_in]
    return tuple(tuple(nodes_of(one, {**nodes, AGE: node}) for node in bands) for bands in listed)


def ends(one: StoredIndicator, cells: Cells, found_in: Sequence[Stratum]) -> Ends:
    """Return the ends of a standardised rate, per person(-day), of which strata are hidden; raises FigureMissing.

    Strata with known denominators are bounded together, the others each by itself; of nobody every share is possible.
    """
    model, total = Published(one), sum(stratum.people for stratum in found_in)
    together: dict[tuple[str, ...], float] = {}
    apart = Ends(0.0, 0.0)
    for places, stratum in zip(cells, found_in, strict=True):
        whole = model.count(places, "whole")
        if whole.is_known and whole.low > 0:
            together |= dict.fromkeys(places, float(stratum.people / total / int(whole.low)))
        else:
            most = 1.0 if one.payload.indicator_kind == "proportion" else math.inf
            apart += (model.rate(places) or Ends(0.0, most)).times(float(stratum.people / total))
    low, high = apart + model.weighted(together)
    return Ends(low, min(1.0, high) if one.payload.indicator_kind == "proportion" else high)


def _counted(one: StoredIndicator, cells: Cells) -> tuple[Sequence[int], Sequence[int]] | str:
    """Return events and people per stratum where all are shown, else why not in code."""
    found = {cell.nodes: cell.value for cell in one.payload.cells}
    listed = [[found.get(place) for place in places] for places in cells]
    every: list[TypedValue] = [value for values in listed for value in values if value is not None]
    if not all(cells) or len(every) < sum(map(len, cells)):
        return "stratum_missing"
    for value in every:
        if not isinstance(value, Exact | Suppressed):
            return str(value.__struct_config__.tag)
    if any(isinstance(value, Suppressed) for value in every):
        return "suppressed"
    events, people = [], []
    for values in listed:
        pairs = [(value.numerator, value.denominator) for value in values if isinstance(value, Exact)]
        events.append(sum(part for part, _ in pairs))
        people.append(sum(whole or 0 for _, whole in pairs))
    return (events, people) if min(people) > 0 else "stratum_empty"


def _row(
    comparison: RegionComparison,
    row: ComparedRegion,
    one: StoredIndicator,
    found_in: Sequence[Stratum],
    counted: tuple[Sequence[int], Sequence[int]] | str,
    against: Reference | None,
    withheld: Withheld | None,
) -> ComparedRegion:
    definition = comparison.definition
    bare = cleared(row)
    if counted == "suppressed":
        low, high = _bounds(definition, one, cells_of(one, comparison.nodes, found_in), found_in)
        reason = "partial" if row.reason == "partial" else "suppressed"
        return replace(bare, range_low=low, range_high=high, reason=reason)
    if isinstance(counted, str):
        return replace(bare, reason=counted)
    try:
        made = _made(definition, *counted, [float(stratum.people) for stratum in found_in])
    except StrataImpossible:
        return replace(bare, reason="stratum_empty")
    estimate = _shown(definition, made.value)
    if row.reason == "partial":
        return replace(bare, estimate=estimate, reason="partial")
    if made.interval is None or not _has_interval(definition):
        is_share = definition.kind != "proportion" or all(part <= whole for part, whole in zip(*counted, strict=True))
        why = "too_few_events" if _has_interval(definition) and is_share else "no_interval"
        return replace(bare, estimate=estimate, reason=why)
    low, high = (_shown(definition, limit, SPARE_DECIMALS) for limit in made.interval)
    found = standing(low, high, against.value if against else None)
    no_reference = "reference_withheld" if withheld else "no_reference"
    return replace(
        bare,
        estimate=estimate,
        lower=readable(definition, low),
        upper=readable(definition, high),
        standing=found,
        favour=favour(found, definition.favourable),
        reason=no_reference if found == "no_verdict" else None,
    )


def cleared(row: ComparedRegion, **changes: Any) -> ComparedRegion:
    """Return a row without the figures that were not standardised."""
    none = dict.fromkeys(("estimate", "lower", "upper", "range_low", "range_high", "favour"))
    return replace(row, **{**none, "standing": "no_verdict", **changes})


def _bounds(
    definition: IndicatorDefinition, one: StoredIndicator, cells: Cells, found_in: Sequence[Stratum]
) -> tuple[Decimal | None, Decimal | None]:
    try:
        low, high = ends(one, cells, found_in)
    except FigureMissing:
        return None, None
    by, decimals = factor(definition), DECIMALS[definition.kind]
    top = None if math.isinf(high) else outward(_whole(high * by, decimals), decimals, up=True)
    return outward(_whole(low * by, decimals), decimals, up=False), top


def _whole(value: Fraction | float, decimals: int) -> Fraction:
    """Return a solver's end as a fraction; what is within its tolerance of the last decimal is that decimal."""
    near = Fraction(round(value * 10**decimals), 10**decimals)
    return near if abs(float(value) - float(near)) < 1e-7 * max(1.0, abs(float(near))) else Fraction(value)


def _has_interval(definition: IndicatorDefinition) -> bool:
    return definition.kind in ("proportion", "rate")


def _made(
    definition: IndicatorDefinition,
    events: Sequence[int],
    people: Sequence[int],
    weights: Sequence[float],
    confidence: float = CONFIDENCE_95,
) -> Standardised:
    """Return the figure by the method of its kind: the same for a row, its ranks and its order."""
    by = direct_share if definition.kind == "proportion" else direct
    return by(events, people, weights, confidence)


def _shown(definition: IndicatorDefinition, value: float, spare: int = 0) -> Decimal:
    return rounded(Fraction(value) * factor(definition), DECIMALS[definition.kind] + spare)


def _point(
    definition: IndicatorDefinition,
    events: Sequence[int],
    people: Sequence[int],
    weights: Sequence[float],
    confidence: float = CONFIDENCE_95,
) -> Point | None:
    try:
        made = _made(definition, events, people, weights, confidence)
    except StrataImpossible:
        return None
    by = float(factor(definition))
    return None if made.interval is None else Point(*(by * one for one in (made.value, *made.interval)))


def together_by(
    definition: IndicatorDefinition, found_in: Sequence[Stratum], totals: Mapping[str, Reference]
) -> Reference:
    """Return the regions together by a standard: of each stratum the regions that show it, weighted like theirs."""
    by_stratum = [[totals[node] for node in stratum.nodes] for stratum in found_in]
    sums = [(sum(one.numerator for one in listed), sum(one.denominator for one in listed)) for listed in by_stratum]
    whole = sum(stratum.people for stratum in found_in)
    value = (
        sum((stratum.people * Fraction(*pair) for stratum, pair in zip(found_in, sums, strict=True)), Fraction(0))
        / whole
    )
    listed = list(totals.values())
    return Reference(
        rounded(value * factor(definition), DECIMALS[definition.kind] + SPARE_DECIMALS),
        sum(part for part, _ in sums),
        sum(people for _, people in sums),
        min(one.regions for one in listed),
        max(one.out_of for one in listed),
        tuple(sorted({region for one in listed for region in one.parts})),
    )
