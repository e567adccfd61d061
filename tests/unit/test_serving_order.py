"""Ranks, order beside a region, and the regions together with hidden ones: in JSON, in CSV and on the page."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from schemas.values import Exact, NotAvailable, Suppressed
from tests.support.held_by_hub import HeldByHub, figures

TOTAL = ("total", "total", "total")
ADDRESS = "/api/v1/indicators/h.dm_prev/comparison"


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    values = {
        "Alfa": Exact(500, 10_000), "Beta": Exact(800, 10_000), "Gamma": Suppressed(1, 19, 200),
        "Delta": Exact(510, 10_000), "Zeta": NotAvailable(),
    }  # fmt: skip
    for name, value in values.items():
        held.region(f"XR-{name.upper()}", name, "invented")
        held.accept(f"XR-{name.upper()}", figures("h.dm_prev", {TOTAL: value}, region_set="invented"))
    held.prove()
    return held


def asked(held: HeldByHub, query: str = "") -> dict[str, Any]:
    answer = held.app.test_client().get(f"{ADDRESS}?{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = json.loads(answer.get_data())
    return found


def test_every_region_has_a_range_of_ranks_or_none(held: HeldByHub) -> None:
    rows = {row["name"]: row["ranks"] for row in asked(held)["rows"]}
    assert rows["Beta"] == {"first": 3, "last": 4, "of": 4}
    assert rows["Alfa"] == rows["Delta"] == {"first": 1, "last": 3, "of": 4}
    assert rows["Gamma"] == {"first": 1, "last": 4, "of": 4}
    assert rows["Zeta"] is None


def test_two_regions_are_laid_beside_each_other(held: HeldByHub) -> None:
    found = asked(held, "beside=XR-ALFA")
    assert found["beside"] == "XR-ALFA"
    assert {row["name"]: row["order"] for row in found["rows"]} == {
        "Alfa": None, "Beta": "worse", "Gamma": "cannot_be_ordered", "Delta": "similar", "Zeta": "cannot_be_ordered"
    }  # fmt: skip
    answer = held.app.test_client().get(f"{ADDRESS}?beside=XR-NOBODY")
    assert answer.status_code == 400
    assert "code of one that has" in json.loads(answer.get_data())["detail"]
    assert held.app.test_client().get(f"{ADDRESS}?beside=nobody").status_code == 422


def test_rows_are_by_name_unless_the_value_is_asked_for(held: HeldByHub) -> None:
    assert [row["name"] for row in asked(held)["rows"]] == ["Alfa", "Beta", "Delta", "Gamma", "Zeta"]
    assert [row["name"] for row in asked(held, "sort=value")["rows"]] == ["Beta", "Delta", "Alfa", "Gamma", "Zeta"]
    assert held.app.test_client().get(f"{ADDRESS}?sort=worst").status_code == 422


def test_the_regions_together_with_hidden_ones_lie_between_two_ends(held: HeldByHub) -> None:
    found = asked(held)
    assert found["reference"] == "6.0"
    assert found["together"] == {
        "low": "5.9", "high": "6.1", "numerator_low": 1811, "numerator_high": 1829, "denominator": 30_200,
        "regions": 4, "hidden": 1, "out_of": 5,
    }  # fmt: skip
    held.accept("XR-ZETA", figures("h.dm_prev", {TOTAL: Exact(20, 400)}, region_set="invented"))
    waiting = asked(held)
    assert (waiting["reference_withheld"], waiting["together"]) == ("being_proven", None)


def test_csv_says_it_in_columns(held: HeldByHub) -> None:
    text = held.app.test_client().get(f"{ADDRESS}?format=csv&beside=XR-BETA").get_data(as_text=True)
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(text))}
    names = ("rank_first", "rank_last", "rank_of", "beside", "order", "together_low", "together_high")
    assert [rows["Alfa"][name] for name in names] == ["1", "3", "4", "XR-BETA", "better", "5.9", "6.1"]
    assert [rows["Zeta"][name] for name in names[:5]] == ["", "", "", "XR-BETA", "cannot_be_ordered"]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_page_says_it_in_words(held: HeldByHub, lang: str) -> None:
    answer = held.app.test_client().get(f"/compare/h.dm_prev?lang={lang}&beside=XR-ALFA&sort=value")
    page = html.fromstring(answer.get_data(as_text=True))
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//table/tbody/tr")]
    assert [row[0] for row in rows] == ["Beta", "Delta", "Alfa", "Gamma", "Zeta"]
    assert [row[5] for row in rows] == (
        ["3 t/m 4 van 4", "1 t/m 3 van 4", "1 t/m 3 van 4", "1 t/m 4 van 4", "geen rang"]
        if lang == "nl"
        else ["3 to 4 of 4", "1 to 3 of 4", "1 to 3 of 4", "1 to 4 of 4", "no rank"]
    )
    assert [row[6] for row in rows][:3] == (
        ["slechter", "niet aantoonbaar anders", "deze regio"]
        if lang == "nl"
        else ["worse", "not shown to differ", "this region"]
    )
    said = page.text_content()
    assert ("1 verborgen): 5,9–6,1" if lang == "nl" else "1 hidden): 5.9–6.1%") in said
    assert ("zegt niet dat regio’s verschillen" if lang == "nl" else "does not say that regions differ") in said


def test_the_form_keeps_what_fits(held: HeldByHub) -> None:
    answer = held.app.test_client().get("/compare?indicator=h.dm_prev&beside=XR-ALFA&sort=value")
    assert "beside=XR-ALFA&sort=value" in answer.headers["Location"]
    answer = held.app.test_client().get("/compare?indicator=h.dm_prev&beside=XR-NONE&sort=name")
    assert "beside" not in answer.headers["Location"]
    assert held.app.test_client().get("/compare/h.dm_prev?beside=XR-NONE").status_code == 400
