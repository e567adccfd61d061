"""The form of an action: what is to be done, by which role and by when, what it translates, and how it ended."""

import re
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from node.knowledge import actions, items
from node.release.subject import name_of
from node.work.taking_back import seen_by_readers
from schemas.item_words import FIELD_WORDS
from schemas.items import Item
from schemas.programme_items import ActionPublished
from schemas.text import Text

from .markup import Html, h
from .page import area, button, choice, field, form, panel, ticks
from .typed import needed, needed_day, one_of, said
from .visit import FormUnfit, Visit

LANGUAGES: Final = (("nl", "Nederlands"), ("en", "English"))
NAME: Final = Text("Korte naam", "Short name")
TITLE: Final = Text("Wat wordt er gedaan?", "What is to be done?")
_STATES: Final[dict[str, Text]] = {
    "open": Text("nog te doen", "still to be done"), "done": Text("gedaan", "done"),
    "dropped": Text("vervalt", "will not be done"),
}  # fmt: skip
_STATE: Final = Text("Hoe staat het ermee?", "How is it going?")
_RESULT: Final = Text("Wat gaf het, of waarom vervalt het?", "What did it give, or why will it not be done?")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,48}")
_EVENT: Final = re.compile(r"[0-9a-f]{64}")
_REGION: Final = re.compile(r"[A-Z]{2}[A-Z0-9-]{1,14}")


def editor(visit: Visit, connection: Connection, action: str, one: ActionPublished | None) -> Html:
    """Return the form, of an action that is here or a new one; an address can say what it translates."""
    had = _had(one)
    w = {name: visit.told(words) for name, words in FIELD_WORDS.items()}
    there = [(each.item, f"{each.title} ({each.item})") for each in items.drafts(connection, ("reflection",))]
    return form(
        visit, action,
        panel(
            visit.t("De actie", "The action"),
            naming(visit, "bel-elke-dag") if one is None else None,
            language(visit, had["language"]),
            watched(area(visit.told(TITLE), "title", said(visit, "title", had["title"]), rows=2,
                         hint=visit.t("In één zin, zonder namen.", "In one sentence, without names.")), "title"),
            field(w["owner_role"], "owner_role", said(visit, "owner_role", had["owner_role"]),
                  hint=visit.t("Een rol, geen naam.", "A role, not a name.")),
            field(w["due"], "due", said(visit, "due", had["due"]), type_="date"),
        ),
        panel(
            visit.t("Waaruit zij volgt", "What it follows from"),
            h("p", visit.t("Uit een reflectie van deze regio, of uit een les van welke regio ook; leeg mag ook.",
                           "From a reflection of this region, or from a lesson of any region; it may be left empty."),
              class_="quiet small"),
            choice(w["reflection"], "reflection", there, said(visit, "reflection", had["reflection"]),
                   blank=visit.t("Geen", "None"), required=False) if there else None,
            field(visit.t("Adres van de les bij de hub", "The lesson's address at the hub"), "lesson",
                  said(visit, "lesson", had["lesson"]), required=False,
                  hint=visit.t("Plak het adres van de pagina van de les, of de code van 64 tekens daarin.",
                               "Paste the address of the lesson's page, or the code of 64 characters in it.")),
            field(visit.t("Code van de regio van de les", "Code of the lesson's region"), "lesson_region",
                  said(visit, "lesson_region", had["lesson_region"]), required=False),
            class_="gap",
        ),
        _ending(visit, had) if one is not None else None,
        h("p", button(visit.t("Bewaar als concept", "Keep as a draft"), primary=True), class_="btns"),
        data_check="/lessons/check",
    )  # fmt: skip


def _had(one: ActionPublished | None) -> dict[str, str]:
    """Return every field as text; of a new action all are empty."""
    names = ActionPublished.__struct_fields__
    return {name: str((getattr(one, name) if one is not None else None) or "") for name in names}


def _ending(visit: Visit, had: dict[str, str]) -> Html:
    return panel(
        visit.told(_STATE),
        ticks(visit.t("Stand", "State"), "state", [(code, visit.told(words)) for code, words in _STATES.items()],
              (said(visit, "state", had["state"]),), "radio"),
        field(visit.told(FIELD_WORDS["done_on"]), "done_on", said(visit, "done_on", had["done_on"]), type_="date",
              required=False, hint=visit.t("Alleen als zij gedaan is; leeg: vandaag.",
                                           "Only where it was done; empty: today.")),
        watched(area(visit.told(_RESULT), "result", said(visit, "result", had["result"]), rows=3, required=False,
                     hint=visit.t("Lezers zien dit; zonder namen.", "Readers see this; without names.")), "result"),
        class_="gap", id_="state",
    )  # fmt: skip


