"""A hub whose regions have a fortnight to reply, and what regions say of a comparison."""

from dataclasses import replace

from hub.audit import utc_text
from hub.config import Hub
from hub.flow import receive
from hub.serving.opening import open_figures
from hub.serving.prove import prove
from schemas.codes import Audience, Language
from schemas.payloads import Payload, ReplyPublished, ReplyWaived
from tests.support.events import TestRegion

DAYS = 14


def with_term(hub: Hub, days: int = DAYS) -> Hub:
    """Return the hub with a term for replies."""
    return replace(hub, settings=replace(hub.settings, reply_days=days))


def comes_in(hub: Hub, region: TestRegion, payload: Payload, audience: Audience = "public") -> str:
    """Let a region's event in; return its id. Nothing of the clock's work is done."""
    (made,) = region.release([payload], audience)
    (answer,) = receive([made.body], hub)
    assert answer.outcome == "accepted", answer
    return made.id


def by_the_clock(hub: Hub) -> int:
    """Do what the schedule of `serve` does; return how many events were opened."""
    opened = open_figures(hub.engine, hub.clock)
    prove(hub.engine, hub.clock)
    return opened


def a_reply(
    hub: Hub,
    text: str = "Wij tellen ook wie elders ingeschreven staat.",
    *,
    name: str = "diabetes-2025",
    language: Language = "nl",
    known_on: str | None = None,
    period: str = "2025",
) -> ReplyPublished:
    """Return a reply to the comparison of diabetes, as the hub knows it now."""
    moment = known_on or utc_text(hub.clock())
    return ReplyPublished(name, "h.dm_prev", period, "invented", moment, language, text, "data manager")


def a_waiver(hub: Hub, period: str = "2025") -> ReplyWaived:
    """Return a region's word that it needs no time for a reply to what the hub knows now."""
    return ReplyWaived("h.dm_prev", period, "invented", utc_text(hub.clock()))
