"""Who was paid what of a plan's sums of money: counted per finest cell of a frame, kept beside its cells.

The figures are those of `compile.compile_organisations`, which joins persons and records once per indicator and period.
Here the rows that are kept of sums of money, one per person and organisation, are joined with the kept persons, and
only for frames that something changed in. Sums within a population that takes other records to be in are left to that
statement: who is in it is not kept.
"""

from collections.abc import Sequence
from typing import Any

import duckdb
import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Select, case, cast, func, literal, select
from sqlalchemy.sql.expression import TableClause

from .compile import is_money
from .figures import ByOrganisation, ComputedIndicator
from .fuse import Amount, Counted, Frame, Gathering, Pattern, Plan
from .gather_people import SEXES
from .roll_up import bands_of, summed
from .state_names import Names, gathering_table, people_table
from .warehouse import statement_for_duckdb


class Paid(msgspec.Struct, frozen=True):
    """What one sum of money is made of, entry by entry: the cell in its frame, who was paid, and the amount.

    Who was paid is a place in `codes`, or, for records that do not say, that place less one of `sources` below zero.
    """

    codes: tuple[str, ...]
    sources: tuple[str, ...]
    cells: bytes
    whom: bytes
    amounts: bytes


def sums_of(made: Plan, frame: Frame) -> tuple[tuple[Counted, ...], ...]:
    """Return the sums of money of a frame that can be looked through here: those of the same records together."""
    found: dict[Any, tuple[Counted, ...]] = {}
    for one in made.counted:
        population = one.definition.population
        if is_money(one.definition) and not one.needs and population and population.covered_on == frame.covered_on:
            found[one.pattern] = (*found.get(one.pattern, ()), one)
    return tuple(found.values())


def look_through(connection: duckdb.DuckDBPyConnection, names: Names, frame: Frame) -> bytes:
    """Count who was paid what in a frame, from the kept tables of gatherings and of persons."""
    sums = [one for one, *_ in sums_of(names.plan, frame)]
    found: dict[Pattern | None, Paid] = {}
    for name, gathering in zip(names.gatherings, names.plan.gatherings, strict=True):
        here = [one.amount for one in sums if one.amount is not None and one.pattern in gathering.patterns]
        if here:
            query = _statement(names, frame, gathering_table(name, gathering), gathering, here)
            rows = connection.execute(*statement_for_duckdb(query)).fetchall()
            found |= {one.pattern: _paid(rows, place) for place, one in enumerate(here, start=3)}
    return msgspec.msgpack.encode([found[one.pattern] for one in sums])


def _statement(
    names: Names, frame: Frame, rows: TableClause, gathering: Gathering, amounts: Sequence[Amount]
) -> Select[Any]:
    made = names.plan
    part = made.frames.index(frame)
    first, after = gathering.slices_of(frame)
    lowest = part * max(len(made.areas), 1) * len(made.ages) * SEXES
    people = people_table(names.people)
    here = select(people.c.person_id, (people.c.cell - lowest).label("cell")).where(people.c.part == part).subquery()
    source = case((rows.c.organisation.is_(None), rows.c.source))
    # The sum of no records is unknown, not 0: a code that was paid nothing here is told from one that is not here.
    sums = []
    for place, one in enumerate(amounts):
        flag = literal(gathering.flag(one.pattern), BigInteger)
        is_found = rows.c.flags.bitwise_and(flag) != literal(0, BigInteger)
        added = func.sum(rows.c[f"a{gathering.amounts.index(one)}"]).filter(is_found)
        sums.append(cast(added, BigInteger).label(f"sum{place}"))
    by = (here.c.cell, rows.c.organisation, source.label("source"))
    return (
        select(*by, *sums)
        .select_from(rows.join(here, here.c.person_id == rows.c.person_id))
        .where(rows.c.part >= first, rows.c.part < after)
        .group_by(*by)
    )


def _paid(rows: Sequence[Sequence[Any]], place: int) -> Paid:
    known = [row for row in rows if row[place] is not None]
    codes = sorted({row[1] for row in known if row[1] is not None})
    sources = sorted({row[2] for row in known if row[1] is None})
    at = {code: number for number, code in enumerate(codes)}
    silent = {source: -1 - number for number, source in enumerate(sources)}
    columns = (
        [row[0] for row in known],
        [silent[row[2]] if row[1] is None else at[row[1]] for row in known],
        [row[place] for row in known],
    )
    cells, whom, amounts = (np.array(one, dtype=np.int64).tobytes() for one in columns)
    return Paid(tuple(codes), tuple(sources), cells, whom, amounts)


def read_paid(content: bytes) -> list[Paid]:
    """Read what `look_through` wrote."""
    return msgspec.msgpack.decode(content, type=list[Paid])


def by_organisation(made: Plan, found: ComputedIndicator, paid: Paid) -> tuple[ByOrganisation, tuple[str, ...]]:
    """Return what each organisation was paid of one indicator, and the sources with records that do not say whom."""
    cells, whom, amounts = (np.frombuffer(one, dtype=np.int64) for one in (paid.cells, paid.whom, paid.amounts))
    bands = bands_of(made, found.definition)
    is_counted = bands[cells // SEXES % len(made.ages)] >= 0
    # Counting what is a small whole number costs less than sorting it.
    used = np.flatnonzero(np.bincount(whom[is_counted] + len(paid.sources))) - len(paid.sources)
    codes = used[used >= 0]
    silent = tuple(sorted(paid.sources[-1 - place] for place in used[used < 0]))
    named = is_counted & (whom >= 0)
    finest = np.zeros((len(codes), max(len(made.areas), 1) * len(made.ages) * SEXES), dtype=np.int64)
    np.add.at(finest, (np.searchsorted(codes, whom[named]), cells[named]), amounts[named])
    laid = _laid(made, found, bands, finest)
    return ByOrganisation(tuple(paid.codes[place] for place in codes), laid), silent


def _laid(
    made: Plan, found: ComputedIndicator, bands: NDArray[np.int64], finest: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Lay amounts per organisation and finest cell out by the axes of an indicator, and then by organisation."""
    keep = [axis.name for axis in found.axes]
    has_unknown = any("unknown" in axis.leaves for axis in found.axes if axis.name == "sex")
    of_cells = finest.reshape(len(finest), max(len(made.areas), 1), len(made.ages), SEXES)
    return np.moveaxis(summed(of_cells, found.definition, bands, keep, has_unknown), 0, -1)
