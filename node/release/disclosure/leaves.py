"""The auditor's picture of a release: every figure is a set of leaves, and knowledge is a bound on a set.

Written apart from the picture that suppression uses (relations.py, classify.py), so that an error in one is
not repeated in the other.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

import numpy as np

from .model import ReleaseModel
from .policy import DisclosurePolicy
from .relations import Dimension, FloatArray, IntArray
from .statistic import CellKey, Statistic

Nodes = tuple[str, ...]
Table = dict[Nodes, "Figure"]


class Linked(NamedTuple):
    """A part and its whole (statistics and figures) with the complements at the nodes they share."""

    statistics: tuple[Statistic, Statistic]
    part: Table
    whole: Table
    rests: Table


@dataclass(eq=False)
class Figure:
    """A cell, or the complement of a linked part: signed leaf columns and what the rules say of their sum.

    few: 1 to minimum_persons - 1 persons, or a sum of money that two persons make, or that too few organisations are
    paid or two of them nearly all of. by_rule: may not be shown. paid: amounts by organisation, those of 0 left out.
    known: was public before this release, with the value `shown` (0 where not). is_open: the public cannot read it off.
    """

    cell: CellKey
    columns: IntArray = field(repr=False)
    signs: FloatArray = field(repr=False)
    value: int = field(repr=False)
    persons: int = field(repr=False)
    few: bool = field(repr=False)
    by_rule: bool = field(repr=False)
    known: bool
    is_open: bool
    is_sum: bool = False
    is_complement: bool = False
    largest: tuple[int, int] = (0, 0)
    paid: Mapping[str, int] = field(default_factory=dict, repr=False)
    shown: int = field(default=0, repr=False)

    @property
    def says_who_was_paid(self) -> bool:
        """Whether it is known of all its money which organisations were paid."""
        return sum(self.paid.values()) == self.value

    @property
    def is_hidden_nobody(self) -> bool:
        """Whether it is what is left beside a part that is all of its whole, and the public cannot read that off."""
        return self.is_complement and self.value == 0 and self.is_open and not self.known

    @property
    def is_protected(self) -> bool:
        """Whether its range must stay wide."""
        return self.by_rule and not self.known

    def bounds(self, policy: DisclosurePolicy, knows_status: bool) -> tuple[float, float]:
        """The values an attacker holds possible before looking at any sum."""
        if not self.is_open:
            return float(self.value), float(self.value)
        if not knows_status:
            return 0.0, inf
        if self.few and not self.is_sum:
            return 1.0, policy.minimum_persons - 1.0
        if self.by_rule or self.is_complement:
            return 0.0, inf
        if self.value == 0:
            return 0.0, 0.0
        return (0.0 if self.is_sum else float(policy.minimum_persons)), inf


def tables_of(
    model: ReleaseModel, statuses: Mapping[CellKey, str], policy: DisclosurePolicy
) -> dict[tuple[str, str], Table]:
    """Draw every cell of a model as a set of leaves; leaf columns are numbered through all statistics."""
    drawn, offset = {}, 0
    for one in model.statistics:
        drawn[one.key, one.period] = _draw(model, one, statuses, policy, offset)
        offset += one.values.size
    return drawn


def _draw(
    model: ReleaseModel,
    table: Statistic,
    statuses: Mapping[CellKey, str],
    policy: DisclosurePolicy,
    offset: int,
) -> Table:
    numbers = offset + np.arange(table.values.size).reshape(table.values.shape)
    sets = [leaf_sets(dimension) for dimension in table.dimensions]
    found: Table = {}
    for nodes in itertools.product(*sets):
        block = np.ix_(*(where[node] for where, node in zip(sets, nodes, strict=True)))
        cell = CellKey(table.key, table.period, nodes)
        columns = numbers[block].ravel()
        persons = int(table.contributors[block].sum())
        value, dearest = int(table.values[block].sum()), two_dearest(table, block)
        paid = paid_in(table, block)
        few = is_few(value, persons, dearest, paid, policy)
        shown = model.earlier.cells.get(cell)
        known = shown is not None
        found[nodes] = Figure(
            cell=cell,
            columns=columns,
            signs=np.ones(len(columns)),
            value=value,
            persons=persons,
            few=few,
            by_rule=few,
            known=known,
            is_open=statuses.get(cell) != "published" and not known,
            is_sum=table.kind == "sum",
            largest=dearest,
            paid=paid,
            shown=shown or 0,
        )
    return found


def is_few(
    value: int, persons: int, dearest: tuple[int, int], paid: Mapping[str, int], policy: DisclosurePolicy
) -> bool:
    """Tell whether a figure tells of too few persons or organisations to be shown."""
    if policy.is_small(persons) or is_ruled_by_two(value, dearest, policy):
        return True
    return is_of_few_organisations(value, paid, policy)


def two_dearest(table: Statistic, block: tuple[IntArray, ...]) -> tuple[int, int]:
    """Return the two largest contributions to a sum of money over some leaves; 0 for anything else."""
    if table.largest is None:
        return 0, 0
    contributions = sorted((max(int(one), 0) for one in table.largest[block].ravel()), reverse=True)
    return contributions[0], contributions[1]


def paid_in(table: Statistic, block: tuple[IntArray, ...]) -> dict[str, int]:
    """Return what each organisation was paid over some leaves, those that were paid anything."""
    if table.organisations is None or not table.organisations.codes:
        return {}
    codes, amounts = table.organisations.codes, table.organisations.amounts[block]
    sums = amounts.reshape(-1, len(codes)).sum(axis=0).tolist()
    return {code: amount for code, amount in zip(codes, sums, strict=True) if amount}


def is_of_few_organisations(total: int, paid: Mapping[str, int], policy: DisclosurePolicy) -> bool:
    """Tell whether money was paid to too few organisations, as far as they are known, or nearly all of it to two."""
    amounts = sorted((amount for amount in paid.values() if amount > 0), reverse=True)
    if paid and sum(paid.values()) == total and len(amounts) < policy.minimum_organisations:
        return True
    first, second, *_ = (*amounts, 0, 0)
    return is_ruled_by_two(total, (first, second), policy)


def is_ruled_by_two(total: int, dearest: tuple[int, int], policy: DisclosurePolicy) -> bool:
    """Tell whether the second largest contributor to a sum of money, or both together, know too much of it."""
    first, second = dearest
    rest = total - first - second
    too_near = rest < policy.p_percent * first
    too_much = rest < (1 - policy.dominance_share) * total
    return first > 0 and (too_near or too_much)


def complements_of(
    model: ReleaseModel, tables: Mapping[tuple[str, str], Table], policy: DisclosurePolicy
) -> list[Linked]:
    """Draw the complements of every linked pair, and mark parts that tell too much."""
    found = []
    statistics = {(one.key, one.period): one for one in model.statistics}
    for link in model.links:
        for one in model.statistics:
            other = statistics.get((link.whole_key, one.period))
            if one.key == link.part_key and other is not None:
                part, whole = tables[one.key, one.period], tables[other.key, other.period]
                shared = [nodes for nodes in part if nodes in whole]
                rests = {nodes: complement(part[nodes], whole[nodes], policy) for nodes in shared}
                found.append(Linked((one, other), part, whole, rests))
    return found


def complement(part: Figure, whole: Figure, policy: DisclosurePolicy) -> Figure:
    """Draw what a whole counts beyond its part, and mark the part where that or their share tells too much."""
    rest = whole.value - part.value
    known = part.known and whole.known
    few = policy.is_small(rest) and part.value > 0 and not known
    if part.value > 0 and (few or part.value >= policy.group_disclosure_share * whole.value):
        part.by_rule = True
    return Figure(
        cell=part.cell,
        columns=np.concatenate([whole.columns, part.columns]),
        signs=np.concatenate([whole.signs, -part.signs]),
        value=rest,
        persons=rest,
        few=few,
        by_rule=few,
        known=known,
        is_open=part.is_open or whole.is_open,
        is_complement=True,
        shown=whole.shown - part.shown if known else 0,
    )


def leaf_sets(dimension: Dimension) -> dict[str, list[int]]:
    """Give the leaf positions under every node."""
    where = {leaf: [place] for place, leaf in enumerate(dimension.leaves)}
    for group in (*dimension.groups, *dimension.beside):
        where[group.name] = [dimension.leaves.index(leaf) for leaf in group.leaves]
    where[dimension.total] = list(range(len(dimension.leaves)))
    return where


def pools_of(statistic: Statistic, figures: Table, policy: DisclosurePolicy) -> Iterator[list[Figure]]:
    """Yield sets of small figures in one sum that together are still small, yet less than the sum.

    Of money also those that few organisations are paid, together still.
    """
    for axis, dimension in enumerate(statistic.dimensions):
        others = [tuple(leaf_sets(one)) for one in statistic.dimensions]
        others[axis] = ("",)
        there = {nodes[axis] for nodes in figures}
        for parent, children in _sums_along(dimension, there):
            for nodes in itertools.product(*others):
                at = [(*nodes[:axis], node, *nodes[axis + 1 :]) for node in (parent, *children)]
                if all(place in figures for place in at):
                    family = [figures[place] for place in at]
                    yield from _pool(family, policy)
                    yield from _pool_of_few_organisations(family, policy)


def _sums_along(dimension: Dimension, there: set[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each sum with its parts: where some of these are not there, the smallest that are, if they fill it."""
    for parent, parts in _every_sum(dimension):
        if parent in there and not there >= set(parts):
            sets = leaf_sets(dimension)
            within = {node: set(sets[node]) for node in there if set(sets[node]) < set(sets[parent])}
            parts = tuple(node for node, own in within.items() if not any(one < own for one in within.values()))
            if sorted(leaf for node in parts for leaf in sets[node]) != sorted(sets[parent]):
                continue
        yield parent, parts


