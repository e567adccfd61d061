"""Peers over HTTP: nearest on stated traits, hidden figures as ranges, and a comparison of a region and its peers."""

import csv
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import html

from schemas.quality import Coverage, Quality
from schemas.values import Exact, NotAvailable, Suppressed, TypedValue
from tests.support.held_by_hub import HeldByHub, figures
from tests.support.read_tables import from_xlsx

TOTAL = ("total", "total", "total")
# with diabetes, in good health
FIGURES: dict[str, tuple[TypedValue, TypedValue]] = {
    "Alfa": (Exact(100, 1000), Exact(600, 1000)),
    "Beta": (Exact(120, 1000), Exact(600, 1000)),
    "Gamma": (Exact(180, 1000), Exact(700, 1000)),
    "Delta": (Suppressed(110, 160, 1000), Exact(600, 1000)),
    "Epsilon": (Exact(120, 1000), NotAvailable()),
    "Zeta": (Exact(180, 1000), Exact(500, 1000)),
}


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    for name, (ill, well) in FIGURES.items():
        held.region(f"XR-{name.upper()}", name, "invented")
        held.accept(f"XR-{name.upper()}", figures("h.dm_prev", {TOTAL: ill}, region_set="invented"))
        held.accept(f"XR-{name.upper()}", figures("h.srh_good", {TOTAL: well}, region_set="invented"))
    held.prove()
    return held


def asked(held: HeldByHub, query: str, status: int = 200, path: str = "regions/XR-ALFA/peers") -> Any:
    answer = held.app.test_client().get(f"/api/v1/{path}?{query}")
    assert answer.status_code == status, answer.get_json()
    return answer.get_json()


def test_the_nearest_are_those_of_a_sheet_of_paper(held: HeldByHub) -> None:
    """Diabetes, shown: 10, 12, 18, 12, 18 %, deviation sqrt(56/4) = 3.742; from Alfa to Beta 2/3.742 = 0.535."""
    found = asked(held, "traits=h.dm_prev&count=2")
    assert [(one["region"], one["likeness"], one["distance"], one["low"], one["high"]) for one in found["peers"]] == [
        ("XR-DELTA", "possible", None, "0.267", "1.604"),
        ("XR-BETA", "possible", "0.535", "0.535", "0.535"),
        ("XR-EPSILON", "possible", "0.535", "0.535", "0.535"),
    ]
    assert [(one["indicator"], one["spread"], one["shown_by"]) for one in found["traits"]] == [
        ("h.dm_prev", "3.742", 5)
    ]
    assert found["traits"][0]["value"] == {"kind": "exact", "numerator": 100, "denominator": 1000}
    three = asked(held, "traits=h.dm_prev&count=3")["peers"]
    assert {one["region"] for one in three if one["likeness"] == "certain"} == {"XR-DELTA", "XR-BETA", "XR-EPSILON"}


def test_a_region_that_lacks_a_trait_is_left_out_and_named(held: HeldByHub) -> None:
    found = asked(held, "traits=h.dm_prev,h.srh_good&count=1")
    assert [(one["region"], one["likeness"]) for one in found["peers"]] == [
        ("XR-DELTA", "possible"),
        ("XR-BETA", "possible"),
    ]
    wanted = {"region": "XR-EPSILON", "name": "Epsilon", "indicator": "h.srh_good", "why_not": "not_available"}
    assert found["left_out"] == [wanted]
    table = held.app.test_client().get("/api/v1/regions/XR-ALFA/peers?traits=h.dm_prev,h.srh_good&count=1&format=csv")
    rows = list(csv.DictReader(io.StringIO(table.get_data(as_text=True))))
    assert [(row["peer"], row["likeness"], row["distance"], row["lacks"]) for row in rows] == [
        ("XR-DELTA", "possible", "", ""),
        ("XR-BETA", "possible", found["peers"][1]["distance"], ""),
        ("XR-EPSILON", "left_out", "", "h.srh_good"),
    ]


def test_a_figure_that_covers_too_few_is_no_trait(held: HeldByHub) -> None:
    partial = figures("h.dm_prev", {TOTAL: Exact(10, 100)}, region_set="invented")
    held.accept("XR-BETA", msgspec.structs.replace(partial, quality=Quality(None, Coverage("inhabitants", 20, True))))
    found = asked(held, "traits=h.dm_prev")
    assert [(one["region"], one["why_not"]) for one in found["left_out"]] == [("XR-BETA", "partial")]


@pytest.mark.parametrize(
    ("query", "status", "allowed"),
    [
        ("traits=no.such", 400, ["h.dm_prev", "h.srh_good"]),
        ("traits=q.flu", 400, ["h.dm_prev", "h.srh_good"]),
        ("traits=h.dm_prev&period=2019", 400, ["2025"]),
        ("traits=h.dm_prev,h.dm_prev", 422, None),
        ("traits=,", 422, None),
        ("", 422, None),
        ("traits=h.dm_prev&count=0", 422, None),
    ],
)
def test_what_is_no_trait_is_refused_with_what_is(
    held: HeldByHub, query: str, status: int, allowed: list[str] | None
) -> None:
    told = asked(held, query, status)
    assert (told["status"], told.get("allowed")) == (status, allowed)


