"""Project events onto the tables that serving reads, the same rows whether one comes in or is read again."""

from typing import Any

from sqlalchemy import Table

from hub.tables import (
    SupersededKind,
    assessment,
    citation,
    evaluation,
    indicator_payload,
    item,
    item_names,
    lesson,
    reply,
    superseded,
)
from schemas.assessment import AssessmentPublished, AssessmentRevised, AssessmentWithdrawn
from schemas.citation import CitationPublished, CitationWithdrawn, events_of
from schemas.envelope import Envelope
from schemas.evaluation import EvaluationPublished, EvaluationRevised, EvaluationWithdrawn, outcome_of
from schemas.items import Item, ItemRevised, ItemWithdrawn, named_events
from schemas.payloads import (
    EventRedacted,
    IndicatorCorrected,
    IndicatorPending,
    IndicatorPublished,
    IndicatorWithdrawn,
    LessonPublished,
    LessonRevised,
    LessonWithdrawn,
    Payload,
    ReplyPublished,
    ReplyRevised,
    ReplyWaived,
    ReplyWithdrawn,
)

Projected = tuple[Table, dict[str, Any]]


def project(event_id: str, envelope: Envelope, payload: Payload | None, accepted_at: str) -> tuple[Projected, ...]:
    """Return the projections of one event: tables and rows; an event without its payload has none."""
    common = {
        "region": envelope.region,
        "sequence": envelope.sequence,
        "audience": envelope.audience,
        "accepted_at": accepted_at,
    }
    match payload:
        case IndicatorPublished() as figures:
            return ((indicator_payload, _figures(event_id, figures) | common),)
        case IndicatorCorrected(corrects, reason, figures):
            place = _place(event_id, corrects, "corrected", reason) | common
            return (indicator_payload, _figures(event_id, figures) | common), (superseded, place)
        case LessonPublished() as words:
            return ((lesson, _words(event_id, words) | common),)
        case LessonRevised(revises, reason, words):
            place = _place(event_id, revises, "revised", reason) | common
            return (lesson, _words(event_id, words) | common), (superseded, place)
        case EvaluationPublished() as found:
            return ((evaluation, _evaluated(event_id, found) | common),)
        case EvaluationRevised(revises, reason, found):
            place = _place(event_id, revises, "revised", reason) | common
            return (evaluation, _evaluated(event_id, found) | common), (superseded, place)
        case AssessmentPublished() as held:
            return ((assessment, _assessed(event_id, held) | common),)
        case AssessmentRevised(revises, reason, held):
            place = _place(event_id, revises, "revised", reason) | common
            return (assessment, _assessed(event_id, held) | common), (superseded, place)
        case ReplyPublished() | ReplyWaived():
            return ((reply, _reply(event_id, payload) | common),)
        case ReplyRevised(revises, reason, answer):
            place = _place(event_id, revises, "revised", reason) | common
            return (reply, _reply(event_id, answer) | common), (superseded, place)
        case CitationPublished() as cited:
            return ((citation, _cited(event_id, cited) | common),)
        case Item() as said:
            return _item(event_id, said, common)
        case ItemRevised(revises=revises, reason=reason, item=said):
            place = _place(event_id, revises, "revised", reason) | common
            return (*_item(event_id, said, common), (superseded, place))
        case (
            IndicatorWithdrawn(withdraws, reason)
            | LessonWithdrawn(withdraws, reason)
            | EvaluationWithdrawn(withdraws, reason)
            | AssessmentWithdrawn(withdraws, reason)
            | ReplyWithdrawn(withdraws, reason)
            | CitationWithdrawn(withdraws, reason)
            | ItemWithdrawn(withdraws, reason)
        ):
            return ((superseded, _place(event_id, withdraws, "withdrawn", reason) | common),)
        case IndicatorPending(concerns, waits):
            return ((superseded, _place(event_id, concerns, "pending" if waits else "settled", "") | common),)
        case EventRedacted(redacts, reason):
            return ((superseded, _place(event_id, redacts, "redacted", reason) | common),)
    return ()


def _figures(event_id: str, payload: IndicatorPublished) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "indicator": payload.indicator,
        "version": payload.version,
        "definition_hash": payload.definition_hash,
        "period": payload.period,
        "region_set": payload.region_set,
    }


def _words(event_id: str, payload: LessonPublished) -> dict[str, Any]:
    return {"event_id": event_id, "lesson": payload.lesson, "language": payload.language, "title": payload.title}


def _evaluated(event_id: str, payload: EvaluationPublished) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "evaluation": payload.evaluation,
        "intervention": payload.intervention,
        "indicator": payload.indicator,
        "method": payload.method,
        "level": payload.level,
        "outcome": outcome_of(payload),
        "figures": ",".join(one.event_id for one in payload.figures),
    }


def _assessed(event_id: str, payload: AssessmentPublished) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "assessment": payload.assessment,
        "instrument": payload.instrument,
        "period": payload.period,
    }


def _reply(event_id: str, payload: ReplyPublished | ReplyWaived) -> dict[str, Any]:
    named = ("", "") if isinstance(payload, ReplyWaived) else (payload.reply, payload.language)
    return {
        "event_id": event_id,
        "reply": named[0],
        "language": named[1],
        "indicator": payload.indicator,
        "period": payload.period,
        "region_set": payload.region_set,
        "as_known_on": payload.as_known_on,
    }


def _cited(event_id: str, payload: CitationPublished) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "citation": payload.citation,
        "lesson": payload.lesson,
        "classified": payload.classified,
        "evidence": ",".join(events_of(payload)),
    }


def _item(event_id: str, payload: Item, common: dict[str, Any]) -> tuple[Projected, ...]:
    row = {"event_id": event_id, "noun": payload.noun, "item": payload.item}
    row |= {"language": payload.language, "title": payload.title}
    named = named_events(payload)
    beside = ((item_names, {"event_id": event_id, "names": ",".join(named)} | common),) if named else ()
    return ((item, row | common), *beside)


def _place(by_event: str, event_id: str, kind: SupersededKind, reason: str) -> dict[str, Any]:
    return {"by_event": by_event, "event_id": event_id, "kind": kind, "reason": reason}
