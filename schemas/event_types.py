"""Event types: what regions may say, on which topic it travels, and how many reviewers it needs."""

from enum import StrEnum
from typing import Final


class EventType(StrEnum):
    """CloudEvents types (contracts.md): `nl.regiohelix.<noun>.<verbed>.v<N>`."""

    INDICATOR_PUBLISHED = "nl.regiohelix.indicator.published.v1"
    INDICATOR_CORRECTED = "nl.regiohelix.indicator.corrected.v1"
    INDICATOR_PUBLISHED_V2 = "nl.regiohelix.indicator.published.v2"  # with what is known of their quality
    INDICATOR_CORRECTED_V2 = "nl.regiohelix.indicator.corrected.v2"
    INDICATOR_WITHDRAWN = "nl.regiohelix.indicator.withdrawn.v1"
    INDICATOR_PENDING = "nl.regiohelix.indicator.pending.v1"
    LESSON_PUBLISHED = "nl.regiohelix.lesson.published.v1"
    LESSON_REVISED = "nl.regiohelix.lesson.revised.v1"
    LESSON_PUBLISHED_V2 = "nl.regiohelix.lesson.published.v2"  # with what it is about
    LESSON_REVISED_V2 = "nl.regiohelix.lesson.revised.v2"
    LESSON_WITHDRAWN = "nl.regiohelix.lesson.withdrawn.v1"
    EVALUATION_PUBLISHED = "nl.regiohelix.evaluation.published.v1"
    EVALUATION_REVISED = "nl.regiohelix.evaluation.revised.v1"
    EVALUATION_WITHDRAWN = "nl.regiohelix.evaluation.withdrawn.v1"
    ASSESSMENT_PUBLISHED = "nl.regiohelix.assessment.published.v1"
    ASSESSMENT_REVISED = "nl.regiohelix.assessment.revised.v1"
    ASSESSMENT_WITHDRAWN = "nl.regiohelix.assessment.withdrawn.v1"
    REPLY_PUBLISHED = "nl.regiohelix.reply.published.v1"
    REPLY_REVISED = "nl.regiohelix.reply.revised.v1"
    REPLY_WITHDRAWN = "nl.regiohelix.reply.withdrawn.v1"
    REPLY_WAIVED = "nl.regiohelix.reply.waived.v1"
    CITATION_PUBLISHED = "nl.regiohelix.citation.published.v1"
    CITATION_WITHDRAWN = "nl.regiohelix.citation.withdrawn.v1"
    METHOD_PUBLISHED = "nl.regiohelix.method.published.v1"
    METHOD_REVISED = "nl.regiohelix.method.revised.v1"
    METHOD_WITHDRAWN = "nl.regiohelix.method.withdrawn.v1"
    INSTRUMENT_PUBLISHED = "nl.regiohelix.instrument.published.v1"
    INSTRUMENT_REVISED = "nl.regiohelix.instrument.revised.v1"
    INSTRUMENT_WITHDRAWN = "nl.regiohelix.instrument.withdrawn.v1"
    TRAINING_PUBLISHED = "nl.regiohelix.training.published.v1"
    TRAINING_REVISED = "nl.regiohelix.training.revised.v1"
    TRAINING_WITHDRAWN = "nl.regiohelix.training.withdrawn.v1"
    QUESTION_PUBLISHED = "nl.regiohelix.question.published.v1"
    QUESTION_REVISED = "nl.regiohelix.question.revised.v1"
    QUESTION_WITHDRAWN = "nl.regiohelix.question.withdrawn.v1"
    ANSWER_PUBLISHED = "nl.regiohelix.answer.published.v1"
    ANSWER_REVISED = "nl.regiohelix.answer.revised.v1"
    ANSWER_WITHDRAWN = "nl.regiohelix.answer.withdrawn.v1"
    REUSE_PUBLISHED = "nl.regiohelix.reuse.published.v1"
    REUSE_REVISED = "nl.regiohelix.reuse.revised.v1"
    REUSE_WITHDRAWN = "nl.regiohelix.reuse.withdrawn.v1"
    ATTACHMENT_PUBLISHED = "nl.regiohelix.attachment.published.v1"
    ATTACHMENT_REVISED = "nl.regiohelix.attachment.revised.v1"
    ATTACHMENT_WITHDRAWN = "nl.regiohelix.attachment.withdrawn.v1"
    COMPOSITION_PUBLISHED = "nl.regiohelix.composition.published.v1"
    COMPOSITION_REVISED = "nl.regiohelix.composition.revised.v1"
    COMPOSITION_WITHDRAWN = "nl.regiohelix.composition.withdrawn.v1"
    SELECTION_PUBLISHED = "nl.regiohelix.selection.published.v1"
    SELECTION_REVISED = "nl.regiohelix.selection.revised.v1"
    SELECTION_WITHDRAWN = "nl.regiohelix.selection.withdrawn.v1"
    PHASE_PUBLISHED = "nl.regiohelix.phase.published.v1"
    PHASE_REVISED = "nl.regiohelix.phase.revised.v1"
    PHASE_WITHDRAWN = "nl.regiohelix.phase.withdrawn.v1"
    MILESTONE_PUBLISHED = "nl.regiohelix.milestone.published.v1"
    MILESTONE_REVISED = "nl.regiohelix.milestone.revised.v1"
    MILESTONE_WITHDRAWN = "nl.regiohelix.milestone.withdrawn.v1"
    GOAL_PUBLISHED = "nl.regiohelix.goal.published.v1"
    GOAL_REVISED = "nl.regiohelix.goal.revised.v1"
    GOAL_WITHDRAWN = "nl.regiohelix.goal.withdrawn.v1"
    INTERVENTION_PUBLISHED = "nl.regiohelix.intervention.published.v1"
    INTERVENTION_REVISED = "nl.regiohelix.intervention.revised.v1"
    INTERVENTION_WITHDRAWN = "nl.regiohelix.intervention.withdrawn.v1"
    REFLECTION_PUBLISHED = "nl.regiohelix.reflection.published.v1"
    REFLECTION_REVISED = "nl.regiohelix.reflection.revised.v1"
    REFLECTION_WITHDRAWN = "nl.regiohelix.reflection.withdrawn.v1"
    ACTION_PUBLISHED = "nl.regiohelix.action.published.v1"
    ACTION_REVISED = "nl.regiohelix.action.revised.v1"
    ACTION_WITHDRAWN = "nl.regiohelix.action.withdrawn.v1"
    EVENT_REDACTED = "nl.regiohelix.event.redacted.v1"
    KEY_ENROLLED = "nl.regiohelix.key.enrolled.v1"
    KEY_REVOKED = "nl.regiohelix.key.revoked.v1"


