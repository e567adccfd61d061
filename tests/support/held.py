"""What readers outside the network get of a hub that holds things back, and what waits there."""

from typing import Any

import msgspec

from hub.bootstrap import application
from hub.config import Hub
from hub.serving.evaluations import evaluation_page
from schemas.evaluation import EvaluationPublished
from tests.support.evaluations import an_evaluation
from tests.support.events import TestRegion
from tests.support.hub_stores import Clock
from tests.support.replies import DAYS, by_the_clock

LEDGER = "/api/v1/ledger/XR-ALFA"
PUBLICATIONS = "/api/v1/indicators/h.dm_prev/publications?period=2025"
FEED = "/feeds/evaluations.json"


def got(hub: Hub, path: str) -> Any:
    return application(hub).test_client().get(path).get_json()


def payloads(hub: Hub, path: str = LEDGER) -> list[Any]:
    return [entry.get("payload") for entry in got(hub, path)["entries"]]


def open_all(hub: Hub, clock: Clock) -> int:
    clock.move(days=DAYS)
    return by_the_clock(hub)


def evaluated(*events: str, title: str = "Huisarts aan huis") -> EvaluationPublished:
    named = [(event, f"20{25 + place}") for place, event in enumerate(events)]
    made = an_evaluation(named, indicator="h.dm_prev", title=title)
    return msgspec.structs.replace(made, evaluation=title)


def both(regions: list[TestRegion]) -> list[str]:
    return [region.chain[0].id for region in regions]


def titles(hub: Hub) -> list[str]:
    with hub.engine.connect() as connection:
        return [one.payload.title.nl for one in evaluation_page(connection, "public").evaluations]
