"""What a search found, as its page shows it: title, place, a line of facts, a piece of text and tags."""

from collections.abc import Mapping, Sequence

import msgspec
from flask import url_for
from sqlalchemy import Connection

from hub.knowledge.words import Term, asked
from hub.serving.citations import LessonCitations, citations_of, tallies
from hub.serving.evaluations import AcceptedEvaluation, evaluations_of
from hub.serving.feed import anchor
from hub.serving.indexing import EVALUATION, LESSON
from hub.serving.items import AcceptedItem, items_of
from hub.serving.lessons import AcceptedLesson, lessons_of
from hub.serving.search import Found
from hub.web import words
from hub.web.facet_words import about_facets, label
from hub.web.pages import audience, indicator_title, language
from hub.web.snippets import Piece, snippet
from schemas.codes import KNOWLEDGE_NOUNS, Audience, Language
from schemas.items import VOICES, texts


class Said(msgspec.Struct, frozen=True):
    """A piece of a citation in which the words stand, and the region that wrote it."""

    region_name: str
    language: Language
    pieces: tuple[Piece, ...]


class Shown(msgspec.Struct, frozen=True):
    """One result: its title, where it leads, a line of facts, a piece of its text, and what it is about."""

    kind: str
    address: str
    title: str
    language: Language
    facts: tuple[str, ...]
    pieces: tuple[Piece, ...]
    tags: tuple[str, ...]
    citations: Mapping[str, int]  # of each class, none where nobody cited it
    said: Said | None = None  # what a citation says, where the words stand there and not in its own text


def results(connection: Connection, found: Found, question: str) -> list[Shown]:
    """Return what was found, in its order."""
    ids = {kind: [one.event_id for one in found.hits if one.kind == kind] for kind in (LESSON, EVALUATION)}
    others = items_of(connection, audience(), [one.event_id for one in found.hits if one.kind in KNOWLEDGE_NOUNS])
    lessons = lessons_of(connection, audience(), ids[LESSON])
    evaluations = evaluations_of(connection, audience(), ids[EVALUATION])
    counts = tallies(connection, audience(), list(lessons))
    shown = {name: _lesson_shown(one, question, counts.get(name, {})) for name, one in lessons.items()}
    terms_asked = asked(question)
    for name in counts if terms_asked else ():
        if not any(piece.is_hit for piece in shown[name].pieces):
            said = _said(citations_of(connection, audience(), name), terms_asked)
            shown[name] = msgspec.structs.replace(shown[name], said=said)
    shown |= {name: _evaluation_shown(one, question) for name, one in evaluations.items()}
    shown |= {name: _item_shown(one, question) for name, one in others.items()}
    return [shown[one.event_id] for one in found.hits if one.event_id in shown]


def _said(cited: LessonCitations, terms_asked: Sequence[Term]) -> Said | None:
    """Return a piece of the newest citation in which a word that was asked for stands; None where none does."""
    for one in cited.citations:
        pieces = snippet(one.context, one.language, terms_asked)
        if any(piece.is_hit for piece in pieces):
            return Said(one.region_name, one.language, pieces)
    return None


def _facts(one: AcceptedLesson | AcceptedEvaluation | AcceptedItem) -> tuple[str, ...]:
    lang = language()
    seen: Audience = one.audience
    more = () if seen == "public" else (words.word(f"for_{seen}", lang),)
    return (one.region_name, words.day(one.accepted_at, lang), *more)


def _lesson_shown(one: AcceptedLesson, question: str, counts: Mapping[str, int]) -> Shown:
    said = one.payload
    text = " ".join((said.context, said.barrier_or_opportunity, said.action, said.consequence, said.advice))
    tags = [*said.themes, *(label("step", str(step)) for step in sorted(set(said.steps)))]
    tags += [label(name, value) for name, value in about_facets(said.about)]
    tags += [label("voice", name) for name in VOICES if name in said.helix_voices]
    pieces = snippet(text, said.language, asked(question))
    address = url_for("knowledge.lesson", event_id=one.event_id, lang=language())
    return Shown(LESSON, address, said.title, said.language, _facts(one), pieces, tuple(tags), counts)


def _evaluation_shown(one: AcceptedEvaluation, question: str) -> Shown:
    lang = language()
    address = url_for("region-page.region", code=one.region, lang=lang, _anchor=anchor(one.event_id))
    pieces = snippet(one.payload.reading.told(lang), lang, asked(question))
    tags = (indicator_title(one.payload.indicator), words.word(one.outcome, lang))
    return Shown(EVALUATION, address, one.payload.title.told(lang), lang, _facts(one), pieces, tags, {})


def _item_shown(one: AcceptedItem, question: str) -> Shown:
    said = one.payload
    text = " ".join(text for field, _, text in texts(said) if field not in ("title", "author_role", "themes"))
    about = getattr(said, "about", None)
    tags = [*getattr(said, "themes", ()), *(label(name, value) for name, value in about_facets(about))]
    pieces = snippet(text, said.language, asked(question))
    address = url_for("item-page.item", event_id=one.event_id, lang=language())
    return Shown(one.noun, address, said.title, said.language, _facts(one), pieces, tuple(tags), {})
