"""Items of knowledge and of programmes that a reader may see: the latest version of each, and what was taken back.

An item that names events (a lesson that was tried, the question that it answers) is shown to those only who may read
all of them, so that it tells of nothing that is not for them (`hub.intake.cited`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from connectors.database import among, listed
from hub import tables
from hub.intake.cited import hidden_citations
from hub.serving.figures import Correction, readable
from hub.serving.lesson_states import Kind, LessonStates, Version, has_none, lesson_states
from hub.serving.lessons import WithdrawnLesson
from hub.serving.paging import PAGE_SIZE, cut
from schemas.attachment import AttachmentPublished
from schemas.codes import ITEMS as ITEMS_SENT
from schemas.codes import KNOWLEDGE_NOUNS, NOUNS, Audience, noun_of
from schemas.items import Item, ItemRevised
from schemas.text import Text
from schemas.upcast import read_payload

ITEM_TYPES: Final = tuple(one.value for one in ITEMS_SENT)
ITEMS: Final = Kind(tables.item, ("noun", "item"), ITEM_TYPES)
_LIST: Final = Text("De lijst", "The list of items")


class AcceptedItem(msgspec.Struct, frozen=True):
    """An item as the hub holds it; `event_id` names this version for good, times are UTC.

    `entry` is the first version it goes back to, `replaced_by` a newer version where this is not the latest.
    """

    event_id: str
    noun: str
    region: str
    region_name: str
    audience: Audience
    accepted_at: str
    payload: Any  # the item, one of schemas.item_kinds.KINDS
    entry: str
    published_at: str
    replaced_by: str | None
    corrections: tuple[Correction, ...]


class WithdrawnItem(WithdrawnLesson, frozen=True):
    """An item that was taken back or destroyed: when, why and by which event, and nothing of what it said."""


class ItemPage(msgspec.Struct, frozen=True):
    """One page of items; `page` counts from 1, `pages` is at least 1."""

    items: tuple[AcceptedItem, ...]
    page: int
    pages: int
    total: int


class ItemUnknown(LookupError):
    """No item with this id is there for this reader; `text` says so in both languages."""

    def __init__(self) -> None:
        """Take the sentence."""
        self.text = Text(
            "Dit bericht is er niet; kies er een uit de lijst.",
            "There is no item with this id; see the list of items for the ids.",
        )
        super().__init__(self.text.en)


class ItemTakenBack(LookupError):
    """An item that its region withdrew or had destroyed."""

    def __init__(self, item: WithdrawnItem) -> None:
        """Take what can still be said."""
        note = item.correction
        done = "destroyed" if note.kind == "redacted" else "withdrawn"
        why = "" if note.reason is None else f": {note.reason}"
        super().__init__(f"The item was {done} by {item.region_name} on {note.at[:10]}{why}")
        self.item = item


def item_page(
    connection: Connection,
    reader: Audience,
    nouns: Collection[str] = NOUNS,
    region: str | None = None,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> ItemPage:
    """Return one page of the latest versions of some kinds, newest first; raises PageUnknown."""
    states = _states(connection, reader, region)
    order = _live(states, nouns)
    pages, here = cut(len(order), page, size, _LIST)
    return ItemPage(tuple(_read(connection, states, order[here])), page, pages, len(order))


def live_items(
    connection: Connection, reader: Audience, nouns: Collection[str] = NOUNS, region: str | None = None
) -> list[AcceptedItem]:
    """Return the latest versions of some kinds that were not taken back, newest first; of one region where given."""
    states = _states(connection, reader, region)
    return _read(connection, states, _live(states, nouns))


def live_knowledge(connection: Connection, reader: Audience, region: str) -> dict[str, str]:
    """Return the events of a region's items of knowledge that this reader sees, each with when it was accepted."""
    if has_none(connection, ITEMS, region):
        return {}
    return {one.event_id: one.accepted_at for one in _live(_states(connection, reader, region), KNOWLEDGE_NOUNS)}


