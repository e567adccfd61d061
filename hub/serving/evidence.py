"""What became of the published figures that an evaluation rests on: whether they stand, and what took their place."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, Row, and_, or_, select

from hub import tables
from hub.intake.hold import says_unseen, waits_with
from hub.serving.figures import GONE, Correction, correction, readable
from schemas.codes import FIGURE_EVENTS, Audience
from schemas.evaluation import EvaluationFigures, EvaluationPublished

EvidenceState = Literal["stands", "corrected", "withdrawn", "redacted", "not_held", "does_not_fit"]
_CHANGED: Final = frozenset({"corrected", "withdrawn", "redacted", "does_not_fit"})
_FIGURES: Final = frozenset(one.value for one in FIGURE_EVENTS)
_CHUNK: Final = 400  # ids per query: SQLite takes no more than 999 variables in older builds


class Evidence(msgspec.Struct, frozen=True):
    """Figures of one period that an evaluation rests on.

    `state`: `not_held` where the hub has not got the event (yet), `does_not_fit` where that event holds something else
    than the evaluation says. `changed` is what happened to the figures first, None while they stand.
    """

    event_id: str
    period: str
    state: EvidenceState
    changed: Correction | None


def has_changed(evidence: Sequence[Evidence]) -> bool:
    """Tell whether any of the figures are not what they were when the evaluation was made."""
    return any(one.state in _CHANGED for one in evidence)


def evidence_of(
    connection: Connection, reader: Audience, evaluations: Mapping[str, tuple[str, EvaluationPublished]]
) -> dict[str, tuple[Evidence, ...]]:
    """Return the evidence of evaluations, given by event as their region and what they say."""
    named = list(dict.fromkeys(one.event_id for _, said in evaluations.values() for one in said.figures))
    held: dict[str, Row[Any]] = {}
    others: dict[str, Row[Any]] = {}
    changes: dict[tuple[str, str], Row[Any]] = {}
    table = tables.indicator_payload
    for start in range(0, len(named), _CHUNK):
        chunk = named[start : start + _CHUNK]
        here = (table.c.event_id.in_(chunk), table.c.audience.in_(readable(reader)))
        held |= {row.event_id: row for row in connection.execute(select(table).where(*here))}
        others |= {row.id: row for row in connection.execute(_others(chunk))}
        for row in connection.execute(_changes(chunk, reader)):
            changes.setdefault((row.region, row.event_id), row)
    return {
        event_id: tuple(
            _evidence(region, said, one, held.get(one.event_id), changes.get((region, one.event_id)), reader)
            if (other := others.get(one.event_id)) is None or (other.region == region and other.type in _FIGURES)
            else Evidence(one.event_id, one.period, "does_not_fit", None)
            for one in said.figures
        )
        for event_id, (region, said) in evaluations.items()
    }


def _others(event_ids: Sequence[str]) -> Any:
    """Ask whose events these are, and of which type: as anybody may know."""
    event = tables.event.c
    return select(event.id, event.region, event.type).where(event.id.in_(event_ids))


def _changes(event_ids: Sequence[str], reader: Audience) -> Any:
    """Ask for what took these events away, or took their place where this reader sees it, the first first."""
    table = tables.superseded
    corrects = [table.c.kind == "corrected", table.c.audience.in_(readable(reader))]
    corrects += [] if reader == "network" else [~waits_with(table.c.by_event)]
    unseen = [] if reader == "network" else [says_unseen(table.c.by_event).label("is_unseen")]
    is_told = or_(table.c.kind.in_(GONE), and_(*corrects))
    return select(table, *unseen).where(table.c.event_id.in_(event_ids), is_told).order_by(table.c.sequence)


def _evidence(
    region: str,
    said: EvaluationPublished,
    one: EvaluationFigures,
    held: Row[Any] | None,
    change: Row[Any] | None,
    reader: Audience,
) -> Evidence:
    if held is not None:
        found = (held.region, held.indicator, held.definition_hash, held.period)
        if found != (region, said.indicator, said.definition_hash, one.period):
            return Evidence(one.event_id, one.period, "does_not_fit", None)
    if change is not None:
        return Evidence(one.event_id, one.period, change.kind, correction(change, reader))
    return Evidence(one.event_id, one.period, "not_held" if held is None else "stands", None)
