"""The view of one comparison that pages, JSON and files are made from: typed values, never a blank or a bare number."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from hub.comparison import ComparedRegion, RegionComparison, Standing, Withheld
from hub.comparison.compare import FEWEST_REGIONS
from hub.comparison.funnel import Place
from hub.comparison.funnelled import funnelled
from hub.comparison.scale import readable
from hub.serving.figures import AcceptedIndicator, Correction, Latest
from hub.serving.withheld import why
from schemas.codes import Audience
from schemas.definition import Text
from schemas.payloads import Computed, TakenOver
from schemas.quality import Quality
from schemas.values import Suppressed, TypedValue

Bounds = Literal["interval", "range"]


class RegionRow(msgspec.Struct, frozen=True):
    """One region: `shown` in the indicator's unit; `low`..`high` an interval of an estimate or a hidden value's range.

    `high` None beside bounds `range` means no upper bound, `low` None that nothing is known. `why_not` says in code
    why nothing is judged, or why the row is not comparable. `corrected_at` is when the hub accepted the last of the
    `corrections`, None where there are none; a row that was taken back has value `withdrawn` and says no more.
    `pending_since`: a correction waits since then, too small to be told; None where none does.
    `quality` is what the region says of how records were linked and who is covered; None where it says nothing.
    `licence` is that of the public table that the figure was taken over from, as its owner writes it.
    """

    region: str
    name: str
    value: TypedValue
    shown: Decimal | None
    bounds: Bounds | None
    low: Decimal | None
    high: Decimal | None
    standing: Standing
    why_not: str | None
    is_comparable: bool
    taken_over: bool
    accepted_at: str
    age_days: int
    event_id: str
    definition_hash: str
    corrected_at: str | None = None
    corrections: tuple[Correction, ...] = ()
    pending_since: str | None = None
    quality: Quality | None = None
    licence: str | None = None


class FunnelLimits(msgspec.Struct, frozen=True):
    """One region's funnel limits in the unit, each (low, high): at 95% and at 99.8%; `place` says where it lies."""

    region: str
    warning: tuple[Decimal, Decimal]
    control: tuple[Decimal, Decimal]
    place: Place


class FunnelView(msgspec.Struct, frozen=True):
    """Limits within which regions lie that differ from all together by chance only.

    `dispersion` (1: none) is by how much regions vary more than that; it has widened the limits already.
    """

    dispersion: float
    regions: tuple[FunnelLimits, ...]


class IndicatorView(msgspec.Struct, frozen=True):
    """One indicator, period and cut over one set of regions, by region name; `reference` is the set's own figure.

    `reference_withheld` says in code why none is shown where the rows would give one: it would narrow a hidden figure,
    a figure in it was destroyed since it was kept, that it is safe could not be proven, or is being proven, then with
    since when (UTC); `reference_why` says it in words.
    `as_known_on` is the moment of the hub's acceptance time that is shown: later events are left out.
    """

    indicator: str
    version: int
    definition_hash: str
    title: Text
    description: Text
    unit: Text
    favourable: Literal["higher", "lower", "neither"]
    kind: str
    period: str
    region_set: str
    by: dict[str, str]
    audience: Audience
    as_known_on: str
    reference: Decimal | None
    reference_withheld: Withheld | None
    reference_proving_since: str | None
    reference_why: Text | None
    rows: tuple[RegionRow, ...]
    sources: tuple[TakenOver, ...]
    records: tuple[str, ...]  # kinds of source behind computed figures
    funnel: FunnelView | None = None  # None without a reference or an interval

    @property
    def hidden(self) -> tuple[RegionRow, ...]:
        """The regions whose value is hidden."""
        return tuple(row for row in self.rows if row.bounds == "range")

    @property
    def withdrawn(self) -> tuple[RegionRow, ...]:
        """The regions whose figures were taken back."""
        return tuple(row for row in self.rows if row.why_not == "withdrawn")

    @property
    def corrected(self) -> tuple[RegionRow, ...]:
        """The regions whose figures were corrected, withdrawn or destroyed at some time."""
        return tuple(row for row in self.rows if row.corrections)

    @property
    def pending(self) -> tuple[RegionRow, ...]:
        """The regions of whose figures a correction waits."""
        return tuple(row for row in self.rows if row.pending_since is not None)

    @property
    def partial(self) -> tuple[RegionRow, ...]:
        """The regions whose figures cover too few for a verdict."""
        return tuple(row for row in self.rows if row.why_not == "partial")

    @property
    def with_interval(self) -> tuple[RegionRow, ...]:
        """The regions with an estimate and its interval."""
        return tuple(row for row in self.rows if row.bounds == "interval")


