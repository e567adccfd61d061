"""One region's profile: its latest figure of every indicator beside the set's own figure, and no number over them all.

Each row says what the comparison of that indicator and period says of this region. The set's figure is the one that
was proven and kept (`hub.serving.totals`); where none may be shown, nothing is judged.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec
from sqlalchemy import Connection, select

from hub import tables
from hub.audit import utc_text
from hub.comparison import ComparedRegion, Reference, Standing, Withheld
from hub.comparison.rows import bare, row_of
from hub.comparison.scale import readable
from hub.comparison.stored import cell_of
from hub.serving.as_compared import stored_of, withdrawn_of
from hub.serving.figures import Latest, WithdrawnIndicator
from hub.serving.profile_figures import newest_periods, own_states
from hub.serving.profile_totals import references
from schemas.catalogue import catalogue
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition, Text
from schemas.values import NotAvailable, TypedValue, Withdrawn


class RegionUnknown(LookupError):
    """A region that this hub has not enrolled or invited."""


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


def profile(connection: Connection, reader: Audience, now: datetime, code: str) -> ProfileView:
    """Return the latest figure, among the periods that have begun, of every indicator that the region released.

    Within the region's own set and at the total of every dimension. Raises RegionUnknown.
    """
    table = tables.region.c
    region = connection.execute(select(table.name, table.region_set).where(table.code == code)).one_or_none()
    if region is None:
        raise RegionUnknown("There is no such region; see the list of regions for their codes.")
    known = catalogue()
    newest = newest_periods(connection, reader, code, region.region_set, now)
    places = {indicator: period for indicator, period in newest.items() if indicator in known}
    states = own_states(connection, reader, code, region.region_set, places)
    told = references(connection, reader, region.region_set, {name: places[name] for name in states})
    moment = utc_text(now)
    rows = [
        _row(known[name], state, places[name], told[name], datetime.fromisoformat(moment))
        for name, state in states.items()
    ]
    rows.sort(key=lambda row: (row.axis, row.indicator))
    return ProfileView(code, region.name, region.region_set, reader, moment, tuple(rows))


def _row(
    definition: IndicatorDefinition,
    state: Latest,
    period: str,
    found: Reference | Withheld | None,
    now: datetime,
) -> ProfileRow:
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
        age_days=(now - datetime.fromisoformat(state.accepted_at)).days,
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


def _said(
    definition: IndicatorDefinition, state: Latest, reference: Reference | None, withheld: Withheld | None
) -> ComparedRegion:
    """Return what the comparison says of the region: the value, what is known about it, the verdict or why none."""
    if isinstance(state, WithdrawnIndicator):
        (gone,) = withdrawn_of([state])
        return bare(gone, Withdrawn(), "withdrawn")
    (stored,) = stored_of([state])
    value = cell_of(stored, {})
    if stored.payload.definition_hash != definition.hash:
        return bare(stored, value or NotAvailable(), "definition")
    row = row_of(definition, stored, value, reference, withheld)
    if row.bounds == "interval" and reference is not None and state.region not in reference.parts:
        # the set's figure is made of regions of another division
        return bare(stored, row.value, "division_year")
    return row
