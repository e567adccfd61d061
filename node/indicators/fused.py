"""Compute many indicators over many periods with few passes over the records, wherever these are."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, FromClause, Select, SmallInteger, column, select, table
from sqlalchemy import insert as into

from schemas.definition import IndicatorDefinition

from .compute import check_areas, tables_of
from .figures import ComputedIndicator, Counts
from .fuse import MOST_FLAGS, Gathering, Plan, is_fusible, plan
from .gather import gathered
from .gather_people import PEOPLE, PIECES, Number, coverage_pieces, people, per_cell, per_cell_of_people
from .roll_up import cube, numbers_of, rolled_up
from .warehouse import Rows, Warehouse

GatheredIn = Callable[[int, Gathering], FromClause]


def compute_fused(
    warehouse: Warehouse, definitions: Sequence[IndicatorDefinition], periods: Sequence[str], areas: tuple[str, ...]
) -> tuple[ComputedIndicator, ...]:
    """Compute indicators that are all fusible over periods, period by period in the order given.

    Cell by cell the figures are those of `compute`, which counts one indicator at a time. Works in temporary tables,
    which are gone afterwards. Raises PeriodUnknown and AreaTwice.
    """
    check_areas(areas)
    sources = _sources(warehouse, definitions)
    found: dict[tuple[str, int], ComputedIndicator] = {}
    for some in _chunks(definitions):
        made = plan([definitions[place] for place in some], periods, areas)
        cubes = cubes_of(warehouse, made)
        for place, counted in zip(some, made.counted, strict=True):
            for period in periods:
                found[period, place] = rolled_up(made, counted, period, cubes, sources[place])
    return tuple(found[period, place] for period in periods for place in range(len(definitions)))


def cubes_of(warehouse: Warehouse, made: Plan, kept: GatheredIn | None = None) -> dict[Number, Counts]:
    """Return every number of a plan by frame, area, age and sex; `kept` gives rows that were gathered before."""
    numbers = dict.fromkeys(number for counted in made.counted for number in numbers_of(counted))
    cubes: dict[Number, Counts] = {}
    with _temporary(warehouse) as create:
        rows = {place: kept(place, one) for place, one in enumerate(made.gatherings)} if kept else {}
        needed = {made.gathering_of(pattern)[0] for needs in made.groups for pattern in needs}
        for place in sorted(needed - set(rows)):
            rows[place] = _gathered_once(warehouse, create, place, made.gatherings[place])
        create(PIECES, coverage_pieces())
        create(PEOPLE, *(people(made, frame, {place: rows[place] for place in needed}) for frame in made.frames))
        everyone = [one for one in numbers if one.pattern is None]
        _lay_out(cubes, made, everyone, warehouse.read(per_cell_of_people(made, everyone)))
        for place, one in enumerate(made.gatherings):
            of_these = [number for number in numbers if number.pattern in one.patterns]
            if of_these:
                source = rows.get(place)
                query = per_cell(made, place, gathered(one).subquery("gathered") if source is None else source, of_these)
                _lay_out(cubes, made, of_these, warehouse.read(query))
    return cubes


def _gathered_once(warehouse: Warehouse, create: Any, place: int, one: Gathering) -> FromClause:
    amounts = [column(f"a{number}", BigInteger) for number in range(len(one.amounts))]
    keeping = table(
        f"fused_gathered_{place}", column("person_id", BigInteger), column("slice", SmallInteger),
        column("flags", BigInteger), *amounts,
    )  # fmt: skip
    create(keeping, gathered(one))
    return keeping


def _lay_out(cubes: dict[Number, Counts], made: Plan, numbers: Sequence[Number], rows: Rows) -> None:
    for place, number in enumerate(numbers, start=1):
        cubes[number] = cube(made, rows, place, number.what == "largest")


@contextlib.contextmanager
def _temporary(warehouse: Warehouse) -> Iterator[Any]:
    """Offer a function that puts queries' rows into a new temporary table, and drop what it made at the end."""
    created: list[str] = []

    def create(target: Any, *queries: Select[Any]) -> None:
        columns = ", ".join(f"{one.name} {one.type.compile()}" for one in target.c)
        warehouse.run(f"CREATE TEMPORARY TABLE {target.name} ({columns})")
        created.append(target.name)
        for query in queries:
            warehouse.run(into(target).from_select([one.name for one in target.c], query))

    try:
        yield create
    finally:
        for name in created:
            warehouse.run(f"DROP TABLE {name}")


def _chunks(definitions: Sequence[IndicatorDefinition]) -> Iterator[list[int]]:
    """Yield the places of definitions whose populations fit the bits of one membership."""
    some: list[int] = []
    groups: set[Any] = set()
    for place, one in enumerate(definitions):
        criteria = (one.population.covered_on, one.population.criteria) if one.population else None
        if criteria not in groups and len(groups) == MOST_FLAGS:
            yield some
            some, groups = [], set()
        groups.add(criteria)
        some.append(place)
    if some:
        yield some


def _sources(warehouse: Warehouse, definitions: Sequence[IndicatorDefinition]) -> list[tuple[str, ...]]:
    """Return per indicator every source that filled a table it used; each table is asked once."""
    of_table = {
        name: {source for (source,) in warehouse.read(select(column("source")).select_from(table(name)).distinct())}
        for name in dict.fromkeys(name for one in definitions for name in tables_of(one))
    }
    return [
        tuple(sorted(source for source in set().union(*(of_table[name] for name in tables_of(one))) if source))
        for one in definitions
    ]
