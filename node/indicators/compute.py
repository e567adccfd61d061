"""Run a compiled indicator on the linked store and lay its figures out as dense arrays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from sqlalchemy import String, case, column, func, or_, select, table, union

from schemas.definition import IndicatorDefinition
from schemas.refused import Refused

from .compile import band_labels, compile, compile_organisations, is_money
from .figures import Axis, ByOrganisation, ComputedIndicator, Counts
from .linked_tables import LIVED_IN, PERSON
from .requirements import needs
from .warehouse import Place, at
from .warehouse import decided as _reasons

_SEXES: Final = ("f", "m")
_AREAS_NAMED: Final = 4  # in a sentence
_FEWEST_TOLD: Final = 10
_PLACES_TOLD: Final = 5


class AreaTwice(Refused, ValueError):
    """An area is named twice, so its figures would have two places."""


def compute(place: Place, definition: IndicatorDefinition, period: str, areas: tuple[str, ...]) -> ComputedIndicator:
    """Compute one indicator over one period at the finest cells: integers only, zero where nobody is.

    Axes follow `definition.dimensions`: `area` in the order of `areas` (no such axis if `areas` is empty), every age
    band, and the sexes f and m, with `unknown` only if such persons occur. Ages are completed years on the reference
    date: 1 July or 31 December for a year (see `read_period`).

    Raises NothingToCount, PeriodUnknown and AreaTwice.
    """
    check_areas(areas)
    rows = at(place).read(compile(definition, period, areas))
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
        sources=_sources(place, definition),
        largest=largest,
    )
    return attributed(place, found, areas)


def planned(definition: IndicatorDefinition, period: str, areas: tuple[str, ...]) -> ComputedIndicator:
    """Return an indicator as `compute` would lay it out, zero in every cell: how large it will be, and nothing else."""
    names = [name for name in definition.dimensions if name != "area" or areas]
    axes = tuple(_axis(name, definition, areas, ()) for name in names)
    zeros = np.zeros([len(axis.leaves) for axis in axes], dtype=np.int64)
    below = zeros if _has_denominator(definition) else None
    money = is_money(definition)
    return ComputedIndicator(
        definition, period, axes, zeros, zeros, below, below,
        largest=np.zeros((*zeros.shape, 2), dtype=np.int64) if money else None,
        organisations=ByOrganisation((), np.zeros((*zeros.shape, 0), dtype=np.int64)) if money else None,
    )  # fmt: skip


def attributed(
    place: Place,
    found: ComputedIndicator,
    areas: tuple[str, ...],
    known: tuple[ByOrganisation, tuple[str, ...]] | None = None,
    decided: Mapping[str, str] | None = None,
) -> ComputedIndicator:
    """Lay beside a sum of money what each organisation was paid of it; anything else stays as it is.

    `known` is what each was paid, and the sources with records that do not say whom, where that was counted already;
    `decided` what `warehouse.decided` returns, where that was asked already.
    """
    if not is_money(found.definition):
        return found
    organisations, silent = known or _organisations(place, found.definition, found.period, areas, found.axes)
    reasons = _reasons(place) if decided is None and silent else decided or {}
    return replace(
        found,
        organisations=organisations,
        not_recorded=tuple((source, reasons[source]) for source in silent if source in reasons),
        unattributed=tuple(source for source in silent if source not in reasons),
    )


def check_areas(areas: tuple[str, ...]) -> None:
    """Raise AreaTwice where an area is named twice."""
    if len(set(areas)) < len(areas):
        raise AreaTwice("The region's list of areas names an area twice; list every area once.")


def outside(place: Place, areas: tuple[str, ...]) -> tuple[str, ...]:
    """Say who is counted nowhere because they lived in none of the region's areas: one sentence a municipality.

    Nothing where no areas are named: then everybody counts. Of somebody who moved it is where they lived last. Fewer
    than ten persons are not told by number.
    """
    if not areas:
        return ()
    lived = LIVED_IN.c
    begun = func.row_number().over(partition_by=lived.person_id, order_by=lived.start_date.desc()).label("turn")
    stays = select(lived.person_id, lived.municipality, begun).subquery("stays")
    here = func.max(case((stays.c.municipality.in_(areas), 1), else_=0)).label("here")
    last = func.max(case((stays.c.turn == 1, stays.c.municipality))).label("municipality")
    home = select(stays.c.person_id, last, here).group_by(stays.c.person_id).subquery("home")
    of = case((home.c.person_id.is_not(None), home.c.municipality), else_=PERSON.c.municipality).label("place")
    is_away = case(
        (home.c.person_id.is_not(None), home.c.here == 0),
        else_=or_(PERSON.c.municipality.is_(None), PERSON.c.municipality.not_in(areas)),
    )
    away = select(of).select_from(PERSON.outerjoin(home, home.c.person_id == PERSON.c.person_id)).where(is_away)
    found = away.subquery("away")
    rows = at(place).read(select(found.c.place, func.count()).group_by(found.c.place))
    rows = sorted(rows, key=lambda row: (-row[1], row[0] is None, row[0] or ""))
    named = ", ".join(areas[:_AREAS_NAMED]) + (", ..." if len(areas) > _AREAS_NAMED else "")
    told = tuple(
        f"{number if number >= _FEWEST_TOLD else 'Fewer than ten'} persons "
        f"{'have no municipality' if town is None else f'live in {town}, which is no area of this node ({named})'};"
        " they are counted nowhere."
        for town, number in rows[:_PLACES_TOLD]
    )
    more = len(rows) - _PLACES_TOLD
    return (*told, f"So it is with {more} other municipalities.") if more > 0 else told


def _organisations(
    place: Place,
    definition: IndicatorDefinition,
    period: str,
    areas: tuple[str, ...],
    axes: Sequence[Axis],
) -> tuple[ByOrganisation, tuple[str, ...]]:
    """Return what each organisation was paid, and the sources with records that do not say whom."""
    rows = at(place).read(compile_organisations(definition, period, areas))
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


def _sources(place: Place, definition: IndicatorDefinition) -> tuple[str, ...]:
    found = (select(column("source", String)).select_from(table(name)) for name in tables_of(definition))
    rows = at(place).read(select(union(*found).subquery("sources").c.source).distinct())
    return tuple(sorted(source for (source,) in rows if source))
