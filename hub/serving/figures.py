"""Figures that a reader may see: per region, indicator and period the latest state, now or as known on a moment.

A moment is the hub's acceptance time (`accepted_at`, UTC text). What counts is the order in the region's chain, never
the order of arrival. A region speaks for its own events only, and a correction counts at the place (indicator, period,
set of regions) of its own figures: where that is another than that of what it corrects, it changes nothing there.
Readers outside the network see figures only once regions could reply to a comparison of them (`hub.intake.hold`).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, select

from hub import tables
from hub.intake import hold
from hub.intake.hold import open_to
from schemas.codes import AUDIENCES, Audience, first_day, may_read
from schemas.payloads import IndicatorCorrected, IndicatorPublished
from schemas.upcast import read_payload

GONE = hold.GONE
WAITS = ("pending", "settled")


class Correction(msgspec.Struct, frozen=True):
    """What happened to an earlier event, accepted `at`, by `event_id`; `reason` is None outside its audience."""

    kind: tables.SupersededKind
    at: str
    event_id: str
    earlier_event_id: str
    reason: str | None


class AcceptedIndicator(msgspec.Struct, frozen=True):
    """One region's figures as the hub holds them; `accepted_at` is the hub's acceptance time, UTC.

    `revision` counts from 1 what the region released at this place; `corrections` are in the order of its chain.
    `pending_since` is when the hub accepted the region's word that a correction waits, None where none does.
    """

    event_id: str
    region: str
    region_name: str
    audience: Audience
    accepted_at: str
    payload: IndicatorPublished
    revision: int = 1
    corrections: tuple[Correction, ...] = ()
    pending_since: str | None = None

    @property
    def definition_hash(self) -> str:
        """The definition that the figures were made by."""
        return self.payload.definition_hash


class WithdrawnIndicator(msgspec.Struct, frozen=True):
    """One region's figures that were taken back or destroyed: that they were there, and nothing of what they said."""

    event_id: str
    region: str
    region_name: str
    audience: Audience
    accepted_at: str
    period: str
    region_set: str
    definition_hash: str
    revision: int
    corrections: tuple[Correction, ...]


Latest = AcceptedIndicator | WithdrawnIndicator


class Offer(msgspec.Struct, frozen=True):
    """What can be compared: one indicator within one set of regions, with the periods and regions that released it."""

    region_set: str
    indicator: str
    periods: tuple[str, ...]  # newest first; those that are still to begin stand last, the soonest first
    regions: int


class RegionListed(msgspec.Struct, frozen=True):
    """A region that released something to the reader's audience."""

    code: str
    name: str
    region_set: str


def readable(reader: Audience) -> tuple[Audience, ...]:
    """Return the audiences whose items this reader may see."""
    return tuple(audience for audience in AUDIENCES if may_read(reader, audience))


def latest(
    connection: Connection,
    reader: Audience,
    indicator: str,
    period: str,
    region_set: str,
    known_on: str | None = None,
) -> tuple[Latest, ...]:
    """Return the state of every region of one set for one indicator and period, by region name.

    Regions of different sets may overlap, so they are never returned together. `known_on` (UTC text) leaves out what
    was accepted later; destroyed figures are withdrawn at every moment.
    """
    found = tables.indicator_payload.c
    here = (found.indicator == indicator, found.period == period, found.region_set == region_set)
    found_here = states(connection, reader, here, known_on)
    return tuple(sorted(found_here.values(), key=lambda one: (one.region_name, one.region)))


def over_time(
    connection: Connection,
    reader: Audience,
    indicator: str,
    region_set: str,
    periods: Sequence[str],
    regions: Collection[str],
    known_on: str | None = None,
) -> dict[tuple[str, str], Latest]:
    """Return the state of some regions of one set, by region and period: as `latest`, for many periods."""
    found = tables.indicator_payload.c
    here = (found.indicator == indicator, found.region_set == region_set, found.period.in_(periods))
    return states(connection, reader, (*here, found.region.in_(sorted(regions))), known_on)


def states(
    connection: Connection,
    reader: Audience,
    place: tuple[ColumnElement[bool], ...],
    known_on: str | None,
    by: Literal["period", "indicator"] = "period",
    is_whole: bool = True,
) -> dict[tuple[str, str], Latest]:
    """Return the states at places of one indicator or one period, by region and what differs: period or indicator.

    Without `is_whole` no payload is read, and all are given as if they were withdrawn: what stands, not what it says.
    """
    found = tables.indicator_payload
    here = (*place, *_seen(found.c, reader, known_on))
    rows = connection.execute(
        select(found, tables.region.c.name)
        .join(tables.region, tables.region.c.code == found.c.region)
        .where(*here)
        .order_by(found.c.sequence)
    ).all()
    notes = _notes(connection, reader, select(found.c.event_id).where(*here), known_on)
    at: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        at.setdefault((row.region, row._mapping[by]), []).append(row)
    payloads = _payloads(connection, [held[-1].event_id for held in at.values()]) if is_whole else {}
    return {
        key: _state(held, notes.get(key[0], ()), payloads.get(held[-1].event_id), reader) for key, held in at.items()
    }


def _seen(columns: Any, reader: Audience, known_on: str | None) -> tuple[ColumnElement[bool], ...]:
    visible: tuple[ColumnElement[bool], ...] = (
        columns.audience.in_(readable(reader)),
        *open_to(reader, columns, known_on),
    )
    return visible if known_on is None else (*visible, columns.accepted_at <= known_on)


