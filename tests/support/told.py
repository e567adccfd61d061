"""A hub with one region, which says things one by one, and what a list of them answers."""

from typing import Any

from schemas.payloads import Payload
from tests.support.events import SignedEvent, TestRegion
from tests.support.hub import RunningHub


class Told:
    """One region at a hub; `path` is the list of what it says, as a reader asks for it."""

    def __init__(self, hub: RunningHub, path: str) -> None:
        """Enrol the region."""
        self.hub, self.region, self.path = hub, hub.enrol(TestRegion()), path

    def say(
        self, payload: Payload, audience: Any = "public", approvers: int = 2, region: TestRegion | None = None
    ) -> SignedEvent:
        """Send an event, of another region where one is given; it has to be accepted."""
        one = region or self.region
        (made,) = one.release([payload], audience, approvers)
        (answer,) = self.hub.push(one.code, [made.body])
        assert answer.outcome == "accepted", answer
        return made

    def get(self, path: str = "", status: int = 200, inside: bool = False, **query: str) -> Any:
        """Return what the list, or another path, answers to the public or from inside the network."""
        headers = self.hub.as_region(self.region.code) if inside else {}
        answer = self.hub.client.get(path or self.path, query_string=query, headers=headers)
        assert answer.status_code == status, answer.get_json()
        return answer.get_json()

    def one(self, event: SignedEvent, status: int = 200, inside: bool = False) -> Any:
        """Return what the list answers of one event."""
        return self.get(f"{self.path}/{event.id}", status, inside)
