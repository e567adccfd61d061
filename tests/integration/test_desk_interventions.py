"""Interventions at the desk: recorded by a form as the command records them, changed, and forgotten by mistake only."""

from pathlib import Path

import pytest
from sqlalchemy import select

from node.__main__ import main
from node.knowledge import interventions
from node.knowledge.interventions import Intervention
from node.tables import audit_log
from tests.support.desk_pages import Person, person, text_of
from tests.support.small_region import SmallRegion, small_region

TYPED: dict[str, str | list[str]] = {
    "id": "leefstijlcoach", "title_nl": "Leefstijlcoach", "title_en": "Lifestyle coach",
    "description_nl": "Groepslessen.", "description_en": "Group lessons.", "population": "inwoners met diabetes",
    "segment": "chronisch", "stage": "treatment", "start": "2026-01-01", "end": "2027-12-31",
    "areas": "GM9001, GM9002", "goal": "q.hba1c", "value": "90,5", "by": "2027-12-31",
    "outcomes": ["q.hba1c", "c.zvw"],
}  # fmt: skip
FILE = """
id: leefstijlcoach
title: {nl: Leefstijlcoach, en: Lifestyle coach}
description: {nl: Groepslessen., en: Group lessons.}
population: inwoners met diabetes
segment: chronisch
stage: treatment
start: 2026-01-01
end: 2027-12-31
areas: [GM9001, GM9002]
goal: {indicator: q.hba1c, value: "90.5", by: 2027-12-31}
outcomes: [q.hba1c, c.zvw]
"""
PATH = "/interventions/leefstijlcoach"


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return small_region(tmp_path / "node", "http://127.0.0.1:9")


@pytest.fixture
def scientist(region: SmallRegion) -> Person:
    return person(region.node, "Jan", "scientist")


def kept(region: SmallRegion) -> tuple[Intervention, ...]:
    with region.node.engine.connect() as connection:
        return interventions.interventions(connection)


def test_it_is_recorded_as_the_command_records_it_changed_and_forgotten(
    region: SmallRegion, scientist: Person, tmp_path: Path
) -> None:
    assert "Nog geen." in scientist.get("/interventions").text_content()
    assert "Er is nog geen interventie vastgelegd." in scientist.get("/evaluations").text_content()
    assert scientist.post("/interventions", **TYPED).headers["Location"] == f"{PATH}?said=kept"
    recorded = kept(region)
    file = tmp_path / "intervention.yaml"
    file.write_text(FILE, encoding="utf-8")
    assert main(["intervention", "record", str(file), "--author", "Jan", "--home", str(region.node.settings.home)]) == 0
    assert kept(region) == recorded

    page = scientist.get(PATH)
    assert page.xpath("string(//*[@id='f-value']/@value)") == "90.5"
    assert page.xpath("//input[@name='outcomes'][@checked]/@value") == ["c.zvw", "q.hba1c"]
    assert page.xpath("string(//*[@id='f-stage']/option[@selected]/@value)") == "treatment"
    changed = TYPED | {"end": "", "outcomes": [], "stage": "enabling", "areas": "", "title_nl": "Coach"}
    assert scientist.post(PATH, **changed).status_code == 303
    (one,) = kept(region)
    assert (one.id, one.title.nl, one.end, one.outcomes, one.stage, one.areas) == (
        "leefstijlcoach", "Coach", None, (), None, (),
    )  # fmt: skip
    listed = scientist.get("/interventions").text_content()
    assert all(word in listed for word in ("Coach", "loopt", "randvoorwaarde", "hele regio", "q.hba1c"))

    assert scientist.post(f"{PATH}/remove").headers["Location"] == "/interventions?said=removed"
    assert kept(region) == ()
    assert scientist.post(PATH, **TYPED).status_code == 409  # it does not come back unseen
    assert kept(region) == ()
    with region.node.engine.connect() as connection:
        wanted = select(audit_log.c.actor, audit_log.c.action).where(audit_log.c.subject == "leefstijlcoach")
        written = [tuple(row) for row in connection.execute(wanted)]
    recorded_by = ("Jan", "intervention.recorded")
    assert written == [recorded_by, recorded_by, recorded_by, ("Jan", "intervention.removed")]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"id": "Leefstijl Coach"}, "schrijf de korte naam met kleine letters"), ({"id": "new"}, "is al gebruikt"),
        ({"title_en": " "}, "'Titel in het Engels' is leeg"), ({"start": "vorig jaar"}, "'Eerste dag' is geen dag"),
        ({"end": "2026-02-30"}, "'Eerste dag zonder' is geen dag"), ({"end": "2026-01-01"}, "verbeter een van beide"),
        ({"by": "2025-12-31"}, "een doel is voor een dag na de eerste dag"), ({"value": "veel"}, "is geen getal"),
        ({"value": "NaN"}, "de waarde van het doel is geen getal"), ({"stage": "later"}, "Kies bij 'Soort' iets"),
        ({"goal": "q.none"}, "is geen indicator uit de catalogus"),
        ({"outcomes": ["x.y"]}, "'x.y' is geen indicator uit de catalogus"),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_is_said_in_the_form_which_stays_filled_in(
    region: SmallRegion, scientist: Person, changed: dict[str, str], told: str
) -> None:
    answer = scientist.post("/interventions", **(TYPED | changed))
    assert answer.status_code == 409
    assert told in text_of(answer)
    assert 'value="inwoners met diabetes"' in answer.get_data(as_text=True)
    assert kept(region) == ()


def test_a_refused_change_keeps_what_was_emptied_and_a_name_is_taken_once(
    region: SmallRegion, scientist: Person
) -> None:
    scientist.post("/interventions", **TYPED)
    again = scientist.post("/interventions", **TYPED)
    assert (again.status_code, "De naam 'leefstijlcoach' is al gebruikt" in text_of(again)) == (409, True)
    refused = scientist.post(PATH, **(TYPED | {"end": "", "value": "veel"}))
    assert refused.status_code == 409
    told = refused.get_data(as_text=True)
    assert 'value="veel"' in told
    assert 'value="2027-12-31"' in told  # of the goal's day
    assert told.count('value="2027-12-31"') == 1, "the end that was emptied is back"
    assert kept(region)[0].end is not None


def test_only_a_scientist_records_interventions(region: SmallRegion, scientist: Person) -> None:
    scientist.post("/interventions", **TYPED)
    author = person(region.node, "Lies", "author")
    assert {author.client.get(path).status_code for path in ("/interventions", "/interventions/new", PATH)} == {403}
    assert {author.post(path, **TYPED).status_code for path in ("/interventions", PATH, f"{PATH}/remove")} == {403}
    assert len(kept(region)) == 1
    assert scientist.client.get("/interventions/anders").status_code == 409
    told = text_of(scientist.client.get("/interventions/anders?lang=en"))
    assert "There is no intervention 'anders' here" in told


def test_a_new_region_is_led_to_the_form(scientist: Person) -> None:
    links = scientist.get("/").xpath("//a/@href")
    assert "/interventions/new" in links
