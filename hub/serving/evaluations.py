"""Evaluations that a reader may see: the latest version of each, newest first, and how its figures fared.

An evaluation is shown to those only who see every figure that it rests on, and stands where it was first told to them:
so who reads on from what they saw last misses none (`hub.intake.rests`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, select

from connectors.database import among, listed
from hub import tables
from hub.intake.rests import Told, told_since
from hub.serving.evidence import Evidence, evidence_of, has_changed
from hub.serving.figures import Correction, readable
from hub.serving.lesson_states import (
    EVALUATION_TYPES,
    EVALUATIONS,
    LessonStates,
    Version,
    around_them,
    has_none,
    lesson_states,
)
from hub.serving.lessons import WithdrawnLesson
from hub.serving.paging import PAGE_SIZE, cut
from schemas.codes import Audience
from schemas.definition import Text
from schemas.evaluation import EvaluationOutcome, EvaluationPublished, EvaluationRevised, outcome_of
from schemas.upcast import read_payload

_LIST: Final = Text("De lijst met evaluaties", "The list of evaluations")


class AcceptedEvaluation(msgspec.Struct, frozen=True):
    """An evaluation as the hub holds it; `event_id` names this version for good, times are UTC.

    `told_at` is since when its reader sees it: when the hub accepted it, or later where it waited for figures.

    `evidence` says what became of each figure since, `evidence_changed` whether any is another now. `entry` is the
    first version it goes back to, `replaced_by` a newer version where this is not the latest.
    """

    event_id: str
    region: str
    region_name: str
    audience: Audience
    accepted_at: str
    told_at: str
    outcome: EvaluationOutcome
    payload: EvaluationPublished
    evidence: tuple[Evidence, ...]
    evidence_changed: bool
    entry: str
    published_at: str
    replaced_by: str | None
    corrections: tuple[Correction, ...]


class WithdrawnEvaluation(WithdrawnLesson, frozen=True):
    """An evaluation that was taken back or destroyed: when, why and by which event, and nothing of what it said."""


class EvaluationPage(msgspec.Struct, frozen=True):
    """One page of evaluations; `page` counts from 1, `pages` is at least 1."""

    evaluations: tuple[AcceptedEvaluation, ...]
    page: int
    pages: int
    total: int


class EvaluationFeedPage(msgspec.Struct, frozen=True):
    """One page of what happened to evaluations: those there are, and those that were taken back, newest first."""

    entries: tuple[AcceptedEvaluation | WithdrawnEvaluation, ...]
    page: int
    pages: int


class EvaluationUnknown(LookupError):
    """No evaluation with this id is there for this reader."""


class EvaluationTakenBack(LookupError):
    """An evaluation that its region withdrew or had destroyed."""

    def __init__(self, evaluation: WithdrawnEvaluation) -> None:
        """Take what can still be said."""
        note = evaluation.correction
        done = "destroyed" if note.kind == "redacted" else "withdrawn"
        why = "" if note.reason is None else f": {note.reason}"
        super().__init__(f"The evaluation was {done} by {evaluation.region_name} on {note.at[:10]}{why}")
        self.evaluation = evaluation


def evaluation_page(
    connection: Connection,
    reader: Audience,
    page: int = 1,
    size: int = PAGE_SIZE,
    filters: Mapping[str, str | None] | None = None,
) -> EvaluationPage:
    """Return one page of the latest versions, newest first; raises PageUnknown.

    `filters` are values of region, intervention, indicator, method, level or outcome; None leaves a name out.
    """
    wanted = {name: value for name, value in (filters or {}).items() if value is not None}
    seen = _seen(connection, reader, wanted.get("region"))
    order = seen.live(lambda row: all(getattr(row, name) == value for name, value in wanted.items()))
    pages, here = cut(len(order), page, size, _LIST)
    return EvaluationPage(tuple(_read(connection, reader, seen, order[here])), page, pages, len(order))


def live_evaluations(connection: Connection, reader: Audience, region: str) -> dict[str, str]:
    """Return the latest versions of a region's evaluations that this reader sees, each with since when (UTC text)."""
    if has_none(connection, EVALUATIONS, region):
        return {}
    seen = _seen(connection, reader, region)
    return {one.event_id: seen.told[one.event_id].at for one in seen.live()}


def evaluations_of(connection: Connection, reader: Audience, event_ids: Sequence[str]) -> dict[str, AcceptedEvaluation]:
    """Return some live versions by their events, without those that are no more or that this reader may not see."""
    if not event_ids:
        return {}
    seen = _seen(connection, reader, around=event_ids)
    live = {one.event_id: one for one in seen.live()}
    read = _read(connection, reader, seen, [live[name] for name in event_ids if name in live])
    return {one.event_id: one for one in read}


