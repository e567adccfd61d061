"""Settle which corrections go out now and which wait: a change is none, or of at least ten persons, everywhere.

What is released of a statistic is a table of its own: the one released last, plus those changes of leaves that are
safe together. It adds up like any table, and it does not depend on the changes that wait, so that nothing of these
can be derived from it, by no sum, complement or earlier vintage; all that readers can learn is that less than ten
persons changed where nothing moved. A waiting change is never lost: it is the difference between the records and what
is released, found again by every run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .base import base_of
from .classify import few_in
from .dominance import dominated
from .history import (
    SMALLEST_REVISION,
    Past,
    every_figure,
    every_largest,
    every_payee,
    every_payment,
    history,
    reveals,
    reveals_group,
    reveals_one,
    reveals_organisations,
)
from .model import ReleaseModel, build, earlier_marks
from .organisations import concentrated, nobody
from .piece import Piece
from .policy import DisclosurePolicy
from .pools import shown_before, told_anew
from .relations import BoolArray, IntArray
from .rounding import BASE, Random, drawn
from .statistic import Earlier, Statistic, SubsetLink

MOST_DRAWN = 20
"""Roundings drawn before a table goes on waiting."""

MOST_TRIED = 50
"""Changes that were set aside and are tried once more when the rest is settled, largest first."""

Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Settled:
    """Statistics as they may be released.

    `waiting` names those whose records say something else, `moved` those that differ from what was released last.
    `stuck` ones, with all that hangs together with them, cannot be released as they are; what is wrong with them is
    that a public figure or a release without its vintage says otherwise, or that they do not fit what must wait.
    `rounded` took in changes by controlled rounding, now or in an earlier release: they wait only where the records
    lie ten or more from a figure.
    """

    statistics: tuple[Statistic, ...]
    waiting: frozenset[Key] = frozenset()
    moved: frozenset[Key] = frozenset()
    stuck: frozenset[Key] = frozenset()
    rounded: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Rounding:
    """Which bare counts may take in what waits by controlled rounding, and where chance comes from."""

    keys: frozenset[Key]
    random: Random


def settle(
    statistics: Sequence[Statistic],
    links: Sequence[SubsetLink],
    earlier: Earlier,
    policy: DisclosurePolicy,
    still: Iterable[Key] = (),
    rounding: Rounding | None = None,
) -> Settled:
    """Choose the changes that go out; of the statistics in `still`, none.

    Sets aside one leaf after another, fewest persons first, until no figure, complement or sum tells of 1 to 9
    persons against any earlier vintage, and neither a figure that was shown nor a sum of blanks that such figures
    tell becomes small. What is left may be rounded: a count of persons that hangs together with nothing, was released
    before, and was never rounded. Raises what `build` raises for the statistics by themselves, and EarlierCellUnplaced.
    """
    frame = build(statistics, links)
    known, _ = earlier_marks(frame.first, frame.cells, earlier)
    if not known.any() and not earlier.vintages:
        return Settled(frame.statistics)
    draft = _Draft(frame, earlier, policy, known, frozenset(still))
    stuck = draft.without_base | draft.repair()
    if not stuck:
        draft.try_again()
    if not stuck and rounding is not None:
        tied = {name for link in links for name in (link.part_key, link.whole_key)}
        for key in sorted(rounding.keys - draft.rounded - frozenset(still)):
            if key[0] not in tied:
                draft.round(key, rounding.random)
    return Settled(
        draft.released(),
        frozenset(key for key, one in draft.pieces.items() if one.waits(key in draft.rounded)),
        frozenset(key for key, one in draft.pieces.items() if one.goes.any() or one.drawn is not None),
        stuck,
        draft.rounded,
    )


class _Draft:
    """A choice of changes under repair."""

    def __init__(
        self,
        frame: ReleaseModel,
        earlier: Earlier,
        policy: DisclosurePolicy,
        known: BoolArray,
        still: frozenset[Key],
    ) -> None:
        self.frame, self.policy = frame, policy
        self.past = history(earlier.vintages, frame.position, frame.complements)
        in_order = sorted(earlier.vintages, key=lambda one: one.moment)
        latest = {(one.statistic.key, one.statistic.period): one.statistic for one in in_order}
        self.rounded = frozenset((one.statistic.key, one.statistic.period) for one in in_order if one.rounded)
        self.pieces: dict[Key, Piece] = {}
        self.without_base: frozenset[Key] = frozenset()
        for one in frame.statistics:
            key = one.key, one.period
            base = base_of(one, latest[key]) if key in latest else one
            if base is None:
                self.without_base |= {key}
            piece = Piece(one, base or one, np.zeros(one.values.shape, np.bool_))
            piece.goes = piece.changed & (key not in still)
            self.pieces[key] = piece
        part, whole, rest = frame.complements.T
        self.known = np.concatenate([known, known[part] & known[whole]])
        self.seen = replace(frame, known=np.concatenate([known, np.zeros(len(rest), np.bool_)]), earlier=earlier)
        self.shown = shown_before(self.seen)
        self.versed = np.zeros(len(self.known), np.bool_)  # there is a vintage with this figure
        for past in self.past:
            self.versed |= past.exists
        self.ruled_before = self._ruled(*self._figures(released=False), *self._largest(released=False))

    def released(self) -> tuple[Statistic, ...]:
        return tuple(piece.released() for piece in self.pieces.values())

    def _figures(self, released: bool = True) -> tuple[IntArray, IntArray]:
        tables = self.released() if released else tuple(piece.base for piece in self.pieces.values())
        part, whole, _ = self.frame.complements.T
        found = []
        for persons in (False, True):
            figures = np.concatenate([every_figure(one, persons) for one in tables])
            found.append(np.concatenate([figures, figures[whole] - figures[part]]))
        return found[0], found[1]

    def _largest(self, released: bool = True) -> tuple[IntArray, IntArray]:
        """The largest contributions of persons to each figure, and to whom it is paid."""
        tables = self.released() if released else tuple(piece.base for piece in self.pieces.values())
        rest = len(self.frame.complements)
        return (
            np.concatenate([*(every_largest(one) for one in tables), np.zeros((rest, 2), np.int64)]),
            np.concatenate([*(every_payee(one) for one in tables), nobody(rest)]),
        )

    def _ruled(self, values: IntArray, persons: IntArray, largest: IntArray, payees: IntArray) -> BoolArray:
        """Mark what the rules would hide if it were not known."""
        part, whole, rest = self.frame.complements.T
        share = self.policy.group_disclosure_share
        ruled: BoolArray = (persons > 0) & (persons < self.policy.minimum_persons)
        ruled |= dominated(values, largest, self.policy) | concentrated(values, payees, self.policy)
        ruled[rest] &= values[part] > 0
        nearly_all = values[part] * share.denominator >= values[whole] * share.numerator
        ruled[part[(nearly_all & (values[part] > 0)) | ruled[rest]]] = True
        return ruled

    def faults(self) -> IntArray:
        """List the figures that tell too much, those of the fewest leaves first."""
        values, persons = self._figures()
        largest, payees = self._largest()
        paid = every_payment(self.released(), self.frame.first) if self.past else {}
        fault = self.known & self._ruled(values, persons, largest, payees) & ~self.ruled_before
        fault[self.frame.complements[:, 2]] |= values[self.frame.complements[:, 2]] < 0
        for past in self.past:
            fault |= reveals(past, values, persons) | reveals_one(past, values, largest, self.policy)
            fault |= reveals_organisations(past, values, paid, self.policy)
            fault |= reveals_group(past, values, self.frame.complements, self.policy)
        now = Past(values, persons, largest, np.ones(len(values), np.bool_), payees, paid)
        fault |= told_anew(self.seen, self.policy, now, few_in(self.seen, self.policy, now), self.shown)
        cells = np.arange(len(values)) < len(self.frame.cells)
        change = np.abs(values - self.shown)
        small = (change < SMALLEST_REVISION) & ~self.frame.is_sum
        fault |= self.known & cells & (change > 0) & (small | ~self.versed)
        found = np.flatnonzero(fault)
        return found[np.argsort([len(self._under(one)) for one in found.tolist()], kind="stable")].astype(np.int64)

    def _under(self, variable: int) -> list[tuple[Key, int]]:
        """The leaves that a figure counts; of a complement, those of the whole and of the part."""
        if variable >= len(self.frame.cells):
            part, whole, _ = self.frame.complements[variable - len(self.frame.cells)].tolist()
            return [*self._under(part), *self._under(whole)]
        cell = self.frame.cells[variable]
        key = cell.statistic, cell.period
        return [(key, leaf) for leaf in self.pieces[key].leaves(variable - self.frame.first[key]).tolist()]

    def repair(self) -> frozenset[Key]:
        """Set changes aside until nothing tells too much; return the statistics for which that is not enough."""
        while len(faults := self.faults()):
            dropped: set[tuple[Key, int]] = set()
            for under in map(self._under, faults.tolist()):
                active = [(key, leaf) for key, leaf in under if self.pieces[key].goes.flat[leaf]]
                if active and dropped.isdisjoint(under):
                    dropped.add(min(active, key=lambda one: (self.pieces[one[0]].size[one[1]], one)))
                    for key, leaf in dropped:
                        self.pieces[key].goes.flat[leaf] = False
            if not dropped:
                return self._together(faults)
        return frozenset()

    def _together(self, variables: IntArray) -> frozenset[Key]:
        labels = set(self.frame.component[variables].tolist())
        first = {self.frame.first[key]: key for key in self.pieces}
        return frozenset(key for number, key in first.items() if int(self.frame.component[number]) in labels)

    def try_again(self) -> None:
        """Let changes that were set aside out after all where they do no harm, largest first."""
        aside = [
            (-int(piece.size[leaf]), key, leaf)
            for key, piece in self.pieces.items()
            if piece.goes.any()
            for leaf in _places(piece.changed & ~piece.goes)
            if piece.size[leaf] >= SMALLEST_REVISION
        ]
        for _, key, leaf in sorted(aside)[:MOST_TRIED]:
            self.pieces[key].goes.flat[leaf] = True
            if len(self.faults()):
                self.pieces[key].goes.flat[leaf] = False

    def round(self, key: Key, random: Random) -> None:
        """Draw a rounding of what waits in one statistic; where none is safe it goes on waiting.

        Which draws are safe is judged by what would be released alone, so that it tells nothing of the records.
        """
        piece = self.pieces.get(key)
        if piece is None or piece.now.kind != "persons" or not self.versed[self.frame.first[key]]:
            return
        if not piece.waits(is_rounded=False):
            return
        change = (piece.now.values.astype(np.int64) - piece.released().values).ravel()
        change[np.abs(change) >= BASE] = 0  # it waits for what it would tell beside others, and no draw may tell it
        low = np.floor_divide(change, BASE) * BASE
        steps = [[self._fits(key, leaf, int(low[leaf]) + step) for leaf in range(len(low))] for step in (0, BASE)]
        sums = [piece.leaves(number) for number in range(piece.now.size)]
        for _ in range(MOST_DRAWN):
            found = drawn(change, np.array(steps), sums, random)
            if found is None:
                return
            piece.drawn = found.reshape(piece.now.values.shape)
            if not len(self.faults()):
                self.rounded |= {key}
                return
            piece.drawn = None

    def _fits(self, key: Key, leaf: int, change: int) -> bool:
        """Whether a leaf by itself may be released with this change."""
        piece = self.pieces[key]
        number = self.frame.first[key] + piece.figure(leaf)
        value = int(piece.released().values.flat[leaf]) + change
        small = self.known[number] and self.policy.is_small(value) and not self.ruled_before[number]
        was = [int(past.values[number]) for past in self.past if past.exists[number]]
        return value >= 0 and not small and not any(0 < abs(value - one) < SMALLEST_REVISION for one in was)


def _places(mask: BoolArray) -> list[int]:
    found: list[int] = np.flatnonzero(mask.ravel()).tolist()
    return found


def together(statistics: Iterable[Key], links: Sequence[SubsetLink], keys: Iterable[Key]) -> frozenset[Key]:
    """Return all statistics that hang together with some of them through links."""
    every, found = list(statistics), set(keys)
    while True:
        more = {
            key
            for key in every
            for other in found
            if key not in found
            and key[1] == other[1]
            and any({link.part_key, link.whole_key} == {key[0], other[0]} for link in links)
        }
        if not more:
            return frozenset(found)
        found |= more
