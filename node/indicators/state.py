"""What a plan found per person, kept in the linked store, so that the next run counts again only what changed.

Kept are the rows of every gathering, per source; the persons of every frame; and the numbers of every cell. All three
can be brought together: counts and sums add up over sources and stretches of time, flags are joined bit by bit.
`node.records.kept` takes out whoever's records change, in the same transaction, and names them for the next run here.
A table's name is a hash of what it holds, so a definition that changes finds nothing kept and is counted anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np

from node.records import kept
from schemas.definition import IndicatorDefinition

from .figures import ByOrganisation, ComputedIndicator, Counts
from .fuse import Plan
from .fused import all_numbers, cubes_of
from .gather_people import SEXES, Number
from .state_cells import count_frame
from .state_names import Names, hash_of
from .state_paid import Paid, by_organisation, look_through, read_paid, sums_of
from .state_rows import bring_rows_up_to_date
from .warehouse import OnDuckDB

MOST_KEPT: Final = 160
"""Tables kept at once: ten times the fifteen that the catalogue takes for one combination of periods, and some more.

Those used longest ago go first.
"""


@dataclass(frozen=True)
class _Found:
    """What is kept of each frame: its cells, and who was paid what of its sums of money."""

    cells: Sequence[bytes]
    paid: Sequence[bytes]


class Kept:
    """A way to a plan's numbers that keeps what it finds where the store can be written, and uses what is kept.

    From a store open for reading only, numbers that are still right are taken; else all is counted from the records.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._is_used = False
        self._paid: dict[tuple[IndicatorDefinition, str], tuple[Plan, Paid]] = {}

    def count(self, made: Plan) -> Mapping[Number, Counts]:
        """Return every number of a plan by frame, area, age and sex."""
        found: _Found | None = None
        if kept.is_possible(self._connection):
            is_writable = not _is_read_only(self._connection)
            found = (_brought_up_to_date if is_writable else _still_right)(self._connection, made)
        self._is_used = found is not None
        if found is None:
            return cubes_of(OnDuckDB(self._connection), made)
        for frame, paid in zip(made.frames, found.paid, strict=True):
            for alike, of_these in zip(sums_of(made, frame), read_paid(paid), strict=True):
                self._paid |= {(one.definition, frame.period): (made, of_these) for one in alike}
        return _put_together(made, found.cells)

    def paid(self, found: ComputedIndicator) -> tuple[ByOrganisation, tuple[str, ...]] | None:
        """Return what each organisation was paid of a sum of money just counted, None where that is not kept."""
        known = self._paid.get((found.definition, found.period))
        return None if known is None else by_organisation(known[0], found, known[1])

    def sources(self) -> Mapping[str, set[str]] | None:
        """Return per record table the sources that filled it, None where nothing kept was used."""
        return kept.sources(self._connection) if self._is_used else None


def _is_read_only(connection: duckdb.DuckDBPyConnection) -> bool:
    query = "SELECT readonly FROM duckdb_databases() WHERE database_name = current_database()"
    row = connection.execute(query).fetchone()
    return row is None or bool(row[0])


def _brought_up_to_date(connection: duckdb.DuckDBPyConnection, made: Plan) -> _Found:
    names = Names(made)
    connection.begin()
    try:
        has_noted = kept.is_as_noted(connection)
        if not has_noted:  # the first time, or rows were changed past `node.records.kept`
            kept.drop_all(connection)
        bring_rows_up_to_date(connection, names, _waiting(connection))
        found = _cells(connection, names)
        for name, count in ((names.cells, _counted_again), (names.paid, _looked_through_again)):
            for place, basis in enumerate(_bases(connection, names)):
                if (name, place) not in found:
                    found[name, place] = count(connection, names, place)
                    _keep_cells(connection, (name, place, basis), found[name, place])
        _let_go(connection, names)
        if not has_noted:
            kept.note_basis(connection)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return _all_of(found, names)


def _still_right(connection: duckdb.DuckDBPyConnection, made: Plan) -> _Found | None:
    names = Names(made)
    waiting = "SELECT name FROM kept_stale WHERE list_contains(?, name) LIMIT 1"
    if not set(kept.tables(connection)) >= set(names.tables):
        return None
    if connection.execute(waiting, [list(names.tables)]).fetchone() or not kept.is_as_noted(connection):
        return None
    found = _cells(connection, names)
    return _all_of(found, names) if len(found) == 2 * len(made.frames) else None


