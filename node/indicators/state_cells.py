"""Cells of one frame from what is kept per person, as arrays with a place per person: no grouping, no joining.

Persons lie in the order of their cells, so that a cell's number is a sum over neighbours. Everything is whole numbers,
so the figures are those that the statements of `gather_people` give, to the last digit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from .figures import Counts
from .fuse import Frame, Gathering, Need, Plan
from .gather_people import SEXES, Number

Ints = NDArray[np.int64]
Chosen = NDArray[np.bool_]
_NOBODY: Final = np.zeros(0, dtype=np.int64)
_SPARSE: Final = 16  # a table of places by person may be so many times as long as there are persons


@dataclass(frozen=True)
class Found:
    """Per person what a gathering found in one frame: joined flags, and one array per amount."""

    flags: NDArray[Any] = field(repr=False)
    amounts: tuple[NDArray[Any], ...] = field(repr=False)


class _People:
    """The persons of a frame in the order of their cells: where each one lies, and where each cell begins."""

    def __init__(self, who: Ints, cells: Ints, days: Ints, shape: tuple[int, ...]) -> None:
        self.shape, size = shape, int(np.prod(shape))
        # Small integers are sorted by counting, which is many times as fast.
        order = np.argsort(cells.astype(np.uint16) if size <= 1 << 16 else cells, kind="stable")
        who, self.cells, self.days = who[order], cells[order], days[order]
        self.starts = np.flatnonzero(np.diff(self.cells, prepend=-1))
        self.present = self.cells[self.starts]
        self.size = len(who)
        top = int(who.max(initial=0)) + 1
        self._table: NDArray[np.int32] | None = None
        if top <= _SPARSE * self.size + 1_000_000:
            self._table = np.full(top + 1, -1, dtype=np.int32)  # the last place is for whoever is beyond
            self._table[who] = np.arange(self.size, dtype=np.int32)
        else:
            self._sorted = np.argsort(who, kind="stable")
            self._who = who[self._sorted]

    def places(self, persons: Ints) -> Ints:
        """Return where persons lie, -1 for whoever is not in the frame."""
        if self._table is not None:
            return self._table[np.minimum(persons, len(self._table) - 1)].astype(np.int64)
        near = np.minimum(np.searchsorted(self._who, persons), self.size - 1)
        return np.where(self._who[near] == persons, self._sorted[near], -1)

    def summed(self, values: NDArray[Any]) -> Counts:
        """Return the sum of values per cell."""
        laid = np.zeros(int(np.prod(self.shape)), dtype=np.int64)
        if self.size:
            laid[self.present] = np.add.reduceat(values, self.starts, dtype=np.int64)
        return laid.reshape(self.shape)

    def two_largest(self, values: Ints) -> Counts:
        """Return the two largest values per cell, 0 where there is none above it."""
        laid = np.zeros((int(np.prod(self.shape)), 2), dtype=np.int64)
        left = np.maximum(values, 0)
        lengths = np.diff(self.starts, append=self.size)
        for rank in range(2 if self.size else 0):
            largest = np.maximum.reduceat(left, self.starts)
            laid[self.present, rank] = largest
            # One person per cell with that value is taken out: backwards, so that the first one stays noted.
            holding = np.flatnonzero(left == np.repeat(largest, lengths))[::-1]
            one = np.zeros(len(laid), dtype=np.int64)
            one[self.cells[holding]] = holding
            left[one[self.present]] = 0
        return laid.reshape((*self.shape, 2))


def count_frame(
    connection: duckdb.DuckDBPyConnection,
    made: Plan,
    frame: Frame,
    names: Sequence[str],
    persons: str,
    numbers: Sequence[Number],
) -> dict[Number, Counts]:
    """Return numbers by area, age and sex for one frame, from the kept tables of its gatherings and persons."""
    part = made.frames.index(frame)
    query = f"SELECT person_id, cell, days FROM {persons} WHERE part = ?"  # nosec B608  # noqa: S608 - names are ours
    rows = [[_NOBODY] * 3, *_read(connection, query, [part])]
    who, cells, days = (np.concatenate(some) for some in zip(*rows, strict=True))
    shape = (max(len(made.areas), 1), len(made.ages), SEXES)
    people = _People(who, cells - part * int(np.prod(shape)), days, shape)
    found = {
        place: _found(connection, name, one, frame, people)
        for place, (name, one) in enumerate(zip(names, made.gatherings, strict=True))
        if frame in one.frames
    }
    groups = {needs: _members(made, needs, found, people.size) for needs in {one.needs for one in numbers}}
    return {one: _counted(made, one, people, found, groups[one.needs]) for one in numbers}


def _counted(made: Plan, number: Number, people: _People, found: Mapping[int, Found], members: Chosen | None) -> Counts:
    chosen, amount = members, people.days
    if number.pattern is not None:
        place, gathering = made.gathering_of(number.pattern)
        if place not in found:
            return np.zeros((*people.shape, 2) if number.what == "largest" else people.shape, dtype=np.int64)
        if number.amount is not None:  # 0 for whoever has no record of the pattern
            amount = found[place].amounts[gathering.amounts.index(number.amount)]
        else:
            has = _has(found[place], gathering.flag(number.pattern))
            chosen = has if members is None else members & has
    if number.what == "present":
        chosen = people.days > 0 if members is None else members & (people.days > 0)
    if number.what in ("persons", "present"):
        return people.summed(np.ones(people.size, dtype=bool) if chosen is None else chosen)
    of_chosen = amount if chosen is None else amount * chosen
    return people.two_largest(of_chosen) if number.what == "largest" else people.summed(of_chosen)


def _read(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any]) -> Iterator[list[NDArray[Any]]]:
    """Yield the columns of a query's rows, some rows at a time."""
    # By way of Arrow, which costs half of what the client's own arrays cost; to put them together costs as much again.
    for some in connection.sql(query, params=parameters).to_arrow_table().to_batches():
        yield [one.to_numpy() for one in some.columns]