def test_a_trait_that_tells_no_regions_apart_and_an_unknown_region_are_refused(held: HeldByHub) -> None:
    for name in FIGURES:
        held.accept(f"XR-{name.upper()}", figures("q.flu", {TOTAL: Exact(50, 100)}, region_set="invented"))
    assert "tells none apart" in asked(held, "traits=q.flu", 400)["detail"]
    assert asked(held, "traits=h.dm_prev", 404, "regions/XR-NOBODY/peers")["status"] == 404


def test_what_a_reader_may_not_see_makes_no_peer(held: HeldByHub) -> None:
    held.region("XR-ETA", "Eta", "invented")
    held.accept("XR-ETA", figures("h.dm_prev", {TOTAL: Exact(100, 1000)}, region_set="invented"), audience="network")
    assert "XR-ETA" not in str(asked(held, "traits=h.dm_prev"))


def test_a_comparison_shows_a_region_beside_its_peers(held: HeldByHub) -> None:
    path = "indicators/h.dm_prev/comparison"
    whole = asked(held, "beside=XR-ALFA", path=path)
    found = asked(held, "beside=XR-ALFA&peers=XR-BETA,XR-DELTA", path=path)
    rows = {row["region"]: row for row in whole["rows"]}
    assert found["rows"] == [rows[code] for code in ("XR-ALFA", "XR-BETA", "XR-DELTA")]
    assert (found["peers"], found["reference"]) == (["XR-BETA", "XR-DELTA"], whole["reference"])
    assert {one["region"] for one in found["funnel"]["regions"]} == {"XR-ALFA", "XR-BETA"}
    assert found["funnel"]["dispersion"] == whole["funnel"]["dispersion"]
    table = held.app.test_client().get(f"/api/v1/{path}?format=csv&beside=XR-ALFA&peers=XR-BETA").get_data(as_text=True)
    told = list(csv.DictReader(io.StringIO(table)))
    assert [(row["region"], row["peers"]) for row in told] == [("XR-ALFA", "XR-BETA"), ("XR-BETA", "XR-BETA")]
    assert told[0]["reference_of"].split() == whole["reference_of"]
    assert "XR-DELTA" not in whole["reference_of"]
    everybody = held.app.test_client().get(f"/api/v1/{path}?format=csv").get_data(as_text=True)
    assert {row["peers"] for row in csv.DictReader(io.StringIO(everybody))} == {""}
    bound = {"format": "xlsx", "beside": "XR-ALFA", "peers": "XR-BETA"}
    sheet = from_xlsx(held.app.test_client().get(f"/api/v1/{path}", query_string=bound).get_data())
    assert {row["peers"] for row in sheet} == {"XR-BETA"}
    assert asked(held, "peers=XR-NOBODY", 400, path)["allowed"] == sorted(f"XR-{name.upper()}" for name in FIGURES)
    assert asked(held, "peers=beta", 422, path)["status"] == 422


@pytest.mark.parametrize(("lang", "said"), [("nl", "mogelijk bij de dichtstbijzijnde"), ("en", "possibly among the")])
def test_the_page_of_a_region_finds_its_peers_and_leads_to_their_comparison(
    held: HeldByHub, lang: str, said: str
) -> None:
    client = held.app.test_client()
    start = html.fromstring(client.get(f"/regions/XR-ALFA?lang={lang}").get_data(as_text=True))
    assert {one.get("value") for one in start.xpath("//select[@id='traits']/option")} == {"h.dm_prev", "h.srh_good"}
    chosen = client.get(f"/regions/XR-ALFA?lang={lang}&traits=h.dm_prev&traits=h.srh_good&count=3")
    assert chosen.status_code == 302
    page = html.fromstring(client.get(chosen.headers["Location"]).get_data(as_text=True))
    names = [one.text_content() for one in page.xpath("//section[@id='peers']//tbody//th")]
    assert set(names) == {"Beta", "Delta", "Gamma", "Zeta"}
    assert said in page.xpath("//section[@id='peers']")[0].text_content()
    (leads, _) = page.xpath("//section[@id='peers']//p[@class='ways']/a[contains(@href, '/compare/')]/@href")
    beside = html.fromstring(client.get(leads).get_data(as_text=True))
    rows = [one.text_content() for one in beside.xpath("//section[@id='table']//tbody//th")]
    assert set(rows) == {"Alfa", *names}
    assert len(beside.xpath("//input[@name='peers']")) == 1
    assert "Epsilon" in " ".join(html.fromstring(client.get("/compare/h.dm_prev").get_data()).text_content().split())


def test_a_trait_that_is_refused_is_said_on_the_page(held: HeldByHub) -> None:
    for lang, said in (("en", "choose from its indicators"), ("nl", "kies uit haar indicatoren")):
        page = held.app.test_client().get(f"/regions/XR-ALFA?traits=q.flu&lang={lang}")
        assert (page.status_code, said in page.get_data(as_text=True)) == (200, True)


def test_peers_of_the_past_are_those_that_were_known(held: HeldByHub) -> None:
    nearer = figures("h.dm_prev", {TOTAL: Exact(101, 1000)}, region_set="invented")
    held.accept("XR-ZETA", nearer, accepted_at="2026-11-22T08:00:00Z")
    assert asked(held, "traits=h.dm_prev&count=1")["peers"][0]["region"] == "XR-ZETA"
    before = asked(held, "traits=h.dm_prev&count=1&as_known_on=2026-11-21")["peers"]
    assert {one["region"] for one in before} == {"XR-BETA", "XR-DELTA", "XR-EPSILON"}