def evaluation_feed_page(
    connection: Connection, reader: Audience, page: int = 1, size: int = PAGE_SIZE
) -> EvaluationFeedPage:
    """Return one page of evaluations and of those taken back, by when that was, newest first; raises PageUnknown."""
    seen = _seen(connection, reader)
    live = {one.event_id: one for one in seen.live()}
    gone = {
        entry: WithdrawnEvaluation(one.event_id, one.region, one.region_name, one.audience, entry, note)
        for entry, (one, note) in seen.states.tombstones().items()
        if seen.was_told(one, note)
    }
    order = [(seen.told[event_id].at, event_id, False) for event_id in live]
    order += [(one.correction.at, entry, True) for entry, one in gone.items()]
    order.sort(reverse=True)
    pages, here = cut(len(order), page, size, _LIST)
    shown = [live[name] for _, name, is_gone in order[here] if not is_gone]
    there = {one.event_id: one for one in _read(connection, reader, seen, shown)}
    found = tuple(gone[name] if is_gone else there[name] for _, name, is_gone in order[here])
    return EvaluationFeedPage(found, page, pages)


def one_evaluation(connection: Connection, reader: Audience, event_id: str) -> AcceptedEvaluation:
    """Return one version of an evaluation by its event id.

    Raises EvaluationUnknown, also where the reader may not see it or a figure that it rests on, or EvaluationTakenBack
    where this or the latest version was.
    """
    event = tables.event
    region = connection.scalar(
        select(event.c.region).where(
            event.c.id == event_id, event.c.type.in_(EVALUATION_TYPES), event.c.audience.in_(readable(reader))
        )
    )
    seen = _Seen(LessonStates(), {}, {}) if region is None else _seen(connection, reader, region, event_id)
    states, version = seen.states, seen.states.versions.get(event_id)
    if version is None or (version.key is not None and event_id not in seen.told):
        raise EvaluationUnknown("There is no evaluation with this id; see the list of evaluations for the ids.")
    last = version if version.key is None else states.latest[version.key]
    note = states.gone.get(event_id) or states.gone.get(last.event_id)
    if note is not None:
        raise EvaluationTakenBack(
            WithdrawnEvaluation(
                event_id, version.region, version.region_name, version.audience, states.entry_of(event_id), note
            )
        )
    return _read(connection, reader, seen, [version])[0]


class _Seen(NamedTuple):
    """What one reader sees: states without what is hidden, since when which version is told, rows by event."""

    states: LessonStates
    told: Mapping[str, Told]
    rows: Mapping[str, Row[Any]]

    def live(self, fits: Callable[[Row[Any]], bool] = lambda _: True) -> list[Version]:
        """Return the latest versions that were not taken back and fit, the one told last first."""
        found = [one for one in self.states.live() if one.event_id in self.told and fits(self.rows[one.event_id])]
        return sorted(found, key=lambda one: (self.told[one.event_id].at, one.event_id), reverse=True)

    def was_told(self, version: Version, note: Correction) -> bool:
        """Tell whether the reader could see any version of an evaluation before it was taken back."""
        if version.key is None:
            return True  # what it rested on was destroyed with it
        versions = (self.told.get(one) for one in self.states.of_key[version.key])
        return any(one is not None and one.waited_until < note.at for one in versions)


def _seen(
    connection: Connection,
    reader: Audience,
    region: str | None = None,
    also: str | None = None,
    around: Sequence[str] | None = None,
) -> _Seen:
    table = tables.evaluation
    where = [table.c.audience.in_(readable(reader)), *(() if region is None else (table.c.region == region,))]
    where += around_them(connection, EVALUATIONS, around)
    rows = {row.event_id: row for row in connection.execute(select(table).where(*where))}
    told = told_since(connection, reader, rows.values())
    states = lesson_states(connection, reader, region, also, EVALUATIONS, rows.keys() - told.keys(), around)
    return _Seen(states, told, rows)


def _read(connection: Connection, reader: Audience, seen: _Seen, wanted: Sequence[Version]) -> list[AcceptedEvaluation]:
    event, dialect = tables.event.c, connection.dialect.name
    query = select(event.id, event.type, event.payload).where(among(dialect, event.id, "events"))
    rows = connection.execute(query, {"events": listed(dialect, [one.event_id for one in wanted])}).all()
    said = {row.id: evaluation_said(read_payload(row.type, row.payload)) for row in rows}
    evidence = evidence_of(connection, reader, {one.event_id: (one.region, said[one.event_id]) for one in wanted})
    return [_accepted(seen, one, said[one.event_id], evidence[one.event_id]) for one in wanted]


def _accepted(
    seen: _Seen, one: Version, said: EvaluationPublished, evidence: tuple[Evidence, ...]
) -> AcceptedEvaluation:
    if one.key is None:
        raise EvaluationUnknown("The evaluation was destroyed; see the list of evaluations for the ids.")
    states, told = seen.states, seen.told
    entry, last = states.entry_of(one.event_id), states.latest[one.key]
    told_at = told[one.event_id].at
    return AcceptedEvaluation(
        event_id=one.event_id,
        region=one.region,
        region_name=one.region_name,
        audience=one.audience,
        accepted_at=one.accepted_at,
        told_at=told_at,
        outcome=outcome_of(said),
        payload=said,
        evidence=evidence,
        evidence_changed=has_changed(evidence),
        entry=entry,
        published_at=min(told_at, told[entry].at) if entry in told else told_at,
        replaced_by=None if last.event_id == one.event_id else last.event_id,
        corrections=states.history(one.key),
    )


def evaluation_said(payload: Any) -> EvaluationPublished:
    """Return the evaluation of a payload, without the revision around it."""
    found: EvaluationPublished = payload.evaluation if isinstance(payload, EvaluationRevised) else payload
    return found
