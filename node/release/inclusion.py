"""Statistics that are parts of others without saying so: their links, and sums that nobody could take apart safely."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from node.release.disclosure import Dimension, DisclosurePolicy, Statistic, SubsetLink
from node.release.disclosure.relations import shared_nodes
from node.release.join import band, is_age, span
from node.release.refusal import ReleaseRefused
from schemas.inclusion import PERSONS, is_part, taken_apart

_FEWEST: Final = DisclosurePolicy().minimum_persons
Key = tuple[str, str]  # canonical statistic, period


class SumsOverlap(ReleaseRefused):
    """A sum that is part of another one of the same period: the rest would be a sum that nobody protected."""


class PartCutOtherwise(ReleaseRefused):
    """Persons that are part of others of the same period, in a table of other dimensions: the two share totals."""


def implied_links(statistics: Mapping[Key, Statistic], links: Iterable[SubsetLink]) -> frozenset[SubsetLink]:
    """Return the links between person counts that follow from what they count, beside those that are there.

    What follows from two others is left out: the dementia of those over 65 is among the chronic, and these among all.
    Of periods in which only one of two was counted nothing follows.
    """
    there = {(link.part_key, link.whole_key) for link in links}
    names = sorted({key for key, _ in statistics if _counts_persons(key)})
    pairs = {(part, whole) for part in names for whole in names if is_part(part, whole)}
    pairs = {(part, whole) for part, whole in pairs - there if _are_linkable(statistics, part, whole)}
    every = pairs | there
    needed = {
        (part, whole)
        for part, whole in pairs
        if not any(
            (part, between) in every
            and (between, whole) in every
            and _together(statistics, part, whole) <= _together(statistics, part, between, whole)
            for between in names
        )
    }
    return frozenset(SubsetLink(part, whole) for part, whole in needed)


def check_sums(statistics: Iterable[Key], labels: Mapping[str, str]) -> None:
    """Refuse sums (of money, days, values or records) of which one is part of the other; raises SumsOverlap.

    Only of persons is it known how many are left when a part is subtracted.
    """
    keys = sorted(statistics)
    for part, period in keys:
        for whole, other in keys:
            if period == other and not _counts_persons(part) and is_part(part, whole):
                names = [labels.get(key, "a sum released earlier") for key in (part, whole)]
                raise SumsOverlap(
                    f"In {period}, {names[0]} is part of {names[1]}, and what is left could tell of a few persons;"
                    " release one of the two, or count persons instead."
                )


def check_cuts(statistics: Mapping[Key, Statistic], labels: Mapping[str, str]) -> None:
    """Refuse persons that are part of others of the same period, and are cut otherwise; raises PartCutOtherwise.

    Tables of other dimensions share totals, in which the one can be subtracted from the other and no link says so.
    """
    persons = sorted(key for key in statistics if _counts_persons(key[0]))
    for part, period in persons:
        for whole, other in persons:
            if period != other or not is_part(part, whole):
                continue
            check_ages(statistics[part, period], statistics[whole, period], labels)
            cut, wide = (tuple(side.name for side in statistics[one, period].dimensions) for one in (part, whole))
            if cut != wide:
                names = [labels.get(key, "a statistic released earlier") for key in (part, whole)]
                raise PartCutOtherwise(
                    f"In {period}, {names[0]} is part of {names[1]}, and is cut by {', '.join(cut)} where that is"
                    f" cut by {', '.join(wide)}: subtracted in the totals that they share, they could tell of a few"
                    " persons; cut both by the same dimensions, in the same order, or release only one of them."
                )


def check_ages(part: Statistic, whole: Statistic, labels: Mapping[str, str]) -> None:
    """Refuse ages that stand in one table and to which the other adds up, where few are left; raises PartCutOtherwise.

    Chronic 0-44 less multimorbid 0-17 and 18-44, or chronic 65-74 and 75+ less all with dementia from 65 on: each
    tells of the rest, and no cell stands for it. At ages that both tables have the two are linked, and it is protected.
    """
    if [side.name for side in part.dimensions] != [side.name for side in whole.dimensions]:
        return
    for axis, (own, wide) in enumerate(zip(part.dimensions, whole.dimensions, strict=True)):
        if not (is_age(own.name, own.leaves) and is_age(wide.name, wide.leaves)):
            continue
        apart = [ages for one, other in ((own, wide), (wide, own)) for ages in _ages_apart(one, other)]
        apart += _ages_between(own, wide)
        if any(_few_left(part, whole, axis, ages) for ages in apart):
            names = [labels.get(one.key, "a statistic released earlier") for one in (part, whole)]
            raise PartCutOtherwise(
                f"In {part.period}, {names[0]} is part of {names[1]}, their ages are cut otherwise"
                f" ({', '.join(own.leaves)} beside {', '.join(wide.leaves)}), and of ages to which both add up fewer"
                f" than {_FEWEST} persons are left somewhere: subtracted, they would be told; give both the same bands"
                " (--ages), prepare together again what left together, or release only one of them."
            )


def _ages_apart(one: Dimension, other: Dimension) -> list[tuple[int, int]]:
    """Return the ages of the nodes of one side that the other side has no node for."""
    made = [*((leaf, (leaf,)) for leaf in one.leaves), *((group.name, group.leaves) for group in one.groups)]
    nodes = [*made, (one.total, one.leaves)]
    spans = {name: [span(leaf) for leaf in leaves] for name, leaves in nodes if name not in other.nodes}
    return [(min(start for start, _ in ages), max(end for _, end in ages)) for ages in spans.values()]


def _ages_between(one: Dimension, other: Dimension) -> list[tuple[int, int]]:
    """Return the narrowest ages to which the bands of both sides add up, where not both have a node for them.

    0-44 and 45-74 beside 0-17, 18-64 and 65-74: both add up to 0-74.
    """
    edges = [{edge for leaf in side.leaves for edge in span(leaf)} for side in (one, other)]
    shared = set(one.nodes) & set(other.nodes)
    return [ages for ages in itertools.pairwise(sorted(edges[0] & edges[1])) if band(ages) not in shared]


def _summed(one: Statistic, axis: int, ages: tuple[int, int]) -> dict[tuple[str, ...], int] | None:
    """Return a count over some ages by the nodes of its other dimensions; None where its bands do not make them."""
    spans = [span(leaf) for leaf in one.dimensions[axis].leaves]
    inside = [place for place, (start, end) in enumerate(spans) if ages[0] <= start and end <= ages[1]]
    if sum(spans[place][1] - spans[place][0] for place in inside) != ages[1] - ages[0]:
        return None
    table = one.values.take(inside, axis).sum(axis=axis)
    others = [side for place, side in enumerate(one.dimensions) if place != axis]
    for place, side in enumerate(others):
        table = side.totalled(table, place)
    cells = itertools.product(*(side.nodes for side in others))
    return dict(zip(cells, table.ravel().tolist(), strict=True))


def _few_left(part: Statistic, whole: Statistic, axis: int, ages: tuple[int, int]) -> bool:
    """Tell whether 1 to 9 persons of some ages are left anywhere, where the bands of both counts add up to these.

    A part of fewer than ten is hidden itself, by as much as what is left beside it: nobody can subtract it.
    """
    few, many = (_summed(one, axis, ages) for one in (part, whole))
    if few is None or many is None:
        return False
    left = ((persons, many[nodes] - persons) for nodes, persons in few.items() if nodes in many)
    return any(persons >= _FEWEST and 0 < rest < _FEWEST for persons, rest in left)


def _counts_persons(key: str) -> bool:
    found = taken_apart(key)
    return found is not None and found.counted == PERSONS


def _are_linkable(statistics: Mapping[Key, Statistic], part: str, whole: str) -> bool:
    """Tell whether two counts have shared cells in every period in which both occur, and occur together at all."""
    periods = _together(statistics, part, whole)
    return bool(periods) and all(_share(statistics, part, whole, period) for period in periods)


def _together(statistics: Iterable[Key], *keys: str) -> set[str]:
    """Return the periods in which all of some statistics occur."""
    return set.intersection(*({period for key, period in statistics if key == one} for one in keys))


def _share(statistics: Mapping[Key, Statistic], part: str, whole: str, period: str) -> bool:
    one, other = statistics[part, period].dimensions, statistics[whole, period].dimensions
    sides: Sequence[tuple[str, str]] = [(a.name, b.name) for a, b in zip(one, other, strict=False)]
    return (
        len(one) == len(other)
        and all(a == b for a, b in sides)
        and all(shared_nodes(a, b) for a, b in zip(one, other, strict=True))
    )
