"""The view of one comparison that pages, JSON and files are made from: typed values, never a blank or a bare number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Literal

import msgspec

from hub.comparison import CONFIDENCE_95, ComparedRegion, RegionComparison, Standing, Withheld
from hub.comparison.funnel import Place
from hub.comparison.funnelled import funnelled
from hub.comparison.indirect import INDIRECT
from hub.comparison.ranks import Order, Ranks, order, rank_confidence, ranked, spans_of
from hub.comparison.reference import FEWEST_REGIONS
from hub.comparison.scale import readable
from hub.comparison.together import Together
from hub.serving.dark import LastKnown
from hub.serving.empty import empty_because
from hub.serving.figures import AcceptedIndicator, Correction, Latest
from hub.serving.replies import NOTHING_SAID, Awaited, Reply, Said
from hub.serving.standard import INDEX, ByStandard, StandardView, orders_regions
from hub.serving.withheld import why
from schemas.codes import Audience
from schemas.definition import Text
from schemas.payloads import Computed, TakenOver
from schemas.quality import Quality
from schemas.values import TypedValue

Bounds = Literal["interval", "range"]
Sort = Literal["name", "value"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked of a comparison beside its choice, and what is beside it.

    `standards` are those that it can be weighted to, `dark` the regions that have no figure of its period, `said` what
    regions reply to it.
    """

    beside: str | None = None
    sort: Sort = "name"
    by_standard: ByStandard | None = None
    standards: tuple[str, ...] = ()
    dark: tuple[LastKnown, ...] = ()
    said: Said = NOTHING_SAID


