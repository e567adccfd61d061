"""A standard population over HTTP: figures, bounds, the regions together where every stratum may be shown, refusals."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from hub.comparison.standardise import direct, direct_share
from schemas.values import Exact, Suppressed, TypedValue
from tests.support.held_by_hub import TAKEN_OVER, HeldByHub, figures

ADDRESS = "/api/v1/indicators/h.dm_prev/comparison"
BANDS = ("0-17", "18-44", "45-64", "65-74", "75+")
WEIGHTS = (19_300, 34_700, 26_500, 10_500, 9_000)
PEOPLE = (2000, 3000, 2500, 900, 600)
COUNTS = {"Alfa": (20, 60, 250, 180, 180), "Beta": (40, 90, 300, 200, 190), "Gamma": (20, 60, 250, 180, 180)}


def counted(name: str, hidden: dict[str, TypedValue] | None = None) -> dict[tuple[str, ...], TypedValue]:
    cells: dict[tuple[str, ...], TypedValue] = {("total", "total", "total"): Exact(sum(COUNTS[name]), sum(PEOPLE))}
    for age, part, whole in zip(BANDS, COUNTS[name], PEOPLE, strict=True):
        cells["total", age, "total"] = (hidden or {}).get(age, Exact(part, whole))
    return cells


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    for name in COUNTS:
        held.region(f"XR-{name.upper()}", name, "invented")
        hidden: dict[str, TypedValue] = {"0-17": Suppressed(1, 70, 2000), "18-44": Suppressed(10, 79, 3000)}
        payload = figures("h.dm_prev", counted(name, hidden if name == "Gamma" else None), region_set="invented")
        held.accept(f"XR-{name.upper()}", payload)
    held.prove()
    return held


def asked(held: HeldByHub, query: str, status: int = 200) -> dict[str, Any]:
    answer = held.app.test_client().get(f"{ADDRESS}?{query}")
    assert answer.status_code == status, answer.get_data(as_text=True)
    found: dict[str, Any] = json.loads(answer.get_data())
    return found


def test_figures_intervals_ranks_and_the_regions_together_are_standardised(held: HeldByHub) -> None:
    found = asked(held, "standardise=esp2013&beside=XR-BETA")
    rows = {row["name"]: row for row in found["rows"]}
    made = direct_share(COUNTS["Alfa"], PEOPLE, WEIGHTS)
    assert made.interval is not None
    wanted = [f"{100 * one:.1f}" for one in (made.value, *made.interval)]
    assert [rows["Alfa"][name] for name in ("shown", "low", "high")] == wanted
    assert rows["Alfa"]["value"] == {"kind": "exact", "numerator": 690, "denominator": 9000}
    assert (rows["Alfa"]["order"], rows["Alfa"]["ranks"]) == ("better", {"first": 1, "last": 1, "of": 2})
    both = [sum(pair) for pair in zip(COUNTS["Alfa"], COUNTS["Beta"], strict=True)]
    three = [both[0], both[1], *(part + COUNTS["Gamma"][2 + place] for place, part in enumerate(both[2:]))]
    people = [2 * PEOPLE[0], 2 * PEOPLE[1], *(3 * one for one in PEOPLE[2:])]
    assert found["reference"] == f"{100 * direct(three, people, WEIGHTS).value:.1f}"
    assert (found["funnel"], found["together"]) == (None, None)
    assert found["standard"]["name"] == "esp2013"
    assert [one["weight"] for one in found["standard"]["strata"]] == [0.193, 0.347, 0.265, 0.105, 0.09]
    assert found["standards"] == ["esp2013", "nl2019", "indirect"]


def test_a_region_that_hid_a_stratum_has_bounds_and_no_verdict(held: HeldByHub) -> None:
    gamma = asked(held, "standardise=esp2013")["rows"][2]
    low, high = (direct((*pair, 250, 180, 180), PEOPLE, WEIGHTS).value for pair in ((70, 10), (1, 79)))
    assert (gamma["bounds"], gamma["shown"], gamma["standing"], gamma["why_not"]) == (
        "range", None, "no_verdict", "suppressed"
    )  # fmt: skip
    ends = sorted((100 * low, 100 * high))
    assert float(gamma["low"]) <= ends[0] < ends[1] <= float(gamma["high"])
    assert ends[0] - float(gamma["low"]) < 0.1 > float(gamma["high"]) - ends[1]


def test_a_standard_that_tells_fewer_ages_apart_takes_bands_together(held: HeldByHub) -> None:
    found = asked(held, "standardise=nl2019")
    assert [one["ages"] for one in found["standard"]["strata"]] == [["0-17"], ["18-44"], ["45-64"], ["65-74", "75+"]]


def test_one_region_that_merged_bands_leaves_the_standards_to_the_others(held: HeldByHub) -> None:
    before = asked(held, "standardise=esp2013")["rows"]
    merged: dict[tuple[str, ...], TypedValue] = {("total", "total", "total"): Exact(690, 9000)}
    for age, part, whole in (("0-44", 80, 5000), ("45-74", 430, 3400), ("75+", 180, 600)):
        merged["total", age, "total"] = Exact(part, whole)
    held.accept("XR-GAMMA", figures("h.dm_prev", merged, region_set="invented"))
    held.prove()
    for name in ("esp2013", "nl2019", "indirect"):
        found = asked(held, f"standardise={name}")
        assert found["standards"] == ["esp2013", "nl2019", "indirect"]
        assert [row["why_not"] for row in found["rows"]] == [None, None, "stratum_missing"], name
        assert found["reference"] is not None
    after = asked(held, "standardise=esp2013")["rows"]
    assert [row["shown"] for row in after[:2]] == [row["shown"] for row in before[:2]]
    both = [sum(pair) for pair in zip(COUNTS["Alfa"], COUNTS["Beta"], strict=True)]
    both[-1] += 180  # 75 and over is a band that the third region has too
    people = [2 * one for one in PEOPLE[:-1]] + [3 * PEOPLE[-1]]
    known = asked(held, "standardise=esp2013")["reference"]
    assert known == f"{100 * direct(both, people, WEIGHTS).value:.1f}"
    page = held.app.test_client().get("/compare/h.dm_prev?lang=en&standardise=esp2013").get_data(as_text=True)
    assert "not given by these age groups" in page


def test_while_a_stratum_is_being_proven_there_is_no_reference(held: HeldByHub) -> None:
    held.accept("XR-BETA", figures("h.dm_prev", counted("Beta"), region_set="invented"))
    found = asked(held, "standardise=esp2013")
    assert (found["reference"], found["reference_withheld"]) == (None, "being_proven")
    assert found["rows"][0]["why_not"] == "reference_withheld"


def test_none_and_nothing_are_the_figures_as_counted(held: HeldByHub) -> None:
    assert asked(held, "standardise=none") == asked(held, "")
    assert asked(held, "")["standard"] is None


@pytest.mark.parametrize(
    ("query", "why", "allowed"),
    [
        ("standardise=who2000", "no standard population", ["none", "esp2013", "nl2019", "indirect"]),
        ("standardise=esp2013&by=age_band:75%2B", "asked for already", ["none"]),
    ],
)
def test_what_does_not_fit_is_refused_with_what_does(held: HeldByHub, query: str, why: str, allowed: list[str]) -> None:
    answer = held.app.test_client().get(f"{ADDRESS}?{query}")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    told = json.loads(answer.get_data())
    assert why in told["detail"]
    assert told["allowed"] == allowed
    assert list(told["errors"]) == ["standardise"]


def test_an_indicator_without_ages_is_refused(held: HeldByHub) -> None:
    payload = figures("c19.deceased", {("XR-ALFA",): Exact(12)}, region_set="invented", origin=TAKEN_OVER)
    held.accept("XR-ALFA", payload)
    answer = held.app.test_client().get("/api/v1/indicators/c19.deceased/comparison?standardise=esp2013")
    assert answer.status_code == 422
    assert json.loads(answer.get_data())["allowed"] == ["none"]


def test_files_name_the_standard_and_forms_of_counts_refuse_it(held: HeldByHub) -> None:
    text = held.app.test_client().get(f"{ADDRESS}?format=csv&standardise=esp2013").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["standard"] for row in rows} == {"esp2013"}
    assert {"numerator": rows[0]["numerator"], "funnel_place": rows[0]["funnel_place"]} == {
        "numerator": "690", "funnel_place": ""
    }  # fmt: skip
    for form in ("fhir", "dhis2"):
        assert "standard population" in asked(held, f"format={form}&standardise=esp2013", 422)["detail"]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_page_says_whose_ages_weigh_how_much(held: HeldByHub, lang: str) -> None:
    client = held.app.test_client()
    page = html.fromstring(client.get(f"/compare/h.dm_prev?lang={lang}&standardise=esp2013").get_data(as_text=True))
    (chosen,) = page.xpath("//select[@id='standardise']/option[@selected]")
    assert chosen.get("value") == "esp2013"
    said = " ".join(page.text_content().split())
    assert ("0-17: 19,3 %, 18-44: 34,7 %" if lang == "nl" else "0-17: 19.3%, 18-44: 34.7%") in said
    assert (
        "de leeftijden van de standaardbevolking had" if lang == "nl" else "ages of the standard population"
    ) in said
    crude = html.fromstring(client.get("/compare/h.dm_prev").get_data(as_text=True))
    assert not crude.xpath("//select[@id='standardise']/option[@selected]")
    assert client.get("/compare/h.dm_prev?standardise=who2000").status_code == 400


def test_the_page_says_why_a_standardised_figure_has_no_interval(held: HeldByHub) -> None:
    few: dict[tuple[str, ...], TypedValue] = {("total", age, "total"): Exact(1, 900) for age in BANDS}
    few["total", "total", "total"] = Exact(5, 4500)
    held.accept("XR-GAMMA", figures("h.dm_prev", few, region_set="invented"))
    page = held.app.test_client().get("/compare/h.dm_prev?lang=en&standardise=esp2013").get_data(as_text=True)
    assert "fewer than ten events: no interval" in page


def test_the_form_keeps_a_standard_that_fits(held: HeldByHub) -> None:
    client = held.app.test_client()
    location = client.get("/compare?indicator=h.dm_prev&standardise=nl2019").headers["Location"]
    assert "standardise=nl2019" in location
    location = client.get("/compare?indicator=h.dm_prev&standardise=nl2019&by=age_band:75%2B").headers["Location"]
    assert "standardise" not in location
