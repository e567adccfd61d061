"""Own evidence: a citation or lesson may leave only where what it rests on left this region before, for its readers."""

from typing import Final

from sqlalchemy import Connection

from schemas.about import LessonAbout
from schemas.citation import CitationPublished, CitedExperience, CitedFigures
from schemas.codes import Audience, may_read
from schemas.evaluation import EvaluationPublished
from schemas.items import Item
from schemas.payloads import IndicatorPublished, LessonPublished

from .refusal import ReleaseRefused
from .standing import EventUnknown, StandingItem, of_event, shown

_MEND: Final = "name one that `python -m node ledger` lists, or make the citation `mentioning` without it"


class EvidenceNotOwn(ReleaseRefused):
    """A citation that rests on an event which is not this region's, or holds something else than it says."""


class EvidenceChanged(ReleaseRefused):
    """A citation that rests on figures or an evaluation that were replaced or withdrawn."""


class EvidenceForFewer(ReleaseRefused):
    """A citation for readers who may not read all that it rests on."""


def check_evidence(connection: Connection, payload: CitationPublished, audience: Audience) -> None:
    """Hold a citation's evidence to this region's own chain; raises one of the refusals above."""
    for one in payload.evidence:
        if isinstance(one, CitedExperience):
            continue
        short = one.event_id[:16]
        stood = _own(connection, one.event_id)
        content = None if stood is None else stood.content
        if isinstance(one, CitedFigures):
            fits = isinstance(content, IndicatorPublished) and (content.indicator, content.period) == (
                one.indicator,
                one.period,
            )
        else:
            fits = isinstance(content, EvaluationPublished)
        if stood is None or not fits:
            raise EvidenceNotOwn(
                f"Event {short} of citation '{payload.citation}' is not on this region's chain, or holds something "
                f"else than the citation says; {_MEND}."
            )
        if (now := shown(connection, stood.subject)) != one.event_id:
            mend = f"name event {now}" if now else _MEND
            raise EvidenceChanged(
                f"Event {short} of citation '{payload.citation}' was replaced or withdrawn since; {mend}."
            )
        if not may_read(audience, stood.audience):
            raise EvidenceForFewer(
                f"Event {short} is for {stood.audience}, so citation '{payload.citation}' that rests on it cannot be "
                f"for {audience}; choose --audience {stood.audience}."
            )


def check_evaluations(connection: Connection, payload: LessonPublished | Item, audience: Audience) -> None:
    """Hold the evaluations that a lesson or item rests on to this region's own chain; raises as `check_evidence`."""
    about = getattr(payload, "about", None)
    for event_id in about.evidence if isinstance(about, LessonAbout) else ():
        stood = _own(connection, event_id)
        short, called = event_id[:16], _called(payload)
        if stood is None or not isinstance(stood.content, EvaluationPublished):
            raise EvidenceNotOwn(
                f"Event {short} of {called} is no evaluation on this region's chain; name one that "
                "`python -m node ledger` lists, or leave it out of `evidence`."
            )
        if (now := shown(connection, stood.subject)) != event_id:
            mend = f"name event {now}" if now else "leave it out of `evidence`"
            raise EvidenceChanged(f"Event {short} of {called} was replaced or withdrawn since; {mend}.")
        if not may_read(audience, stood.audience):
            raise EvidenceForFewer(
                f"Event {short} is for {stood.audience}, so {called} that rests on it cannot be for "
                f"{audience}; choose --audience {stood.audience}."
            )


def _called(payload: LessonPublished | Item) -> str:
    return f"{payload.noun} '{payload.item}'" if isinstance(payload, Item) else f"lesson '{payload.lesson}'"


def _own(connection: Connection, event_id: str) -> StandingItem | None:
    try:
        return of_event(connection, event_id)
    except EventUnknown:
        return None
