"""Reflections and actions: written and changed, scanned, frozen for a reviewer, taken back, and what is due."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace as replace_fields
from functools import partial
from typing import Final

from sqlalchemy import Connection

from node.audit import AuditEntry
from node.knowledge import actions, items
from node.release.refusal import ReleaseRefused
from node.release.scan import Finding
from node.release.standing import StandingItem
from node.release.subject import name_of
from node.release.words import deidentifier
from node.work import writing as work
from node.work.taking_back import seen_by_readers
from schemas.item_words import FIELD_WORDS, nouns_word
from schemas.items import Item
from schemas.learning import STATE_WORDS, WAITING, ActionState, action_state
from schemas.programme_items import ActionPublished, ReflectionPublished
from schemas.text import Text

from . import action_form, reflection_form
from .bundles import asked_audience
from .drafts import draft_state, release_panel, take_words_back, withdrawal_panel
from .findings import findings_panel, let_stand, scanned
from .markup import Child, Html, h
from .page import badge, link, page, panel, table
from .sending import REFUSALS, again, refusal_note
from .visit import Answer, FormUnfit, Visit, gone_to
from .word_findings import Drafts, repair
from .word_findings import replace as replace_words

_SIGNS: Final[dict[ActionState, str]] = {
    "overdue": "stop", "due_soon": "warn", "open": "", "done": "ok", "dropped": "",
}  # fmt: skip
_NAMES: Final = {**FIELD_WORDS, "conditions.note": reflection_form.NOTE}
_NEW: Final = {
    "action": Text("Leg een actie vast", "Record an action"),
    "reflection": Text("Schrijf een reflectie", "Write a reflection"),
}
_BACK: Final = {
    "action": Text("Neem de actie terug", "Take the action back"),
    "reflection": Text("Neem de reflectie terug", "Take the reflection back"),
}


class ItemNotSeen(ReleaseRefused, FormUnfit):
    """A reflection or action that no reader sees, so that it cannot be taken back."""


def index(visit: Visit) -> Answer:
    """List actions by their day, with how far each is today, and reflections with what they led to."""
    key, today = visit.desk.secret("subject"), visit.desk.clock().date()
    with visit.desk.engine.connect() as connection:
        acts = [(one, state, seen_by_readers(connection, key, name_of(one)))
                for one, state in actions.actions(connection, today)]  # fmt: skip
        looked = [(one, led, seen_by_readers(connection, key, name_of(one)))
                  for one, led in actions.reflections(connection, today)]  # fmt: skip
    acts.sort(key=lambda row: row[1] not in WAITING)  # what is done or dropped stands below
    heads = [visit.t(*pair) for pair in (("Actie", "Action"), ("Vandaag", "Today"), ("Uiterlijk op", "Due on"),
                                         ("Van", "Of"), ("Staat", "State"))]  # fmt: skip
    rows = [(link(one.title, _path("action", one.item)), _today(visit, state), one.due, one.owner_role,
             draft_state(visit, one, there)) for one, state, there in acts]  # fmt: skip
    back_heads = [visit.t(*pair) for pair in (("Reflectie", "Reflection"), ("Staat", "State"),
                                              ("Gehouden op", "Held on"), ("Leidde tot", "Led to"))]  # fmt: skip
    back_rows = [(link(one.title, _path("reflection", one.item)), draft_state(visit, one, there), one.held_on,
                  _led(visit, led)) for one, led, there in looked]  # fmt: skip
    return page(
        visit,
        visit.t("Reflecties en acties", "Reflections and actions"),
        h("div", _listed(visit, "action", heads, rows), _listed(visit, "reflection", back_heads, back_rows),
          class_="stack"),
        lead=visit.t("Terugkijken kost een middag; pas wat daarna iemand op een dag doet, verandert iets.",
                     "Looking back takes an afternoon; only what somebody then does by a day changes something."),
    )  # fmt: skip


def _listed(visit: Visit, noun: str, heads: Sequence[str], rows: Sequence[Sequence[Child]]) -> Html:
    title = visit.told(nouns_word(noun)).capitalize()
    return panel(
        title,
        table(title, heads, rows) if rows else h("p", visit.t("Nog geen.", "None yet."), class_="quiet"),
        h("p", h("a", visit.told(_NEW[noun]), href=f"/learning/{noun}/new", class_="btn"), class_="btns"),
    )


def _today(visit: Visit, state: ActionState) -> Html:
    return badge(visit.told(STATE_WORDS[state]), _SIGNS[state])


def _led(visit: Visit, states: tuple[ActionState, ...]) -> Child:
    if not states:
        return badge(visit.t("nog geen actie", "no action yet"), "warn")
    return ", ".join(f"{number} {visit.told(STATE_WORDS[state])}" for state, number in Counter(states).items())


def new(visit: Visit, noun: str, wrong: Exception | None = None) -> Answer:
    """Show an empty form or, where it could not be kept, the form as it was filled in, with why."""
    with visit.desk.engine.connect() as connection:
        editor = _editor(visit, connection, noun, None)
    return page(
        visit,
        visit.told(_NEW[noun]),
        refusal_note(visit, wrong),
        editor,
        crumb=link(visit.t("Reflecties en acties", "Reflections and actions"), "/learning"),
        scripts=("wording.js",),
        status=409 if wrong else 200,
    )


def show(visit: Visit, noun: str, name: str, wrong: Exception | None = None) -> Answer:
    """Show one to be changed, what may point at a person in it, its way to readers, and what it led to."""
    with visit.desk.engine.connect() as connection:
        one = items.find(connection, noun, name)
        there = seen_by_readers(connection, visit.desk.secret("subject"), name_of(one))
        editor, beside = _editor(visit, connection, noun, one), _beside(visit, connection, one)
    path = _path(noun, name)
    looked = scanned(visit, one, path, _NAMES)
    return page(
        visit,
        one.title,
        refusal_note(visit, wrong),
        h(
            "div",
            h("div", editor, class_="stack"),
            h(
                "div",
                findings_panel(visit, looked, partial(_repair, visit, _drafts(noun), one)),
                release_panel(visit, f"{path}/release", is_clean=looked.is_clean,
                              is_out=there is not None and there.content == one),
                beside,
                _withdrawal(visit, noun, name, there),
                class_="stack",
            ),
            class_="grid g21",
        ),
        crumb=[link(visit.t("Reflecties en acties", "Reflections and actions"), "/learning"), " · ", one.item, " ",
               draft_state(visit, one, there)],
        scripts=("wording.js",),
        status=409 if wrong else 200,
    )  # fmt: skip


def _editor(visit: Visit, connection: Connection, noun: str, one: Item | None) -> Html:
    action = f"/learning/{noun}" if one is None else _path(noun, one.item)
    if noun == "action":
        return action_form.editor(visit, connection, action, one if isinstance(one, ActionPublished) else None)
    return reflection_form.editor(visit, connection, action, one if isinstance(one, ReflectionPublished) else None)


def _beside(visit: Visit, connection: Connection, one: Item) -> Html | None:
    """Return how far an action is today, or the actions that a reflection led to with the way to one more."""
    today = visit.desk.clock().date()
    if isinstance(one, ActionPublished):
        return panel(visit.t("Vandaag", "Today"), h("p", _today(visit, action_state(one, today)), " ", one.due))
    if not isinstance(one, ReflectionPublished):
        return None
    led = [(act, state) for act, state in actions.actions(connection, today) if actions.translates(act, one)]
    listed = [h("li", link(act.title, _path("action", act.item)), " ", _today(visit, state)) for act, state in led]
    return panel(
        visit.t("Wat hieruit volgt", "What follows"),
        h("ul", listed, class_="list") if listed
        else h("p", visit.t("Nog geen actie.", "No action yet."), class_="quiet"),
        h("p", link(visit.t("Leg er een actie uit vast", "Record an action of it"),
                    f"/learning/action/new?reflection={one.item}"), class_="gap-s"),
    )  # fmt: skip


def _withdrawal(visit: Visit, noun: str, name: str, there: StandingItem | None) -> Html | None:
    if there is None:
        return None
    return withdrawal_panel(visit, visit.told(_BACK[noun]), f"{_path(noun, name)}/withdraw", there.event_id)


def _repair(visit: Visit, drafts: Drafts, one: Item, found: Finding) -> Html:
    """Return the form that puts other words there or, within a part of a list, the way to its field."""
    if "." not in found.field:
        return repair(visit, drafts, one.item, one, found)
    at = reflection_form.note_id(one, found.position) if isinstance(one, ReflectionPublished) else "f-title"
    return h("p", visit.t("Zeg het anders in het veld. ", "Say it otherwise in the field. "),
             link(visit.t("Naar het veld", "To the field"), f"#{at}"))  # fmt: skip


def save(visit: Visit, noun: str, name: str = "") -> Answer:
    """Keep one as a draft; where it cannot be one, the form comes back as it was typed, with why."""
    desk = visit.desk
    try:
        with desk.engine.connect() as connection:
            had = items.find(connection, noun, name) if name else None
            made = action_form.typed(visit, connection, had) if noun == "action" else reflection_form.typed(visit, had)
            taken = {one.item for one in items.drafts(connection, (noun,))} | {"new"}
        if had is None and made.item in taken:
            raise FormUnfit(visit.t(f"De naam '{made.item}' is al gebruikt; kies een andere.",
                                    f"The name '{made.item}' is in use already; choose another."))  # fmt: skip
        work.keep_items(desk.engine, (made,), visit.who.name, desk.clock)
    except items.ItemUnknown:
        raise
    except REFUSALS as error:
        if not name:
            return new(again(visit, f"/learning/{noun}/new"), noun, error)
        return show(again(visit, _path(noun, name)), noun, name, error)
    return gone_to(_path(noun, made.item), "kept")


def release(visit: Visit, noun: str, name: str) -> Answer:
    """Scan one and freeze it for a reviewer, as `item write` does."""
    desk = visit.desk
    try:
        with desk.engine.connect() as connection:
            one = items.find(connection, noun, name)
        with deidentifier.at_hand() as finder:
            bundle = work.freeze(
                desk.engine, desk.settings, (one,), f"{noun}:{name}", audience=asked_audience(visit),
                subject_key=desk.secret("subject"), reason=visit.one("reason", ""), author=visit.who.name,
                clock=desk.clock, finder=finder,
            )  # fmt: skip
    except REFUSALS as error:
        return _refused(visit, noun, name, error)
    return gone_to(f"/bundles/{bundle.id}", "frozen")


def replace(visit: Visit, noun: str, name: str) -> Answer:
    """Put other words in the place of a finding's."""
    return replace_words(visit, _drafts(noun), name)


