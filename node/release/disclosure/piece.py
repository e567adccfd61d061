"""One statistic on its way out: what was released last, which of its leaves changed, and which changes go out."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from .history import every_figure
from .organisations import Organisations
from .relations import BoolArray, IntArray
from .rounding import BASE
from .statistic import Statistic


@dataclass(eq=False)
class Piece:
    """One statistic with what was released last, which leaves changed, and which of these changes go out."""

    now: Statistic
    base: Statistic
    goes: BoolArray = field(repr=False)
    drawn: IntArray | None = field(default=None, repr=False)

    def waits(self, is_rounded: bool) -> bool:
        """Whether the records say something else than what is released, beyond what rounding takes away."""
        if not is_rounded:
            return bool((self.changed & ~self.goes).any())
        off = every_figure(self.now) - every_figure(self.released())
        return bool((np.abs(off) >= BASE).any())

    @cached_property
    def changed(self) -> BoolArray:
        """The leaves of which the records say something else than what was released last."""
        differs: BoolArray = (self.now.values != self.base.values) | (self.now.contributors != self.base.contributors)
        return differs

    @cached_property
    def size(self) -> IntArray:
        """By how many persons each leaf changed."""
        change: IntArray = self.now.contributors.astype(np.int64) - self.base.contributors
        return np.abs(change).ravel()

    @cached_property
    def below(self) -> list[list[IntArray]]:
        """Per dimension, the leaf positions under each node."""
        return [
            [*(np.array([i], np.int64) for i in range(len(one.leaves))), *one.members(), np.arange(len(one.leaves))]
            for one in self.now.dimensions
        ]

    def leaves(self, number: int) -> IntArray:
        """Return the flat leaf positions under one of the statistic's figures."""
        nodes = np.unravel_index(number, self.now.shape)
        sides = [side[int(node)] for side, node in zip(self.below, nodes, strict=True)]
        flat = np.arange(self.now.values.size).reshape(self.now.values.shape)
        return flat[np.ix_(*sides)].ravel()

    def figure(self, leaf: int) -> int:
        """The place of a leaf among the statistic's figures."""
        return int(np.ravel_multi_index(np.unravel_index(leaf, self.now.values.shape), self.now.shape))

    def released(self) -> Statistic:
        """Return what was released last with the changes that go out."""
        values = np.where(self.goes, self.now.values, self.base.values)
        if self.drawn is not None:
            values = values + self.drawn
        persons = None if self.now.persons is None else np.where(self.goes, self.now.persons, self.base.contributors)
        largest = None
        if self.now.largest is not None and self.base.largest is not None:
            largest = np.where(self.goes[..., None], self.now.largest, self.base.largest)
        return replace(self.now, values=values, persons=persons, largest=largest, organisations=self._paid())

    def _paid(self) -> Organisations | None:
        """Who was paid in what is released; where nobody knows that of what was released last, it stays unknown."""
        if self.now.organisations is None:
            return None
        was = self.base.organisations or Organisations((), np.zeros((*self.now.values.shape, 0), np.int64))
        codes = sorted({*self.now.organisations.codes, *was.codes})
        now, before = (one.over(codes).amounts for one in (self.now.organisations, was))
        return Organisations(tuple(codes), np.where(self.goes[..., None], now, before))
