"""An organisation that was paid, and knows how much, cannot work out what others were paid in a protected cell.

The attacker is scipy's, over true values; the rules are read off the handbook again here.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from node.release.disclosure import (
    CannotProtect,
    CellKey,
    Dimension,
    DisclosurePolicy,
    Group,
    Organisations,
    Statistic,
    Status,
    audit,
    build,
    suppress,
)
from tests.properties.test_disclosure_attacker import Attacker, Bounds, Table, sums_of

POLICY = DisclosurePolicy()
OUTSIDER = None
quick = settings(max_examples=10, deadline=None)


class Payments:
    """A table of costs, read by who was paid in every cell of it."""

    def __init__(self, costs: Statistic) -> None:
        assert costs.organisations is not None
        self.costs, self.table = costs, Table(costs)
        by_code = np.moveaxis(costs.organisations.amounts, -1, 0)
        one_each = [Table(Statistic(costs.key, costs.period, "persons", costs.dimensions, a)) for a in by_code]
        self.paid = {
            cell: {code: of.value[cell] for code, of in zip(costs.organisations.codes, one_each, strict=True)}
            for cell in self.table.value
        }
        self.value = self.table.value
        self.few = {cell for cell in self.value if self._are_few([cell])}
        self.primary = self.few | {cell for cell, count in self.table.persons.items() if 0 < count < 10}
        self.protected = [*([cell] for cell in sorted(self.primary)), *self._pools()]

    def _are_few(self, cells: list[CellKey]) -> bool:
        paid = [sum(amounts) for amounts in zip(*(self.paid[cell].values() for cell in cells), strict=True)]
        amounts = sorted((amount for amount in paid if amount), reverse=True)
        total, known = sum(self.value[cell] for cell in cells), sum(amounts)
        if amounts and known == total and len(amounts) < 3:
            return True
        if not amounts:
            return False
        two = sum(amounts[:2])
        return two > Fraction(9, 10) * total or total - two < Fraction(1, 10) * amounts[0]

    def _pools(self) -> Iterator[list[CellKey]]:
        """Cells of one sum that few are paid, and that are together paid to few: blank, they would tell that sum."""
        for parent, children in sums_of(self.table):
            pool = [cell for cell in children if cell in self.few]
            others = [cell for cell in (parent, *children) if cell not in pool and self.value[cell]]
            together = sum(self.value[cell] for cell in pool)
            if len(pool) > 1 and together < self.value[parent] and others and self._are_few(pool):
                yield pool

    def may_hide(self) -> set[CellKey]:
        return {cell for cell, value in self.value.items() if value} | self.primary

    def narrow(self, hidden: set[CellKey]) -> list[tuple[CellKey, str | None]]:
        """List which protected cells an outsider, or one of the organisations, narrows below a fifth."""
        found = []
        for who in (OUTSIDER, *sorted({code for paid in self.paid.values() for code in paid})):
            attacker = Attacker([self.table], (), dict(self._bounds(hidden, who)))
            for cells in self.protected:
                others = sum(self.value[cell] - self.paid[cell].get(who or "", 0) for cell in cells)
                low, high = attacker.range_of({("x", cell): 1 for cell in cells})
                required = max(1, -(-others // 5))
                if (others or who is OUTSIDER) and high - low < required * (1 - 2e-6):
                    found.append((cells[0], who))
        return found

    def _bounds(self, hidden: set[CellKey], who: str | None) -> Iterator[tuple[tuple[str, CellKey], Bounds]]:
        for cell, value in self.value.items():
            own = self.paid[cell].get(who or "", 0)
            if cell not in hidden or own == value:  # alone, or nobody was paid anything
                yield ("x", cell), (value, value)
            else:
                yield ("x", cell), (own, None)


@st.composite
def payments(draw: st.DrawFn, unknown: bool = False) -> Payments:
    shape = draw(st.sampled_from([(4,), (6,), (2, 3), (3, 3), (3, 4)]))
    dimensions = []
    for axis, size in enumerate(shape):
        leaves = tuple(f"d{axis}n{i}" for i in range(size))
        groups = (Group(f"d{axis}g", leaves[:2]),) if size > 3 and draw(st.booleans()) else ()
        dimensions.append(Dimension(f"d{axis}", leaves, f"d{axis}all", groups))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    many = draw(st.sampled_from([3, 5, 8]))
    works = random.random((*shape, many)) < draw(st.sampled_from([0.3, 0.6, 0.95]))
    assume(works.any())
    amounts = random.integers(1, 10 ** random.integers(2, 7, many), (*shape, many)) * works
    values = amounts.sum(axis=-1)
    if unknown:
        values = values + random.integers(0, 10_000, shape) * (random.random(shape) < 0.4)
    persons = (10 + random.poisson(30, shape)) * (values > 0)
    codes = tuple(f"XA-{number}" for number in range(many))
    known = Organisations(codes, amounts)
    return Payments(Statistic("cost", "2025", "sum", tuple(dimensions), values, persons, None, known))


def patterned(found: Payments) -> Mapping[CellKey, Status]:
    """Suppress; a refusal must be justified by an attacker who gets through even if everything is hidden."""
    try:
        return suppress(build([found.costs]), POLICY).statuses
    except CannotProtect:
        assert found.narrow(found.may_hide())
        assume(False)
        raise


@given(payments())
@quick
def test_no_organisation_works_out_what_others_were_paid(found: Payments) -> None:
    stands(found)


@given(payments(unknown=True))
@quick
def test_nor_does_one_where_some_records_do_not_say_who_was_paid(found: Payments) -> None:
    stands(found)


@pytest.mark.nightly
@given(payments())
@settings(max_examples=200, deadline=None)
def test_no_organisation_does_so_in_two_hundred_tables(found: Payments) -> None:
    stands(found)


def stands(found: Payments) -> None:
    statuses = patterned(found)
    hidden = {cell for cell, status in statuses.items() if status is not Status.PUBLISHED}
    assert {cell for cell, status in statuses.items() if status is Status.PRIMARY} == found.primary
    assert hidden <= found.may_hide()
    assert found.narrow(hidden) == []
    report = audit(build([found.costs]), statuses, POLICY)
    assert report.passed
    assert report.attackers == ("plain", "status", "contributor", "organisation")


@given(payments(), st.randoms(use_true_random=False), st.sampled_from([0.1, 0.4, 0.8]))
@quick
def test_the_audit_agrees_with_such_an_attacker_on_any_pattern(found: Payments, random: object, share: float) -> None:
    chance = random.random  # type: ignore[attr-defined]
    hidden = found.primary | {cell for cell in sorted(found.may_hide()) if chance() < share}
    statuses = dict.fromkeys(found.value, Status.PUBLISHED)
    for cell in hidden:
        statuses[cell] = Status.PRIMARY if cell in found.primary else Status.COMPLEMENTARY
    report = audit(build([found.costs]), statuses, POLICY)
    assert report.solver_status == "optimal"
    assert report.passed == (found.narrow(hidden) == [])
    narrowed = {cell for cell, who in found.narrow(hidden) if who is not OUTSIDER}
    assert {one.cell for one in report.failures if one.attacker == "organisation"} == narrowed
