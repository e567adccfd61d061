"""How far an action is on a day, the same for a region's own node and for the hub that shows it to others."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal, get_args

from .programme_items import ActionPublished, Condition
from .text import Text

ActionState = Literal["overdue", "due_soon", "open", "done", "dropped"]
ACTION_STATES: Final[tuple[ActionState, ...]] = get_args(ActionState)
WAITING: Final[tuple[ActionState, ...]] = ("overdue", "due_soon", "open")  # for somebody to do them
CONDITIONS: Final[tuple[Condition, ...]] = get_args(Condition)
SOON_DAYS: Final = 14  # before its day that an action is due soon
STATE_WORDS: Final[Mapping[ActionState, Text]] = {
    "overdue": Text("over tijd", "overdue"),
    "due_soon": Text("binnenkort", "due soon"),
    "open": Text("open", "open"),
    "done": Text("gedaan", "done"),
    "dropped": Text("vervallen", "dropped"),
}


def action_state(action: ActionPublished, today: date) -> ActionState:
    """Return the state of an action on a day: what its region says and, while it is open, how near its day is.

    On its day itself an action is due soon; it is overdue from the day after.
    """
    if action.state != "open":
        return action.state
    left = (date.fromisoformat(action.due) - today).days
    if left < 0:
        return "overdue"
    return "due_soon" if left <= SOON_DAYS else "open"
