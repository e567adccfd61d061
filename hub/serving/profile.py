"""One region's profile: its latest figure of every indicator beside the set's own figure, and no number over them all.

Each row says what the comparison of that indicator and period says of this region. The set's figure is the one that
was proven and kept (`hub.serving.totals`); where none may be shown, nothing is judged.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection

from hub.audit import utc_text
from hub.comparison import Reference, Standing, StoredIndicator, Withheld
from hub.comparison.scale import interval, most, readable, shown
from hub.comparison.standing import standing
from hub.comparison.stored import cell_of
from hub.serving.chains import chains
from hub.serving.figures import AcceptedIndicator, Latest
from hub.serving.marks import by_place
from hub.serving.profile_figures import kept_places, own_states
from hub.serving.profile_totals import references
from hub.serving.remembered import remembered
from schemas.canonical import sha256_hex
from schemas.catalogue import catalogue
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition, Text
from schemas.values import Exact, NotAvailable, Rounded, Suppressed, TypedValue, Withdrawn


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


_rows: Final = msgspec.json.Decoder(tuple[ProfileRow, ...])


def profile(connection: Connection, reader: Audience, now: datetime, code: str) -> ProfileView:
    """Return the latest figure, among the periods that have begun, of every indicator that the region released.

    Within the region's own set and at the total of every dimension. Raises RegionUnknown.
    """
    standing, known = chains(connection), catalogue()
    region = standing.of.get(code)
    if region is None:
        raise RegionUnknown("There is no such region; see the list of regions for their codes.")
    places = kept_places(connection, reader, code, now, region)
    marks = by_place(connection, reader, places.items(), region.region_set, standing)
    told = sorted((name, known[name].hash, marks[name, period]) for name, period in places.items())
    memory, key = remembered(connection), ("profile", reader, code)
    mark = sha256_hex(repr((region, told)).encode())
    body: bytes | None = memory.get(key, mark)
    if body is None:
        states = own_states(connection, reader, code, region.region_set, places)
        totals = references(connection, reader, region.region_set, {name: places[name] for name in states}, marks)
        found = [_row(known[name], code, state, places[name], totals[name]) for name, state in states.items()]
        body = msgspec.json.encode(sorted(found, key=lambda row: (row.axis, row.indicator)))
        memory.keep(key, mark, body, len(body))
    moment = utc_text(now)
    rows = (_aged(row, datetime.fromisoformat(moment)) for row in _rows.decode(body))
    return ProfileView(code, region.name, region.region_set, reader, moment, tuple(rows))


def _row(
    definition: IndicatorDefinition,
    code: str,
    state: Latest,
    period: str,
    found: Reference | Withheld | None,
) -> ProfileRow:
    """Return a row as it was on the day its figures were accepted."""
    reference = found if isinstance(found, Reference) else None
    withheld = None if found is None or isinstance(found, Reference) else found
    said = _said(definition, code, state, reference, withheld)
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
        **said,
    )


def _aged(row: ProfileRow, now: datetime) -> ProfileRow:
    days = (now - datetime.fromisoformat(row.accepted_at)).days
    return row if days == row.age_days else msgspec.structs.replace(row, age_days=days)


def _said(
    definition: IndicatorDefinition,
    code: str,
    state: Latest,
    reference: Reference | None,
    withheld: Withheld | None,
) -> Mapping[str, Any]:
    """Return the value, what is known about it, and the verdict or why there is none."""
    if not isinstance(state, AcceptedIndicator):
        return _bare(Withdrawn(), "withdrawn")
    payload = state.payload
    stored = StoredIndicator(code, state.region_name, payload, datetime.fromisoformat(state.accepted_at), 1)
    value = cell_of(stored, {})
    if payload.definition_hash != definition.hash:
        return _bare(value or NotAvailable(), "definition")
    if value is None:
        return _bare(NotAvailable(), "cell_missing")
    if isinstance(value, Rounded):
        return _bare(value, "no_denominator") | {"shown": Decimal(value.value).quantize(Decimal(value.step))}
    if isinstance(value, Suppressed):
        return _hidden(definition, value)
    if not isinstance(value, Exact):
        return _bare(value, str(value.__struct_config__.tag))
    estimate = {"shown": shown(definition, value.numerator, value.denominator)}
    if payload.quality is not None and payload.quality.is_partial:
        return _bare(value, "partial") | estimate
    limits = interval(definition, value.numerator, value.denominator)
    if limits is None:
        return _bare(value, "no_interval" if value.denominator else "no_denominator") | estimate
    if reference is not None and code not in reference.parts:
        return _bare(value, "division_year")  # the set's figure is made of regions of another division
    verdict = standing(*limits, None if reference is None else reference.value)
    why = ("reference_withheld" if withheld else "no_reference") if verdict == "no_verdict" else None
    low, high = (readable(definition, limit) for limit in limits)
    return _bare(value, why) | estimate | {"bounds": "interval", "low": low, "high": high, "standing": verdict}


def _hidden(definition: IndicatorDefinition, value: Suppressed) -> Mapping[str, Any]:
    needs = definition.measure is not None and definition.measure.denominator is not None
    ends: dict[str, Decimal | None] = {"low": None, "high": None}
    if not needs or value.denominator is not None:
        ends["low"] = shown(definition, value.lo, value.denominator)
        top = most(definition, value)
        ends["high"] = None if top is None else shown(definition, top, value.denominator)
    return _bare(value, "suppressed") | {"bounds": "range"} | ends


def _bare(value: TypedValue, why_not: str | None) -> dict[str, Any]:
    nothing = dict.fromkeys(("shown", "bounds", "low", "high"))
    return {**nothing, "value": value, "standing": "no_verdict", "why_not": why_not}
