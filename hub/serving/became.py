"""What became of a lesson, method, instrument or training: who tried it and found what, questions, actions, citations.

How often something was seen, tried and adapted is told per stage; the counts are never made into one figure.
"""

from collections.abc import Mapping, Set
from datetime import date
from typing import Any, Final, Literal, get_args

import msgspec
from sqlalchemy import Connection

from hub.serving.citations import tallies
from hub.serving.items import AcceptedItem
from hub.serving.learning import Translation, translated
from hub.serving.lesson_states import lesson_states
from hub.serving.lessons import AcceptedLesson, lessons_of
from hub.serving.named_by import naming, versions_of_item, versions_of_lesson
from hub.serving.paging import PAGE_SIZE, cut
from schemas.codes import Audience, Language
from schemas.knowledge_items import AnswerPublished, QuestionPublished, ReusePublished
from schemas.text import Text

Stage = Literal["seen", "tried", "adapted"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
_NOUNS: Final = ("action", "reuse", "question", "answer")
_LIST: Final = Text("De lijst met lessen van deze regio", "The list of this region's lessons")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What another item says in short: whose it is, since when, and its title in its own language."""

    event_id: str
    region: str
    region_name: str
    audience: Audience
    accepted_at: str
    language: Language
    title: str
    author_role: str


class ToldReuse(Told, frozen=True, kw_only=True):
    """What a region did with it, and what it found."""

    stage: Stage
    found: str
    tried_on: str | None


class ToldQuestion(Told, frozen=True, kw_only=True):
    """A question about it, and how many answers there are."""

    question: str
    state: Literal["open", "answered", "closed"]
    answers: int


class ToldAnswer(Told, frozen=True, kw_only=True):
    """An answer to a question, and the lessons that it points to."""

    answer: str
    lessons: tuple[str, ...]


class Became(msgspec.Struct, frozen=True):
    """What became of one thing that was shared, as one reader may know it.

    `stages` counts what regions did, one region once per stage; `pointed_to` are answers that point to it.
    """

    stages: Mapping[Stage, int]
    reuse: tuple[ToldReuse, ...]
    questions: tuple[ToldQuestion, ...]
    pointed_to: tuple[ToldAnswer, ...]
    translation: Translation


class OfLesson(msgspec.Struct, frozen=True):
    """What became of one of a region's lessons; `citations` are of each class, those without proof by themselves."""

    event_id: str
    title: str
    language: Language
    audience: Audience
    accepted_at: str
    citations: Mapping[str, int]
    became: Became


class OfLessons(msgspec.Struct, frozen=True):
    """A page of a region's lessons, newest first, with what became of each by `as_of`."""

    as_of: str
    region: str
    lessons: tuple[OfLesson, ...]
    page: int
    pages: int
    total: int


def became_of_lesson(connection: Connection, reader: Audience, today: date, event_id: str) -> Became:
    """Return what became of a lesson, whatever version of it was named; raises LessonUnknown."""
    return _became(connection, reader, today, versions_of_lesson(connection, reader, event_id))


def became_of_item(connection: Connection, reader: Audience, today: date, one: AcceptedItem) -> Became:
    """Return what became of an item, whatever version of it was named."""
    return _became(connection, reader, today, versions_of_item(connection, reader, one))


def became_of_region(
    connection: Connection, reader: Audience, today: date, region: str, page: int = 1, size: int = PAGE_SIZE
) -> OfLessons:
    """Return what became of a region's lessons; raises PageUnknown."""
    order = lesson_states(connection, reader, region).live()
    pages, shown = cut(len(order), page, size, _LIST)
    here = [one.event_id for one in order[shown]]
    lessons, counts = lessons_of(connection, reader, here), tallies(connection, reader, here)
    told = tuple(_of_lesson(connection, reader, today, one, counts) for one in lessons.values())
    return OfLessons(today.isoformat(), region, told, page, pages, len(order))


def answers_to(connection: Connection, reader: Audience, question: AcceptedItem) -> tuple[ToldAnswer, ...]:
    """Return the answers to a question, whatever version of it they name, newest first."""
    versions = versions_of_item(connection, reader, question)
    named = naming(connection, reader, versions, ("answer",))
    return tuple(_answer(one) for one in named if one.payload.question in versions)


def _became(connection: Connection, reader: Audience, today: date, versions: Set[str]) -> Became:
    found = naming(connection, reader, versions, _NOUNS)
    reuse = tuple(_reuse(one) for one in found if one.noun == "reuse" and one.payload.of in versions)
    asked = [one for one in found if one.noun == "question" and one.payload.lesson in versions]
    actions = [one for one in found if one.noun == "action" and one.payload.lesson in versions]
    return Became(
        stages={stage: len({one.region for one in reuse if one.stage == stage}) for stage in STAGES},
        reuse=reuse,
        questions=tuple(_question(one, len(answers_to(connection, reader, one))) for one in asked),
        pointed_to=tuple(_answer(one) for one in found if one.noun == "answer" and set(one.payload.lessons) & versions),
        translation=translated(actions, today),
    )


def _of_lesson(
    connection: Connection,
    reader: Audience,
    today: date,
    one: AcceptedLesson,
    counts: Mapping[str, Mapping[str, int]],
) -> OfLesson:
    return OfLesson(
        event_id=one.event_id,
        title=one.payload.title,
        language=one.payload.language,
        audience=one.audience,
        accepted_at=one.accepted_at,
        citations=counts.get(one.event_id, {}),
        became=became_of_lesson(connection, reader, today, one.event_id),
    )


def _head(one: AcceptedItem) -> dict[str, Any]:
    said: ReusePublished | QuestionPublished | AnswerPublished = one.payload
    return {
        "event_id": one.event_id,
        "region": one.region,
        "region_name": one.region_name,
        "audience": one.audience,
        "accepted_at": one.accepted_at,
        "language": said.language,
        "title": said.title,
        "author_role": said.author_role,
    }


def _reuse(one: AcceptedItem) -> ToldReuse:
    said: ReusePublished = one.payload
    return ToldReuse(**_head(one), stage=said.stage, found=said.found, tried_on=said.tried_on)


def _question(one: AcceptedItem, answers: int) -> ToldQuestion:
    said: QuestionPublished = one.payload
    return ToldQuestion(**_head(one), question=said.question, state=said.state, answers=answers)


def _answer(one: AcceptedItem) -> ToldAnswer:
    said: AnswerPublished = one.payload
    return ToldAnswer(**_head(one), answer=said.answer, lessons=said.lessons)