def stand(visit: Visit, noun: str, name: str) -> Answer:
    """Let a finding stand, with a reason that reviewers read."""
    try:
        return let_stand(visit, _drafts(noun).finding(name), _path(noun, name), name)
    except REFUSALS as error:
        return _refused(visit, noun, name, error)


def withdraw(visit: Visit, noun: str, name: str) -> Answer:
    """Freeze for one reviewer that it is taken back."""
    unseen = ItemNotSeen(visit.t(f"Lezers zien geen '{name}', dus er valt niets terug te nemen.",
                                 f"No reader sees '{name}', so there is nothing to take back."))  # fmt: skip
    return take_words_back(visit, _finder(noun), name, unseen)


def _refused(visit: Visit, noun: str, name: str, error: Exception) -> Answer:
    """Return the page with why; what was sent was not the form of its words, so these stand as they are kept."""
    sent = {key: values for key, values in visit.fields.items() if key != "csrf"}
    return show(again(replace_fields(visit, fields=sent), _path(noun, name)), noun, name, error)


def _drafts(noun: str) -> Drafts:
    return Drafts(f"/learning/{noun}", _NAMES, "item.written", _finder(noun), _keep)


def _finder(noun: str) -> Callable[[Connection, str], Item]:
    def find(connection: Connection, name: str) -> Item:
        return items.find(connection, noun, name)

    return find


def _keep(connection: Connection, one: Item, entry: AuditEntry) -> None:
    items.check_item(one, f"{one.noun} '{one.item}'")
    items.keep(connection, one, AuditEntry(entry.actor, entry.action, f"{one.noun}:{one.item}", entry.at))


def _path(noun: str, name: str) -> str:
    return f"/learning/{noun}/{name}"
