"""What changed in the evidence of lessons that a reader was sent and that stand: each change once."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from connectors.database import among, listed
from hub.serving.lesson_evidence import with_evidence
from hub.serving.lessons import AcceptedLesson, EvidenceChange, lessons_of
from hub.serving.telling import EVIDENCE_CHANGED
from hub.tables.search import search_told
from schemas.codes import Audience


class OtherEvidence(msgspec.Struct, frozen=True):
    """A lesson that the reader was sent and what changed in its evidence since; `heard` is what they know of then."""

    lesson: AcceptedLesson
    sent_on: str
    changes: tuple[EvidenceChange, ...]
    heard: str


def other_evidence(connection: Connection, reader: Audience, told: Sequence[Row[Any]]) -> list[OtherEvidence]:
    """Return what changed in the evidence of versions that somebody was told of (rows of digest_told), the first first.

    The index of words has to be up to date.
    """
    rows = {row.event_id: row for row in told}
    there = search_told.c
    named = among(connection.dialect.name, there.event_id, "events")
    wanted = select(there.event_id).where(there.reader == reader, there.kind == EVIDENCE_CHANGED, named).distinct()
    events = list(connection.scalars(wanted, {"events": listed(connection.dialect.name, rows)}))
    found = []
    for event_id, lesson in with_evidence(connection, reader, lessons_of(connection, reader, events)).items():
        row = rows[event_id]
        known = list(filter(None, row.evidence.split(",")))
        # what happened before stood with the lesson when it was sent
        since = [one for one in lesson.evidence_changed if one.at >= row.told_at]
        new = tuple(one for one in since if one.changed.event_id not in known)
        if new:
            heard = ",".join([*known, *(one.changed.event_id for one in new)])
            found.append(OtherEvidence(lesson, row.told_at, new, heard))
    return sorted(found, key=lambda one: (one.changes[0].at, one.lesson.event_id))
