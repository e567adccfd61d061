"""What a plan found per person, kept in the linked store, so that the next run counts again only what changed.

Kept are the rows of every gathering, per source; the persons of every frame; and the numbers of every cell. All three
can be brought together: counts and sums add up over sources and stretches of time, flags are joined bit by bit.
`node.records.kept` takes out whoever's records change, in the same transaction, and names them for the next run here.
A table's name is a hash of what it holds, so a definition that changes finds nothing kept and is counted anew.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import duckdb
import numpy as np
from sqlalchemy import BigInteger, ColumnElement, FromClause, Integer, String, column, literal, select, table
from sqlalchemy import insert as into
from sqlalchemy.sql.expression import TableClause

from node.records import kept

from .compile import COVERAGE, PERSON, RECORDS
from .figures import Counts
from .fuse import Frame, Gathering, Plan
from .fused import all_numbers, count_cells, cubes_of, temporary
from .gather import gathered
from .gather_people import PEOPLE, PIECES, SEXES, Number, base, coverage_pieces, people
from .warehouse import OnDuckDB

MOST_KEPT: Final = 64
"""Tables kept at once, some ten for each combination of indicators and periods; those used longest ago go first."""

_VERSION: Final = 1
"""To be raised whenever the statements of a plan count otherwise, so that nothing counted before is used again."""

_STALE: Final = table("kept_stale", column("name", String), column("source", String), column("person_id", BigInteger))
_SOURCE: Final[ColumnElement[Any]] = column("source", String)


def counting(connection: duckdb.DuckDBPyConnection, is_writable: bool) -> Callable[[Plan], Mapping[Number, Counts]]:
    """Return a way to a plan's numbers that keeps what it finds where the store can be written, and uses what is kept.

    From a store open for reading only, numbers that are still right are taken; else all is counted from the records.
    """

    def count(made: Plan) -> Mapping[Number, Counts]:
        if is_writable:
            return _brought_up_to_date(connection, made)
        found = _still_right(connection, made)
        return cubes_of(OnDuckDB(connection), made) if found is None else found

    return count


def _brought_up_to_date(connection: duckdb.DuckDBPyConnection, made: Plan) -> Mapping[Number, Counts]:
    connection.begin()
    try:
        has_noted = kept.is_as_noted(connection)
        if not has_noted:  # the first time, or rows were changed past `node.records.kept`
            kept.drop_all(connection)
        names = [_keep_gathering(connection, one) for one in made.gatherings]
        persons = _keep_people(connection, made)
        missing = [frame for frame in made.frames if _cells(connection, made, frame, names, persons) is None]
        if missing:
            _count_again(connection, made, names, persons, missing)
        _let_go(connection, [*names, persons])
        if not has_noted:
            kept.note_basis(connection)
        cubes = _put_together(connection, made, names, persons)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return cubes


def _still_right(connection: duckdb.DuckDBPyConnection, made: Plan) -> Mapping[Number, Counts] | None:
    has_kept = connection.execute("SELECT 1 FROM information_schema.tables WHERE table_name = 'kept_basis'").fetchone()
    if has_kept is None:  # a store that an earlier version made, and nobody has opened for writing since
        return None
    names, persons = [_name_of(one) for one in made.gatherings], _people_name(made)
    waiting = "SELECT name FROM kept_stale WHERE list_contains(?, name) LIMIT 1"
    if not set(kept.tables(connection)) >= {*names, persons}:
        return None
    if connection.execute(waiting, [[*names, persons]]).fetchone() or not kept.is_as_noted(connection):
        return None
    if any(_cells(connection, made, frame, names, persons) is None for frame in made.frames):
        return None
    return _put_together(connection, made, names, persons)


def _keep_gathering(connection: duckdb.DuckDBPyConnection, one: Gathering) -> str:
    """Bring what is kept of a gathering up to date and return its table's name."""
    name = _name_of(one)
    target = _gathering_table(name, one)
    if name in kept.tables(connection):
        renewed = _renew(connection, name)
        for source in renewed:
            again = select(_STALE.c.person_id).where(_STALE.c.name == name, _STALE.c.source == source)
            is_stale = RECORDS[one.record].c.person_id.in_(again)
            _put(connection, target, one, source, [is_stale])
    else:
        _create(connection, target, one.record)
        query = f"SELECT DISTINCT source FROM {one.record} ORDER BY 1"  # nosec B608  # noqa: S608 - a name of ours
        for (source,) in connection.execute(query).fetchall():
            _put(connection, target, one, source, [])
        kept.note_parts(connection, name, list(range(len(one.cuts))))
    _settle(connection, name)
    return name


