"""A hub whose regions have a fortnight to reply, and what regions say of a comparison."""

from dataclasses import replace
from typing import Any

import pytest

from hub.audit import utc_text
from hub.config import Hub
from hub.flow import receive
from hub.serving.kept_views import kept_view
from hub.serving.opening import open_figures
from hub.serving.prove import prove
from hub.serving.view import IndicatorView
from schemas.codes import Audience, Language
from schemas.payloads import Payload, ReplyPublished, ReplyWaived
from schemas.values import Exact
from tests.support.events import TestRegion
from tests.support.hub_stores import join
from tests.support.totals import count

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


@pytest.fixture
def hub(stored_hub: Hub) -> Hub:
    """Offer a hub on each database that gives regions a fortnight to reply."""
    return with_term(stored_hub)


@pytest.fixture
def regions(hub: Hub) -> list[TestRegion]:
    """Offer two regions with a figure each, that only the network sees yet."""
    found = [join(hub, TestRegion(code)) for code in ("XR-ALFA", "XR-BETA")]
    for place, one in enumerate(found):
        comes_in(hub, one, count(Exact(100 + 10 * place, 1000)))
    by_the_clock(hub)
    return found


def seen(hub: Hub, reader: Audience = "public", **asked: Any) -> IndicatorView:
    """Return the comparison of diabetes as a reader gets it, from memory where it is kept."""
    with hub.engine.connect() as connection:
        return kept_view(connection, reader, hub.clock(), "h.dm_prev", **asked)
