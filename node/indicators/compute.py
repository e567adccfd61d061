"""Run a compiled indicator on the linked store and lay its figures out as dense arrays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import duckdb
import numpy as np
from duckdb_sqlalchemy import Dialect
from sqlalchemy import Executable

from node.records.store import organisations_not_recorded
from schemas.definition import IndicatorDefinition

from .compile import band_labels, compile, compile_organisations, is_money
from .figures import Axis, ByOrganisation, ComputedIndicator, Counts
from .requirements import needs

_DIALECT: Final = Dialect(paramstyle="qmark")
_SEXES: Final = ("f", "m")
_AREAS_NAMED: Final = 4  # in a sentence
_FEWEST_TOLD: Final = 10
_PLACES_TOLD: Final = 5


class AreaTwice(ValueError):
    """An area is named twice, so its figures would have two places."""


def statement_for_duckdb(statement: Executable) -> tuple[str, list[Any]]:
    """Return the text of a statement for DuckDB and its parameters in order; no value is written into the text."""
    compiled = statement.compile(  # type: ignore[attr-defined]
        dialect=_DIALECT, compile_kwargs={"render_postcompile": True}
    )
    parameters = compiled.params
    return str(compiled), [parameters[name] for name in compiled.positiontup or ()]


def compute(
    connection: duckdb.DuckDBPyConnection, definition: IndicatorDefinition, period: str, areas: tuple[str, ...]
) -> ComputedIndicator:
    """Compute one indicator over one period at the finest cells: integers only, zero where nobody is.

    Axes follow `definition.dimensions`: `area` in the order of `areas` (no such axis if `areas` is empty), every age
    band, and the sexes f and m, with `unknown` only if such persons occur. Ages are completed years on the reference
    date: 1 July or 31 December for a year (see `read_period`).

    Raises NothingToCount, PeriodUnknown and AreaTwice.
    """
    check_areas(areas)
    text, parameters = statement_for_duckdb(compile(definition, period, areas))
    rows = connection.execute(text, parameters).fetchall()
    names = [name for name in definition.dimensions if name != "area" or areas]
    axes = tuple(_axis(name, definition, areas, (row[names.index(name)] for row in rows)) for name in names)
    figures = _dense(axes, rows, len(rows[0]) - len(axes) if rows else _width(definition))
    largest = np.maximum(np.stack(figures[-2:], axis=-1), 0) if is_money(definition) else None
    denominator, denominator_persons = (figures[2], figures[3]) if _has_denominator(definition) else (None, None)
    found = ComputedIndicator(
        definition=definition,
        period=period,
        axes=axes,
        numerator=figures[0],
        numerator_persons=figures[1],
        denominator=denominator,
        denominator_persons=denominator_persons,
        sources=_sources(connection, definition),
        largest=largest,
    )
    return attributed(connection, found, areas)


def attributed(
    connection: duckdb.DuckDBPyConnection,
    found: ComputedIndicator,
    areas: tuple[str, ...],
    known: tuple[ByOrganisation, tuple[str, ...]] | None = None,
    decided: Mapping[str, str] | None = None,
) -> ComputedIndicator:
    """Lay beside a sum of money what each organisation was paid of it; anything else stays as it is.

    `known` is what each was paid, and the sources with records that do not say whom, where that was counted already;
    `decided` what `organisations_not_recorded` returns, where that was asked already.
    """
    if not is_money(found.definition):
        return found
    organisations, silent = known or _organisations(connection, found.definition, found.period, areas, found.axes)
    if decided is None:
        decided = organisations_not_recorded(connection) if silent else {}
    return replace(
        found,
        organisations=organisations,
        not_recorded=tuple((source, decided[source]) for source in silent if source in decided),
        unattributed=tuple(source for source in silent if source not in decided),
    )


def check_areas(areas: tuple[str, ...]) -> None:
    """Raise AreaTwice where an area is named twice."""
    if len(set(areas)) < len(areas):
        raise AreaTwice("The region's list of areas names an area twice; list every area once.")


def outside(connection: duckdb.DuckDBPyConnection, areas: tuple[str, ...]) -> tuple[str, ...]:
    """Say who is counted nowhere because they live in none of the region's areas: one sentence a municipality.

    Nothing where no areas are named: then everybody counts. Fewer than ten persons are not told by number.
    """
    if not areas:
        return ()
    rows = connection.execute(
        "SELECT municipality, count(*) FROM person WHERE municipality IS NULL OR NOT list_contains(?, municipality) "
        "GROUP BY municipality ORDER BY count(*) DESC, municipality",
        [list(areas)],
    ).fetchall()
    named = ", ".join(areas[:_AREAS_NAMED]) + (", ..." if len(areas) > _AREAS_NAMED else "")
    told = tuple(
        f"{number if number >= _FEWEST_TOLD else 'Fewer than ten'} persons "
        f"{'have no municipality' if place is None else f'live in {place}, which is no area of this node ({named})'};"
        " they are counted nowhere."
        for place, number in rows[:_PLACES_TOLD]
    )
    more = len(rows) - _PLACES_TOLD
    return (*told, f"So it is with {more} other municipalities.") if more > 0 else told


def _organisations(
    connection: duckdb.DuckDBPyConnection,
    definition: IndicatorDefinition,
    period: str,
    areas: tuple[str, ...],
    axes: Sequence[Axis],
) -> tuple[ByOrganisation, tuple[str, ...]]:
    """Return what each organisation was paid, and the sources with records that do not say whom."""
    text, parameters = statement_for_duckdb(compile_organisations(definition, period, areas))
    rows = connection.execute(text, parameters).fetchall()
    paid, source, amount = range(len(axes), len(axes) + 3)
    codes = tuple(sorted({row[paid] for row in rows if row[paid] is not None}))
    known = [(*row[: paid + 1], row[amount]) for row in rows if row[paid] is not None]
    (amounts,) = _dense((*axes, Axis("organisation", codes)), known, 1)
    return ByOrganisation(codes, amounts), tuple(sorted({row[source] for row in rows if row[paid] is None}))


def _has_denominator(definition: IndicatorDefinition) -> bool:
    return definition.measure is not None and definition.measure.denominator is not None


def _width(definition: IndicatorDefinition) -> int:
    return 2 + 2 * _has_denominator(definition) + 2 * is_money(definition)


def _axis(name: str, definition: IndicatorDefinition, areas: tuple[str, ...], seen: Iterable[str]) -> Axis:
    if name == "area":
        return Axis(name, areas)
    if name == "age_band":
        below = None if definition.population is None else definition.population.age_below
        return Axis(name, band_labels(definition.age_bands, below))
    return Axis(name, (*_SEXES, "unknown") if "unknown" in set(seen) else _SEXES)


def _dense(axes: Sequence[Axis], rows: Sequence[Sequence[Any]], width: int) -> list[Counts]:
    places = [{leaf: place for place, leaf in enumerate(axis.leaves)} for axis in axes]
    figures = [np.zeros([len(axis.leaves) for axis in axes], dtype=np.int64) for _ in range(width)]
    for row in rows:
        cell = tuple(place[leaf] for place, leaf in zip(places, row, strict=False))
        for figure, number in zip(figures, row[len(axes) :], strict=True):
            figure[cell] = number
    return figures


def tables_of(definition: IndicatorDefinition) -> tuple[str, ...]:
    """Return the record tables that an indicator's figures come from."""
    tables = {"coverage"} | {criterion.record for criterion in needs(definition)}
    tables.discard("death")  # said by the register, which is not named
    return tuple(sorted(tables))


def _sources(connection: duckdb.DuckDBPyConnection, definition: IndicatorDefinition) -> tuple[str, ...]:
    # Table names come from the closed list of record kinds, never from outside.
    union = " UNION ".join(f"SELECT DISTINCT source FROM {name}" for name in tables_of(definition))  # nosec B608  # noqa: S608
    return tuple(source for (source,) in connection.execute(f"{union} ORDER BY 1").fetchall() if source)
