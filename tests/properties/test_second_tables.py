"""Two tables of one statistic, each safe by itself, tell together what one of them hides: so the second is refused.

The attacker is written apart, on scipy: he knows the published payloads alone, and that persons are whole numbers.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from node.indicators.figures import Axis, ComputedIndicator
from node.release.disclosure import CellKey, DisclosurePolicy, Earlier
from node.release.guard import IndicatorUnprotectable
from node.release.overlap import PeriodsOverlap, SecondTable
from node.release.protect import ProtectedIndicator, protect
from schemas.catalogue import catalogue
from schemas.definition import Criterion, Measure
from schemas.payloads import IndicatorPublished
from schemas.values import Exact, Suppressed

AREAS, AGES, SEXES = (
    Axis("area", ("XG-A", "XG-B", "XG-C")),
    Axis("age_band", ("0-17", "18-64", "65+")),
    Axis("sex", ("f", "m")),
)
ATOMS = list(itertools.product(AREAS.leaves, AGES.leaves, SEXES.leaves))
WIDTH = 3
Node = tuple[str, ...]


def count(axes: Sequence[Axis], persons: np.ndarray) -> ComputedIndicator:
    measure = Measure("persons", of=Criterion("condition", window="until_end", codes=("T90",)), denominator=None)
    what = catalogue()["pop.persons"]
    names = tuple(axis.name for axis in axes)
    what = msgspec.structs.replace(what, id="count." + ".".join(names), dimensions=names, measure=measure)
    return ComputedIndicator(what, "2025", tuple(axes), persons, persons, None, None, ("gp",))


def visits(period: str, records: np.ndarray, types: tuple[str, ...] = ("emergency",)) -> ComputedIndicator:
    of = Criterion("encounter", window="in_period", types=types)
    what = msgspec.structs.replace(
        catalogue()["pop.persons"],
        id="visits",
        dimensions=("area",),
        measure=Measure("records", of=of, denominator=None),
    )
    return ComputedIndicator(what, period, (AREAS,), records, records, None, None, ("hospital",))


def safe(*computed: ComputedIndicator, earlier: Earlier | None = None) -> tuple[ProtectedIndicator, ...]:
    return protect(computed, (), earlier or Earlier(), DisclosurePolicy(), "invented", 2025)


def after(*items: ProtectedIndicator) -> Earlier:
    cells: dict[CellKey, int | None] = {}
    for one in items:
        cells.update(one.remembered)
    return Earlier(cells, tuple(vintage for one in items for vintage in one.vintages))


def told(payload: IndicatorPublished) -> Iterator[tuple[list[int], float, float]]:
    """Yield what a payload says: a sum of atoms, and the ends between which it lies."""
    for cell in payload.cells:
        pairs = dict(zip(payload.dimensions, cell.nodes, strict=True))
        wanted = [pairs.get(name, "total") for name in ("area", "age_band", "sex")]
        at = [n for n, atom in enumerate(ATOMS) if all(w in ("total", a) for w, a in zip(wanted, atom, strict=True))]
        if isinstance(cell.value, Exact):
            yield at, cell.value.numerator, cell.value.numerator
        elif isinstance(cell.value, Suppressed):
            yield at, cell.value.lo, np.inf if cell.value.hi is None else cell.value.hi


def pinned(payloads: Iterable[IndicatorPublished], small: Sequence[list[int]]) -> int:
    """Return how many of these sums of atoms are left with fewer values than was promised."""
    rows = [row for payload in payloads for row in told(payload)]
    matrix = np.zeros((len(rows), len(ATOMS)))
    for number, (at, _, _) in enumerate(rows):
        matrix[number, at] = 1
    constraint = LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows])
    found = 0
    for at in small:
        cost = np.zeros(len(ATOMS))
        cost[at] = 1
        ends = [
            milp(sign * cost, constraints=constraint, integrality=np.ones(len(ATOMS)), bounds=Bounds(0, 10_000))
            for sign in (1, -1)
        ]
        assert all(end.status == 0 for end in ends)
        found += round(-ends[1].fun) - round(ends[0].fun) < WIDTH
    return found


def hidden_small(payload: IndicatorPublished, persons: np.ndarray) -> list[list[int]]:
    flat = persons.ravel()
    small = []
    for cell, (at, _, _) in zip(payload.cells, told(payload), strict=True):
        if isinstance(cell.value, Suppressed) and 0 < int(flat[at].sum()) < 10:
            small.append(at)
    return small


def people(seed: int) -> np.ndarray:
    """Make one small area, one in which an age is small, and one in which a sex is: each table hides elsewhere."""
    chance = np.random.default_rng(seed)
    persons: np.ndarray = chance.integers(20, 60, (3, 3, 2))
    persons[0] = 0
    persons[0, 0, 0], persons[0, 2, 1] = chance.integers(1, 5, 2)
    persons[1, 0] = chance.integers(1, 5, 2)
    persons[2, :, 0] = chance.integers(1, 4, 3)
    return persons


def test_two_tables_over_other_dimensions_leak_together_and_the_second_is_refused() -> None:
    leaked = looked = 0
    for seed in range(6):
        persons = people(seed)
        by_age, by_sex = count((AREAS, AGES), persons.sum(axis=2)), count((AREAS, SEXES), persons.sum(axis=1))
        (first,), (second,) = safe(by_age), safe(by_sex)
        for one in (first, second):
            assert pinned([one.payload], hidden_small(one.payload, persons)) == 0
        leaked += pinned([first.payload, second.payload], hidden_small(first.payload, persons)) > 0
        for one, other in ((by_age, by_sex), (by_sex, by_age)):
            with pytest.raises(SecondTable, match=r"share totals.*cross them in one table .*or release only one"):
                safe(one, other)
            with pytest.raises(SecondTable):
                safe(other, earlier=after(*safe(one)))
        try:
            (crossed,) = safe(count((AREAS, AGES, SEXES), persons))
        except IndicatorUnprotectable:  # what the sentence proposes is protected like any table, or refused like one
            continue
        looked += 1
        assert pinned([crossed.payload], hidden_small(crossed.payload, persons)) == 0
    assert (looked > 0, leaked > 1) == (True, True), (looked, leaked)


def test_a_year_and_its_quarters_leak_together_and_whichever_comes_second_is_refused() -> None:
    leaked = 0
    for seed in range(20):
        records = np.random.default_rng(seed).integers(12, 60, (4, 3))
        records[seed % 4, 0] = 4  # one quarter of one area is small
        quarters = [visits(f"2025-Q{number + 1}", row) for number, row in enumerate(records)]
        year = visits("2025", records.sum(axis=0))
        released = [safe(one)[0] for one in quarters]
        (whole,) = safe(year)
        areas = {cell.nodes: cell.value for cell in whole.payload.cells}
        for node in ("XG-A", "XG-B", "XG-C", "total"):
            parts = [next(c.value for c in one.payload.cells if c.nodes == (node,)) for one in released]
            hidden = [value for value in parts if isinstance(value, Suppressed)]
            leaked += len(hidden) == 1 and isinstance(areas[(node,)], Exact)  # the year minus the other quarters
        with pytest.raises(PeriodsOverlap, match=r"for 2025 overlaps that for 2025-Q1.*one length of period only"):
            safe(year, earlier=after(*released))
        with pytest.raises(PeriodsOverlap, match="for 2025-Q3 overlaps that for 2025:"):
            safe(quarters[2], earlier=after(whole))
        with pytest.raises(PeriodsOverlap):
            safe(quarters[0], year)
    assert leaked >= 10, leaked


@pytest.mark.parametrize(
    ("one", "other", "overlaps"),
    [
        ("2025", "2025-12", True),
        ("2025-Q4", "2025-10", True),
        ("2025-Q4", "2025-09", False),
        ("2025-W01", "2024-12", True),  # that week begins on 30 December
        ("2025-W01", "2025-01-05", True),
        ("2025-W01", "2025-01-06", False),
        ("2025", "2026", False),
        ("2025", "2025", False),
    ],
)
def test_periods_overlap_by_their_days(one: str, other: str, overlaps: bool) -> None:
    first = safe(visits(one, np.array([40, 50, 60])))
    again = visits(other, np.array([40, 50, 60]))
    if overlaps:
        with pytest.raises(PeriodsOverlap):
            safe(again, earlier=after(*first))
    else:
        safe(again, earlier=after(*first))


def test_quarters_of_a_part_and_the_year_of_its_whole_are_refused_whichever_comes_second() -> None:
    """103 contacts in a year less 4 x 25 at the emergency department would be three of another kind."""
    quarters = [visits(f"2025-Q{number}", np.array([25, 30, 40])) for number in range(1, 5)]
    year = visits("2025", np.array([103, 150, 200]), types=())
    with pytest.raises(PeriodsOverlap, match="overlaps a part of it for 2025-Q1"):
        safe(*quarters, year)
    with pytest.raises(PeriodsOverlap, match="overlaps a part of it for 2025-Q2"):
        safe(year, earlier=after(*safe(quarters[1])))
    with pytest.raises(PeriodsOverlap, match="overlaps that of which it is a part for 2025:"):
        safe(quarters[3], earlier=after(*safe(year)))


def test_who_has_a_condition_at_the_end_of_a_quarter_and_of_a_year_is_no_sum() -> None:
    persons = np.array([[40, 50, 60], [70, 80, 90], [30, 20, 45]])
    quarter = replace(count((AREAS, AGES), persons), period="2025-Q4")
    (first,) = safe(quarter)
    safe(count((AREAS, AGES), persons), earlier=after(first))
