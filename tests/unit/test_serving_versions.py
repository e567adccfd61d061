"""A comparison in which some regions count by an earlier version of the definition says which, and of whom."""

import csv
import io
import json
from pathlib import Path

import msgspec
import pytest
from lxml import html

from schemas.catalogue import catalogue, earlier
from schemas.values import Exact
from tests.support.held_by_hub import HeldByHub, figures

ADDRESS = "/api/v1/indicators/c.ed/comparison"


def _released(held: HeldByHub, region: str, version: int, period: str) -> None:
    (one,) = [one for one in (catalogue()["c.ed"], *earlier()) if (one.id, one.version) == ("c.ed", version)]
    made = figures("c.ed", {("total", "total", "total"): Exact(400, 3_652_500)}, period, "invented")
    held.accept(region, msgspec.structs.replace(made, version=version, definition_hash=one.hash))


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    for place, name in enumerate(("Alfa", "Beta", "Gamma")):
        held.region(f"XR-{place}", name, "invented")
        _released(held, f"XR-{place}", 1, "2023")
        _released(held, f"XR-{place}", 1 if name == "Beta" else 2, "2024")
    return held


def test_a_region_that_counts_by_an_earlier_version_is_told_with_that_version(held: HeldByHub) -> None:
    client = held.app.test_client()
    found = json.loads(client.get(f"{ADDRESS}?period=2024").get_data())
    rows = {row["name"]: (row["version"], row["is_comparable"], row["why_not"], row["shown"]) for row in found["rows"]}
    assert found["version"] == 2
    assert rows["Beta"] == (1, False, "definition", None)
    assert {rows[name][:2] for name in ("Alfa", "Gamma")} == {(2, True)}
    text = client.get(f"{ADDRESS}?period=2024&format=csv").get_data(as_text=True)
    told = {row["name"]: (row["version"], row["definition_hash"]) for row in csv.DictReader(io.StringIO(text))}
    assert told["Alfa"] == ("2", catalogue()["c.ed"].hash)
    assert told["Beta"][0] == "1"
    assert told["Beta"][1] != told["Alfa"][1]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("nl", "andere definitie (geteld volgens versie 1; hier is het versie 2)"),
        ("en", "another definition (counted by version 1; here it is version 2)"),
    ],
)
def test_the_page_says_which_version_a_region_counts_by(held: HeldByHub, lang: str, words: str) -> None:
    answer = held.app.test_client().get(f"/compare/c.ed?period=2024&lang={lang}")
    page = html.fromstring(answer.get_data(as_text=True))
    beta = [" ".join(row.text_content().split()) for row in page.xpath("//tbody/tr") if "Beta" in row.text_content()]
    assert words in beta[0]
    alfa = [" ".join(row.text_content().split()) for row in page.xpath("//tbody/tr") if "Alfa" in row.text_content()]
    assert "versi" not in alfa[0]


def test_a_period_of_which_all_count_by_an_earlier_version_says_by_which(held: HeldByHub) -> None:
    client = held.app.test_client()
    answer = client.get(f"{ADDRESS}?period=2023")
    assert answer.status_code == 404
    assert "No region published c.ed version 2 here, the newest; figures here are by version 1" in answer.get_data(True)
    page = client.get("/compare/c.ed?period=2023&lang=nl").get_data(as_text=True)
    assert "versie 2 van de definitie, die van nu, wel volgens versie 1" in page


def test_a_version_in_other_words_is_the_same_figure(tmp_path: Path) -> None:
    """Of `h.smoke` version 2 only says more plainly what version 1 counted: regions by either lie side by side."""
    held = HeldByHub.opened(tmp_path)
    of = {one.version: one for one in (catalogue()["h.smoke"], *earlier()) if one.id == "h.smoke"}
    assert sorted(of) == [1, 2]
    for place, version in enumerate((1, 2, 1)):
        held.region(f"XR-{place}", f"Regio {place}", "invented")
        for period in ("2023", "2024"):
            cells = {("total", "total", "total"): Exact(400 + 10 * place, 2000)}
            made = figures("h.smoke", cells, period, "invented")
            told = msgspec.structs.replace(made, version=version, definition_hash=of[version].hash)
            if period == "2024" or version == 1:
                held.accept(f"XR-{place}", told)
    held.prove()
    client = held.app.test_client()
    new = client.get("/api/v1/indicators/h.smoke/comparison?period=2024").get_json()
    assert [(row["version"], row["is_comparable"], row["shown"]) for row in new["rows"]] == [
        (1, True, "20.0"), (2, True, "20.5"), (1, True, "21.0"),
    ]  # fmt: skip
    assert new["reference"] == "20.5"
    old = client.get("/api/v1/indicators/h.smoke/comparison?period=2023").get_json()
    assert [row["shown"] for row in old["rows"] if row["is_comparable"]] == ["20.0", "21.0"]
    trend = client.get("/api/v1/indicators/h.smoke/trend?region=XR-0").get_json()
    assert [point["why_not"] for point in trend["regions"][0]["points"]] == [None, None]
