"""Improve a safe pattern by cutting planes, and bound from below what any pattern must hide."""

import contextlib
import math
from dataclasses import dataclass, field

import numpy as np

from .around import Around
from .attack import Attack
from .cover import Cover
from .covering import Covering
from .effort import Effort
from .problem import Problem
from .program import SolverFailed
from .relations import BoolArray, FloatArray
from .separation import DUST, EVERYWHERE, NEAR, NEAREST, Separation

ROUGH, FINE = 0.02, 0.003
"""Relative gaps of the master problem: rough while cuts are few, fine when its choice is nearly safe."""

FEW_NODES, MANY_NODES = 1, 500
"""Nodes of its search tree."""

TOGETHER = 60
"""Targets asked for cuts before looking whether there are enough."""

ENOUGH = 400
"""Violated cuts per round of the relaxation."""

CLOSE = 0.06
"""Of the cells hidden: so near to the best of a set of cells, at first, another set promises more."""

LAST = 0.08
"""Of the effort: kept to make the last choice safe."""

NEARLY, ONCE = 40, 16
"""So few failing figures, or 1 in 16, are filled up greedily; then again when only half as many fail."""

PATIENCE = 8
"""Rounds within which the master over all cells must come near a safe choice."""

FAR = 100
"""With more failing figures than this, the master over all cells is too far from safe to go on with."""

MANY = 2_000
"""Targets; with more, proving each failing figure takes longer than the cuts it brings are worth."""

LIFTS = 5
"""Rounds of adding the cheapest cells that all new cuts ask for."""


@dataclass
class Found:
    """A safe choice and a proven lower bound on the number of cells of every safe choice."""

    chosen: BoolArray = field(repr=False)
    bound: int


