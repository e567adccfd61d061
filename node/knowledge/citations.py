"""Citations of other regions' lessons as drafts: written as YAML, kept in the node, released like a lesson."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert, select

from node.audit import AuditEntry, record, timestamp
from node.tables import citation as citation_table
from schemas.citation import CitationClass, CitationPublished, CitedExperience, CitedFigures, Evidence, events_of
from schemas.codes import PERIOD, REGION_CODE, Language

from .written import WrittenUnreadable, read_written

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,48}")
_EVENT: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST_TEXT: Final = 4_000  # characters, as the hub takes
_LONGEST_ROLE: Final = 100
_MOST: Final = 100  # pieces of evidence, as the hub takes
_PAGE: Final = "docs/knowledge.md"


class CitationUnreadable(ValueError):
    """A citation file that is not YAML, lacks a field or has one too many, or says what no hub takes."""


class CitationUnknown(LookupError):
    """A citation that this node does not know."""


class WrittenCitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A citation as people write it: without evidence it mentions a lesson."""

    citation: str
    lesson: str
    lesson_region: str
    language: Language
    classified: CitationClass
    classified_by: str
    context: str
    evidence: tuple[Evidence, ...] = ()


def read_citation(file: Path, region: str) -> CitationPublished:
    """Read one citation of this region from YAML; raises CitationUnreadable naming file, field and remedy."""
    try:
        found = read_written(file, WrittenCitation, _PAGE)
    except WrittenUnreadable as error:
        raise CitationUnreadable(str(error)) from error
    said = CitationPublished(**{name: getattr(found, name) for name in found.__struct_fields__})
    wrong = _wrong(said, region) or _wrong_evidence(said)
    if wrong is not None:
        raise CitationUnreadable(f"{file}: {wrong}; see {_PAGE} for the fields.")
    return msgspec.structs.replace(said, context=said.context.strip())


def keep(connection: Connection, citation: CitationPublished, entry: AuditEntry) -> None:
    """Store a draft, replacing an earlier one of the same name."""
    connection.execute(delete(citation_table).where(citation_table.c.id == citation.citation))
    row = {"id": citation.citation, "payload": msgspec.json.encode(citation).decode()}
    connection.execute(insert(citation_table).values(**row, author=entry.actor, written_at=timestamp(entry.at)))
    record(connection, entry)


def find(connection: Connection, name: str) -> CitationPublished:
    """Return a draft; raises CitationUnknown."""
    text = connection.execute(select(citation_table.c.payload).where(citation_table.c.id == name)).scalar_one_or_none()
    if text is None:
        raise CitationUnknown(f"There is no citation '{name}' here; `python -m node cite list` names them.")
    return msgspec.json.decode(text, type=CitationPublished)


def drafts(connection: Connection) -> Sequence[CitationPublished]:
    """Return every draft in order of its name."""
    texts = connection.scalars(select(citation_table.c.payload).order_by(citation_table.c.id))
    return [msgspec.json.decode(text, type=CitationPublished) for text in texts]


def _wrong(said: CitationPublished, region: str) -> str | None:
    """Return what of a citation no hub takes, None where nothing."""
    if not _ID.fullmatch(said.citation):
        return "field `citation` is the citation's own name: at most 49 small letters, digits and hyphens"
    if not _EVENT.fullmatch(said.lesson):
        return "field `lesson` is the `event_id` of the lesson's version, as the hub gives it"
    if not REGION_CODE.fullmatch(said.lesson_region) or said.lesson_region == region:
        return "field `lesson_region` is the code of another region; a region does not cite its own lesson"
    if not said.context.strip() or len(said.context) > _LONGEST_TEXT:
        return f"field `context` is empty or longer than {_LONGEST_TEXT} characters"
    if not said.classified_by.strip() or len(said.classified_by) > _LONGEST_ROLE:
        return f"field `classified_by` is empty or longer than {_LONGEST_ROLE} characters"
    if said.classified != "mentioning" and not said.evidence:
        return "field `classified` is `mentioning` where there is no evidence of the region's own"
    return None


def _wrong_evidence(said: CitationPublished) -> str | None:
    named = events_of(said)
    if len(said.evidence) > _MOST or len(set(named)) != len(named):
        return f"field `evidence` lists more than {_MOST} pieces, or an event twice"
    if not all(map(_EVENT.fullmatch, named)):
        return "an `event_id` of field `evidence` is not written as `python -m node ledger` shows it"
    for one in said.evidence:
        if isinstance(one, CitedFigures) and not PERIOD.fullmatch(one.period):
            return "a `period` of field `evidence` is no year, quarter, month, week or day"
        if isinstance(one, CitedExperience) and not 0 < len(one.documented.strip()) <= _LONGEST_TEXT:
            return f"a `documented` of field `evidence` is empty or longer than {_LONGEST_TEXT} characters"
    return None