def _every_sum(dimension: Dimension) -> Iterator[tuple[str, tuple[str, ...]]]:
    grouped = [leaf for group in dimension.groups for leaf in group.leaves]
    for group in (*dimension.groups, *dimension.beside):
        yield group.name, group.leaves
    if len(set(grouped)) < len(grouped):
        yield dimension.total, dimension.leaves
    else:
        loose = (leaf for leaf in dimension.leaves if leaf not in grouped)
        yield dimension.total, (*(group.name for group in dimension.groups), *loose)


def _pool(family: list[Figure], policy: DisclosurePolicy) -> Iterator[list[Figure]]:
    small = [one for one in family[1:] if one.few and not one.known and not one.is_sum]
    nobody = [one for one in family[1:] if one.is_hidden_nobody]
    for members in (small, [*small, *nobody]) if nobody else (small,):
        others = [one for one in family if one not in members and one.value > 0 and not one.known]
        pool = sum(one.value for one in members)
        is_part = len(members) > 1 and pool < family[0].value
        if is_part and policy.is_small(pool) and (others or _was_told(family, members) != pool):
            yield members


def _was_told(family: list[Figure], members: list[Figure]) -> int:
    """Return what the others of a sum left for the members, as they were public before."""
    return family[0].shown - sum(one.shown for one in family[1:] if one not in members)


def _pool_of_few_organisations(family: list[Figure], policy: DisclosurePolicy) -> Iterator[list[Figure]]:
    members = [one for one in family[1:] if not one.known and is_of_few_organisations(one.value, one.paid, policy)]
    others = [one for one in family if one not in members and one.value > 0 and not one.known]
    together: dict[str, int] = {}
    for code in {code for one in members for code in one.paid}:
        together[code] = sum(one.paid.get(code, 0) for one in members)
    amount = sum(one.value for one in members)
    is_part = len(members) > 1 and amount < family[0].value and (others or _was_told(family, members) != amount)
    if is_part and is_of_few_organisations(amount, together, policy):
        yield members
