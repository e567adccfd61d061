"""The rows kept of a plan, per source and person, brought up to date: only what changed is gathered again."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import duckdb
import numpy as np
from sqlalchemy import BigInteger, Integer, Select, String, column, literal, select, table
from sqlalchemy import insert as into
from sqlalchemy.sql.expression import TableClause

from node.records import kept

from .fuse import Gathering, Plan
from .fused import temporary
from .gather import Within, gathered
from .gather_people import base
from .linked_tables import PERSON
from .pieces import AWAY, PIECES, Stretch, away, observed_pieces
from .state_names import Names, away_table, gathering_table, is_by_source, kept_as, kept_beside, people_table
from .warehouse import OnDuckDB, statement_for_duckdb

_STALE: Final = table("kept_stale", column("name", String), column("source", String), column("person_id", BigInteger))


def bring_rows_up_to_date(
    connection: duckdb.DuckDBPyConnection, names: Names, waiting: Mapping[str, Sequence[str]]
) -> None:
    """Gather, within the caller's transaction, what is not kept yet, and whoever waits by name of table and source."""
    there = set(kept.tables(connection))
    lacking = {name for name in (names.people, names.away) if name and (name not in there or name in waiting)}
    with temporary(OnDuckDB(connection)) as create:
        if lacking:
            is_whole = not lacking <= there
            concerned = None if is_whole else select(_STALE.c.person_id).where(_STALE.c.name.in_(sorted(lacking)))
            create(PIECES, observed_pieces(names.plan.areas, concerned))
        if names.away and names.stretch:
            _keep_away(connection, names.away, names.stretch, names.away in waiting)
        for one, name in zip(names.plan.gatherings, names.gatherings, strict=True):
            _keep_gathering(connection, one, name, waiting.get(name, []), names.away)
        _keep_people(connection, names.plan, names.people, names.people in waiting)


def _waiting_for(name: str) -> Select[Any]:
    return select(_STALE.c.person_id).where(_STALE.c.name == name)


def _keep_gathering(
    connection: duckdb.DuckDBPyConnection, one: Gathering, name: str, waiting: Sequence[str], gaps: str | None
) -> None:
    """Bring what is kept of a gathering up to date.

    Of sources of which nothing is kept all is gathered, without asking of each record whose it is: the first time one
    source after another, since sorting and grouping by source as well would cost more, and later, of a few records,
    those of all such sources in one pass.
    """
    target = gathering_table(name, one)
    is_new = name not in kept.tables(connection)
    if is_new:
        _create(connection, target, kept_as(one))
    elif not waiting:
        return
    if is_by_source(one):
        if is_new:
            query = f"SELECT DISTINCT source FROM {one.record} ORDER BY 1"  # nosec B608  # noqa: S608 - a name of ours
            whole = [[source] for (source,) in connection.execute(query).fetchall()]
            held = []
        else:
            held = [source for source in waiting if kept.holds(connection, name, source)]
            whole = [others] if (others := [source for source in waiting if source not in held]) else []
        queries = [_gathered_again(one, name, source, gaps) for source in held]
        queries += [_gathered(one, Within(sources), gaps=gaps) for sources in whole]
    else:  # rows about persons, of whom several sources bring the records
        is_held = not is_new and kept.holds(connection, name, kept.NOBODYS)
        queries = [_gathered_again(one, name, kept.NOBODYS) if is_held else _gathered(one, Within(), kept.NOBODYS)]
    _put(connection, target, queries, range(len(one.cuts)) if is_new else None)


def _gathered_again(one: Gathering, name: str, source: str, gaps: str | None = None) -> Select[Any]:
    """Return what is found in a source's records, or in everybody's, of those who wait to be counted again."""
    waiting = select(_STALE.c.person_id).where(_STALE.c.name == name, _STALE.c.source == source)
    return _gathered(one, Within(None if source == kept.NOBODYS else [source], waiting), source, gaps)


def _gathered(one: Gathering, within: Within, source: str | None = None, gaps: str | None = None) -> Select[Any]:
    """Return rows as they are kept, of the source given or each of the source that its records are from."""
    beside = kept_beside(one) if source is not None else ("source", *kept_beside(one))
    rows = gathered(one, within, beside, away_table(gaps) if gaps else AWAY).subquery("found")
    columns = (column.label("part") if column.name == "slice" else column for column in rows.c)
    return select(*columns) if source is None else select(literal(source, String), *columns)


def _keep_away(connection: duckdb.DuckDBPyConnection, name: str, stretch: Stretch, is_waiting: bool) -> None:
    """Bring the days on which persons are not observed up to date, from `PIECES`."""
    target = away_table(name)
    is_new = name not in kept.tables(connection)
    if is_new:
        _create(connection, target, "person")
    elif not is_waiting:
        return
    queries = []
    for query in away(stretch):
        gap = query.subquery("gap")
        columns = (literal(kept.NOBODYS, String), gap.c.person_id, literal(0, Integer).label("part"))
        found = select(*columns, gap.c.start_date, gap.c.end_date)
        queries.append(found if is_new else found.where(gap.c.person_id.in_(_waiting_for(name))))
    _put(connection, target, queries, range(1) if is_new else None)


def _keep_people(connection: duckdb.DuckDBPyConnection, made: Plan, name: str, is_waiting: bool) -> None:
    """Bring the persons kept for a plan's frames up to date, from `PIECES`."""
    target = people_table(name)
    is_new = name not in kept.tables(connection)
    if is_new:
        _create(connection, target, "person")
    elif not is_waiting:
        return
    of_persons = [] if is_new else [PERSON.c.person_id.in_(_waiting_for(name))]
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
    parts: set[int] = set()
    for query in queries:
        text, parameters = statement_for_duckdb(into(target).from_select(names, query))
        put = connection.execute(f"{text} RETURNING part", parameters).fetchnumpy()["part"]
        parts |= set(np.flatnonzero(np.bincount(put)).tolist())
    kept.note_parts(connection, target.name, sorted(parts))
    connection.execute("DELETE FROM kept_stale WHERE name = ?", [target.name])


def _create(connection: duckdb.DuckDBPyConnection, target: TableClause, record: str) -> None:
    columns = ", ".join(f"{one.name} {one.type.compile()}" for one in target.c)
    connection.execute(f"CREATE TABLE {target.name} ({columns})")
    connection.execute("INSERT INTO kept VALUES (?, ?, 0)", [target.name, record])
