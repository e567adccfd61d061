"""A hub that writes to the topic of partners, and a topic in memory that can be away."""

from collections.abc import Sequence
from typing import Any

import msgspec

from hub.config import Hub
from hub.flow import receive
from hub.partners_topic import PartnersTopic
from hub.partners_topic.batch import Message
from schemas.delivery import TransportUnavailable
from tests.support.events import SignedEvent, TestRegion
from tests.support.hub_stores import join


class Topic:
    """A topic in memory, that can be away; `compacted` is what Kafka leaves of it in the end."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.closed = 0
        self.takes = 10**6  # messages, before it goes away

    def write(self, messages: Sequence[Message]) -> None:
        """Take messages, as far as they are taken."""
        self.messages += messages[: self.takes]
        if len(messages) > self.takes:
            raise TransportUnavailable("The broker went away.")

    def close(self) -> None:
        """Count."""
        self.closed += 1

    @property
    def told(self) -> list[str]:
        """Return the ids and, for what is to be forgotten, nothing, in order."""
        return ["" if body is None else msgspec.json.decode(body)["id"] for _, body in self.messages]

    def compacted(self) -> dict[bytes, Any]:
        """Return the last body of each key, without the keys that are forgotten."""
        last = dict(self.messages)
        return {key: msgspec.json.decode(body) for key, body in last.items() if body is not None}


class Given:
    """A hub, one region, and the topic of partners."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.region, self.topic = hub, join(hub, TestRegion()), Topic()
        self.writes = PartnersTopic(hub, self.topic)

    def say(self, payload: Any, audience: Any = "partners", region: TestRegion | None = None) -> SignedEvent:
        """Release something at the hub, without writing it on."""
        (made,) = (region or self.region).release([payload], audience)
        self.take(made)
        return made

    def take(self, made: SignedEvent) -> None:
        """Let an event come in."""
        assert receive([made.body], self.hub)[0].outcome == "accepted"

    def tell(self) -> list[str]:
        """Write what waits; return what that was."""
        before = len(self.topic.messages)
        while self.writes.write():
            pass
        return self.topic.told[before:]