def _put(
    connection: duckdb.DuckDBPyConnection, target: TableClause, one: Gathering, source: str,
    within: Sequence[ColumnElement[bool]],
) -> None:  # fmt: skip
    rows = gathered(one, [_SOURCE == source, *within]).subquery("found")
    query = select(literal(source, String), *rows.c)
    OnDuckDB(connection).run(into(target).from_select([column.name for column in target.c], query))


def _keep_people(connection: duckdb.DuckDBPyConnection, made: Plan) -> str:
    """Bring the persons kept for a plan's frames up to date and return their table's name."""
    name = _people_name(made)
    target = _people_table(name)
    names = [one.name for one in target.c]
    is_new = name not in kept.tables(connection)
    if is_new:
        _create(connection, target, "person")
    if is_new or _renew(connection, name):
        again = select(_STALE.c.person_id).where(_STALE.c.name == name)
        of_persons = [] if is_new else [PERSON.c.person_id.in_(again)]
        of_coverage = [] if is_new else [COVERAGE.c.person_id.in_(again)]
        warehouse = OnDuckDB(connection)
        with temporary(warehouse) as create:
            create(PIECES, coverage_pieces(of_coverage))
            for part, frame in enumerate(made.frames):
                rows = base(made, frame, of_persons).subquery("found")
                query = select(literal(kept.NOBODYS, String), rows.c.person_id, literal(part, Integer), rows.c.cell, rows.c.days)
                warehouse.run(into(target).from_select(names, query))
    if is_new:
        kept.note_parts(connection, name, list(range(len(made.frames))))
    _settle(connection, name)
    return name


