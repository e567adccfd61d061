"""A comparison over HTTP: typed values as JSON and CSV, audiences, and arguments that nobody knows."""

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest

from schemas.catalogue import catalogue
from schemas.quality import Coverage, LinkageQuality, Quality
from schemas.values import Exact, NotCollected, Suppressed
from tests.support.held_by_hub import HeldByHub, figures

TOTAL = ("total", "total", "total")
ADDRESS = "/api/v1/indicators/h.dm_prev/comparison"


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    values = {"Alfa": Exact(500, 10000), "=Beta": Suppressed(1, None, 4000), "Gamma": NotCollected()}
    for place, (name, value) in enumerate(values.items()):
        held.region(f"XR-{place}", name, "invented", token=f"token-{place}")
        held.accept(f"XR-{place}", figures("h.dm_prev", {TOTAL: value}, region_set="invented"))
    return held


def test_json_keeps_every_value_typed_and_every_decimal_a_string(held: HeldByHub) -> None:
    found = json.loads(held.app.test_client().get(ADDRESS).get_data())
    rows = {row["name"]: row for row in found["rows"]}
    assert rows["Alfa"]["value"] == {"kind": "exact", "numerator": 500, "denominator": 10000}
    assert (rows["Alfa"]["shown"], rows["Alfa"]["low"], rows["Alfa"]["high"]) == ("5.0", "4.6", "5.4")
    assert rows["=Beta"]["value"]["kind"] == "suppressed"
    assert (rows["=Beta"]["bounds"], rows["=Beta"]["low"], rows["=Beta"]["high"]) == ("range", "0.0", "100.0")
    assert rows["Gamma"]["value"] == {"kind": "not_collected"}
    assert found["definition_hash"] == catalogue()["h.dm_prev"].hash


def test_csv_has_a_kind_in_every_row_and_no_cell_that_a_spreadsheet_runs(held: HeldByHub) -> None:
    answer = held.app.test_client().get(f"{ADDRESS}?format=csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert {row["name"]: row["kind"] for row in rows} == {
        "Alfa": "exact",
        "'=Beta": "suppressed",
        "Gamma": "not_collected",
    }
    hidden = rows[0] if rows[0]["kind"] == "suppressed" else rows[1]
    assert (hidden["shown"], hidden["numerator"]) == ("", "")


def test_a_token_opens_what_was_released_to_the_network(held: HeldByHub) -> None:
    held.accept("XR-0", figures("h.dm_prev", {TOTAL: Exact(900, 10000)}, region_set="invented"), audience="network")
    client = held.app.test_client()
    shown = {}
    for token in (None, "token-1"):
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        rows = json.loads(client.get(ADDRESS, headers=headers).get_data())["rows"]
        shown[token] = {row["name"]: row["shown"] for row in rows}["Alfa"]
    assert shown == {None: "5.0", "token-1": "9.0"}
    assert client.get(ADDRESS, headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_an_argument_that_nobody_knows_is_refused_and_named(held: HeldByHub) -> None:
    for wrong in ("rank=1", "format=ods", "period=last", "set="):
        answer = held.app.test_client().get(f"{ADDRESS}?{wrong}")
        assert answer.status_code == 422, wrong
        assert answer.content_type == "application/problem+json"
        assert wrong.split("=")[0] in answer.get_data(as_text=True)


def test_what_cannot_be_compared_is_a_problem_with_a_sentence(held: HeldByHub) -> None:
    for address, status in (
        ("/api/v1/indicators/no.such/comparison", 404),
        (f"{ADDRESS}?period=1999", 404),
        (f"{ADDRESS}?set=other", 404),
        (f"{ADDRESS}?by=sex", 400),
        (f"{ADDRESS}?by=sex:f", 400),
    ):
        answer = held.app.test_client().get(address)
        assert answer.status_code == status, address
        assert len(json.loads(answer.get_data())["detail"]) > 20


def test_the_list_names_what_can_be_compared(held: HeldByHub) -> None:
    (only,) = json.loads(held.app.test_client().get("/api/v1/indicators").get_data())
    assert (only["indicator"], only["region_set"], only["periods"], only["regions"]) == (
        "h.dm_prev",
        "invented",
        ["2025"],
        3,
    )
    assert only["comparison"] == ADDRESS


def test_coverage_and_linkage_are_in_json_csv_and_on_the_page(held: HeldByHub) -> None:
    quality = Quality(LinkageQuality(("bsn", "probabilistic"), 996, 951, "clerk"), Coverage("practices", 51, True))
    partial = figures("h.dm_prev", {TOTAL: Exact(2000, 10000)}, region_set="invented")
    held.accept("XR-0", msgspec.structs.replace(partial, quality=quality))
    held.accept("XR-2", figures("h.dm_prev", {TOTAL: Exact(700, 10000)}, region_set="invented"))
    client = held.app.test_client()
    row = next(one for one in json.loads(client.get(ADDRESS).get_data())["rows"] if one["name"] == "Alfa")
    assert row["quality"]["coverage"] == {"unit": "practices", "percent": 51, "is_partial": True}
    assert (row["shown"], row["low"], row["standing"], row["why_not"]) == ("20.0", None, "no_verdict", "partial")
    text = client.get(f"{ADDRESS}?format=csv").get_data(as_text=True)
    cells = next(one for one in csv.DictReader(io.StringIO(text)) if one["name"] == "Alfa")
    assert {name: cells[name] for name in cells if name.startswith(("coverage", "partial", "linkage"))} == {
        "coverage_unit": "practices",
        "coverage_percent": "51",
        "partial": "true",
        "linkage_methods": "bsn probabilistic",
        "linkage_precision": "996",
        "linkage_recall": "951",
        "linkage_judged_by": "clerk",
    }
    page = client.get("/compare/h.dm_prev?set=invented&lang=en").get_data(as_text=True)
    assert "Alfa: Covers 51% of the practices: partial, without a verdict." in page
    assert "99.6% correct, 95.1% found (by a sample)" in page
    assert "partial, no verdict" in page