def noun_of(type_: str) -> str:
    """Return the noun of an event type: `lesson` of `nl.regiohelix.lesson.published.v1`."""
    return type_.split(".")[2]


PUBLISHED_FIGURES: Final = (EventType.INDICATOR_PUBLISHED, EventType.INDICATOR_PUBLISHED_V2)
CORRECTED_FIGURES: Final = (EventType.INDICATOR_CORRECTED, EventType.INDICATOR_CORRECTED_V2)
FIGURE_EVENTS: Final = (*PUBLISHED_FIGURES, *CORRECTED_FIGURES)
PUBLISHED_LESSONS: Final = (EventType.LESSON_PUBLISHED, EventType.LESSON_PUBLISHED_V2)
REVISED_LESSONS: Final = (EventType.LESSON_REVISED, EventType.LESSON_REVISED_V2)
LESSONS: Final = (*PUBLISHED_LESSONS, *REVISED_LESSONS)
WITHOUT_ABOUT: Final = frozenset({EventType.LESSON_PUBLISHED, EventType.LESSON_REVISED})
WITHOUT_QUALITY: Final = frozenset({EventType.INDICATOR_PUBLISHED, EventType.INDICATOR_CORRECTED})
REPLIES: Final = (EventType.REPLY_PUBLISHED, EventType.REPLY_REVISED)
KNOWLEDGE_NOUNS: Final = ("method", "instrument", "training", "question", "answer", "reuse", "attachment")
PROGRAMME_NOUNS: Final = (
    *("composition", "selection", "phase", "milestone", "goal", "intervention", "reflection", "action"),
)
NOUNS: Final = (*KNOWLEDGE_NOUNS, *PROGRAMME_NOUNS)  # of items, see schemas.items
PUBLISHED_ITEMS: Final = tuple(EventType(f"nl.regiohelix.{noun}.published.v1") for noun in NOUNS)
REVISED_ITEMS: Final = tuple(EventType(f"nl.regiohelix.{noun}.revised.v1") for noun in NOUNS)
WITHDRAWN_ITEMS: Final = tuple(EventType(f"nl.regiohelix.{noun}.withdrawn.v1") for noun in NOUNS)
ITEMS: Final = (*PUBLISHED_ITEMS, *REVISED_ITEMS)
KEY_EVENTS: Final = frozenset({EventType.KEY_ENROLLED, EventType.KEY_REVOKED})
INDICATORS_TOPIC: Final = "regiohelix.indicators"
KNOWLEDGE_TOPIC: Final = "regiohelix.knowledge"
PROGRAMME_TOPIC: Final = "regiohelix.programme"
EVENT_TOPICS: Final = (
    INDICATORS_TOPIC,
    KNOWLEDGE_TOPIC,
    PROGRAMME_TOPIC,
)  # a key event travels on each, ahead of what it signs
TOPICS: Final[dict[EventType, str]] = {
    EventType.INDICATOR_PUBLISHED: INDICATORS_TOPIC,
    EventType.INDICATOR_CORRECTED: INDICATORS_TOPIC,
    EventType.INDICATOR_PUBLISHED_V2: INDICATORS_TOPIC,
    EventType.INDICATOR_CORRECTED_V2: INDICATORS_TOPIC,
    EventType.INDICATOR_WITHDRAWN: INDICATORS_TOPIC,
    EventType.INDICATOR_PENDING: INDICATORS_TOPIC,
    EventType.LESSON_PUBLISHED: KNOWLEDGE_TOPIC,
    EventType.LESSON_REVISED: KNOWLEDGE_TOPIC,
    EventType.LESSON_PUBLISHED_V2: KNOWLEDGE_TOPIC,
    EventType.LESSON_REVISED_V2: KNOWLEDGE_TOPIC,
    EventType.LESSON_WITHDRAWN: KNOWLEDGE_TOPIC,
    EventType.EVALUATION_PUBLISHED: KNOWLEDGE_TOPIC,
    EventType.EVALUATION_REVISED: KNOWLEDGE_TOPIC,
    EventType.EVALUATION_WITHDRAWN: KNOWLEDGE_TOPIC,
    EventType.ASSESSMENT_PUBLISHED: KNOWLEDGE_TOPIC,
    EventType.ASSESSMENT_REVISED: KNOWLEDGE_TOPIC,
    EventType.ASSESSMENT_WITHDRAWN: KNOWLEDGE_TOPIC,
    EventType.REPLY_PUBLISHED: KNOWLEDGE_TOPIC,
    EventType.REPLY_REVISED: KNOWLEDGE_TOPIC,
    EventType.REPLY_WITHDRAWN: KNOWLEDGE_TOPIC,
    EventType.REPLY_WAIVED: KNOWLEDGE_TOPIC,
    EventType.CITATION_PUBLISHED: KNOWLEDGE_TOPIC,
    EventType.CITATION_WITHDRAWN: KNOWLEDGE_TOPIC,
    **{one: KNOWLEDGE_TOPIC if noun_of(one) in KNOWLEDGE_NOUNS else PROGRAMME_TOPIC for one in ITEMS},
    **{one: KNOWLEDGE_TOPIC if noun_of(one) in KNOWLEDGE_NOUNS else PROGRAMME_TOPIC for one in WITHDRAWN_ITEMS},
    EventType.EVENT_REDACTED: INDICATORS_TOPIC,
    EventType.KEY_ENROLLED: INDICATORS_TOPIC,
    EventType.KEY_REVOKED: INDICATORS_TOPIC,
}
APPROVALS_NEEDED: Final[dict[EventType, int]] = {
    EventType.INDICATOR_PUBLISHED: 2,  # two reviewers for figures (decision 35),
    EventType.INDICATOR_CORRECTED: 2,
    EventType.INDICATOR_PUBLISHED_V2: 2,
    EventType.INDICATOR_CORRECTED_V2: 2,
    EventType.INDICATOR_WITHDRAWN: 1,  # one where nothing new leaves but words
    EventType.INDICATOR_PENDING: 1,
    EventType.LESSON_PUBLISHED: 1,
    EventType.LESSON_REVISED: 1,
    EventType.LESSON_PUBLISHED_V2: 1,
    EventType.LESSON_REVISED_V2: 1,
    EventType.LESSON_WITHDRAWN: 1,
    EventType.EVALUATION_PUBLISHED: 2,  # numbers, though made of published ones alone
    EventType.EVALUATION_REVISED: 2,
    EventType.EVALUATION_WITHDRAWN: 1,
    EventType.ASSESSMENT_PUBLISHED: 2,  # numbers, of few people
    EventType.ASSESSMENT_REVISED: 2,
    EventType.ASSESSMENT_WITHDRAWN: 1,
    EventType.REPLY_PUBLISHED: 1,
    EventType.REPLY_REVISED: 1,
    EventType.REPLY_WITHDRAWN: 1,
    EventType.REPLY_WAIVED: 1,
    EventType.CITATION_PUBLISHED: 1,
    EventType.CITATION_WITHDRAWN: 1,
    **dict.fromkeys((*ITEMS, *WITHDRAWN_ITEMS), 1),
    EventType.ATTACHMENT_PUBLISHED: 2,  # a file: in a picture no program looks for persons
    EventType.ATTACHMENT_REVISED: 2,
    EventType.EVENT_REDACTED: 1,
    EventType.KEY_ENROLLED: 2,  # who may speak for the region
    EventType.KEY_REVOKED: 2,
}
