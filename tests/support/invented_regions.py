"""Small invented regions that count persons by area and sex, hide what is small, and publish the rest."""

import itertools
import random
from dataclasses import dataclass, field

from schemas.codes import Audience
from schemas.payloads import IndicatorPublished
from schemas.values import Exact, Suppressed, TypedValue
from tests.support.held_by_hub import TAKEN_OVER, figures

INDICATOR = "h.dm_prev"
SEXES = ("f", "m")
PERSONS = 5_000  # in every area and sex: enough for no share to disclose a group
Node = tuple[str, str, str]  # area, age band, sex
Atom = tuple[str, str]  # area, sex


def below(code: str, areas: tuple[str, ...], node: Node) -> list[Atom]:
    """Return the atoms that a cell sums; an area outside the region's own is the whole of somebody else's."""
    area, _, sex = node
    within = areas if area in ("total", code) else (area,)
    return list(itertools.product(within, SEXES if sex == "total" else (sex,)))


@dataclass
class InventedRegion:
    """One region: its areas, the truth about them, and what it tells which circle."""

    code: str
    region_set: str
    areas: tuple[str, ...]
    truth: dict[Atom, int] = field(repr=False)
    audience: Audience = "public"

    def value(self, node: Node) -> int:
        return sum(self.truth[atom] for atom in below(self.code, self.areas, node))

    def published(self) -> IndicatorPublished:
        """Hide every cell of 1 to 9 and, along each sum, one more, the smallest that can be; publish the rest.

        The ranges are wide ones that anyone could work out: from 0 to the published total, or without bound.
        """
        nodes: list[Node] = [(area, "total", sex) for area in (*self.areas, "total") for sex in (*SEXES, "total")]
        hidden = {node for node in nodes if 0 < self.value(node) < 10}
        changed = True
        while changed:
            changed = False
            for line in self._lines(nodes):
                blanks = [node for node in line if node in hidden]
                free = [node for node in line if node not in hidden and self.value(node) > 0]
                if len(blanks) == 1 and free:
                    hidden.add(min(free, key=lambda node: (self.value(node), node)))
                    changed = True
        cells: dict[tuple[str, ...], TypedValue] = {}
        for node in nodes:
            size = PERSONS * len(below(self.code, self.areas, node))
            total = ("total", "total", "total")
            top = self.value(total) if total not in hidden else None
            cells[node] = Suppressed(0, top, size) if node in hidden else Exact(self.value(node), size)
        return figures(INDICATOR, cells, region_set=self.region_set)

    @staticmethod
    def _lines(nodes: list[Node]) -> list[list[Node]]:
        by_area: dict[str, list[Node]] = {}
        by_sex: dict[str, list[Node]] = {}
        for node in nodes:
            by_area.setdefault(node[0], []).append(node)
            by_sex.setdefault(node[2], []).append(node)
        return [*by_area.values(), *by_sex.values()]


def invented(chance: random.Random, *, overlap: bool, circles: bool) -> list[InventedRegion]:
    """Make three regions of one set, and with `overlap` a fourth of another set that shares an area with the first."""
    circle: tuple[Audience, ...] = ("public", "partners", "network") if circles else ("public",)
    made = []
    for place, code in enumerate(("XR-ALFA", "XR-BETA", "XR-GAMMA")):
        areas = tuple(f"GM{place}{number:03}" for number in range(chance.randint(1, 2)))
        made.append(InventedRegion(code, "invented", areas, _truth(chance, areas), chance.choice(circle)))
    if overlap:
        first = made[0]
        areas = (first.areas[-1], "GM9000")
        truth = _truth(chance, areas) | {atom: n for atom, n in first.truth.items() if atom[0] == first.areas[-1]}
        made.append(InventedRegion("XR-OVER", "other", areas, truth, chance.choice(circle)))
    return made


def nation_of(regions: list[InventedRegion]) -> IndicatorPublished:
    """Return what a public table tells of all regions of the first set together."""
    whole = [one for one in regions if one.region_set == "invented"]
    cells: dict[tuple[str, ...], TypedValue] = {}
    for sex in ("total", *SEXES):
        size = PERSONS * sum(len(below(one.code, one.areas, ("total", "total", sex))) for one in whole)
        cells["NL01", "total", sex] = Exact(sum(one.value(("total", "total", sex)) for one in whole), size)
    return figures(INDICATOR, cells, region_set="invented", origin=TAKEN_OVER)


def _truth(chance: random.Random, areas: tuple[str, ...]) -> dict[Atom, int]:
    def count() -> int:
        kind = chance.random()
        if kind < 0.1:
            return 0
        return chance.randint(1, 9) if kind < 0.35 else chance.randint(10, 80)

    return {atom: count() for atom in itertools.product(areas, SEXES)}