def _renew(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    rows = connection.execute("SELECT DISTINCT source FROM kept_stale WHERE name = ? ORDER BY 1", [name]).fetchall()
    return [source for (source,) in rows]


def _settle(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Give the parts that hold whoever was counted again a new revision, and note that nobody waits any more."""
    again = "(source, person_id) IN (SELECT source, person_id FROM kept_stale WHERE name = ?)"
    if _renew(connection, name):
        touched = connection.execute(f"SELECT DISTINCT part FROM {name} WHERE {again}", [name]).fetchall()  # nosec B608  # noqa: S608
        kept.note_parts(connection, name, [part for (part,) in touched])
        connection.execute("DELETE FROM kept_stale WHERE name = ?", [name])


def _count_again(
    connection: duckdb.DuckDBPyConnection, made: Plan, names: Sequence[str], persons: str, frames: Sequence[Frame]
) -> None:
    """Count the cells of some frames from what is kept, and keep them."""
    warehouse = OnDuckDB(connection)
    rows: dict[int, FromClause] = {}
    is_whole = True
    for place, (name, one) in enumerate(zip(names, made.gatherings, strict=True)):
        target = _gathering_table(name, one)
        rows[place] = select(*(c.label("slice") if c.name == "part" else c for c in target.c)).subquery("gathered")
        sources = connection.execute(f"SELECT count(DISTINCT source) FROM {name}").fetchone()  # nosec B608  # noqa: S608
        is_whole = is_whole and sources is not None and sources[0] <= 1
    of_people = _people_table(persons)
    with temporary(warehouse) as create:
        queries = []
        for frame in frames:
            part = made.frames.index(frame)
            some = select(of_people).where(of_people.c.part == part).subquery("persons")
            queries.append(people(made, frame, some, {place: rows[place] for place in made.needed}))
        create(PEOPLE, *queries)
        cubes = count_cells(warehouse, made, rows, frames, is_whole)
    plan = _plan_name(made)
    for frame in frames:
        place = made.frames.index(frame)
        cells = b"".join(cubes[number][place].tobytes() for number in all_numbers(made))
        connection.execute("DELETE FROM kept_cells WHERE plan = ? AND frame = ?", [plan, place])
        basis = _basis(connection, made, frame, names, persons)
        connection.execute("INSERT INTO kept_cells VALUES (?, ?, ?, ?)", [plan, place, basis, cells])


def _put_together(
    connection: duckdb.DuckDBPyConnection, made: Plan, names: Sequence[str], persons: str
) -> dict[Number, Counts]:
    numbers = all_numbers(made)
    shape = (max(len(made.areas), 1), len(made.ages), SEXES)
    found: dict[Number, list[Counts]] = {number: [] for number in numbers}
    for frame in made.frames:
        cells = np.frombuffer(_cells(connection, made, frame, names, persons) or b"", dtype=np.int64)
        start = 0
        for number in numbers:
            of_number = (*shape, 2) if number.what == "largest" else shape
            size = int(np.prod(of_number))
            found[number].append(cells[start : start + size].reshape(of_number))
            start += size
    return {number: np.stack(laid) for number, laid in found.items()}


def _cells(
    connection: duckdb.DuckDBPyConnection, made: Plan, frame: Frame, names: Sequence[str], persons: str
) -> bytes | None:
    """Return the cells kept for a frame, None where what they were counted from has changed."""
    row = connection.execute(
        "SELECT cells FROM kept_cells WHERE plan = ? AND frame = ? AND basis = ?",
        [_plan_name(made), made.frames.index(frame), _basis(connection, made, frame, names, persons)],
    ).fetchone()
    return None if row is None else bytes(row[0])


def _basis(
    connection: duckdb.DuckDBPyConnection, made: Plan, frame: Frame, names: Sequence[str], persons: str
) -> str:
    """Return which revisions of which parts a frame's cells are counted from."""
    parts = [(persons, made.frames.index(frame), made.frames.index(frame) + 1)]
    for name, one in zip(names, made.gatherings, strict=True):
        if frame in one.frames:
            parts.append((name, *one.slices_of(frame)))
    found = []
    for name, first, after in parts:
        rows = connection.execute(
            "SELECT part, revision FROM kept_part WHERE name = ? AND part >= ? AND part < ? ORDER BY part",
            [name, first, after],
        ).fetchall()
        found.append((name, rows))
    return _hash(found)


def _let_go(connection: duckdb.DuckDBPyConnection, used: Sequence[str]) -> None:
    """Note what was used now, and drop the tables used longest ago, with the cells of plans that are gone."""
    connection.execute(
        "UPDATE kept SET used = (SELECT coalesce(max(used), 0) + 1 FROM kept) WHERE list_contains(?, name)", [list(used)]
    )
    rows = connection.execute("SELECT name FROM kept ORDER BY used DESC, name").fetchall()
    for (name,) in rows[max(MOST_KEPT, len(used)) :]:
        kept.drop(connection, name)
    connection.execute(
        "DELETE FROM kept_cells WHERE plan NOT IN (SELECT plan FROM kept_cells GROUP BY plan"
        " ORDER BY max(rowid) DESC LIMIT ?)", [MOST_KEPT],
    )  # fmt: skip


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


def _name_of(one: Gathering) -> str:
    return f"kept_gathering_{_hash((one.record, one.span, one.patterns, one.amounts, one.cuts))[:24]}"


def _people_name(made: Plan) -> str:
    return f"kept_people_{_hash((made.frames, made.areas, made.ages))[:24]}"


def _plan_name(made: Plan) -> str:
    groups = [sorted(map(repr, needs)) for needs in made.groups]
    numbers = [(one.what, sorted(map(repr, one.needs)), one.pattern, one.amount) for one in all_numbers(made)]
    gatherings = [_name_of(one) for one in made.gatherings]
    return _hash((_people_name(made), gatherings, groups, numbers))


def _hash(content: Any) -> str:
    return hashlib.sha256(repr((_VERSION, content)).encode()).hexdigest()
