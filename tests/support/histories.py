"""Random histories of releases: what happens to a region's records between two of them, and what leaves."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from node.indicators.figures import Axis, ComputedIndicator, PublishedTable
from node.release.cube import statistic_keys
from node.release.disclosure import CellKey, DisclosurePolicy, Earlier, Statistic
from node.release.disclosure.history import every_figure
from node.release.protect import ProtectedIndicator, protect_run
from node.release.refusal import ReleaseRefused
from schemas.definition import Criterion, IndicatorDefinition, Measure, Population, Text
from schemas.payloads import Cell, IndicatorPublished, TakenOver
from schemas.values import Exact
from tests.support.vintage_attacker import PEOPLE, Figure, Hints, Nodes

POLICY = DisclosurePolicy()
EDGES = (0, 18, 45, 60, 65)  # years; people are drawn in the bands these make
BANDS = {
    "T0": ("0-17", "18-44", "45-64", "65+"),
    "T1": ("0-17", "18-44", "45-59", "60+"),  # the same people, cut at another age
    "T2": ("0-17", "18-44", "45-64", "65+"),
}
AREAS = ("XG-A", "XG-B", "XG-C", "XG-D")


def _definition(name: str, measure: Measure, kind: str = "proportion") -> IndicatorDefinition:
    text = Text("t", "t")
    return IndicatorDefinition(
        id=name, version=1, axis="health", kind=kind, title=text, description=text, unit=text, per=100,
        favourable="lower", reference="none", dimensions=("area", "age_band"), population=Population(),
        measure=measure,
    )  # fmt: skip


@dataclass
class World:
    """A region's records: people and patients by area and drawn band, and what is released of them next."""

    random: np.random.Generator
    people: np.ndarray
    patients: dict[str, np.ndarray]
    period: int = 2024
    areas: tuple[str, ...] = AREAS
    asked: tuple[str, ...] = ("T0",)
    public: bool = False
    withdraw: bool = False

    @staticmethod
    def drawn(seed: int) -> "World":
        random = np.random.default_rng(seed)
        people = random.poisson(random.choice([60, 200, 900]) * random.uniform(0.3, 2, (len(AREAS), len(EDGES))))
        rates = {name: random.choice([0.03, 0.1, 0.4]) for name in BANDS}
        return World(random, people, {name: random.binomial(people, rate) for name, rate in rates.items()})

    def add(self, persons: int) -> None:
        """Add or take away so many persons in one place, some of them patients."""
        place = tuple(int(self.random.integers(size)) for size in self.people.shape)
        before = int(self.people[place])
        self.people[place] = max(before + persons, 0)
        for ill in self.patients.values():
            share = int(self.random.binomial(abs(persons), 0.5)) * (1 if persons > 0 else -1)
            ill[place] = min(max(int(ill[place]) + share, 0), int(self.people[place]))

    def computed(self) -> list[ComputedIndicator]:
        """What the node measures of it now."""
        return [self._indicator(name) for name in self.asked]

    def _indicator(self, name: str) -> ComputedIndicator:
        starts = [EDGES.index(int(band.split("-")[0].rstrip("+"))) for band in BANDS[name]]
        people, ill = (np.add.reduceat(table, starts, axis=1) for table in (self.people, self.patients[name]))
        if len(self.areas) < len(AREAS):  # the last two are one municipality now
            people, ill = (np.concatenate([t[:-2], t[-2:].sum(axis=0, keepdims=True)]) for t in (people, ill))
        axes = (Axis("area", self.areas), Axis("age_band", BANDS[name]))
        what = _definition(name, Measure("persons", of=Criterion("condition", codes=(name,))))
        return ComputedIndicator(what, str(self.period), axes, ill, ill, people, people, ("gp",))

    def tables(self) -> list[PublishedTable]:
        """The nation's people minus those of all other regions, by area: anyone may work that out."""
        if not self.public or len(self.areas) < len(AREAS):
            return []
        what = _definition("people", Measure("persons"), "count")
        sums = zip(AREAS, self.people.sum(axis=1).tolist(), strict=True)
        cells = tuple(Cell((area, "total"), Exact(count)) for area, count in sums)
        origin = TakenOver("Owner", "people", "https://example.org", "CC0", "2026-01-01", "a" * 64)
        return [PublishedTable(what, str(self.period), 2025, ("area", "age_band"), cells, origin)]


def _few(world: World) -> None:
    for _ in range(int(world.random.integers(1, 4))):
        world.add(int(world.random.choice([-5, -2, -1, 1, 2, 7])))


def _many(world: World) -> None:
    for _ in range(int(world.random.integers(1, 5))):
        world.add(int(world.random.choice([-30, -12, 10, 14, 25, 60])))


def _both(world: World) -> None:
    _few(world)
    _many(world)


def _elsewhere(world: World) -> None:
    """Let groups of people move: totals stay, and blank figures grow or shrink."""
    for _ in range(int(world.random.integers(1, 4))):
        persons = int(world.random.integers(10, 16))
        world.add(persons)
        world.add(-persons)


def _next_period(world: World) -> None:
    world.period += 1
    _both(world)


def _merged(world: World) -> None:
    world.areas = (*AREAS[:-2], "XG-CD")
    if world.random.random() < 0.7:  # else within one period, which the earlier release does not allow
        world.period += 1


