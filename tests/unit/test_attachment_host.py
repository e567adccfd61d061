"""A file leaves beside a lesson or item of this region that readers see, and its reviewers get the file itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from node.bootstrap import Node
from node.release.candidate import LessonNamesPerson
from node.release.host import FilesTooMany, HostForFewer, HostUnfit
from node.release.withdraw import withdraw
from schemas.codes import EventType
from tests.support.corrections import REASON, announced, make_node, prepared, signed
from tests.support.desk_pages import person, text_of
from tests.support.events import lesson
from tests.support.files import an_attachment, docx, paragraphs, picture
from tests.support.items import an_item

PICTURE = picture()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def test_it_stands_beside_what_readers_of_this_region_see(node: Node) -> None:
    (own,) = signed(node, prepared(node, lesson()))
    (question,) = signed(node, prepared(node, an_item("question")))
    for other in ("e" * 64, question):
        with pytest.raises(HostUnfit, match=f"Event {other[:16]} of attachment 'lijst'"):
            prepared(node, an_attachment(other, PICTURE, "dia.png"))
    bundle = prepared(node, an_attachment(own, PICTURE, "dia.png"))
    assert [(one.type, bundle.needed) for one in bundle.items] == [(EventType.ATTACHMENT_PUBLISHED, 2)]
    with node.engine.connect() as connection:
        _, notice = withdraw(connection, own, REASON)
    signed(node, announced(node, notice))
    with pytest.raises(HostUnfit):
        signed(node, bundle)


def test_it_is_for_no_more_readers_than_what_it_stands_beside(node: Node) -> None:
    (own,) = signed(node, prepared(node, lesson(), audience="partners"))
    with pytest.raises(HostForFewer, match="choose --audience partners"):
        prepared(node, an_attachment(own, PICTURE, "dia.png"))
    assert prepared(node, an_attachment(own, PICTURE, "dia.png"), audience="network").items


def test_there_are_five_beside_one_lesson_whichever_version_they_name(node: Node) -> None:
    (own,) = signed(node, prepared(node, lesson()))
    for number in range(4):
        signed(node, prepared(node, an_attachment(own, PICTURE, "dia.png", f"dia-{number}")))
    (revised,) = signed(node, prepared(node, lesson("Beter gezegd"), reason=REASON))
    signed(node, prepared(node, an_attachment(revised, PICTURE, "dia.png", "dia-4")))
    with pytest.raises(FilesTooMany, match="5 files stand beside it"):
        prepared(node, an_attachment(own, PICTURE, "dia.png", "dia-5"))
    assert prepared(node, an_attachment(own, b"Wie?", "lijst.txt", "dia-4"), reason=REASON).items
    with node.engine.connect() as connection:
        _, notice = withdraw(connection, revised, REASON)
    assert "Files stand beside it (dia-0, dia-1, dia-2, dia-3, dia-4)" in notice.summary[1]


def test_its_words_are_scanned_like_a_lessons(node: Node) -> None:
    (own,) = signed(node, prepared(node, lesson()))
    with pytest.raises(LessonNamesPerson, match="text: looks like"):
        prepared(node, an_attachment(own, docx(paragraphs("Gesprek met BSN 123456782.")), "lijst.docx"))


def test_reviewers_at_the_desk_see_a_picture_and_get_the_bytes(node: Node) -> None:
    (own,) = signed(node, prepared(node, lesson()))
    bundle = prepared(node, an_attachment(own, PICTURE, "dia.png"))
    anna = person(node, "Anna", "reviewer", "Huisartsen")
    address = f"/bundles/{bundle.id}/items/1/file"
    for page in (anna.get(f"/bundles/{bundle.id}"), anna.get(f"/bundles/{bundle.id}/items/1")):
        assert page.xpath(f"//img[@src='{address}']/@alt") == ["Een lijst om af te vinken."]
        assert "In een afbeelding zoekt geen programma naar personen" in page.text_content()
    answer = anna.client.get(address)
    assert (answer.status_code, answer.get_data(), answer.content_type) == (200, PICTURE, "image/png")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dia.png"'
    words = prepared(node, lesson("Anders"), reason=REASON)
    assert "heeft geen bestand" in text_of(anna.client.get(f"/bundles/{words.id}/items/1/file"))
