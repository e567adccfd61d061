"""Totals at a hub: regions whose figures it takes, the proof that follows, and what a reader then sees."""

from hub.config import Hub
from hub.flow import receive
from hub.serving.compared import indicator_view
from hub.serving.prove import prove
from hub.serving.view import IndicatorView
from schemas.codes import Audience
from schemas.payloads import IndicatorPublished, Payload
from schemas.values import TypedValue
from tests.support.events import SignedEvent, TestRegion
from tests.support.held_by_hub import figures

TOTAL = ("total", "total", "total")


def count(value: TypedValue) -> IndicatorPublished:
    """Make figures with one total."""
    return figures("h.dm_prev", {TOTAL: value}, region_set="invented")


def taken(hub: Hub, region: TestRegion, payload: Payload, audience: Audience = "public") -> SignedEvent:
    """Have the hub take what a region releases, and prove what follows."""
    (made,) = region.release([payload], audience)
    (answer,) = receive([made.body], hub)
    assert answer.outcome == "accepted", answer
    prove(hub.engine, hub.clock)
    return made


def seen(hub: Hub, reader: Audience = "public", known_on: str | None = None, **by: str) -> IndicatorView:
    """Return what a reader sees."""
    with hub.engine.connect() as connection:
        return indicator_view(connection, reader, hub.clock(), "h.dm_prev", by=by, known_on=known_on)
