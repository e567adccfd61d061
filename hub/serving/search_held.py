"""What one audience can find, held in memory while its index stays as it is: who said it, since when, which facets.

To count the values of facets among thousands of items takes a database longer than all else of a search; here they are
arrays, and counting is one pass over them. What is held of an index is dropped as soon as a search sees another mark of
it, so values that were destroyed do not outlive the next search. Words are not held: they stay in the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, String, cast, func, select

from hub.serving.remembered import remembered
from hub.tables.search import search_facet, search_item, search_mark
from schemas.codes import Audience

Whole = NDArray[np.int64]
Places = NDArray[np.int64]  # where items stand, the newest at 0
Fits = NDArray[np.bool_]  # of every place, whether its item fits
Mark = tuple[tuple[str, str], ...]
_ITEM_BYTES: Final = 400  # that an item takes in memory, or a little less
_VALUE_BYTES: Final = 200  # that a value of a facet takes


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one facet in their order, and of every item that has one a pair: the value's number, the place."""

    values: tuple[str, ...]
    numbers: Mapping[str, int]
    valued: NDArray[np.int64]
    places: Places

    def counts(self, fits: Fits | None) -> NDArray[np.int64]:
        """Return how many of the items that fit have each value; None: of all."""
        among = self.valued if fits is None else self.valued[fits[self.places]]
        return np.bincount(among, minlength=len(self.values))

    def having(self, values: Iterable[str], items: int) -> Fits:
        """Return which of so many items have any of some values."""
        fits = np.zeros(items, dtype=np.bool_)
        wanted = [self.numbers[one] for one in values if one in self.numbers]
        fits[self.places[np.isin(self.valued, wanted)]] = True
        return fits


_NO_FACET: Final = Facet((), {}, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Held:
    """The items of one audience's index, the newest first, and their facets; `mark` tells which state of it this is."""

    mark: Mark
    ids: NDArray[np.int64]
    events: tuple[tuple[str, str, str], ...]  # event, kind and region
    facets: Mapping[str, Facet]
    _by_id: NDArray[np.int64]  # places in the order of the ids

    def __len__(self) -> int:
        """Return how many items there are."""
        return len(self.events)

    def facet(self, name: str) -> Facet:
        """Return one facet, without values where no item has it."""
        return self.facets.get(name, _NO_FACET)

    def places(self, ids: NDArray[np.int64]) -> Places:
        """Return where items stand, given by their ids; -1 for one that is not there."""
        if not len(self):
            return np.full(len(ids), -1, dtype=np.int64)
        at = self._by_id[np.minimum(np.searchsorted(self.ids, ids, sorter=self._by_id), len(self) - 1)]
        return np.where(self.ids[at] == ids, at, -1)

    def fitting(self, chosen: Mapping[str, Sequence[str]], without: str = "") -> Fits | None:
        """Return which items have a chosen value of each facet but one; None where nothing is chosen: all do."""
        fits: Fits | None = None
        for name, values in chosen.items():
            if values and name != without:
                having = self.facet(name).having(values, len(self))
                fits = having if fits is None else fits & having
        return fits


def held(connection: Connection, reader: Audience) -> Held:
    """Return what an audience can find, from memory where its index is as it was."""
    memory, key, mark = remembered(connection), ("search", reader), _mark(connection, reader)
    kept: Held | None = memory.get(key, mark)
    if kept is None:
        kept = _read(connection, reader, mark)
        memory.keep(key, mark, kept, _size(kept))
    return kept


def numbers(text: str | None) -> Whole:
    """Return whole numbers that a database gathered with commas between them; none where it found nothing."""
    return np.fromstring(text or "", dtype=np.int64, sep=",")


def _mark(connection: Connection, reader: Audience) -> Mark:
    """Return the mark of every region's items; what is read of them afterwards is at least as new."""
    here = search_mark.c
    rows = connection.execute(select(here.region, here.mark).where(here.reader == reader).order_by(here.region))
    return tuple((region, mark) for region, mark in rows)


def _read(connection: Connection, reader: Audience, mark: Mark) -> Held:
    item, facet = search_item.c, search_facet.c
    columns = (item.id, item.event_id, item.kind, item.region)
    newest_first = (item.told_at.desc(), item.event_id.desc())
    rows = connection.execute(select(*columns).where(item.reader == reader).order_by(*newest_first)).all()
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    found = Held(mark, ids, tuple((row[1], row[2], row[3]) for row in rows), {}, np.argsort(ids, kind="stable"))
    # one row for each value: as many rows as pairs would take several times as long
    of_value = func.aggregate_strings(cast(facet.item, String), ",")
    query = select(facet.name, facet.value, of_value).where(facet.reader == reader).group_by(facet.name, facet.value)
    values: dict[str, dict[str, Places]] = {}
    for name, value, items in connection.execute(query):
        there = found.places(numbers(items))
        values.setdefault(name, {})[value] = there[there >= 0]
    facets = {name: _facet(pairs) for name, pairs in values.items()}
    return Held(mark, ids, found.events, facets, found._by_id)


def _facet(pairs: Mapping[str, Places]) -> Facet:
    values = tuple(sorted(pairs))
    valued: Any = np.repeat(np.arange(len(values)), [len(pairs[one]) for one in values])
    places = np.concatenate([pairs[one] for one in values])
    return Facet(values, {one: number for number, one in enumerate(values)}, valued, places)


def _size(one: Held) -> int:
    arrays = sum(facet.valued.nbytes + facet.places.nbytes for facet in one.facets.values())
    return _ITEM_BYTES * len(one) + _VALUE_BYTES * sum(len(facet.values) for facet in one.facets.values()) + arrays
