"""What regions learnt and what it was translated into: reflections, actions, and the conditions of learning by date.

After N. van Vooren and others, "Improving the learning capacity of regional health systems", Journal of Health
Organization and Management 38 (2024), 280-296: reflection on a theme or region-wide, and three conditions (expertise
that translates what was learnt into action, leadership, a facilitating environment). Nothing here is counted into a
score, and everything is of what one reader may see: "no action" means none for that reader.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection

from hub.serving.items import AcceptedItem, live_items
from hub.serving.paging import PAGE_SIZE, cut
from schemas.about import Scope
from schemas.codes import Audience, Language
from schemas.items import VOICES, Voice
from schemas.learning import ACTION_STATES, CONDITIONS, WAITING, ActionState, action_state
from schemas.programme_items import ActionPublished, Condition, ReflectionPublished
from schemas.text import Text

# none: no action; open: somebody is still to do one; done: one was, and none waits; dropped: that is all of them
Translated = Literal["none", "open", "done", "dropped"]
_LIST: Final = Text("De lijst van reflecties", "The list of reflections")


class ToldAction(msgspec.Struct, frozen=True):
    """An action with its state on the day asked; `item` and `reflection` are the region's own names."""

    event_id: str
    region: str
    region_name: str
    audience: Audience
    item: str
    language: Language
    title: str
    owner_role: str
    due: str
    state: ActionState
    done_on: str | None
    result: str
    reflection: str | None
    lesson: str | None
    lesson_region: str | None


class Translation(msgspec.Struct, frozen=True):
    """What something learnt was translated into; it is open learning while that is nothing, or was dropped."""

    state: Translated
    actions: tuple[ToldAction, ...]


class ToldReflection(msgspec.Struct, frozen=True):
    """A reflection with who was not heard, and what its outcomes led to."""

    event_id: str
    region: str
    region_name: str
    audience: Audience
    language: Language
    title: str
    held_on: str
    scope: Scope
    theme: str
    heard: tuple[Voice, ...]
    not_heard: tuple[Voice, ...]
    observed: str
    outcomes: tuple[str, ...]
    lessons: tuple[str, ...]
    translation: Translation


class ConditionSeen(msgspec.Struct, frozen=True):
    """How far a condition of learning was there on the day of a reflection (its event), as the region saw it."""

    held_on: str
    state: Literal["absent", "partly", "present"]
    note: str
    reflection: str


class ConditionRow(msgspec.Struct, frozen=True):
    """One condition over time, the earliest first; empty where no reflection spoke of it."""

    condition: Condition
    seen: tuple[ConditionSeen, ...]


class RegionConditions(msgspec.Struct, frozen=True):
    """The three conditions of one region over time."""

    region: str
    region_name: str
    rows: tuple[ConditionRow, ...]


class Learning(msgspec.Struct, frozen=True):
    """What one reader may know of the learning of a region, or of all: a page of reflections, the latest first.

    `scopes` and `heard` count all the reflections, not this page's alone; `actions` counts actions by state on `as_of`.
    """

    as_of: str
    region: str | None
    reflections: tuple[ToldReflection, ...]
    page: int
    pages: int
    total: int
    scopes: Mapping[Scope, int]
    heard: Mapping[Voice, int]
    actions: Mapping[ActionState, int]
    conditions: tuple[RegionConditions, ...]


