"""What a page says it cannot say: the true reason, and nothing that one region alone would give."""

from pathlib import Path

import pytest

from schemas.codes import TOTAL
from schemas.values import Exact, NotAvailable, Rounded
from tests.support.held_by_hub import TAKEN_OVER, HeldByHub, figures


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    for code, name in (("XR-A", "Aland"), ("XR-B", "Beland")):
        held.region(code, name, "invented")
    return held


def said(held: HeldByHub, address: str) -> str:
    answer = held.app.test_client().get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_cost_has_no_interval_because_no_spread_is_published(held: HeldByHub) -> None:
    for code in ("XR-A", "XR-B"):
        held.accept(code, figures("c.zvw", {(TOTAL,) * 3: Exact(260_000_000, 1000)}, region_set="invented"))
    page = said(held, "/compare/c.zvw?set=invented&lang=en")
    assert "The spread between persons is not published" in page
    assert "The source gives no counts" not in page


def test_a_public_table_has_no_interval_because_it_gives_no_counts(held: HeldByHub) -> None:
    value = {("XR-A",): Rounded("28", "0.1"), ("XR-B",): NotAvailable()}
    held.accept("XR-A", figures("jv24.rookt_tabak_75", value, region_set="invented", origin=TAKEN_OVER))
    page = said(held, "/compare/jv24.rookt_tabak_75?set=invented&lang=en")
    assert "The source gives no counts" in page
    assert "The spread between persons is not published" not in page


def test_a_rounded_figure_is_shown_to_the_step_it_was_rounded_to(held: HeldByHub) -> None:
    value = {("XR-A",): Rounded("28", "0.1")}
    held.accept("XR-A", figures("jv24.rookt_tabak_75", value, region_set="invented", origin=TAKEN_OVER))
    assert "28.0%" in said(held, "/compare/jv24.rookt_tabak_75?set=invented&lang=en")


def test_one_region_alone_is_not_called_regions_together(held: HeldByHub) -> None:
    alone = {(TOTAL,) * 3: Exact(60, 1000), (TOTAL, "0-74", TOTAL): Exact(40, 900)}
    held.accept("XR-A", figures("h.dm_prev", alone, region_set="invented"))
    held.accept("XR-B", figures("h.dm_prev", {(TOTAL,) * 3: Exact(80, 1000)}, region_set="invented"))
    held.prove()
    address = "/api/v1/indicators/h.dm_prev/comparison?set=invented"
    client = held.app.test_client()
    assert client.get(address).get_json()["reference"] == "7.0"
    assert client.get(f"{address}&by=age_band:0-74").get_json()["reference"] is None
    assert "not cut into this group" in said(held, "/compare/h.dm_prev?set=invented&by=age_band:0-74&lang=en")


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "A number of persons: regions’ numbers are not compared with each other."),
        ("nl", "Een aantal personen: aantallen van regio’s worden niet met elkaar vergeleken."),
    ],
)
def test_a_number_of_persons_is_not_said_to_lack_counts(held: HeldByHub, lang: str, sentence: str) -> None:
    for code, value in (("XR-A", Exact(5000)), ("XR-B", Rounded("4000", "10"))):
        held.accept(code, figures("pop.persons", {(TOTAL,) * 3: value}, region_set="invented"))
    page = said(held, f"/compare/pop.persons?set=invented&lang={lang}")
    assert sentence in page
    assert "gives no counts" not in page
    assert "geen aantallen" not in page


@pytest.mark.parametrize(
    ("lang", "told"), [("nl", "het breedste dat de schaal"), ("en", "widest that its scale allows")]
)
def test_a_mean_of_scores_has_the_widest_interval_and_a_verdict_by_it(held: HeldByHub, lang: str, told: str) -> None:
    """Of 400 scores each, 8.0 (7.51 to 8.47) and 6.0 (5.47 to 6.53), together 7.0: told apart even so."""
    for code, mean in (("XR-A", 80), ("XR-B", 60)):
        cells = {(TOTAL,) * 3: Exact(400 * mean, 400)}
        held.accept(code, figures("q.gp_experience", cells, region_set="invented"))
    held.prove()
    address = "/api/v1/indicators/q.gp_experience/comparison"
    rows = held.app.test_client().get(address).get_json()["rows"]
    assert [(row["low"], row["high"], row["standing"]) for row in rows] == [
        ("7.51", "8.47", "higher"),
        ("5.47", "6.53", "lower"),
    ]
    assert [row["ranks"]["first"] for row in rows] == [1, 2]
    page = said(held, f"/compare/q.gp_experience?set=invented&lang={lang}")
    assert told in page
    assert "The spread between persons is not published" not in page
