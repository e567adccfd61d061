"""Assessments that a reader may see: the latest accepted version of each, newest first, with what follows from them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from connectors.database import among, listed
from hub import tables
from hub.comparison.readiness import Apart, Change, Spread, apart, least_integrated, lens_change, spread
from hub.serving.figures import Correction, readable
from hub.serving.lesson_states import ASSESSMENT_TYPES, ASSESSMENTS, LessonStates, Version, lesson_states
from hub.serving.lessons import WithdrawnLesson
from hub.serving.paging import PAGE_SIZE, cut
from schemas.assessment import AssessmentPublished, AssessmentRevised
from schemas.codes import Audience, first_day
from schemas.definition import Text
from schemas.upcast import read_payload

_LIST: Final = Text("De lijst met beoordelingen", "The list of assessments")


class LensReading(msgspec.Struct, frozen=True):
    """What follows for one lens: its middle half, the helices furthest apart, and the change since `since`.

    Each is None where what it takes is not told.
    """

    lens: str
    spread: Spread | None
    apart: Apart | None
    change: Change | None


class AcceptedAssessment(msgspec.Struct, frozen=True):
    """An assessment as the hub holds it; `event_id` names this version for good, `accepted_at` is UTC.

    `least_integrated` are the lenses whose median may be the lowest. `since` is the round before, of the same region
    and questionnaire, over `since_period`, that the changes are measured from. `entry` is the first version it goes
    back to, `replaced_by` a newer version where this is not the latest.
    """

    event_id: str
    region: str
    region_name: str
    audience: Audience
    accepted_at: str
    payload: AssessmentPublished
    least_integrated: tuple[str, ...]
    readings: tuple[LensReading, ...]
    since: str | None
    since_period: str | None
    entry: str
    published_at: str
    replaced_by: str | None
    corrections: tuple[Correction, ...]


class WithdrawnAssessment(WithdrawnLesson, frozen=True):
    """An assessment that was taken back or destroyed: when, why and by which event, and nothing of what it said."""


class AssessmentPage(msgspec.Struct, frozen=True):
    """One page of assessments; `page` counts from 1, `pages` is at least 1."""

    assessments: tuple[AcceptedAssessment, ...]
    page: int
    pages: int
    total: int


class AssessmentFeedPage(msgspec.Struct, frozen=True):
    """One page of what happened to assessments: those there are, and those that were taken back, newest first."""

    entries: tuple[AcceptedAssessment | WithdrawnAssessment, ...]
    page: int
    pages: int


class AssessmentUnknown(LookupError):
    """No assessment with this id is there for this reader."""


class AssessmentTakenBack(LookupError):
    """An assessment that its region withdrew or had destroyed."""

    def __init__(self, assessment: WithdrawnAssessment) -> None:
        """Take what can still be said."""
        note = assessment.correction
        done = "destroyed" if note.kind == "redacted" else "withdrawn"
        why = "" if note.reason is None else f": {note.reason}"
        super().__init__(f"The assessment was {done} by {assessment.region_name} on {note.at[:10]}{why}")
        self.assessment = assessment


def assessment_page(
    connection: Connection,
    reader: Audience,
    page: int = 1,
    size: int = PAGE_SIZE,
    filters: Mapping[str, str | None] | None = None,
) -> AssessmentPage:
    """Return one page of the latest versions, newest first; raises PageUnknown.

    `filters` are values of region, instrument, period or assessment; None leaves a name out.
    """
    wanted = {name: value for name, value in (filters or {}).items() if value is not None}
    states = lesson_states(connection, reader, wanted.get("region"), kind=ASSESSMENTS)
    table = tables.assessment
    where = [table.c.audience.in_(readable(reader)), *(table.c[name] == value for name, value in wanted.items())]
    chosen = set(connection.scalars(select(table.c.event_id).where(*where)))
    order = [one for one in states.live() if one.event_id in chosen]
    pages, here = cut(len(order), page, size, _LIST)
    return AssessmentPage(tuple(_read(connection, states, order[here])), page, pages, len(order))


def assessment_feed_page(
    connection: Connection, reader: Audience, page: int = 1, size: int = PAGE_SIZE
) -> AssessmentFeedPage:
    """Return one page of assessments and of those taken back, by when that was, newest first; raises PageUnknown."""
    states = lesson_states(connection, reader, kind=ASSESSMENTS)
    live = {one.event_id: one for one in states.live()}
    gone = {
        entry: WithdrawnAssessment(one.event_id, one.region, one.region_name, one.audience, entry, note)
        for entry, (one, note) in states.tombstones().items()
    }
    order = [(one.accepted_at, event_id, False) for event_id, one in live.items()]
    order += [(one.correction.at, entry, True) for entry, one in gone.items()]
    order.sort(reverse=True)
    pages, here = cut(len(order), page, size, _LIST)
    shown = [live[name] for _, name, is_gone in order[here] if not is_gone]
    there = {one.event_id: one for one in _read(connection, states, shown)}
    found = tuple(gone[name] if is_gone else there[name] for _, name, is_gone in order[here])
    return AssessmentFeedPage(found, page, pages)


def one_assessment(connection: Connection, reader: Audience, event_id: str) -> AcceptedAssessment:
    """Return one version of an assessment by its event id.

    Raises AssessmentUnknown, also where the reader may not see it, or AssessmentTakenBack where this or the latest
    version was.
    """
    event = tables.event
    region = connection.scalar(
        select(event.c.region).where(
            event.c.id == event_id, event.c.type.in_(ASSESSMENT_TYPES), event.c.audience.in_(readable(reader))
        )
    )
    states = LessonStates() if region is None else lesson_states(connection, reader, region, event_id, ASSESSMENTS)
    version = states.versions.get(event_id)
    if version is None:
        raise AssessmentUnknown("There is no assessment with this id; see the list of assessments for the ids.")
    last = version if version.key is None else states.latest[version.key]
    note = states.gone.get(event_id) or states.gone.get(last.event_id)
    if note is not None:
        entry = states.entry_of(event_id)
        raise AssessmentTakenBack(
            WithdrawnAssessment(event_id, version.region, version.region_name, version.audience, entry, note)
        )
    return _read(connection, states, [version])[0]


def latest_of_each(connection: Connection, reader: Audience, instrument: str) -> tuple[AcceptedAssessment, ...]:
    """Return each region's last round of an instrument by period, in the order of the regions' names."""
    states = lesson_states(connection, reader, kind=ASSESSMENTS)
    said = _said(connection, states.live())
    last: dict[str, Version] = {}
    for one in states.live():
        if said[one.event_id].instrument == instrument:
            before = last.get(one.region)
            if before is None or _order(said[before.event_id]) < _order(said[one.event_id]):
                last[one.region] = one
    order = sorted(last.values(), key=lambda one: (one.region_name, one.region))
    return tuple(_read(connection, states, order))


def _read(connection: Connection, states: LessonStates, wanted: Sequence[Version]) -> list[AcceptedAssessment]:
    regions = {one.region for one in wanted}
    rounds = [one for one in states.live() if one.region in regions]  # a reader's own earlier rounds to measure from
    said = _said(connection, {one.event_id: one for one in (*rounds, *wanted)}.values())
    return [_accepted(states, one, said, rounds) for one in wanted]


def _said(connection: Connection, versions: Any) -> dict[str, AssessmentPublished]:
    event, dialect = tables.event.c, connection.dialect.name
    query = select(event.id, event.type, event.payload).where(among(dialect, event.id, "events"))
    found: dict[str, AssessmentPublished] = {}
    for row in connection.execute(query, {"events": listed(dialect, [one.event_id for one in versions])}):
        payload: Any = read_payload(row.type, row.payload)
        found[row.id] = payload.assessment if isinstance(payload, AssessmentRevised) else payload
    return found


def _accepted(
    states: LessonStates, one: Version, said: Mapping[str, AssessmentPublished], rounds: Sequence[Version]
) -> AcceptedAssessment:
    if one.key is None:
        raise AssessmentUnknown("The assessment was destroyed; see the list of assessments for the ids.")
    entry, last = states.entry_of(one.event_id), states.latest[one.key]
    first = states.versions.get(entry, one)
    now = said[one.event_id]
    since = _before(one, said, rounds)
    earlier = {} if since is None else {lens.lens: lens for lens in said[since].lenses}
    return AcceptedAssessment(
        event_id=one.event_id,
        region=one.region,
        region_name=one.region_name,
        audience=one.audience,
        accepted_at=one.accepted_at,
        payload=now,
        least_integrated=least_integrated(now.lenses),
        readings=tuple(
            LensReading(lens.lens, spread(lens), apart(lens.by_helix), lens_change(lens, earlier.get(lens.lens)))
            for lens in now.lenses
        ),
        since=since,
        since_period=None if since is None else said[since].period,
        entry=entry,
        published_at=min(first.accepted_at, one.accepted_at),
        replaced_by=None if last.event_id == one.event_id else last.event_id,
        corrections=states.history(one.key),
    )


def _before(one: Version, said: Mapping[str, AssessmentPublished], rounds: Sequence[Version]) -> str | None:
    """Return the event of the last round before one of the same region and questionnaire."""
    now = said[one.event_id]
    earlier = [
        other.event_id
        for other in rounds
        if other.region == one.region and other.key != one.key
        if said[other.event_id].instrument_hash == now.instrument_hash and _order(said[other.event_id]) < _order(now)
    ]
    return max(earlier, key=lambda name: _order(said[name]), default=None)


def _order(said: AssessmentPublished) -> tuple[str, str]:
    return str(first_day(said.period)), said.closed_on
