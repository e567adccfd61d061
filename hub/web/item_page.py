"""Pages of items: a list by kind, and each item's own page with all that it says."""

import re
from datetime import date
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, request, url_for
from sqlalchemy import Connection, select

from hub import tables
from hub.serving.attachments import attached, attached_to, is_handed_out
from hub.serving.became import answers_to, became_of_item
from hub.serving.items import AcceptedItem, ItemTakenBack, ItemUnknown, item_page, one_item
from hub.serving.learning import told, translation_of_reflection
from hub.serving.paging import PageUnknown
from hub.web import words
from hub.web.attached import listed
from hub.web.facet_words import about_facets, label
from hub.web.pages import audience, guard, language, page_asked, show, the_hub
from hub.web.take_up import of_item
from schemas.catalogue import catalogue
from schemas.codes import LESSONS, NOUNS, Language
from schemas.item_words import told_fields
from schemas.items import Item, Link, is_event, named_events

blueprint = Blueprint("item-page", __name__, template_folder="templates")
blueprint.after_request(guard)
# what a reader sees is where it leads: ASCII alone, no user's name that could be taken for the host
_AS_IT_LEADS: Final = re.compile(r"https://[a-zA-Z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][!-\[\]-~]*)?")
_INDICATORS = ("indicator", "indicators")
_ELSEWHERE = ("title", "language", "item", "links")  # said at the head of the page, or as links


class Named(msgspec.Struct, frozen=True):
    """Something that an item names: what it is called, and where it stands."""

    label: str
    address: str


class Elsewhere(msgspec.Struct, frozen=True):
    """Where something lies: what it is called and its address, which is a link where `is_followed`."""

    name: str
    address: str
    is_followed: bool


@blueprint.get("/items")
def items() -> Response:
    """Show the items of one kind or all, newest first."""
    hub = the_hub()
    asked = request.args.get("noun", "")
    noun = asked if asked in NOUNS else ""
    with hub.engine.connect() as connection:
        try:
            found = item_page(connection, audience(), (noun,) if noun else NOUNS, page=page_asked())
        except PageUnknown as absent:
            return show("absent.html", status=404, here="knowledge", text=absent.text.told(language()))
    return show("items.html", here="knowledge", found=found, nouns=NOUNS, noun=noun)


@blueprint.get("/items/<event_id>")
def item(event_id: str) -> Response:
    """Show one item in its own language, field by field."""
    hub = the_hub()
    with hub.engine.connect() as connection:
        try:
            one = one_item(connection, audience(), event_id)
        except ItemUnknown as absent:
            return show("absent.html", status=404, here="knowledge", text=absent.text.told(language()))
        except ItemTakenBack as gone:
            return show("item_withdrawn.html", status=410, here="knowledge", one=gone.item)
        named = _named(connection, one.payload)
        more = _more(connection, one, hub.clock().date())
    return show("item.html", here="knowledge", one=one, rows=rows(one), named=named, links=links(one.payload), **more)


def _more(connection: Connection, one: AcceptedItem, today: date) -> dict[str, Any]:
    """Return what others said of an item: answers to a question, who reused it, what a reflection led to."""
    more: dict[str, Any] = {"ways": of_item(one.noun, one.event_id, one.region, one.payload.title, language())}
    files = attached_to(connection, audience(), [one.event_id]).get(one.event_id, ())
    if one.noun == "attachment" and is_handed_out(connection, audience(), one):
        files = (attached(one),)
    more["attachments"] = listed(files, language())
    if one.noun == "question":
        more["answers"] = answers_to(connection, audience(), one)
    elif one.noun == "reflection":
        more["translation"] = translation_of_reflection(connection, audience(), today, one)
    elif one.noun == "action":
        more["action"] = told(one, today)
    elif more["ways"]:
        more["became"] = became_of_item(connection, audience(), today, one)
    return more


def rows(one: AcceptedItem) -> list[tuple[str, str]]:
    """Return what an item says, in the reader's language: the name of each field and its text."""
    said, lang = one.payload, language()
    return [
        (what.told(lang), _told(said, name, text.told(lang), lang))
        for name, what, text in told_fields(said)
        if name not in _ELSEWHERE and not is_event(said, name)
    ]


def links(said: Item) -> list[Elsewhere]:
    """Return where things lie that an item names; an address that shows another place than it leads to is no link."""
    listed: tuple[Link, ...] = getattr(said, "links", ())
    return [Elsewhere(one.name, one.address, _AS_IT_LEADS.fullmatch(one.address) is not None) for one in listed]


def _told(said: Item, name: str, text: str, lang: Language) -> str:
    """Return what a field says, codes as the words that the search has for them."""
    if name in _INDICATORS:
        return _titles(text, lang)
    if name == "steps":
        return "; ".join(label("step", str(one)) for one in getattr(said, name))
    if name == "about":
        facets = about_facets(getattr(said, name))
        return "; ".join(f"{words.word(f'facet_{facet}', lang)}: {label(facet, value)}" for facet, value in facets)
    return text


def _titles(ids: str, lang: Language) -> str:
    """Return what indicators are called, of one that the catalogue does not have its id."""
    known = catalogue()
    return ", ".join(known[one].title.told(lang) if one in known else one for one in ids.split(", "))


def _named(connection: Connection, said: Item) -> list[Named]:
    """Return the lessons and items that an item names; evaluations and figures stand on their region's page."""
    event = tables.event.c
    wanted = named_events(said)
    types = {row.id: row.type for row in connection.execute(select(event.id, event.type).where(event.id.in_(wanted)))}
    found = []
    for event_id in wanted:
        noun = types.get(event_id, "..").split(".")[2]
        if types.get(event_id) in LESSONS:
            address = url_for("knowledge.lesson", event_id=event_id, lang=language())
        elif noun in NOUNS:
            address = url_for("item-page.item", event_id=event_id, lang=language())
        else:
            continue
        found.append(Named(words.word(f"kind_{noun}", language()), address))
    return found
