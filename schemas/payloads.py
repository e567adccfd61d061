"""What an event says: figures, words, evaluations, assessments. Defined here, so they may travel; JSON Schemas too."""

from typing import Final, Literal

import msgspec

from .about import LessonAbout
from .assessment import AssessmentPublished, AssessmentRevised, AssessmentWithdrawn
from .canonical import canonical_bytes
from .citation import CitationPublished, CitationWithdrawn
from .codes import WITHOUT_ABOUT, WITHOUT_QUALITY, EventType, Language
from .evaluation import EvaluationPublished, EvaluationRevised, EvaluationWithdrawn
from .item_kinds import ITEM_PAYLOADS
from .items import Item, ItemRevised, ItemWithdrawn
from .quality import Quality
from .values import TypedValue

IndicatorKind = Literal["count", "proportion", "rate", "mean", "cost_per_person", "percentage"]


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure: a node per dimension of its payload (`total` sums a dimension), and its typed value."""

    nodes: tuple[str, ...]
    value: TypedValue


class Computed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="computed"):
    """Origin of figures that a region counted from its own records."""

    sources: tuple[str, ...]  # kinds of source, e.g. ("gp", "insurer"); never file names
    protection: str  # the attackers withstood, e.g. "plain, status, contributor; width 3"
    audit: str  # SHA-256 over the published rows that were audited


class TakenOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="taken_over"):
    """Origin of figures that were public already: taken over, not protected here."""

    owner: str
    table: str
    url: str
    licence: str
    retrieved_on: str
    file_sha256: str


class IndicatorPublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The figures of one indicator, one period, one region.

    Where nothing is known of their `quality` they travel as version 1, which has no such field.

    `cells[i].nodes` follows `dimensions`; numerators are in the definition's smallest unit (persons, events, cents,
    hundredths of a score), denominators in persons, records or person-days as the definition says.
    """

    indicator: str
    version: int
    definition_hash: str
    period: str
    region_set: str
    division_year: int
    indicator_kind: IndicatorKind
    dimensions: tuple[str, ...]
    cells: tuple[Cell, ...]
    origin: Computed | TakenOver
    quality: Quality | None = None


class LessonPublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A lesson: context, what stood in the way or helped, what was done, what followed, what the region advises.

    Where nothing is said of what it is `about` it travels as version 1, which has no such field.
    """

    lesson: str  # stable id within the region
    language: Language
    title: str
    context: str
    barrier_or_opportunity: str
    action: str
    consequence: str
    advice: str
    author_role: str
    themes: tuple[str, ...]
    steps: tuple[int, ...]  # population-management steps 1-6
    helix_voices: tuple[Literal["government", "practice", "knowledge", "citizens"], ...]
    indicators: tuple[str, ...]  # indicator ids this lesson points to
    licence: str
    about: LessonAbout | None = None


class IndicatorCorrected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New figures in the place of an earlier event's; the earlier event stays, and stays readable as known then."""

    corrects: str  # the id of the event whose place this takes
    reason: str
    figures: IndicatorPublished


class IndicatorWithdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Figures taken back without others in their place."""

    withdraws: str
    reason: str


class IndicatorPending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A correction of an earlier event's figures waits, since published now it would tell of few persons.

    It says neither where in them nor how large; with `waits` false none waits any more.
    """

    concerns: str  # the id of the event that holds the figures
    waits: bool


class LessonRevised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lesson's new wording in the place of an earlier event's."""

    revises: str
    reason: str
    lesson: LessonPublished


class LessonWithdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lesson taken back."""

    withdraws: str
    reason: str


class ReplyPublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A region's reply to a comparison, shown beside it; readers outside the network see both at the same time.

    `as_known_on` (UTC text, like 2026-11-22T21:00:00Z) is when the region looked at the comparison: figures that the
    hub accepted later are not what it replies to.
    """

    reply: str  # stable id within the region
    indicator: str
    period: str
    region_set: str
    as_known_on: str
    language: Language
    text: str
    author_role: str


class ReplyRevised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reply's new wording in the place of an earlier event's."""

    revises: str
    reason: str
    reply: ReplyPublished


class ReplyWithdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reply taken back."""

    withdraws: str
    reason: str


class ReplyWaived(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A region's word that it has seen a comparison, as known on a moment, and needs no time to reply to it."""

    indicator: str
    period: str
    region_set: str
    as_known_on: str


