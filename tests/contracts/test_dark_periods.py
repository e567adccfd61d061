"""What a region without a figure said last is of a period of the same length, on either database."""

import json

import pytest

from hub.bootstrap import application
from hub.config import Hub
from schemas.values import Exact
from tests.support.held_by_hub import HeldByHub, figures

TOTAL = ("total", "total", "total")
BEFORE = {  # a month and a quarter are written with as many signs
    "2024": "2023", "2024-Q1": "2023-Q4", "2024-03": "2023-12", "2024-W10": "2023-W50", "2024-03-02": "2023-12-30",
}  # fmt: skip


@pytest.fixture
def held(stored_hub: Hub) -> HeldByHub:
    held = HeldByHub(stored_hub, application(stored_hub))
    for name in ("Alfa", "Beta", "Gamma"):
        held.region(f"XR-{name.upper()}", name, "invented")
    return held


def test_a_month_is_not_followed_by_a_quarter_nor_a_day_by_anything_else(held: HeldByHub) -> None:
    for place, (now, before) in enumerate(BEFORE.items()):
        held.accept("XR-ALFA", figures("h.dm_prev", {TOTAL: Exact(500, 10_000)}, now, "invented"))
        held.accept("XR-BETA", figures("h.dm_prev", {TOTAL: Exact(100 * place, 10_000)}, before, "invented"))
    held.accept("XR-GAMMA", figures("h.dm_prev", {TOTAL: Exact(9, 10_000)}, "2023-Q3", "invented"))  # quarters only
    client = held.app.test_client()
    for place, (now, before) in enumerate(BEFORE.items()):
        answer = client.get(f"/api/v1/indicators/h.dm_prev/comparison?set=invented&period={now}")
        told = {one["name"]: (one["period"], one["shown"]) for one in json.loads(answer.get_data())["dark"]}
        wanted = {"Beta": (before, f"{place}.0")} | ({"Gamma": ("2023-Q3", "0.1")} if now == "2024-Q1" else {})
        assert told == wanted, now
