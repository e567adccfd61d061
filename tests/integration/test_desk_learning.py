"""Reflections and actions at the desk: written as the commands write them, mended, released, ended and taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.database import writing
from node import flow
from node.__main__ import main
from node.audit import AuditEntry
from node.bootstrap import Node
from node.knowledge import items, lessons
from node.release import candidate, review
from schemas.items import Item
from tests.support.corrections import KEYS, NOW, REGION, make_node, prepared, signed
from tests.support.desk_pages import Person, person, text_of
from tests.support.events import lesson

REFLECTION: dict[str, str | list[str]] = {
    "item": "terugblik", "language": "nl", "title": "Niemand schreef op wat we deden", "held_on": "2026-05-12",
    "scope": "region_wide", "heard": ["government", "citizens"], "observed": "Drie van twaalf besluiten uitgevoerd.",
    "outcomes": "Elk besluit krijgt een eigenaar.\n\n En een dag. ", "state-expertise": "partly",
    "note-expertise": "Eén dag per week.", "state-leadership": "", "note-leadership": "",
}  # fmt: skip
WRITTEN = """
noun: reflection
item: terugblik
language: nl
title: Niemand schreef op wat we deden
held_on: 2026-05-12
scope: region_wide
heard: [government, citizens]
observed: Drie van twaalf besluiten uitgevoerd.
outcomes: [Elk besluit krijgt een eigenaar., En een dag.]
conditions:
  - {condition: expertise, state: partly, note: Eén dag per week.}
