"""Files at the hub: held to their bytes, for whom, beside what, taken back with it, destroyed; on both databases."""

import base64
from typing import Any

import pytest

from connectors.database import writing
from hub.flow import receive
from hub.intake import take
from hub.intake.rebuild import rebuild
from hub.serving import items
from hub.serving.attachments import attached_to, one_file
from hub.serving.items import ItemTakenBack, ItemUnknown, item_said, live_items
from hub.tables import event, item, item_names
from schemas.attachment import MOST_OF_ONE, AttachmentPublished
from schemas.codes import Audience
from schemas.item_kinds import revision
from schemas.items import Item, ItemWithdrawn
from schemas.payloads import EventRedacted, LessonRevised, LessonWithdrawn
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import TestRegion
from tests.support.files import an_attachment, picture
from tests.support.held_by_hub import a_lesson
from tests.support.items import an_item

PICTURE = picture("JPEG")
WORDS = b"- Wie is er nog niet?\n"


def sent(held: ChainsAtHub, region: TestRegion, payload: Any, audience: Audience = "public") -> str:
    (made,) = region.release([payload], audience)
    assert held.arrive(made) == ["accepted"]
    return made.id


def beside(held: ChainsAtHub, host: str, reader: Audience = "public") -> list[str]:
    with held.hub.engine.connect() as connection:
        return [one.event_id for one in attached_to(connection, reader, [host]).get(host, ())]


def fetched(held: ChainsAtHub, event_id: str, reader: Audience = "public") -> bytes:
    with held.hub.engine.connect() as connection:
        return one_file(connection, reader, event_id)[1]


def test_a_file_stands_beside_every_version_of_its_lesson_until_either_is_taken_back(
    chains_at_hub: ChainsAtHub,
) -> None:
    region, other = chains_at_hub.enrolled("XR-A"), chains_at_hub.enrolled("XR-B")
    lesson = sent(chains_at_hub, region, a_lesson())
    file = sent(chains_at_hub, region, an_attachment(lesson, PICTURE, "foto.jpg"))
    foreign = sent(chains_at_hub, other, an_attachment(lesson, WORDS, "lijst.txt"))
    revised = sent(chains_at_hub, region, LessonRevised(lesson, "Said better.", a_lesson()))
    assert beside(chains_at_hub, lesson) == beside(chains_at_hub, revised) == [file]
    assert fetched(chains_at_hub, file) == PICTURE
    with chains_at_hub.hub.engine.connect() as connection:
        assert all(one.payload.content == b"" for one in live_items(connection, "public", ("attachment",)))
    with pytest.raises(ItemUnknown):
        fetched(chains_at_hub, foreign)
    again = sent(chains_at_hub, region, revision(file, "Clearer.", an_attachment(lesson, WORDS, "lijst.txt")))
    assert beside(chains_at_hub, revised) == [again]
    before = chains_at_hub.content(item, item_names)
    rebuild(chains_at_hub.hub.engine)
    assert chains_at_hub.content(item, item_names) == before
    sent(chains_at_hub, region, LessonWithdrawn(revised, "No longer so."))
    with pytest.raises(ItemUnknown):
        fetched(chains_at_hub, again)
    sent(chains_at_hub, region, ItemWithdrawn(again, "Too old."))
    with pytest.raises(ItemTakenBack, match="Too old"):
        fetched(chains_at_hub, file)
    sent(chains_at_hub, region, EventRedacted(file, "A face could be recognised."))
    with pytest.raises(ItemTakenBack, match="destroyed"):
        fetched(chains_at_hub, file)
    assert base64.b64encode(PICTURE)[:60].decode() not in str(chains_at_hub.content(event))


