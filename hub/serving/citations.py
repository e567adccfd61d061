"""Citations of a lesson that a reader may see: per class, each with its evidence and what became of that since.

Citations of every version of a lesson belong to it, in both its languages, also once it was withdrawn. Those that rest
on no evidence that the hub has found to be the citing region's own are counted apart, under no class; the counts are
never made into one figure.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, Select, and_, select

from connectors.database import among, listed
from hub import tables
from hub.intake.cited import hidden_citations
from hub.intake.rests import not_open
from hub.serving.figures import GONE, Correction, correction, readable
from hub.serving.lesson_states import EVALUATION_TYPES, LESSON_TYPES
from hub.serving.lessons import NO_LESSON, LessonTakenBack, LessonUnknown, one_lesson
from schemas.citation import CLASSES, CitationClass, CitationPublished, CitedExperience, CitedFigures, EvidenceKind
from schemas.codes import FIGURE_EVENTS, Audience, Language, may_read
from schemas.upcast import read_payload

EvidenceState = Literal["stands", "corrected", "revised", "withdrawn", "redacted", "not_held", "does_not_fit"]
UNVERIFIED: Final = "unverified"
CHANGED: Final = frozenset({"corrected", "revised", "withdrawn", "redacted"})
MISSING: Final = frozenset({"not_held", "does_not_fit"})


class CitedEvidence(msgspec.Struct, frozen=True):
    """One piece of evidence; `changed` is what happened to it since, None while it stands.

    `state`: `not_held` where the hub has not got the event, `does_not_fit` where that is not the citing region's own
    or something else than the citation says. An experience stands as it is told; nobody here can check it.
    """

    kind: EvidenceKind
    state: EvidenceState
    event_id: str | None = None
    indicator: str | None = None
    period: str | None = None
    of: str | None = None
    documented: str | None = None
    changed: Correction | None = None


class AcceptedCitation(msgspec.Struct, frozen=True):
    """A citation as the hub holds it; `is_verified` where its class rests on what the hub found, or asks for nothing.

    `cited` is the event of the version that was cited; `accepted_at` is UTC.
    """

    event_id: str
    citation: str
    region: str
    region_name: str
    audience: Audience
    accepted_at: str
    language: Language
    cited: str
    classified: CitationClass
    classified_by: str
    context: str
    evidence: tuple[CitedEvidence, ...]
    is_verified: bool
    evidence_changed: bool


class CitedContext(NamedTuple):
    """What a citation says, whose it is, and in which language."""

    event_id: str
    region_name: str
    language: Language
    context: str


class LessonCitations(msgspec.Struct, frozen=True):
    """All citations of a lesson, newest first, and how many of each class; `taken_back` where the lesson was."""

    lesson: str
    counts: dict[str, int]
    citations: tuple[AcceptedCitation, ...]
    taken_back: Correction | None


def citations_of(connection: Connection, reader: Audience, event_id: str) -> LessonCitations:
    """Return the citations of the lesson of which an event is a version; raises LessonUnknown."""
    taken_back = None
    try:
        one_lesson(connection, reader, event_id)
    except LessonTakenBack as gone:
        taken_back = gone.lesson.correction
    of_region, versions = lesson_versions(connection, reader, event_id)
    rows = standing(connection, reader, of_region, sorted(versions))
    evidence = KnownEvidence(connection, reader, rows)
    found = tuple(_accepted(row, payload, evidence) for row, payload in rows)
    counts: dict[str, int] = dict.fromkeys((*CLASSES, UNVERIFIED), 0)
    for one in found:
        counts[one.classified if one.is_verified else UNVERIFIED] += 1
    return LessonCitations(event_id, counts, found, taken_back)


def tallies(connection: Connection, reader: Audience, event_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return how many citations of each class some lessons have, of those that have any; by the events given."""
    this, version, cited = tables.lesson.alias(), tables.lesson.alias(), tables.citation
    same = (version.c.region == this.c.region, version.c.lesson == this.c.lesson)
    rows = connection.scalars(
        select(this.c.event_id)
        .join(version, and_(*same))
        .join(cited, cited.c.lesson == version.c.event_id)
        .where(this.c.event_id.in_(event_ids))
        .distinct()
    )
    found = {event_id: citations_of(connection, reader, event_id).counts for event_id in rows}
    return {event_id: counts for event_id, counts in found.items() if any(counts.values())}


