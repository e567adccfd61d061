"""The knowledge page: search and facets over what this reader may read, and each lesson's own page."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, current_app, request, url_for
from sqlalchemy import Connection, select

from hub import tables
from hub.config import Hub
from hub.knowledge.words import asked
from hub.serving.citations import citations_of, tallies
from hub.serving.evaluations import AcceptedEvaluation, evaluation_page, evaluations_of
from hub.serving.feed import anchor
from hub.serving.indexing import EVALUATION, LESSON
from hub.serving.kept_offers import kept_offers
from hub.serving.lessons import (
    AcceptedLesson,
    LessonTakenBack,
    LessonUnknown,
    PageUnknown,
    lessons_of,
    one_lesson,
)
from hub.serving.search import FACETS, Found, find
from hub.web import words
from hub.web.pages import PAGE_DIGITS, audience, guard, indicator_title, language, show
from hub.web.snippets import Piece, snippet
from hub.web.terms import terms
from schemas.about import LessonAbout
from schemas.codes import Audience, Language

blueprint = Blueprint("knowledge", __name__, template_folder="templates")
blueprint.after_request(guard)
VOICES: Final = ("government", "practice", "knowledge", "citizens")
_MOST_VALUES: Final = 20  # of one facet, in an address
_LONGEST: Final = 200  # characters of a question, and of a value
_OPEN: Final = 6  # values of a facet that stand in sight
_LOOSENED: Final = 6  # choices of which it is said what leaving them out would give
_ORDER: Final = (
    *("kind", "theme", "aim", "step", "change", "lens", "rainbow", "principle", "phase", "scope"),
    *("voice", "indicator", "region", "language"),
)
_ABOUT: Final = {
    "aims": "aim", "changes": "change", "lenses": "lens", "rainbow": "rainbow", "principles": "principle",
    "phases": "phase",
}  # fmt: skip


class Value(msgspec.Struct, frozen=True):
    """A value of a facet as the page shows it; `address` is where it is, or is not, chosen."""

    value: str
    label: str
    count: int
    is_chosen: bool


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


class Dropped(msgspec.Struct, frozen=True):
    """A choice, and the address without it; `count` is what would be found then, None where that was not looked at."""

    label: str
    address: str
    count: int | None


@blueprint.get("/knowledge")
def knowledge() -> Response:
    """Show what is found, the choices that narrow it, and what to do where nothing is."""
    hub: Hub = current_app.extensions["regiohelix"]
    question, chosen = " ".join(request.args.get("q", "").split())[:_LONGEST], _chosen()
    text = request.args.get("page", "1")
    page = int(text) if text.isascii() and text.isdigit() and len(text) <= PAGE_DIGITS else 0
    try:
        found = find(hub.engine, audience(), question, chosen, page)
    except PageUnknown:
        told = words.word("no_such_results", language())
        return show("absent.html", status=404, here="knowledge", text=told)
    with hub.engine.connect() as connection:
        names = _names(connection)
        results = _results(connection, found, question)
    return show(
        "knowledge.html",
        here="knowledge",
        found=found,
        results=results,
        question=question,
        is_asked=bool(asked(question)),
        facets=[(name, _values(found, name, chosen, names)) for name in _ORDER],
        in_sight=_OPEN,
        dropped=_dropped(hub, question, chosen, names, found),
        pager={step: _address(question, chosen, page=page + step) for step in (-1, 1)},
        feeds=_feeds(question, chosen),
    )


@blueprint.get("/lessons/<event_id>")
def lesson(event_id: str) -> Response:
    """Show one lesson in its own language, with the figures that it names and what became of interventions there."""
    hub: Hub = current_app.extensions["regiohelix"]
    with hub.engine.connect() as connection:
        try:
            one = one_lesson(connection, audience(), event_id)
        except LessonUnknown as absent:
            return show("absent.html", status=404, here="lessons", text=absent.text.told(language()))
        except LessonTakenBack as gone:
            cited = citations_of(connection, audience(), event_id)
            return show("withdrawn.html", status=410, here="lessons", one=gone.lesson, cited=cited, label=_label)
        offered = {offer.indicator for offer in kept_offers(connection, audience(), hub.clock())}
        evaluations = _beside(connection, one)
        cited = citations_of(connection, audience(), event_id)
    lang = language()
    figures = [(name, indicator_title(name), name in offered) for name in dict.fromkeys(one.payload.indicators)]
    return show(
        "lesson.html",
        here="lessons",
        one=one,
        figures=figures,
        evaluations=[
            (found, words.word(found.outcome, lang), found.payload.title.told(lang), anchor(found.event_id))
            for found in evaluations
        ],
        heard=[words.word(f"voice_{name}", lang) for name in VOICES if name in one.payload.helix_voices],
        not_heard=[words.word(f"voice_{name}", lang) for name in VOICES if name not in one.payload.helix_voices],
        cited=cited,
        about=_about(one.payload.about),
        label=_label,
    )


def _chosen() -> dict[str, list[str]]:
    found = {}
    for name in FACETS:
        values = [one for one in dict.fromkeys(request.args.getlist(name)) if 0 < len(one) <= _LONGEST]
        if values:
            found[name] = values[:_MOST_VALUES]
    return found


def _names(connection: Connection) -> Mapping[str, str]:
    region = tables.region.c
    return {row.code: row.name for row in connection.execute(select(region.code, region.name))}


def _label(name: str, value: str, names: Mapping[str, str] | None = None) -> str:
    """Return a value of a facet in the reader's language."""
    key = f"{name}_{value}"
    if (term := terms().get(name, {}).get(value)) is not None:
        return term.label(language())
    if name == "region":
        return (names or {}).get(value, value)
    if name == "indicator":
        return indicator_title(value)
    return words.word(key, language()) if name != "theme" and key in words.WORDS else value


