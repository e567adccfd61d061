"""Which citations and items a reader may not see, since they tell of what is not for that reader.

What the hub has not got (yet) may turn out to be for fewer readers, so a citation waits for it, but for the network.
Why one was withdrawn tells of it as well, so the withdrawal of a hidden one is hidden with it.
"""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, literal, select

from hub.intake.rests import not_open
from hub.tables import citation, event, item_names, superseded
from schemas.codes import AUDIENCES, Audience, may_read

_CHUNK: Final = 400  # ids per query: SQLite takes no more than 999 variables in older builds


def hidden_citations(connection: Connection, reader: Audience, event_ids: Collection[str]) -> set[str]:
    """Return those of some events that are citations, or withdrawals of them, which this reader may not see."""
    if reader == AUDIENCES[-1] or not event_ids:
        return set()
    about: dict[str, set[str]] = {}
    named = sorted(event_ids)
    for start in range(0, len(named), _CHUNK):
        for event_id, lesson, evidence in _cited(connection, named[start : start + _CHUNK]):
            about[event_id] = set(filter(None, (lesson, *evidence.split(","))))
    told = _told_to(connection, reader, set().union(*about.values()))
    return {event_id for event_id, named_ in about.items() if not named_ <= told}


def hidden_and_taken_back(connection: Connection, reader: Audience) -> set[str]:
    """Return the citations that were taken back and that this reader may not see."""
    found: list[str] = []
    for table in (citation, item_names):
        gone = select(superseded.c.event_id).where(superseded.c.event_id == table.c.event_id).exists()
        found += connection.scalars(select(table.c.event_id).where(gone))
    return hidden_citations(connection, reader, found)


def _cited(connection: Connection, event_ids: Collection[str]) -> list[tuple[str, str, str]]:
    """Return what citations name, by their own events and by those that withdrew them."""
    took, names = superseded.c, (citation.c.lesson, citation.c.evidence)
    listed = (literal(""), item_names.c.names)
    own = select(citation.c.event_id, *names).where(citation.c.event_id.in_(event_ids))
    withdrew = select(took.by_event, *names).join_from(superseded, citation, took.event_id == citation.c.event_id)
    withdrew = withdrew.where(took.by_event.in_(event_ids), took.kind == "withdrawn")
    rows = [*connection.execute(own), *connection.execute(withdrew)]
    own = select(item_names.c.event_id, *listed).where(item_names.c.event_id.in_(event_ids))
    withdrew = select(took.by_event, *listed).join_from(superseded, item_names, took.event_id == item_names.c.event_id)
    withdrew = withdrew.where(took.by_event.in_(event_ids), took.kind == "withdrawn")
    rows += [*connection.execute(own), *connection.execute(withdrew)]
    return [(event_id, lesson, evidence) for event_id, lesson, evidence in rows]


def _told_to(connection: Connection, reader: Audience, event_ids: Collection[str]) -> set[str]:
    """Return those of some events whose content this reader may see, by audience and since nothing is waited for."""
    found: set[str] = set()
    named = sorted(event_ids)
    for start in range(0, len(named), _CHUNK):
        chunk = named[start : start + _CHUNK]
        rows = connection.execute(select(event.c.id, event.c.audience).where(event.c.id.in_(chunk)))
        found |= {row.id for row in rows if may_read(reader, row.audience)}
        found -= not_open(connection, reader, chunk)
    return found
