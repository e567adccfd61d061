"""All regions of a comparison together, those that hid their figure among them: between two ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from schemas.definition import IndicatorDefinition
from schemas.values import Exact, Suppressed

from .bounds import Ends
from .compare import RegionComparison
from .reference import FEWEST_REGIONS
from .scale import DECIMALS, factor, most, outward
from .stored import StoredIndicator, cell_of


@dataclass(frozen=True, slots=True)
class Together:
    """The set's figure between `low` and `high` in the shown unit, rounded outward; `hidden` of the regions hid theirs.

    Numerators are whole numbers over one denominator; `out_of` counts the comparable regions, of which those take no
    part that are partial, show no denominator, or hid a figure without an upper end.
    """

    low: Decimal
    high: Decimal
    numerator_low: int
    numerator_high: int
    denominator: int
    regions: int
    hidden: int
    out_of: int


def together(comparison: RegionComparison, figures: Sequence[StoredIndicator]) -> Together | None:
    """Return the bounds of the set's figure; None where nothing is hidden, or where the reference may not be shown.

    A region publishes of each hidden figure the range that its own rows prove; regions do not depend on each other, so
    that these are added up.
    """
    reference = comparison.reference
    if reference is None or reference.regions < FEWEST_REGIONS or comparison.standard is not None:
        return None
    of_region = {one.region: one for one in figures}
    rows = [
        row for row in comparison.rows if row.is_comparable and row.rebased_from is None and row.region in of_region
    ]
    whole = [row.region for row in rows if row.reason != "partial"]
    parts = {region: _part(comparison.definition, of_region[region], comparison.nodes) for region in whole}
    found = {region: part for region, part in parts.items() if part is not None}
    hidden = sum(isinstance(row.value, Suppressed) for row in rows if row.region in found)
    denominator = sum(people for _, people in found.values())
    if not hidden or denominator <= 0:
        return None
    low, high = (sum(int(ends[side]) for ends, _ in found.values()) for side in (0, 1))
    by, decimals = factor(comparison.definition) / denominator, DECIMALS[comparison.definition.kind]
    return Together(
        low=outward(low * by, decimals, up=False),
        high=outward(high * by, decimals, up=True),
        numerator_low=low,
        numerator_high=high,
        denominator=denominator,
        regions=len(found),
        hidden=hidden,
        out_of=len(rows),
    )


def _part(definition: IndicatorDefinition, one: StoredIndicator, nodes: Mapping[str, str]) -> tuple[Ends, int] | None:
    """Return a region's ends and denominator; None without a denominator or an upper end."""
    value = cell_of(one, nodes)
    if not isinstance(value, Exact | Suppressed) or value.denominator is None:
        return None
    if isinstance(value, Exact):
        return Ends(value.numerator, value.numerator), value.denominator
    top = most(definition, value)
    return None if top is None else (Ends(value.lo, top), value.denominator)
