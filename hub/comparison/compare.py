"""Compare the regions of one set on one indicator, by name and never as a league table."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from schemas.catalogue import counts_as
from schemas.definition import IndicatorDefinition
from schemas.payloads import IndicatorPublished
from schemas.values import Exact, NotAvailable, TypedValue, Withdrawn

from .rebased import areas_of, rebased
from .reference import FEWEST_REGIONS, Permit, Reference, Withheld
from .rows import ComparedRegion, bare, row_of
from .scale import SPARE_DECIMALS, shown
from .stored import StoredIndicator, WithdrawnRegion, cell_of


@dataclass(frozen=True, slots=True)
class RegionComparison:
    """One indicator, period and cut over one set of regions; rows by region name."""

    definition: IndicatorDefinition
    period: str
    region_set: str
    division_year: int | None  # None where all figures were taken back
    nodes: Mapping[str, str]
    reference: Reference | None
    rows: tuple[ComparedRegion, ...]
    withheld: Withheld | None = None  # why there is no reference where the rows would give one
    standard: str | None = None  # the population to which all figures and the reference are standardised


def compare(
    definition: IndicatorDefinition,
    figures: Sequence[StoredIndicator],
    nodes: Mapping[str, str] | None = None,
    withdrawn: Sequence[WithdrawnRegion] = (),
    permit: Permit | None = None,
) -> RegionComparison:
    """Compare regions at one node per dimension; a dimension that `nodes` leaves out is taken at its total.

    Period, region set and division year are those that most of the given figures of this definition have, the latest
    where as many have another; a region with others is listed as not comparable, unless its older division of
    municipalities can be laid on theirs. Raises NothingToCompare.
    """
    chosen = dict(nodes or {})
    frame = _frame(definition, figures, withdrawn)
    cells = _cells(definition, figures, chosen, frame)
    reference, withheld = _permitted(_reference(definition, _covered(cells, figures)), permit)
    rows = [bare(one, Withdrawn(), "withdrawn") for one in withdrawn]
    elsewhere = set[str]().union(*(areas_of(one) for one in figures if one.region in cells))
    for one in figures:
        difference = _difference(definition, one.payload, *frame)
        if difference is None:
            rows.append(row_of(definition, one, cells[one.region], reference, withheld))
            continue
        again = rebased(one, chosen, frame[2] or 0, elsewhere) if difference == "division_year" else None
        if again is not None:
            row = row_of(definition, one, again, reference, withheld)
            rows.append(replace(row, rebased_from=one.payload.division_year))
            continue
        rows.append(bare(one, cell_of(one, chosen) or NotAvailable(), difference, is_comparable=False))
    rows.sort(key=lambda row: (row.region_name, row.region))
    return RegionComparison(definition, *frame, chosen, reference, tuple(rows), withheld)


def reference_of(
    definition: IndicatorDefinition, figures: Sequence[StoredIndicator], nodes: Mapping[str, str]
) -> Reference | None:
    """Return the total that follows from the figures that `compare` would set beside each other; None without one.

    None also where fewer regions than a comparison needs take part. Raises NothingToCompare.
    """
    cells = _cells(definition, figures, nodes, _frame(definition, figures, ()))
    found = _reference(definition, _covered(cells, figures))
    return None if found is None or found.regions < FEWEST_REGIONS else found


def side_by_side(definition: IndicatorDefinition, figures: Sequence[StoredIndicator]) -> list[StoredIndicator]:
    """Return the figures that `compare` would set beside each other; none where no region has this definition."""
    try:
        frame = _frame(definition, figures, ())
    except NothingToCompare:
        return []
    return [one for one in figures if _difference(definition, one.payload, *frame) is None]


class NothingToCompare(LookupError):
    """No region has figures of this version of the definition."""


class RegionTwice(ValueError):
    """One region came in with two sets of figures."""


def _frame(
    definition: IndicatorDefinition, figures: Sequence[StoredIndicator], withdrawn: Sequence[WithdrawnRegion]
) -> tuple[str, str, int | None]:
    regions = [one.region for one in figures] + [one.region for one in withdrawn]
    if len(set(regions)) < len(regions):
        raise RegionTwice(f"A region has two sets of figures of {definition.id}; give the latest of each region.")
    frames = Counter(
        (one.payload.period, one.payload.region_set, one.payload.division_year)
        for one in figures
        if counts_as(definition, one.payload.definition_hash)
    )
    if not frames and withdrawn:
        return withdrawn[0].period, withdrawn[0].region_set, None
    if not frames:
        raise NothingToCompare(f"No region published {definition.id} version {definition.version}; wait or choose one.")
    return max(frames, key=lambda frame: (frames[frame], frame))


def _cells(
    definition: IndicatorDefinition,
    figures: Sequence[StoredIndicator],
    nodes: Mapping[str, str],
    frame: tuple[str, str, int | None],
) -> dict[str, TypedValue | None]:
    return {one.region: cell_of(one, nodes) for one in figures if _difference(definition, one.payload, *frame) is None}


def _covered(
    cells: Mapping[str, TypedValue | None], figures: Sequence[StoredIndicator]
) -> dict[str, TypedValue | None]:
    """Return the cells without those of regions that cover too few: they are in no total."""
    partial = {one.region for one in figures if one.payload.quality is not None and one.payload.quality.is_partial}
    return {region: None if region in partial else value for region, value in cells.items()}


def _difference(
    definition: IndicatorDefinition,
    payload: IndicatorPublished,
    period: str,
    region_set: str,
    division_year: int | None,
) -> str | None:
    if not counts_as(definition, payload.definition_hash):
        return "definition"
    if payload.period != period:
        return "period"
    if payload.region_set != region_set:
        return "region_set"
    return "division_year" if payload.division_year != division_year else None


def _reference(definition: IndicatorDefinition, cells: Mapping[str, TypedValue | None]) -> Reference | None:
    pairs = {
        region: (value.numerator, value.denominator)
        for region, value in cells.items()
        if isinstance(value, Exact) and value.denominator is not None
    }
    numerator, denominator = (sum(pair[side] for pair in pairs.values()) for side in (0, 1))
    return referred(definition, numerator, denominator, len(cells), tuple(sorted(pairs)))


def referred(
    definition: IndicatorDefinition, numerator: int, denominator: int, out_of: int, parts: tuple[str, ...]
) -> Reference | None:
    """Return the reference that a total gives; None without any part, or over a denominator of 0."""
    value = shown(definition, numerator, denominator, SPARE_DECIMALS) if parts else None
    return None if value is None else Reference(value, numerator, denominator, len(parts), out_of, parts)


def _permitted(reference: Reference | None, permit: Permit | None) -> tuple[Reference | None, Withheld | None]:
    if reference is None or permit is None or reference.regions < FEWEST_REGIONS:
        return reference, None
    allowed = permit(reference)
    return (allowed, None) if isinstance(allowed, Reference) else (None, allowed)