def naming(visit: Visit, example: str) -> Html:
    """Return the field of a new item's own name."""
    hint = visit.t(f"Kleine letters, cijfers en streepjes; blijft altijd zo, bijvoorbeeld {example}.",
                   f"Small letters, digits and hyphens; stays so for ever, for instance {example}.")  # fmt: skip
    return field(visit.told(NAME), "item", said(visit, "item"), hint=hint)


def named(visit: Visit, had: Item | None) -> str:
    """Return the name of an item that is here, or of a new one; raises FormUnfit."""
    if had is not None:
        return had.item
    name = needed(visit, "item", NAME)
    if not _ID.fullmatch(name):
        raise FormUnfit(visit.t("Schrijf de korte naam met hoogstens 49 kleine letters, cijfers en streepjes.",
                                "Write the short name in at most 49 small letters, digits and hyphens."))  # fmt: skip
    return name


def language(visit: Visit, had: str) -> Html:
    """Ask in which language it is written: the reader's where nothing was said."""
    return choice(visit.t("Taal waarin u schrijft", "Language that you write in"), "language", LANGUAGES,
                  said(visit, "language", had or visit.lang))  # fmt: skip


def watched(words: Html, name: str) -> Html:
    """Return a field whose words are looked at while they are typed, where scripts run."""
    return h("div", words, h("p", "", class_="small warned", aria_live="polite", data_for=f"f-{name}"))


def typed(visit: Visit, connection: Connection, had: Item | None) -> ActionPublished:
    """Return what was typed as an action; raises FormUnfit, or ActionEnded where readers know how it ended."""
    values: dict[str, Any] = {
        "item": named(visit, had),
        "language": one_of(visit, "language", FIELD_WORDS["language"], dict(LANGUAGES)),
        "title": needed(visit, "title", TITLE),
        "owner_role": needed(visit, "owner_role", FIELD_WORDS["owner_role"]),
        "due": needed_day(visit, "due", FIELD_WORDS["due"]).isoformat(),
        "reflection": visit.one("reflection", "") or None,
        **_lesson(visit),
        **(_ended(visit) if had is not None else {"state": "open"}),
    }
    if values["reflection"] not in {None, *(one.item for one in items.drafts(connection, ("reflection",)))}:
        raise FormUnfit(visit.t("Kies een reflectie uit de lijst.", "Choose a reflection from the list."))
    made = msgspec.convert(values, ActionPublished)
    there = seen_by_readers(connection, visit.desk.secret("subject"), name_of(made))
    if there is not None and isinstance(there.content, ActionPublished) and there.content.state != made.state:
        actions.check_goes_on(there.content)
    return made


def _ended(visit: Visit) -> dict[str, str | None]:
    """Return how an action ended, if it did: what was done has a day and what it gave, what is given up says why."""
    state, result = one_of(visit, "state", _STATE, list(_STATES)), visit.one("result", "")
    if state == "open":
        return {"state": state}
    needed(visit, "result", _RESULT)
    if state == "dropped":
        return {"state": state, "result": result}
    today = visit.desk.clock().date()
    day = needed_day(visit, "done_on", FIELD_WORDS["done_on"]) if visit.one("done_on", "") else today
    if day > today:
        raise FormUnfit(visit.t("'Gedaan op' moet nog komen; schrijf een dag die geweest is.",
                                "'Done on' is still to come; write a day that has been."))  # fmt: skip
    return {"state": state, "result": result, "done_on": day.isoformat()}


def _lesson(visit: Visit) -> dict[str, str | None]:
    """Return the lesson that an action translates, with its region: both, or neither."""
    lesson, region = visit.one("lesson", ""), visit.one("lesson_region", "")
    if not lesson and not region:
        return {"lesson": None, "lesson_region": None}
    found = _EVENT.search(lesson.lower())
    if found is None or not _REGION.fullmatch(region):
        raise FormUnfit(visit.t("Geef van de les zowel het adres als de code van haar regio, of geen van beide.",
                                "Give both the lesson's address and the code of its region, or neither."))  # fmt: skip
    return {"lesson": found[0], "lesson_region": region}