"""
ACTION: dict[str, str | list[str]] = {
    "item": "besluitenlijst", "language": "nl", "title": "Eén besluitenlijst", "owner_role": "programmaleider",
    "due": "2026-12-01",
}  # fmt: skip
ACT, LOOK = "/learning/action/besluitenlijst", "/learning/reflection/terugblik"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


@pytest.fixture
def author(node: Node) -> Person:
    return person(node, "Lies", "author")


def kept(node: Node, noun: str, name: str) -> Item:
    with node.engine.connect() as connection:
        return items.find(connection, noun, name)


def released(node: Node, author: Person, path: str, **said: str) -> None:
    """Have one frozen at the desk, approved by one reviewer, and signed."""
    frozen = author.post(f"{path}/release", audience="public", **said)
    assert frozen.status_code == 303, text_of(frozen)
    assert "0 van 1 akkoord." in author.get(frozen.headers["Location"]).text_content()
    with writing(node.engine) as connection:
        bundle = candidate.load(connection, frozen.headers["Location"].split("/")[2].partition("?")[0])
        review.approve(connection, bundle.id, REGION, KEYS[0], NOW)
        entry = AuditEntry("Lies", "bundle.published", bundle.id, NOW)
        flow.publish(connection, bundle.id, REGION, node.service_key(), entry)


def test_a_reflection_is_written_as_the_command_writes_it_and_leads_to_an_action(
    node: Node, author: Person, tmp_path: Path
) -> None:
    assert author.post("/learning/reflection", **REFLECTION).headers["Location"] == f"{LOOK}?said=kept"
    written = kept(node, "reflection", "terugblik")
    file = tmp_path / "terugblik.yaml"
    file.write_text(WRITTEN, encoding="utf-8")
    assert items.read_item(file) == written
    assert "nog geen actie" in author.get("/learning").text_content()
    page = author.get(LOOK)
    assert page.xpath("//input[@name='heard'][@checked]/@value") == ["government", "citizens"]
    assert page.xpath("string(//*[@id='f-state-expertise']/option[@selected]/@value)") == "partly"
    assert page.xpath("string(//*[@id='f-outcomes'])") == "Elk besluit krijgt een eigenaar.\nEn een dag."
    (follows,) = [to for to in page.xpath("//a/@href") if to.startswith("/learning/action/new")]
    chosen = author.get(follows).xpath("string(//*[@id='f-reflection']/option[@selected]/@value)")
    assert chosen == "terugblik"
    author.post("/learning/action", **ACTION, reflection=chosen)
    assert "Eén besluitenlijst" in author.get(LOOK).text_content()
    assert "1 binnenkort" in author.get("/learning").text_content()
    released(node, author, LOOK)
    assert "Lezers zien deze woorden al." in author.get(LOOK).text_content()
    taken = author.post(f"{LOOK}/withdraw", reason="Achterhaald.")
    assert "intrekking" in author.get(taken.headers["Location"]).text_content()


def test_an_action_is_added_as_the_command_adds_it_done_and_ended_for_good(
    node: Node, author: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    author.post("/learning/action", **ACTION)
    written = kept(node, "action", "besluitenlijst")
    said = ["--title", "Eén besluitenlijst", "--owner-role", "programmaleider", "--due", "2026-12-01"]
    at = ["--author", "Lies", "--audience", "public", "--home", str(node.settings.home)]
    assert main(["action", "add", "besluitenlijst", *said, *at]) == 0, capsys.readouterr()
    assert kept(node, "action", "besluitenlijst") == written
    released(node, author, ACT)

    changed = {key: value for key, value in ACTION.items() if key != "item"}
    done = changed | {"state": "done", "done_on": "", "result": "Elf van twaalf uitgevoerd."}
    assert author.post(ACT, **done).status_code == 303
    one = kept(node, "action", "besluitenlijst")
    assert (getattr(one, "state", ""), getattr(one, "done_on", "")) == ("done", NOW.date().isoformat())
    refused = author.post(f"{ACT}/release", audience="public")
    assert (refused.status_code, "zeg hieronder waarom dit verandert" in text_of(refused)) == (409, True)
    assert "Elf van twaalf uitgevoerd." in refused.get_data(as_text=True), "the words stand in their form"
    assert author.post(ACT, **(done | {"state": "open"})).status_code == 303  # readers do not know of it yet
    author.post(ACT, **done)
    released(node, author, ACT, reason="De actie is gedaan.")
    again = author.post(ACT, **(done | {"state": "dropped"}))
    assert (again.status_code, "al als gedaan; leg een nieuwe vast" in text_of(again)) == (409, True)
    assert author.post(ACT, **(done | {"result": "Twaalf van twaalf uitgevoerd."})).status_code == 303


@pytest.mark.parametrize(
    ("noun", "changed", "told"),
    [
        ("action", {"item": "Een Naam"}, "hoogstens 49 kleine letters"), ("action", {"item": "new"}, "al gebruikt"),
        ("action", {"title": " "}, "'Wat wordt er gedaan?' is leeg"), ("action", {"due": "morgen"}, "is geen dag"),
        ("action", {"title": "a" * 301}, "veld title is leeg of langer dan 300 tekens"),
        ("action", {"language": "fr"}, "Kies bij 'Taal' iets"), ("action", {"reflection": "x"}, "Kies een reflectie"),
        ("action", {"lesson": "a" * 64}, "of geen van beide"), ("action", {"lesson_region": "GG0001"}, "of geen van"),
        ("reflection", {"held_on": "2999-01-01"}, "moet nog komen"), ("reflection", {"scope": "x"}, "Reikwijdte"),
        ("reflection", {"scope": "theme"}, "'Thema' is leeg"), ("reflection", {"heard": ["x"]}, "Kruis alleen aan"),
        ("reflection", {"outcomes": "Eens.\nEens."}, "noemt hetzelfde twee keer"),
        ("reflection", {"note-leadership": "Ja."}, "zowel de stand als waaraan"),
        ("reflection", {"actions": ["Een Naam"]}, "Kruis alleen aan"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_in_the_form_which_stays_filled_in(
    node: Node, author: Person, noun: str, changed: dict[str, str | list[str]], told: str
) -> None:
    typed = (ACTION if noun == "action" else REFLECTION) | changed
    answer = author.post(f"/learning/{noun}", **typed)
    assert answer.status_code == 409
    assert told in text_of(answer)
    stays = "programmaleider" if noun == "action" else "Drie van twaalf besluiten uitgevoerd."
    assert stays in answer.get_data(as_text=True)
    with node.engine.connect() as connection:
        assert not items.drafts(connection)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"state": "done", "result": ""}, "Wat gaf het"), ({"state": "dropped", "result": ""}, "Wat gaf het"),
        ({"state": "done", "result": "Ja.", "done_on": "2999-01-01"}, "moet nog komen"), ({"state": "x"}, "Kies bij"),
    ],
)  # fmt: skip
def test_how_an_action_ended_is_said_whole(
    node: Node, author: Person, changed: dict[str, str], told: str
) -> None:  # fmt: skip
    author.post("/learning/action", **ACTION)
    before = kept(node, "action", "besluitenlijst")
    answer = author.post(ACT, **(ACTION | {"state": "open", "result": "", "done_on": ""} | changed))
    assert (answer.status_code, told in text_of(answer)) == (409, True)
    assert kept(node, "action", "besluitenlijst") == before


def test_a_name_stops_it_until_it_is_replaced_in_one_step_or_said_otherwise_in_its_field(
    node: Node, author: Person
) -> None:
    author.post("/learning/action", **(ACTION | {"title": "Mevrouw Hofstede belt elke dag"}))
    page = author.get(ACT)
    assert not page.xpath("//*[@id='release']")
    assert author.post(f"{ACT}/release", audience="public").status_code == 409
    (which,) = page.xpath("//*[@id='findings']//form[contains(@action,'/replace')]//input[@name='finding']/@value")
    assert author.post(f"{ACT}/replace", finding=which, instead="Een adviseur").status_code == 303
    assert kept(node, "action", "besluitenlijst").title == "Een adviseur belt elke dag"
    assert author.get(ACT).xpath("//*[@id='release']")

    author.post("/learning/reflection", **(REFLECTION | {"note-expertise": "Volgens mevrouw Hofstede."}))
    page = author.get(LOOK)
    (found,) = page.xpath("//*[@id='findings']//li")
    assert found.xpath(".//a/@href") == ["#f-note-expertise"]
    assert page.xpath("//*[@id='f-note-expertise']")
    (which,) = found.xpath(".//input[@name='finding']/@value")
    refused = author.post(f"{LOOK}/stand", finding=which, reason="")
    assert (refused.status_code, "Drie van twaalf" in refused.get_data(as_text=True)) == (409, True)
    assert author.post(f"{LOOK}/stand", finding=which, reason="Een figuur uit een boek.").status_code == 303
    assert author.get(LOOK).xpath("//*[@id='release']")


def test_a_lesson_leads_to_an_action_of_it(node: Node, author: Person) -> None:
    with writing(node.engine) as connection:
        lessons.keep(connection, lesson("Bel na"), AuditEntry("Lies", "lesson.written", "les", NOW))
    name = lesson("Bel na").lesson
    assert not [to for to in author.get(f"/lessons/{name}").xpath("//a/@href") if "/learning/action/new" in to]
    (event,) = signed(node, prepared(node, lesson("Bel na")))
    (to,) = [to for to in author.get(f"/lessons/{name}").xpath("//a/@href") if "/learning/action/new" in to]
    form = author.get(to)
    assert form.xpath("string(//*[@id='f-lesson']/@value)") == event
    region = form.xpath("string(//*[@id='f-lesson_region']/@value)")
    address = f"https://hub.example/lessons/{event}?lang=nl"
    assert author.post("/learning/action", **ACTION, lesson=address, lesson_region=region).status_code == 303
    one = kept(node, "action", "besluitenlijst")
    assert (getattr(one, "lesson", ""), getattr(one, "lesson_region", "")) == (event, node.settings.region)


def test_home_names_what_is_overdue_and_what_is_due_soon(node: Node, author: Person) -> None:
    author.post("/learning/action", **ACTION)
    waits = author.get("/").text_content()
    assert "1 actie is binnenkort aan de beurt" in waits
    assert "over tijd" not in waits
    author.post("/learning/action", **(ACTION | {"item": "oud", "due": "2026-11-21"}))
    author.post("/learning/action", **(ACTION | {"item": "vandaag", "due": "2026-11-22"}))
    waits = author.get("/").text_content()
    assert "1 actie is over tijd" in waits
    assert "2 acties zijn binnenkort aan de beurt" in waits


def test_reviewers_write_nothing_and_what_is_not_there_is_said(node: Node, author: Person) -> None:
    author.post("/learning/action", **ACTION)
    reviewer = person(node, "Anna", "reviewer", "Huisartsen")
    asked = ("/learning", ACT, "/learning/action/new", "/learning/reflection/new")
    assert {reviewer.client.get(path).status_code for path in asked} == {403}
    sent = ("/learning/action", ACT, f"{ACT}/release", f"{ACT}/stand", f"{ACT}/replace", f"{ACT}/withdraw")
    assert {reviewer.post(path, **ACTION).status_code for path in sent} == {403}
    assert "onder 'Reflecties en acties' staan ze" in text_of(author.client.get("/learning/action/anders"))
    assert author.client.get("/learning/lesson/new").status_code == 404
    assert author.post("/learning/action/anders", **ACTION).status_code == 409
    unseen = author.post(f"{ACT}/withdraw", reason="Weg ermee.")
    assert "er valt niets terug te nemen" in text_of(unseen)
    again = author.post("/learning/action", **ACTION)
    assert (again.status_code, "al gebruikt" in text_of(again)) == (409, True)
