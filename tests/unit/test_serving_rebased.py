"""Older divisions of municipalities, and why a region cannot be compared: in JSON, CSV and on the page."""

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest
from lxml import html

from schemas.values import Exact, TypedValue
from tests.support.held_by_hub import HeldByHub, figures

ADDRESS = "/api/v1/indicators/h.dm_prev/comparison"


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    areas = {"Amstel": ("GM0363", 2023), "Gooi": ("GM0457", 2022), "Kempen": ("GM0757", 2020), "Wold": ("GM0180", 2023)}
    for place, (name, (area, year)) in enumerate(areas.items()):
        held.region(f"XR-{name.upper()}", name, "invented")
        cells: dict[tuple[str, ...], TypedValue] = {
            ("total", "total", "total"): Exact(500, 10_000),
            (area, "total", "total"): Exact(100, 2_000),
            (f"GM99{place:02}", "total", "total"): Exact(400, 8_000),
        }
        payload = figures("h.dm_prev", cells, region_set="invented")
        held.accept(f"XR-{name.upper()}", msgspec.structs.replace(payload, division_year=year))
    held.prove()
    return held


def test_json_and_csv_say_from_which_year(held: HeldByHub) -> None:
    client = held.app.test_client()
    rows = {row["name"]: row for row in json.loads(client.get(ADDRESS).get_data())["rows"]}
    gooi = rows["Gooi"]
    assert (gooi["rebased_from"], gooi["shown"], gooi["is_comparable"]) == (2022, "5.0", True)
    assert gooi["value"] == {"kind": "exact", "numerator": 400, "denominator": 8000}
    assert (rows["Kempen"]["why_not"], rows["Kempen"]["is_comparable"]) == ("division_year", False)
    assert rows["Amstel"]["rebased_from"] is None
    text = client.get(f"{ADDRESS}?format=csv").get_data(as_text=True)
    assert [row["rebased_from"] for row in csv.DictReader(io.StringIO(text))] == ["", "2022", "", ""]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_page_says_it_in_words(held: HeldByHub, lang: str) -> None:
    page = html.fromstring(held.app.test_client().get(f"/compare/h.dm_prev?lang={lang}").get_data(as_text=True))
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//table/tbody/tr")]
    assert rows[1][3].endswith(
        "(omgerekend uit de gemeenten van 2022)" if lang == "nl" else "(converted from the municipalities of 2022)"
    )
    assert rows[2][3] == (
        "niet te vergelijken: andere gemeenten"
        if lang == "nl"
        else "not comparable: another division of municipalities"
    )