def items_of(
    connection: Connection,
    reader: Audience,
    event_ids: Sequence[str],
    chosen: Callable[[list[Version]], Sequence[Version]] = list,
) -> dict[str, AcceptedItem]:
    """Return some live versions by their events, without those that are no more or that this reader may not see.

    Only those of a region's that are `chosen` are read: an item may be long, and a region can publish many.
    """
    if not event_ids:
        return {}
    item, dialect, asked = tables.item.c, connection.dialect.name, set(event_ids)
    of_them = select(item.region).where(among(dialect, item.event_id, "events")).distinct()
    found: dict[str, AcceptedItem] = {}
    for code in connection.scalars(of_them, {"events": listed(dialect, asked)}).all():
        states = _states(connection, reader, code)
        wanted = [one for one in states.live() if one.event_id in asked]
        found |= {one.event_id: one for one in _read(connection, states, chosen(wanted))}
    return found


def one_item(connection: Connection, reader: Audience, event_id: str) -> AcceptedItem:
    """Return one version of an item by its event id.

    Raises ItemUnknown, also where the reader may not see it or an event that it names, or ItemTakenBack where this or
    the latest version was.
    """
    event = tables.event.c
    region = connection.scalar(
        select(event.region).where(
            event.id == event_id, event.type.in_(ITEM_TYPES), event.audience.in_(readable(reader))
        )
    )
    if region is None or hidden_citations(connection, reader, [event_id]):
        raise ItemUnknown
    states = _states(connection, reader, region, also=event_id)
    version = states.versions.get(event_id)
    if version is None:
        raise ItemUnknown
    last = version if version.key is None else states.latest[version.key]
    note = states.gone.get(event_id) or states.gone.get(last.event_id)
    if note is not None or version.key is None:
        if note is None:
            raise ItemUnknown
        entry = states.entry_of(event_id)
        raise ItemTakenBack(WithdrawnItem(event_id, version.region, version.region_name, version.audience, entry, note))
    return _read(connection, states, [version])[0]


def _states(connection: Connection, reader: Audience, region: str | None, also: str | None = None) -> LessonStates:
    table = tables.item_names.c
    wanted = select(table.event_id).where(table.audience.in_(readable(reader)))
    named = connection.scalars(wanted if region is None else wanted.where(table.region == region)).all()
    hidden = hidden_citations(connection, reader, named)
    return lesson_states(connection, reader, region, also, ITEMS, hidden)


def _live(states: LessonStates, nouns: Collection[str]) -> list[Version]:
    return [one for one in states.live() if one.key is not None and one.key[1] in nouns]


def _read(connection: Connection, states: LessonStates, wanted: Sequence[Version]) -> list[AcceptedItem]:
    said = _payloads(connection, [one.event_id for one in wanted])
    return [_accepted(states, one, *said[one.event_id]) for one in wanted]


def _payloads(connection: Connection, event_ids: Sequence[str]) -> Mapping[str, tuple[str, Item]]:
    event, dialect = tables.event.c, connection.dialect.name
    query = select(event.id, event.type, event.payload).where(among(dialect, event.id, "events"))
    rows = connection.execute(query, {"events": listed(dialect, event_ids)})
    return {row.id: (noun_of(row.type), item_said(row.type, row.payload)) for row in rows}


def item_said(type_: str, payload: bytes) -> Item:
    """Return the item of an event's payload, without the revision around it and without a file's bytes."""
    read = read_payload(type_, payload)
    said = read.item if isinstance(read, ItemRevised) else read
    if not isinstance(said, Item):
        raise TypeError(f"An event of type {type_} holds no item.")
    if isinstance(said, AttachmentPublished):  # its bytes are handed out by themselves
        return msgspec.structs.replace(said, content=b"")
    return said


def _accepted(states: LessonStates, one: Version, noun: str, said: Item) -> AcceptedItem:
    if one.key is None:
        raise ItemUnknown
    entry, last = states.entry_of(one.event_id), states.latest[one.key]
    first = states.versions.get(entry, one)
    return AcceptedItem(
        event_id=one.event_id,
        noun=noun,
        region=one.region,
        region_name=one.region_name,
        audience=one.audience,
        accepted_at=one.accepted_at,
        payload=said,
        entry=entry,
        published_at=min(first.accepted_at, one.accepted_at),
        replaced_by=None if last.event_id == one.event_id else last.event_id,
        corrections=states.history(one.key),
    )
