"""What was released last, told in the leaves of the present table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from .dominance import two_largest_everywhere
from .history import every_figure
from .organisations import Organisations
from .relations import Dimension, IntArray, add_up
from .statistic import Statistic, Vintage

Sources = list[int | None]


def base_of(now: Statistic, was: Statistic) -> Statistic | None:
    """Return a statistic with the figures of `was` and the dimensions of `now`; None where they do not tell them.

    A leaf that neither was a node then nor lies in one is new: nobody was counted there. Where a leaf of then is cut
    finer now, the pieces of then are those of now if nothing changed at all, and unknown otherwise.
    """
    if [one.name for one in now.dimensions] != [one.name for one in was.dimensions] or now.kind != was.kind:
        return None
    if any(_is_cut(new, old) for new, old in zip(now.dimensions, was.dimensions, strict=True)):
        return now if _agrees(now, was) else None
    sources = [_sources(new, old) for new, old in zip(now.dimensions, was.dimensions, strict=True)]
    values = _taken(add_up(was.dimensions, was.values.astype(np.int64)), sources)
    persons = None if was.persons is None else _taken(add_up(was.dimensions, was.persons.astype(np.int64)), sources)
    largest = None
    if was.largest is not None:
        largest = _taken(two_largest_everywhere(was.dimensions, was.largest.astype(np.int64)), sources)
    paid = None
    if was.organisations is not None:
        known = was.organisations
        paid = Organisations(known.codes, _taken(add_up(was.dimensions, known.amounts.astype(np.int64)), sources))
    base = replace(now, values=values, persons=persons, largest=largest, organisations=paid)
    return base if _agrees(base, was) else None


def told_by_organisation(vintages: Sequence[Vintage], now: Mapping[tuple[str, str], Statistic]) -> tuple[Vintage, ...]:
    """Say of vintages kept before it was known who was paid what can be said now: in leaves that are as they were.

    In the others who was paid then stays unknown, so that such figures are not judged by it.
    """
    return tuple(replace(one, statistic=_told(one.statistic, now)) for one in vintages)


def _told(was: Statistic, now: Mapping[tuple[str, str], Statistic]) -> Statistic:
    one = now.get((was.key, was.period))
    if was.organisations is not None or one is None or one.organisations is None or one.dimensions != was.dimensions:
        return was
    same = (was.values == one.values) & (was.contributors == one.contributors)
    known = one.organisations
    return replace(was, organisations=Organisations(known.codes, np.where(same[..., None], known.amounts, 0)))


def _is_cut(new: Dimension, old: Dimension) -> bool:
    """Whether a leaf of then is a group now, of leaves that it did not have."""
    names = set(old.nodes)
    cut = [group for group in new.groups if group.name in old.leaves]
    return any(not names.issuperset(group.leaves) for group in cut) or (
        new.total in old.leaves and not names.issuperset(new.leaves)
    )


def _sources(new: Dimension, old: Dimension) -> Sources:
    place = {node: number for number, node in enumerate(old.nodes)}
    return [place.get(leaf) for leaf in new.leaves]


def _taken(cube: IntArray, sources: Sequence[Sources]) -> IntArray:
    for axis, along in enumerate(sources):
        padded = np.concatenate([cube, np.zeros_like(cube.take([0], axis))], axis=axis)
        cube = padded.take([padded.shape[axis] - 1 if one is None else one for one in along], axis)
    return cube


def _agrees(one: Statistic, was: Statistic) -> bool:
    """Whether two tables have the same figures in every cell that both have."""
    for persons in (False, True):
        figures = dict(zip(one.cells(), every_figure(one, persons).tolist(), strict=True))
        for cell, figure in zip(was.cells(), every_figure(was, persons).tolist(), strict=True):
            if figures.get(cell, figure) != figure:
                return False
    return True
