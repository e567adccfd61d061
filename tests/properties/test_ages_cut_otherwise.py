"""Parts and wholes whose ages are cut by other bands: who subtracts them, at any ages, is told of nobody.

The attacker is written apart, on scipy: he knows the published payloads, that parts are among their wholes, and which
blanks are small. Any ages that bands of a part and of its whole add up to are looked at, also those of no table.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import pytest
from scipy.optimize import linprog

from node.indicators.figures import Axis, ComputedIndicator
from node.release.cuts import Cut, apply
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.protect import ProtectedIndicator, protect_run
from node.release.refusal import ReleaseRefused
from schemas.catalogue import catalogue
from schemas.codes import TOTAL
from schemas.values import Exact, Suppressed

AREAS, SEXES = Axis("area", ("GM0001", "GM0002")), Axis("sex", ("f", "m"))
BANDS = ("0-17", "18-44", "45-64", "65-74", "75+")
CHAIN = ("h.multimorbid", "h.chronic", "pop.persons")  # each is part of the next
WIDTH = 3
Bands = tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """Persons of each link of the chain per area, finest band and sex; and the bands that each is released in."""

    persons: Mapping[str, np.ndarray]
    bands: Mapping[str, Bands]

    def computed(self, name: str) -> ComputedIndicator:
        what = catalogue()[name]
        assert what.measure is not None
        bare = msgspec.structs.replace(what.measure, denominator=None)
        what = msgspec.structs.replace(what, kind="count", measure=bare)
        first = BANDS.index(_inside(self.bands[name][0])[0])
        table = self.persons[name][:, first:]
        axes = (AREAS, Axis("age_band", BANDS[first:]), SEXES)
        finest = ComputedIndicator(what, "2025", axes, table, table, None, None, ("gp",))
        (cut,), _ = apply([finest], Cut((), {name: self.bands[name]}))
        return cut


class Attacker:
    """What follows for any sum of persons: a variable for those whom each link of the chain adds to the one before."""

    def __init__(self, story: Story, items: Sequence[ProtectedIndicator]) -> None:
        self.story = story
        self.shape = (len(CHAIN), len(AREAS.leaves), len(BANDS), len(SEXES.leaves))
        self.equal: list[np.ndarray] = []
        self.value: list[float] = []
        self.most: list[np.ndarray] = []
        self.limit: list[float] = []
        self.targets: list[tuple[str, np.ndarray]] = []
        for one in items:
            for cell in one.payload.cells:
                self.read(one.payload.indicator, cell.nodes, cell.value)
        self.names = [one.payload.indicator for one in items]
        self.targets += self.rests()

    def true(self, row: np.ndarray) -> int:
        before = np.zeros(self.shape[1:], dtype=np.int64)
        total = 0
        for level, name in enumerate(CHAIN):
            persons = self.story.persons[name]
            total += int((row[level] * (persons - before)).sum())
            before = persons
        return total

    def row(self, name: str, nodes: Sequence[str]) -> np.ndarray:
        area, age, sex = nodes
        bands = self.story.bands[name] if age == TOTAL else (age,)
        inside = [BANDS.index(leaf) for band in bands for leaf in _inside(band)]
        at = [
            list(range(len(side.leaves))) if node == TOTAL else [side.leaves.index(node)]
            for side, node in ((AREAS, area), (SEXES, sex))
        ]
        row = np.zeros(self.shape)
        row[np.ix_(range(CHAIN.index(name) + 1), at[0], inside, at[1])] = 1
        return row

    def read(self, name: str, nodes: Sequence[str], value: object) -> None:
        row = self.row(name, nodes)
        if isinstance(value, Exact):
            self.equal.append(row.ravel())
            self.value.append(value.numerator)
            assert value.numerator == self.true(row)
        elif isinstance(value, Suppressed):
            true = self.true(row)
            low, high = (1, 9) if 0 < true < 10 else (value.lo, value.hi)
            self.bound(row, low, high)
            if 0 < true < 10:
                self.targets.append((f"{name} {nodes}", row))

    def bound(self, row: np.ndarray, low: float, high: float | None) -> None:
        self.most.append(-row.ravel())
        self.limit.append(-low)
        if high is not None:
            self.most.append(row.ravel())
            self.limit.append(high)

    def rests(self) -> Iterator[tuple[str, np.ndarray]]:
        """Yield what 1 to 9 persons of a whole are not of its part, at any ages that the bands of both make."""
        for part, whole in itertools.combinations([name for name in CHAIN if name in self.names], 2):
            for area, sex in itertools.product((*AREAS.leaves, TOTAL), (*SEXES.leaves, TOTAL)):
                for first, last in itertools.combinations(range(len(BANDS) + 1), 2):
                    ages = BANDS[first:last]
                    if not all(_makes(self.story.bands[name], ages) for name in (part, whole)):
                        continue
                    of = sum((self.row(part, (area, leaf, sex)) for leaf in ages), np.zeros(self.shape))
                    rest = sum((self.row(whole, (area, leaf, sex)) for leaf in ages), -of)
                    if 0 < self.true(rest) < 10 and self.true(of):
                        yield f"{whole} less {part} {area} {ages} {sex}", rest

    def width(self, row: np.ndarray) -> float:
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * row.ravel(),
                A_ub=np.array(self.most) if self.most else None,
                b_ub=self.limit or None,
                A_eq=np.array(self.equal) if self.equal else None,
                b_eq=self.value or None,
                method="highs",
            )
            if found.status == 3:
                return np.inf
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return float(ends[1] - ends[0])

    def told(self) -> list[str]:
        return [f"{name}: {width:.2f}" for name, row in self.targets if (width := self.width(row)) < WIDTH - 1e-6]


def _inside(band: str) -> Bands:
    start, _, last = band.removesuffix("+").partition("-")
    ends = [(int(one.rstrip("+").split("-")[0]), one) for one in BANDS]
    return tuple(one for first, one in ends if int(start) <= first and (band.endswith("+") or first <= int(last)))


def _makes(bands: Bands, ages: Bands) -> bool:
    return set(ages) == {leaf for band in bands if set(_inside(band)) <= set(ages) for leaf in _inside(band)}


def _after(items: Sequence[ProtectedIndicator]) -> Earlier:
    cells = {key: value for one in items for key, value in one.remembered.items()}
    return Earlier(cells, tuple(vintage for one in items for vintage in one.vintages))


def _bands(random: np.random.Generator) -> Bands:
    first = int(random.choice([0, 0, 0, 3]))
    edges = [first, *(edge for edge in range(first + 1, len(BANDS)) if random.random() < 0.6), len(BANDS)]
    return tuple(_merged(BANDS[start:end]) for start, end in itertools.pairwise(edges))


def _merged(bands: Bands) -> str:
    start, last = bands[0].split("-")[0].rstrip("+"), bands[-1].rpartition("-")[2]
    return f"{start}+" if last.endswith("+") else f"{start}-{last}"


def _story(seed: int) -> Story:
    random = np.random.default_rng(seed)
    before, persons = np.zeros((2, len(BANDS), 2), dtype=np.int64), {}
    for name in CHAIN:
        few = random.integers(0, 9, before.shape)
        many = random.integers(10, 60, before.shape)
        kind = random.random(before.shape)
        before = before + np.where(kind < 0.2, few, np.where(kind < 0.5 - 0.1 * (name == CHAIN[0]), 0, many))
        persons[name] = before
    return Story(persons, {name: _bands(random) for name in CHAIN})


def _released(story: Story, order: Sequence[Sequence[str]]) -> tuple[ProtectedIndicator, ...]:
    items: tuple[ProtectedIndicator, ...] = ()
    for names in order:
        run = [story.computed(name) for name in names]
        items += protect_run(run, (), _after(items), DisclosurePolicy(), "demo", 2025).items
    return items


ORDERS: Sequence[Sequence[Sequence[str]]] = (
    [CHAIN[:2]],
    [[CHAIN[0]], [CHAIN[1]]],
    [[CHAIN[1]], [CHAIN[0]]],
    [CHAIN],
    [[CHAIN[2], CHAIN[0]], [CHAIN[1]]],
)


@pytest.mark.parametrize("seed", [*range(8), 48, 65, 99])  # of the last three, a bare subtraction once told
def test_nobody_is_told_of_who_is_left_at_any_ages(seed: int) -> None:
    _tells_nothing(_story(seed), seed)


@pytest.mark.parametrize("seed", [7, 26, 45, 63])  # they once told of a few who are left beside nobody
def test_nobody_is_told_of_who_is_left_where_bands_are_the_same(seed: int) -> None:
    story = _story(seed)
    _tells_nothing(Story(story.persons, dict.fromkeys(CHAIN, story.bands[CHAIN[1]])), seed)


def _tells_nothing(story: Story, seed: int) -> None:
    try:
        items = _released(story, ORDERS[seed % len(ORDERS)])
    except ReleaseRefused:
        return
    assert Attacker(story, items).told() == []
