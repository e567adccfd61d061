"""Project stored events onto the tables that serving reads; `rebuild` makes them again from the signed bytes."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select

from hub.intake import redact
from hub.tables import PROJECTIONS, event, indicator_payload, lesson, superseded
from schemas.envelope import Envelope
from schemas.payloads import (
    EventRedacted,
    IndicatorCorrected,
    IndicatorPublished,
    IndicatorWithdrawn,
    LessonPublished,
    LessonRevised,
    LessonWithdrawn,
    Payload,
)
from schemas.upcast import read_payload

_PAGE = 500  # events held in memory at once


Projected = tuple[Table, dict[str, Any]]


def project(event_id: str, envelope: Envelope, payload: Payload | None, accepted_at: str) -> tuple[Projected, ...]:
    """Return the projections of one event: tables and rows; an event without its payload has none."""
    common = {
        "region": envelope.region,
        "sequence": envelope.sequence,
        "audience": envelope.audience,
        "accepted_at": accepted_at,
    }
    match payload:
        case IndicatorPublished() as figures:
            return ((indicator_payload, _figures(event_id, figures) | common),)
        case IndicatorCorrected(corrects, reason, figures):
            place = _place(event_id, corrects, "corrected", reason) | common
            return (indicator_payload, _figures(event_id, figures) | common), (superseded, place)
        case LessonPublished() as words:
            return ((lesson, _words(event_id, words) | common),)
        case LessonRevised(revises, reason, words):
            place = _place(event_id, revises, "revised", reason) | common
            return (lesson, _words(event_id, words) | common), (superseded, place)
        case IndicatorWithdrawn(withdraws, reason) | LessonWithdrawn(withdraws, reason):
            return ((superseded, _place(event_id, withdraws, "withdrawn", reason) | common),)
        case EventRedacted(redacts, reason):
            return ((superseded, _place(event_id, redacts, "redacted", reason) | common),)
    return ()


def _figures(event_id: str, payload: IndicatorPublished) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "indicator": payload.indicator,
        "version": payload.version,
        "definition_hash": payload.definition_hash,
        "period": payload.period,
        "region_set": payload.region_set,
    }


def _words(event_id: str, payload: LessonPublished) -> dict[str, Any]:
    return {"event_id": event_id, "lesson": payload.lesson, "language": payload.language, "title": payload.title}


def _place(by_event: str, event_id: str, kind: str, reason: str) -> dict[str, Any]:
    return {"by_event": by_event, "event_id": event_id, "kind": kind, "reason": reason}


def rebuild(connection: Connection) -> int:
    """Make all projections again from the stored events; return how many events were read.

    What is left of destroyed events cannot be read again and stays as it is.
    """
    for table in PROJECTIONS:
        (of_event,) = table.primary_key
        emptied = select(event.c.id).where(event.c.id == of_event, event.c.payload == b"").exists()
        connection.execute(delete(table).where(~emptied))
    done, position = 0, 0
    columns = (event.c.position, event.c.id, event.c.type, event.c.envelope, event.c.payload, event.c.accepted_at)
    while rows := connection.execute(
        select(*columns).where(event.c.position > position).order_by(event.c.position).limit(_PAGE)
    ).all():
        for row in rows:
            envelope = msgspec.json.decode(row.envelope, type=Envelope)
            payload = typed_payload(row.type, row.payload) if row.payload else None
            for table, values in project(row.id, envelope, payload, row.accepted_at):
                connection.execute(insert(table).values(values))
        done, position = done + len(rows), rows[-1].position
    redact.apply_all(connection)
    return done


def typed_payload(event_type: str, payload: bytes) -> Payload:
    """Return a stored payload as its type; stored payloads were verified when they came in."""
    return read_payload(event_type, payload)
