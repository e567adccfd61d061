"""Protect indicators before they may leave: nothing is published that a passed audit does not cover."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Final

from node.indicators.figures import ComputedIndicator, PublishedTable
from node.release.cube import Cube, cube, merge_ages, placed, statistic_keys
from node.release.disclosure import (
    AuditReport,
    CannotProtect,
    CellKey,
    DisclosurePolicy,
    Earlier,
    FigureRevised,
    ReleaseModel,
    Status,
    TableTooLarge,
    audit,
    build,
    plain_ranges,
    suppress,
)
from node.release.disclosure.model import EarlierCellUnplaced, PartExceedsWhole
from node.release.disclosure.program import SolverFailed
from node.release.disclosure.relations import NodeNameRepeated
from node.release.disclosure.statistic import FigureNotWhole, TableMisshapen
from node.release.refusal import ReleaseRefused
from schemas.codes import TOTAL
from schemas.definition import numerator_key
from schemas.payloads import Cell, Computed, IndicatorPublished
from schemas.values import Exact, Suppressed, TypedValue

_SEAL: Final = object()


class MadeElsewhere(TypeError):
    """A ProtectedIndicator that did not come out of protect."""


class AuditFailed(ReleaseRefused):
    """A pattern of hidden cells that the audit did not prove safe: no bound, no publication."""


class IndicatorUnprotectable(ReleaseRefused):
    """An indicator too fine to be protected, even after merging what can be merged."""


class ReleaseTooLarge(ReleaseRefused):
    """More figures hang together than can be protected and audited in reasonable time."""


class RevisionRevealsPersons(ReleaseRefused):
    """A figure that was published earlier has another value now; the difference could be worked out."""


class FiguresUnfit(ReleaseRefused):
    """Figures that contradict each other, an earlier release, or the form of a table."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What reviewers see of one protected indicator; it stays inside the region.

    `hidden` counts the blank cells of the payload; `worst_width` is the narrowest proven range of the release as a
    multiple of what the policy promises, None if nothing needed protection; `merged` says which bands were joined.
    """

    indicator: str
    period: str
    cells: int
    hidden: int
    worst_width: float | None
    merged: tuple[str, ...]
    protection: str | None  # None for a public table: it was taken over as it is

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
        )


@dataclass(frozen=True, slots=True)
class ProtectedIndicator:
    """One indicator as it may leave, and what must be remembered for the next release; only protect makes one.

    `remembered` holds every figure of its statistics that will be public, None for the hidden ones. `audit` is for
    reviewers, save `public_hash`; it is None for tables that were taken over. Raises MadeElsewhere.
    """

    payload: IndicatorPublished
    remembered: Mapping[CellKey, int | None] = field(repr=False)
    audit: AuditReport | None = field(repr=False)
    facts: Summary
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise MadeElsewhere("Only protect can make a ProtectedIndicator; hand it the computed figures.")

    @property
    def summary(self) -> tuple[str, ...]:
        """Return what reviewers read about this indicator, one sentence per line."""
        return self.facts.lines()


@dataclass(frozen=True)
class _Guarded:
    """Everything one passed audit established about a release."""

    cube: Cube
    values: Mapping[CellKey, int] = field(repr=False)
    statuses: Mapping[CellKey, Status] = field(repr=False)
    ranges: Mapping[CellKey, tuple[int, int | None]] = field(repr=False)
    report: AuditReport
    policy: DisclosurePolicy

    def is_published(self, cell: CellKey) -> bool:
        return self.statuses[cell] is Status.PUBLISHED

    def figure(self, cell: CellKey) -> int | None:
        return self.values[cell] if self.is_published(cell) else None


def protect(
    computed: Sequence[ComputedIndicator],
    tables: Sequence[PublishedTable],
    earlier: Earlier,
    policy: DisclosurePolicy,
    region_set: str,
    division_year: int,
) -> tuple[ProtectedIndicator, ...]:
    """Protect every computed indicator in one model with all earlier releases; take public tables over unchanged.

    Indicators of a period that share a population belong in one call: only figures of the same call and of `earlier`
    are joined. Where a table cannot be protected, age bands are merged with their neighbours until it can. The
    result has the computed indicators first, then the tables, in the order given; the same input gives the same
    payload bytes. Raises a ReleaseRefused (AuditFailed, IndicatorUnprotectable, ReleaseTooLarge,
    RevisionRevealsPersons, FiguresUnfit, or one of node.release.cube).
    """
    taken_over = tuple(_taken_over(table, region_set) for table in tables)
    known = dict(earlier.cells)
    for table in taken_over:
        known.update(table.remembered)
    if not computed:
        return taken_over
    current, guarded, merged = _guarded(computed, Earlier(known), policy)
    protected = (
        _protected(one, guarded, merged[place], region_set, division_year) for place, one in enumerate(current)
    )
    return (*protected, *taken_over)


def _guarded(
    computed: Sequence[ComputedIndicator], earlier: Earlier, policy: DisclosurePolicy
) -> tuple[Sequence[ComputedIndicator], _Guarded, list[tuple[str, ...]]]:
    """Guard the release; merge age bands and try again as long as that can help."""
    merged: list[tuple[str, ...]] = [()] * len(computed)
    while True:
        try:
            joined = cube(computed)
        except (FigureNotWhole, TableMisshapen, NodeNameRepeated) as error:
            raise FiguresUnfit(_plain(computed, str(error))) from error
        try:
            return computed, _guard(joined, earlier, policy), merged
        except CannotProtect as error:
            refusal: ReleaseRefused = IndicatorUnprotectable(joined.in_words(str(error)))
            cause: Exception = error
            coarser = merge_ages(computed, [(error.statistic, error.period)])
        except EarlierCellUnplaced as error:  # an earlier release had to merge bands; follow it
            refusal, cause = FiguresUnfit(joined.in_words(str(error))), error
            coarser = merge_ages(computed, joined.unplaced(earlier.cells))
        if coarser is None:
            raise refusal from cause
        computed, lines = coarser
        for place, line in lines.items():
            merged[place] = (*merged[place], line)


def _guard(joined: Cube, earlier: Earlier, policy: DisclosurePolicy) -> _Guarded:
    try:
        hidden = dict.fromkeys(joined.unshown)
        model = build(list(joined.statistics.values()), joined.links, Earlier({**hidden, **earlier.cells}))
        statuses = suppress(model, policy).statuses
        report = audit(model, statuses, policy)
        _require_passed(report, joined)
        ranges = plain_ranges(model, statuses)
    except FigureRevised as error:
        raise RevisionRevealsPersons(joined.in_words(str(error))) from error
    except TableTooLarge as error:
        raise ReleaseTooLarge(joined.in_words(str(error))) from error
    except PartExceedsWhole as error:
        raise FiguresUnfit(joined.in_words(str(error))) from error
    except SolverFailed as error:
        raise AuditFailed(joined.in_words(str(error))) from error
    return _Guarded(joined, _values(model), statuses, ranges, report, policy)


def _require_passed(report: AuditReport, joined: Cube) -> None:
    if not report.passed:
        first = report.failures[0] if report.failures else None
        why = f"the solver ended {report.solver_status}" if first is None else f"{first.cell} {first.fault}"
        raise AuditFailed(
            joined.in_words(f"The audit did not prove this release safe ({why}); coarsen it or leave it out.")
        )


def _values(model: ReleaseModel) -> dict[CellKey, int]:
    return dict(zip(model.cells, model.values[: len(model.cells)].tolist(), strict=True))


def _plain(computed: Sequence[ComputedIndicator], sentence: str) -> str:
    for one in computed:
        for key, side in zip(statistic_keys(one), ("numerator", "denominator"), strict=True):
            if key is not None:
                sentence = sentence.replace(key, f"the {side} of {one.definition.id}")
    return sentence


def _protected(
    one: ComputedIndicator, guarded: _Guarded, merged: tuple[str, ...], region_set: str, division_year: int
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
    protection = f"{', '.join(report.attackers)}; width {guarded.policy.width}"
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
    )
    hidden = sum(1 for cell in cells if isinstance(cell.value, Suppressed))
    facts = Summary(
        one.definition.id, one.period, len(cells), hidden, report.worst_width, merged, f"withstands {protection}"
    )
    return ProtectedIndicator(payload, remembered, report, facts, _SEAL)


def _typed(guarded: _Guarded, part: str, whole: str | None, period: str, nodes: tuple[str, ...]) -> TypedValue:
    """Exact where both figures are published; else the numerator's range, and the denominator if that is public."""
    numerator = CellKey(part, period, nodes)
    denominator = None if whole is None else CellKey(whole, period, nodes)
    shown = None if denominator is None else guarded.figure(denominator)
    value = guarded.figure(numerator)
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
