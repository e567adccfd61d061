"""Freeze a citation of another region's lesson for its reviewer, as the command and the desk's page do alike."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from connectors.database import writing
from node import flow
from node.audit import AuditEntry
from node.config import Settings
from node.release import candidate
from node.release.own_evidence import EvidenceNotOwn
from node.release.standing import of_event
from node.release.words import deidentifier
from schemas.citation import CitationPublished, CitedEvaluation, CitedFigures
from schemas.codes import Audience
from schemas.evaluation import EvaluationPublished
from schemas.payloads import IndicatorPublished


def freeze(
    engine: Engine,
    settings: Settings,
    subject_key: bytes,
    citation: CitationPublished,
    audience: Audience,
    entry: AuditEntry,
) -> candidate.FrozenBundle:
    """Hold a citation's evidence to this region's chain, scan its words, and freeze it; raises as `flow.release`."""
    with deidentifier.at_hand() as finder:
        if finder is not None:
            finder.start()  # takes longer than others should wait for the store
        with writing(engine) as connection:
            return flow.release(
                connection, settings, (), (), (citation,),
                audience=audience, subject_key=subject_key, deidentifier=finder, entry=entry,
            )  # fmt: skip


def evidence_of(connection: Connection, events: Sequence[str]) -> tuple[CitedFigures | CitedEvaluation, ...]:
    """Return own events as a citation names them; raises EventUnknown, or EvidenceNotOwn of one that is no evidence."""
    found: list[CitedFigures | CitedEvaluation] = []
    for event_id in events:
        stood = of_event(connection, event_id)
        content = None if stood is None else stood.content
        if isinstance(content, IndicatorPublished):
            found.append(CitedFigures(event_id, content.indicator, content.period))
        elif isinstance(content, EvaluationPublished):
            found.append(CitedEvaluation(event_id))
        else:
            raise EvidenceNotOwn(f"Event {event_id[:16]} holds no figures and no evaluation; choose another.")
    return tuple(found)
