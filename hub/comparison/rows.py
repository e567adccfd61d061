"""One region's row of a comparison: its typed value read beside the figure of the regions together."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from schemas.definition import IndicatorDefinition
from schemas.values import Exact, NotAvailable, Rounded, Suppressed, TypedValue

from .reference import FEWEST_REGIONS, Reference, Withheld
from .scale import ends, interval, readable, shown
from .standing import Favour, Standing, favour, standing
from .stored import StoredIndicator, WithdrawnRegion


@dataclass(frozen=True, slots=True)
class ComparedRegion:
    """One region: its typed value, estimate and 95% interval in the shown unit, or a hidden value's range.

    `range_high` None beside a `range_low` means no upper bound. `reason` says in code why there is no verdict:
    no_denominator, no_interval, no_reference, reference_withheld, suppressed, not_available, not_collected,
    not_applicable, withdrawn, cell_missing, partial (too few are covered, so it is not in the reference either), under
    a standard also stratum_missing, stratum_empty, nothing_expected, too_few_events; or why not comparable: definition,
    period, region_set, division_year. `rebased_from` is the division that the figure was counted in, where that is an
    older one: it is judged, and in no reference.
    """

    region: str
    region_name: str
    accepted_at: datetime
    revision: int
    value: TypedValue
    estimate: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    range_low: Decimal | None = None
    range_high: Decimal | None = None
    standing: Standing = "no_verdict"
    favour: Favour | None = None
    reason: str | None = None
    is_comparable: bool = True
    rebased_from: int | None = None

    @property
    def bounds(self) -> Literal["interval", "range"] | None:
        """What is known around the figure: the interval of an estimate, the range of a hidden one, or nothing."""
        if isinstance(self.value, Suppressed) or self.range_low is not None:
            return "range"
        return None if self.lower is None or self.upper is None else "interval"

    @property
    def low(self) -> Decimal | None:
        """The lower end of the interval or range."""
        return self.range_low if self.bounds == "range" else self.lower

    @property
    def high(self) -> Decimal | None:
        """The upper end of the interval or range; None beside a range's lower end: there is none."""
        return self.range_high if self.bounds == "range" else self.upper


def row_of(
    definition: IndicatorDefinition,
    one: StoredIndicator,
    value: TypedValue | None,
    reference: Reference | None,
    withheld: Withheld | None,
) -> ComparedRegion:
    """Return the row of a region whose figure stands in the comparison; None as its value: it has no such cell."""
    if value is None:
        return bare(one, NotAvailable(), "cell_missing")
    if isinstance(value, Exact):
        return _exact(definition, one, value, reference, withheld)
    if isinstance(value, Rounded):
        return bare(one, value, "no_denominator", estimate=Decimal(value.value).quantize(Decimal(value.step)))
    if isinstance(value, Suppressed):
        low, high = ends(definition, value)
        is_partial = one.payload.quality is not None and one.payload.quality.is_partial
        return bare(one, value, "partial" if is_partial else "suppressed", range_low=low, range_high=high)
    return bare(one, value, str(value.__struct_config__.tag))


def _exact(
    definition: IndicatorDefinition,
    one: StoredIndicator,
    value: Exact,
    reference: Reference | None,
    withheld: Withheld | None,
) -> ComparedRegion:
    estimate = shown(definition, value.numerator, value.denominator)
    if one.payload.quality is not None and one.payload.quality.is_partial:
        return bare(one, value, "partial", estimate=estimate)
    limits = interval(definition, value.numerator, value.denominator)
    if limits is None:
        return bare(one, value, "no_interval" if value.denominator else "no_denominator", estimate=estimate)
    against = reference.value if reference is not None and reference.regions >= FEWEST_REGIONS else None
    found = standing(*limits, against)
    low, high = (readable(definition, limit) for limit in limits)
    return ComparedRegion(
        region=one.region,
        region_name=one.region_name,
        accepted_at=one.accepted_at,
        revision=one.revision,
        value=value,
        estimate=estimate,
        lower=low,
        upper=high,
        standing=found,
        favour=favour(found, definition.favourable),
        reason=("reference_withheld" if withheld else "no_reference") if found == "no_verdict" else None,
    )


def bare(
    one: StoredIndicator | WithdrawnRegion,
    value: TypedValue,
    reason: str,
    estimate: Decimal | None = None,
    range_low: Decimal | None = None,
    range_high: Decimal | None = None,
    is_comparable: bool = True,
) -> ComparedRegion:
    """Return a row without a verdict, with the reason in code."""
    return ComparedRegion(
        region=one.region,
        region_name=one.region_name,
        accepted_at=one.accepted_at,
        revision=one.revision,
        value=value,
        estimate=estimate,
        range_low=range_low,
        range_high=range_high,
        reason=reason,
        is_comparable=is_comparable,
    )