def _all_of(found: Mapping[tuple[str, int], bytes], names: Names) -> _Found:
    cells, paid = ([found[name, place] for place in names.places] for name in (names.cells, names.paid))
    return _Found(cells, paid)


def _waiting(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Return per kept table the sources of whose records somebody waits to be counted again."""
    found: dict[str, list[str]] = {}
    for name, source in connection.execute("SELECT name, source FROM kept_stale GROUP BY ALL ORDER BY ALL").fetchall():
        found.setdefault(name, []).append(source)
    return found


def _counted_again(connection: duckdb.DuckDBPyConnection, names: Names, place: int) -> bytes:
    """Count the cells of a frame from what is kept."""
    made = names.plan
    cubes = count_frame(connection, made, made.frames[place], names.gatherings, names.people, names.numbers)
    return b"".join(cubes[number].tobytes() for number in names.numbers)


def _looked_through_again(connection: duckdb.DuckDBPyConnection, names: Names, place: int) -> bytes:
    """Count who was paid what in a frame."""
    return look_through(connection, names, names.plan.frames[place])


def _keep_cells(connection: duckdb.DuckDBPyConnection, where: tuple[str, int, str], content: bytes) -> None:
    connection.execute("DELETE FROM kept_cells WHERE plan = ? AND frame = ?", list(where[:2]))
    connection.execute("INSERT INTO kept_cells VALUES (?, ?, ?, ?)", [*where, content])


def _put_together(made: Plan, laid: Sequence[bytes]) -> dict[Number, Counts]:
    shape = (len(made.frames), max(len(made.areas), 1), len(made.ages), SEXES)
    cells = np.stack([np.frombuffer(of_frame, dtype=np.int64) for of_frame in laid])
    found: dict[Number, Counts] = {}
    start = 0
    for number in all_numbers(made):
        of_number = (*shape, 2) if number.what == "largest" else shape
        size = int(np.prod(of_number[1:]))
        found[number] = cells[:, start : start + size].reshape(of_number)
        start += size
    return found


def _cells(connection: duckdb.DuckDBPyConnection, names: Names) -> dict[tuple[str, int], bytes]:
    """Return what is kept of frames, by what it is and frame, without those of which what it was made from changed."""
    bases = _bases(connection, names)
    rows = connection.execute(
        "SELECT plan, frame, basis, cells FROM kept_cells WHERE plan IN (?, ?)", [names.cells, names.paid]
    ).fetchall()
    return {(name, place): bytes(content) for name, place, basis, content in rows if basis == bases[place]}


def _bases(connection: duckdb.DuckDBPyConnection, names: Names) -> list[str]:
    """Return per frame which revisions of which parts its cells are counted from."""
    rows = connection.execute("SELECT name, part, revision FROM kept_part ORDER BY ALL").fetchall()
    found = []
    for place, frame in enumerate(names.plan.frames):
        parts = [(names.people, place, place + 1)]
        for name, one in zip(names.gatherings, names.plan.gatherings, strict=True):
            if frame in one.frames:
                parts.append((name, *one.slices_of(frame)))
        of_frame = [row for row in rows for name, first, after in parts if row[0] == name and first <= row[1] < after]
        found.append(hash_of(of_frame))
    return found


def _let_go(connection: duckdb.DuckDBPyConnection, names: Names) -> None:
    """Note what was used now, and drop the tables used longest ago, with the cells counted longest ago."""
    connection.execute(
        "UPDATE kept SET used = (SELECT max(used) + 1 FROM kept) WHERE list_contains(?, name)", [list(names.tables)]
    )
    rows = connection.execute("SELECT name FROM kept ORDER BY used DESC, name").fetchall()
    for (name,) in rows[max(MOST_KEPT, len(names.tables)) :]:
        kept.drop(connection, name)
    connection.execute(
        "DELETE FROM kept_cells WHERE plan NOT IN"
        " (SELECT plan FROM kept_cells GROUP BY plan ORDER BY max(rowid) DESC LIMIT ?)", [2 * MOST_KEPT],
    )  # fmt: skip