def _found(connection: duckdb.DuckDBPyConnection, name: str, one: Gathering, frame: Frame, people: _People) -> Found:
    amounts = [f"a{number}" for number in range(len(one.amounts))]
    columns, enough = ["person_id", "flags", *amounts], ""
    if one.distinct:  # enough of them or not, it shows when all codes of a person are there
        columns = ["person_id", "1 AS flags", *(f"sum({amount})::BIGINT" for amount in amounts)]
        enough = f" GROUP BY person_id HAVING count(DISTINCT code) >= {one.distinct.at_least}"
    query = f"SELECT {', '.join(columns)} FROM {name} WHERE part >= ? AND part < ?{enough}"  # nosec B608  # noqa: S608 - ours
    # Whoever is not in the frame is laid past its persons, which costs less than choosing the others. Totals are as
    # wide as their column, which is wide enough for one person.
    totals: list[NDArray[Any]] = []
    for who, *numbers in _read(connection, query, list(one.slices_of(frame))):
        totals = totals or [np.zeros(people.size + 1, dtype=number.dtype) for number in numbers]
        place = people.places(who)
        np.bitwise_or.at(totals[0], place, numbers[0])
        for total, number in zip(totals[1:], numbers[1:], strict=True):
            np.add.at(total, place, number)
    flags, *added = totals or [np.zeros(people.size + 1, dtype=np.int64) for _ in ("flags", *amounts)]
    return Found(flags[:-1], tuple(total[:-1] for total in added))


def _members(made: Plan, needs: frozenset[Need], found: Mapping[int, Found], size: int) -> Chosen | None:
    """Return who shows all patterns that a population needs and none that it excludes, None for everyone."""
    members: Chosen | None = None
    for need in needs:
        place, gathering = made.gathering_of(need.pattern)
        has = _has(found[place], gathering.flag(need.pattern)) if place in found else np.zeros(size, dtype=bool)
        fits = has if need.is_met else ~has
        members = fits if members is None else members & fits
    return members


def _has(found: Found, flag: int) -> Chosen:
    chosen: Chosen = (found.flags & found.flags.dtype.type(flag)) != 0
    return chosen
