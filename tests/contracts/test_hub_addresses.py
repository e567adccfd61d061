"""Addresses that nobody would write: whatever stands in them, the hub answers without an error of its own."""

import pytest

from hub.bootstrap import application
from schemas.values import Exact
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.held_by_hub import a_lesson, figures

COMPARISON = "/api/v1/indicators/h.dm_prev/comparison"
ODD = ("%00", "a%00b", "%ED%A0%80", "%FF", "%F0%9F%94%91", "%27--", "..%2F..", "a" * 3000)


@pytest.mark.parametrize(
    "address",
    [
        "/lessons/{}",
        "/lessons?page={}",
        "/api/v1/lessons/{}",
        "/api/v1/lessons?page={}",
        "/feeds/lessons.atom?page={}",
        COMPARISON + "?set={}&period=2025",
        COMPARISON + "?set=invented&period={}",
        COMPARISON + "?as_known_on={}",
        COMPARISON + "?by={}",
        "/api/v1/indicators/{}/comparison",
        "/compare/{}",
        "/compare/h.dm_prev?set={}&period=2025",
        "/compare/h.dm_prev?set=invented&period={}",
        "/compare/h.dm_prev?as_known_on={}",
        "/compare?indicator=h.dm_prev&set={}&period=2025",
        "/api/v1/recalls?after={}",
        "/api/v1/recalls?limit={}",
        "/api/v1/ledger/{}",
        "/api/v1/regions/{}",
    ],
)
def test_an_odd_address_is_answered_with_a_refusal(chains_at_hub: ChainsAtHub, address: str) -> None:
    region = chains_at_hub.enrolled()
    shown = figures("h.dm_prev", {("total",) * 3: Exact(1, 10)}, region_set="invented")
    chains_at_hub.arrive(*region.release([shown, a_lesson()], "public"))
    client = application(chains_at_hub.hub).test_client()
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    found = {odd: client.get(address.format(odd)).status_code for odd in ODD}
    assert not {odd: status for odd, status in found.items() if not 300 <= status < 500}


def test_an_odd_recall_cannot_be_acknowledged(chains_at_hub: ChainsAtHub) -> None:
    chains_at_hub.enrolled()
    client = application(chains_at_hub.hub).test_client()
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    token = {"Authorization": f"Bearer {chains_at_hub.tokens['XR-DUINRAND']}"}
    for odd in ODD:
        assert client.post(f"/api/v1/recalls/{odd}/acknowledgements", headers=token).status_code == 404, odd
