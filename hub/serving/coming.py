"""What a subscriber is told next: what was destroyed first, then everything in the order in which it became readable.

What was published over or taken back while it waited is never sent as it was. A newer wording takes its place; what
was taken back is told as that. Whoever may have got an item hears of every newer wording, of what happened to its
evidence and of its withdrawal, also where the newer wording no longer fits the choice. What was taken back is told
whatever was chosen where it had not been told of: nothing is left then to say whether it fitted.

To look for it may take long where a replay passes over much, so `coming` only reads, and others write meanwhile; `keep`
notes what was found, under the lock, if it is still asked for.
"""

import json
from collections.abc import Hashable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from hub.serving.announced import TAKES_BACK
from hub.serving.lesson_evidence import with_evidence
from hub.serving.lessons import LessonTakenBack, LessonUnknown, lessons_of, one_lesson
from hub.serving.messages import Told, change_told
from hub.serving.search import fitting_among
from hub.serving.telling import EVIDENCE_CHANGED, REDACTED, WITHDRAWN
from hub.tables import announcement, delivery, subscription
from schemas.codes import Audience

_PAGE: Final = 100  # announcements that are looked at together
_MOST_PAGES: Final = 20  # at a time; the next time goes on there


class Coming(NamedTuple):
    """What is next: `cursor` is the place in the list that is done with then, None for what goes before its turn."""

    told: Told
    cursor: int | None
    attempts: int  # in this round
    due_at: str
    is_new: bool  # nothing says yet that it is told in this round


class Ahead(NamedTuple):
    """What is next after looking, None where nothing was found up to `position`; `asked` says what was looked for."""

    asked: Hashable
    found: Coming | None
    position: int


class _Choice(NamedTuple):
    """What of a page of announcements a subscriber wants, by events and entries."""

    live: frozenset[str]
    fitting: frozenset[str]
    received: frozenset[str]
    changes: frozenset[str]  # of evidence, that still are of what a lesson rests on


def coming(connection: Connection, row: Row[Any], at: str) -> Ahead:
    """Return what a row of `subscription` is told next at `at`, and how far was looked; nothing is written."""
    urgent = _destroyed(connection, row)
    if urgent is not None and (found := _untold(connection, row, urgent, None, at)) is not None:
        return Ahead(_asked(row), found, row.position)
    position = row.position
    for _ in range(_MOST_PAGES):
        after = (announcement.c.audience == row.audience, announcement.c.id > position)
        page = connection.execute(select(announcement).where(*after).order_by(announcement.c.id).limit(_PAGE)).all()
        choice = _choice(connection, row, page)
        for one in page:
            told = _told(connection, row.audience, one, choice)
            if told is not None and (found := _untold(connection, row, told, one.id, at)) is not None:
                return Ahead(_asked(row), found, position)
            position = one.id
        if len(page) < _PAGE:
            break
    return Ahead(_asked(row), None, position)


def keep(connection: Connection, row: Row[Any], ahead: Ahead, at: str) -> Coming | None:
    """Note what was found, and return it; None where something else is asked for by now or somebody else told it.

    A row of `delivery` is there for it then, and what was passed over is done with.
    """
    if ahead.asked != _asked(row):
        return None
    if ahead.position > row.position:
        connection.execute(update(subscription).where(subscription.c.id == row.id).values(position=ahead.position))
    if ahead.found is None:
        return None
    told = ahead.found.told
    found = _untold(connection, row, told, ahead.found.cursor, at)
    if found is not None and found.is_new:
        anew = {"round": row.round, "attempts": 0, "due_at": found.due_at, "delivered_at": None}
        here = (delivery.c.subscription == row.id, delivery.c.told == told.told)
        if not connection.execute(update(delivery).where(*here).values(**anew)).rowcount:
            about = {"subscription": row.id, "told": told.told, "kind": told.kind}
            connection.execute(insert(delivery).values(**about, event_id=told.event_id, entry=told.entry, **anew))
    return found


def _asked(row: Row[Any]) -> Hashable:
    return row.round, row.position, row.question, row.facets


def _destroyed(connection: Connection, row: Row[Any]) -> Told | None:
    """Return the first redaction ahead that was not told in this round."""
    sent = delivery.c
    is_told = (sent.subscription == row.id, sent.told == announcement.c.told, sent.round == row.round)
    done = select(sent.told).where(*is_told, sent.delivered_at.is_not(None)).exists()
    ahead = (announcement.c.audience == row.audience, announcement.c.id > row.position)
    wanted = select(announcement).where(*ahead, announcement.c.kind == REDACTED, ~done)
    found = connection.execute(wanted.order_by(announcement.c.id).limit(1)).one_or_none()
    return None if found is None else _as_told(found)


def _choice(connection: Connection, row: Row[Any], page: Sequence[Row[Any]]) -> _Choice:
    reader: Audience = row.audience
    events = [one.event_id for one in page if one.kind not in TAKES_BACK]
    live = fitting_among(connection, reader, "", {}, events)
    facets = json.loads(row.facets)
    is_all = not (row.question or facets)
    fitting = live if is_all else fitting_among(connection, reader, row.question, facets, events)
    sent = delivery.c
    tried = (sent.subscription == row.id, sent.first_at.is_not(None), sent.kind.not_in(TAKES_BACK))
    entries = select(sent.entry).where(*tried, sent.entry.in_({one.entry for one in page}))
    return _Choice(live, fitting, frozenset(connection.scalars(entries)), _changes(connection, reader, page))


def _changes(connection: Connection, reader: Audience, page: Sequence[Row[Any]]) -> frozenset[str]:
    told = [one for one in page if one.kind == EVIDENCE_CHANGED]
    found = lessons_of(connection, reader, sorted({one.event_id for one in told}))
    lessons = with_evidence(connection, reader, found)
    return frozenset(
        one.told for one in told if one.event_id in lessons and change_told(lessons[one.event_id], one.told) is not None
    )


def _told(connection: Connection, reader: Audience, one: Row[Any], choice: _Choice) -> Told | None:
    """Return as what an announcement is told, None where it is not."""
    if one.kind in TAKES_BACK:
        return _as_told(one) if one.kind == REDACTED or one.entry in choice.received else None
    if one.kind == EVIDENCE_CHANGED and one.told not in choice.changes:
        return None  # a newer wording, or that the lesson was taken back, is told by itself
    if one.event_id in choice.live:
        return _as_told(one) if one.event_id in choice.fitting or one.entry in choice.received else None
    try:
        one_lesson(connection, reader, one.event_id)
    except LessonTakenBack as gone:
        note = gone.lesson.correction
        return Told(WITHDRAWN if note.kind != REDACTED else REDACTED, note.event_id, one.event_id, one.entry, note.at)
    except LessonUnknown:
        return None
    return None  # a newer wording follows


def _as_told(one: Row[Any]) -> Told:
    return Told(one.kind, one.told, one.event_id, one.entry, one.at)


def _untold(connection: Connection, row: Row[Any], told: Told, cursor: int | None, at: str) -> Coming | None:
    """Return what is told with how often it was tried, None where it has been told in this round."""
    here = (delivery.c.subscription == row.id, delivery.c.told == told.told)
    held = connection.execute(select(delivery).where(*here)).one_or_none()
    if held is None or held.round != row.round:
        return Coming(told, cursor, 0, at, is_new=True)
    return None if held.delivered_at is not None else Coming(told, cursor, held.attempts, held.due_at, is_new=False)
