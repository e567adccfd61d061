"""Take a delivery in: read, verify and store it, in as few transactions as its size and its key events allow."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from connectors.database import writing
from connectors.row_stream import RowStream
from hub.config import Hub
from hub.intake.position import Place, keep_positions
from hub.intake.read_event import ReadEvent, read_event
from hub.intake.refusal import Refusal
from hub.intake.store import EVENT_COLUMNS, Shelf, Stored, opened
from hub.intake.verify import Verifier
from hub.tables import event
from schemas.codes import KEY_EVENTS
from schemas.item_kinds import published_type, revised_type
from schemas.receipt import Answer

MOST_EVENTS: Final = 500  # in one transaction
MOST_BYTES: Final = 8 * 1024 * 1024
MOST_FILES: Final = 10  # a file is looked through to its last byte while others wait to write
_FILES: Final = (published_type("attachment"), revised_type("attachment"))
Aside = Callable[[Connection, Refusal, bytes], Answer]  # keeps what was refused, and answers


def take(
    bodies: Sequence[bytes],
    hub: Hub,
    caller_region: str | None,
    aside: Aside,
    positions: Mapping[Place, int],
    changed: set[str],
) -> list[Answer]:
    """Verify and store events in their order; return one answer each, and add to `changed` the regions with other keys.

    There is one transaction per 500 events, 8 MiB or ten files, and one more behind each key event: what follows is
    verified with the keys that hold after it. `positions` are kept in the last one. Beside the bodies given, this holds
    at most about twice those 8 MiB, or twice the one event that is larger.
    """
    answers: list[Answer] = []
    while True:
        portion = _portion(bodies[len(answers) : len(answers) + MOST_EVENTS])
        read = list(_up_to_files(map(_read, portion)))
        portion = portion[: len(read)]
        is_last = len(answers) + len(portion) == len(bodies)
        done = 0
        while True:
            part = _part(read[done:], portion[done:], hub, caller_region, aside, positions if is_last else {}, changed)
            done += len(part)
            answers += part
            if done == len(portion):
                break
        if is_last:
            return answers


def _part(
    read: Sequence[ReadEvent | Refusal],
    bodies: Sequence[bytes],
    hub: Hub,
    caller_region: str | None,
    aside: Aside,
    positions: Mapping[Place, int],
    changed: set[str],
) -> list[Answer]:
    """Take the events up to the first key event in one transaction.

    The chains are locked first, so the keys are those that hold when the events are kept. On PostgreSQL the database
    works on one event while the next is verified.
    """
    with writing(hub.engine) as connection, RowStream(connection, event, EVENT_COLUMNS) as stream:
        events = [one for one in read if isinstance(one, ReadEvent)]
        named = {one.envelope.region for one in events}
        theirs = [one for one in events if caller_region in (None, one.envelope.region)]
        keys, beside = opened(connection, named, theirs)
        verifier = Verifier(keys, caller_region, events)
        part = _to_key_event(read, verifier)
        batch = [one for one in part if isinstance(one, ReadEvent) and verifier.is_authentic(one)]
        shelf = Shelf(connection, stream, batch, beside, hub.clock(), hub.key, reply_days=hub.settings.reply_days)
        outcomes = [_outcome(one, verifier, shelf) for one in part]
        shelf.write()
        taken = iter(shelf.answers([one for one in outcomes if isinstance(one, Stored)]))
        answers = [
            aside(connection, one, body) if isinstance(one, Refusal) else next(taken)
            for one, body in zip(outcomes, bodies, strict=False)
        ]
        if len(answers) == len(bodies):
            keep_positions(connection, positions)
    last = part[-1] if part else None
    if isinstance(last, ReadEvent) and last.envelope.type in KEY_EVENTS and answers[-1].outcome == "accepted":
        changed.add(last.envelope.region)
    return answers


def _portion(bodies: Sequence[bytes]) -> Sequence[bytes]:
    """Return as many of the bodies as one transaction takes, at least one where there is one."""
    size = 0
    for count, body in enumerate(bodies):
        size += len(body)
        if size > MOST_BYTES and count:
            return bodies[:count]
    return bodies


def _up_to_files(read: Iterable[ReadEvent | Refusal]) -> Iterator[ReadEvent | Refusal]:
    """Give events up to the last file that one transaction takes."""
    files = 0
    for one in read:
        yield one
        files += isinstance(one, ReadEvent) and one.envelope.type in _FILES and bool(one.salt)
        if files == MOST_FILES:
            return


def _to_key_event(read: Sequence[ReadEvent | Refusal], verifier: Verifier) -> Sequence[ReadEvent | Refusal]:
    for place, one in enumerate(read):
        if isinstance(one, ReadEvent) and one.envelope.type in KEY_EVENTS and verifier.is_authentic(one):
            return read[: place + 1]
    return read


def _read(body: bytes) -> ReadEvent | Refusal:
    try:
        return read_event(body)
    except Refusal as refusal:
        return refusal


def _outcome(one: ReadEvent | Refusal, verifier: Verifier, shelf: Shelf) -> Stored | Refusal:
    try:
        return one if isinstance(one, Refusal) else shelf.store(verifier.verify(one))
    except Refusal as refusal:
        return refusal
