"""Items of knowledge beside lessons: methods, instruments, trainings, questions, answers, and reuse."""

from typing import ClassVar, Literal

from .about import LessonAbout
from .items import Day, EventId, Indicator, Item, Link, Region, Step, Voice


class Tagged(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What others may take over, with where it belongs in the field's classifications."""

    purpose: str
    author_role: str
    licence: str
    themes: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    helix_voices: tuple[Voice, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    about: LessonAbout | None = None
    links: tuple[Link, ...] = ()


class MethodPublished(Tagged, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A way of working: what it is for, how it goes, where it fits, and what it brought."""

    noun: ClassVar[str] = "method"
    how: str
    fits_where: str
    experience: str


class InstrumentPublished(Tagged, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Something to work with: a questionnaire, a mapping of a source, a checklist, a model, software."""

    noun: ClassVar[str] = "instrument"
    kind: Literal["questionnaire", "mapping", "checklist", "model", "software", "other"]
    how: str
    for_whom: str


class TrainingPublished(Tagged, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Something to learn from: what for, for whom, in which form, and how to join; `hours` is its length."""

    noun: ClassVar[str] = "training"
    form: Literal["course", "workshop", "e_learning", "coaching", "exchange"]
    for_whom: str
    given_by: str
    how_to_join: str
    hours: int | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class QuestionPublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A region's question to the others, or about one lesson: it asks for help."""

    noun: ClassVar[str] = "question"
    question: str
    author_role: str
    state: Literal["open", "answered", "closed"]
    themes: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    about: LessonAbout | None = None
    lesson: EventId | None = None


class AnswerPublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """An answer to a question, and the lessons that it points to."""

    noun: ClassVar[str] = "answer"
    question: EventId
    question_region: Region
    answer: str
    author_role: str
    lessons: tuple[EventId, ...] = ()


class ReusePublished(Item, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What a region did with a lesson, method, instrument or training of another: seen, tried or adapted."""

    noun: ClassVar[str] = "reuse"
    of: EventId
    of_region: Region
    stage: Literal["seen", "tried", "adapted"]
    found: str
    author_role: str
    tried_on: Day | None = None
