"""Figures inside the region, before protection: these types have no serializer, so they cannot travel."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from schemas.definition import IndicatorDefinition
from schemas.payloads import Cell, TakenOver
from schemas.quality import Quality

Counts = NDArray[np.int64]
PROVISIONAL: Final = " (provisional)"  # ends the table's name in the origin of figures that their owner will revise


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of a cube: its name and its leaves, in order, without a total."""

    name: str
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ByOrganisation:
    """A sum of money by who was paid: `amounts` in cents, the axes of the sum and then one entry per code, in order.

    What records without a code add to a cell is in no entry.
    """

    codes: tuple[str, ...] = field(repr=False)
    amounts: Counts = field(repr=False)


@dataclass(frozen=True, slots=True)
class ComputedIndicator:
    """One indicator over one period at the finest cells; roll-ups are sums of these.

    The four arrays have one axis per entry of `axes`. `numerator` and `denominator` are in the definition's smallest
    units; the `_persons` arrays count the persons behind them (for `persons` counts they are equal).
    `denominator` is None for a bare count. `largest` belongs to sums of money: the two largest persons' amounts in each
    cell, in a last axis of length 2, the larger first, 0 where there is none. So does `organisations`: who was paid.
    Where counted records do not say that, `not_recorded` names their sources with the recorded decision to use them
    all the same, and `unattributed` those without such a decision.
    """

    definition: IndicatorDefinition
    period: str
    axes: tuple[Axis, ...]
    numerator: Counts = field(repr=False)
    numerator_persons: Counts = field(repr=False)
    denominator: Counts | None = field(repr=False)
    denominator_persons: Counts | None = field(repr=False)
    sources: tuple[str, ...] = ()
    largest: Counts | None = field(default=None, repr=False)
    organisations: ByOrganisation | None = field(default=None, repr=False)
    not_recorded: tuple[tuple[str, str], ...] = ()
    unattributed: tuple[str, ...] = ()
    quality: Quality | None = None


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """One indicator taken over from a public table; it cannot be made from `records`."""

    definition: IndicatorDefinition
    period: str
    division_year: int
    dimensions: tuple[str, ...]
    cells: tuple[Cell, ...]
    origin: TakenOver


@dataclass(frozen=True, slots=True)
class WholeTable:
    """A public table whose file holds all that its owner publishes: what the file no longer has, was withdrawn."""

    owner: str
    table: str
    indicators: tuple[str, ...]
