"""A region's peers for one reader: the regions of its set that are nearest to it on traits that the reader chose.

It says nothing that its rows do not say already: each distance follows from figures that the reader can fetch one by
one, and a hidden figure takes part by the range that its region published.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec
from sqlalchemy import Connection, select

from hub import tables
from hub.audit import utc_text
from hub.comparison.known import Known
from hub.comparison.peers import Neighbour, PeersImpossible, nearest, spread
from hub.intake.ledger import not_listed
from hub.serving.compared import IndicatorAbsent
from hub.serving.figures import offers
from hub.serving.kept_views import kept_view
from hub.serving.offered import NotOffered
from hub.serving.profile_figures import newest_periods
from hub.serving.taking_part import figures_of, why_left_out
from hub.serving.view import IndicatorView
from schemas.catalogue import catalogue
from schemas.codes import Audience
from schemas.definition import Text
from schemas.values import TypedValue

USUAL_PEERS = 5
MOST_PEERS = 50
MOST_TRAITS = 12


class TraitUnfit(NotOffered):
    """A trait that there is not, that the region has no figure of, or that tells no regions apart."""


class TraitView(msgspec.Struct, frozen=True):
    """One trait: `spread` is the standard deviation, in its unit, of the regions that show it; `value` the region's."""

    indicator: str
    title: Text
    unit: Text
    period: str
    definition_hash: str
    spread: Decimal
    shown_by: int
    value: TypedValue


class Peer(msgspec.Struct, frozen=True):
    """A region that is among the nearest (`certain`), or can be, for all that is known (`possible`).

    Distances in standard deviations: `distance` of the figures as shown, None where one of them is hidden; `high` None
    has no upper end. `values` are its figures of the traits, in their order.
    """

    region: str
    name: str
    likeness: Literal["certain", "possible"]
    distance: Decimal | None
    low: Decimal
    high: Decimal | None
    values: tuple[TypedValue, ...]


class LeftOut(msgspec.Struct, frozen=True):
    """A region that cannot be laid beside the others, the trait that it lacks, and why, in a comparison's code."""

    region: str
    name: str
    indicator: str
    why_not: str


class PeersView(msgspec.Struct, frozen=True):
    """A region's `count` nearest on the traits, the nearest first; more than `count` where some are only possible."""

    region: str
    name: str
    region_set: str
    audience: Audience
    as_known_on: str
    count: int
    traits: tuple[TraitView, ...]
    peers: tuple[Peer, ...]
    left_out: tuple[LeftOut, ...]


def peers_view(
    connection: Connection,
    reader: Audience,
    now: datetime,
    code: str,
    traits: Sequence[str],
    count: int = USUAL_PEERS,
    period: str | None = None,
    known_on: str | None = None,
) -> PeersView:
    """Return the nearest regions of the region's own set, at the total of every dimension.

    Without period each trait is of the newest that has begun and that the region has. Raises RegionNotListed or
    TraitUnfit.
    """
    table = tables.region.c
    region = connection.execute(select(table.name, table.region_set).where(table.code == code)).one_or_none()
    if region is None:
        raise not_listed(connection)
    newest = newest_periods(connection, reader, code, region.region_set, now)
    views = []
    for name in traits:
        if name not in catalogue() or name not in newest:
            raise TraitUnfit(
                Text(
                    "Een van de kenmerken is er niet bij wat deze regio met u deelt; kies uit haar indicatoren.",
                    f"{code} did not release one of these traits to you; choose from its indicators.",
                ),
                sorted(set(newest) & set(catalogue())),
            )
        at = period or (None if known_on else newest[name])
        try:
            views.append(kept_view(connection, reader, now, name, at, region.region_set, None, known_on))
        except IndicatorAbsent as error:
            raise TraitUnfit(error.text, error.allowed) from error
    figures = [figures_of(view) for view in views]
    for view, own in zip(views, figures, strict=True):
        _check(view, own, code)
    near = nearest(code, figures, count)
    return PeersView(
        region=code,
        name=region.name,
        region_set=region.region_set,
        audience=reader,
        as_known_on=known_on or utc_text(now),
        count=count,
        traits=tuple(_trait(view, own, code) for view, own in zip(views, figures, strict=True)),
        peers=tuple(_peer(one, views) for one in near),
        left_out=_left_out(views, figures, code),
    )


def choosable(connection: Connection, reader: Audience, now: datetime, region_set: str | None) -> tuple[str, ...]:
    """Return what regions of a set, or of any, can be told apart by: indicators that several of them released."""
    found = (one for one in offers(connection, reader, now) if region_set in (None, one.region_set) and one.regions > 1)
    return tuple(sorted({one.indicator for one in found if one.indicator in catalogue()}))


def _check(view: IndicatorView, figures: Mapping[str, Known], code: str) -> None:
    try:
        spread(figures)
        nearest(code, [figures], 1)
    except PeersImpossible as error:
        raise TraitUnfit(
            Text(
                f"{view.title.nl} ({view.period}) is hier geen kenmerk. {error.text.nl}; kies een ander.",
                f"{view.indicator} of {view.period} is no trait here. {error.text.en}; choose another.",
            )
        ) from error


def _trait(view: IndicatorView, figures: Mapping[str, Known], code: str) -> TraitView:
    own = next(row for row in view.rows if row.region == code)
    return TraitView(
        indicator=view.indicator,
        title=view.title,
        unit=view.unit,
        period=view.period,
        definition_hash=view.definition_hash,
        spread=_rounded(spread(figures)),
        shown_by=sum(one.value is not None for one in figures.values()),
        value=own.value,
    )


def _peer(one: Neighbour, views: Sequence[IndicatorView]) -> Peer:
    rows = [next(row for row in view.rows if row.region == one.region) for view in views]
    return Peer(
        region=one.region,
        name=rows[0].name,
        likeness="certain" if one.is_certain else "possible",
        distance=None if one.distance is None else _rounded(one.distance),
        low=_rounded(one.low, None if one.low == one.high else "ROUND_FLOOR"),
        high=None if math.isinf(one.high) else _rounded(one.high, None if one.low == one.high else "ROUND_CEILING"),
        values=tuple(row.value for row in rows),
    )


def _left_out(views: Sequence[IndicatorView], figures: Sequence[Mapping[str, Known]], code: str) -> tuple[LeftOut, ...]:
    """Return every region that some trait knows and another does not, by name and once, with the first it lacks."""
    names = {row.region: row.name for view in views for row in view.rows}
    found = []
    for region in sorted(names, key=lambda one: (names[one], one)):
        for view, own in zip(views, figures, strict=True):
            if region not in own and region != code:
                row = next((row for row in view.rows if row.region == region), None)
                why = None if row is None else why_left_out(row) or row.why_not
                found.append(LeftOut(region, names[region], view.indicator, why or "not_available"))
                break
    return tuple(found)


def _rounded(value: float, how: str | None = None) -> Decimal:
    """Return a distance as readers see it; ends of a range are rounded outward, so that they still hold."""
    return Decimal(repr(round(value, 9))).quantize(Decimal("0.001"), how)
