"""Where people find the pages of the desk: the menu of each role, and what stands beside one of its entries."""

from typing import Final

from schemas.text import Text

from .accounts import ROLES, Role
from .markup import Html, h
from .visit import Visit

# Each page that stands by itself: address, name and who it is for.
MENU: Final[tuple[tuple[str, Text, tuple[Role, ...]], ...]] = (
    ("/", Text("Begin", "Home"), ROLES),
    ("/bundles", Text("Vrijgave", "Release"), ROLES),
    ("/lessons", Text("Lessen", "Lessons"), ("author", "scientist")),
    ("/sources", Text("Bronnen", "Sources"), ("scientist",)),
    ("/definitions", Text("Definities", "Definitions"), ("scientist", "reviewer")),
    ("/plans", Text("Planning", "Schedule"), ("scientist",)),
    ("/evaluations", Text("Evaluatie", "Evaluation"), ("scientist",)),
    ("/rounds", Text("Gereedheid", "Readiness"), ("scientist", "author")),
    ("/ledger", Text("Grootboek", "Ledger"), ROLES),
    ("/key", Text("Mijn sleutel", "My key"), ("reviewer", "officer")),
)
# Pages for the same people as an entry of the menu, which stand in a row above each of them.
BESIDE: Final[dict[str, tuple[tuple[str, Text], ...]]] = {
    "/lessons": (
        ("/lessons", Text("Lessen", "Lessons")),
        ("/files", Text("Bestanden", "Files")),
        ("/citations", Text("Aanhalingen", "Citations")),
        ("/learning", Text("Reflecties en acties", "Reflections and actions")),
        ("/replies", Text("Reacties", "Replies")),
        ("/heard", Text("Wat ervan werd", "What became of them")),
        ("/messages", Text("Berichten van lezers", "Readers' messages")),
    ),
    "/sources": (
        ("/sources", Text("Bronnen", "Sources")),
        ("/linkage", Text("Koppeling", "Linkage")),
        ("/tables", Text("Openbare tabellen", "Public tables")),
    ),
    "/evaluations": (
        ("/evaluations", Text("Evaluatie", "Evaluation")),
        ("/interventions", Text("Interventies", "Interventions")),
    ),
}
_UNDER: Final = {to: entry for entry, row in BESIDE.items() for to, _ in row}


def may_open(visit: Visit, to: str) -> bool:
    """Tell whether a page of the menu, or one beside it, is for this person."""
    return any(visit.may(*roles) for path, _, roles in MENU if path == _UNDER.get(to, to))


def menu(visit: Visit) -> Html:
    """Return the menu, with the entry under which the page is looked for."""
    first = "/" + visit.path.split("/")[1]
    here = _UNDER.get(first, first)
    entries = [
        h("li", h("a", visit.told(text), href=to, aria_current="page" if to == here else None))
        for to, text, roles in MENU
        if visit.may(*roles)
    ]
    name = visit.t("Hoofdmenu", "Main menu")
    return h("nav", h("div", h("ul", entries), class_="wrap"), class_="nav", aria_label=name)


def beside(visit: Visit) -> Html | None:
    """Return the row of links above a page that others stand beside; None above any other page."""
    entry = _UNDER.get(visit.path)
    if entry is None:
        return None
    links = [
        h("li", h("a", visit.told(name), href=to, aria_current="page" if visit.path == to else None))
        for to, name in BESIDE[entry]
    ]
    name = next(text for to, text, _ in MENU if to == entry)
    return h("nav", h("ul", links), class_="beside", aria_label=visit.told(name))
