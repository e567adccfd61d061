"""Lessons at the desk: written, checked, mended in one step or let stand with a reason, and sent to review."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from lxml import html

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.knowledge import lessons
from schemas.payloads import LessonPublished
from tests.support.desk_pages import Person, person, text_of
from tests.support.events import lesson
from tests.support.small_region import CODE, NOW, small_region

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip
WRITTEN: dict[str, str | list[str]] = {
    "lesson": "bel-na", "is_new": "yes", "language": "nl", "title": "Bellen na ontslag scheelt opnamen",
    "context": "Volgens mevrouw Hofstede speelt dit vooral rond de sporthal.", "barrier_or_opportunity": "Tijd.",
    "action": "Een praktijkondersteuner belt na.", "consequence": "Minder heropnamen.", "advice": "Begin klein.",
    "author_role": "programmamanager", "themes": "ontslag, ouderen", "steps": ["3", "4"],
    "helix_voices": ["practice", "citizens"], "indicators": "", "licence": "CC BY 4.0",
}  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


@pytest.fixture
def author(node: Node) -> Person:
    return person(node, "Lies", "author")


def kept(node: Node) -> LessonPublished:
    with node.engine.connect() as connection:
        return lessons.find(connection, "bel-na")


def finding(author: Person) -> str:
    (found,) = author.get("/lessons/bel-na").xpath("//form[contains(@action, 'replace')]/input[@name='finding']/@value")
    return str(found)


def test_what_is_written_is_kept_as_it_was_written(node: Node, author: Person) -> None:
    assert author.post("/lessons", **WRITTEN).headers["Location"] == "/lessons/bel-na?said=kept"
    one = kept(node)
    assert (one.themes, one.steps, one.helix_voices) == (("ontslag", "ouderen"), (3, 4), ("practice", "citizens"))
    page = author.get("/lessons/bel-na")
    assert page.xpath("string(//textarea[@name='context'])") == WRITTEN["context"]
    assert sorted(page.xpath("//input[@name='steps'][@checked]/@value")) == ["3", "4"]
    assert author.post("/lessons", **WRITTEN).status_code == 409
    changed = {**WRITTEN, "is_new": "", "title": "Bel na"}
    assert author.post("/lessons", **changed).status_code == 303
    assert kept(node).title == "Bel na"


@pytest.mark.parametrize(
    ("field", "value"), [("lesson", "Bel Na"), ("title", " "), ("language", "fr"), ("helix_voices", "kings")]
)
def test_what_cannot_be_a_lesson_is_refused_in_a_sentence(author: Person, field: str, value: str) -> None:
    answer = author.post("/lessons", **{**WRITTEN, field: value})
    assert answer.status_code == 409
    assert "Traceback" not in text_of(answer)
    assert "kings" not in text_of(answer)


@pytest.mark.parametrize("changed", [{"lesson": "Bel Na"}, {"title": " "}, {"is_new": "", "licence": " "}])
def test_what_was_typed_comes_back_with_why_it_was_not_kept(author: Person, changed: dict[str, str]) -> None:
    if "is_new" in changed:
        author.post("/lessons", **WRITTEN)
    typed = {"context": "Een lange tekst die niemand twee keer typt.", "helix_voices": "knowledge"}
    answer = author.post("/lessons", **{**WRITTEN, **typed, **changed})
    page = html.fromstring(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert page.xpath("string(//*[@role='alert'])")
    assert page.xpath("string(//textarea[@name='context'])") == typed["context"]
    assert page.xpath("//input[@name='helix_voices'][@checked]/@value") == ["knowledge"]
    assert page.xpath("//input[@name='lesson']/@value") == [changed.get("lesson", WRITTEN["lesson"])]
    assert len(page.xpath("//input[@name='is_new']")) == ("is_new" not in changed)
    (other,) = page.xpath("//a[@hreflang='en']/@href")
    assert author.client.get(other).status_code == 200


def test_a_name_is_replaced_in_one_step_and_then_the_lesson_goes_to_review(node: Node, author: Person) -> None:
    author.post("/lessons", **WRITTEN)
    page = author.get("/lessons/bel-na")
    assert "mevrouw Hofstede" in page.xpath("string(//*[@id='findings']//mark)")
    assert not page.xpath("//form[@action='/bundles']")
    instead = page.xpath("string(//input[@name='instead']/@value)")
    assert instead == "een bewoner"
    author.post("/lessons/bel-na/replace", finding=finding(author), instead=instead)
    assert kept(node).context == "Volgens een bewoner speelt dit vooral rond de sporthal."
    assert author.post("/bundles", lesson="bel-na").status_code == 409
    answer = author.post("/bundles", lesson="bel-na", audience="partners")
    assert answer.status_code == 303
    shown = author.get(answer.headers["Location"])
    assert "Volgens een bewoner" in shown.text_content()
    assert "0 van 1 akkoord." in shown.text_content()
    assert "wacht op beoordeling" in author.get("/").text_content()


def test_words_that_name_nobody_stand_with_a_reason(node: Node, author: Person) -> None:
    author.post("/lessons", **WRITTEN)
    which = finding(author)
    repeated = author.post("/lessons/bel-na/stand", finding=which, reason="Mevrouw Hofstede vindt het goed.")
    assert repeated.status_code == 409
    assert author.post("/lessons/bel-na/stand", finding=which, reason="Een figuur uit een boek.").status_code == 303
    shown = author.get("/lessons/bel-na").text_content()
    assert "Een figuur uit een boek." in shown
    assert author.post("/bundles", lesson="bel-na", audience="partners").status_code == 303


def test_a_finding_of_an_older_text_is_not_replaced(node: Node, author: Person) -> None:
    author.post("/lessons", **WRITTEN)
    which = finding(author)
    author.post("/lessons", **{**WRITTEN, "is_new": "", "context": "Dokter Jansen belt mevrouw Hofstede na."})
    assert author.post("/lessons/bel-na/replace", finding=which, instead="x").status_code == 409
    assert kept(node).context == "Dokter Jansen belt mevrouw Hofstede na."


def test_words_are_looked_at_while_they_are_typed_and_nothing_is_kept(node: Node, author: Person) -> None:
    answer = author.post("/lessons/check", text="Bel mevrouw Hofstede op 06-12345678.")
    assert [one["words"] for one in json.loads(answer.data)["found"]] == ["mevrouw Hofstede", "06-12345678"]
    assert json.loads(author.post("/lessons/check", text="Begin klein.").data)["found"] == []
    with node.engine.connect() as connection:
        assert lessons.titles(connection) == ()


def test_who_does_not_write_lessons_sees_and_sends_none(node: Node, author: Person) -> None:
    author.post("/lessons", **WRITTEN)
    reviewer = person(node, "Anna", "reviewer", "Huisartsen")
    assert reviewer.client.get("/lessons/bel-na").status_code == 403
    assert reviewer.post("/lessons", **WRITTEN).status_code == 403
    assert author.post("/lessons/bel-na/withdraw", reason="Achterhaald.").status_code == 409


def test_a_lesson_that_readers_see_is_revised_and_taken_back(tmp_path: Path) -> None:
    region = small_region(tmp_path / "released", "http://localhost:1")
    region.release("2024")
    with writing(region.node.engine) as connection:
        words = msgspec.structs.replace(lesson("Les 2024"), lesson="2024")
        lessons.keep(connection, words, AuditEntry("Lies", "lesson.written", "2024", NOW))
    author = person(region.node, "Lies", "author")
    assert "Lezers zien deze woorden al." in author.get("/lessons/2024").text_content()
    assert "nog niet uitgebracht zoals" not in author.get("/").text_content(), "what readers see waits for nobody"
    fields: dict[str, str | list[str]] = {**WRITTEN, "lesson": "2024", "is_new": "", "context": "Bij ons."}
    author.post("/lessons", **fields)
    assert "uitgebracht met andere woorden" in author.get("/lessons").text_content()
    mine, others = author.get("/").xpath("//main//section")[:2]
    assert "1 les is nog niet uitgebracht zoals hij hier staat" in mine.text_content()
    colleague = person(region.node, "Noor", "author").get("/").xpath("//main//section")
    assert "1 les is nog niet uitgebracht" in colleague[1].text_content(), "it waits for who wrote it"
    assert "1 les" not in others.text_content()
    assert author.post("/bundles", lesson="2024", audience="public").status_code == 409
    revised = author.post("/bundles", lesson="2024", audience="public", reason="De context klopte niet.")
    assert revised.status_code == 303
    shown = author.get(revised.headers["Location"]).text_content()
    assert "De context klopte niet." in shown
    assert "gewijzigd" in shown
    taken = author.post("/lessons/2024/withdraw", reason="Achterhaald door nieuw onderzoek.")
    assert "intrekking van een les" in author.get(taken.headers["Location"]).text_content()
    region.node.engine.dispose()
