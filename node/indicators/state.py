"""What a plan found per person, kept in the linked store, so that the next run counts again only what changed.

Kept are the rows of every gathering, per source; the persons of every frame; and the numbers of every cell. All three
can be brought together: counts and sums add up over sources and stretches of time, flags are joined bit by bit.
`node.records.kept` takes out whoever's records change, in the same transaction, and names them for the next run here.
A table's name is a hash of what it holds, so a definition that changes finds nothing kept and is counted anew.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb
import numpy as np
from sqlalchemy import BigInteger, ColumnElement, Integer, Select, String, column, literal, select, table
from sqlalchemy import insert as into
from sqlalchemy.sql.expression import TableClause

from node.records import kept

from .compile import COVERAGE, PERSON, RECORDS
from .figures import Counts
from .fuse import Gathering, Plan
from .fused import all_numbers, cubes_of, temporary
from .gather import gathered
from .gather_people import PIECES, SEXES, Number, base, coverage_pieces
from .state_cells import count_frame
from .warehouse import OnDuckDB

MOST_KEPT: Final = 64
"""Tables kept at once, some ten for each combination of indicators and periods; those used longest ago go first."""

_VERSION: Final = 1
"""To be raised whenever the statements of a plan count otherwise, so that nothing counted before is used again."""

_STALE: Final = table("kept_stale", column("name", String), column("source", String), column("person_id", BigInteger))
_SOURCE: Final[ColumnElement[Any]] = column("source", String)


class Kept:
    """A way to a plan's numbers that keeps what it finds where the store can be written, and uses what is kept.

    From a store open for reading only, numbers that are still right are taken; else all is counted from the records.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._is_used = False

    def count(self, made: Plan) -> Mapping[Number, Counts]:
        """Return every number of a plan by frame, area, age and sex."""
        found: Mapping[Number, Counts] | None = None
        if kept.is_possible(self._connection):
            is_writable = not _is_read_only(self._connection)
            found = (_brought_up_to_date if is_writable else _still_right)(self._connection, made)
        self._is_used = found is not None
        return cubes_of(OnDuckDB(self._connection), made) if found is None else found

    def sources(self) -> Mapping[str, set[str]] | None:
        """Return per record table the sources that filled it, None where nothing kept was used."""
        return kept.sources(self._connection) if self._is_used else None


def _is_read_only(connection: duckdb.DuckDBPyConnection) -> bool:
    query = "SELECT readonly FROM duckdb_databases() WHERE database_name = current_database()"
    row = connection.execute(query).fetchone()
    return row is None or bool(row[0])


def _brought_up_to_date(connection: duckdb.DuckDBPyConnection, made: Plan) -> Mapping[Number, Counts]:
    names = _Names(made)
    connection.begin()
    try:
        has_noted = kept.is_as_noted(connection)
        if not has_noted:  # the first time, or rows were changed past `node.records.kept`
            kept.drop_all(connection)
        for one, name in zip(made.gatherings, names.gatherings, strict=True):
            _keep_gathering(connection, one, name)
        _keep_people(connection, made, names.people)
        laid = [_cells(connection, names, place) or _count_again(connection, names, place) for place in names.places]
        _let_go(connection, names)
        if not has_noted:
            kept.note_basis(connection)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return _put_together(made, laid)


def _still_right(connection: duckdb.DuckDBPyConnection, made: Plan) -> Mapping[Number, Counts] | None:
    names = _Names(made)
    waiting = "SELECT name FROM kept_stale WHERE list_contains(?, name) LIMIT 1"
    if not set(kept.tables(connection)) >= set(names.tables):
        return None
    if connection.execute(waiting, [list(names.tables)]).fetchone() or not kept.is_as_noted(connection):
        return None
    laid = [cells for place in names.places if (cells := _cells(connection, names, place)) is not None]
    return _put_together(made, laid) if len(laid) == len(names.places) else None


