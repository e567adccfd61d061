"""The form of a reflection: what was looked back on, who was there, what was seen, and the conditions of learning."""

from collections.abc import Sequence
from typing import Any, Final, get_args

import msgspec
from sqlalchemy import Connection

from node.knowledge import items
from node.knowledge.conditions import ASKED
from node.release.standing import titles
from schemas.about import Scope
from schemas.codes import LESSONS
from schemas.item_words import FIELD_WORDS, value_word
from schemas.items import VOICES, Item
from schemas.learning import CONDITIONS
from schemas.programme_items import Condition, ReflectionPublished
from schemas.text import Text

from .action_form import LANGUAGES, language, named, naming, watched
from .markup import Child, Html, h
from .page import area, button, choice, field, form, panel, ticks
from .typed import chosen, needed, needed_day, one_of, said
from .visit import FormUnfit, Visit

NOTE: Final = Text("Waaraan u dat ziet", "By what you see that")
_TITLE: Final = Text("Waar keek u op terug?", "What did you look back on?")
_SCOPES: Final[tuple[str, ...]] = get_args(Scope)
_STATES: Final = ("absent", "partly", "present")


def note_id(one: ReflectionPublished, position: int) -> str:
    """Return which field of the form holds the note of a condition by its place."""
    return f"f-note-{one.conditions[position].condition}" if position < len(one.conditions) else "f-title"


def editor(visit: Visit, connection: Connection, action: str, one: ReflectionPublished | None) -> Html:
    """Return the form, of a reflection that is here or a new one."""
    return form(
        visit, action,
        panel(visit.t("De bijeenkomst", "The session"), _session(visit, one)),
        panel(visit.t("Wat u zag en wat volgt", "What you saw and what follows"), _found(visit, connection, one),
              class_="gap"),
        panel(
            visit.told(FIELD_WORDS["conditions"]),
            h("p", visit.t("Naar onderzoek in tien regio's: wat leren vroeg. Leeg wat u niet besprak.",
                           "After a study of ten regions: what learning asked for. Empty what you did not discuss."),
              class_="quiet small"),
            [_condition(visit, name, one) for name in CONDITIONS],
            class_="gap",
        ),
        h("p", button(visit.t("Bewaar als concept", "Keep as a draft"), primary=True), class_="btns"),
        data_check="/lessons/check",
    )  # fmt: skip


def _session(visit: Visit, one: ReflectionPublished | None) -> list[Child]:
    today = visit.desk.clock().date().isoformat()
    return [
        naming(visit, f"terugblik-{today}") if one is None else None,
        language(visit, one.language if one else ""),
        watched(area(visit.told(_TITLE), "title", said(visit, "title", one.title if one else ""), rows=2,
                     hint=visit.t("In één zin.", "In one sentence.")), "title"),
        field(visit.told(FIELD_WORDS["held_on"]), "held_on", said(visit, "held_on", one.held_on if one else ""),
              type_="date"),
        ticks(visit.told(FIELD_WORDS["scope"]), "scope",
              [(code, visit.told(value_word(code))) for code in _SCOPES],
              (said(visit, "scope", one.scope if one else ""),), "radio"),
        field(visit.told(FIELD_WORDS["theme"]), "theme", said(visit, "theme", one.theme if one else ""),
              required=False, hint=visit.t("Als u op één thema terugkeek.", "Where you looked back on one theme.")),
        ticks(visit.t("Wie waren erbij?", "Who took part?"), "heard",
              [(code, visit.told(value_word(code))) for code in VOICES],
              chosen(visit, "heard", one.heard if one else ())),
    ]  # fmt: skip