def test_of_many_files_beside_one_lesson_the_newest_are_read_and_no_others(
    chains_at_hub: ChainsAtHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = chains_at_hub.enrolled("XR-A")
    lesson, method = sent(chains_at_hub, region, a_lesson()), sent(chains_at_hub, region, an_item("method"))
    files = [
        sent(chains_at_hub, region, an_attachment(lesson, WORDS, "lijst.txt", f"lijst-{number}")) for number in range(8)
    ]
    other = sent(chains_at_hub, region, an_attachment(method, WORDS, "lijst.txt", "lijst"))
    read: list[str] = []

    def said(type_: str, payload: bytes) -> Item:
        found = item_said(type_, payload)
        read.append(found.item)
        return found

    monkeypatch.setattr(items, "item_said", said)
    assert set(beside(chains_at_hub, lesson)) < set(files)
    assert len(read) == MOST_OF_ONE, "a region that publishes thousands would have every reader's page read them all"
    with chains_at_hub.hub.engine.connect() as connection:
        found = attached_to(connection, "public", [lesson, method])
    assert [len(found[lesson]), [one.event_id for one in found[method]]] == [MOST_OF_ONE, [other]]


def test_many_files_in_one_delivery_let_others_write_in_between(
    chains_at_hub: ChainsAtHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = chains_at_hub.enrolled("XR-A")
    lesson = sent(chains_at_hub, region, a_lesson())
    files = [an_attachment(lesson, WORDS, "lijst.txt", f"lijst-{number}") for number in range(25)]
    (*made, last) = region.release([*files, a_lesson("les-2")])
    transactions: list[int] = []

    def written(*asked: Any) -> Any:
        transactions.append(1)
        return writing(*asked)

    monkeypatch.setattr(take, "writing", written)
    answers = receive([one.body for one in (*made, last)], chains_at_hub.hub)
    assert [one.outcome for one in answers] == ["accepted"] * 26
    assert len(transactions) == 3, "each holds the one lock that all who write wait for"


def test_a_file_is_for_those_only_who_may_read_it_and_what_it_stands_beside(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    method, hidden = sent(chains_at_hub, region, an_item("method")), sent(chains_at_hub, region, a_lesson(), "network")
    for_network = sent(chains_at_hub, region, an_attachment(method, WORDS, "een.txt", "een"), "network")
    too_wide = sent(chains_at_hub, region, an_attachment(hidden, WORDS, "twee.txt", "twee"), "public")
    assert beside(chains_at_hub, method) == beside(chains_at_hub, hidden) == []
    assert (beside(chains_at_hub, method, "network"), beside(chains_at_hub, hidden, "network")) == (
        [for_network],
        [too_wide],
    )
    for file in (for_network, too_wide, method, "f" * 64):
        with pytest.raises(ItemUnknown):
            fetched(chains_at_hub, file)
    assert fetched(chains_at_hub, for_network, "network") == WORDS


def test_what_a_node_says_of_a_file_is_held_to_its_bytes(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    noted = picture("JPEG", comment=b"J. Jansen")
    for changed, sentence in (
        ({"content": PICTURE + b"PK"}, "the file goes on behind the end of its picture"),
        ({"content": noted, "size": len(noted)}, "the file holds notes beside the picture"),
        ({"media_type": "image/png"}, "another kind or size"),
        ({"size": 12}, "another kind or size"),
        ({"sha256": "0" * 64}, "field `sha256` is not that of the file's bytes"),
        ({"text": ["Andere woorden."]}, "field `text` does not hold the words of the file"),
        ({"file_name": "../foto.jpg"}, "a name that is not plain"),
        ({"file_name": "foto.html"}, "no kind that can be shared"),
        ({"content": b""}, "the file is empty"),
        ({"alternative": " "}, "must say something"),
    ):
        changed = {"content": PICTURE} | changed
        (made,) = region.release([an_attachment("a" * 64, PICTURE, "foto.jpg", **changed)], "public")
        (answer,) = receive([made.body], chains_at_hub.hub)
        assert answer.outcome == "refused", sentence
        assert sentence in str(answer.detail), sentence


def test_the_largest_file_with_the_most_words_is_an_event_that_every_way_carries(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    lesson = sent(chains_at_hub, region, a_lesson())
    text = "".join(f'"{number:05}" é\n' for number in range(18_000))[:199_000].encode()
    file = an_attachment(lesson, text, "lijst.txt")
    (made,) = region.release([file], "public")
    assert len(made.body) < 2 * 1024 * 1024
    assert chains_at_hub.arrive(made) == ["accepted"]
    assert fetched(chains_at_hub, made.id) == text
    assert isinstance(file, AttachmentPublished)