def _asks(*names: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        world.asked = names

    return change


def _public(world: World) -> None:
    world.public = True


def _withdrawn(world: World) -> None:
    world.withdraw = True
    _few(world)


STEPS: Mapping[str, Callable[[World], None]] = {
    "one person more": lambda world: world.add(1),
    "a few persons": _few,
    "many persons": _many,
    "few and many": _both,
    "groups that move": _elsewhere,
    "new period": _next_period,
    "merged municipalities": _merged,
    "shifted age bands": _asks("T0", "T1"),
    "shifted age bands alone": _asks("T1"),
    "linked denominator": _asks("T0", "T2"),
    "linked denominator alone": _asks("T2"),
    "nation minus regions": _public,
    "withdrawn but remembered": _withdrawn,
}


@dataclass
class Released:
    """What left, release by release, with the truth behind it for the hints; `naive` remembers nothing before."""

    naive: bool = False
    cells: dict[CellKey, int | None] = field(default_factory=dict)
    vintages: list = field(default_factory=list)
    payloads: list[tuple[int, IndicatorPublished]] = field(default_factory=list)
    truth: dict[Figure, int] = field(default_factory=dict)
    public: dict[Figure, int] = field(default_factory=dict)
    standing: dict[tuple[str, str], IndicatorPublished] = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)

    def release(self, number: int, world: World) -> None:
        """Release what the world is now as a node would, and keep what left."""
        if world.withdraw:
            self.standing, world.withdraw = {}, False
        earlier = Earlier() if self.naive else Earlier(dict(self.cells), tuple(self.vintages))
        try:
            found = protect_run(world.computed(), world.tables(), earlier, POLICY, "demo", 2025)
        except ReleaseRefused:
            self.counts["refused"] += 1
            return
        self.counts["waiting"] += len(found.waiting)
        self.counts["left out"] += len(found.left_out)
        told = {cell.nodes: cell.value.numerator for table in world.tables() for cell in table.cells}
        for item in found.items:
            name = item.payload.indicator, item.payload.period
            stood = self.standing.get(name)
            if (stood is not None and stood.cells == item.payload.cells) or (stood is None and item.facts.held):
                continue
            self.counts["published" if stood is None else "corrected"] += item.audit is not None
            self.standing[name] = item.payload
            self._keep(number, item, told)

    def _keep(self, number: int, item: ProtectedIndicator, told: Mapping[Nodes, int]) -> None:
        self.cells.update(item.remembered)
        self.vintages += [replace(one, moment=number) for one in item.vintages]
        if item.audit is None:
            return
        self.payloads.append((number, item.payload))
        part, _ = statistic_keys(_shape(item))
        for one in (vintage.statistic for vintage in item.vintages):
            measure = item.payload.indicator if one.key == part else PEOPLE
            figures = _figures(one)
            for cell in item.payload.cells:
                figure = (measure, one.period, number, cell.nodes)
                self.truth[figure] = figures[cell.nodes]
                if measure == PEOPLE and told.get(cell.nodes) == figures[cell.nodes]:
                    self.public[figure] = figures[cell.nodes]

    def hints(self, blank: set[Figure], shown: Mapping[Figure, int], every_change: bool) -> tuple[Hints, set[Figure]]:
        """What the status attacker is told, and the figures that must stay vague before him.

        He knows which blanks stood still from one release to another, or even by how much each changed.
        """
        hints, vague = Hints(), set()
        for figure, value in self.truth.items():
            measure, period, number, nodes = figure
            whole = (PEOPLE, period, number, nodes)
            ruled = False
            if measure != PEOPLE:
                rest = self.truth[whole] - value
                open_rest = figure in blank or whole in blank
                ruled = value > 0 and (1 <= rest <= 9 or 10 * value >= 9 * self.truth[whole])
                if value > 0 and 1 <= rest <= 9 and open_rest:
                    hints.bounds[f"rest of {measure}", period, number, nodes] = (1, 9)
                    vague.add((f"rest of {measure}", period, number, nodes))
            if figure in blank and figure not in shown:
                if 1 <= value <= 9:
                    hints.bounds[figure] = (1, 9)
                    vague.add(figure)
                elif value == 0:
                    hints.bounds[figure] = (0, 0)
                elif not ruled:
                    hints.bounds[figure] = (10, np.inf)
        for one in blank:
            for other in blank:
                same = one[:2] == other[:2] and one[3] == other[3]
                change = self.truth[other] - self.truth[one]
                if same and one[2] < other[2] and (every_change or change == 0):
                    hints.changes[one, other] = change
        return hints, vague


def _shape(item: ProtectedIndicator) -> ComputedIndicator:
    name = item.payload.indicator
    what = _definition(name, Measure("persons", of=Criterion("condition", codes=(name,))))
    axes = tuple(
        Axis(side, tuple(dict.fromkeys(c.nodes[place] for c in item.payload.cells if c.nodes[place] != "total")))
        for place, side in enumerate(item.payload.dimensions)
    )
    none = np.zeros([len(axis.leaves) for axis in axes], np.int64)
    return ComputedIndicator(what, item.payload.period, axes, none, none, none, none)


def _figures(one: Statistic) -> dict[Nodes, int]:
    return {cell.nodes: value for cell, value in zip(one.cells(), every_figure(one).tolist(), strict=True)}


def history(seed: int, naive: bool = False) -> tuple[tuple[str, ...], Released]:
    """Let one region live through a first release and three more; the seed chooses what happens between them."""
    world, released = World.drawn(seed), Released(naive)
    names = list(STEPS)
    steps = (names[seed % len(names)], *world.random.choice(names, 2).tolist())
    if world.random.random() < 0.3:
        world.asked = ("T0", "T2")
    released.release(0, world)
    for number, step in enumerate(steps, start=1):
        STEPS[step](world)
        released.release(number, world)
    return steps, released
