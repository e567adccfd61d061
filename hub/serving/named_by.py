"""Which items name a lesson or another item, whatever version of it: its actions, questions, answers and reuse."""

from collections.abc import Collection

from sqlalchemy import Connection, or_, select

from hub import tables
from hub.serving.citations import lesson_versions
from hub.serving.figures import readable
from hub.serving.items import AcceptedItem, items_of
from schemas.codes import Audience

_CHUNK = 50  # ids per query, each of them a pattern to look for


def naming(
    connection: Connection, reader: Audience, event_ids: Collection[str], nouns: Collection[str]
) -> list[AcceptedItem]:
    """Return the live items of some kinds that name one of some events, newest first; those this reader may see."""
    names, item, named = tables.item_names.c, tables.item.c, sorted(event_ids)
    found: set[str] = set()
    for start in range(0, len(named), _CHUNK):
        patterns = [names.names.contains(one) for one in named[start : start + _CHUNK]]
        query = select(names.event_id).join(tables.item, item.event_id == names.event_id)
        query = query.where(item.noun.in_(sorted(nouns)), names.audience.in_(readable(reader)), or_(*patterns))
        found |= set(connection.scalars(query))
    return newest_first(items_of(connection, reader, sorted(found)).values())


def newest_first(items: Collection[AcceptedItem]) -> list[AcceptedItem]:
    """Return items by when they were accepted, the last first."""
    return sorted(items, key=lambda one: (one.accepted_at, one.event_id), reverse=True)


def versions_of_lesson(connection: Connection, reader: Audience, event_id: str) -> set[str]:
    """Return the events of all versions of a lesson that this reader may see; raises LessonUnknown."""
    return lesson_versions(connection, reader, event_id)[1]


def versions_of_item(connection: Connection, reader: Audience, one: AcceptedItem) -> set[str]:
    """Return the events of all versions of an item that bear its name and that this reader may see."""
    item = tables.item.c
    query = select(item.event_id).where(item.region == one.region, item.noun == one.noun)
    query = query.where(item.item == one.payload.item, item.audience.in_(readable(reader)))
    return {one.event_id, *connection.scalars(query)}