def _found(visit: Visit, connection: Connection, one: ReflectionPublished | None) -> list[Child]:
    acts = [(act.item, f"{act.title} ({act.item})") for act in items.drafts(connection, ("action",))]
    seen = [(each.event_id, each.title) for each in titles(connection, LESSONS)]
    picked_acts = chosen(visit, "actions", one.actions if one else ())
    picked = chosen(visit, "lessons", one.lessons if one else ())
    acts += [(name, name) for name in picked_acts if name not in dict(acts)]  # named by who has no action of it here
    seen += [(event, event[:16]) for event in picked if event not in dict(seen)]  # no lesson that stands (any more)
    return [
        watched(area(visit.told(FIELD_WORDS["observed"]), "observed",
                     said(visit, "observed", one.observed if one else ""), rows=5,
                     hint=visit.t("Met cijfers en verhalen, zonder namen.",
                                  "In figures and stories, without names.")), "observed"),
        watched(area(visit.told(FIELD_WORDS["outcomes"]), "outcomes",
                     said(visit, "outcomes", "\n".join(one.outcomes) if one else ""), rows=4,
                     hint=visit.t("Wat volgt daaruit? Per regel één uitkomst.",
                                  "What follows from it? One outcome per line.")), "outcomes"),
        ticks(visit.told(FIELD_WORDS["actions"]), "actions", acts, picked_acts) if acts else None,
        ticks(visit.t("Lessen die eruit kwamen", "Lessons that came of it"), "lessons", seen, picked) if seen else None,
    ]  # fmt: skip


def _condition(visit: Visit, name: Condition, one: ReflectionPublished | None) -> Html:
    state, note = next(((part.state, part.note) for part in one.conditions if part.condition == name), ("", "")) \
        if one is not None else ("", "")  # fmt: skip
    title = visit.told(value_word(name))
    return h(
        "div",
        h("h3", f"{title[:1].upper()}{title[1:]}"),
        h("p", visit.told(ASKED[name]), class_="small"),
        choice(visit.t(f"Stand: {title}", f"State: {title}"), f"state-{name}",
               [(code, visit.told(value_word(code))) for code in _STATES], said(visit, f"state-{name}", state),
               blank=visit.t("Niet besproken", "Not discussed"), required=False),
        watched(area(f"{visit.told(NOTE)} ({title})", f"note-{name}", said(visit, f"note-{name}", note), rows=2,
                     required=False), f"note-{name}"),
        class_="gap",
    )  # fmt: skip


def typed(visit: Visit, had: Item | None) -> ReflectionPublished:
    """Return what was typed as a reflection; raises FormUnfit."""
    values: dict[str, Any] = {
        "item": named(visit, had),
        "language": one_of(visit, "language", FIELD_WORDS["language"], dict(LANGUAGES)),
        "title": needed(visit, "title", _TITLE),
        "held_on": _held_on(visit),
        "scope": one_of(visit, "scope", FIELD_WORDS["scope"], _SCOPES),
        "theme": visit.one("theme", ""),
        "heard": visit.all("heard"),
        "observed": needed(visit, "observed", FIELD_WORDS["observed"]),
        "outcomes": [line.strip() for line in needed(visit, "outcomes", FIELD_WORDS["outcomes"]).splitlines()
                     if line.strip()],
        "actions": visit.all("actions"),
        "lessons": visit.all("lessons"),
        "conditions": _conditions(visit),
    }  # fmt: skip
    if values["scope"] == "theme":
        needed(visit, "theme", FIELD_WORDS["theme"])
    try:
        return msgspec.convert(values, ReflectionPublished)
    except msgspec.ValidationError as error:  # only what is ticked can be other than it should
        raise FormUnfit(visit.t("Kruis alleen aan wat in de lijsten staat.",
                                "Tick only what the lists have.")) from error  # fmt: skip


def _held_on(visit: Visit) -> str:
    day = needed_day(visit, "held_on", FIELD_WORDS["held_on"])
    if day > visit.desk.clock().date():
        raise FormUnfit(visit.t("'Gehouden op' moet nog komen; schrijf een dag die geweest is.",
                                "'Held on' is still to come; write a day that has been."))  # fmt: skip
    return day.isoformat()


def _conditions(visit: Visit) -> Sequence[dict[str, str]]:
    """Return what was said of each condition; raises FormUnfit where a state or a note stands alone."""
    found = []
    for name in CONDITIONS:
        state, note = visit.one(f"state-{name}", ""), visit.one(f"note-{name}", "")
        if not state and not note:
            continue
        if state not in _STATES or not note:
            title = visit.told(value_word(name))
            told = visit.t(f"Zeg bij '{title}' zowel de stand als waaraan u dat ziet, of geen van beide.",
                           f"Say of '{title}' both its state and by what you see that, or neither.")  # fmt: skip
            raise FormUnfit(told)
        found.append({"condition": name, "state": state, "note": note})
    return found
