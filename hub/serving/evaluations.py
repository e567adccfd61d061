"""Evaluations that a reader may see: the latest accepted version of each, newest first, and how its figures fared.

An evaluation is shown to those only who may read every figure that it rests on and the hub holds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from hub import tables
from hub.serving.evidence import Evidence, evidence_of, has_changed, unreadable
from hub.serving.figures import Correction, readable
from hub.serving.lesson_states import EVALUATION_TYPES, EVALUATIONS, LessonStates, Version, lesson_states
from hub.serving.lessons import PAGE_SIZE, PageUnknown, WithdrawnLesson
from schemas.codes import Audience
from schemas.definition import Text
from schemas.evaluation import EvaluationOutcome, EvaluationPublished, EvaluationRevised, outcome_of
from schemas.upcast import read_payload

FILTERS = ("region", "intervention", "indicator", "method", "level", "outcome")


class AcceptedEvaluation(msgspec.Struct, frozen=True):
    """An evaluation as the hub holds it; `event_id` names this version for good, `accepted_at` is UTC.

    `evidence` says what became of each figure since, `evidence_changed` whether any is another now. `entry` is the
    first version it goes back to, `replaced_by` a newer version where this is not the latest.
    """

    event_id: str
    region: str
    region_name: str
    audience: Audience
    accepted_at: str
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

    `filters` are values by the names in FILTERS; None leaves a name out.
    """
    wanted = {name: value for name, value in (filters or {}).items() if value is not None}
    states = lesson_states(connection, reader, wanted.get("region"), kind=EVALUATIONS)
    chosen = _chosen(connection, reader, wanted)
    order = [one for one in states.live() if one.event_id in chosen]
    pages, here = _cut(len(order), page, size)
    return EvaluationPage(tuple(_read(connection, reader, states, order[here])), page, pages, len(order))


def evaluation_feed_page(
    connection: Connection, reader: Audience, page: int = 1, size: int = PAGE_SIZE
) -> EvaluationFeedPage:
    """Return one page of evaluations and of those taken back, by when that was, newest first; raises PageUnknown."""
    states = lesson_states(connection, reader, kind=EVALUATIONS)
    chosen = _chosen(connection, reader, {})
    live = {one.event_id: one for one in states.live() if one.event_id in chosen}
    gone = {
        entry: WithdrawnEvaluation(one.event_id, one.region, one.region_name, one.audience, entry, note)
        for entry, (one, note) in states.tombstones().items()
        if one.key is None or one.event_id in chosen
    }
    order = [(one.accepted_at, event_id, False) for event_id, one in live.items()]
    order += [(one.correction.at, entry, True) for entry, one in gone.items()]
    order.sort(reverse=True)
    pages, here = _cut(len(order), page, size)
    shown = [live[name] for _, name, is_gone in order[here] if not is_gone]
    there = {one.event_id: one for one in _read(connection, reader, states, shown)}
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
    states = LessonStates() if region is None else lesson_states(connection, reader, region, event_id, EVALUATIONS)
    version = states.versions.get(event_id)
    is_kept = version is not None and version.key is not None
    is_hidden = is_kept and event_id not in _chosen(connection, reader, {"region": region or ""})
    if version is None or is_hidden:
        raise EvaluationUnknown("There is no evaluation with this id; see the list of evaluations for the ids.")
    last = version if version.key is None else states.latest[version.key]
    note = states.gone.get(event_id) or states.gone.get(last.event_id)
    if note is not None:
        raise EvaluationTakenBack(
            WithdrawnEvaluation(
                event_id, version.region, version.region_name, version.audience, states.entry_of(event_id), note
            )
        )
    return _read(connection, reader, states, [version])[0]


def _chosen(connection: Connection, reader: Audience, wanted: Mapping[str, str]) -> set[str]:
    """Return the versions that fit, without those that rest on an own figure which this reader may not see."""
    table = tables.evaluation
    where = [table.c.audience.in_(readable(reader)), *(table.c[name] == value for name, value in wanted.items())]
    rows = connection.execute(select(table.c.event_id, table.c.region, table.c.figures).where(*where)).all()
    hidden = unreadable(connection, reader, wanted.get("region")) if rows else frozenset()
    return {
        row.event_id
        for row in rows
        if not hidden or not any((row.region, one) in hidden for one in row.figures.split(","))
    }


def _cut(total: int, page: int, size: int) -> tuple[int, slice]:
    pages = max(1, -(-total // size))
    if not 1 <= page <= pages:
        raise PageUnknown(
            Text(
                f"De lijst met evaluaties heeft geen pagina {page}; kies een pagina van 1 tot en met {pages}.",
                f"The list of evaluations has no page {page}; ask for a page from 1 to {pages}.",
            )
        )
    return pages, slice((page - 1) * size, page * size)


def _read(
    connection: Connection, reader: Audience, states: LessonStates, wanted: Sequence[Version]
) -> list[AcceptedEvaluation]:
    event = tables.event
    rows = connection.execute(
        select(event.c.id, event.c.type, event.c.payload).where(event.c.id.in_([one.event_id for one in wanted]))
    ).all()
    said = {row.id: _evaluation(read_payload(row.type, row.payload)) for row in rows}
    evidence = evidence_of(connection, reader, {one.event_id: (one.region, said[one.event_id]) for one in wanted})
    return [_accepted(states, one, said[one.event_id], evidence[one.event_id]) for one in wanted]


def _accepted(
    states: LessonStates, one: Version, said: EvaluationPublished, evidence: tuple[Evidence, ...]
) -> AcceptedEvaluation:
    if one.key is None:
        raise EvaluationUnknown("The evaluation was destroyed; see the list of evaluations for the ids.")
    entry, last = states.entry_of(one.event_id), states.latest[one.key]
    first = states.versions.get(entry, one)
    return AcceptedEvaluation(
        event_id=one.event_id,
        region=one.region,
        region_name=one.region_name,
        audience=one.audience,
        accepted_at=one.accepted_at,
        outcome=outcome_of(said),
        payload=said,
        evidence=evidence,
        evidence_changed=has_changed(evidence),
        entry=entry,
        published_at=min(first.accepted_at, one.accepted_at),
        replaced_by=None if last.event_id == one.event_id else last.event_id,
        corrections=states.history(one.key),
    )


def _evaluation(payload: Any) -> EvaluationPublished:
    found: EvaluationPublished = payload.evaluation if isinstance(payload, EvaluationRevised) else payload
    return found
