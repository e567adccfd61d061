"""Figures as the hub hands them to a comparison, and where in them the cell of a cut is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.codes import TOTAL
from schemas.payloads import IndicatorPublished
from schemas.values import TypedValue


@dataclass(frozen=True, slots=True)
class StoredIndicator:
    """One region's figures as the hub holds them; `accepted_at` is the hub's acceptance time, `revision` from 1."""

    region: str
    region_name: str
    payload: IndicatorPublished
    accepted_at: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class WithdrawnRegion:
    """One region whose figures at this period were taken back; in no reference and without a verdict."""

    region: str
    region_name: str
    period: str
    region_set: str
    accepted_at: datetime
    revision: int


def cell_of(one: StoredIndicator, nodes: Mapping[str, str]) -> TypedValue | None:
    """Find the figure of a cut; None where the payload has no such cell."""
    found = {cell.nodes: cell.value for cell in one.payload.cells}
    return found.get(nodes_of(one, nodes))


def nodes_of(one: StoredIndicator, nodes: Mapping[str, str]) -> tuple[str, ...]:
    """Return where the figure of a cut stands; a public table has no total over areas, but a node named as the region.

    A dimension that `nodes` leaves out is taken at its total. Where a region did not cut by a dimension that `nodes`
    names, it is a place of no figure: the total of all is not the figure of a part.
    """
    wanted = [nodes.get(dimension, TOTAL) for dimension in one.payload.dimensions]
    for place, dimension in enumerate(one.payload.dimensions):
        there = {cell.nodes[place] for cell in one.payload.cells}
        if dimension not in nodes and TOTAL not in there:
            wanted[place] = one.region if one.region in there else TOTAL
    return (*wanted, *(node for dimension, node in nodes.items() if dimension not in one.payload.dimensions))
