"""Figures of an older division of municipalities, laid on that of the regions they are compared with."""

from collections.abc import Collection, Mapping

from schemas.codes import AREA, TOTAL
from schemas.divisions import came_after, division
from schemas.joint import WIDTH
from schemas.payloads import Computed
from schemas.values import Exact, Suppressed, TypedValue

from .bounds import FigureMissing, Nodes, Published
from .stored import StoredIndicator, cell_of, nodes_of


def rebased(one: StoredIndicator, nodes: Mapping[str, str], year: int, elsewhere: Collection[str]) -> TypedValue | None:
    """Return a region's figure of a cut for the area that it has in the division of `year`; None where nobody can tell.

    `elsewhere` are the municipalities, in that division, that other regions count. Where all of the region's own went
    on within it, its figure stands; where some went to another region, theirs are taken off, exactly or with a range.
    To another region went also what became part of a municipality that was there before, and not among the region's
    own: no municipality is of two regions. None where one was divided or came from another region since, or where the
    event does not say its municipalities.
    """
    areas = areas_of(one)
    before, now = division(one.payload.division_year), division(year)
    if not areas or one.payload.division_year >= year or not isinstance(one.payload.origin, Computed):
        return None
    if any(area in before.renewed or area in before.divided for area in areas):
        return None  # not the division that the event names
    ceased = {code: into for code, into in now.renewed.items() if code not in before.renewed}
    divided = {code: into for code, into in now.divided.items() if code not in before.divided}
    if areas & divided.keys():
        return None
    became = {area: ceased.get(area, area) for area in areas}
    new = came_after(one.payload.division_year)
    left = {area for area, code in became.items() if code not in areas and code not in new}
    kept = {area for area, code in became.items() if area not in left and code not in elsewhere}
    codes = {became[area] for area in kept}
    came = {code for code, into in ceased.items() if into in codes and code not in areas}
    if came or any(codes & set(into) for into in divided.values()):
        return None
    if not kept:
        return None
    if kept == areas:
        return cell_of(one, nodes)
    return _sum(one, [_at(one, nodes, area) for area in sorted(kept)])


def areas_of(one: StoredIndicator) -> set[str]:
    """Return the municipalities of which an event has figures; none where it has figures of other areas too."""
    if AREA not in one.payload.dimensions:
        return set()
    at = one.payload.dimensions.index(AREA)
    found = {cell.nodes[at] for cell in one.payload.cells} - {TOTAL}
    return found if all(code.startswith("GM") for code in found) else set()


def _at(one: StoredIndicator, nodes: Mapping[str, str], area: str) -> Nodes:
    return nodes_of(one, {**nodes, AREA: area})


def _sum(one: StoredIndicator, cells: list[Nodes]) -> TypedValue | None:
    try:
        model = Published(one, most=None)
        part, whole = model.count(cells), model.count(cells, "whole")
    except FigureMissing:
        return None
    if not whole.is_known:
        return None
    people = int(whole.low)
    if part.is_known:
        return Exact(int(part.low), people)
    if part.high - part.low < WIDTH:
        part = model.published(cells)
    return Suppressed(int(part.low), None if part.high == float("inf") else int(part.high), people)