def contexts(connection: Connection, reader: Audience, of_region: str) -> dict[str, list[CitedContext]]:
    """Return what citations that this reader may see say of a region's lessons, by the lesson's id there, newest first.

    The same citations as `citations_of` gives of each version, of all lessons at once.
    """
    version = tables.lesson.c
    seen = (version.region == of_region, version.audience.in_(readable(reader)))
    names = {row.event_id: row.lesson for row in connection.execute(_cited_versions().where(*seen))}
    found: dict[str, list[CitedContext]] = {}
    if names:
        versions = select(version.event_id).where(*seen)
        for row, said in standing(connection, reader, of_region, versions, lambda row: names[row.lesson]):
            told = CitedContext(row.event_id, row.name, said.language, said.context)
            found.setdefault(names[row.lesson], []).append(told)
    return found


def _cited_versions() -> Select[Any]:
    """Ask for the lessons that somebody cited."""
    version, cited = tables.lesson.c, tables.citation.c
    return select(version.event_id, version.lesson).where(
        select(cited.event_id).where(cited.lesson == version.event_id).exists()
    )


def lesson_versions(connection: Connection, reader: Audience, event_id: str) -> tuple[str, set[str]]:
    """Return the region of a lesson and the events of all its versions that a reader may see; raises LessonUnknown."""
    event, lesson = tables.event, tables.lesson
    seen = (event.c.id == event_id, event.c.type.in_(LESSON_TYPES), event.c.audience.in_(readable(reader)))
    of_region = connection.scalar(select(event.c.region).where(*seen))
    if of_region is None:
        raise LessonUnknown(NO_LESSON)
    named = connection.scalar(select(lesson.c.lesson).where(lesson.c.event_id == event_id))
    if named is None:
        return of_region, {event_id}  # destroyed: its name went too
    same = (lesson.c.region == of_region, lesson.c.lesson == named, lesson.c.audience.in_(readable(reader)))
    return of_region, {event_id, *connection.scalars(select(lesson.c.event_id).where(*same))}


def standing(
    connection: Connection,
    reader: Audience,
    of_region: str,
    versions: Collection[str] | Select[Any],
    lesson_of: Callable[[Row[Any]], str] = lambda _: "",
) -> list[tuple[Row[Any], CitationPublished]]:
    """Return the latest of each citation that this reader may see and that was not taken back, newest first.

    A region may cite several lessons under one name; `lesson_of` tells them apart where versions are of several.
    """
    cited, event, took, region = tables.citation, tables.event, tables.superseded, tables.region
    gone = select(took.c.by_event).where(
        took.c.event_id == cited.c.event_id, took.c.region == cited.c.region, took.c.kind.in_(GONE)
    )
    rows = connection.execute(
        select(cited, event.c.type, event.c.payload, region.c.name)
        .join(event, event.c.id == cited.c.event_id)
        .join(region, region.c.code == cited.c.region)
        .where(cited.c.lesson.in_(versions), cited.c.audience.in_(readable(reader)), event.c.payload != b"")
        .where(~gone.exists(), cited.c.region != of_region)
        .order_by(cited.c.sequence)
    ).all()
    hidden = hidden_citations(connection, reader, [row.event_id for row in rows])
    latest = {(lesson_of(row), row.region, row.citation): row for row in rows if row.event_id not in hidden}
    order = sorted(latest.values(), key=lambda row: (row.accepted_at, row.event_id), reverse=True)
    return [(row, _cited(read_payload(row.type, row.payload))) for row in order]


def _cited(payload: Any) -> CitationPublished:
    found: CitationPublished = payload
    return found


