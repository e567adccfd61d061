"""Compute many indicators over many periods with few passes over the records, wherever these are."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import BigInteger, FromClause, Select, SmallInteger, String, column, select, table
from sqlalchemy import insert as into

from schemas.definition import IndicatorDefinition

from .compute import check_areas, tables_of
from .figures import ComputedIndicator, Counts
from .fuse import MOST_FLAGS, Gathering, Plan, plan
from .gather import gathered
from .gather_people import PEOPLE, Number, base, people, per_cell, per_cell_of_people
from .pieces import AWAY, PIECES, away, looked_at, observed_pieces
from .roll_up import cube, numbers_of, rolled_up
from .warehouse import Rows, Warehouse

Create = Callable[..., None]


class Counting(Protocol):
    """A way to a plan's numbers that is cheaper than counting from the records (`state.Kept`)."""

    def count(self, made: Plan) -> Mapping[Number, Counts]:
        """Return every number of a plan by frame, area, age and sex."""

    def sources(self) -> Mapping[str, set[str]] | None:
        """Return per record table the sources that filled it, None where that is not known without looking."""


def compute_fused(
    warehouse: Warehouse,
    definitions: Sequence[IndicatorDefinition],
    periods: Sequence[str],
    areas: tuple[str, ...],
    counting: Counting | None = None,
) -> tuple[ComputedIndicator, ...]:
    """Compute indicators that are all fusible over periods, period by period in the order given.

    Cell by cell the figures are those of `compute`, which counts one indicator at a time. Works in temporary tables,
    which are gone afterwards. Raises PeriodUnknown and AreaTwice.
    """
    check_areas(areas)
    found: dict[tuple[str, int], ComputedIndicator] = {}
    sources: list[tuple[str, ...]] = []
    for some in _chunks(definitions):
        made = plan([definitions[place] for place in some], periods, areas)
        cubes = counting.count(made) if counting else cubes_of(warehouse, made)
        sources = sources or _sources(warehouse, definitions, counting.sources() if counting else None)
        for place, counted in zip(some, made.counted, strict=True):
            of_periods = rolled_up(made, counted, periods, cubes, sources[place])
            found |= {(period, place): one for period, one in zip(periods, of_periods, strict=True)}
    return tuple(found[period, place] for period in periods for place in range(len(definitions)))


def cubes_of(warehouse: Warehouse, made: Plan) -> dict[Number, Counts]:
    """Return every number of a plan by frame, area, age and sex, from the records alone."""
    with temporary(warehouse) as create:
        needed = made.needed
        create(PIECES, observed_pieces(made.areas))
        if (stretch := looked_at(made.gatherings)) is not None:
            create(AWAY, *away(stretch))
        rows: dict[int, FromClause] = {
            place: _gathered_once(create, place, made.gatherings[place]) for place in sorted(needed)
        }
        persons = [base(made, frame).subquery("base") for frame in made.frames]
        create(PEOPLE, *(people(made, frame, some, rows) for frame, some in zip(made.frames, persons, strict=True)))
        for place, one in enumerate(made.gatherings):
            if place not in rows:
                rows[place] = gathered(one).subquery("gathered")
        return _count_cells(warehouse, made, rows)


def _count_cells(warehouse: Warehouse, made: Plan, rows: Mapping[int, FromClause]) -> dict[Number, Counts]:
    numbers = all_numbers(made)
    cubes: dict[Number, Counts] = {}
    everyone = [one for one in numbers if one.pattern is None]
    _lay_out(cubes, made, everyone, warehouse.read(per_cell_of_people(made, everyone)))
    for place, one in enumerate(made.gatherings):
        of_these = [number for number in numbers if number.pattern in one.patterns]
        if of_these:
            _lay_out(cubes, made, of_these, warehouse.read(per_cell(made, place, rows[place], of_these)))
    return cubes


def all_numbers(made: Plan) -> tuple[Number, ...]:
    """Return what a plan counts per cell, each once, in an order that its indicators give."""
    return tuple(dict.fromkeys(number for counted in made.counted for number in numbers_of(counted)))


def _gathered_once(create: Create, place: int, one: Gathering) -> FromClause:
    amounts = [column(f"a{number}", BigInteger) for number in range(len(one.amounts))]
    codes = [column("code", String)] if one.distinct else []
    keeping = table(
        f"fused_gathered_{place}", *codes, column("person_id", BigInteger), column("slice", SmallInteger),
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
        who = one.population
        criteria = (who.covered_on, who.criteria, who.exclude) if who else None
        if criteria not in groups and len(groups) == MOST_FLAGS:
            yield some
            some, groups = [], set()
        groups.add(criteria)
        some.append(place)
    if some:
        yield some


def _sources(
    warehouse: Warehouse, definitions: Sequence[IndicatorDefinition], known: Mapping[str, set[str]] | None
) -> list[tuple[str, ...]]:
    """Return per indicator every source that filled a table it used; each table is asked once, if at all."""
    names = dict.fromkeys(name for one in definitions for name in tables_of(one))
    of_table = known or {
        name: {source for (source,) in warehouse.read(select(column("source")).select_from(table(name)).distinct())}
        for name in names
    }
    return [
        tuple(sorted({source for name in tables_of(one) for source in of_table.get(name, ()) if source}))
        for one in definitions
    ]
