"""Inequality between areas for one reader: the slope of an indicator along another that ranks the areas.

Areas are the regions of one set, or the areas within one region. All follows from figures that the reader can fetch;
the relative index of regions needs their mean, and is given only where the regions together may be shown.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection

from hub.audit import utc_text
from hub.comparison.bounds import Ends
from hub.comparison.inequality import (
    GradientImpossible,
    ratio_ends,
    relative_ends,
    ridits,
    slope_ends,
    slope_index,
)
from hub.comparison.known import Known
from hub.comparison.scale import DAYS_PER_YEAR, DECIMALS
from hub.serving.gradient_areas import Found, GradientRefused, areas_within, regions_of
from schemas.catalogue import catalogue
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition, Text
from schemas.values import TypedValue

First = Literal["highest", "lowest"]
Weights = Literal["people", "equal"]


class GradientArea(msgspec.Struct, frozen=True):
    """One area at its `place` on the gradient, 0 the least favoured end to 1: its figure, and the one that ranks it.

    `shown` is None where the figure is hidden; it then lies from `low` to `high`, both None for a figure that is shown.
    `people` is its denominator: persons, of a rate person-years (rounded), of a mean records.
    """

    area: str
    name: str
    place: Decimal
    people: int | None
    value: TypedValue
    shown: Decimal | None
    low: Decimal | None
    high: Decimal | None
    rank_value: TypedValue


class AreaLeftOut(msgspec.Struct, frozen=True):
    """An area without a usable figure of one of the two, and why, in a comparison's code."""

    area: str
    name: str
    indicator: str
    why_not: str


class InequalityView(msgspec.Struct, frozen=True):
    """One indicator along one gradient, areas in its order; `first` says which end of `rank_by` is the least favoured.

    `slope` is the difference between both ends of the gradient, in the unit, above 0 where the least favoured have the
    higher figure; `low`..`high` its 95% interval, or, with `bounds` range, all that it can be where figures are hidden
    (then `slope` is None). `relative` is the slope over the mean, `ratio` the highest figure over the lowest, each with
    what it can be. `relative_withheld` and `why_no_ratio` say in code why there is none.
    """

    indicator: str
    version: int
    definition_hash: str
    title: Text
    unit: Text
    period: str
    rank_by: str
    rank_title: Text
    rank_period: str
    first: First
    region_set: str
    region: str | None
    by: dict[str, str]
    weights: Weights
    audience: Audience
    as_known_on: str
    areas: tuple[GradientArea, ...]
    left_out: tuple[AreaLeftOut, ...]
    bounds: Literal["interval", "range"]
    slope: Decimal | None
    low: Decimal
    high: Decimal
    relative: Decimal | None
    relative_low: Decimal | None
    relative_high: Decimal | None
    relative_withheld: str | None
    ratio: Decimal | None
    ratio_low: Decimal | None
    ratio_high: Decimal | None
    why_no_ratio: str | None


def inequality_view(
    connection: Connection,
    reader: Audience,
    now: datetime,
    indicator: str,
    rank_by: str,
    period: str | None = None,
    rank_period: str | None = None,
    region_set: str | None = None,
    region: str | None = None,
    by: Mapping[str, str] | None = None,
    first: First | None = None,
    weights: Weights = "people",
    known_on: str | None = None,
) -> InequalityView:
    """Return the gradient that a reader asked for: over a set's regions, or with `region` over the areas within it.

    Without `first` the definition of `rank_by` says which end is the least favoured. Raises IndicatorUnknown,
    IndicatorAbsent, CutUnknown, or GradientRefused where there is no gradient, or what is hidden leaves its order open.
    """
    place = (connection, reader, now, indicator, rank_by, period, rank_period)
    if region is None:
        found = regions_of(*place, region_set, by or {}, known_on)
    else:
        found = areas_within(*place, region, by or {}, known_on)
    end = first or _least_favoured(catalogue()[rank_by])
    order, left_out = _ordered(found, end)
    people = _people(found, order, weights)
    figures = [found.figures[area] for area in order]
    ranks = [_spot(found.ranks[area]).low for area in order]
    try:
        told = _told(catalogue()[indicator], figures, people, ranks)
        places = ridits(people, ranks)
    except GradientImpossible as error:
        raise GradientRefused(error.text) from error
    if found.withheld is not None and weights == "people":
        told |= {"relative": None, "relative_low": None, "relative_high": None, "relative_withheld": found.withheld}
    return InequalityView(
        indicator=indicator,
        version=catalogue()[indicator].version,
        definition_hash=catalogue()[indicator].hash,
        title=catalogue()[indicator].title,
        unit=catalogue()[indicator].unit,
        period=found.period,
        rank_by=rank_by,
        rank_title=catalogue()[rank_by].title,
        rank_period=found.rank_period,
        first=end,
        region_set=found.region_set,
        region=region,
        by=dict(by or {}),
        weights=weights,
        audience=reader,
        as_known_on=known_on or utc_text(now),
        areas=tuple(_area(found, area, spot, catalogue()[indicator]) for area, spot in zip(order, places, strict=True)),
        left_out=left_out,
        **told,
    )


