"""What pages and feeds say of corrections, and that nothing of what was taken back is left in them."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from hub.bootstrap import application, make_hub
from hub.web.outlines import ggd_outlines
from schemas.payloads import (
    EventRedacted,
    IndicatorCorrected,
    IndicatorWithdrawn,
    LessonPublished,
    LessonRevised,
    LessonWithdrawn,
)
from schemas.values import Exact, Rounded
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import SignedEvent
from tests.support.held_by_hub import TAKEN_OVER, a_lesson, figures

TOTAL = ("total", "total", "total")
NAMESPACES = {"a": "http://www.w3.org/2005/Atom", "at": "http://purl.org/atompub/tombstones/1.0"}
COMPARISON = "/api/v1/indicators/h.dm_prev/comparison"


class Site:
    """Three regions at a hub, and its answers."""

    def __init__(self, folder: Path) -> None:
        self.held = ChainsAtHub(make_hub(folder / "hub", {}))
        self.client = application(self.held.hub).test_client()
        for name in ("ALFA", "BETA", "GAMMA"):
            self.held.enrolled(f"XR-{name}")

    def say(self, region: str, payload: Any, audience: Any = "public") -> SignedEvent:
        (made,) = self.held.regions[f"XR-{region}"].release([payload], audience)
        assert self.held.arrive(made) == ["accepted"]
        self.client = application(self.held.hub).test_client()
        return made

    def text(self, address: str, status: int = 200, region: str | None = None) -> str:
        headers = {} if region is None else {"Authorization": f"Bearer {self.held.tokens[f'XR-{region}']}"}
        answer = self.client.get(address, headers=headers)
        assert answer.status_code == status, (address, answer.status_code)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
        return answer.get_data(as_text=True)

    def feed(self, region: str | None = None) -> tuple[dict[str, str], dict[str, str | None]]:
        """Return the titles of the entries and the comments of the tombstones, both by id; Atom and JSON agree."""
        atom = etree.fromstring(self.text("/feeds/lessons.atom", region=region).encode())
        entries = {
            str(one.findtext("a:id", namespaces=NAMESPACES)): str(one.findtext("a:title", namespaces=NAMESPACES))
            for one in atom.findall("a:entry", NAMESPACES)
        }
        stones = {
            str(one.get("ref")): one.findtext("at:comment", namespaces=NAMESPACES)
            for one in atom.findall("at:deleted-entry", NAMESPACES)
        }
        items = json.loads(self.text("/feeds/lessons.json", region=region))["items"]
        told = {one["id"]: one["_regiohelix"]["reason"] for one in items if one.get("_regiohelix", {}).get("withdrawn")}
        assert {one["id"]: one["title"] for one in items if one["id"] not in told} == entries
        assert told == stones
        return entries, stones


def urn(event: SignedEvent) -> str:
    return f"urn:regiohelix:event:{event.id}"


def dm_prev(count: int) -> Any:
    return figures("h.dm_prev", {TOTAL: Exact(count, 1000)}, region_set="invented")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def corrected(site: Site) -> Site:
    """Alfa withdrew its figure, Beta corrected its own, Gamma let its stand."""
    first = site.say("ALFA", dm_prev(777))
    second = site.say("BETA", dm_prev(20))
    site.say("GAMMA", dm_prev(30))
    site.say("ALFA", IndicatorWithdrawn(first.id, "<b>verkeerde bron</b>"))
    site.say("BETA", IndicatorCorrected(second.id, "dubbel geteld", dm_prev(40)))
    return site


@pytest.mark.parametrize(
    ("lang", "word", "none", "sentence"),
    [
        ("nl", "teruggetrokken", "geen oordeel", "1 regio trok het cijfer terug."),
        ("en", "withdrawn", "no verdict", "1 region withdrew its figure."),
    ],
)
def test_a_withdrawn_figure_has_its_own_word_and_no_number(
    corrected: Site, lang: str, word: str, none: str, sentence: str
) -> None:
    page = html.fromstring(corrected.text(f"/compare/h.dm_prev?lang={lang}"))
    cells = [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//table/tbody/tr")]
    row = next(one for one in cells if one[0] == "Xr-Alfa")
    assert (row[1], row[3]) == (word, none)
    assert word in row[4]
    assert sentence in page.xpath("//p[@class='reading']")[0].text_content()
    assert not re.search(r"77[.,]7", page.text_content())


def test_the_page_says_when_and_why_and_brings_no_markup_in(corrected: Site) -> None:
    body = corrected.text("/compare/h.dm_prev")
    told = html.fromstring(body).get_element_by_id("corrections").text_content()
    assert "Xr-Beta: gecorrigeerd, 1 nov 2026, 17:00 UTC. Reden: dubbel geteld" in told
    assert "Xr-Alfa: teruggetrokken, 1 nov 2026, 16:00 UTC. Reden: <b>verkeerde bron</b>" in told
    assert "<b>" not in body


def test_the_page_as_known_on_a_moment_shows_it_and_leads_back(corrected: Site) -> None:
    page = html.fromstring(corrected.text("/compare/h.dm_prev?as_known_on=2026-11-01T15:30:00Z"))
    (note,) = page.xpath("//p[@class='note']")
    assert "Dit is wat hier bekend was op 1 nov 2026, 15:30 UTC." in note.text_content()
    assert "as_known_on" not in note.xpath("a/@href")[0]
    assert "77,7" in page.text_content()
    for link in page.xpath("//p[@class='ways']/a[text()='CSV' or text()='JSON']/@href"):
        assert "as_known_on=2026-11-01T15%3A30%3A00Z" in link
    asked = corrected.client.get("/compare?indicator=h.dm_prev&as_known_on=2026-11-01&by=&lang=nl")
    assert "as_known_on=2026-11-01" in asked.headers["Location"]
    for wrong in ("gisteren", "2026-13-01", "2027-01-01", "2026-11-01T10:00:00+02:00"):
        corrected.text(f"/compare/h.dm_prev?as_known_on={wrong}".replace("+", "%2B"), status=400)


def test_json_and_csv_name_the_state_the_moment_and_the_correction(corrected: Site) -> None:
    found = json.loads(corrected.text(COMPARISON))
    rows = {row["region"]: row for row in found["rows"]}
    assert found["as_known_on"] == "2026-11-01T17:00:00Z"
    assert rows["XR-ALFA"]["value"] == {"kind": "withdrawn"}
    assert (rows["XR-ALFA"]["shown"], rows["XR-ALFA"]["standing"]) == (None, "no_verdict")
    assert rows["XR-BETA"]["corrected_at"] == "2026-11-01T17:00:00Z"
    assert rows["XR-BETA"]["corrections"][0]["reason"] == "dubbel geteld"
    assert (rows["XR-GAMMA"]["corrected_at"], rows["XR-GAMMA"]["corrections"]) == (None, [])
    written = {row["region"]: row for row in csv.DictReader(io.StringIO(corrected.text(f"{COMPARISON}?format=csv")))}
    assert (written["XR-ALFA"]["kind"], written["XR-ALFA"]["correction"]) == ("withdrawn", "withdrawn")
    assert (written["XR-ALFA"]["shown"], written["XR-ALFA"]["numerator"]) == ("", "")
    assert (written["XR-BETA"]["reason"], written["XR-BETA"]["shown"]) == ("dubbel geteld", "4.0")
    assert written["XR-GAMMA"]["corrected_at"] == ""


def test_a_moment_before_the_first_figure_leads_to_what_is_known_now(corrected: Site) -> None:
    page = html.fromstring(corrected.text("/compare/h.dm_prev?as_known_on=2020-01-01&lang=nl", status=404))
    assert page.xpath("string(//h1)") == "Dit cijfer was toen nog niet bekend"
    (link,) = page.xpath("//main//a/@href")
    assert "as_known_on" not in link
    corrected.text(link)


def test_as_known_on_answers_each_moment_and_refuses_what_is_none(corrected: Site) -> None:
    seen = {}
    for moment in ("2026-11-01T13:00:00Z", "2026-11-01T16:00:00Z", "2026-11-01T17:00:00Z", "2026-11-01"):
        found = json.loads(corrected.text(f"{COMPARISON}?as_known_on={moment}"))
        seen[moment] = {row["region"][3:]: row["shown"] for row in found["rows"]}
    assert seen["2026-11-01T13:00:00Z"] == {"ALFA": "77.7"}
    assert seen["2026-11-01T16:00:00Z"] == {"ALFA": None, "BETA": "2.0", "GAMMA": "3.0"}
    assert seen["2026-11-01T17:00:00Z"] == seen["2026-11-01"] == {"ALFA": None, "BETA": "4.0", "GAMMA": "3.0"}
    for wrong in ("2026-11-02", "2026-11-01T23:00:00Z", "2026-11-01T12:00:00", "2026-1-1", "now", "2026-11-31"):
        assert "moment" in corrected.text(f"{COMPARISON}?as_known_on={wrong}", status=422)
    corrected.text(f"{COMPARISON}?as_known_on=2026-10-31", status=404)


def test_a_destroyed_figure_is_withdrawn_at_every_moment(site: Site) -> None:
    first = site.say("ALFA", dm_prev(777))
    site.say("ALFA", EventRedacted(first.id, "te kleine cel"))
    for moment in ("2026-11-01T13:00:00Z", "2026-11-01"):
        body = site.text(f"{COMPARISON}?as_known_on={moment}")
        assert json.loads(body)["rows"][0]["value"] == {"kind": "withdrawn"}
        assert "77.7" not in body
        assert '"numerator"' not in body


def test_a_revised_lesson_is_one_entry_with_new_words(site: Site) -> None:
    first = site.say("ALFA", a_lesson(title="Eerste"))
    second = site.say("ALFA", LessonRevised(first.id, "beter", a_lesson(title="Tweede")))
    third = site.say("ALFA", LessonRevised(second.id, "nog beter", a_lesson(title="Derde")))
    assert site.feed() == ({urn(first): "Derde"}, {})
    (item,) = json.loads(site.text("/feeds/lessons.json"))["items"]
    assert (item["date_published"], item["date_modified"]) == ("2026-11-01T13:00:00Z", "2026-11-01T15:00:00Z")
    listed = site.text("/lessons")
    assert "Derde" in listed
    assert "Eerste" not in listed
    old = html.fromstring(site.text(f"/lessons/{first.id}"))
    assert third.id in old.xpath("//p[@class='note']/a/@href")[0]
    assert "nog beter" in site.text(f"/lessons/{third.id}")
    assert json.loads(site.text(f"/api/v1/lessons/{first.id}"))["replaced_by"] == third.id


def test_a_withdrawn_lesson_leaves_a_tombstone_and_a_page_that_says_when_and_why(site: Site) -> None:
    first = site.say("ALFA", a_lesson(title="Eerste"))
    second = site.say("ALFA", LessonRevised(first.id, "beter", a_lesson(title="Tweede")))
    stays = site.say("ALFA", a_lesson("les-2", title="Blijft"))
    site.say("ALFA", LessonWithdrawn(second.id, "klopte niet"))
    assert site.feed() == ({urn(stays): "Blijft"}, {urn(first): "klopte niet"})
    for version in (first, second):
        page = site.text(f"/lessons/{version.id}", status=410)
        assert "Deze les is teruggetrokken" in page
        assert "1 nov 2026" in page
        assert "klopte niet" in page
        assert "Tweede" not in page
        assert "klopte niet" in json.loads(site.text(f"/api/v1/lessons/{version.id}", status=410))["detail"]
    assert json.loads(site.text("/api/v1/lessons"))["total"] == 1
    again = site.say("ALFA", LessonRevised(first.id, "terug", a_lesson(title="Terug")))
    assert site.feed() == ({urn(stays): "Blijft", urn(first): "Terug"}, {})
    assert "Terug" in site.text(f"/lessons/{again.id}")


def test_a_destroyed_lesson_is_gone_from_every_answer(site: Site) -> None:
    name = "Jan Modelpatiënt"
    first = site.say("ALFA", a_lesson(title="Eerste"))
    second = site.say("ALFA", LessonRevised(first.id, "beter", a_lesson(title=name, context=name)))
    site.say("ALFA", EventRedacted(second.id, "een naam"))
    assert site.feed() == ({}, {urn(first): "een naam"})
    told = [site.text(f"/lessons/{second.id}", 410), site.text(f"/api/v1/lessons/{second.id}", 410)]
    told += [site.text(address) for address in ("/", "/lessons", "/feeds/lessons.atom", "/api/v1/ledger/XR-ALFA")]
    assert not [one for one in told if "Modelpati" in one]
    assert "vernietigd" in told[0]
    clean = site.say("ALFA", LessonRevised(second.id, "zonder naam", a_lesson(title="Schoon")))
    assert site.feed() == ({urn(first): "Schoon"}, {})
    assert "Schoon" in site.text(f"/lessons/{clean.id}")
    assert "Eerste" in site.text(f"/lessons/{first.id}")


def test_the_first_wording_can_be_destroyed_while_the_revision_stays(site: Site) -> None:
    first = site.say("ALFA", a_lesson(title="Een naam"))
    site.say("ALFA", LessonRevised(first.id, "zonder naam", a_lesson(title="Schoon")))
    site.say("ALFA", EventRedacted(first.id, "een naam"))
    assert site.feed() == ({urn(first): "Schoon"}, {})
    site.text(f"/lessons/{first.id}", status=410)


def test_only_its_own_region_revises_or_withdraws_a_lesson(site: Site) -> None:
    first = site.say("ALFA", a_lesson(title="Van Alfa"))
    meant: list[LessonPublished | LessonRevised | LessonWithdrawn] = [
        LessonRevised(first.id, "x", a_lesson(title="Van Beta")),
        LessonWithdrawn(first.id, "x"),
    ]
    second, _ = (site.say("BETA", one) for one in meant)
    assert site.feed() == ({urn(first): "Van Alfa", urn(second): "Van Beta"}, {})


def test_a_reader_outside_the_circle_never_learns_that_something_was_withdrawn(site: Site) -> None:
    first = site.say("ALFA", a_lesson(title="Geheim"), "network")
    site.say("ALFA", LessonWithdrawn(first.id, "openbare reden"))
    assert site.feed() == ({}, {})
    assert site.feed("BETA") == ({}, {urn(first): "openbare reden"})
    site.text(f"/lessons/{first.id}", status=404)
    site.text(f"/api/v1/lessons/{first.id}", status=404)
    site.text(f"/api/v1/lessons/{first.id}", status=410, region="BETA")


def test_tombstones_take_part_in_the_pages_of_the_feed(site: Site) -> None:
    made = [site.say("ALFA", a_lesson(f"les-{number}", f"Les {number}")) for number in range(21)]
    site.say("ALFA", LessonWithdrawn(made[0].id, "r"))
    first, last = (json.loads(site.text(f"/feeds/lessons.json?page={page}"))["items"] for page in (1, 2))
    assert (len(first), len(last)) == (20, 1)
    assert first[0]["id"] == urn(made[0])
    assert first[0]["_regiohelix"]["withdrawn"]
    assert last[0]["id"] == urn(made[1])


def test_the_map_shows_a_withdrawn_region_apart_from_one_without_a_figure(site: Site) -> None:
    table = "jv24.sterk_eenzaam_54"
    codes = list(ggd_outlines().regions)[:3]
    for code in codes:
        site.held.enrolled(code)
    for code in codes:
        payload = figures(table, {(code,): Rounded("20.5", "0.1")}, "2024", "invented", TAKEN_OVER)
        (made,) = site.held.regions[code].release([payload], "public")
        site.held.arrive(made)
    site.held.arrive(*site.held.regions[codes[0]].release([IndicatorWithdrawn(made_id(site, codes[0]), "r")], "public"))
    page = html.fromstring(site.text(f"/compare/{table}"))
    for looks in page.xpath("//svg[contains(@class, 'map')]"):
        found = looks.xpath("./path/@class | ./rect/@class")
        assert (found.count("withdrawn"), found.count("none")) == (1, 22)
    assert [one.strip() for one in page.xpath("//ul[@class='key']/li[svg/rect[@class='withdrawn']]/text()")] == [
        "teruggetrokken"
    ]


def made_id(site: Site, code: str) -> str:
    return site.held.regions[code].chain[0].id
