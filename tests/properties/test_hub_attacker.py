"""An attacker written apart tries what each circle sees at the hub: whole numbers, true sums, branch and bound.

It knows which areas lie in which region and of which regions a total is made, and reads no model of ours.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from connectors.database import writing
from hub import tables
from hub.comparison import Reference
from hub.disclosure import audit
from hub.intake import redact
from hub.serving import compared
from hub.serving.compared import IndicatorAbsent, indicator_view
from hub.serving.prove import prove
from hub.serving.published import seen, sets
from hub.serving.totals import Totals
from schemas.codes import AUDIENCES, Audience, may_read
from schemas.joint import joint
from schemas.values import Exact, Suppressed
from tests.support.held_by_hub import NOW, HeldByHub, a_lesson
from tests.support.invented_regions import INDICATOR, Atom, InventedRegion, Node, below, invented, nation_of

PERIOD = "2025"
CUTS: tuple[tuple[str, dict[str, str]], ...] = (("total", {}), ("f", {"sex": "f"}), ("m", {"sex": "m"}))
WIDTH = 3
ShownTotal = tuple[str, int, tuple[str, ...]]  # sex, numerator, regions


@dataclass
class Knowledge:
    """What somebody knows of the atoms: sums that are exact, and sums that lie within ends."""

    place: dict[Atom, int] = field(default_factory=dict)
    rows: list[tuple[list[Atom], float, float]] = field(default_factory=list)

    def learn(self, atoms: Sequence[Atom], low: float, high: float) -> None:
        for atom in atoms:
            self.place.setdefault(atom, len(self.place))
        self.rows.append((list(atoms), low, high))

    def ends(self, atoms: Sequence[Atom]) -> tuple[float, float]:
        """Return the least and the largest whole number that a sum of atoms can be."""
        size = len(self.place)
        matrix = np.zeros((len(self.rows), size))
        for number, (row, _, _) in enumerate(self.rows):
            matrix[number, [self.place[atom] for atom in row]] = 1
        constraint = LinearConstraint(matrix, [low for _, low, _ in self.rows], [high for _, _, high in self.rows])
        cost = np.zeros(size)
        cost[[self.place[atom] for atom in atoms]] = 1
        found = []
        for sign in (1, -1):
            result = milp(sign * cost, constraints=constraint, integrality=np.ones(size), bounds=Bounds(0, 100_000))
            assert result.status == 0, result.message
            found.append(sign * round(result.fun))
        return found[0], found[1]


@dataclass
class Story:
    """A hub to which regions come one after another, and everything that it ever showed to whom."""

    held: HeldByHub
    regions: dict[str, InventedRegion]
    came: dict[str, str] = field(default_factory=dict)  # region and event, of what is still there
    knows_nation: bool = False
    shown: dict[Audience, list[ShownTotal]] = field(default_factory=lambda: {one: [] for one in AUDIENCES})
    withheld: set[tuple[Audience, str]] = field(default_factory=set)

    def look(self, reader: Audience, sex: str, by: dict[str, str], region_set: str, known_on: str | None) -> None:
        with self.held.hub.engine.connect() as connection:
            try:
                view = indicator_view(connection, reader, NOW, INDICATOR, PERIOD, region_set, by, known_on)
            except (IndicatorAbsent, compared.CutUnknown):
                return
        if view.reference_withheld:
            self.withheld.add((reader, sex))

    def visible(self, reader: Audience) -> list[InventedRegion]:
        return [self.regions[code] for code in self.came if may_read(reader, self.regions[code].audience)]

    def knowledge(self, reader: Audience, totals: Sequence[ShownTotal]) -> Knowledge:
        found = Knowledge()
        for one in self.visible(reader):
            for cell in one.published().cells:
                atoms = below(one.code, one.areas, _node(cell.nodes))
                if isinstance(cell.value, Exact):
                    found.learn(atoms, cell.value.numerator, cell.value.numerator)
                elif isinstance(cell.value, Suppressed):
                    found.learn(atoms, cell.value.lo, np.inf if cell.value.hi is None else cell.value.hi)
        for sex, numerator, codes in totals:
            regions = [self.regions[code] for code in codes]
            atoms = [atom for one in regions for atom in below(one.code, one.areas, ("total", "total", sex))]
            found.learn(atoms, numerator, numerator)
        if self.knows_nation:
            whole = [one for one in self.regions.values() if one.region_set == "invented"]
            for sex, _ in CUTS:
                atoms = [atom for one in whole for atom in below(one.code, one.areas, ("total", "total", sex))]
                number = sum(one.value(("total", "total", sex)) for one in whole)
                found.learn(atoms, number, number)
        return found

    def pinned(self, reader: Audience, totals: Sequence[ShownTotal]) -> set[tuple[str, Node]]:
        """Return the cells that were hidden from this reader and have less room than was promised."""
        known = self.knowledge(reader, totals)
        found = set()
        for one in self.visible(reader):
            for cell in one.published().cells:
                if isinstance(cell.value, Suppressed):
                    node = _node(cell.nodes)
                    low, high = known.ends(below(one.code, one.areas, node))
                    own = np.inf if cell.value.hi is None else cell.value.hi - cell.value.lo
                    if high - low < min(WIDTH, own):
                        found.add((one.code, node))
        unseen = set(self.regions) - {one.code for one in self.visible(reader)}
        for code, (sex, _, codes) in itertools.product(sorted(unseen), totals):
            one = self.regions[code]
            node: Node = ("total", "total", sex)
            if code in codes:
                low, high = known.ends(below(one.code, one.areas, node))
                if high - low < WIDTH:
                    found.add((code, node))
        return found


def _node(nodes: Sequence[str]) -> Node:
    area, age, sex = nodes
    return area, age, sex


class _Noting(Totals):
    """Notes what it lets through, for the attacker."""

    story: Story

    def __call__(self, reference: Reference) -> Any:
        allowed = super().__call__(reference)
        if isinstance(allowed, Reference):
            sex = dict(self.cut).get("sex", "total")
            self.story.shown[self.reader].append((sex, allowed.numerator, allowed.parts))
        return allowed


class _Naive(_Noting):
    """A hub that adds up what it holds, whoever asks, and proves nothing."""

    def __call__(self, reference: Reference) -> Any:
        sex = dict(self.cut).get("sex", "total")
        held = [self.story.regions[code] for code in self.story.came]
        held = [one for one in held if one.region_set == self.region_set]
        number = sum(one.value(("total", "total", sex)) for one in held)
        self.story.shown[self.reader].append((sex, number, tuple(one.code for one in held)))
        return reference


def told(folder: Path, seed: int, patch: pytest.MonkeyPatch, totals: type[_Noting] = _Noting) -> Story:
    """Tell one story: regions arrive one after another, everybody looks each time, and something may be destroyed."""
    chance = random.Random(seed)  # noqa: S311  # figures, not secrets
    regions = invented(chance, overlap=seed % 3 == 0, circles=seed % 4 != 0)
    story = Story(HeldByHub.opened(folder), {one.code: one for one in regions})
    noting = type("Noting", (totals,), {"story": story})
    patch.setattr(compared, "Totals", noting)
    for one in regions:
        story.held.region(one.code, one.code.title(), one.region_set)
    moments = []
    for hour, one in enumerate(chance.sample(regions, len(regions))):
        moments.append(f"2026-11-20T{hour:02}:00:00Z")
        story.came[one.code] = story.held.accept(one.code, one.published(), one.audience, moments[-1])
        _everybody_looks(story, [None])
    if seed % 5 == 0:
        moments.append("2026-11-20T20:00:00Z")
        story.held.accept("XR-ALFA", nation_of(regions), "public", moments[-1])
        story.knows_nation = True
    if seed % 7 == 0:
        _destroy(story, chance.choice(sorted(story.came)))
        for shown in story.shown.values():
            shown.clear()  # who comes now was not there before
    story.withheld.clear()
    _everybody_looks(story, [None, *moments])
    return story


def _everybody_looks(story: Story, moments: Sequence[str | None]) -> None:
    prove(story.held.hub.engine, story.held.hub.clock)
    for reader, (sex, by), name, moment in itertools.product(AUDIENCES, CUTS, ("invented", "other"), moments):
        story.look(reader, sex, by, name, moment)


def _destroy(story: Story, code: str) -> None:
    event_id = story.came.pop(code)
    by_event = story.held.accept(code, a_lesson("les-order"), "network", "2026-11-21T00:00:00Z")
    row = {"by_event": by_event, "event_id": event_id, "kind": "redacted", "region": code, "sequence": 99}
    with writing(story.held.hub.engine) as connection:
        more = {"audience": "public", "accepted_at": "2026-11-21T00:00:00Z", "reason": "another file"}
        connection.execute(tables.superseded.insert().values(**row, **more))
        assert redact.apply_all(connection) == 1


def check(story: Story) -> Iterator[str]:
    """Hold what each circle can work out against what the hub let through, withheld and found; yield what happened."""
    for reader in AUDIENCES:
        before = story.pinned(reader, ())
        after = story.pinned(reader, story.shown[reader])
        assert after == before, (reader, after - before)
        with story.held.hub.engine.connect() as connection:
            found = audit(joint(seen(connection, reader, INDICATOR, PERIOD), [], sets(connection)), thorough=True)
        named = {
            (one.hidden.region, one.hidden.key.area, dict(one.hidden.key.cut).get("sex", "total"))
            for one in found.findings
        }
        for code, (area, _, sex) in before:
            assert (code, code if area == "total" else area, sex) in named
            yield "found"
        if before:
            yield "pinned by what regions published"
        if any(key[0] == reader for key in story.withheld):
            yield "withheld"
        if story.shown[reader]:
            yield "shown"


SEEDS = range(24)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_circle_works_out_more_with_the_hub_than_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    set(check(told(tmp_path, seed, monkeypatch)))


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(14, 314))
def test_no_circle_works_out_more_with_the_hub_than_without_in_many_stories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    set(check(told(tmp_path, seed, monkeypatch)))


def test_the_stories_hold_what_they_are_meant_to_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    happened: set[str] = set()
    for seed in (0, 5, 12, 30):
        happened |= set(check(told(tmp_path / str(seed), seed, monkeypatch)))
    assert happened == {"found", "pinned by what regions published", "withheld", "shown"}


def test_the_attacker_catches_a_hub_that_adds_up_what_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    caught = 0
    for seed in (5, 10, 11, 17, 19):
        story = told(tmp_path / str(seed), seed, monkeypatch, _Naive)
        caught += any(
            story.pinned(reader, story.shown[reader]) - story.pinned(reader, ()) for reader in ("public", "partners")
        )
    assert caught >= 3


def test_the_attacker_agrees_with_counting_all_possible_worlds() -> None:
    known = Knowledge()
    first, second, third = ("GM0001", "f"), ("GM0001", "m"), ("GM0002", "f")
    known.learn([first, second], 12, 12)
    known.learn([second, third], 15, 15)
    known.learn([first], 1, 9)
    worlds = [n for n in range(1, 10) if 12 - n >= 0 and 15 - (12 - n) >= 0]
    assert known.ends([first]) == (min(worlds), max(worlds))
    assert known.ends([third]) == (min(3 + n for n in worlds), max(3 + n for n in worlds))
