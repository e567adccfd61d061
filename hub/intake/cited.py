"""Which citations a reader may not see, since they would tell of a lesson or of evidence that is not for that reader.

What the hub has not got (yet) may turn out to be for fewer readers, so a citation waits for it, but for the network.
"""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from hub.intake.hold import is_closed
from hub.tables import citation, event, held_figure
from schemas.codes import AUDIENCES, Audience, may_read

_CHUNK: Final = 400  # ids per query: SQLite takes no more than 999 variables in older builds


def hidden_citations(connection: Connection, reader: Audience, event_ids: Collection[str]) -> set[str]:
    """Return those of some events that are citations which this reader may not see."""
    if reader == AUDIENCES[-1] or not event_ids:
        return set()
    rows: list[Row[Any]] = []
    named = sorted(event_ids)
    for start in range(0, len(named), _CHUNK):
        wanted = citation.c.event_id.in_(named[start : start + _CHUNK])
        rows += connection.execute(select(citation.c.event_id, citation.c.lesson, citation.c.evidence).where(wanted))
    about = {row.event_id: {row.lesson, *filter(None, row.evidence.split(","))} for row in rows}
    told = _told_to(connection, reader, set().union(*about.values()))
    return {event_id for event_id, named_ in about.items() if not named_ <= told}


def _told_to(connection: Connection, reader: Audience, event_ids: Collection[str]) -> set[str]:
    """Return those of some events that this reader may see, by audience and since no reply is waited for."""
    found: set[str] = set()
    named = sorted(event_ids)
    for start in range(0, len(named), _CHUNK):
        chunk = named[start : start + _CHUNK]
        rows = connection.execute(select(event.c.id, event.c.audience).where(event.c.id.in_(chunk)))
        found |= {row.id for row in rows if may_read(reader, row.audience)}
        closed = select(held_figure.c.event_id).where(held_figure.c.event_id.in_(chunk), is_closed(None))
        found -= set(connection.scalars(closed))
    return found