def _notes(connection: Connection, reader: Audience, event_ids: Any, known_on: str | None) -> dict[str, list[Row[Any]]]:
    """Return by region, in its chain's order, what took these events' places; a redaction counts at every moment."""
    table = tables.superseded
    unseen = () if reader == "network" else (hold.says_unseen(table.c.by_event).label("is_unseen"),)
    rows = connection.execute(select(table, *unseen).where(table.c.event_id.in_(event_ids)).order_by(table.c.sequence))
    notes: dict[str, list[Row[Any]]] = {}
    for row in rows:
        if known_on is None or row.accepted_at <= known_on or row.kind == "redacted":
            notes.setdefault(row.region, []).append(row)
    return notes


def _payloads(connection: Connection, event_ids: Sequence[str]) -> dict[str, IndicatorPublished]:
    event = tables.event
    rows = connection.execute(
        select(event.c.id, event.c.type, event.c.payload).where(event.c.id.in_(event_ids), event.c.payload != b"")
    )
    return {row.id: figures_of(read_payload(row.type, row.payload)) for row in rows}


def figures_of(payload: Any) -> IndicatorPublished:
    """Return the figures of a payload that publishes or corrects some."""
    figures: IndicatorPublished = payload.figures if isinstance(payload, IndicatorCorrected) else payload
    return figures


def _state(
    held: Sequence[Row[Any]], notes: Iterable[Row[Any]], payload: IndicatorPublished | None, reader: Audience
) -> Latest:
    """Return the state of one region at one place from its rows there, in the order of the chain."""
    last = held[-1]
    places = {row.event_id for row in held}
    own = [one for one in notes if one.event_id in places]
    told = tuple(correction(one, reader) for one in own if one.kind in GONE or one.by_event in places)
    common = {
        "event_id": last.event_id,
        "region": last.region,
        "region_name": last.name,
        "audience": last.audience,
        "accepted_at": last.accepted_at,
        "revision": len(held),
        "corrections": told,
    }
    if payload is not None and not any(one.event_id == last.event_id and one.kind in GONE for one in own):
        return AcceptedIndicator(payload=payload, pending_since=_pending(own, last.event_id, reader), **common)
    return WithdrawnIndicator(
        period=last.period, region_set=last.region_set, definition_hash=last.definition_hash, **common
    )


def _pending(notes: Iterable[Row[Any]], event_id: str, reader: Audience) -> str | None:
    """Return since when a correction of this event waits, as its region said last."""
    said = [one for one in notes if one.event_id == event_id and one.kind in WAITS and may_read(reader, one.audience)]
    return said[-1].accepted_at if said and said[-1].kind == "pending" else None


def offers(
    connection: Connection,
    reader: Audience,
    now: datetime,
    known_on: str | None = None,
    indicator: str | None = None,
) -> tuple[Offer, ...]:
    """Return what can be compared, by region set and indicator; of one indicator where that is given.

    A period that begins after the day of `now`, or of `known_on`, is not the newest: one region could put its figures
    of a year to come in everybody's place.
    """
    found = tables.indicator_payload
    seen = _seen(found.c, reader, known_on)
    seen += () if indicator is None else (found.c.indicator == indicator,)
    there = (found.c.region_set, found.c.indicator)
    periods: dict[tuple[str, str], list[str]] = {}
    for row in connection.execute(select(*there, found.c.period).where(*seen).distinct()):
        periods.setdefault((row.region_set, row.indicator), []).append(row.period)
    counted = connection.execute(
        select(*there, func.count(found.c.region.distinct()).label("regions")).where(*seen).group_by(*there)
    )
    regions = {(row.region_set, row.indicator): row.regions for row in counted}
    today = now.astimezone(UTC).date() if known_on is None else datetime.fromisoformat(known_on).date()
    return tuple(Offer(*key, _newest_first(periods[key], today), regions[key]) for key in sorted(periods))


def _newest_first(periods: Iterable[str], today: date) -> tuple[str, ...]:
    begun: list[str] = []
    to_come: list[str] = []
    for period in sorted(periods, reverse=True):
        first = first_day(period)
        (to_come if first is None or first > today else begun).append(period)
    return (*begun, *reversed(to_come))


def regions_with(
    connection: Connection, reader: Audience, indicator: str, region_set: str, known_on: str | None = None
) -> list[str]:
    """Return the codes of the regions of a set that released an indicator, in order."""
    found = tables.indicator_payload.c
    here = (found.indicator == indicator, found.region_set == region_set, *_seen(found, reader, known_on))
    return sorted(connection.scalars(select(found.region).where(*here).distinct()))


def regions(connection: Connection, reader: Audience) -> Sequence[RegionListed]:
    """Return the regions with at least one event the reader may see, by set and name."""
    visible = select(tables.event.c.region).where(tables.event.c.audience.in_(readable(reader)))
    rows = connection.execute(
        select(tables.region.c.code, tables.region.c.name, tables.region.c.region_set)
        .where(tables.region.c.code.in_(visible))
        .order_by(tables.region.c.region_set, tables.region.c.name)
    )
    return [RegionListed(row.code, row.name, row.region_set) for row in rows]


def correction(row: Row[Any], reader: Audience) -> Correction:
    """Return a row of `superseded` as this reader may see it; a reason that was destroyed is None too.

    So is one that came with figures that the reader does not see, as `is_unseen` of the row says where it has it.
    """
    reason = row.reason if may_read(reader, row.audience) and not getattr(row, "is_unseen", False) else None
    return Correction(row.kind, row.accepted_at, row.by_event, row.event_id, reason or None)
