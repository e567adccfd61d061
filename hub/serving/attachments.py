"""Files beside lessons and items that a reader may see, and the bytes of one.

A file is an item that names what it stands beside (`hub.serving.items`): who may not read that is not told of the file,
and where that was taken back the file is not handed out any more. Whichever version a file names, it stands beside all.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from functools import partial

import msgspec
from sqlalchemy import Connection, select

from connectors.database import among, listed
from hub import tables
from hub.serving.figures import readable
from hub.serving.items import AcceptedItem, ItemTakenBack, ItemUnknown, items_of, one_item
from hub.serving.lesson_states import Version
from hub.serving.lessons import LessonTakenBack, LessonUnknown, one_lesson
from hub.serving.named_by import newest_first
from schemas.attached import MediaType
from schemas.attachment import HOSTS, MOST_OF_ONE, AttachmentPublished
from schemas.codes import LESSONS, Audience, Language
from schemas.items import ItemRevised
from schemas.upcast import read_payload

_NOUN = "attachment"
_Key = tuple[str, str, str]  # region, noun, and the region's own name for a lesson or item


class Attached(msgspec.Struct, frozen=True):
    """A file beside a lesson or item: what it is, and `path`, where this hub hands it out; sizes are bytes."""

    event_id: str
    title: str
    alternative: str
    language: Language
    file_name: str
    media_type: MediaType
    size: int
    sha256: str
    licence: str
    audience: Audience
    accepted_at: str
    path: str


def attached_to(connection: Connection, reader: Audience, hosts: Collection[str]) -> dict[str, tuple[Attached, ...]]:
    """Return the files beside lessons and items, by the events of these, newest first; without those that have none."""
    names, item = tables.item_names.c, tables.item.c
    wanted = _keys(connection, hosts)
    regions = {region for region, _, _ in wanted.values()}
    query = select(names.event_id, names.names, names.region).join(tables.item, item.event_id == names.event_id)
    query = query.where(item.noun == _NOUN, names.audience.in_(readable(reader)), names.region.in_(regions))
    rows = connection.execute(query).all() if regions else []
    beside = _keys(connection, {row.names for row in rows})
    keys = {row.event_id: beside[row.names] for row in rows if beside.get(row.names, ("",))[0] == row.region}
    sought = set(wanted.values())
    beside_them = [one for one, key in keys.items() if key in sought]
    there = items_of(connection, reader, beside_them, partial(_newest, keys))
    of_key: dict[_Key, list[Attached]] = {}
    for one in newest_first(there.values()):
        of_key.setdefault(keys[one.event_id], []).append(attached(one))
    return {host: tuple(of_key[key]) for host, key in wanted.items() if key in of_key}


def _newest(keys: Mapping[str, _Key], files: list[Version]) -> list[Version]:
    """Return the newest files beside each lesson or item, as many as are listed: each is read whole to tell of it."""
    found: list[Version] = []
    beside: Counter[_Key] = Counter()
    for one in sorted(files, key=lambda each: (each.accepted_at, each.event_id), reverse=True):
        beside[keys[one.event_id]] += 1
        if beside[keys[one.event_id]] <= MOST_OF_ONE:
            found.append(one)
    return found


def attached(one: AcceptedItem) -> Attached:
    """Return what is told of a file."""
    said: AttachmentPublished = one.payload
    return Attached(
        one.event_id, said.title, said.alternative, said.language, said.file_name, said.media_type, said.size,
        said.sha256, said.licence, one.audience, one.accepted_at, f"/attachments/{one.event_id}",
    )  # fmt: skip


def one_file(connection: Connection, reader: Audience, event_id: str) -> tuple[Attached, bytes]:
    """Return one version of a file with its bytes.

    Raises ItemUnknown, also where the reader may not see it, or what it stands beside is no more; ItemTakenBack.
    """
    one = one_item(connection, reader, event_id)
    if one.noun != _NOUN or not is_handed_out(connection, reader, one):
        raise ItemUnknown
    event = tables.event.c
    row = connection.execute(select(event.type, event.payload).where(event.id == event_id)).one()
    read = read_payload(row.type, row.payload)
    said = read.item if isinstance(read, ItemRevised) else read
    if not isinstance(said, AttachmentPublished):
        raise ItemUnknown
    return attached(one), said.content


def is_handed_out(connection: Connection, reader: Audience, one: AcceptedItem) -> bool:
    """Tell whether a reader still sees what a file stands beside, and that is of the same region."""
    host: str = one.payload.of
    event = tables.event.c
    row = connection.execute(select(event.type, event.region).where(event.id == host)).one_or_none()
    if row is None or row.region != one.region:
        return False
    try:
        if row.type in LESSONS:
            one_lesson(connection, reader, host)
            return True
        return one_item(connection, reader, host).noun in HOSTS
    except (LessonUnknown, LessonTakenBack, ItemUnknown, ItemTakenBack):
        return False


def _keys(connection: Connection, event_ids: Collection[str]) -> dict[str, _Key]:
    """Return what regions call those of some events that a file can stand beside, by event."""
    lesson, item, dialect = tables.lesson.c, tables.item.c, connection.dialect.name
    named = {"events": listed(dialect, event_ids)}
    lessons = select(lesson.event_id, lesson.region, lesson.lesson).where(among(dialect, lesson.event_id, "events"))
    found: dict[str, _Key] = {
        row.event_id: (row.region, "lesson", row.lesson) for row in connection.execute(lessons, named)
    }
    items = select(item.event_id, item.region, item.noun, item.item)
    items = items.where(among(dialect, item.event_id, "events"), item.noun.in_(HOSTS))
    return found | {row.event_id: (row.region, row.noun, row.item) for row in connection.execute(items, named)}
