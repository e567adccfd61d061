"""Note what each audience is told of lessons, and in which order: who was away is told the rest, each thing once.

An entry (a lesson through all its versions) has one row for an audience: what it was last told of it. A change takes
the row to the end of that audience's own count, so that whoever goes on after a number hears what became of each entry
since, the newest state only, and nothing twice. A version that was taken back while its entry stands has a row of its
own, since whoever keeps that wording has to let go of it; so has each change of the evidence that an entry rests on, by
the event that made it. Numbers are given in the transaction that brings the index of words up to date, one at a time: a
number that is seen has none below it that is still to come.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from hub import tables
from hub.serving.lesson_evidence import changes_of
from hub.serving.lesson_states import LessonStates, Version
from hub.serving.lessons import live_lessons
from hub.tables.search import search_era, search_stale, search_told
from schemas.codes import AUDIENCES, Audience

PUBLISHED: Final = "published"
REVISED: Final = "revised"
WITHDRAWN: Final = "withdrawn"
REDACTED: Final = "redacted"
EVIDENCE_CHANGED: Final = "evidence_changed"
TOLD_KINDS: Final = (PUBLISHED, REVISED, WITHDRAWN, REDACTED, EVIDENCE_CHANGED)
EVERYTHING: Final = ""  # as a region in `search_stale`
_ERA_BYTES: Final = 4

# entry, and the version that was taken back while the entry stands, or what changed its evidence, else empty
Key = tuple[str, str]


class Said(NamedTuple):
    """What a row says of its entry: the kind, which version, and what took that back (empty: nothing)."""

    kind: str
    event_id: str
    by_event: str


class Untold(NamedTuple):
    """Something that an audience has not been told yet; `at` and `sequence` put what comes together in its order."""

    reader: Audience
    at: str  # UTC
    sequence: int  # of the version in its region's chain
    entry: str
    version: str
    region: str
    said: Said


def untold(connection: Connection, reader: Audience, region: str, states: LessonStates, evidence: bool) -> list[Untold]:
    """Return what an audience was not told yet of one region's lessons, as they are now.

    `evidence` says whether any evidence of theirs changed (`lesson_evidence.changed_anywhere`).
    """
    told = search_told.c
    rows = connection.execute(select(search_told).where(told.region == region, told.reader == reader))
    held = {(row.entry, row.version): Said(row.kind, row.event_id, row.by_event) for row in rows}
    wanted = _standing(states) | _taken_back(states)
    wanted |= _given_up(connection, states, held, {entry for entry, _ in wanted})
    if evidence:
        wanted |= _evidence_changed(connection, reader, states, held)
    return [
        Untold(reader, at, _sequence(states, said.event_id), entry, version, region, said)
        for (entry, version), (at, said) in wanted.items()
        if held.get((entry, version)) != said
    ]


def tell(connection: Connection, news: Collection[Untold]) -> None:
    """Give numbers to what is told now; the caller holds the lock of the index and writes."""
    for reader in AUDIENCES:
        new = sorted((one.at, one.region, one.sequence, one.version, one) for one in news if one.reader == reader)
        if not new:
            continue
        last = connection.scalar(select(func.max(search_told.c.number)).where(search_told.c.reader == reader)) or 0
        rows = [
            {"reader": reader, "entry": one.entry, "version": one.version, "number": number, "region": one.region}
            | one.said._asdict()
            for number, (*_, one) in enumerate(new, last + 1)
        ]
        keys = ("reader", "region", "entry", "version")
        before = delete(search_told).where(*(search_told.c[name] == bindparam(f"old_{name}") for name in keys))
        connection.execute(before, [{f"old_{name}": row[name] for name in keys} for row in rows])
        connection.execute(insert(search_told), rows)


def begin_era(connection: Connection) -> None:
    """Let there be an era, so that numbers can be given out."""
    if connection.scalar(select(search_era.c.era)) is None:
        connection.execute(insert(search_era).values(era=secrets.token_hex(_ERA_BYTES)))


def forget_told(connection: Connection) -> None:
    """Begin another era: a restored database would give numbers out again that readers know as something else."""
    connection.execute(delete(search_told))
    connection.execute(delete(search_era))
    connection.execute(insert(search_stale).values(region=EVERYTHING))


def _sequence(states: LessonStates, event_id: str) -> int:
    version = states.versions.get(event_id)
    return 0 if version is None else version.sequence


def _standing(states: LessonStates) -> dict[Key, tuple[str, Said]]:
    found: dict[Key, tuple[str, Said]] = {}
    for one in reversed(states.live()):  # the newest last: it is what two versions of one entry come down to
        entry = states.entry_of(one.event_id)
        said = Said(PUBLISHED if entry == one.event_id else REVISED, one.event_id, "")
        found[entry, ""] = (one.accepted_at, said)
    return found


def _taken_back(states: LessonStates) -> dict[Key, tuple[str, Said]]:
    stones = states.tombstones()
    found: dict[Key, tuple[str, Said]] = {
        (entry, ""): (note.at, Said(note.kind, version.event_id, note.event_id))
        for entry, (version, note) in stones.items()
    }
    for event_id, note in states.gone.items():
        entry = states.entry_of(event_id)
        if entry not in stones:
            found[entry, event_id] = (note.at, Said(note.kind, event_id, note.event_id))
    return found


def _evidence_changed(
    connection: Connection, reader: Audience, states: LessonStates, held: Collection[Key]
) -> dict[Key, tuple[str, Said]]:
    """Return the changes of what live wordings rest on that came since, each once however often the wording changes."""
    found: dict[Key, tuple[str, Said]] = {}
    for event_id, changes in changes_of(connection, reader, live_lessons(connection, states)).items():
        entry = states.entry_of(event_id)
        for one in changes:
            key = (entry, one.change.changed.event_id)
            if one.is_later and key not in held:
                found[key] = (one.change.at, Said(EVIDENCE_CHANGED, event_id, one.change.changed.event_id))
    return found


def _given_up(
    connection: Connection, states: LessonStates, held: Mapping[Key, Said], known: Collection[str]
) -> dict[Key, tuple[str, Said]]:
    """Return the entries that were told of and are none any more, though nothing took them back.

    A lesson is another entry's by now where an earlier version arrived later, or where its region published it anew
    without a word of the old one.
    """
    lost = {
        said.event_id: entry
        for (entry, version), said in held.items()
        if not version and said.kind in (PUBLISHED, REVISED) and entry not in known
    }
    found: dict[Key, tuple[str, Said]] = {}
    for event_id in lost.keys() & states.versions.keys():
        note, version = states.gone.get(event_id), states.versions[event_id]
        at, kind, by = (
            (version.accepted_at, WITHDRAWN, event_id) if note is None else (note.at, note.kind, note.event_id)
        )
        found[lost[event_id], ""] = (at, Said(kind, event_id, by))
    for row in _named(connection, sorted(lost.keys() - states.versions.keys())):
        newer: Version | None = states.latest.get((row.region, row.lesson, row.language))
        if newer is not None:
            found[lost[row.event_id], ""] = (newer.accepted_at, Said(WITHDRAWN, row.event_id, newer.event_id))
    return found


def _named(connection: Connection, event_ids: Sequence[str]) -> Sequence[Any]:
    if not event_ids:
        return ()
    lesson = tables.lesson.c
    columns = (lesson.event_id, lesson.region, lesson.lesson, lesson.language)
    return connection.execute(select(*columns).where(lesson.event_id.in_(event_ids))).all()