def view_of(
    comparison: RegionComparison,
    held: Sequence[Latest],
    reader: Audience,
    moment: str,
    proving_since: str | None = None,
) -> IndicatorView:
    """Return the view of a comparison made from what the hub holds; `moment` (UTC text) tells how old figures are.

    `proving_since` is since when the total is being proven, where it is.
    """
    definition, reference = comparison.definition, comparison.reference
    of_region = {one.region: one for one in held}
    origins = [one.payload.origin for one in held if isinstance(one, AcceptedIndicator)]
    sources = {origin.file_sha256: origin for origin in origins if isinstance(origin, TakenOver)}
    records = {source for origin in origins if isinstance(origin, Computed) for source in origin.sources}
    return IndicatorView(
        indicator=definition.id,
        version=definition.version,
        definition_hash=definition.hash,
        title=definition.title,
        description=definition.description,
        unit=definition.unit,
        favourable=definition.favourable,
        kind=definition.kind,
        period=comparison.period,
        region_set=comparison.region_set,
        by=dict(comparison.nodes),
        audience=reader,
        as_known_on=moment,
        reference=readable(definition, reference.value) if reference and reference.regions >= FEWEST_REGIONS else None,
        reference_withheld=comparison.withheld,
        reference_proving_since=proving_since,
        reference_why=None if comparison.withheld is None else why(comparison.withheld, proving_since),
        rows=tuple(_row(row, of_region[row.region], datetime.fromisoformat(moment)) for row in comparison.rows),
        sources=tuple(sources.values()),
        records=tuple(sorted(records)),
        funnel=_funnel(comparison),
    )


def _funnel(comparison: RegionComparison) -> FunnelView | None:
    found = funnelled(comparison)
    if found is None:
        return None
    limits = [FunnelLimits(region, one.warning, one.control, one.place) for region, one in found.limits.items()]
    return FunnelView(found.dispersion, tuple(limits))


def _row(row: ComparedRegion, held: Latest, now: datetime) -> RegionRow:
    bounds: Bounds | None = "interval" if row.lower is not None and row.upper is not None else None
    if isinstance(row.value, Suppressed):
        bounds = "range"
    return RegionRow(
        region=row.region,
        name=row.region_name,
        value=row.value,
        shown=row.estimate,
        bounds=bounds,
        low=row.range_low if bounds == "range" else row.lower,
        high=row.range_high if bounds == "range" else row.upper,
        standing=row.standing,
        why_not=row.reason,
        is_comparable=row.is_comparable,
        taken_over=isinstance(held, AcceptedIndicator) and isinstance(held.payload.origin, TakenOver),
        accepted_at=held.accepted_at,
        age_days=(now - row.accepted_at).days,
        event_id=held.event_id,
        definition_hash=held.definition_hash,
        corrected_at=held.corrections[-1].at if held.corrections else None,
        corrections=held.corrections,
        pending_since=held.pending_since if isinstance(held, AcceptedIndicator) else None,
        quality=held.payload.quality if isinstance(held, AcceptedIndicator) else None,
        licence=_licence(held),
    )


def _licence(held: Latest) -> str | None:
    origin = held.payload.origin if isinstance(held, AcceptedIndicator) else None
    return origin.licence if isinstance(origin, TakenOver) else None


def as_json(view: IndicatorView) -> dict[str, Any]:
    """Return the view as JSON-able values: decimals as strings, each value with its kind."""
    plain: dict[str, Any] = msgspec.to_builtins(view)
    return plain
