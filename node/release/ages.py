"""Ages to which the bands of a part and of its whole both add up: sums that no table shows, and anyone can subtract.

Chronic 0-44 less multimorbid 0-17 and 18-44, or chronic 65-74 and 75+ less all with dementia from 65 on, tells of those
who are left. Given to both tables as a sum beside their own, such ages are linked like all others: what is left there
is a figure of the model, which keeps its room, and of which no later release may tell a change of few persons.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace

from node.release.disclosure import Dimension, Group, Statistic, SubsetLink
from node.release.join import Span, band, is_age, span
from schemas.inclusion import PERSONS, is_part, taken_apart

Key = tuple[str, str]  # canonical statistic, period


def with_shared_ages(statistics: Mapping[Key, Statistic], links: Iterable[SubsetLink]) -> dict[Key, Statistic]:
    """Return the statistics, each with the ages that a part or whole of it of the same period adds up to as well."""
    linked = {(link.part_key, link.whole_key) for link in links}
    persons = [key for key in sorted(statistics) if _counts_persons(key[0])]
    wanted: dict[Key, set[Span]] = {}
    for part in persons:
        for whole in persons:
            if part[1] == whole[1] and ((part[0], whole[0]) in linked or is_part(part[0], whole[0])):
                found = _shared(statistics[part], statistics[whole])
                for key in (part, whole):
                    wanted.setdefault(key, set()).update(found)
    return {key: with_ages(one, wanted.get(key, ())) for key, one in statistics.items()}


def with_ages(one: Statistic, wanted: Iterable[Span]) -> Statistic:
    """Return a statistic with sums over these ages beside its own nodes, where its bands add up to them."""
    dimensions = tuple(_with(side, wanted) if is_age(side.name, side.leaves) else side for side in one.dimensions)
    return one if dimensions == one.dimensions else replace(one, dimensions=dimensions)


def ages_beside(one: Statistic) -> set[Span]:
    """Return the ages of the sums that a statistic has beside its own."""
    return {span(group.name) for side in one.dimensions for group in side.beside}


def plain(one: Statistic) -> Statistic:
    """Return a statistic without the sums beside its own, as it is shown and remembered."""
    if not any(side.beside for side in one.dimensions):
        return one
    return replace(one, dimensions=tuple(replace(side, beside=()) for side in one.dimensions))


def _with(side: Dimension, wanted: Iterable[Span]) -> Dimension:
    beside = list(side.beside)
    for ages in sorted(wanted):
        if band(ages) not in (*side.nodes, *(group.name for group in beside)) and (leaves := _made_of(side, ages)):
            beside.append(Group(band(ages), leaves))
    return replace(side, beside=tuple(beside))


def _shared(part: Statistic, whole: Statistic) -> set[Span]:
    """Return the ages that both add up to, and not both have a node for."""
    found: set[Span] = set()
    for own, wide in zip(part.dimensions, whole.dimensions, strict=False):
        if own.name == wide.name and is_age(own.name, own.leaves) and is_age(wide.name, wide.leaves):
            apart = {*_of_one(own, wide), *_of_one(wide, own), *_between(own, wide)}
            if own.total == wide.total:  # linked there, whatever a band of all ages is called
                apart.discard((span(own.leaves[0])[0], span(own.leaves[-1])[1]))
            found |= {ages for ages in apart if _made_of(own, ages) and _made_of(wide, ages)}
    return found


def _of_one(one: Dimension, other: Dimension) -> list[Span]:
    """Return the ages of the nodes of one side that the other side has no node for."""
    made = [*((leaf, (leaf,)) for leaf in one.leaves), *((group.name, group.leaves) for group in one.groups)]
    nodes = [*made, (one.total, one.leaves)]
    spans = [[span(leaf) for leaf in leaves] for name, leaves in nodes if name not in other.nodes]
    return [(min(start for start, _ in ages), max(end for _, end in ages)) for ages in spans]


def _between(one: Dimension, other: Dimension) -> list[Span]:
    """Return the narrowest ages to which the bands of both sides add up, where not both have a node for them.

    0-44 and 45-74 beside 0-17, 18-64 and 65-74: both add up to 0-74.
    """
    edges = [{edge for leaf in side.leaves for edge in span(leaf)} for side in (one, other)]
    shared = set(one.nodes) & set(other.nodes)
    return [ages for ages in itertools.pairwise(sorted(edges[0] & edges[1])) if band(ages) not in shared]


def _made_of(side: Dimension, ages: Span) -> tuple[str, ...]:
    """Return the bands of a side that make some ages, none where they do not."""
    inside = [leaf for leaf in side.leaves if ages[0] <= span(leaf)[0] and span(leaf)[1] <= ages[1]]
    width = sum(end - start for start, end in map(span, inside))
    return tuple(inside) if width == ages[1] - ages[0] else ()


def _counts_persons(key: str) -> bool:
    found = taken_apart(key)
    return found is not None and found.counted == PERSONS