class EventRedacted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The order to destroy another event's salt and payload wherever they are; its envelope stays in the chain."""

    redacts: str
    reason: str  # says what kind of thing got out, never the thing


class KeyEnrolled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new key of the region, valid from the next event on; `proof` shows that its holder has the private half."""

    key: str  # 64 hexadecimal digits
    use: Literal["service", "reviewer"]
    role: str  # on whose behalf a reviewer signs; "service" for a service key
    proof: str  # by the new key over key_proof_message, Purpose.ENROLMENT


class KeyRevoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key of the region that no longer holds for the events after this one."""

    key_id: str
    reason: str


def quality_of(payload: object) -> Quality | None:
    """Return what a payload says of the quality of its figures, None where it has none."""
    figures = payload.figures if isinstance(payload, IndicatorCorrected) else payload
    return figures.quality if isinstance(figures, IndicatorPublished) else None


def about_of(payload: object) -> LessonAbout | None:
    """Return what a payload says of what its lesson is about, None where it has none."""
    words = payload.lesson if isinstance(payload, LessonRevised) else payload
    return words.about if isinstance(words, LessonPublished) else None


def unknown_to(type_: str, payload: object) -> str | None:
    """Return the field of a payload that the first version of its type does not have, None where it has all."""
    if type_ in WITHOUT_QUALITY and quality_of(payload) is not None:
        return "quality"
    return "about" if type_ in WITHOUT_ABOUT and about_of(payload) is not None else None


def key_proof_message(region: str, key: str, use: str) -> bytes:
    """Return the bytes that a new key signs to show that its holder has it."""
    return canonical_bytes({"region": region, "key": key, "use": use})


Payload = (
    IndicatorPublished
    | IndicatorCorrected
    | IndicatorWithdrawn
    | IndicatorPending
    | LessonPublished
    | LessonRevised
    | LessonWithdrawn
    | EvaluationPublished
    | EvaluationRevised
    | EvaluationWithdrawn
    | AssessmentPublished
    | AssessmentRevised
    | AssessmentWithdrawn
    | ReplyPublished
    | ReplyRevised
    | ReplyWithdrawn
    | ReplyWaived
    | CitationPublished
    | CitationWithdrawn
    | Item
    | ItemRevised
    | ItemWithdrawn
    | EventRedacted
    | KeyEnrolled
    | KeyRevoked
)
# what a reader sees, whatever brought it
Content = (
    IndicatorPublished
    | LessonPublished
    | EvaluationPublished
    | AssessmentPublished
    | ReplyPublished
    | CitationPublished
    | Item
)
PAYLOADS: Final[dict[EventType, type[Payload]]] = {
    EventType.INDICATOR_PUBLISHED: IndicatorPublished,
    EventType.INDICATOR_CORRECTED: IndicatorCorrected,
    EventType.INDICATOR_PUBLISHED_V2: IndicatorPublished,
    EventType.INDICATOR_CORRECTED_V2: IndicatorCorrected,
    EventType.INDICATOR_WITHDRAWN: IndicatorWithdrawn,
    EventType.INDICATOR_PENDING: IndicatorPending,
    EventType.LESSON_PUBLISHED: LessonPublished,
    EventType.LESSON_REVISED: LessonRevised,
    EventType.LESSON_PUBLISHED_V2: LessonPublished,
    EventType.LESSON_REVISED_V2: LessonRevised,
    EventType.LESSON_WITHDRAWN: LessonWithdrawn,
    EventType.EVALUATION_PUBLISHED: EvaluationPublished,
    EventType.EVALUATION_REVISED: EvaluationRevised,
    EventType.EVALUATION_WITHDRAWN: EvaluationWithdrawn,
    EventType.ASSESSMENT_PUBLISHED: AssessmentPublished,
    EventType.ASSESSMENT_REVISED: AssessmentRevised,
    EventType.ASSESSMENT_WITHDRAWN: AssessmentWithdrawn,
    EventType.REPLY_PUBLISHED: ReplyPublished,
    EventType.REPLY_REVISED: ReplyRevised,
    EventType.REPLY_WITHDRAWN: ReplyWithdrawn,
    EventType.REPLY_WAIVED: ReplyWaived,
    EventType.CITATION_PUBLISHED: CitationPublished,
    EventType.CITATION_WITHDRAWN: CitationWithdrawn,
    **ITEM_PAYLOADS,
    EventType.EVENT_REDACTED: EventRedacted,
    EventType.KEY_ENROLLED: KeyEnrolled,
    EventType.KEY_REVOKED: KeyRevoked,
}
