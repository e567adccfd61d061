"""OMOP's COST table: it names an event and no person, so whose cost it is and when is looked up at the event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute

from .batch import RawBatch, RefusedRow
from .csv_file import ExtractEmpty
from .omop_tables import Tables, described
from .settings import OmopSettings

if TYPE_CHECKING:
    from .batch import Texts

_pc: Any = pyarrow.compute
# cost_domain_id: the table that cost_event_id points into, its key, and the date (OMOP CDM 5.4, table COST)
_EVENTS: Final = {
    "visit": ("VISIT_OCCURRENCE", "visit_occurrence_id", "visit_start_date"),
    "visit detail": ("VISIT_DETAIL", "visit_detail_id", "visit_detail_start_date"),
    "condition": ("CONDITION_OCCURRENCE", "condition_occurrence_id", "condition_start_date"),
    "drug": ("DRUG_EXPOSURE", "drug_exposure_id", "drug_exposure_start_date"),
    "procedure": ("PROCEDURE_OCCURRENCE", "procedure_occurrence_id", "procedure_date"),
    "device": ("DEVICE_EXPOSURE", "device_exposure_id", "device_exposure_start_date"),
    "measurement": ("MEASUREMENT", "measurement_id", "measurement_date"),
    "observation": ("OBSERVATION", "observation_id", "observation_date"),
    "specimen": ("SPECIMEN", "specimen_id", "specimen_date"),
}
_NOT_STATED: Final = ("", "0")  # a currency that the set leaves open is taken to be the mapping's


@dataclass(frozen=True)
class _Events:
    """Of the events of one domain that have costs: their ids, persons and dates, in the same places."""

    ids: Texts
    persons: Texts
    dates: Texts


def read_costs(tables: Tables, settings: OmopSettings) -> Iterator[RawBatch]:
    """Yield COST as cost records: the domain in lower case as category, the event's person and date.

    A row is refused whose event is not in the set, or whose currency is another than the mapping's.
    """
    if not tables.holds("COST"):
        return
    wanted = {
        "record_id": "cost_id",
        "event": "cost_event_id",
        "category": "cost_domain_id",
        "currency": "currency_concept_id",
        "amount": settings.amount,
    }
    file_columns = {
        "record_id": "cost_id",
        "person_id": "cost_event_id",
        "category": "cost_domain_id",
        "start_date": "cost_event_id",
        "amount": settings.amount,
    }
    try:
        events = _events(tables)
        for batch in tables.batches("COST", "cost", wanted):
            table, refused = _joined(batch.table, events, str(settings.currency_concept_id))
            yield RawBatch(
                "cost", batch.file, described(batch.file, "cost", file_columns), table, batch.malformed, refused
            )
    except ExtractEmpty:
        return  # an OMOP set has the table, mostly empty


def whole(column: Texts) -> Texts:
    """Return ids as integers' texts: exports through data frames write integer ids as 6.0."""
    text: Texts = _pc.replace_substring_regex(column, r"\.0+$", "")
    return text


def _events(tables: Tables) -> dict[str, _Events]:
    """Read, per domain, the events that have costs and no others: memory grows with COST, not with its set."""
    asked: dict[str, list[Any]] = {}
    for batch in tables.batches("COST", "cost", {"event": "cost_event_id", "category": "cost_domain_id"}):
        domains = _pc.utf8_lower(batch.table.column("category"))
        for domain in _pc.unique(domains).to_pylist():
            ids = whole(batch.table.column("event").filter(_pc.equal(domains, domain)))
            asked.setdefault(str(domain), []).append(_pc.unique(ids))
    found = {}
    for domain, parts in asked.items():
        if domain in _EVENTS and tables.holds(_EVENTS[domain][0]):
            found[domain] = _read_events(tables, *_EVENTS[domain], pa.concat_arrays(parts))
    return found


def _read_events(tables: Tables, table: str, key: str, day: str, asked: Texts) -> _Events:
    empty = pa.table({name: pa.array([], pa.string()) for name in ("id", "person", "date")})
    parts = [empty]
    try:
        for batch in tables.batches(table, "cost", {"id": key, "person": "person_id", "date": day}):
            ids = whole(batch.table.column("id"))
            kept = _pc.is_in(ids, value_set=asked)
            named = {"id": ids, "person": batch.table.column("person"), "date": batch.table.column("date")}
            parts.append(pa.table(named).filter(kept))
    except ExtractEmpty:
        parts = [empty]
    joined = pa.concat_tables(parts).combine_chunks()
    return _Events(joined.column("id"), joined.column("person"), joined.column("date"))


def _joined(table: pa.Table, events: dict[str, _Events], currency: str) -> tuple[pa.Table, tuple[RefusedRow, ...]]:
    domains = _pc.utf8_lower(table.column("category"))
    ids = whole(table.column("event"))
    persons: Texts = pa.chunked_array([pa.nulls(table.num_rows, pa.string())])
    dates = persons
    for domain, known in events.items():
        values = known.ids.combine_chunks() if isinstance(known.ids, pa.ChunkedArray) else known.ids
        place = _pc.if_else(
            _pc.equal(domains, domain), _pc.index_in(ids, value_set=values), pa.scalar(None, pa.int32())
        )
        persons = _pc.coalesce(persons, known.persons.take(place))
        dates = _pc.coalesce(dates, known.dates.take(place))
    stated = whole(table.column("currency"))
    foreign = _pc.invert(_pc.is_in(stated, value_set=pa.array([currency, *_NOT_STATED], pa.string())))
    lost = _pc.and_(_pc.is_null(persons), _pc.invert(foreign))
    refused = (
        *_refused(table, foreign, "currency_concept_id", "is not the currency of the mapping"),
        *_refused(table, lost, "cost_event_id", "points to an event that is not in the set"),
    )
    named = {
        "row": table.column("row"),
        "record_id": table.column("record_id"),
        "person_id": persons,
        "category": domains,
        "start_date": dates,
        "amount": table.column("amount"),
    }
    kept = _pc.invert(_pc.or_(foreign, _pc.is_null(persons)))
    return pa.table(named).filter(kept), refused


def _refused(table: pa.Table, which: Any, column: str, reason: str) -> Iterator[RefusedRow]:
    rows: list[Any] = table.column("row").filter(which).to_pylist()
    return (RefusedRow(row, column, reason) for row in rows)
