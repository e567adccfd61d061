"""What a file stands beside: a lesson or item of this region that readers see, and not too many files with it."""

from sqlalchemy import Connection, select

from node.tables import item
from schemas.attachment import HOSTS, MOST_OF_ONE, AttachmentPublished
from schemas.codes import LESSONS, Audience, EventType, may_read
from schemas.item_kinds import published_type, revised_type
from schemas.items import Item
from schemas.payloads import Content, LessonPublished

from .refusal import ReleaseRefused
from .standing import EventUnknown, StandingItem, content_in, of_event, shown, standing

_TYPES = (published_type("attachment"), revised_type("attachment"))
_HOST_TYPES = (
    *LESSONS, *(type_of(noun) for noun in HOSTS if noun != "lesson" for type_of in (published_type, revised_type)),
)  # fmt: skip


class HostUnfit(ReleaseRefused):
    """A file beside something that is not this region's own lesson or item, or that readers do not see."""


class HostForFewer(ReleaseRefused):
    """A file for readers who may not read what it stands beside."""


class FilesTooMany(ReleaseRefused):
    """More files beside one lesson or item than readers can keep apart."""


def file_of(type_: EventType, payload: bytes) -> AttachmentPublished | None:
    """Return the file in the payload of an event; None where it holds something else, or was destroyed."""
    content = content_in(type_, payload)
    return content if isinstance(content, AttachmentPublished) else None


def check_host(connection: Connection, file: AttachmentPublished, audience: Audience) -> StandingItem:
    """Return what a file stands beside, held to this region's own chain; raises HostUnfit or HostForFewer."""
    host, called = _own(connection, file.of), f"attachment '{file.item}'"
    if host is None or not _can_host(host.content) or shown(connection, host.subject) is None:
        raise HostUnfit(
            f"Event {file.of[:16]} of {called} is none of {', '.join(HOSTS)} of this region that "
            "readers see; release that first, then attach the file again."
        )
    if not may_read(audience, host.audience):
        raise HostForFewer(
            f"What {called} stands beside is for {host.audience}, so the file cannot be for {audience}; choose "
            f"--audience {host.audience}."
        )
    return host


def check_few(connection: Connection, file: AttachmentPublished, host: StandingItem) -> None:
    """Raise FilesTooMany where a file would be one too many beside what it belongs to."""
    beside = [one for one in files_beside(connection, host.subject) if one.item != file.item]
    if len(beside) >= MOST_OF_ONE:
        raise FilesTooMany(
            f"{len(beside)} files stand beside it already and {MOST_OF_ONE} is the most; take one back with "
            "`python -m node item withdraw attachment NAME`, or put two into one."
        )


def hosts(connection: Connection) -> list[StandingItem]:
    """Return everything of this region that a file can stand beside, as readers see it, the newest first."""
    subjects = connection.scalars(select(item.c.subject).where(item.c.type.in_(_HOST_TYPES)).distinct()).all()
    found = [one for one in standing(connection, subjects).values() if _can_host(one.content)]
    return sorted(found, key=lambda one: -one.sequence)


def _can_host(content: Content) -> bool:
    return isinstance(content, LessonPublished) or (isinstance(content, Item) and content.noun in HOSTS)


def files_beside(connection: Connection, host: str) -> list[AttachmentPublished]:
    """Return the files that readers see beside a subject, by whichever of its versions they name."""
    subjects = connection.scalars(select(item.c.subject).where(item.c.type.in_(_TYPES)).distinct()).all()
    found = []
    for one in standing(connection, subjects).values():
        if isinstance(one.content, AttachmentPublished):
            beside = stands_beside(connection, one.content)
            if beside is not None and beside.subject == host:
                found.append(one.content)
    return found


def stands_beside(connection: Connection, file: AttachmentPublished) -> StandingItem | None:
    """Return the event that a file names, whether readers see it or not; None where it is not of this region."""
    return _own(connection, file.of)


def _own(connection: Connection, event_id: str) -> StandingItem | None:
    try:
        return of_event(connection, event_id)
    except EventUnknown:
        return None