def _least_favoured(definition: IndicatorDefinition) -> First:
    if definition.favourable == "neither":
        raise GradientRefused(
            Text(
                "Deze rangorde zegt niet welk uiteinde minder gunstig is; kies het hoogste of het laagste.",
                f"{definition.id} does not say which end is the less favoured; choose first=highest or first=lowest.",
            ),
            ("highest", "lowest"),
        )
    return "highest" if definition.favourable == "lower" else "lowest"


def _ordered(found: Found, first: First) -> tuple[list[str], tuple[AreaLeftOut, ...]]:
    """Return the areas with both figures, the least favoured first; raises GradientRefused where it could be another.

    Shown figures are ordered as they are shown; equal ones share a place. A hidden one has a place only where none of
    all that it can be lies among what another is or can be.
    """
    spots = {area: _spot(found.ranks[area]) for area in set(found.figures) & set(found.ranks)}
    for area, (low, high) in spots.items():
        others = (spot for other, spot in spots.items() if other != area)
        if found.ranks[area].value is None and any(spot.low <= high and low <= spot.high for spot in others):
            raise GradientRefused(
                Text(
                    "Een verborgen cijfer laat de rangorde open; kies een ander cijfer om op te ordenen.",
                    "A hidden figure of the indicator that ranks leaves their order open; choose another to rank by.",
                )
            )
    usable = sorted(spots, key=lambda area: (spots[area].low, area))
    left = tuple(
        AreaLeftOut(area, found.names[area], *found.why[area])
        for area in sorted(found.why, key=lambda area: (found.names[area], area))
    )
    return (usable[::-1] if first == "highest" else usable), left


def _spot(one: Known) -> Ends:
    """Return between what a figure is ranked: shown ones as they are shown, rounded or not."""
    return Ends(one.low, one.high) if one.value is None else Ends(one.value, one.value)


def _people(found: Found, order: Sequence[str], weights: Weights) -> list[float]:
    if weights == "equal":
        return [1.0] * len(order)
    numbers = [found.people.get(area) for area in order]
    if any(number is None for number in numbers):
        raise GradientRefused(
            Text(
                "De cijfers zeggen niet van hoeveel mensen ze zijn; laat elk gebied even zwaar tellen.",
                "The figures do not say of how many people each is, so that areas cannot weigh by them; weights=equal"
                " lets each area count alike.",
            ),
            ("equal",),
        )
    return [float(number or 0) for number in numbers]


def _told(
    definition: IndicatorDefinition, figures: Sequence[Known], people: Sequence[float], ranks: Sequence[float]
) -> dict[str, Any]:
    """Return slope, relative index and ratio: with interval where all is shown, else what they can be."""
    ends = [_spot(one) for one in figures]
    values = [one.value for one in figures if one.value is not None]
    decimals = DECIMALS[definition.kind] + 1
    nothing: dict[str, Any] = dict.fromkeys(("relative", "relative_low", "relative_high", "relative_withheld"))
    if len(values) == len(figures):
        found = slope_index(values, people, ranks=ranks)
        told = {"bounds": "interval", "slope": _rounded(found.difference, decimals)}
        told |= {"low": _rounded(found.interval.low, decimals), "high": _rounded(found.interval.high, decimals)}
        told |= nothing | {"relative": None if found.relative is None else _rounded(found.relative, 3)}
        return told | _ratio(ends)
    slope, relative = slope_ends(ends, people, ranks), relative_ends(ends, people, ranks)
    told = {"bounds": "range", "slope": None} | _between("", slope, decimals) | nothing
    return told | ({} if relative is None else _between("relative_", relative, 3)) | _ratio(ends)


def _ratio(ends: Sequence[Ends]) -> dict[str, Any]:
    try:
        found = ratio_ends(ends)
    except GradientImpossible:
        return dict.fromkeys(("ratio", "ratio_low", "ratio_high")) | {"why_no_ratio": "lowest_is_zero"}
    if found.is_known and all(one.is_known for one in ends):
        return {"ratio": _rounded(found.low, 2), "ratio_low": None, "ratio_high": None, "why_no_ratio": None}
    return {"ratio": None, "why_no_ratio": None} | _between("ratio_", found, 2)


def _between(name: str, ends: Ends, decimals: int) -> dict[str, Any]:
    """Return both ends, rounded outward so that they still hold."""
    step = Decimal(1).scaleb(-decimals)
    low = Decimal(repr(round(ends.low, 9))).quantize(step, "ROUND_FLOOR")
    top = None if math.isinf(ends.high) else Decimal(repr(round(ends.high, 9))).quantize(step, "ROUND_CEILING")
    return {f"{name}low": low, f"{name}high": top}


def _rounded(value: float, decimals: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-decimals)) + 0


def _area(found: Found, area: str, place: float, definition: IndicatorDefinition) -> GradientArea:
    one, decimals = found.figures[area], DECIMALS[definition.kind]
    ends = {"low": None, "high": None} if one.value is not None else _between("", Ends(one.low, one.high), decimals)
    return GradientArea(
        area=area,
        name=found.names[area],
        place=_rounded(place, 3),
        people=_persons(found.people.get(area), definition),
        value=found.values[area],
        shown=None if one.value is None else _rounded(one.value, decimals),
        **ends,
        rank_value=found.rank_values[area],
    )


def _persons(number: int | None, definition: IndicatorDefinition) -> int | None:
    is_days = definition.measure is not None and definition.measure.denominator == "covered_days"
    return round(number / DAYS_PER_YEAR) if number is not None and is_days else number
