"""The places of the portal's menu and foot: a page that wants its place there adds one line to a tuple."""

from typing import Any, Final

import msgspec
from flask import url_for

from hub.identity.caller import ADMINISTRATOR, Caller
from hub.web import words
from schemas.codes import Language


class Place(msgspec.Struct, frozen=True):
    """One entry: the endpoint it leads to, its word (a key of `hub.web.words`), and the pages it is current for.

    `marks` are the values of `here` with which those pages call `show`; `administrators` are then its only readers.
    """

    endpoint: str
    word: str
    marks: tuple[str, ...]
    administrators: bool = False


MENU: Final[tuple[Place, ...]] = (
    Place("pages.overview", "overview", ("overview",)),
    Place("pages.choose", "compare", ("compare",)),
    Place("portal.all_regions", "regions", ("regions",)),
    Place("knowledge.knowledge", "knowledge_page", ("knowledge", "lessons")),
    Place("programme-page.progress", "network_progress", ("progress",)),
    Place("learning-page.learned", "learning", ("learning",)),
    Place("readiness.readiness", "readiness", ("readiness",)),
    Place("portal.about", "about_page", ("about",)),
    Place("administration.overview", "adm", ("administration",), administrators=True),
)


def menu(here: str, lang: Language, caller: Caller) -> list[dict[str, Any]]:
    """Return the menu for a page: addresses and words in the reader's language, and which entry is where they are."""
    return [
        {
            "address": url_for(place.endpoint, lang=lang),
            "text": words.word(place.word, lang),
            "is_here": here in place.marks,
        }
        for place in MENU
        if ADMINISTRATOR in caller.roles or not place.administrators
    ]
