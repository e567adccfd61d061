"""Who was paid what of a plan's sums of money: counted per finest cell of a frame, kept beside its cells.

The figures are those of `compile.compile_organisations`, which joins persons and records once per indicator and period.
Here the persons are those that are kept, one pass over the records serves all sums of a frame, and only frames that
something changed in are looked through again. Sums within a population that takes other records to be in are left to
that statement: who is in it is not kept.
"""

from collections.abc import Sequence
from typing import Any

import duckdb
import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Integer, Select, case, cast, column, func, or_, select, table

from .compile import RECORDS, is_money, matches
from .figures import ByOrganisation, ComputedIndicator
from .fuse import Counted, Frame, Plan
from .gather_people import SEXES
from .roll_up import bands_of, summed
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


def look_through(connection: duckdb.DuckDBPyConnection, made: Plan, frame: Frame, persons: str) -> bytes:
    """Count who was paid what in a frame, from the records and the kept table of persons."""
    sums = [one for one, *_ in sums_of(made, frame)]
    if not sums:
        return msgspec.msgpack.encode(sums)
    rows = connection.execute(*statement_for_duckdb(_statement(made, frame, sums, persons))).fetchall()
    return msgspec.msgpack.encode([_paid(rows, place) for place in range(3, 3 + len(sums))])


def _statement(made: Plan, frame: Frame, sums: Sequence[Counted], persons: str) -> Select[Any]:
    part = made.frames.index(frame)
    first = part * max(len(made.areas), 1) * len(made.ages) * SEXES
    people = table(persons, column("person_id", BigInteger), column("part", Integer), column("cell", Integer))
    records = RECORDS["cost"]
    source = case((records.c.organisation.is_(None), records.c.source))
    fits = [
        matches(records, one.definition.measure.of, frame.days, frame.reference)
        for one in sums
        if one.definition.measure is not None and one.definition.measure.of is not None
    ]
    # Days first: they are the same for all, and cheaper to look at than what a record is about.
    is_recent = all(one.pattern is not None and one.pattern.span == "in_period" for one in sums)
    since = [records.c.start_date >= frame.days.start] if is_recent else []
    # The sum of no records is unknown, not 0: a code that was paid nothing here is told from one that is not here.
    amounts = [
        cast(func.sum(records.c.amount_cents).filter(one), BigInteger).label(f"sum{place}")
        for place, one in enumerate(fits)
    ]
    here = select(people.c.person_id, (people.c.cell - first).label("cell")).where(people.c.part == part).subquery()
    by = (here.c.cell, records.c.organisation, source.label("source"))
    return (
        select(*by, *amounts)
        .select_from(records.join(here, here.c.person_id == records.c.person_id))
        .where(records.c.start_date < frame.days.end, *since, or_(*fits))
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
    used = np.unique(whom[is_counted])
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
    laid = np.zeros((*(len(axis.leaves) for axis in found.axes), len(finest)), dtype=np.int64)
    for place, one in enumerate(finest):
        of_cells = one.reshape(max(len(made.areas), 1), len(made.ages), SEXES)
        laid[..., place] = summed(of_cells, found.definition, bands, keep, has_unknown)
    return laid
