"""The areas of a gradient with their two figures: the regions of a set, or the areas within one region."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from hub import tables
from hub.comparison import StoredIndicator
from hub.comparison.known import Known, known
from hub.comparison.stored import cell_of
from hub.intake.ledger import not_listed
from hub.serving.as_compared import stored_of
from hub.serving.compared import IndicatorUnknown, check_cut, figures_held
from hub.serving.kept_views import kept_view
from hub.serving.offered import NotOffered
from hub.serving.taking_part import figures_of, why_left_out
from hub.serving.view import IndicatorView
from schemas.catalogue import catalogue, counts_as
from schemas.codes import AREA, TOTAL, Audience
from schemas.definition import Text
from schemas.divisions import redrawn
from schemas.values import Exact, NotAvailable, Suppressed, TypedValue


class GradientRefused(NotOffered):
    """There is no gradient to be told of: too few areas, no order, nobody to weigh by, or no end to what is hidden."""


class Found(NamedTuple):
    """Areas by code: the figures and those that rank, what each can be, and of those left out which they lack and why.

    `withheld` says in code why the mean over people may not be told, None where it may.
    """

    period: str
    rank_period: str
    region_set: str
    names: Mapping[str, str]
    figures: Mapping[str, Known]
    ranks: Mapping[str, Known]
    values: Mapping[str, TypedValue]
    rank_values: Mapping[str, TypedValue]
    people: Mapping[str, int]
    why: Mapping[str, tuple[str, str]]
    withheld: str | None


def regions_of(
    connection: Connection,
    reader: Audience,
    now: datetime,
    indicator: str,
    rank_by: str,
    period: str | None,
    rank_period: str | None,
    region_set: str | None,
    by: Mapping[str, str],
    known_on: str | None,
) -> Found:
    """Return the regions of a set; what ranks them is taken at its total. Raises as a comparison does."""
    view = kept_view(connection, reader, now, indicator, period, region_set, by, known_on)
    rank = kept_view(connection, reader, now, rank_by, rank_period, view.region_set, None, known_on)
    figures, ranks = figures_of(view), figures_of(rank)
    values, rank_values = _values(view), _values(rank)
    withheld = None if view.reference is not None else view.reference_withheld or "no_reference"
    return Found(
        view.period,
        rank.period,
        view.region_set,
        {row.region: row.name for one in (view, rank) for row in one.rows},
        figures,
        ranks,
        values,
        rank_values,
        _people(values),
        _lacking(view, figures, values) | _lacking(rank, ranks, values),
        withheld,
    )


def areas_within(
    connection: Connection,
    reader: Audience,
    now: datetime,
    indicator: str,
    rank_by: str,
    period: str | None,
    rank_period: str | None,
    region: str,
    by: Mapping[str, str],
    known_on: str | None,
) -> Found:
    """Return the areas of which one region gives both figures; raises RegionNotListed, NotOffered or GradientRefused.

    Their mean is the region's own to tell, so that nothing is withheld.
    """
    if rank_by not in catalogue():
        raise IndicatorUnknown
    table = tables.region.c
    region_set = connection.scalar(select(table.region_set).where(table.code == region))
    if region_set is None:
        raise not_listed(connection)
    place = (connection, reader, now)
    one = _of_region(*place, indicator, period, region, region_set, by, known_on)
    other = _of_region(*place, rank_by, rank_period, region, region_set, {}, known_on)
    areas = sorted((_areas(one) | _areas(other)) - {region})
    values = {area: cell_of(one, {**by, AREA: area}) or NotAvailable() for area in areas}
    rank_values = {area: cell_of(other, {AREA: area}) or NotAvailable() for area in areas}
    figures = {area: known(catalogue()[indicator], value) for area, value in values.items()}
    years = one.payload.division_year, other.payload.division_year
    other_land = {area for area in areas if _is_redrawn(area, *years)}
    ranks = {area: known(catalogue()[rank_by], rank_values[area]) for area in areas if area not in other_land}
    shown = {area: found for area, found in figures.items() if found is not None}
    ranked = {area: found for area, found in ranks.items() if found is not None}
    why = {area: (rank_by, _tag(value)) for area, value in rank_values.items() if area not in ranked}
    why |= {area: (indicator, _tag(value)) for area, value in values.items() if area not in shown}
    why |= dict.fromkeys(other_land, (rank_by, "division_year"))
    names = {area: area for area in areas}
    people = _people(values)
    periods = (one.payload.period, other.payload.period)
    return Found(*periods, region_set, names, shown, ranked, values, rank_values, people, why, None)


def _of_region(
    connection: Connection,
    reader: Audience,
    now: datetime,
    indicator: str,
    period: str | None,
    region: str,
    region_set: str,
    by: Mapping[str, str],
    known_on: str | None,
) -> StoredIndicator:
    held = figures_held(connection, reader, now, indicator, period, region_set, known_on)
    check_cut(indicator, held, by)
    stored = {one.region: one for one in stored_of(held)}
    if region not in stored:
        raise GradientRefused(
            Text(
                "Deze regio heeft hier geen cijfers van deze indicator; kies een van deze regio’s.",
                f"{region} has no figures of {indicator} here; choose one of these regions.",
            ),
            stored,
        )
    if not counts_as(catalogue()[indicator], stored[region].payload.definition_hash):
        raise GradientRefused(
            Text(
                "Deze regio heeft hier alleen cijfers volgens een andere definitie; kies een andere periode.",
                f"{region} has figures of {indicator} by another definition only; choose another period.",
            )
        )
    quality = stored[region].payload.quality
    if quality is not None and quality.is_partial:
        raise GradientRefused(
            Text(
                "De cijfers van deze regio dekken te weinig mensen om gebieden te vergelijken; kies een andere"
                " periode.",
                f"{region}'s figures of {indicator} cover too few to lay areas beside each other; choose another"
                " period.",
            )
        )
    return stored[region]


def _is_redrawn(area: str, one: int, other: int) -> bool:
    """Tell whether a code is of other land in two divisions: a merged municipality, or a district, drawn anew."""
    if one == other:
        return False
    return area.startswith(("WK", "BU")) or area in redrawn(one, other)


def _areas(one: StoredIndicator) -> set[str]:
    if AREA not in one.payload.dimensions:
        return set()
    at = one.payload.dimensions.index(AREA)
    return {cell.nodes[at] for cell in one.payload.cells} - {TOTAL}


def _values(view: IndicatorView) -> dict[str, TypedValue]:
    return {row.region: row.value for row in view.rows}


def _people(values: Mapping[str, TypedValue]) -> dict[str, int]:
    shown = {area: one.denominator for area, one in values.items() if isinstance(one, Exact | Suppressed)}
    return {area: number for area, number in shown.items() if number}


def _lacking(
    view: IndicatorView, figures: Mapping[str, Known], values: Mapping[str, TypedValue]
) -> dict[str, tuple[str, str]]:
    """Return of each region without a usable figure of this indicator, itself or among the others' rows, why."""
    rows = {row.region: row for row in view.rows}
    found = {}
    for region in set(rows) | set(values):
        if region not in figures:
            row = rows.get(region)
            why = None if row is None else why_left_out(row) or row.why_not
            found[region] = (view.indicator, why or "not_available")
    return found


def _tag(value: TypedValue) -> str:
    return str(value.__struct_config__.tag)
