"""Values of facets in the reader's language, and what a lesson is about as facets."""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, select
from werkzeug.datastructures import MultiDict

from hub import tables
from hub.serving.search import FACETS
from hub.web import words
from hub.web.pages import indicator_title, language
from hub.web.terms import terms
from schemas.about import LessonAbout

LONGEST: Final = 200  # characters of a question, and of a value
_MOST_VALUES: Final = 20  # of one facet, in an address
_ABOUT: Final = {
    "aims": "aim", "changes": "change", "lenses": "lens", "rainbow": "rainbow", "principles": "principle",
    "phases": "phase",
}  # fmt: skip


def label(name: str, value: str, names: Mapping[str, str] | None = None) -> str:
    """Return a value of a facet in the reader's language."""
    key = f"{name}_{value}"
    if (term := terms().get(name, {}).get(value)) is not None:
        return term.label(language())
    if name == "region":
        return (names or {}).get(value, value)
    if name == "indicator":
        return indicator_title(value)
    return words.word(key, language()) if name != "theme" and key in words.WORDS else value


def chosen(given: MultiDict[str, str], names: Iterable[str] = FACETS) -> dict[str, list[str]]:
    """Return the values of facets that an address or a form has: a few of each, none too long."""
    found = {}
    for name in names:
        values = [one for one in dict.fromkeys(given.getlist(name)) if 0 < len(one) <= LONGEST and "\x00" not in one]
        if values:
            found[name] = values[:_MOST_VALUES]
    return found


def region_names(connection: Connection) -> Mapping[str, str]:
    """Return the names of regions by their codes."""
    region = tables.region.c
    return {row.code: row.name for row in connection.execute(select(region.code, region.name))}


def about_facets(about: LessonAbout | None) -> list[tuple[str, str]]:
    """Return what a lesson is about as facets and their values."""
    if about is None:
        return []
    found = [(facet, str(value)) for name, facet in _ABOUT.items() for value in getattr(about, name)]
    return found + ([] if about.scope is None else [("scope", about.scope)])