def _values(found: Found, name: str, chosen: Mapping[str, list[str]], names: Mapping[str, str]) -> list[Value]:
    picked = chosen.get(name, ())
    return [
        Value(one.value, _label(name, one.value, names), one.count, one.value in picked) for one in found.facets[name]
    ]


def _address(question: str, chosen: Mapping[str, list[str]], to: str = "knowledge.knowledge", **other: Any) -> str:
    kept = {"q": question, **chosen} if question else dict(chosen)
    return url_for(to, **{**kept, "lang": language(), **other})


def _dropped(
    hub: Hub, question: str, chosen: Mapping[str, list[str]], names: Mapping[str, str], found: Found
) -> list[Dropped]:
    """Return every choice with the address without it and, where nothing was found, what that would give."""
    choices = [("q", question)] if question else []
    choices += [(name, value) for name, values in chosen.items() for value in values]
    told = []
    for place, (name, value) in enumerate(choices):
        others = {one: [kept for kept in values if (one, kept) != (name, value)] for one, values in chosen.items()}
        words_left = "" if name == "q" else question
        looked = found.total == 0 and place < _LOOSENED
        count = find(hub.engine, audience(), words_left, others).total if looked else None
        label = value if name == "q" else _label(name, value, names)
        told.append(Dropped(label, _address(words_left, {one: left for one, left in others.items() if left}), count))
    return told


def _feeds(question: str, chosen: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the feeds of this search; feeds hold lessons alone, so there are none of evaluations alone."""
    if EVALUATION in chosen.get("kind", ()) and LESSON not in chosen.get("kind", ()):
        return {}
    of_lessons = {name: values for name, values in chosen.items() if name != "kind"}
    ways = {"Atom": "feeds.get_atom", "JSON Feed": "feeds.get_json", "JSON": "lessons.get_lessons"}
    return {name: _address(question, of_lessons, endpoint, lang=None) for name, endpoint in ways.items()}


def _results(connection: Connection, found: Found, question: str) -> list[Shown]:
    ids = {kind: [one.event_id for one in found.hits if one.kind == kind] for kind in (LESSON, EVALUATION)}
    lessons = lessons_of(connection, audience(), ids[LESSON])
    evaluations = evaluations_of(connection, audience(), ids[EVALUATION])
    counts = tallies(connection, audience(), list(lessons))
    shown = {name: _lesson_shown(one, question, counts.get(name, {})) for name, one in lessons.items()}
    shown |= {name: _evaluation_shown(one, question) for name, one in evaluations.items()}
    return [shown[one.event_id] for one in found.hits if one.event_id in shown]


def _facts(one: AcceptedLesson | AcceptedEvaluation) -> tuple[str, ...]:
    lang = language()
    seen: Audience = one.audience
    more = () if seen == "public" else (words.word(f"for_{seen}", lang),)
    return (one.region_name, words.day(one.accepted_at, lang), *more)


def _lesson_shown(one: AcceptedLesson, question: str, counts: Mapping[str, int]) -> Shown:
    said = one.payload
    text = " ".join((said.context, said.barrier_or_opportunity, said.action, said.consequence, said.advice))
    tags = [*said.themes, *(_label("step", str(step)) for step in sorted(set(said.steps)))]
    tags += [_label(name, value) for name, value in _about(said.about)]
    tags += [_label("voice", name) for name in VOICES if name in said.helix_voices]
    pieces = snippet(text, said.language, asked(question))
    address = url_for("knowledge.lesson", event_id=one.event_id, lang=language())
    return Shown(LESSON, address, said.title, said.language, _facts(one), pieces, tuple(tags), counts)


def _about(about: LessonAbout | None) -> list[tuple[str, str]]:
    """Return what a lesson is about as facets and their values."""
    if about is None:
        return []
    found = [(facet, str(value)) for name, facet in _ABOUT.items() for value in getattr(about, name)]
    return found + ([] if about.scope is None else [("scope", about.scope)])


def _evaluation_shown(one: AcceptedEvaluation, question: str) -> Shown:
    lang = language()
    address = url_for("region-page.region", code=one.region, lang=lang, _anchor=anchor(one.event_id))
    pieces = snippet(one.payload.reading.told(lang), lang, asked(question))
    tags = (indicator_title(one.payload.indicator), words.word(one.outcome, lang))
    return Shown(EVALUATION, address, one.payload.title.told(lang), lang, _facts(one), pieces, tags, {})


def _beside(connection: Connection, one: AcceptedLesson) -> list[AcceptedEvaluation]:
    """Return the evaluations of the lesson's region about the indicators that the lesson names."""
    named = () if one.payload.about is None else one.payload.about.evidence
    held = evaluations_of(connection, audience(), list(dict.fromkeys(named)))
    found = [held[name] for name in named if name in held and held[name].region == one.region]
    for indicator in dict.fromkeys(one.payload.indicators):
        filters = {"region": one.region, "indicator": indicator}
        others = evaluation_page(connection, audience(), filters=filters).evaluations
        found += [one for one in others if one.event_id not in held]
    return found
