"""Readers' messages and what became of the lessons, at the desk: fetched, read, erased, and as the hub tells it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import select

from connectors.database import writing
from connectors.secret_files import write_secret
from node.bootstrap import Node, create_node, open_node
from node.knowledge import messages
from node.tables import message as message_table
from schemas.delivery import TransportUnavailable
from schemas.message import ReaderMessage
from tests.support.access import serving
from tests.support.desk import audit
from tests.support.desk_pages import Person, pages, person, text_of
from tests.support.heard import ASKED, NAME, heard_lesson, told
from tests.support.lesson_at_hub import region_with_a_lesson
from tests.support.small_region import CODE, NOW

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


def author_at(node: Node, **doors: Any) -> Person:
    """Let an author sit at a desk of an enrolled node whose doors to the hub are these."""
    if not node.settings.secret("token").is_file():
        write_secret(node.settings.secret("token"), b"token")
    return person(node, "Lies", "author", app=pages(node, **doors))


def kept(node: Node, *said: ReaderMessage) -> None:
    with writing(node.engine) as connection:
        for one in said:
            messages.keep(connection, one, NOW)


def words_kept(node: Node) -> list[str]:
    with node.engine.connect() as connection:
        return list(connection.scalars(select(message_table.c.body).order_by(message_table.c.id)))


def test_a_message_is_read_and_erased_by_who_writes_lessons(node: Node) -> None:
    kept(node, told(), told("b2" * 16, "Wie kan ik bellen?", None))
    author = person(node, "Lies", "author")
    assert "2 berichten van lezers wachten" in author.get("/").text_content()
    page = author.get("/messages")
    assert ASKED in page.text_content(), "what somebody wrote is shown as they wrote it, and is no markup"
    assert "Anna \\u202eDek" in page.text_content()
    assert page.xpath("//a[starts-with(@href, 'mailto:')]/@href") == ["mailto:anna@region.example.nl"]
    assert "geen adres gegeven" in page.text_content()
    assert author.post(f"/messages/{NAME}/done").headers["Location"] == "/messages?said=erased"
    page = author.get("/messages?said=erased")
    assert ASKED not in page.text_content()
    assert "1 bericht is afgehandeld" in page.text_content()
    assert [body for body in words_kept(node) if "voordat" in body] == []
    assert ("Lies", "message.done") in audit(node)
    gone = author.post("/messages/ffffffffffff/done")
    assert gone.status_code == 409
    assert "Dit bericht is hier niet (meer)" in text_of(gone)


def test_no_other_role_reads_messages_or_what_was_heard(node: Node) -> None:
    kept(node, told())
    for one in (person(node, "Anna", "reviewer", "Huisartsen"), person(node, "Fatima", "officer")):
        assert one.client.get("/messages").status_code == 403
        assert one.client.get("/heard").status_code == 403
        assert one.post(f"/messages/{NAME}/done").status_code == 403
    assert "voordat" in words_kept(node)[0]


def test_a_form_of_another_session_erases_nothing(node: Node) -> None:
    kept(node, told())
    author = person(node, "Lies", "author")
    assert author.client.post(f"/messages/{NAME}/done", data={"csrf": "0" * 64}).status_code == 403
    assert "voordat" in words_kept(node)[0]


def test_what_was_heard_is_told_in_the_readers_language(node: Node) -> None:
    author = author_at(node, heard=lambda: (heard_lesson(),))
    said = " ".join(author.get("/heard").text_content().split())
    assert "Aangehaald: 2 ondersteunend, 1 contrasterend" in said
    assert "Bergen (XR-B)" in said
    assert "Het <i>lukt</i>." in said
    assert "Cadzand (XR-C): Wie belt er?" in said
    page = author.get("/heard?lang=en")
    assert "Cited: 2 supporting, 1 contrasting" in page.text_content()
    (link,) = page.xpath("//a[contains(@href, '/lessons/cccc')]/@href")
    assert link == f"http://localhost:1/lessons/{'c' * 64}?lang=en"


def test_a_hub_that_is_away_is_one_sentence(node: Node) -> None:
    def away() -> Any:
        raise TransportUnavailable("The hub does not answer; try again later.")

    author = author_at(node, heard=away, fetch_messages=away)
    assert "De hub antwoordt nu niet" in author.get("/heard").text_content()
    (note,) = author.get("/heard?lang=en").xpath("//main//p[contains(@class, 'note')]")
    assert note.text_content() == "The hub does not answer; try again later."
    fetched = author.post("/messages/fetch")
    assert fetched.status_code == 409
    assert "The hub does not answer; try again later." in text_of(fetched)


def test_a_node_that_the_hub_does_not_know_asks_nothing(node: Node) -> None:
    author = person(node, "Lies", "author")
    for path in ("/heard", "/messages"):
        assert "De hub kent deze node nog niet" in author.get(path).text_content()
    assert not author.get("/messages").xpath("//form[@action='/messages/fetch']")
    assert "De hub kent deze node nog niet" in text_of(author.post("/messages/fetch"))


def test_from_a_readers_browser_to_the_desk(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        home, event_id = region_with_a_lesson(served, tmp_path)
        served.add("anna", "region:XR-ANDERS", email="anna@region.example.nl")
        browser, asking = served.browser(), f"/lessons/{event_id}/message?lang=en"
        browser.sign_in("anna")
        assert "is kept" in browser.send(asking, asking, {"text": "Hoe lang duurde dat?", "with_address": "1"}).text
        node = open_node(home)
        author = person(node, "Lies", "author")
        assert "Er wacht geen bericht." in author.get("/messages").text_content()
        assert author.post("/messages/fetch").headers["Location"] == "/messages?said=fetched"
        assert "Hoe lang duurde dat?" in author.get("/messages").text_content()
        assert author.post("/messages/fetch").headers["Location"] == "/messages?said=fetched_none"
        (title,) = html.fromstring(author.client.get("/heard").get_data(as_text=True)).xpath("//main//h2")
        assert "Een les" in title.text_content()
        node.engine.dispose()
