"""Readiness rounds and plans at the desk: links shown once, no answer shown, runs with how they ended."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from node.bootstrap import Node, create_node
from node.web.application import application as questionnaire
from tests.support.desk_pages import Person, person, text_of
from tests.support.panels import FIVE_LENSES
from tests.support.small_region import CODE, NOW

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip
OPENED: dict[str, str | list[str]] = {
    "round": "voorjaar", "instrument": "five-lenses", "period": "2026-Q2", "seats-practice": "5", "seats-citizens": "1",
}  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


@pytest.fixture
def scientist(node: Node) -> Person:
    return person(node, "Jan", "scientist")


def test_a_round_is_opened_answered_closed_previewed_and_frozen(node: Node, scientist: Person) -> None:
    assert scientist.post("/rounds", **{**OPENED, "seats-practice": "veel"}).status_code == 409
    assert scientist.post("/rounds", **OPENED).status_code == 303
    for carried_open in ("http://elsewhere.example", "http://localhost.elsewhere.example", "https://", "http://[", ""):
        assert scientist.post("/rounds/voorjaar/invite", url=carried_open).status_code == 409
    links = scientist.post("/rounds/voorjaar/invite", url="https://vragen.example")
    tokens = re.findall(r"https://vragen\.example(/assess/[\w-]+)", links.get_data(as_text=True))
    assert len(set(tokens)) == 6
    assert links.headers["Cache-Control"] == "no-store"
    assert "/assess/" not in scientist.client.get("/rounds/voorjaar").get_data(as_text=True)
    assert scientist.post("/rounds/voorjaar/close").status_code == 409
    client = Client(questionnaire(node.engine, lambda: NOW))
    for token in tokens:
        assert client.post(token, data={item.id: "3" for item in FIVE_LENSES.items}).status_code == 303
    assert "De ronde is nog open" in scientist.get("/rounds/voorjaar").text_content()
    said = {"lens": "ambition", "kind": "finding", "language": "nl", "text": "Iedereen wil hetzelfde."}
    assert scientist.post("/rounds/voorjaar/say", **said).status_code == 303
    assert scientist.post("/rounds/voorjaar/close").status_code == 303
    page = scientist.get("/rounds/voorjaar")
    assert "Wat zou uitgaan" in page.text_content()
    assert "Iedereen wil hetzelfde." in page.text_content()
    assert scientist.post("/rounds/voorjaar/release", role="programmabureau").status_code == 409
    answer = scientist.post("/rounds/voorjaar/release", role="programmabureau", audience="partners")
    assert answer.status_code == 303
    assert "0 van 2 akkoorden" in scientist.get(answer.headers["Location"]).text_content()


def test_a_name_in_what_a_panel_said_stops_the_release_and_says_so(node: Node, scientist: Person) -> None:
    scientist.post("/rounds", **OPENED)
    links = scientist.post("/rounds/voorjaar/invite", url="https://vragen.example").get_data(as_text=True)
    client = Client(questionnaire(node.engine, lambda: NOW))
    for token in re.findall(r"(/assess/[\w-]+)", links):
        client.post(token, data={item.id: "2" for item in FIVE_LENSES.items})
    said = {"lens": "ambition", "kind": "poor", "language": "nl", "text": "Mevrouw Hofstede wil niet."}
    scientist.post("/rounds/voorjaar/say", **said)
    scientist.post("/rounds/voorjaar/close")
    assert scientist.get("/rounds/voorjaar").xpath("//*[@role='alert']")


def test_plans_are_made_run_listed_and_removed(node: Node, scientist: Person) -> None:
    assert "Keur eerst definities goed" in scientist.get("/plans").text_content()
    (shown,) = scientist.get("/definitions/h.dm_prev").xpath("//input[@name='hash']/@value")
    scientist.post("/definitions/h.dm_prev", hash=str(shown))
    asked: dict[str, str | list[str]] = {"name": "maandelijks", "unit": "month", "at": "monthly 5 05:00",
                                         "indicator": "h.dm_prev"}  # fmt: skip
    assert "Zeg wie dit mag lezen" in text_of(scientist.post("/plans/measure", **asked))
    assert scientist.post("/plans/measure", audience="network", **{**asked, "at": "soms"}).status_code == 409
    assert scientist.post("/plans/measure", audience="network", **asked).status_code == 303
    assert scientist.post("/plans/maandelijks/run").status_code == 303
    shown = scientist.get("/plans").text_content()
    assert "mislukt" in shown
    assert "Er is hier nog geen bron geladen" in shown
    assert "planning 'maandelijks' is mislukt" in scientist.get("/").text_content()
    assert scientist.post("/plans/maandelijks/remove").status_code == 303
    assert scientist.post("/plans/maandelijks/run").status_code == 409


def test_a_source_is_planned_from_its_own_folder_only(scientist: Person) -> None:
    scientist.post("/sources/in", source="register")
    asked = {"name": "nacht", "source": "register", "at": "daily 03:30"}
    assert scientist.post("/plans/ingest", **asked).status_code == 409
    assert scientist.post("/plans/ingest", **{**asked, "source": "../x"}).status_code == 409
