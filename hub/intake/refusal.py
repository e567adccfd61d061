"""The root of all reasons for which the hub refuses an event; each reason stands beside what raises it."""

import logging
from typing import ClassVar, Self

log = logging.getLogger(__name__)


class Refusal(ValueError):
    """An event that the hub does not accept; the message is one sentence with the remedy and holds no value."""

    reason: ClassVar[str]

    def __init__(self, detail: str) -> None:
        """Take the one sentence that the region will read."""
        super().__init__(detail)
        self.detail = detail
        self.event_id = ""  # empty where the bytes do not even say it
        self.region: str | None = None

    def of(self, event_id: str, region: str | None) -> Self:
        """Add which event it is about, and return the refusal itself."""
        self.event_id, self.region = event_id, region
        return self


class EventUnreadable(Refusal):
    """An event at which the hub's own code failed; it stands aside alone, and the rest goes on."""

    reason: ClassVar = "unreadable"


def unreadable(error: Exception) -> EventUnreadable:
    """Return the refusal for a failure that nobody foresaw, and log its kind and place, never its text."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "?" if place is None else f"{place.tb_frame.f_code.co_name}, line {place.tb_lineno}"
    log.error("An event was set aside, since verifying it ended in %s (%s).", type(error).__name__, where)
    return EventUnreadable("The hub could not read the event; tell the hub's team, who can replay it once mended.")
