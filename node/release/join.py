"""Join tables of one statistic that cut age otherwise: the same people must be the same figures."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from node.indicators.figures import Axis, Counts
from node.release.disclosure import Dimension, Group, Organisations, Statistic
from node.release.refusal import ReleaseRefused
from schemas.codes import TOTAL

Span = tuple[int, int]  # ages in completed years, half-open

_BAND: Final = re.compile(r"^(\d+)(?:-(\d+)|\+)$")
_OPEN: Final = 1_000  # years; the end of a band without one


class StatisticsDisagree(ReleaseRefused):
    """Two indicators use one statistic, but were computed with other figures."""


class AxesDisagree(ReleaseRefused):
    """Two indicators use one statistic, but cut it in ways whose margins cannot be joined."""


def is_age(name: str, leaves: Sequence[str]) -> bool:
    """Tell whether an axis consists of age bands such as 0-17 and 75+."""
    return name.startswith("age") and bool(leaves) and all(map(_BAND.match, leaves))


def total_name(axis: Axis) -> str:
    """Return the name of an axis's total in the joint model: `total`, or the ages it covers if these are not all."""
    if not is_age(axis.name, axis.leaves):
        return TOTAL
    start, end = _whole(axis.leaves)
    name = TOTAL if (start, end) == (0, _OPEN) else band((start, end))
    return f"{name} together" if name in axis.leaves else name


def band(span: Span) -> str:
    """Return the name of an age band."""
    return f"{span[0]}+" if span[1] == _OPEN else f"{span[0]}-{span[1] - 1}"


def span(name: str) -> Span:
    """Return the ages that a band's name stands for."""
    start, end = name.removesuffix("+"), _OPEN
    if "-" in name:
        start, last = name.split("-")
        end = int(last) + 1
    return int(start), end


def join(tables: Sequence[Statistic], known_as: str) -> Statistic:
    """Return one table that has every node of the given tables of one statistic and period.

    Where age bands differ, its leaves are the narrowest bands that all edges make, and the tables' own bands are
    groups over them; where one table lacks a sex, nobody of it occurs. `known_as` names the statistic in refusals.
    Raises AxesDisagree and StatisticsDisagree.
    """
    first = tables[0]
    if all(one.dimensions == first.dimensions for one in tables):
        for one in tables:
            _require_equal(first.values, one.values, known_as)
            _require_equal(first.contributors, one.contributors, known_as)
        return first
    tables = _with_all_sexes(tables)
    sides = [[side for side in one.dimensions if not is_age(side.name, side.leaves)] for one in tables]
    places = {
        tuple(place for place, side in enumerate(one.dimensions) if is_age(side.name, side.leaves)) for one in tables
    }
    place = next(iter(places))
    if len(places) > 1 or len(place) != 1 or any(side != sides[0] for side in sides):
        raise _cannot_join(known_as)
    axis = place[0]
    dimension = _dimension([one.dimensions[axis] for one in tables], known_as)
    values = _atoms([(one.dimensions[axis], one.values) for one in tables], dimension, axis, known_as)
    persons = _atoms([(one.dimensions[axis], one.contributors) for one in tables], dimension, axis, known_as)
    if min(values.min(initial=0), persons.min(initial=0)) < 0:
        raise _disagree(known_as)
    dimensions = (*tables[0].dimensions[:axis], dimension, *tables[0].dimensions[axis + 1 :])
    return replace(
        first,
        dimensions=dimensions,
        values=values,
        persons=None if first.persons is None else persons,
        largest=_bounded([(one.dimensions[axis], one.largest) for one in tables], dimension, axis),
        organisations=_paid(tables, dimension, axis, known_as),
    )


def _whole(leaves: Sequence[str]) -> Span:
    spans = [span(leaf) for leaf in leaves]
    return min(start for start, _ in spans), max(end for _, end in spans)


def _with_all_sexes(tables: Sequence[Statistic]) -> list[Statistic]:
    """Give every table the sexes of all, as a sex is an axis leaf only if somebody of it occurs."""
    names = [side.leaves for one in tables for side in one.dimensions if side.name == "sex"]
    everyone = tuple(dict.fromkeys(leaf for leaves in names for leaf in leaves))
    return [_with_leaves(one, "sex", everyone) for one in tables]


def _with_leaves(one: Statistic, name: str, leaves: tuple[str, ...]) -> Statistic:
    axis = next((place for place, side in enumerate(one.dimensions) if side.name == name), None)
    if axis is None or one.dimensions[axis].leaves == leaves:
        return one
    own = one.dimensions[axis].leaves

    def spread(table: Counts) -> Counts:
        none = np.zeros_like(table.take([0], axis))
        rows = [table.take([own.index(leaf)], axis) if leaf in own else none for leaf in leaves]
        return np.concatenate(rows, axis=axis)

    dimensions = (*one.dimensions[:axis], replace(one.dimensions[axis], leaves=leaves), *one.dimensions[axis + 1 :])
    paid = one.organisations
    return replace(
        one,
        dimensions=dimensions,
        values=spread(one.values),
        persons=None if one.persons is None else spread(one.persons),
        largest=None if one.largest is None else spread(one.largest),
        organisations=None if paid is None else Organisations(paid.codes, spread(paid.amounts)),
    )


