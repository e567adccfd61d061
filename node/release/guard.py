"""Guard a release: one joint model of its statistics with every earlier vintage, hidden cells, a passed audit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from node.indicators.figures import ComputedIndicator
from node.release.absent import Absent
from node.release.ages import plain
from node.release.cube import Cube, cube, statistic_keys
from node.release.cuts import merge_ages
from node.release.disclosure import (
    AuditReport,
    CannotProtect,
    CellKey,
    DisclosurePolicy,
    Earlier,
    FigureRevised,
    ReleaseModel,
    Rounding,
    Settled,
    Statistic,
    Status,
    TableTooLarge,
    Vintage,
    audit,
    build,
    plain_ranges,
    settle,
    suppress,
    together,
)
from node.release.disclosure.base import told_by_organisation
from node.release.disclosure.model import EarlierCellUnplaced, LinkMismatch, PartExceedsWhole
from node.release.disclosure.program import SolverFailed
from node.release.disclosure.relations import NodeNameRepeated
from node.release.disclosure.rounding import Random
from node.release.disclosure.statistic import FigureNotWhole, TableMisshapen
from node.release.inclusion import why_not_beside
from node.release.overlap import require_one_table
from node.release.payees import why_left_out
from node.release.refusal import ReleaseRefused
from node.release.size import ReleaseTooLarge, choice

Key = tuple[str, str]  # canonical statistic, period


class AuditFailed(ReleaseRefused):
    """A pattern of hidden cells that the audit did not prove safe: no bound, no publication."""


class IndicatorUnprotectable(ReleaseRefused):
    """An indicator too fine to be protected, even after merging what can be merged."""


class FiguresUnfit(ReleaseRefused):
    """Figures that contradict each other, an earlier release, or the form of a table."""


@dataclass(frozen=True)
class Guarded:
    """Everything one passed audit established about a release.

    `released` holds each statistic as it may leave, hidden figures included; `waiting` names those whose records say
    something else, `moved` those that differ from what was released last, `rounded` those that took in changes by
    controlled rounding, now or before. `besides`: how many figures are hidden only to protect others, and the proven
    least of any safe choice; for the reviewers.
    """

    cube: Cube
    released: Mapping[Key, Statistic] = field(repr=False)
    waiting: frozenset[Key]
    moved: frozenset[Key]
    rounded: frozenset[Key]
    values: Mapping[CellKey, int] = field(repr=False)
    statuses: Mapping[CellKey, Status] = field(repr=False)
    ranges: Mapping[CellKey, tuple[int, int | None]] = field(repr=False)
    report: AuditReport
    policy: DisclosurePolicy
    besides: tuple[int, int]

    def is_published(self, cell: CellKey) -> bool:
        """Whether the figure itself is shown."""
        return self.statuses[cell] is Status.PUBLISHED

    def figure(self, cell: CellKey) -> int | None:
        """Return a figure that is shown, None for a hidden one."""
        return self.values[cell] if self.is_published(cell) else None

    def vintage(self, key: Key) -> Vintage:
        """Return a statistic as it is to be remembered."""
        wholes = tuple(link.whole_key for link in self.cube.links if link.part_key == key[0])
        return Vintage(0, self.released[key], wholes, key in self.rounded)


@dataclass(frozen=True)
class Guarding:
    """A guarded release: the indicators in it by their place in what was asked, and why others were left out."""

    computed: Mapping[int, ComputedIndicator] = field(repr=False)
    merged: Mapping[int, tuple[str, ...]]
    left_out: Mapping[int, str]
    guarded: Guarded | None


def guard(
    computed: Sequence[ComputedIndicator], earlier: Earlier, policy: DisclosurePolicy, random: Random | None = None
) -> Guarding:
    """Guard a release: corrections that tell of too few persons wait, and age bands are merged where that helps.

    With `random`, what waits in bare counts of persons is let out by controlled rounding where that is possible.
    Indicators whose change can neither go out nor wait with the rest are left out, with the reason; so are sums of
    money whose records neither say who was paid nor bear the decision that they need not, and sums that hang together
    with one that an earlier release told, such as that of an earlier version. Raises AuditFailed,
    IndicatorUnprotectable, ReleaseTooLarge, FiguresUnfit, or a refusal of node.release.cube or node.release.overlap.
    """
    require_one_table(computed, earlier)
    work = _Work(dict(enumerate(computed)), earlier, policy, random)
    work.leave_out_money({})
    work.leave_out_beside_earlier()
    while work.computed:
        try:
            joined = cube(list(work.computed.values()))
        except (FigureNotWhole, TableMisshapen, NodeNameRepeated) as error:
            raise FiguresUnfit(_plain(work.computed.values(), str(error))) from error
        if work.leave_out_money(joined.statistics):
            continue
        if (guarded := work.attempt(joined)) is not None:
            return Guarding(work.computed, work.merged, work.left_out, guarded)
    return Guarding({}, {}, work.left_out, None)


class _Work:
    """What is tried next: the indicators still in the release, coarsened so far, and what must stand still."""

    def __init__(
        self, computed: dict[int, ComputedIndicator], earlier: Earlier, policy: DisclosurePolicy, random: Random | None
    ) -> None:
        self.computed, self.earlier, self.policy, self.random = computed, earlier, policy, random
        self.merged: dict[int, tuple[str, ...]] = {}
        self.left_out: dict[int, str] = {}
        self.still: frozenset[Key] = frozenset()

    def leave_out_money(self, joined: Mapping[Key, Statistic]) -> bool:
        """Leave out the sums of money that cannot be released for what is known of who was paid; tell if there were."""
        found = {
            place: why
            for place, one in self.computed.items()
            if (why := why_left_out(one, joined.get((statistic_keys(one)[0], one.period)), self.policy)) is not None
        }
        return self._without(found)

    def leave_out_beside_earlier(self) -> None:
        """Leave out the sums of which a part, or a whole, was released before for the period."""
        known = {(cell.statistic, cell.period) for cell in self.earlier.cells}
        known |= {(one.statistic.key, one.statistic.period) for one in self.earlier.vintages}
        told = sorted(known)
        sums = {place: (statistic_keys(one)[0], one.period) for place, one in self.computed.items()}
        named = {place: one.definition.id for place, one in self.computed.items()}
        why = {place: why_not_beside(named[place], one, told) for place, one in sums.items()}
        self._without({place: one for place, one in why.items() if one is not None})

    def _without(self, found: Mapping[int, str]) -> bool:
        self.left_out |= found
        self.computed = {place: one for place, one in self.computed.items() if place not in found}
        return bool(found)

    def attempt(self, joined: Cube) -> Guarded | None:
        """Guard the release as it is now; None: something was changed, try again."""
        absent = Absent.of(joined, self.earlier)
        links = (*joined.links, *absent.links)
        unshown = dict.fromkeys((*joined.unshown, *absent.unshown))
        vintages = absent.at_shared_ages(told_by_organisation(self.earlier.vintages, joined.statistics))
        earlier = Earlier({**unshown, **self.earlier.cells}, vintages)
        settled = Settled(())
        try:
            statistics = [*absent.run, *absent.statistics]
            settled = settle(statistics, links, earlier, self.policy, self.still, self._rounding())
            if self._leave_out_shares(settled.rounded):
                return None
            if settled.stuck:
                self._leave_out(joined, earlier, together(absent.keys(joined), links, settled.stuck))
                return None
            return _guarded(joined, absent, settled, earlier, self.policy)
        except CannotProtect as error:
            connected = together(absent.keys(joined), links, [(error.statistic, error.period)])
            if connected & settled.moved:  # the correction is what cannot be protected: it waits
                self.still |= connected
                return None
            refusal: ReleaseRefused = IndicatorUnprotectable(absent.in_words(joined, str(error)))
            itself = [key for key in [(error.statistic, error.period)] if key in joined.statistics]
            self._merge(itself or sorted(connected & set(joined.statistics)), refusal, error)
        except EarlierCellUnplaced as error:  # an earlier release had to merge bands; follow it
            refusal = FiguresUnfit(absent.in_words(joined, str(error)))
            self._merge(joined.unplaced(earlier.cells), refusal, error)
        except TableTooLarge as error:
            found = choice(list(self.computed.values()), self.earlier)
            raise ReleaseTooLarge(absent.in_words(joined, str(error)) if found is None else found.sentence()) from error
        except (PartExceedsWhole, LinkMismatch) as error:
            raise FiguresUnfit(absent.in_words(joined, str(error))) from error
        except (SolverFailed, FigureRevised) as error:
            raise AuditFailed(absent.in_words(joined, str(error))) from error
        return None

    def _rounding(self) -> Rounding | None:
        """Counts may be rounded that no indicator of the run shows beside a denominator."""
        if self.random is None:
            return None
        shown = [(statistic_keys(one), one.period) for one in self.computed.values()]
        bare = {(part, period) for (part, whole), period in shown if whole is None}
        beside = {(key, period) for (part, whole), period in shown if whole is not None for key in (part, whole)}
        return Rounding(frozenset(bare - beside), self.random)

    def _leave_out_shares(self, rounded: frozenset[Key]) -> bool:
        """Leave out shares and rates of a count that was released rounded: a share shows its numerator exactly."""
        found = [
            place
            for place, one in self.computed.items()
            if one.denominator is not None
            and rounded.intersection((key, one.period) for key in statistic_keys(one) if key is not None)
        ]
        for place in found:
            one = self.computed.pop(place)
            self.left_out[place] = (
                f"{one.definition.id} {one.period} was left out: a count behind it was released rounded, and a share"
                " would show it as exact."
            )
        return bool(found)

    def _merge(self, keys: Sequence[Key], refusal: ReleaseRefused, cause: Exception) -> None:
        places = list(self.computed)
        coarser = merge_ages(list(self.computed.values()), keys)
        if coarser is None:
            raise refusal from cause
        self.computed = dict(zip(places, coarser[0], strict=True))
        for number, line in coarser[1].items():
            self.merged[places[number]] = (*self.merged.get(places[number], ()), line)

    def _leave_out(self, joined: Cube, earlier: Earlier, stuck: frozenset[Key]) -> None:
        try:
            build([joined.statistics[key] for key in sorted(stuck) if key in joined.statistics], (), earlier)
            sentence = "what it hangs together with waits for a correction, and it does not fit what was released."
        except FigureRevised as error:
            sentence = joined.in_words(str(error))
        for place, one in list(self.computed.items()):
            if stuck.intersection((key, one.period) for key in statistic_keys(one) if key is not None):
                self.left_out[place] = f"{one.definition.id} {one.period} was left out: {sentence}"
                del self.computed[place]


def _guarded(joined: Cube, absent: Absent, settled: Settled, earlier: Earlier, policy: DisclosurePolicy) -> Guarded:
    model = build(settled.statistics, (*joined.links, *absent.links), earlier)
    found = suppress(model, policy)
    statuses = found.statuses
    report = audit(model, statuses, policy)
    if not report.passed:
        first = report.failures[0] if report.failures else None
        why = f"the solver ended {report.solver_status}" if first is None else f"{first.cell} {first.fault}"
        sentence = f"The audit did not prove this release safe ({why}); coarsen it or leave it out."
        raise AuditFailed(absent.in_words(joined, sentence))
    released = {(one.key, one.period): plain(one) for one in settled.statistics}
    shown = model
    if (
        absent.statistics or tuple(released.values()) != settled.statistics
    ):  # ranges tell of what this run shows alone, so that they are the same whoever is absent
        shown = build([released[key] for key in sorted(joined.statistics)], joined.links, earlier)
    return Guarded(
        cube=joined,
        released=released,
        waiting=settled.waiting,
        moved=settled.moved,
        rounded=settled.rounded,
        values=_values(model),
        statuses=statuses,
        ranges=plain_ranges(shown, statuses),
        report=report,
        policy=policy,
        besides=(found.count(Status.COMPLEMENTARY), found.bound),
    )


def _values(model: ReleaseModel) -> dict[CellKey, int]:
    return dict(zip(model.cells, model.values[: len(model.cells)].tolist(), strict=True))


def _plain(computed: Iterable[ComputedIndicator], sentence: str) -> str:
    for one in computed:
        for key, side in zip(statistic_keys(one), ("numerator", "denominator"), strict=True):
            if key is not None:
                sentence = sentence.replace(key, f"the {side} of {one.definition.id}")
    return sentence
