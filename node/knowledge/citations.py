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
from schemas.refused import Refused
from schemas.text import Text

from .written import WrittenUnreadable, read_written

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,48}")
_EVENT: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST_TEXT: Final = 4_000  # characters, as the hub takes
_LONGEST_ROLE: Final = 100
_MOST: Final = 100  # pieces of evidence, as the hub takes
_PAGE: Final = "docs/knowledge.md"


class CitationUnreadable(Refused, ValueError):
    """A citation file that is not YAML, lacks a field or has one too many, or says what no hub takes."""


class CitationUnfit(Refused, ValueError):
    """What is said of another region's lesson and no hub takes; `wrong` says what, in both languages."""

    def __init__(self, wrong: Text) -> None:
        super().__init__(f"{wrong.en[:1].upper()}{wrong.en[1:]}.")
        self.wrong = wrong


class CitationUnknown(Refused, LookupError):
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
    try:
        return checked(said, region)
    except CitationUnfit as error:
        raise CitationUnreadable(f"{file}: {error.wrong.en}; see {_PAGE} for the fields.") from error


def checked(said: CitationPublished, region: str) -> CitationPublished:
    """Return a citation by this region as it is kept; raises CitationUnfit where no hub takes it."""
    wrong = _wrong(said, region) or _wrong_evidence(said)
    if wrong is not None:
        raise CitationUnfit(wrong)
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


def _wrong(said: CitationPublished, region: str) -> Text | None:
    """Return what of a citation no hub takes, None where nothing."""
    if not _ID.fullmatch(said.citation):
        return Text(
            "de korte naam heeft ten hoogste 49 kleine letters, cijfers en streepjes",
            "field `citation` is the citation's own name: at most 49 small letters, digits and hyphens",
        )
    if not _EVENT.fullmatch(said.lesson):
        return Text(
            "de les wordt genoemd met het adres of de gebeurtenis van haar versie, zoals de hub die geeft",
            "field `lesson` is the `event_id` of the lesson's version, as the hub gives it",
        )
    if not REGION_CODE.fullmatch(said.lesson_region) or said.lesson_region == region:
        return Text(
            "de regio van de les is de code van een andere regio; een regio haalt haar eigen les niet aan",
            "field `lesson_region` is the code of another region; a region does not cite its own lesson",
        )
    if not said.context.strip() or len(said.context) > _LONGEST_TEXT:
        return Text(
            f"de woorden ontbreken of zijn langer dan {_LONGEST_TEXT} tekens",
            f"field `context` is empty or longer than {_LONGEST_TEXT} characters",
        )
    if not said.classified_by.strip() or len(said.classified_by) > _LONGEST_ROLE:
        return Text(
            f"de rol van wie de soort koos ontbreekt of is langer dan {_LONGEST_ROLE} tekens",
            f"field `classified_by` is empty or longer than {_LONGEST_ROLE} characters",
        )
    if said.classified != "mentioning" and not said.evidence:
        return Text(
            "zonder bewijs van de regio zelf is een aanhaling vermeldend; kruis bewijs aan of kies vermeldend",
            "field `classified` is `mentioning` where there is no evidence of the region's own",
        )
    return None


def _wrong_evidence(said: CitationPublished) -> Text | None:
    named = events_of(said)
    if len(said.evidence) > _MOST or len(set(named)) != len(named):
        return Text(
            f"er is meer bewijs dan {_MOST} stuks, of een gebeurtenis staat er tweemaal",
            f"field `evidence` lists more than {_MOST} pieces, or an event twice",
        )
    if not all(map(_EVENT.fullmatch, named)):
        return Text(
            "een gebeurtenis van het bewijs is anders geschreven dan in het grootboek",
            "an `event_id` of field `evidence` is not written as `python -m node ledger` shows it",
        )
    for one in said.evidence:
        if isinstance(one, CitedFigures) and not PERIOD.fullmatch(one.period):
            return Text(
                "een periode van het bewijs is geen jaar, kwartaal, maand, week of dag",
                "a `period` of field `evidence` is no year, quarter, month, week or day",
            )
        if isinstance(one, CitedExperience) and not 0 < len(one.documented.strip()) <= _LONGEST_TEXT:
            return Text(
                f"waar een ervaring staat opgeschreven ontbreekt of is langer dan {_LONGEST_TEXT} tekens",
                f"a `documented` of field `evidence` is empty or longer than {_LONGEST_TEXT} characters",
            )
    return None
