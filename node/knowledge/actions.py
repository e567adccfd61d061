"""Actions kept in the node: how far each is today, which reflection or lesson it translates, and what is still open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from schemas.learning import SOON_DAYS, ActionState, action_state
from schemas.programme_items import ActionPublished, ReflectionPublished
from schemas.refused import Refused

from .items import ItemUnknown, ItemUnreadable, drafts
from .written import WrittenUnreadable, convert_written


class ActionEnded(Refused, ValueError):
    """An action that was done or dropped already."""


@dataclass(frozen=True, slots=True)
class DueActions:
    """The actions of this region that somebody is to look at, by their names, those with the earliest day first."""

    overdue: tuple[str, ...]
    due_soon: tuple[str, ...]

    def sentence(self) -> str:
        """Say how many there are, without a word of what they are; empty where there are none."""
        said = [f"{len(self.overdue)} overdue"] if self.overdue else []
        said += [f"{len(self.due_soon)} due within {SOON_DAYS} days"] if self.due_soon else []
        return f"Actions: {', '.join(said)}" if said else ""


def actions(connection: Connection, today: date) -> tuple[tuple[ActionPublished, ActionState], ...]:
    """Return every action that is kept here with its state today, by its day."""
    kept = [one for one in drafts(connection, ("action",)) if isinstance(one, ActionPublished)]
    kept.sort(key=lambda one: (one.due, one.item))
    return tuple((one, action_state(one, today)) for one in kept)


def find_action(connection: Connection, name: str) -> ActionPublished:
    """Return an action that is kept here; raises ItemUnknown."""
    for one in drafts(connection, ("action",)):
        if isinstance(one, ActionPublished) and one.item == name:
            return one
    raise ItemUnknown(f"There is no action '{name}' here; `python -m node action list` names them.")


def due(connection: Connection, today: date) -> DueActions:
    """Return the actions that are overdue or due soon."""
    found = actions(connection, today)
    of = {state: tuple(one.item for one, said in found if said == state) for state in ("overdue", "due_soon")}
    return DueActions(of["overdue"], of["due_soon"])


def added(values: Mapping[str, str | None]) -> ActionPublished:
    """Return an action of plain values; raises ItemUnreadable naming the field."""
    try:
        return convert_written(Path("action add"), values, ActionPublished, "docs/learning.md")
    except WrittenUnreadable as error:
        raise ItemUnreadable(str(error)) from error


def done(action: ActionPublished, on: date, result: str) -> ActionPublished:
    """Return an action as it is once done."""
    return msgspec.structs.replace(action, state="done", done_on=on.isoformat(), result=result)


def dropped(action: ActionPublished, why: str) -> ActionPublished:
    """Return an action as it is once given up, with why as its result."""
    return msgspec.structs.replace(action, state="dropped", done_on=None, result=why)


def check_goes_on(told: object) -> None:
    """Raise ActionEnded where readers know of an action already that it was done or dropped; `told` is what they see.

    What was only kept here so may be said again: its release was refused, or is still to be reviewed.
    """
    if isinstance(told, ActionPublished) and told.state != "open":
        raise ActionEnded(
            f"Readers know action '{told.item}' as {told.state} already; to begin it anew, `action add` another."
        )


def reflections(connection: Connection, today: date) -> tuple[tuple[ReflectionPublished, tuple[ActionState, ...]], ...]:
    """Return every reflection that is kept here, latest first, with the states of the actions that it led to."""
    kept = [one for one in drafts(connection, ("reflection",)) if isinstance(one, ReflectionPublished)]
    kept.sort(key=lambda one: (one.held_on, one.item), reverse=True)
    there = actions(connection, today)
    return tuple((one, _led_to(one, there)) for one in kept)


def _led_to(
    reflection: ReflectionPublished, there: Sequence[tuple[ActionPublished, ActionState]]
) -> tuple[ActionState, ...]:
    return tuple(state for one, state in there if translates(one, reflection))


def translates(action: ActionPublished, reflection: ReflectionPublished) -> bool:
    """Tell whether an action is what a reflection led to, as either of them says."""
    return action.reflection == reflection.item or action.item in reflection.actions
