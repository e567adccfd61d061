"""Subscribers of a hub in one test: real receivers, the hub's own poster, and a clock that the test moves."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from connectors.database import writing
from connectors.partners.webhook import WebhookPoster
from hub.config import Hub
from hub.identity.tokens import issue_token, partner_owner, region_owner
from hub.serving import subscriptions
from hub.serving.announced import announce
from hub.serving.delivering import Delivering, Post, deliver, due
from hub.serving.subscriptions import Subscription
from hub.tables import delivery_attempt
from schemas.codes import Audience
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import SignedEvent, TestRegion
from tests.support.receivers import Received, Receiver, receiving

HERE = "127.0.0.1"


@dataclass
class Followers:
    """A hub with one region that publishes, and whoever follows it."""

    held: ChainsAtHub
    receiver: Receiver
    secrets: dict[str, str] = field(default_factory=dict)  # by the id of the subscription
    region: TestRegion = field(init=False)
    poster: WebhookPoster = field(init=False)

    def __post_init__(self) -> None:
        self.region = self.held.enrolled("XR-ALFA")
        self.poster = WebhookPoster([self.receiver.place], seconds=120)  # what hangs does so until the test lets it go

    @property
    def hub(self) -> Hub:
        hub = self.held.hub
        return replace(hub, settings=replace(hub.settings, webhook_hosts=frozenset({self.receiver.place})))

    def publish(self, *payloads: Any, audience: Audience = "public") -> list[SignedEvent]:
        """Let the region release and the hub take in, an hour later."""
        events = [self.region.release([one], audience)[0] for one in payloads]
        assert set(self.held.arrive(*events)) == {"accepted"}
        return events

    def partner(self, name: str = "Vilans", audience: Audience = "partners") -> str:
        """Let a partner in and return the owner's name."""
        with writing(self.hub.engine) as connection:
            issue_token(connection, self.held.now, "reading", partner_owner(name), [f"read:{audience}"])
        return partner_owner(name)

    def follow(
        self, address: str, owner: str | None = None, audience: Audience = "network", is_looked: bool = True, **how: Any
    ) -> str:
        """Make a subscription from now on; without an owner of the region itself, at a path of the receiver."""
        if is_looked:
            announce(self.hub.engine, self.hub.clock)
        wanted = {"address": self.receiver.url + address, **how}
        since = wanted.pop("since", None)
        owner = owner or region_owner(self.region.code)
        with writing(self.hub.engine) as connection:
            made, secret = subscriptions.make_subscription(connection, self.hub, owner, audience, wanted, "test", since)
        self.secrets[made.id] = secret
        return made.id

    def tell(self, post: Post | None = None) -> None:
        """Put in order what came and send what is due, one subscriber after the other."""
        announce(self.hub.engine, self.hub.clock)
        with self.hub.engine.connect() as connection:
            found = due(connection, self.held.now)
        for identifier in found:
            deliver(self.hub, post or self.poster.post, identifier)

    def later(self, **by: float) -> None:
        self.held.now += timedelta(**by)

    def one(self, identifier: str) -> Subscription:
        with self.hub.engine.connect() as connection:
            return subscriptions.one_subscription(connection, identifier)

    def do(self, act: Callable[..., Any], identifier: str, *more: Any) -> Any:
        """Do something to a subscription in a transaction of its own."""
        with writing(self.hub.engine) as connection:
            return act(connection, subscriptions.one_subscription(connection, identifier), *more)

    def resume(self, identifier: str) -> None:
        self.do(subscriptions.resume, identifier, self.held.now, "test")

    def said(self, identifier: str, path: str) -> list[tuple[str, dict[str, Any]]]:
        """Return type and data of all that came at a path, each verified."""
        found = [one.read(self.secrets[identifier], self.held.now) for one in self.receiver.at(path)]
        return [(one["type"], one["data"]) for one in found]

    def items(self, path: str) -> list[tuple[str, str]]:
        """Return type and event of all that came at a path."""
        return [items(one) for one in self.receiver.at(path)]

    def log(self, identifier: str) -> Sequence[Any]:
        wanted = select(delivery_attempt).where(delivery_attempt.c.subscription == identifier)
        with self.hub.engine.connect() as connection:
            return connection.execute(wanted.order_by(delivery_attempt.c.id)).all()

    def outcomes(self, identifier: str) -> list[str]:
        return [one.outcome for one in self.log(identifier)]


def items(one: Received) -> tuple[str, str]:
    """Return what a message is and of which event."""
    told = json.loads(one.body)
    data = told["data"]
    of = data.get("lesson") or data.get("recall") or {"event_id": ""}
    return told["type"], of["event_id"]


@contextmanager
def following(held: ChainsAtHub) -> Iterator[Followers]:
    """Offer followers until the block ends."""
    with receiving() as receiver:
        yield Followers(held, receiver)


@contextmanager
def delivering(followers: Followers) -> Iterator[Delivering]:
    """Deliver by the hub's own threads; what hangs is let go before they are waited for."""
    made = Delivering(followers.poster.post)
    try:
        yield made
    finally:
        followers.receiver.ended.set()
        made.close()


def soon(holds: Callable[[], bool], seconds: float = 20) -> bool:
    """Tell whether something comes about, as soon as it does."""
    tick = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if holds():
            return True
        tick.wait(0.02)
    return holds()