def _keep_gathering(connection: duckdb.DuckDBPyConnection, one: Gathering, name: str) -> None:
    """Bring what is kept of a gathering up to date, source by source."""
    target = _gathering_table(name, one)
    if name in kept.tables(connection):
        sources = _waiting(connection, name)
        again = select(_STALE.c.person_id).where(_STALE.c.name == name)
    else:
        _create(connection, target, one.record)
        query = f"SELECT DISTINCT source FROM {one.record} ORDER BY 1"  # nosec B608  # noqa: S608 - a name of ours
        sources = [source for (source,) in connection.execute(query).fetchall()]
        again = None
    queries = []
    for source in sources:
        within: list[ColumnElement[bool]] = [_SOURCE.in_([source])]
        if again is not None:
            within.append(RECORDS[one.record].c.person_id.in_(again.where(_STALE.c.source == source)))
        rows = gathered(one, within).subquery("found")
        columns = (one.label("part") if one.name == "slice" else one for one in rows.c)
        queries.append(select(literal(source, String), *columns))
    _put(connection, target, queries, range(len(one.cuts)) if again is None else None)


def _keep_people(connection: duckdb.DuckDBPyConnection, made: Plan, name: str) -> None:
    """Bring the persons kept for a plan's frames up to date."""
    target = _people_table(name)
    is_new = name not in kept.tables(connection)
    if is_new:
        _create(connection, target, "person")
    elif not _waiting(connection, name):
        return
    again = select(_STALE.c.person_id).where(_STALE.c.name == name)
    of_persons = [] if is_new else [PERSON.c.person_id.in_(again)]
    of_coverage = [] if is_new else [COVERAGE.c.person_id.in_(again)]
    with temporary(OnDuckDB(connection)) as create:
        create(PIECES, coverage_pieces(of_coverage))
        queries = []
        for part, frame in enumerate(made.frames):
            rows = base(made, frame, of_persons).subquery("found")
            whose = (literal(kept.NOBODYS, String), rows.c.person_id, literal(part, Integer).label("part"))
            queries.append(select(*whose, rows.c.cell, rows.c.days))
        _put(connection, target, queries, range(len(made.frames)) if is_new else None)


def _put(
    connection: duckdb.DuckDBPyConnection, target: TableClause, queries: Sequence[Select[Any]], every: range | None
) -> None:
    """Put rows into a kept table, give the parts they belong to (or every part) a new revision; nobody waits then."""
    names = [one.name for one in target.c]
    if every is not None:
        for query in queries:  # one stretch of time after another, so that reading one does not read them all
            part = query.selected_columns["part"]
            OnDuckDB(connection).run(into(target).from_select(names, query.order_by(part)))
        kept.note_parts(connection, target.name, list(every))
        return
    fresh = table("kept_fresh", *(column(one.name, one.type) for one in target.c))
    with temporary(OnDuckDB(connection)) as create:
        create(fresh, *queries)
        OnDuckDB(connection).run(into(target).from_select(names, select(*fresh.c)))
        parts = connection.execute("SELECT DISTINCT part FROM kept_fresh").fetchall()
    kept.note_parts(connection, target.name, [part for (part,) in parts])
    connection.execute("DELETE FROM kept_stale WHERE name = ?", [target.name])


