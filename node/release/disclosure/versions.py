"""The auditor's picture of earlier releases: the same sets of leaves, with the figures they had then."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .leaves import (
    Figure,
    Linked,
    Table,
    complement,
    is_few,
    is_of_few_organisations,
    is_ruled_by_two,
    leaf_sets,
    paid_in,
    pools_of,
    two_dearest,
)
from .model import ReleaseModel
from .policy import DisclosurePolicy
from .statistic import Statistic

FEWEST_CHANGED = 10
"""Persons: a change between two releases that is smaller, and not none, tells of persons."""

Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Picture:
    """All tables of a release, and their linked pairs, as they were at one moment."""

    tables: Mapping[Key, Table]
    linked: Sequence[Linked]

    def figures(self) -> Iterator[Figure]:
        """Yield every cell, then every complement."""
        for table in self.tables.values():
            yield from table.values()
        for link in self.linked:
            yield from link.rests.values()

    def pools(self, statistics: Mapping[Key, Statistic], policy: DisclosurePolicy) -> Iterator[list[Figure]]:
        """Yield sets of small figures of one sum that together are small still, cells and complements."""
        for key, table in self.tables.items():
            yield from pools_of(statistics[key], table, policy)
        for link in self.linked:
            for one in link.statistics:
                yield from pools_of(one, link.rests, policy)


def earlier_pictures(model: ReleaseModel, now: Picture, policy: DisclosurePolicy) -> list[Picture]:
    """Draw what there was after each earlier release, oldest first; moments at which all was as now are left out."""
    state: dict[Key, Table] = {}
    found = []
    vintages = sorted(model.earlier.vintages, key=lambda one: one.moment)
    for _, together in itertools.groupby(vintages, key=lambda one: one.moment):
        for one in (one.statistic for one in together):
            key = one.key, one.period
            if key in now.tables:
                state[key] = _as_it_was(one, now.tables[key], policy)
        if any(_differs(table, now.tables[key]) for key, table in state.items()):
            # marking by_rule happens in place, so that each picture needs figures of its own
            tables = {key: {nodes: replace(one) for nodes, one in table.items()} for key, table in state.items()}
            found.append(Picture(tables, [_linked(link, tables, policy) for link in now.linked]))
    return found


def _as_it_was(one: Statistic, table: Table, policy: DisclosurePolicy) -> Table:
    sets = [leaf_sets(dimension) for dimension in one.dimensions]
    was: Table = {}
    for nodes in itertools.product(*sets):
        if nodes in table:
            block = np.ix_(*(where[node] for where, node in zip(sets, nodes, strict=True)))
            persons = int(one.contributors[block].sum())
            value, dearest = int(one.values[block].sum()), two_dearest(one, block)
            paid = paid_in(one, block)
            few = is_few(value, persons, dearest, paid, policy)
            figure = replace(table[nodes], value=value, persons=persons, few=few, by_rule=few)
            was[nodes] = replace(figure, largest=dearest, paid=paid, shown=value)  # what that release told is told
    return was


def _differs(was: Table, now: Table) -> bool:
    return any((one.value, one.persons) != (now[nodes].value, now[nodes].persons) for nodes, one in was.items())


def _linked(link: Linked, tables: Mapping[Key, Table], policy: DisclosurePolicy) -> Linked:
    part, whole = (tables.get((one.key, one.period), {}) for one in link.statistics)
    both = [nodes for nodes in link.rests if nodes in part and nodes in whole]
    rests = {n: complement(part[n], whole[n], policy) for n in both if part[n].value <= whole[n].value}
    return Linked(link.statistics, part, whole, rests)


def telling_changes(now: Picture, earlier: Sequence[Picture], policy: DisclosurePolicy) -> Iterator[tuple[Figure, str]]:
    """Yield each figure of which two releases tell too much: of few persons, of one, of a group, or of a small one."""
    tables = [[picture.tables.get(key, {}) for picture in earlier] + [table] for key, table in now.tables.items()]
    tables += [
        [picture.linked[place].rests for picture in earlier] + [link.rests] for place, link in enumerate(now.linked)
    ]
    for versions in tables:
        for nodes, one in versions[-1].items():
            seen = [table[nodes] for table in versions if nodes in table]
            if any(_tells(first, second) for first, second in itertools.combinations(seen, 2)):
                yield one, "changed by too few persons between two releases"
            if any(_tells_of_two(first, second, policy) for first, second in itertools.combinations(seen, 2)):
                yield one, "changed by an amount of which two persons may make nearly all"
            if any(_tells_of_one_paid(first, second, policy) for first, second in itertools.combinations(seen, 2)):
                yield one, "changed by an amount that tells what one organisation was paid"
            if len(seen) > 1 and one.known and one.by_rule and not seen[-2].by_rule:
                yield one, "was shown before and is small now, so that the change tells it"

    yield from _telling_shares(now, earlier, policy)


def _telling_shares(now: Picture, earlier: Sequence[Picture], policy: DisclosurePolicy) -> Iterator[tuple[Figure, str]]:
    """Yield each part that changed by nearly as many as its whole: those who came or went have it."""
    for place, link in enumerate(now.linked):
        for nodes in link.rests:
            seen = [
                (one.part[nodes].value, one.whole[nodes].value)
                for one in (*(picture.linked[place] for picture in earlier), link)
                if nodes in one.part and nodes in one.whole
            ]
            for (part, whole), (other, others) in itertools.combinations(seen, 2):
                came, of = other - part, others - whole
                if of and 0 < came * of <= of * of and came * of >= policy.group_disclosure_share * of * of:
                    yield link.part[nodes], "changed by nearly as many as its whole between two releases"
                    break


def _tells_of_two(one: Figure, other: Figure, policy: DisclosurePolicy) -> bool:
    """Whether two persons, of all who are counted in either, may make nearly all of a change in money."""
    first, second, *_ = sorted((*one.largest, *other.largest), reverse=True)
    change = abs(one.value - other.value)
    return change > 0 and is_ruled_by_two(change, (first, second), policy)


def _tells_of_one_paid(one: Figure, other: Figure, policy: DisclosurePolicy) -> bool:
    """Whether a change in money is that of too few organisations, as far as it is known who was paid then and later."""
    change = other.value - one.value
    changes = {code: other.paid.get(code, 0) - one.paid.get(code, 0) for code in (*one.paid, *other.paid)}
    changed = {code: abs(by) for code, by in changes.items() if by}
    if change == 0:
        return False
    if one.says_who_was_paid and other.says_who_was_paid:
        if 0 < len(changed) < policy.minimum_organisations:
            return True
    elif abs(change - sum(changes.values())) > (1 - policy.dominance_share) * abs(change):
        return False  # more than little of it is of nobody known
    return is_of_few_organisations(abs(change), changed, policy)


def _tells(one: Figure, other: Figure) -> bool:
    changed = (one.value, one.persons) != (other.value, other.persons)
    return changed and abs(one.persons - other.persons) < FEWEST_CHANGED
