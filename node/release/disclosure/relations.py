"""Additive relations between the figures of a release, as sparse rows."""

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


class NodeNameRepeated(ValueError):
    """Two nodes of one dimension bear the same name."""


class GroupUnknownLeaf(ValueError):
    """A group names a leaf that its dimension does not have."""


class Group(NamedTuple):
    """A named set of leaves; groups may overlap, as the band edges of an earlier release do."""

    name: str
    leaves: tuple[str, ...]


@dataclass(frozen=True)
class Dimension:
    """One side of a table: its leaves, one total over all of them, and any groups between.

    `beside` are further sums of leaves, which no table shows and others can be subtracted from; the total is not made
    of these. Nodes are ordered leaves, groups, these, total. Raises NodeNameRepeated and GroupUnknownLeaf.
    """

    name: str
    leaves: tuple[str, ...]
    total: str
    groups: tuple[Group, ...] = ()
    beside: tuple[Group, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.nodes)) != len(self.nodes):
            raise NodeNameRepeated(
                f"Dimension {self.name} has two nodes of one name; give every leaf, group and total its own."
            )
        for group in (*self.groups, *self.beside):
            if not group.leaves or not set(group.leaves) <= set(self.leaves):
                raise GroupUnknownLeaf(
                    f"Group {group.name} of dimension {self.name} must list one or more of its leaves."
                )

    @property
    def nodes(self) -> tuple[str, ...]:
        """All node names: leaves, groups, sums beside these, total."""
        return (*self.leaves, *(group.name for group in (*self.groups, *self.beside)), self.total)

    def members(self) -> list[IntArray]:
        """List the leaf positions of every group and sum beside these."""
        position = {leaf: place for place, leaf in enumerate(self.leaves)}
        every = (*self.groups, *self.beside)
        return [np.array([position[leaf] for leaf in group.leaves], np.int64) for group in every]

    def families(self) -> Iterator[tuple[int, IntArray]]:
        """Yield each parent node with its children (node positions): parent = sum of children.

        The total is the sum of the groups and ungrouped leaves, unless groups overlap: then of all leaves.
        """
        n_leaves, top = len(self.leaves), len(self.nodes) - 1
        n_between = n_leaves + len(self.groups)
        times = np.zeros(n_leaves, np.int64)
        for row, leaves in enumerate(self.members(), start=n_leaves):
            if row < n_between:
                np.add.at(times, leaves, 1)
            yield row, leaves
        if times.max(initial=0) > 1:
            yield top, np.arange(n_leaves, dtype=np.int64)
        else:
            yield top, np.concatenate([np.arange(n_leaves, n_between), np.flatnonzero(times == 0)]).astype(np.int64)

    def narrowest(self, parent: str, among: Collection[str]) -> list[str]:
        """Return the narrowest of some nodes of which a node is the sum; none where they do not make it."""
        n_leaves = len(self.leaves)
        below = [*([place] for place in range(n_leaves)), *(one.tolist() for one in self.members()), range(n_leaves)]
        under = {node: frozenset(leaves) for node, leaves in zip(self.nodes, below, strict=True)}
        inside = {under[node]: node for node in among if under[node] < under[parent]}
        found = [leaves for leaves in inside if not any(other < leaves for other in inside)]
        return [inside[one] for one in found] if sum(map(len, found)) == len(under[parent]) else []

    def totalled(self, table: IntArray, axis: int) -> IntArray:
        """Return a table over leaves extended, along one axis, to all nodes."""
        sums = [table.take(leaves, axis).sum(axis=axis, keepdims=True) for leaves in self.members()]
        return np.concatenate([table, *sums, table.sum(axis=axis, keepdims=True)], axis=axis)


@dataclass(frozen=True, eq=False)
class Relations:
    """Rows sum(coefficient * variable) = 0, each with one parent (-1) and its children (+1).

    Compressed rows: row r holds entries start[r] to start[r + 1].
    """

    start: IntArray
    variable: IntArray
    coefficient: FloatArray

    def __len__(self) -> int:
        return len(self.start) - 1

    def rows(self) -> IntArray:
        """The row of every entry."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.start))

    @staticmethod
    def of(families: Sequence[tuple[int, Sequence[int]]]) -> "Relations":
        """Make rows from (parent, children) pairs of variable numbers."""
        lengths = [len(children) + 1 for _, children in families]
        start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        flat = list(itertools.chain.from_iterable((parent, *children) for parent, children in families))
        coefficient = np.ones(len(flat))
        coefficient[start[:-1]] = -1.0
        return Relations(start, np.asarray(flat, np.int64), coefficient)


def cube_families(dimensions: Sequence[Dimension], first: int) -> list[tuple[int, list[int]]]:
    """List every elementary relation of a full cube whose variables are numbered from `first` in C order."""
    shape = tuple(len(dimension.nodes) for dimension in dimensions)
    numbers = first + np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
    return _spread(numbers, [list(dimension.families()) for dimension in dimensions])


def shared_nodes(one: Dimension, other: Dimension) -> list[str]:
    """List the node names of `one` that `other` has too."""
    found = set(other.nodes)
    return [node for node in one.nodes if node in found]


def shared_families(pairs: Sequence[tuple[Dimension, Dimension]], first: int) -> list[tuple[int, list[int]]]:
    """List the relations over the nodes two cubes share, numbered from `first` in the first one's order.

    Where a sum is made of nodes that the other cube lacks, it is the sum of the narrowest ones that both have.
    """
    axes = []
    for pair in pairs:
        position = {node: place for place, node in enumerate(shared_nodes(*pair))}
        found: dict[tuple[str, ...], tuple[int, IntArray]] = {}
        for dimension in pair:
            nodes = dimension.nodes
            for parent, children in dimension.families():
                family = [nodes[parent], *sorted(nodes[child] for child in children)]
                if not all(node in position for node in family) and family[0] in position:
                    family = [family[0], *sorted(dimension.narrowest(family[0], position))]
                if len(family) > 1 and all(node in position for node in family):
                    places = [position[node] for node in family]
                    found[tuple(family)] = places[0], np.array(places[1:], np.int64)
        axes.append(list(found.values()))
    shape = tuple(len(shared_nodes(*pair)) for pair in pairs)
    return _spread(first + np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape), axes)


def _spread(numbers: IntArray, families: Sequence[Sequence[tuple[int, IntArray]]]) -> list[tuple[int, list[int]]]:
    found: list[tuple[int, list[int]]] = []
    for axis, along in enumerate(families):
        lanes = np.moveaxis(numbers, axis, 0).reshape(numbers.shape[axis], -1)
        for parent, children in along:
            found.extend(zip(lanes[parent].tolist(), lanes[children].T.tolist(), strict=True))
    return found


def add_up(dimensions: Sequence[Dimension], leaves: IntArray) -> IntArray:
    """Return the whole cube (leaves, groups, totals) of a table given over its leaves."""
    cube = leaves
    for axis, dimension in enumerate(dimensions):
        cube = dimension.totalled(cube, axis)
    return cube
