"""A file at the desk: brought in beside a lesson, looked through, its words mended or let stand, frozen for two."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import Node
from node.knowledge import attachments, lessons
from node.knowledge.items import ItemUnknown
from tests.support.corrections import NOW, make_node, prepared, signed
from tests.support.desk_pages import Person, person, text_of
from tests.support.events import lesson
from tests.support.files import docx, paragraphs, picture

LIST = docx(paragraphs("Controlelijst voor het kernteam", "Wie is er nog niet?"))
NAMING = docx(paragraphs("Bel mevrouw Hofstede na.", "Wie is er nog niet?"))
SAID = {"name": "lijst", "title": "Controlelijst", "alternative": "Twee vragen.", "licence": "CC-BY-4.0",
        "language": "nl"}  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


@pytest.fixture
def event(node: Node) -> str:
    words = lesson()
    with writing(node.engine) as connection:
        lessons.keep(connection, words, AuditEntry("Lies", "lesson.written", words.lesson, NOW))
    (found,) = signed(node, prepared(node, words, audience="partners"))
    return found


@pytest.fixture
def author(node: Node) -> Person:
    return person(node, "Lies", "author")


def brought(author: Person, event: str, content: bytes = LIST, name: str = "lijst.docx", **said: str) -> str:
    answer = author.send("/files", {"file": (name, content)}, of=event, **(SAID | said))
    assert answer.status_code == 303, text_of(answer)
    return answer.headers["Location"].partition("?")[0]


def test_a_document_is_brought_in_by_its_lessons_page_and_frozen_for_two_reviewers(
    node: Node, author: Person, event: str
) -> None:
    page = author.get("/lessons/les-1")
    (to,) = [link for link in page.xpath("//a/@href") if link.startswith("/files?of=")]
    (other,) = author.get(to).xpath("//a[@hreflang='en']/@href")
    assert f"/files{other}" == f"{to}&lang=en", "the other language is of the same page"
    page = author.get(to)
    assert page.xpath("//select[@name='of']/option[@selected]/@value") == [event]
    path = brought(author, event)
    page = author.get(path)
    assert page.xpath("//*[@id='words']")[0].text_content().count("Wie is er nog niet?") == 1
    assert "niets gevonden" in page.xpath("//*[@id='findings']")[0].text_content()
    assert page.xpath("//*[@id='release']//input[@name='audience']/@value") == ["partners", "network"]
    answer = author.client.get(f"{path}/file")
    assert (answer.get_data(), answer.headers["Content-Disposition"]) == (LIST, 'attachment; filename="lijst.docx"')
    assert "Controlelijst" in author.get("/lessons/les-1").text_content()

    assert author.post(f"{path}/release").status_code == 409
    assert "kan het bestand niet voor" not in text_of(author.post(f"{path}/release", audience="network"))
    wide = author.post(f"{path}/release", audience="public")
    assert (wide.status_code, "kies partners" in text_of(wide)) == (409, True)
    frozen = author.post(f"{path}/release", audience="partners")
    assert frozen.status_code == 303
    shown = author.get(frozen.headers["Location"]).text_content()
    assert "0 van 2 akkoorden" in shown
    assert "lijst.docx" in shown


def test_what_names_a_person_is_shown_with_its_repair_and_stops_until_the_file_is_another(
    node: Node, author: Person, event: str
) -> None:
    path = brought(author, event, NAMING)
    page = author.get(path)
    found = page.xpath("//*[@id='findings']")[0]
    assert found.xpath(".//mark/text()") == ["mevrouw Hofstede"]
    assert "Haal het uit het bestand zelf" in found.text_content()
    assert not page.xpath("//*[@id='release']")
    refused = author.post(f"{path}/release", audience="partners")
    assert (refused.status_code, "op een persoon kunnen wijzen" in text_of(refused)) == (409, True)
    (which,) = found.xpath(".//input[@name='finding']/@value")
    repeated = author.post(f"{path}/stand", finding=which, reason="Mevrouw Hofstede vindt het goed.")
    assert (repeated.status_code, "herhaalt de woorden" in text_of(repeated)) == (409, True)
    assert author.post(f"{path}/stand", finding=which, reason="Een figuur uit een boek.").status_code == 303
    assert author.get(path).xpath("//*[@id='release']")
    said = {key: value for key, value in SAID.items() if key != "name"}
    assert author.send(path, {"file": ("lijst.docx", LIST)}, **said).status_code == 303
    assert "niets gevonden" in author.get(path).text_content()
    assert author.send(path, {}, **(said | {"title": "Vragenlijst"})).status_code == 303
    with node.engine.connect() as connection:
        kept = attachments.find(connection, "lijst")
    assert (kept.title, kept.content) == ("Vragenlijst", LIST)


def test_of_a_picture_the_page_shows_it_and_says_that_no_program_looks_for_persons(author: Person, event: str) -> None:
    path = brought(author, event, picture(), "dia.png")
    page = author.get(path)
    assert page.xpath("//img/@src") == [f"{path}/file"]
    assert page.xpath("//img/@alt") == ["Twee vragen."]
    assert "In een afbeelding zoekt geen programma naar personen" in page.text_content()
    assert author.client.get(f"{path}/file").content_type == "image/png"


@pytest.mark.parametrize(
    ("name", "content", "said", "told"),
    [
        ("foto.jpg", picture("JPEG", comment=b"J. Jansen"), {}, "foto.jpg: dit bestand heeft gegevens naast het beeld"),
        ("lijst.pdf", b"%PDF-1.7", {}, "die niet kan worden gedeeld"),
        ("lijst.docx", b"%PDF-1.7", {}, "niet kan worden doorzocht (zoals PDF)"),
        ("lijst.txt", b"x" * (600 * 1024), {}, "is leeg of groter dan 512 KiB"),
        ("../lijst.txt", b"Wie?", {"name": "Lijst 1"}, "De korte naam van een bestand"),
        ("lijst.txt", b"Wie?", {"title": "x" * 400}, "veld title is leeg of langer dan 300 tekens"),
        ("lijst.txt", b"Wie?", {"of": "e" * 64}, "Kies waar het bestand bij staat"),
        ("lijst.txt", b"Wie?", {"language": "fr"}, "Kies de taal"),
    ],
)
def test_what_cannot_be_shared_is_said_in_the_form_which_stays_filled_in(
    node: Node, author: Person, event: str, name: str, content: bytes, said: dict[str, str], told: str
) -> None:
    given = {"of": event} | SAID | said
    answer = author.send("/files", {"file": (name, content)}, **given)
    assert answer.status_code == 409
    assert told in text_of(answer)
    assert "Twee vragen." in text_of(answer)
    with node.engine.connect() as connection:
        assert attachments.drafts(connection) == []
    english = author.send("/files?lang=en", {"file": (name, content)}, **given)
    assert told not in text_of(english)


def test_a_form_without_a_file_or_with_a_name_that_is_taken_is_refused(author: Person, event: str) -> None:
    assert "Er is geen bestand gekozen" in text_of(author.send("/files", {}, of=event, **SAID))
    brought(author, event)
    again = author.send("/files", {"file": ("lijst.docx", LIST)}, of=event, **SAID)
    assert (again.status_code, "Er is hier al een bestand 'lijst'" in text_of(again)) == (409, True)


def test_a_file_that_readers_get_is_taken_back_and_others_reach_none(node: Node, author: Person, event: str) -> None:
    path = brought(author, event)
    unseen = author.post(f"{path}/withdraw", reason="Achterhaald.")
    assert (unseen.status_code, "niets terug te nemen" in text_of(unseen)) == (409, True)
    with node.engine.connect() as connection:
        kept = attachments.find(connection, "lijst")
    signed(node, prepared(node, kept, audience="partners"))
    page = author.get(path)
    assert "Lezers krijgen dit bestand al." in page.text_content()
    assert "uitgebracht" in author.get("/files").text_content()
    taken = author.post(f"{path}/withdraw", reason="Achterhaald door een nieuwe lijst.")
    assert "intrekking" in author.get(taken.headers["Location"]).text_content()
    reviewer = person(node, "Anna", "reviewer", "Huisartsen")
    for way in ("/files", path, f"{path}/file"):
        assert reviewer.client.get(way).status_code == 403
    assert author.client.get("/files/anders").status_code == 409
    with pytest.raises(ItemUnknown), node.engine.connect() as connection:
        attachments.find(connection, "anders")


def test_before_readers_see_a_lesson_no_file_can_stand_beside_it(node: Node, author: Person) -> None:
    assert "Breng eerst een les uit" in author.get("/files").text_content()
    with writing(node.engine) as connection:
        words = msgspec.structs.replace(lesson(), lesson="nieuw")
        lessons.keep(connection, words, AuditEntry("Lies", "lesson.written", "nieuw", NOW))
    page = author.get("/lessons/nieuw")
    assert "Als lezers de les zien, kan er een bestand bij" in page.text_content()
    assert not [link for link in page.xpath("//a/@href") if link.startswith("/files?of=")]
