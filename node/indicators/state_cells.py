"""Cells of one frame from what is kept per person, as arrays with a place per person: no grouping, no joining.

Everything is whole numbers, so the figures are those that the statements of `gather_people` give, to the last digit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from .figures import Counts
from .fuse import Frame, Gathering, Pattern, Plan
from .gather_people import SEXES, Number

Ints = NDArray[np.int64]
Chosen = NDArray[np.bool_]


@dataclass(frozen=True)
class Found:
    """Per person what a gathering found in one frame: joined flags, and one array per amount."""

    flags: Ints = field(repr=False)
    amounts: tuple[Ints, ...] = field(repr=False)


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
    rows = _read(connection, f"SELECT person_id, cell, days FROM {persons} WHERE part = ?", [part])  # nosec B608  # noqa: S608 - ours
    order = np.argsort(rows["person_id"], kind="stable")
    who, cells, days = (rows[name][order] for name in ("person_id", "cell", "days"))
    shape = (max(len(made.areas), 1), len(made.ages), SEXES)
    first = part * int(np.prod(shape))
    cells = cells - first
    found = {
        place: _found(connection, name, one, frame, who)
        for place, (name, one) in enumerate(zip(names, made.gatherings, strict=True))
        if frame in one.frames
    }
    groups = {needs: _members(made, needs, found, len(who)) for needs in {one.needs for one in numbers}}
    counted = {}
    for number in numbers:
        chosen, amount = groups[number.needs], days
        if number.pattern is not None:
            place, gathering = made.gathering_of(number.pattern)
            if place not in found:
                counted[number] = _nothing(number, shape)
                continue
            chosen = chosen & _has(found[place], gathering.flag(number.pattern))
            if number.amount is not None:
                amount = found[place].amounts[gathering.amounts.index(number.amount)]
        counted[number] = _per_cell(number, cells[chosen], amount[chosen], shape)
    return counted


def _read(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any]) -> Mapping[str, Ints]:
    columns: Mapping[str, Any] = connection.execute(query, parameters).fetchnumpy()
    return {name: np.asarray(values, dtype=np.int64) for name, values in columns.items()}


def _found(connection: duckdb.DuckDBPyConnection, name: str, one: Gathering, frame: Frame, who: Ints) -> Found:
    amounts = [f"a{number}" for number in range(len(one.amounts))]
    query = f"SELECT {', '.join(['person_id', 'flags', *amounts])} FROM {name} WHERE part >= ? AND part < ?"  # nosec B608  # noqa: S608
    rows = _read(connection, query, list(one.slices_of(frame)))
    place = np.searchsorted(who, rows["person_id"])
    place[place == len(who)] = 0
    is_here = who[place] == rows["person_id"] if len(who) else np.zeros(len(place), dtype=bool)
    place = place[is_here]
    flags = np.zeros(len(who), dtype=np.int64)
    np.bitwise_or.at(flags, place, rows["flags"][is_here])
    return Found(flags, tuple(_added(place, rows[amount][is_here], len(who)) for amount in amounts))


def _added(place: Ints, values: Ints, size: int) -> Ints:
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, place, values)
    return total


def _members(made: Plan, needs: frozenset[Pattern], found: Mapping[int, Found], size: int) -> Chosen:
    chosen = np.ones(size, dtype=bool)
    for pattern in needs:
        place, gathering = made.gathering_of(pattern)
        chosen &= _has(found[place], gathering.flag(pattern)) if place in found else False
    return chosen


def _has(found: Found, flag: int) -> Chosen:
    chosen: Chosen = (found.flags & np.int64(flag)) != 0
    return chosen


def _nothing(number: Number, shape: tuple[int, ...]) -> Counts:
    return np.zeros((*shape, 2) if number.what == "largest" else shape, dtype=np.int64)


def _per_cell(number: Number, cells: Ints, amount: Ints, shape: tuple[int, ...]) -> Counts:
    size = int(np.prod(shape))
    if number.what == "persons":
        return np.bincount(cells, minlength=size).astype(np.int64).reshape(shape)
    if number.what != "largest":
        return _added(cells, amount, size).reshape(shape)
    largest = np.zeros((size, 2), dtype=np.int64)
    order = np.lexsort((-amount, cells))
    cells, amount = cells[order], np.maximum(amount[order], 0)
    starts = np.flatnonzero(np.diff(cells, prepend=-1))
    largest[cells[starts], 0] = amount[starts]
    seconds = starts[starts + 1 < np.append(starts[1:], len(cells))] + 1
    largest[cells[seconds], 1] = amount[seconds]
    return largest.reshape((*shape, 2))
