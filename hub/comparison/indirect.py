"""A comparison by indirect standardisation: a region's cases over those expected at the rates of all together."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from schemas.definition import IndicatorDefinition
from schemas.values import Exact, Suppressed

from .bounds import Published
from .compare import RegionComparison
from .reference import Reference, Withheld
from .rows import ComparedRegion
from .scale import DECIMALS, SPARE_DECIMALS, most, outward, readable, rounded
from .standardise import indirect
from .standardised import ages_of, cleared, may_be_weighted, own_ages
from .standards import AGE, StandardUnfit, Stratum, bands_of, covering
from .standing import favour, standing
from .stored import StoredIndicator, cell_of, nodes_of

INDIRECT: Final = "indirect"
ALIKE: Final = 100  # the ratio of a region whose rate at each age is that of the regions that show that age


def bands_for(
    definition: IndicatorDefinition, figures: Sequence[StoredIndicator], nodes: Mapping[str, str]
) -> tuple[Stratum, ...]:
    """Return the age bands over which cases are expected, each by itself; raises StandardUnfit."""
    may_be_weighted(definition, nodes)
    if definition.kind not in ("proportion", "rate"):
        raise StandardUnfit("Haar cijfers zijn geen aantallen gevallen.", "Its figures are no numbers of cases.")
    bands = bands_of(ages_of(definition, figures))
    if len(bands) < 2:
        raise StandardUnfit(
            "Er is maar één leeftijdsgroep: er valt niets te wegen.",
            "There is only one age band: nothing is to be weighted.",
        )
    return tuple(Stratum((node,), Fraction(0)) for _, _, node in bands)


def indirectly(
    comparison: RegionComparison,
    figures: Sequence[StoredIndicator],
    totals: Mapping[str, Reference] | Withheld | None,
) -> RegionComparison:
    """Return the comparison by observed over expected cases, times 100.

    `totals` are the regions together by age band, of each band those that show it, or why they are withheld: then
    there is nothing to expect by. Where a band is hidden, all regions are therefore near 100 and not exactly. Of a
    hidden figure the ends that the region's rows prove over the expected. Two regions cannot be ordered by it, since
    each weighs the rates by its own ages. Breslow and Day (1987), IARC 82, pp. 65-69.
    """
    of_region = {one.region: one for one in figures}
    told = totals if isinstance(totals, Mapping) else {}
    rates = {node: total.numerator / total.denominator for node, total in told.items()}
    why = "no_reference" if totals is None else "reference_withheld"
    rows: list[ComparedRegion] = []
    for row in comparison.rows:
        one = of_region.get(row.region)
        if one is None or not row.is_comparable or row.reason == "withdrawn":
            rows.append(row)
        elif row.rebased_from is not None:
            rows.append(cleared(row, reason="division_year", is_comparable=False))
        elif not rates:
            rows.append(cleared(row, reason=why))
        else:
            people = _people(one, comparison.nodes, tuple(rates))
            rows.append(_row(comparison, row, one, people, list(rates.values())))

    withheld = totals if isinstance(totals, str) else None
    reference = _alike(told.values()) if told else None
    return replace(comparison, rows=tuple(rows), reference=reference, withheld=withheld, standard=INDIRECT)


def _alike(totals: Collection[Reference]) -> Reference:
    return Reference(
        Decimal(ALIKE),
        sum(one.numerator for one in totals),
        sum(one.denominator for one in totals),
        min(one.regions for one in totals),
        max(one.out_of for one in totals),
        tuple(sorted({region for one in totals for region in one.parts})),
    )


def _people(one: StoredIndicator, nodes: Mapping[str, str], bands: Sequence[str]) -> list[float] | None:
    """Return the people of every age band, which may be shown where the cases are hidden.

    None where one lacks, or where the region has cases of other ages, which nobody expects.
    """
    own = own_ages(one)
    if set(covering(own, bands)) != own:
        return None
    found = {cell.nodes: cell.value for cell in one.payload.cells}
    people = []
    for band in bands:
        values = [found.get(nodes_of(one, {**nodes, AGE: node})) for node in covering(own, [band])]
        known = [value.denominator for value in values if isinstance(value, Exact | Suppressed)]
        whole = [number for number in known if number is not None]
        if not values or len(whole) < len(values):
            return None
        people.append(float(sum(whole)))
    return people


def _row(
    comparison: RegionComparison,
    row: ComparedRegion,
    one: StoredIndicator,
    people: list[float] | None,
    rates: Sequence[float],
) -> ComparedRegion:
    definition, value = comparison.definition, cell_of(one, comparison.nodes)
    if not isinstance(value, Exact | Suppressed):
        return cleared(row)
    if people is None:
        return cleared(row, reason="stratum_missing")
    expected = sum(number * rate for number, rate in zip(people, rates, strict=True))
    if expected <= 0:
        return cleared(row, reason="nothing_expected" if sum(people) > 0 else "stratum_empty")
    if isinstance(value, Suppressed):
        low, high = Published(one).count([nodes_of(one, comparison.nodes)])
        cap = most(definition, value)
        high = high if cap is None else min(high, cap)
        decimals, by = DECIMALS[definition.kind], Fraction(ALIKE) / Fraction(expected)
        top = None if math.isinf(high) else outward(int(high) * by, decimals, up=True)
        return cleared(row, range_low=outward(int(low) * by, decimals, up=False), range_high=top, reason=row.reason)
    made = indirect(value.numerator, people, rates)
    estimate = readable(definition, _times(definition, made.value))
    if row.reason == "partial" or made.interval is None:
        return cleared(row, estimate=estimate, reason=row.reason)
    ends = [_times(definition, limit) for limit in made.interval]
    found = standing(ends[0], ends[1], Decimal(ALIKE))
    low_, high_ = (readable(definition, end) for end in ends)
    told = {"estimate": estimate, "lower": low_, "upper": high_, "favour": favour(found, definition.favourable)}
    return cleared(row, **told, standing=found, reason=None)


def _times(definition: IndicatorDefinition, ratio: float) -> Decimal:
    return rounded(Fraction(ratio) * ALIKE, DECIMALS[definition.kind] + SPARE_DECIMALS)
