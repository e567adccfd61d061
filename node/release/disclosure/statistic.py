"""What a release is made of: statistics over cells, links between them, and what is already out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from .dominance import two_largest
from .organisations import Organisations
from .relations import Dimension, IntArray

Kind = Literal["persons", "sum"]

LARGEST_FIGURE = 2**53
"""The linear programs compute in binary64, which holds whole numbers exactly up to here."""


class TableMisshapen(ValueError):
    """A table's values do not fit its dimensions."""


class FigureNotWhole(ValueError):
    """A table holds something else than whole numbers from 0 up to the largest exact one."""


class DimensionNotGrouped(ValueError):
    """A table is to be coarsened along a dimension that has no usable groups."""


@dataclass(frozen=True, order=True)
class CellKey:
    """A cell's identity: canonical statistic, period, and one node per dimension."""

    statistic: str
    period: str
    nodes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.statistic} ({self.period}; {', '.join(self.nodes)})"


@dataclass(frozen=True, eq=False)
class Statistic:
    """An additive table for one period.

    `values` and `persons` are whole numbers over the leaves, shape (leaves of each dimension). `persons` is
    the number of contributing persons per cell: required for kind "sum", absent for kind "persons".
    `largest`, for sums of money, holds the two largest contributions per cell, the larger first, shape (leaves
    of each dimension, 2); 0 where there is none. Where it could only be bounded, it is bounded from above.
    `organisations`, also for sums of money, says who was paid; None where that was never known.
    Raises TableMisshapen and FigureNotWhole.
    """

    key: str
    period: str
    kind: Kind
    dimensions: tuple[Dimension, ...]
    values: IntArray = field(repr=False)
    persons: IntArray | None = field(default=None, repr=False)
    largest: IntArray | None = field(default=None, repr=False)
    organisations: Organisations | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        shape = tuple(len(dimension.leaves) for dimension in self.dimensions)
        if (self.persons is None) != (self.kind == "persons") or not 1 <= len(shape) <= 3:
            raise TableMisshapen(
                f"{self.key} ({self.period}) must be a table of 1 to 3 dimensions, with contributing persons"
                " per cell exactly if it is a sum."
            )
        for name, figures in (("values", self.values), ("persons", self.contributors)):
            if figures.shape != shape:
                raise TableMisshapen(
                    f"The {name} of {self.key} ({self.period}) must have one entry per leaf: shape {shape}."
                )
            whole = figures.dtype.kind in "iu"
            if not whole or figures.min(initial=0) < 0 or float(figures.sum(dtype=float)) >= LARGEST_FIGURE:
                raise FigureNotWhole(
                    f"The {name} of {self.key} ({self.period}) must be whole numbers of at least 0,"
                    " together below 2^53."
                )
        if self.largest is not None and (self.kind != "sum" or self.largest.shape != (*shape, 2)):
            raise TableMisshapen(
                f"The largest contributions of {self.key} ({self.period}) belong to a sum, two to each leaf:"
                f" shape {(*shape, 2)}."
            )
        paid = self.organisations
        if paid is not None and (self.kind != "sum" or paid.amounts.shape != (*shape, len(paid.codes))):
            raise TableMisshapen(
                f"What organisations were paid in {self.key} ({self.period}) belongs to a sum, an amount for each leaf"
                " and code."
            )
        if np.any((self.contributors == 0) & (self.values > 0)):
            raise FigureNotWhole(
                f"{self.key} ({self.period}) has a figure above 0 to which no person contributes; count them."
            )

    @property
    def contributors(self) -> IntArray:
        """Persons behind each leaf: of a person count, the count itself."""
        return self.values if self.persons is None else self.persons

    @property
    def shape(self) -> tuple[int, ...]:
        """Nodes per dimension."""
        return tuple(len(dimension.nodes) for dimension in self.dimensions)

    @property
    def size(self) -> int:
        """Number of figures, totals included."""
        return int(np.prod(self.shape))

    def cells(self) -> list[CellKey]:
        """List the keys of all figures, in C order over the nodes."""
        nodes: list[tuple[str, ...]] = [()]
        for dimension in self.dimensions:
            nodes = [(*before, node) for before in nodes for node in dimension.nodes]
        return [CellKey(self.key, self.period, node) for node in nodes]


def coarsen(statistic: Statistic, name: str) -> Statistic:
    """Return the statistic with the leaves of one dimension merged into its groups; ungrouped leaves stay.

    Links still hold, since parts and wholes are joined at the nodes they share. Raises DimensionNotGrouped.
    """
    axis = next((i for i, one in enumerate(statistic.dimensions) if one.name == name and one.groups), None)
    grouped = [leaf for group in statistic.dimensions[axis or 0].groups for leaf in group.leaves]
    if axis is None or len(set(grouped)) < len(grouped):
        raise DimensionNotGrouped(
            f"Dimension {name} of {statistic.key} ({statistic.period}) needs groups without overlap to be"
            " coarsened; define some."
        )
    old = statistic.dimensions[axis]
    rows = [*range(len(old.leaves), len(old.leaves) + len(old.groups))]
    rows += [place for place, leaf in enumerate(old.leaves) if leaf not in grouped]
    merged = Dimension(name, tuple(old.nodes[row] for row in rows), old.total)
    dimensions = (*statistic.dimensions[:axis], merged, *statistic.dimensions[axis + 1 :])

    def merge(table: IntArray) -> IntArray:
        return old.totalled(table, axis).take(rows, axis)

    persons = None if statistic.persons is None else merge(statistic.persons)
    largest = None if statistic.largest is None else two_largest(old, statistic.largest, axis).take(rows, axis)
    paid = statistic.organisations
    return replace(
        statistic,
        dimensions=dimensions,
        values=merge(statistic.values),
        persons=persons,
        largest=largest,
        organisations=None if paid is None else Organisations(paid.codes, merge(paid.amounts)),
    )


@dataclass(frozen=True, order=True)
class SubsetLink:
    """The persons of `part_key` are among those of `whole_key`, at every node and period they share."""

    part_key: str
    whole_key: str


@dataclass(frozen=True, eq=False)
class Vintage:
    """One statistic as it was released once, hidden figures included; it stays in the node.

    `moment` numbers the releases in their order; statistics released together share it. `wholes` are the keys of the
    statistics of which this one is a part. `rounded`: it took in changes by controlled rounding, then or before.
    """

    moment: int
    statistic: Statistic
    wholes: tuple[str, ...] = ()
    rounded: bool = False


@dataclass(frozen=True)
class Earlier:
    """What is already out: cells of earlier releases and public tables; None marks a cell that was hidden.

    `vintages` are the statistics behind those releases. A cell without one (a public table, or a release of which
    only the payload is left) is a fixed figure: it can be released again, but not with another value.
    """

    cells: Mapping[CellKey, int | None] = field(default_factory=dict, repr=False)
    vintages: tuple[Vintage, ...] = field(default=(), repr=False)