class Search:
    """Cutting planes over one cluster.

    The master problem chooses cells that satisfy all cuts so far; each figure that still fails gives a new
    cut. Masters over few cells converge soon, so the search looks for the best choice within a set of
    promising cells (a safe pattern, and one lifted from the master over all cells), again and again.
    """

    def __init__(self, problem: Problem, around: Around, cover: Cover, effort: Effort) -> None:
        self.problem, self.around, self.cover, self.effort = problem, around, cover, effort
        self.covering = Covering(problem, effort)
        self.separation = Separation(problem, around, effort)
        self.bound, self._close = 0, CLOSE
        self.stuck = -1
        """The figure that the last greedy completion could not protect."""
        self._shares = np.zeros(len(problem.candidates))
        self._best = np.ones(len(problem.candidates), np.bool_)
        self._begin = 0.0
        self._unfilled: tuple[BoolArray, BoolArray] | None = None
        self._chance = np.random.default_rng(0)

    def improve(self, safe: BoolArray) -> Found:
        """Return the best choice that the effort allows, not worse than the safe one given."""
        self._best, self._begin = safe, self.effort.spent
        reserve = LAST * (self.effort.limit - self.effort.spent)
        self.effort.limit -= reserve
        with contextlib.suppress(SolverFailed):  # what was found until then is safe, and what was proven stays so
            self._search()
            self.effort.limit += reserve
            if self._unfilled is not None and not self._is_done():
                self._finish(*self._unfilled)
        return Found(self._best, min(self.bound, int(self._best.sum())))

    def prune(self, safe: BoolArray) -> BoolArray:
        """Publish again what no proof needs, dearest first, as far as the effort reaches."""
        part, chosen = self.problem.cluster, safe.copy()
        weight = part.weight[self.problem.candidates]
        for place in sorted(np.flatnonzero(chosen).tolist(), key=lambda one: (-weight[one], one)):
            trial = chosen.copy()
            trial[place] = False
            if self.effort.is_over:
                break
            if self.problem.closed(trial)[place]:
                continue  # the whole of which it is a part is hidden
            if not len(Attack(part, self.problem.movable(trial), self.effort).unproven(part.targets)):
                chosen = trial
        return chosen

    def _search(self) -> None:
        everything = np.ones(len(self._best), np.bool_)
        self._relax()
        self._descend(everything, patience=PATIENCE)
        if not self._is_done():
            self._adopt(self.fill(self._lift(), everything))
            self._descend(self._best.copy())
        while not self._is_done():
            before = self._best.sum()
            self._descend(self._best | self._lift())
            if self._best.sum() == before:
                self._close /= 3.0

    def _near(self) -> float:
        """How near to the best of a set of cells to come: the nearer, the less effort is left for other sets."""
        whole = max(self.effort.limit - self._begin, 1e-9)
        return self._close * max(self.effort.limit - self.effort.spent, 0.0) / whole

    def _adopt(self, safe: BoolArray | None) -> None:
        if safe is not None and safe.sum() < self._best.sum():
            self._best = safe

    def _is_done(self) -> bool:
        return self.effort.is_over or self.bound >= self._best.sum()

    def _raise_bound(self, price: float) -> None:
        """Take note of a proven price of the cheapest choice, of which each cell costs at most the dearest."""
        self.bound = max(self.bound, math.ceil(price / float(self.problem.price.max(initial=1.0)) - 1e-6))

    def _relax(self) -> None:
        """Add cuts to the relaxation until they raise its optimum little."""
        targets, before = self.problem.cluster.targets, 0.0
        while not self.effort.is_over:
            violated = new = 0
            share = self.problem.share(self._shares)
            attack = Attack(self.problem.cluster, share > DUST, self.effort, share)
            shuffled = self._chance.permutation(attack.doubtful(targets))
            for some in np.array_split(shuffled, max(1, math.ceil(len(shuffled) / TOGETHER))):
                cuts, _ = self.separation.cuts(some, self._shares, NEAREST)
                violated += len(cuts)
                new += sum(self.covering.add(cut) for cut in cuts)
                if violated >= ENOUGH:
                    break
            self._shares, price = self.covering.relaxed()
            self._raise_bound(price)
            if not new or price < 1.02 * before:
                break
            before = price

    def _lift(self) -> BoolArray:
        """Solve the master over all cells, then add what further cuts ask for; not yet safe."""
        none = np.zeros(len(self.problem.candidates), np.bool_)
        solved = self.covering.cheapest(none, ~none, ROUGH, FEW_NODES)
        self._raise_bound(solved.bound)
        chosen = solved.chosen
        for _ in range(LIFTS):
            if self._cut(chosen, None, 0)[1] < LIFTS:
                break
            chosen = self.covering.cheapest(chosen, ~chosen, ROUGH, FEW_NODES).chosen
        return chosen

    def _descend(self, free: BoolArray, patience: int | None = None) -> None:
        """Look for the best choice within the free cells; stop when it is found, or out of patience."""
        none, gap, rounds = np.zeros(len(free), np.bool_), ROUGH, 0
        large = len(self.problem.cluster.targets) > MANY
        filled = 2 * (NEARLY if patience else max(NEARLY, len(self.problem.cluster.targets) // ONCE))
        while not self._is_done():
            nodes = FEW_NODES if gap > FINE else MANY_NODES
            solved = self.covering.cheapest(none, free, gap, nodes)
            if free.all():
                self._raise_bound(solved.bound)
            if solved.chosen.sum() >= self._best.sum():
                if gap <= FINE:
                    return
                gap = max(gap / 3.0, FINE)
                continue
            if patience is None and self._best.sum() - solved.bound < self._near() * self._best.sum():
                return
            failing, new = self._cut(solved.chosen, free, FAR if patience or large else None)
            self._unfilled = (solved.chosen, free) if failing else None
            if not failing:
                self._best = solved.chosen
            elif failing <= filled // 2 or not new:
                self._finish(solved.chosen, free)
                filled = failing
            rounds += 1
            if failing and not new:
                return
            if patience is not None and (failing > FAR or (rounds >= patience and failing > NEARLY)):
                return

    def _finish(self, chosen: BoolArray, free: BoolArray) -> None:
        """Make a nearly safe choice safe: add what its cuts ask for together, then greedily what is left."""
        for _ in range(LIFTS):
            chosen = self.covering.cheapest(chosen, free, FINE, FEW_NODES).chosen
            if chosen.sum() >= self._best.sum():
                return
            failing, new = self._cut(chosen, free, FAR)
            if not failing:
                self._best = chosen
                return
            if not new or self.effort.is_over:
                break
        self._adopt(self.fill(chosen, free))

    def _cut(self, chosen: BoolArray, free: BoolArray | None, enough: int | None = None) -> tuple[int, int]:
        """Add cuts that a choice violates; return how many figures fail and how many cuts are new.

        If the nearest sums give more cuts than `enough`, no others are asked for, nor figures that they miss.
        """
        attack = Attack(self.problem.cluster, self.problem.movable(chosen), self.effort)
        doubtful, shares = attack.doubtful(self.problem.cluster.targets), chosen.astype(np.float64)
        cuts, rest = self.separation.cuts(doubtful, shares, NEAREST, free)
        failing = len(cuts)
        if enough is None or failing <= enough:
            rest = attack.failing(rest)
            failing += len(rest)
            steps = ((NEAR, free), (EVERYWHERE, free), (EVERYWHERE, np.zeros(len(chosen), np.bool_)))
            for ring, steered in steps:
                if len(rest):
                    more, rest = self.separation.cuts(rest, shares, ring, steered)
                    cuts += more
        return failing, sum(self.covering.add(cut) for cut in cuts)

    def fill(self, chosen: BoolArray, free: BoolArray | None = None) -> BoolArray | None:
        """Complete a choice greedily, by free cells only, until the attack proves it safe; None if impossible."""
        part, chosen = self.problem.cluster, self.problem.closed(chosen)
        usable = part.blankable.copy()
        if free is not None:
            usable[self.problem.candidates] = free
        attack = Attack(part, self.problem.movable(chosen), self.effort)
        failing = attack.doubtful(part.targets)
        if free is not None:  # to begin with, a movement for each doubtful one costs less than to prove it failing
            failing = attack.failing(failing)
        while len(failing):
            waiting = np.zeros(len(part.down), np.bool_)
            waiting[failing] = True
            for target in failing.tolist():
                waiting[target] = False
                extra = self.cover.cheapest(target, self.problem.movable(chosen), self._prices(waiting, free), usable)
                if extra is None or self.effort.is_over:
                    self.stuck = target
                    return None
                chosen[np.searchsorted(self.problem.candidates, extra)] = True
                chosen = self.problem.closed(chosen)
            failing = Attack(part, self.problem.movable(chosen), self.effort).unproven(part.targets)
        return chosen

    def _prices(self, waiting: BoolArray, free: BoolArray | None) -> FloatArray:
        """Price by weight at first; to improve, count cells, cheaper where the relaxation would hide."""
        part, price = self.problem.cluster, self.cover.discounted(waiting)
        if free is not None:
            price /= np.maximum(part.weight, 1e-9)
            price[self.problem.candidates] *= 1.0 - 0.7 * self._shares
        return price