def _waiting(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """Return the sources of whose records somebody waits to be counted again."""
    rows = connection.execute("SELECT DISTINCT source FROM kept_stale WHERE name = ? ORDER BY 1", [name]).fetchall()
    return [source for (source,) in rows]


def _count_again(connection: duckdb.DuckDBPyConnection, names: "_Names", place: int) -> bytes:
    """Count the cells of a frame from what is kept, keep them and return them."""
    made = names.plan
    cubes = count_frame(connection, made, made.frames[place], names.gatherings, names.people, names.numbers)
    cells = b"".join(cubes[number].tobytes() for number in names.numbers)
    connection.execute("DELETE FROM kept_cells WHERE plan = ? AND frame = ?", [names.cells, place])
    basis = _basis(connection, names, place)
    connection.execute("INSERT INTO kept_cells VALUES (?, ?, ?, ?)", [names.cells, place, basis, cells])
    return cells


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


def _cells(connection: duckdb.DuckDBPyConnection, names: "_Names", place: int) -> bytes | None:
    """Return the cells kept for a frame, None where what they were counted from has changed."""
    row = connection.execute(
        "SELECT cells FROM kept_cells WHERE plan = ? AND frame = ? AND basis = ?",
        [names.cells, place, _basis(connection, names, place)],
    ).fetchone()
    return None if row is None else bytes(row[0])


def _basis(connection: duckdb.DuckDBPyConnection, names: "_Names", place: int) -> str:
    """Return which revisions of which parts a frame's cells are counted from."""
    frame = names.plan.frames[place]
    parts = [(names.people, place, place + 1)]
    for name, one in zip(names.gatherings, names.plan.gatherings, strict=True):
        if frame in one.frames:
            parts.append((name, *one.slices_of(frame)))
    rows = connection.execute("SELECT name, part, revision FROM kept_part ORDER BY ALL").fetchall()
    return _hash([row for row in rows for name, first, after in parts if row[0] == name and first <= row[1] < after])


def _let_go(connection: duckdb.DuckDBPyConnection, names: "_Names") -> None:
    """Note what was used now, and drop the tables used longest ago, with the cells counted longest ago."""
    connection.execute(
        "UPDATE kept SET used = (SELECT max(used) + 1 FROM kept) WHERE list_contains(?, name)", [list(names.tables)]
    )
    rows = connection.execute("SELECT name FROM kept ORDER BY used DESC, name").fetchall()
    for (name,) in rows[max(MOST_KEPT, len(names.tables)) :]:
        kept.drop(connection, name)
    connection.execute(
        "DELETE FROM kept_cells WHERE plan NOT IN"
        " (SELECT plan FROM kept_cells GROUP BY plan ORDER BY max(rowid) DESC LIMIT ?)", [MOST_KEPT],
    )  # fmt: skip


class _Names:
    """What a plan's tables and cells are called: by hashes of what they hold, worked out once."""

    def __init__(self, made: Plan) -> None:
        self.plan = made
        self.numbers = all_numbers(made)
        self.places = range(len(made.frames))
        self.gatherings = [
            f"kept_gathering_{_hash((one.record, one.span, one.patterns, one.amounts, one.cuts))[:24]}"
            for one in made.gatherings
        ]
        self.people = f"kept_people_{_hash((made.frames, made.areas, made.ages))[:24]}"
        numbers = [(one.what, sorted(map(repr, one.needs)), one.pattern, one.amount) for one in self.numbers]
        self.cells = _hash((self.people, self.gatherings, numbers))

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables."""
        return (*self.gatherings, self.people)


def _create(connection: duckdb.DuckDBPyConnection, target: TableClause, record: str) -> None:
    columns = ", ".join(f"{one.name} {one.type.compile()}" for one in target.c)
    connection.execute(f"CREATE TABLE {target.name} ({columns})")
    connection.execute("INSERT INTO kept VALUES (?, ?, 0)", [target.name, record])


def _gathering_table(name: str, one: Gathering) -> TableClause:
    amounts = [column(f"a{number}", BigInteger) for number in range(len(one.amounts))]
    return table(
        name, column("source", String), column("person_id", BigInteger), column("part", Integer),
        column("flags", BigInteger), *amounts,
    )  # fmt: skip


def _people_table(name: str) -> TableClause:
    return table(
        name, column("source", String), column("person_id", BigInteger), column("part", Integer),
        column("cell", Integer), column("days", BigInteger),
    )  # fmt: skip


def _hash(content: Any) -> str:
    return hashlib.sha256(repr((_VERSION, content)).encode()).hexdigest()