def _dimension(sides: Sequence[Dimension], known_as: str) -> Dimension:
    spans = {leaf: span(leaf) for side in sides for leaf in side.leaves}
    edges = sorted({edge for one in spans.values() for edge in one})
    leaves = {band(pair): pair for pair in pairwise(edges)}
    widest = next((side for side in sides if _whole(side.leaves) == (edges[0], edges[-1])), None)
    if widest is None:
        raise _cannot_join(known_as)
    wanted = {**spans, **{side.total: _whole(side.leaves) for side in sides if side.total != widest.total}}
    groups = tuple(
        Group(name, tuple(leaf for leaf, inner in leaves.items() if outer[0] <= inner[0] and inner[1] <= outer[1]))
        for name, outer in sorted(wanted.items())
        if name not in leaves
    )
    return Dimension(widest.name, tuple(leaves), widest.total, groups)


def _atoms(tables: Sequence[tuple[Dimension, Counts]], joint: Dimension, axis: int, known_as: str) -> Counts:
    """Work out the narrowest bands: what a band counts, less what is known of its parts."""
    known: dict[Span, Counts] = {}
    for side, table in tables:
        for place, leaf in enumerate(side.leaves):
            figures = table.take([place], axis)
            _require_equal(known.setdefault(span(leaf), figures), figures, known_as)
    atoms = [span(leaf) for leaf in joint.leaves]
    found = {atom: known[atom] for atom in atoms if atom in known}
    while len(found) < len(atoms):
        before = len(found)
        for outer, figures in known.items():
            missing = [atom for atom in _inside(atoms, outer) if atom not in found]
            if len(missing) == 1:
                found[missing[0]] = figures - _sum(found, [a for a in _inside(atoms, outer) if a in found], figures)
        if len(found) == before:
            raise _cannot_join(known_as)
    for outer, figures in known.items():
        _require_equal(_sum(found, _inside(atoms, outer), figures), figures, known_as)
    return np.concatenate([found[atom] for atom in atoms], axis=axis)


def _paid(tables: Sequence[Statistic], joint: Dimension, axis: int, known_as: str) -> Organisations | None:
    """Work out who was paid what in the narrowest bands; a code that a table lacks was paid nothing there."""
    known = [one.organisations for one in tables if one.organisations is not None]
    if len(known) < len(tables):
        return None
    codes = sorted({code for one in known for code in one.codes})
    sides = [(one.dimensions[axis], paid.over(codes).amounts) for one, paid in zip(tables, known, strict=True)]
    return Organisations(tuple(codes), _atoms(sides, joint, axis, known_as))


def _bounded(tables: Sequence[tuple[Dimension, Counts | None]], joint: Dimension, axis: int) -> Counts | None:
    """Bound the two largest contributions to the narrowest bands by those to every band around them.

    Nobody in a band contributes more than the largest of the band around it, nor the second more than its second.
    """
    found = []
    for atom in map(span, joint.leaves):
        around = [
            largest.take([place], axis)
            for side, largest in tables
            if largest is not None
            for place, leaf in enumerate(side.leaves)
            if span(leaf)[0] <= atom[0] and atom[1] <= span(leaf)[1]
        ]
        if not around:
            return None
        found.append(np.minimum.reduce(around))
    return np.concatenate(found, axis=axis)


def _inside(atoms: Sequence[Span], outer: Span) -> list[Span]:
    return [atom for atom in atoms if outer[0] <= atom[0] and atom[1] <= outer[1]]


def _sum(found: Mapping[Span, Counts], parts: Sequence[Span], like: Counts) -> Counts:
    total = np.zeros_like(like)
    for part in parts:
        total = total + found[part]
    return total


def _require_equal(one: Counts, other: Counts, known_as: str) -> None:
    if not np.array_equal(one, other):
        raise _disagree(known_as)


def _disagree(known_as: str) -> StatisticsDisagree:
    return StatisticsDisagree(
        f"Indicators that share one statistic ({known_as}) were computed with other figures; compute them again"
        " from the same records."
    )


def _cannot_join(known_as: str) -> AxesDisagree:
    return AxesDisagree(
        f"Indicators that share one statistic ({known_as}) cut it in ways that cannot be joined; give them the same"
        " dimensions, or cross these in one table, and age bands that follow each other, or release one of them."
    )