class KnownEvidence:
    """What the hub knows of the events that citations name, which their reader may see.

    It is asked a few times for all of them, however many citations there are.
    """

    def __init__(
        self, connection: Connection, reader: Audience, rows: Sequence[tuple[Row[Any], CitationPublished]]
    ) -> None:
        dialect, self._reader = connection.dialect.name, reader
        named = {"events": listed(dialect, {one for row, _ in rows for one in row.evidence.split(",") if one})}
        event, figures, evaluation, took = (
            *(tables.event, tables.indicator_payload),
            *(tables.evaluation, tables.superseded),
        )

        def of(query: Any, column: Any) -> Sequence[Row[Any]]:
            return connection.execute(query.where(among(dialect, column, "events")), named).all()

        held = of(select(event.c.id, event.c.region, event.c.type), event.c.id)
        self._held: Mapping[str, Row[Any]] = {row.id: row for row in held}
        self._figures: Mapping[str, Row[Any]] = {row.event_id: row for row in of(select(figures), figures.c.event_id)}
        self._evaluations = {row.event_id for row in of(select(evaluation.c.event_id), evaluation.c.event_id)}
        self._changes: dict[tuple[str, str], Row[Any]] = {}
        changes = [one for one in of(select(took).order_by(took.c.sequence), took.c.event_id) if one.kind in CHANGED]
        # what stands in the place of evidence may wait for replies itself: till then nothing happened to it
        unseen = not_open(connection, reader, {one.by_event for one in changes if one.kind not in GONE})
        for row in changes:
            if row.kind in GONE or (may_read(reader, row.audience) and row.by_event not in unseen):
                self._changes.setdefault((row.event_id, row.region), row)

    def of(self, region: str, one: Any) -> CitedEvidence:
        """Return one piece of evidence of a region's citation with its state."""
        if isinstance(one, CitedExperience):
            return CitedEvidence("experience", "stands", of=one.of, documented=one.documented)
        about: dict[str, Any] = {"event_id": one.event_id}
        if isinstance(one, CitedFigures):
            about |= {"indicator": one.indicator, "period": one.period}
        kind: EvidenceKind = "figures" if isinstance(one, CitedFigures) else "evaluation"
        if one.event_id not in self._held:
            return CitedEvidence(kind, "not_held", **about)
        change = self._changes.get((one.event_id, region))
        if self._held[one.event_id].region != region or not self._fits(one, change):
            return CitedEvidence(kind, "does_not_fit", **about)
        if change is not None:
            return CitedEvidence(kind, change.kind, changed=correction(change, self._reader), **about)
        return CitedEvidence(kind, "stands", **about)

    def bears(self, row: Row[Any], piece: CitedEvidence) -> bool:
        """Tell whether the class of a citation can rest on a piece: it fits, and stood when the region cited it."""
        change = self._changes.get((piece.event_id or "", row.region))
        return piece.state not in MISSING and (change is None or change.sequence > row.sequence)

    def _fits(self, one: Any, change: Row[Any] | None) -> bool:
        is_destroyed = change is not None and change.kind == "redacted"
        if isinstance(one, CitedFigures):
            held = self._figures.get(one.event_id)
            if held is None:  # of what was destroyed its kind is left
                return is_destroyed and self._held[one.event_id].type in FIGURE_EVENTS
            return (held.indicator, held.period) == (one.indicator, one.period)
        is_one = self._held[one.event_id].type in EVALUATION_TYPES
        return one.event_id in self._evaluations or (is_one and is_destroyed)


def _accepted(row: Row[Any], payload: CitationPublished, evidence: KnownEvidence) -> AcceptedCitation:
    pieces = tuple(evidence.of(row.region, one) for one in payload.evidence)
    return AcceptedCitation(
        event_id=row.event_id,
        citation=payload.citation,
        region=row.region,
        region_name=row.name,
        audience=row.audience,
        accepted_at=row.accepted_at,
        language=payload.language,
        cited=payload.lesson,
        classified=payload.classified,
        classified_by=payload.classified_by,
        context=payload.context,
        evidence=pieces,
        is_verified=payload.classified == "mentioning" or any(evidence.bears(row, one) for one in pieces),
        evidence_changed=any(one.state in CHANGED for one in pieces),
    )
