"""Project stored events onto the tables that serving reads; `rebuild` makes them again from the signed bytes."""

import msgspec
from sqlalchemy import Connection, delete, insert, select

from hub.tables import PROJECTIONS, event, indicator_payload, lesson
from schemas.codes import EventType
from schemas.envelope import Envelope
from schemas.payloads import IndicatorPublished, LessonPublished, Payload

_PAGE = 500  # events held in memory at once


def project(connection: Connection, event_id: str, envelope: Envelope, payload: Payload, accepted_at: str) -> None:
    """Write the projection row of one event."""
    common = {
        "event_id": event_id,
        "region": envelope.region,
        "sequence": envelope.sequence,
        "audience": envelope.audience,
        "accepted_at": accepted_at,
    }
    if isinstance(payload, IndicatorPublished):
        own = {
            "indicator": payload.indicator,
            "version": payload.version,
            "definition_hash": payload.definition_hash,
            "period": payload.period,
            "region_set": payload.region_set,
        }
        connection.execute(insert(indicator_payload).values(**common, **own))
    else:
        connection.execute(
            insert(lesson).values(**common, lesson=payload.lesson, language=payload.language, title=payload.title)
        )


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
            project(connection, row.id, envelope, typed_payload(row.type, row.payload), row.accepted_at)
        done, position = done + len(rows), rows[-1].position
    return done


def typed_payload(event_type: str, payload: bytes) -> Payload:
    """Return a stored payload as its type; stored payloads were verified when they came in."""
    if event_type == EventType.INDICATOR_PUBLISHED:
        return msgspec.json.decode(payload, type=IndicatorPublished)
    return msgspec.json.decode(payload, type=LessonPublished)