class RegionRow(msgspec.Struct, frozen=True):
    """One region: `shown` in the indicator's unit; `low`..`high` an interval of an estimate or a hidden value's range.

    `high` None beside bounds `range` means no upper bound, `low` None that nothing is known. `why_not` says in code
    why nothing is judged, or why the row is not comparable. `corrected_at` is when the hub accepted the last of the
    `corrections`, None where there are none; a row that was taken back has value `withdrawn` and says no more.
    `pending_since`: a correction waits since then, too small to be told; None where none does.
    `quality` is what the region says of how records were linked and who is covered; None where it says nothing.
    `ranks` says between which ranks the region lies, `order` how it lies beside the region that was asked for; None
    where no rank, or no such region, is to be told. `rebased_from` is the older division of municipalities in which the
    figure was counted, and from which it was laid on the others'.
    `licence` is that of the public table that the figure was taken over from, as its owner writes it. `version` is the
    one of the definition that it was counted by, which may be another than the comparison's; None where taken back.
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
    ranks: Ranks | None = None
    order: Order | None = None
    rebased_from: int | None = None
    licence: str | None = None
    version: int | None = None


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
    With a `standard`, `shown`, `low`, `high` and `reference` are standardised, and each `value` is as it was counted.
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
    reference_of: tuple[str, ...]  # the regions that it is made of; under a standard each age has its own
    rows: tuple[RegionRow, ...]
    sources: tuple[TakenOver, ...]
    records: tuple[str, ...]  # kinds of source behind computed figures
    funnel: FunnelView | None = None  # None without a reference or an interval
    together: Together | None = None  # the regions together with those that hid their figure
    beside: str | None = None  # the region that `order` of the rows is told against
    sort: Sort = "name"
    standard: StandardView | None = None  # None: as counted
    standards: tuple[str, ...] = ()  # to which these figures can be standardised
    dark: tuple[LastKnown, ...] = ()  # regions without a figure of this period: their last good one
    empty_because: Text | None = None  # None where any region has a figure or a range
    replies: tuple[Reply, ...] = ()
    waived: tuple[str, ...] = ()  # regions that need no time for a reply; told within the network only
    awaited: tuple[Awaited, ...] = ()  # figures that readers outside the network do not see yet
    visible_from: str | None = None  # when the last of these is seen at the latest (UTC); None: there are none
    peers: tuple[str, ...] = ()  # to which, and the region beside, the rows were narrowed; none: all of the set
    peers_without: tuple[str, ...] = ()  # those of them that have no row

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
    bounded: Together | None = None,
    asked: Asked | None = None,
) -> IndicatorView:
    """Return the view of a comparison made from what the hub holds; `moment` (UTC text) tells how old figures are.

    `proving_since` is since when the total is being proven, where it is; `bounded` the regions together with hidden
    ones. With sort `value` the highest figure comes first, and by name what has none; indirect figures order nobody.
    """
    asked = asked or Asked()
    definition, reference, now = comparison.definition, comparison.reference, datetime.fromisoformat(moment)
    of_region = {one.region: one for one in held}
    origins = [one.payload.origin for one in held if isinstance(one, AcceptedIndicator)]
    sources = {origin.file_sha256: origin for origin in origins if isinstance(origin, TakenOver)}
    records = {source for origin in origins if isinstance(origin, Computed) for source in origin.sources}
    rows = _ordered(comparison, asked, [_row(row, of_region[row.region], now) for row in comparison.rows])
    sort: Sort = asked.sort if orders_regions(comparison.standard) else "name"
    if sort == "value":
        rows.sort(key=lambda row: (row.shown is None, -(row.shown or 0)))
    return IndicatorView(
        indicator=definition.id,
        version=definition.version,
        definition_hash=definition.hash,
        title=definition.title,
        description=definition.description,
        unit=INDEX if comparison.standard == INDIRECT else definition.unit,
        favourable=definition.favourable,
        kind=definition.kind,
        period=comparison.period,
        region_set=comparison.region_set,
        by=dict(comparison.nodes),
        audience=reader,
        as_known_on=moment,
        reference=readable(definition, reference.value) if reference and reference.regions >= FEWEST_REGIONS else None,
        reference_of=reference.parts if reference and reference.regions >= FEWEST_REGIONS else (),
        reference_withheld=comparison.withheld,
        reference_proving_since=proving_since,
        reference_why=None if comparison.withheld is None else why(comparison.withheld, proving_since),
        rows=tuple(rows),
        sources=tuple(sources.values()),
        records=tuple(sorted(records)),
        funnel=_funnel(comparison),
        together=bounded,
        beside=asked.beside,
        sort=sort,
        standard=None if asked.by_standard is None else asked.by_standard.told,
        standards=asked.standards,
        dark=asked.dark,
        empty_because=empty_because(comparison.rows),
        replies=asked.said.replies,
        waived=asked.said.waived,
        awaited=asked.said.awaited,
        visible_from=max((one.visible_from for one in asked.said.awaited), default=None),
    )


def _ordered(comparison: RegionComparison, asked: Asked, rows: list[RegionRow]) -> list[RegionRow]:
    """Return the rows with their ranks, and with their order beside a region."""
    spans_at = partial(spans_of, comparison) if asked.by_standard is None else asked.by_standard.spans
    way, spans, beside = comparison.definition.favourable, spans_at(CONFIDENCE_95), asked.beside
    ranks = ranked(spans_at(rank_confidence(len(spans))), way)
    told = [msgspec.structs.replace(row, ranks=ranks.get(row.region)) for row in rows]
    if beside is None:
        return told
    other = spans.get(beside)
    return [
        row if row.region == beside else msgspec.structs.replace(row, order=order(spans.get(row.region), other, way))
        for row in told
    ]


def _funnel(comparison: RegionComparison) -> FunnelView | None:
    found = funnelled(comparison)
    if found is None:
        return None
    limits = [FunnelLimits(region, one.warning, one.control, one.place) for region, one in found.limits.items()]
    return FunnelView(found.dispersion, tuple(limits))


def _row(row: ComparedRegion, held: Latest, now: datetime) -> RegionRow:
    payload = held.payload if isinstance(held, AcceptedIndicator) else None
    origin = None if payload is None else payload.origin
    return RegionRow(
        region=row.region,
        name=row.region_name,
        value=row.value,
        shown=row.estimate,
        bounds=row.bounds,
        low=row.low,
        high=row.high,
        standing=row.standing,
        why_not=row.reason,
        is_comparable=row.is_comparable,
        taken_over=isinstance(origin, TakenOver),
        accepted_at=held.accepted_at,
        age_days=(now - row.accepted_at).days,
        event_id=held.event_id,
        definition_hash=held.definition_hash,
        corrected_at=held.corrections[-1].at if held.corrections else None,
        corrections=held.corrections,
        pending_since=held.pending_since if isinstance(held, AcceptedIndicator) else None,
        quality=None if payload is None else payload.quality,
        rebased_from=row.rebased_from,
        licence=origin.licence if isinstance(origin, TakenOver) else None,
        version=None if payload is None else payload.version,
    )
