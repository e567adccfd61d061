"""Compute many indicators over many periods with few passes over the records, wherever these are."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, FromClause, Select, SmallInteger, column, select, table
from sqlalchemy import insert as into

from schemas.definition import IndicatorDefinition

from .compute import check_areas, tables_of
from .figures import ComputedIndicator, Counts
from .fuse import MOST_FLAGS, Frame, Gathering, Plan, plan
from .gather import gathered
from .gather_people import PEOPLE, PIECES, Number, base, coverage_pieces, people, per_cell, per_cell_of_people
from .roll_up import cube, numbers_of, rolled_up
from .warehouse import Rows, Warehouse

Create = Callable[..., None]


def compute_fused(
    warehouse: Warehouse,
    definitions: Sequence[IndicatorDefinition],
    periods: Sequence[str],
    areas: tuple[str, ...],
    count: Callable[[Plan], Mapping[Number, Counts]] | None = None,
) -> tuple[ComputedIndicator, ...]:
    """Compute indicators that are all fusible over periods, period by period in the order given.

    Cell by cell the figures are those of `compute`, which counts one indicator at a time. Works in temporary tables,
    which are gone afterwards. `count` may know a cheaper way to a plan's numbers (`state.counting`).
    Raises PeriodUnknown and AreaTwice.
    """
    check_areas(areas)
    sources = _sources(warehouse, definitions)
    found: dict[tuple[str, int], ComputedIndicator] = {}
    for some in _chunks(definitions):
        made = plan([definitions[place] for place in some], periods, areas)
        cubes = count(made) if count else cubes_of(warehouse, made)
        for place, counted in zip(some, made.counted, strict=True):
            for period in periods:
                found[period, place] = rolled_up(made, counted, period, cubes, sources[place])
    return tuple(found[period, place] for period in periods for place in range(len(definitions)))


def cubes_of(warehouse: Warehouse, made: Plan) -> dict[Number, Counts]:
    """Return every number of a plan by frame, area, age and sex, from the records alone."""
    with temporary(warehouse) as create:
        needed = made.needed
        rows: dict[int, FromClause] = {
            place: _gathered_once(create, place, made.gatherings[place]) for place in sorted(needed)
        }
        create(PIECES, coverage_pieces())
        persons = [base(made, frame).subquery("base") for frame in made.frames]
        create(PEOPLE, *(people(made, frame, some, rows) for frame, some in zip(made.frames, persons, strict=True)))
        for place, one in enumerate(made.gatherings):
            if place not in rows:
                rows[place] = gathered(one).subquery("gathered")
        return count_cells(warehouse, made, rows, made.frames)


def count_cells(
    warehouse: Warehouse, made: Plan, rows: Mapping[int, FromClause], frames: Sequence[Frame], is_whole: bool = True
) -> dict[Number, Counts]:
    """Return every number of a plan for some frames, whose people are in the temporary table `PEOPLE`; 0 elsewhere."""
    numbers = all_numbers(made)
    cubes: dict[Number, Counts] = {}
    everyone = [one for one in numbers if one.pattern is None]
    _lay_out(cubes, made, everyone, warehouse.read(per_cell_of_people(made, everyone)))
    for place, one in enumerate(made.gatherings):
        of_these = [number for number in numbers if number.pattern in one.patterns]
        found: Rows = ()
        if of_these and set(frames) & set(one.frames):
            found = warehouse.read(per_cell(made, place, rows[place], of_these, frames, is_whole))
        _lay_out(cubes, made, of_these, found)
    return cubes


def all_numbers(made: Plan) -> tuple[Number, ...]:
    """Return what a plan counts per cell, each once, in an order that its indicators give."""
    return tuple(dict.fromkeys(number for counted in made.counted for number in numbers_of(counted)))


def _gathered_once(create: Create, place: int, one: Gathering) -> FromClause:
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
def temporary(warehouse: Warehouse) -> Iterator[Create]:
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