def learning(
    connection: Connection,
    reader: Audience,
    today: date,
    region: str | None = None,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Learning:
    """Return what was learnt, of one region where that is given; raises PageUnknown."""
    found = live_items(connection, reader, ("reflection", "action"), region)
    held = sorted((one for one in found if one.noun == "reflection"), key=_held_on, reverse=True)
    actions = [one for one in found if one.noun == "action"]
    pages, here = cut(len(held), page, size, _LIST)
    said: list[ReflectionPublished] = [one.payload for one in held]
    states = [action_state(one.payload, today) for one in actions]
    return Learning(
        as_of=today.isoformat(),
        region=region,
        reflections=tuple(_reflection(one, actions, today) for one in held[here]),
        page=page,
        pages=pages,
        total=len(held),
        scopes={scope: sum(one.scope == scope for one in said) for scope in ("theme", "region_wide")},
        heard={voice: sum(voice in one.heard for one in said) for voice in VOICES},
        actions={state: states.count(state) for state in ACTION_STATES},
        conditions=_conditions(held),
    )


def actions(
    connection: Connection,
    reader: Audience,
    today: date,
    states: Collection[ActionState] = (),
    region: str | None = None,
    owner_role: str = "",
) -> tuple[ToldAction, ...]:
    """Return actions by their day, those that wait for somebody first; only of some states, region or role if given."""
    found = [told(one, today) for one in live_items(connection, reader, ("action",), region)]
    role = owner_role.strip().casefold()
    kept = [one for one in found if (not states or one.state in states) and role in one.owner_role.casefold()]
    return tuple(sorted(kept, key=lambda one: (one.state not in WAITING, one.due, one.region, one.item)))


def translation_of_reflection(
    connection: Connection, reader: Audience, today: date, reflection: AcceptedItem
) -> Translation:
    """Return the actions of its region that a reflection led to."""
    found = live_items(connection, reader, ("action",), reflection.region)
    return translated([one for one in found if _comes_from(one, reflection)], today)


def told(one: AcceptedItem, today: date) -> ToldAction:
    """Return an action with its state on a day."""
    said: ActionPublished = one.payload
    return ToldAction(
        event_id=one.event_id,
        region=one.region,
        region_name=one.region_name,
        audience=one.audience,
        item=said.item,
        language=said.language,
        title=said.title,
        owner_role=said.owner_role,
        due=said.due,
        state=action_state(said, today),
        done_on=said.done_on,
        result=said.result,
        reflection=said.reflection,
        lesson=said.lesson,
        lesson_region=said.lesson_region,
    )


def translated(found: Sequence[AcceptedItem], today: date) -> Translation:
    """Return what something was translated into, of its actions."""
    listed = tuple(sorted((told(one, today) for one in found), key=lambda one: (one.due, one.region, one.item)))
    states = {one.state for one in listed}
    if not states:
        return Translation("none", ())
    if states & set(WAITING):
        return Translation("open", listed)
    return Translation("done" if "done" in states else "dropped", listed)


def _held_on(one: AcceptedItem) -> tuple[str, str, str]:
    return one.payload.held_on, one.accepted_at, one.event_id


def _comes_from(action: AcceptedItem, reflection: AcceptedItem) -> bool:
    """Tell whether an action translates a reflection: one of the two names the other, within one region."""
    if action.region != reflection.region:
        return False
    return action.payload.reflection == reflection.payload.item or action.payload.item in reflection.payload.actions


def _reflection(one: AcceptedItem, actions: Sequence[AcceptedItem], today: date) -> ToldReflection:
    said: ReflectionPublished = one.payload
    return ToldReflection(
        event_id=one.event_id,
        region=one.region,
        region_name=one.region_name,
        audience=one.audience,
        language=said.language,
        title=said.title,
        held_on=said.held_on,
        scope=said.scope,
        theme=said.theme,
        heard=tuple(voice for voice in VOICES if voice in said.heard),
        not_heard=tuple(voice for voice in VOICES if voice not in said.heard),
        observed=said.observed,
        outcomes=said.outcomes,
        lessons=said.lessons,
        translation=translated([action for action in actions if _comes_from(action, one)], today),
    )


def _conditions(held: Sequence[AcceptedItem]) -> tuple[RegionConditions, ...]:
    """Return the conditions of every region of which a reflection spoke, by the region's name."""
    earliest_first = [one for one in reversed(held) if one.payload.conditions]
    names = {one.region: one.region_name for one in earliest_first}
    return tuple(
        RegionConditions(
            code,
            name,
            tuple(ConditionRow(row, _seen(row, earliest_first, code)) for row in CONDITIONS),
        )
        for code, name in sorted(names.items(), key=lambda one: (one[1].casefold(), one[0]))
    )


def _seen(condition: Condition, held: Sequence[AcceptedItem], region: str) -> tuple[ConditionSeen, ...]:
    return tuple(
        ConditionSeen(one.payload.held_on, found.state, found.note, one.event_id)
        for one in held
        if one.region == region
        for found in one.payload.conditions
        if found.condition == condition
    )
