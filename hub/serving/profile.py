"""One region's profile: its latest figure of every indicator beside the set's own figure, and no number over them all.

Each row says what the comparison of that indicator and period says of this region. The set's figure is the one that
was proven and kept (`hub.serving.totals`); where none may be shown, nothing is judged.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection

from hub.audit import utc_text
from hub.comparison import ComparedRegion, Reference, Standing, Withheld
from hub.comparison.rows import bare, row_of
from hub.comparison.scale import readable
from hub.comparison.stored import cell_of
from hub.intake.ledger import not_listed
from hub.serving.as_compared import stored_of, withdrawn_of
from hub.serving.chains import chains
from hub.serving.figures import Latest, WithdrawnIndicator
from hub.serving.marks import by_place
from hub.serving.profile_figures import kept_places, own_states
from hub.serving.profile_totals import references
from hub.serving.remembered import remembered
from hub.serving.replies import Awaited, Reply, awaited, of_region
from schemas.canonical import sha256_hex
from schemas.catalogue import catalogue, counts_as
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition, Text
from schemas.values import NotAvailable, TypedValue, Withdrawn


class ProfileRow(msgspec.Struct, frozen=True):
    """One indicator: values in its unit; `low`..`high`, `standing` and `why_not` as in a comparison.

    `reference` is the figure of the set's regions together; `reference_withheld` says in code why it is not shown.
    """

    indicator: str
    axis: str
    title: Text
    unit: Text
    favourable: Literal["higher", "lower", "neither"]
    period: str
    value: TypedValue
    shown: Decimal | None
    bounds: Literal["interval", "range"] | None
    low: Decimal | None
    high: Decimal | None
    standing: Standing
    why_not: str | None
    reference: Decimal | None
    reference_withheld: Withheld | None
    revision: int
    accepted_at: str
    age_days: int
    event_id: str
    definition_hash: str


class ProfileView(msgspec.Struct, frozen=True):
    """One region's latest figures for one reader, by axis and indicator."""

    region: str
    name: str
    region_set: str
    audience: Audience
    as_known_on: str
    rows: tuple[ProfileRow, ...]
    awaited: tuple[Awaited, ...] = ()  # figures that readers outside the network do not see yet
    replies: tuple[Reply, ...] = ()  # of the region to comparisons, the newest first


_rows: Final = msgspec.json.Decoder(tuple[ProfileRow, ...])


def profile(connection: Connection, reader: Audience, now: datetime, code: str) -> ProfileView:
    """Return the latest figure, among the periods that have begun, of every indicator that the region released.

    Within the region's own set and at the total of every dimension. Raises RegionNotListed.
    """
    standing, known = chains(connection), catalogue()
    region = standing.of.get(code)
    if region is None:
        raise not_listed(connection)
    places = kept_places(connection, reader, code, now, region)
    marks = by_place(connection, reader, places.items(), region.region_set, standing)
    told = sorted((name, known[name].hash, marks[name, period]) for name, period in places.items())
    memory, key = remembered(connection), ("profile", reader, code)
    mark = sha256_hex(repr((region, told)).encode())
    body: bytes | None = memory.get(key, mark)
    if body is None:
        states = own_states(connection, reader, code, region.region_set, places)
        totals = references(connection, reader, region.region_set, {name: places[name] for name in states}, marks)
        found = [_row(known[name], state, places[name], totals[name]) for name, state in states.items()]
        body = msgspec.json.encode(sorted(found, key=lambda row: (row.axis, row.indicator)))
        memory.keep(key, mark, body, len(body))
    moment = utc_text(now)
    rows = (_aged(row, datetime.fromisoformat(moment)) for row in _rows.decode(body))
    waits = awaited(connection, reader, None, None, region.region_set, of_region=code)
    replies = of_region(connection, reader, code)
    return ProfileView(code, region.name, region.region_set, reader, moment, tuple(rows), waits, replies)


def _row(
    definition: IndicatorDefinition,
    state: Latest,
    period: str,
    found: Reference | Withheld | None,
) -> ProfileRow:
    """Return a row as it was on the day its figures were accepted."""
    reference = found if isinstance(found, Reference) else None
    withheld = None if found is None or isinstance(found, Reference) else found
    said = _said(definition, state, reference, withheld)
    return ProfileRow(
        indicator=definition.id,
        axis=definition.axis,
        title=definition.title,
        unit=definition.unit,
        favourable=definition.favourable,
        period=period,
        reference=None if reference is None else readable(definition, reference.value),
        reference_withheld=withheld,
        revision=state.revision,
        accepted_at=state.accepted_at,
        age_days=0,
        event_id=state.event_id,
        definition_hash=state.definition_hash,
        value=said.value,
        shown=said.estimate,
        bounds=said.bounds,
        low=said.low,
        high=said.high,
        standing=said.standing,
        why_not=said.reason,
    )


def _aged(row: ProfileRow, now: datetime) -> ProfileRow:
    days = (now - datetime.fromisoformat(row.accepted_at)).days
    return row if days == row.age_days else msgspec.structs.replace(row, age_days=days)


def _said(
    definition: IndicatorDefinition, state: Latest, reference: Reference | None, withheld: Withheld | None
) -> ComparedRegion:
    """Return what the comparison says of the region: the value, what is known about it, the verdict or why none."""
    if isinstance(state, WithdrawnIndicator):
        (gone,) = withdrawn_of([state])
        return bare(gone, Withdrawn(), "withdrawn")
    (stored,) = stored_of([state])
    value = cell_of(stored, {})
    if not counts_as(definition, stored.payload.definition_hash):
        return bare(stored, value or NotAvailable(), "definition")
    row = row_of(definition, stored, value, reference, withheld)
    if row.bounds == "interval" and reference is not None and state.region not in reference.parts:
        # the set's figure is made of regions of another division
        return bare(stored, row.value, "division_year")
    return row
