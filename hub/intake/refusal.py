"""The root of all reasons for which the hub refuses an event; each reason stands beside what raises it."""

from typing import ClassVar, Self


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
