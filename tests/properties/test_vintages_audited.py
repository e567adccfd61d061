"""Two vintages under one pattern of blanks: the audit agrees with an attacker who knows every change."""

from collections.abc import Collection, Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from node.release.disclosure import (
    CannotProtect,
    CellKey,
    DisclosurePolicy,
    Earlier,
    Statistic,
    Status,
    SubsetLink,
    Vintage,
    audit,
    build,
    settle,
    suppress,
)
from tests.properties.test_disclosure_attacker import Attacker, Bounds, Combination, Situation, grid
from tests.properties.test_disclosure_promise import Release, releases

POLICY = DisclosurePolicy()
quick = settings(max_examples=40, deadline=None)


def changed(one: Statistic, random: np.random.Generator) -> Statistic:
    """Let groups of ten and more come and go."""
    steps = random.choice([0, 0, 10, -10, 12, -14, 30], one.values.shape)
    return Statistic(one.key, one.period, one.kind, one.dimensions, np.maximum(one.values + steps, 0))


class Vintages:
    """A first release with blanks (`besides` those by rule), and a second one of what changed since and may go out."""

    def __init__(
        self,
        first: Sequence[Statistic],
        records: Sequence[Statistic],
        links: Sequence[SubsetLink] = (),
        besides: Collection[CellKey] = (),
    ) -> None:
        self.links = list(links)
        self.before = Situation(first, self.links)
        self.hidden = self.before.must_hide() | set(besides)
        for part, whole in self.before.whole.items():
            if whole in self.hidden and self.before.value[part]:
                self.hidden.add(part)
        cells = {cell: None if cell in self.hidden else value for cell, value in self.before.value.items()}
        self.earlier = Earlier(cells, tuple(Vintage(0, one) for one in first))
        self.second = settle(records, self.links, self.earlier, POLICY).statistics
        self.after = Situation(self.second, self.links)
        self.ruled = self.before.primary | self.after.primary
        untold = list(Situation(first, self.links, self.earlier).pools())
        self.told = [pool for pool in self.before.pools() if pool not in untold]

    def bounds(self) -> dict[tuple[str, CellKey], Bounds]:
        """What both vintages say of the second one's figures, the changes being known."""
        found: dict[tuple[str, CellKey], Bounds] = {}
        now = self.after.bounds(self.hidden)
        for (kind, cell), (low, high) in self.before.bounds(self.hidden).items():
            change = self.after.value[cell] - self.before.value[cell]
            if kind == "c":
                whole = self.after.whole[cell]
                change = self.after.value[whole] - self.before.value[whole] - change
            least, most = now[kind, cell]
            ends = [end for end in (most, None if high is None else high + change) if end is not None]
            found[kind, cell] = (max(least, low + change), min(ends) if ends else None)
        return found

    def narrow(self) -> list[Combination]:
        """What both vintages tell that is promised not to be told.

        Not a pool of which the first release, which is any pattern here, showed all neighbours: that alone told it,
        whatever goes out later. A pool that the second makes of blanks beside such neighbours is told by the second.
        """
        attacker = Attacker(self.after.tables, self.links, self.bounds())
        targets = [*self.before.targets(), *self.after.targets()]
        pools = [pool for one in (self.before, self.after) for pool in one.pools() if pool not in self.told]
        targets += [(pool, 3.0) for pool in pools]
        return [what for what, required in targets if self.width(attacker, what) < required * (1 - 1e-5)]

    @staticmethod
    def width(attacker: Attacker, what: Combination) -> float:
        low, high = attacker.range_of(what)
        return high - low


def drawn(release: Release, random: Random) -> Vintages:
    """Hide anything at random besides what the rules hide, and let groups of persons come and go."""
    first, links = release
    may_hide = sorted(Situation(first, links).may_hide())
    besides = {cell for cell in may_hide if random.random() < random.choice([0.1, 0.5])}
    chance = np.random.default_rng(random.randrange(2**32))
    records = [changed(one, chance) for one in first]
    assume(all(part_fits(records, link) for link in links))
    return Vintages(first, records, links, besides)


def part_fits(records: list[Statistic], link: SubsetLink) -> bool:
    found = {one.key: Situation([one], []).value for one in records}
    whole = {cell.nodes: value for cell, value in found[link.whole_key].items()}
    return all(value <= whole[cell.nodes] for cell, value in found[link.part_key].items() if cell.nodes in whole)


@given(releases(sums=False), st.randoms(use_true_random=False))
@quick
def test_the_audit_of_two_vintages_agrees_with_the_attacker_on_any_pattern(release: Release, random: Random) -> None:
    agree(drawn(release, random))


def agree(both: Vintages) -> None:
    model = build(both.second, both.links, both.earlier)
    statuses = dict.fromkeys(model.cells, Status.PUBLISHED)
    for cell in both.hidden:
        statuses[cell] = Status.PRIMARY if cell in both.ruled else Status.COMPLEMENTARY
    report = audit(model, statuses, POLICY)
    assert report.solver_status == "optimal"
    assert report.passed == (both.narrow() == [])


@given(releases(sums=False), st.randoms(use_true_random=False))
@quick
def test_what_is_hidden_in_two_vintages_withstands_whoever_knows_the_changes(release: Release, random: Random) -> None:
    withstands(drawn(release, random))


def withstands(both: Vintages) -> None:
    model = build(both.second, both.links, both.earlier)
    try:
        statuses = suppress(model, POLICY).statuses
    except CannotProtect:
        assert both.narrow()  # nothing that was shown can be hidden any more
        return
    assert {cell for cell, status in statuses.items() if status is not Status.PUBLISHED} == both.hidden
    assert both.narrow() == []
    assert audit(model, statuses, POLICY).passed


WHOLE = [[18, 8, 21], [4, 15, 28], [5, 9, 17]]
TELLING = [[4, 8, 11], [4, 5, 28], [5, 9, 17]]


@pytest.mark.parametrize(("first", "records", "released"), [(TELLING, WHOLE, WHOLE), (WHOLE, TELLING, None)])
def test_a_pool_beside_shown_figures_is_told_by_the_release_that_makes_it(
    first: list[list[int]], records: list[list[int]], released: list[list[int]] | None
) -> None:
    """In the second row 28 and the total are shown: two blanks of nine are told by the release in which they are nine.

    Told at first, nothing later can take it back, and a correction goes out. Told by a correction, it waits: 15 stay.
    """
    table = grid(first)
    hidden = {
        cell
        for cell in Situation([table], []).value
        if cell.nodes not in {("row1", "column2"), ("row1", "all columns")}
    }
    both = Vintages([table], [grid(records)], besides=hidden)
    assert both.second[0].values.tolist() == (released or [records[0], first[1], records[2]])
    assert both.narrow() == []
    agree(both)
    withstands(both)
