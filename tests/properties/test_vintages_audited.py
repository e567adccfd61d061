"""Two vintages under one pattern of blanks: the audit agrees with an attacker who knows every change."""

from random import Random

import numpy as np
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
from tests.properties.test_disclosure_attacker import Attacker, Bounds, Combination, Situation
from tests.properties.test_disclosure_promise import Release, releases

POLICY = DisclosurePolicy()
quick = settings(max_examples=40, deadline=None)


def changed(one: Statistic, random: np.random.Generator) -> Statistic:
    """Let groups of ten and more come and go."""
    steps = random.choice([0, 0, 10, -10, 12, -14, 30], one.values.shape)
    return Statistic(one.key, one.period, one.kind, one.dimensions, np.maximum(one.values + steps, 0))


class Vintages:
    """A first release with some blanks, and a second one of what changed since and may go out."""

    def __init__(self, release: Release, random: Random) -> None:
        first, self.links = release
        self.before = Situation(first, self.links)
        self.hidden = self.before.must_hide()
        self.hidden |= {c for c in sorted(self.before.may_hide()) if random.random() < random.choice([0.1, 0.5])}
        for part, whole in self.before.whole.items():
            if whole in self.hidden and self.before.value[part]:
                self.hidden.add(part)
        cells = {cell: None if cell in self.hidden else value for cell, value in self.before.value.items()}
        self.earlier = Earlier(cells, tuple(Vintage(0, one) for one in first))
        chance = np.random.default_rng(random.randrange(2**32))
        records = [changed(one, chance) for one in first]
        assume(all(part_fits(records, link) for link in self.links))
        self.second = settle(records, self.links, self.earlier, POLICY).statistics
        self.after = Situation(self.second, self.links)
        self.ruled = self.before.primary | self.after.primary

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
        attacker = Attacker(self.after.tables, self.links, self.bounds())
        targets = [*self.before.targets(), *self.after.targets()]
        targets += [(pool, 3.0) for one in (self.before, self.after) for pool in one.pools()]
        return [what for what, required in targets if self.width(attacker, what) < required * (1 - 1e-5)]

    @staticmethod
    def width(attacker: Attacker, what: Combination) -> float:
        low, high = attacker.range_of(what)
        return high - low


def part_fits(records: list[Statistic], link: SubsetLink) -> bool:
    found = {one.key: Situation([one], []).value for one in records}
    whole = {cell.nodes: value for cell, value in found[link.whole_key].items()}
    return all(value <= whole[cell.nodes] for cell, value in found[link.part_key].items() if cell.nodes in whole)


@given(releases(sums=False), st.randoms(use_true_random=False))
@quick
def test_the_audit_of_two_vintages_agrees_with_the_attacker_on_any_pattern(release: Release, random: Random) -> None:
    both = Vintages(release, random)
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
    both = Vintages(release, random)
    model = build(both.second, both.links, both.earlier)
    try:
        statuses = suppress(model, POLICY).statuses
    except CannotProtect:
        assert both.narrow()  # nothing that was shown can be hidden any more
        return
    assert {cell for cell, status in statuses.items() if status is not Status.PUBLISHED} == both.hidden
    assert both.narrow() == []
    assert audit(model, statuses, POLICY).passed
