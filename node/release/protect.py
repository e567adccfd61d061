"""Protect indicators before they may leave: nothing is published that a passed audit does not cover."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Final

from node.indicators.figures import ComputedIndicator, PublishedTable
from node.release.cube import placed, statistic_keys
from node.release.cuts import follow
from node.release.disclosure import AuditReport, CellKey, DisclosurePolicy, Earlier, Vintage
from node.release.disclosure.audit import ORGANISATION
from node.release.disclosure.rounding import BASE, Random
from node.release.guard import Guarded, Key, guard
from node.release.hidden_by import HiddenBy, hidden_by
from node.release.payees import hidden_for_few
from node.release.refusal import ReleaseRefused
from schemas.codes import TOTAL
from schemas.definition import numerator_key
from schemas.payloads import Cell, Computed, IndicatorPublished
from schemas.values import Exact, Rounded, Suppressed, TypedValue

_SEAL: Final = object()


ROUNDED_NOTE: Final = (
    "Changes of this count were rounded to tens, drawn at random: each figure was within nine of the records then, and"
    " no other draw can follow."
)


class MadeElsewhere(TypeError):
    """A ProtectedIndicator that did not come out of protect."""


class RevisionRevealsPersons(ReleaseRefused):
    """A figure that was published earlier has another value now, and the release can neither hold nor replace it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What reviewers see of one protected indicator; it stays inside the region.

    `hidden` counts the blank cells of the payload; `worst_width` is the narrowest proven range of the release as a
    multiple of what the policy promises, None if nothing needed protection; `merged` says which bands were joined.
    `not_recorded`: sources whose costs do not say who was paid, with the decision to use them all the same.
    `few_paid` says how many cells are hidden for the organisations paid in them; `rules` which rule hid which cells.
    `waits`: its records say something else than these figures, by what may not be told yet; `held`: so they do, and
    nothing of these figures is new since they were released.
    """

    indicator: str
    period: str
    cells: int
    hidden: int
    worst_width: float | None
    merged: tuple[str, ...]
    protection: str | None  # None for a public table: it was taken over as it is
    rounded: bool = False
    waits: bool = False
    held: bool = False
    not_recorded: tuple[tuple[str, str], ...] = ()
    few_paid: str | None = None
    is_money: bool = False
    rules: HiddenBy = ()

    def lines(self) -> tuple[str, ...]:
        """Return the summary as sentences."""
        width = () if self.worst_width is None else (f"Proven: {self.worst_width:.2f} times the promised room.",)
        promise = (
            "As its owner published it: taken over, not protected here, and nothing is promised."
            if self.protection is None
            else "Promised: who knows every published figure, our rules and which blanks are small is left with about"
            f" four values for each hidden one ({self.protection})."
        )
        return (
            f"{self.indicator} {self.period}: {self.cells} cells, {self.hidden} hidden.",
            promise,
            *width,
            *(f"Coarsened {line}." for line in self.merged),
            *((self.few_paid,) if self.few_paid else ()),
            *((ROUNDED_NOTE,) if self.rounded else ()),
        )

    def waiting(self) -> str:
        """Return what is told of a correction that waits: where, and what to do, never how large it is."""
        or_paid = ", or in money paid to too few," if self.is_money else ""
        return (
            f"A correction of fewer than 10 persons{or_paid} waits in {self.indicator} {self.period}: published now, it"
            " could be worked out. Those figures stay as they were released; prepare again when more has changed,"
            " nothing is lost (docs/corrections.md)."
        )


@dataclass(frozen=True, slots=True)
class ProtectedIndicator:
    """One indicator as it may leave, and what must be remembered for the next release; only protect makes one.

    `remembered` holds every figure of its statistics that will be public, None for the hidden ones; `vintages` the
    statistics themselves, against which the next release is held: they never leave. `audit` is for reviewers, save
    `public_hash`; it is None for tables that were taken over. Raises MadeElsewhere.
    """

    payload: IndicatorPublished
    remembered: Mapping[CellKey, int | None] = field(repr=False)
    audit: AuditReport | None = field(repr=False)
    facts: Summary
    seal: InitVar[object]
    vintages: tuple[Vintage, ...] = field(default=(), repr=False)

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise MadeElsewhere("Only protect can make a ProtectedIndicator; hand it the computed figures.")

    @property
    def summary(self) -> tuple[str, ...]:
        """Return what reviewers read about this indicator, one sentence per line."""
        return self.facts.lines()


@dataclass(frozen=True, slots=True)
class ProtectedRelease:
    """What may leave of a run, and a sentence for each indicator in which a correction waits or that was left out.

    `besides` tells reviewers how many figures are hidden only to protect others, and how few that could be.
    """

    items: tuple[ProtectedIndicator, ...]
    waiting: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()


def protect(
    computed: Sequence[ComputedIndicator],
    tables: Sequence[PublishedTable],
    earlier: Earlier,
    policy: DisclosurePolicy,
    region_set: str,
    division_year: int,
) -> tuple[ProtectedIndicator, ...]:
    """Protect as protect_run does, all or nothing; raises RevisionRevealsPersons where something had to be left out."""
    found = protect_run(computed, tables, earlier, policy, region_set, division_year)
    if found.left_out:
        raise RevisionRevealsPersons(found.left_out[0])
    return found.items


def protect_run(
    computed: Sequence[ComputedIndicator],
    tables: Sequence[PublishedTable],
    earlier: Earlier,
    policy: DisclosurePolicy,
    region_set: str,
    division_year: int,
    random: Random | None = None,
) -> ProtectedRelease:
    """Protect every computed indicator in one model with all earlier releases; take public tables over unchanged.

    Indicators of a period that share a population belong in one call: only figures of the same call and of `earlier`
    are joined. Corrections that tell of fewer than ten persons wait: the figures stay as they were released; with
    `random` those of bare counts go out by controlled rounding, once per count and period. Where a
    table cannot be protected, age bands are merged with their neighbours until it can; what was released more coarsely
    before is cut like that again. The items are the computed indicators first, then the tables, in the order given; the
    same input gives the same payload bytes. Raises a ReleaseRefused (AuditFailed, IndicatorUnprotectable,
    ReleaseTooLarge, FiguresUnfit, or one of node.release.cube).
    """
    computed = follow(computed, earlier)
    taken_over = tuple(_taken_over(table, region_set) for table in tables)
    known = dict(earlier.cells)
    for table in taken_over:
        known.update(table.remembered)
    found = guard(computed, Earlier(known, earlier.vintages), policy, random)
    if found.guarded is None:
        return ProtectedRelease(taken_over, (), tuple(found.left_out.values()))
    before = frozenset((one.statistic.key, one.statistic.period) for one in earlier.vintages)
    protected = tuple(
        _protected(one, found.guarded, before, found.merged.get(place, ()), region_set, division_year)
        for place, one in sorted(found.computed.items())
    )
    waiting = tuple(one.facts.waiting() for one in protected if one.facts.waits)
    left_out = tuple(found.left_out.values())
    return ProtectedRelease((*protected, *taken_over), waiting, left_out, _besides(*found.guarded.besides))


def _besides(hidden: int, least: int) -> tuple[str, ...]:
    if not hidden:
        return ()
    others = "1 other is" if hidden == 1 else f"{hidden} others are"
    return (
        f"To protect small figures {others} hidden, counted over the whole release; any safe choice hides"
        f" at least {least}.",
    )


def _protected(
    one: ComputedIndicator,
    guarded: Guarded,
    before: frozenset[Key],
    merged: tuple[str, ...],
    region_set: str,
    division_year: int,
) -> ProtectedIndicator:
    part, whole = statistic_keys(one)
    nodes = list(itertools.product(*((*axis.leaves, TOTAL) for axis in one.axes)))
    places = [placed(one, node) for node in nodes]
    keys = [CellKey(key, one.period, place) for key in (part, whole) if key is not None for place in places]
    remembered = {key: guarded.figure(key) for key in keys}
    cells = tuple(
        Cell(node, _typed(guarded, part, whole, one.period, place)) for node, place in zip(nodes, places, strict=True)
    )
    report = guarded.report
    own = frozenset((key, one.period) for key in (part, whole) if key is not None)
    rounded = f"; changes rounded to {BASE}" if own & guarded.rounded else ""
    attackers = [name for name in report.attackers if name != ORGANISATION or _says_who_was_paid(one)]
    protection = f"{', '.join(attackers)}; width {guarded.policy.width}{rounded}"
    payload = IndicatorPublished(
        indicator=one.definition.id,
        version=one.definition.version,
        definition_hash=one.definition.hash,
        period=one.period,
        region_set=region_set,
        division_year=division_year,
        indicator_kind=one.definition.kind,
        dimensions=tuple(axis.name for axis in one.axes),
        cells=cells,
        origin=Computed(sources=one.sources, protection=protection, audit=report.public_hash),
        quality=one.quality,
    )
    hidden = sum(1 for cell in cells if isinstance(cell.value, Suppressed))
    waits = bool(own & guarded.waiting)
    sums = guarded.released[part, one.period]
    facts = Summary(
        one.definition.id,
        one.period,
        len(cells),
        hidden,
        report.worst_width,
        merged,
        f"withstands {protection}",
        rounded=bool(rounded),
        waits=waits,
        held=waits and own <= before and not own & guarded.moved,
        not_recorded=one.not_recorded,
        is_money=one.organisations is not None,
        rules=hidden_by(guarded, part, one.period, places, cells),
        few_paid=hidden_for_few(sums, [not guarded.is_published(cell) for cell in sums.cells()], guarded.policy),
    )
    vintages = tuple(guarded.vintage(key) for key in sorted(own))
    return ProtectedIndicator(payload, remembered, report, facts, _SEAL, vintages)


def _says_who_was_paid(one: ComputedIndicator) -> bool:
    """Whether it is a sum of money of which it is known, in every record, which organisation was paid."""
    return one.organisations is not None and not one.not_recorded


def _typed(guarded: Guarded, part: str, whole: str | None, period: str, nodes: tuple[str, ...]) -> TypedValue:
    """Exact where both figures are published; else the numerator's range, and the denominator if that is public.

    A count that was ever rounded is within BASE - 1 of what the records say, and so are the ends of its ranges.
    """
    numerator = CellKey(part, period, nodes)
    denominator = None if whole is None else CellKey(whole, period, nodes)
    shown = None if denominator is None else guarded.figure(denominator)
    value = guarded.figure(numerator)
    if (part, period) in guarded.rounded:
        if value is not None:
            return Rounded(str(value), str(BASE))
        low, high = guarded.ranges[numerator]
        return Suppressed(max(0, low - BASE + 1), None if high is None else high + BASE - 1)
    if value is not None:
        return Exact(value, shown) if denominator is None or shown is not None else Suppressed(value, value)
    low, high = guarded.ranges[numerator]
    return Suppressed(low, high, shown)


def _taken_over(table: PublishedTable, region_set: str) -> ProtectedIndicator:
    key = numerator_key(table.definition)
    remembered: dict[CellKey, int | None] = {}
    if key is not None:
        for cell in table.cells:
            if isinstance(cell.value, Exact):
                remembered[CellKey(key, table.period, cell.nodes)] = cell.value.numerator
    payload = IndicatorPublished(
        indicator=table.definition.id,
        version=table.definition.version,
        definition_hash=table.definition.hash,
        period=table.period,
        region_set=region_set,
        division_year=table.division_year,
        indicator_kind=table.definition.kind,
        dimensions=table.dimensions,
        cells=table.cells,
        origin=table.origin,
    )
    hidden = sum(1 for cell in table.cells if isinstance(cell.value, Suppressed))
    facts = Summary(table.definition.id, table.period, len(table.cells), hidden, None, (), None)
    return ProtectedIndicator(payload, remembered, None, facts, _SEAL)
