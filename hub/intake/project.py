"""Project stored events onto the tables that serving reads; `rebuild` makes them again from the signed bytes."""

from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select

from hub.tables import PROJECTIONS, event, indicator_payload, lesson
from schemas.codes import EventType
from schemas.envelope import Envelope
from schemas.payloads import IndicatorPublished, LessonPublished, Payload

_PAGE = 500  # events held in memory at once


def project(event_id: str, envelope: Envelope, payload: Payload, accepted_at: str) -> tuple[Table, dict[str, Any]]:
    """Return the projection of one event: its table and its row."""
    common = {
        "event_id": event_id,
        "region": envelope.region,
        "sequence": envelope.sequence,
        "audience": envelope.audience,
        "accepted_at": accepted_at,
    }
    if isinstance(payload, IndicatorPublished):
        return indicator_payload, {
            **common,
            "indicator": payload.indicator,
            "version": payload.version,
            "definition_hash": payload.definition_hash,
            "period": payload.period,
            "region_set": payload.region_set,
        }
    return lesson, {**common, "lesson": payload.lesson, "language": payload.language, "title": payload.title}


def rebuild(connection: Connection) -> int:
    """Make all projections again from the stored events; return how many events were read."""
    for table in PROJECTIONS:
        connection.execute(delete(table))
    done, position = 0, 0
    columns = (event.c.position, event.c.id, event.c.type, event.c.envelope, event.c.payload, event.c.accepted_at)
    while rows := connection.execute(
        select(*columns).where(event.c.position > position).order_by(event.c.position).limit(_PAGE)
    ).all():
        for row in rows:
            envelope = msgspec.json.decode(row.envelope, type=Envelope)
            table, values = project(row.id, envelope, typed_payload(row.type, row.payload), row.accepted_at)
            connection.execute(insert(table).values(values))
        done, position = done + len(rows), rows[-1].position
    return done


def typed_payload(event_type: str, payload: bytes) -> Payload:
    """Return a stored payload as its type; stored payloads were verified when they came in."""
    if event_type == EventType.INDICATOR_PUBLISHED:
        return msgspec.json.decode(payload, type=IndicatorPublished)
    return msgspec.json.decode(payload, type=LessonPublished)
