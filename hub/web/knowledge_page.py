"""The knowledge page: search and facets over what this reader may read, and each lesson's own page."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, request, url_for
from sqlalchemy import Connection

from hub.config import Hub
from hub.knowledge.words import asked
from hub.serving.attachments import attached_to
from hub.serving.became import became_of_lesson
from hub.serving.citations import citations_of
from hub.serving.evaluations import AcceptedEvaluation, evaluation_page, evaluations_of
from hub.serving.evidence_text import evidence_said
from hub.serving.feed import anchor
from hub.serving.indexing import LESSON
from hub.serving.kept_offers import kept_offers
from hub.serving.lesson_evidence import with_evidence
from hub.serving.lessons import (
    AcceptedLesson,
    LessonTakenBack,
    LessonUnknown,
    one_lesson,
)
from hub.serving.paging import PageUnknown
from hub.serving.search import Found, find
from hub.web import words
from hub.web.attached import listed
from hub.web.facet_words import LONGEST, about_facets, label, region_names
from hub.web.facet_words import chosen as chosen_of
from hub.web.knowledge_results import results
from hub.web.pages import audience, guard, indicator_title, language, page_asked, show, the_hub
from hub.web.take_up import of_lesson
from schemas.items import VOICES

blueprint = Blueprint("knowledge", __name__, template_folder="templates")
blueprint.after_request(guard)
_OPEN: Final = 6  # values of a facet that stand in sight
_LOOSENED: Final = 6  # choices of which it is said what leaving them out would give
_ORDER: Final = (
    *("kind", "theme", "aim", "step", "change", "lens", "rainbow", "principle", "phase", "scope"),
    *("voice", "indicator", "region", "language"),
)


class Value(msgspec.Struct, frozen=True):
    """A value of a facet as the page shows it; `address` is where it is, or is not, chosen."""

    value: str
    label: str
    count: int
    is_chosen: bool


class Dropped(msgspec.Struct, frozen=True):
    """A choice, and the address without it; `count` is what would be found then, None where that was not looked at."""

    label: str
    address: str
    count: int | None


@blueprint.get("/knowledge")
def knowledge() -> Response:
    """Show what is found, the choices that narrow it, and what to do where nothing is."""
    hub = the_hub()
    question, chosen = " ".join(request.args.get("q", "").split())[:LONGEST], chosen_of(request.args)
    page = page_asked()
    try:
        found = find(hub.engine, audience(), question, chosen, page)
    except PageUnknown:
        told = words.word("no_such_results", language())
        return show("absent.html", status=404, here="knowledge", text=told)
    with hub.engine.connect() as connection:
        names = region_names(connection)
        shown = results(connection, found, question)
    return show(
        "knowledge.html",
        here="knowledge",
        found=found,
        results=shown,
        question=question,
        is_asked=bool(asked(question)),
        facets=[(name, _values(found, name, chosen, names)) for name in _ORDER],
        in_sight=_OPEN,
        dropped=_dropped(hub, question, chosen, names, found),
        pager={step: _address(question, chosen, page=page + step) for step in (-1, 1)},
        feeds=_feeds(question, chosen),
        hook=audience() != "public" and _address(question, chosen, "subscriptions-page.subscriptions", kind=None),
        by_mail=_address(question, chosen, "subscribe.subscribe", kind=None),
    )


@blueprint.get("/lessons/<event_id>")
def lesson(event_id: str) -> Response:
    """Show one lesson in its own language, with the figures that it names and what became of interventions there."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            held = one_lesson(connection, audience(), event_id)
            one = with_evidence(connection, audience(), {event_id: held})[event_id]
        except LessonUnknown as absent:
            return show("absent.html", status=404, here="lessons", text=absent.text.told(language()))
        except LessonTakenBack as gone:
            cited = citations_of(connection, audience(), event_id)
            return show("withdrawn.html", status=410, here="lessons", one=gone.lesson, cited=cited, label=label)
        offered = {offer.indicator for offer in kept_offers(connection, audience(), hub.clock())}
        evaluations = _beside(connection, one)
        cited = citations_of(connection, audience(), event_id)
        became = became_of_lesson(connection, audience(), hub.clock().date(), event_id)
        files = attached_to(connection, audience(), [event_id]).get(event_id, ())
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
        about=about_facets(one.payload.about),
        label=label,
        became=became,
        evidence=[evidence_said(change).told(lang) for change in one.evidence_changed],
        attachments=listed(files, lang),
        ways=of_lesson(one.event_id, one.region, one.payload.title, lang),
    )


def facet_values(hub: Hub, found: Found, names: Iterable[str]) -> list[tuple[str, list[Value]]]:
    """Return the values of some facets, for another page that asks for the same choices in its address."""
    with hub.engine.connect() as connection:
        regions = region_names(connection)
    chosen = chosen_of(request.args)
    return [(name, _values(found, name, chosen, regions)) for name in names]


def _values(found: Found, name: str, chosen: Mapping[str, list[str]], names: Mapping[str, str]) -> list[Value]:
    picked = chosen.get(name, ())
    return [
        Value(one.value, label(name, one.value, names), one.count, one.value in picked) for one in found.facets[name]
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
        called = value if name == "q" else label(name, value, names)
        told.append(Dropped(called, _address(words_left, {one: left for one, left in others.items() if left}), count))
    return told


def _feeds(question: str, chosen: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the feeds of this search; feeds hold lessons alone, so there are none of other kinds alone."""
    if chosen.get("kind") and LESSON not in chosen["kind"]:
        return {}
    of_lessons = {name: values for name, values in chosen.items() if name != "kind"}
    ways = {"Atom": "feeds.get_atom", "JSON Feed": "feeds.get_json", "JSON": "lessons.get_lessons"}
    return {name: _address(question, of_lessons, endpoint, lang=None) for name, endpoint in ways.items()}


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
