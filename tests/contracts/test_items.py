"""Items of knowledge and of programmes: in, revised, taken back, destroyed, found, for whom; on both databases."""

from typing import Any

import pytest

from hub.flow import receive
from hub.intake.ledger import page
from hub.intake.rebuild import rebuild
from hub.serving.items import ItemTakenBack, ItemUnknown, item_page, items_of, live_items, one_item
from hub.serving.recalls import recall_page
from hub.serving.search import find
from hub.tables import item, item_names
from schemas.codes import KNOWLEDGE_NOUNS, NOUNS, Audience
from schemas.item_kinds import revision
from schemas.items import ItemWithdrawn
from schemas.payloads import EventRedacted
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import TestRegion
from tests.support.held_by_hub import a_lesson
from tests.support.items import an_item


def sent(held: ChainsAtHub, region: TestRegion, payload: Any, audience: Audience = "public") -> str:
    (made,) = region.release([payload], audience)
    assert held.arrive(made) == ["accepted"]
    return made.id


def titles(held: ChainsAtHub, reader: Audience = "public", **asked: Any) -> list[str]:
    with held.hub.engine.connect() as connection:
        return [one.payload.title for one in live_items(connection, reader, **asked)]


def test_every_kind_is_taken_in_revised_and_withdrawn(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    for noun in NOUNS:
        named = {"of": "c" * 64, "of_region": "XR-B"} if noun == "reuse" else {}
        first = sent(chains_at_hub, region, an_item(noun, **named), "network")
        again = sent(
            chains_at_hub, region, revision(first, "Said better.", an_item(noun, title="Beter", **named)), "network"
        )
        with chains_at_hub.hub.engine.connect() as connection:
            found, before = one_item(connection, "network", again), one_item(connection, "network", first)
        assert (found.noun, found.payload.title, found.entry) == (noun, "Beter", first)
        assert (before.replaced_by, before.payload.title) == (again, f"Titel van {noun}")
        assert titles(chains_at_hub, "network", nouns=(noun,)) == ["Beter"]
        assert titles(chains_at_hub, "partners", nouns=(noun,)) == []
        sent(chains_at_hub, region, ItemWithdrawn(again, "No longer so."), "network")
        assert titles(chains_at_hub, "network", nouns=(noun,)) == []
        with chains_at_hub.hub.engine.connect() as connection, pytest.raises(ItemTakenBack, match="No longer so"):
            one_item(connection, "network", first)
    before_rebuild = chains_at_hub.content(item, item_names)
    rebuild(chains_at_hub.hub.engine)
    assert chains_at_hub.content(item, item_names) == before_rebuild


def test_an_item_of_another_kind_of_the_same_name_is_another_item(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    for noun in ("action", "milestone"):
        sent(chains_at_hub, region, an_item(noun))
    assert len(titles(chains_at_hub)) == 2


def test_a_destroyed_item_leaves_no_word(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    gone = sent(chains_at_hub, region, an_item("method", title="Kanarie"))
    assert find(chains_at_hub.hub.engine, "public", "kanarie", {}).total == 1
    sent(chains_at_hub, region, EventRedacted(gone, "A name stood in it."))
    with chains_at_hub.hub.engine.connect() as connection:
        with pytest.raises(ItemTakenBack, match="destroyed"):
            one_item(connection, "public", gone)
        assert item_page(connection, "public").total == 0
    assert find(chains_at_hub.hub.engine, "public", "kanarie", {}).total == 0
    assert "Kanarie" not in str(chains_at_hub.content(item, item_names))


def test_what_names_an_event_that_is_not_for_a_reader_is_not_told_to_that_reader(chains_at_hub: ChainsAtHub) -> None:
    writer, other = chains_at_hub.enrolled("XR-A"), chains_at_hub.enrolled("XR-B")
    lesson = sent(chains_at_hub, writer, a_lesson(), "network")
    tried = sent(chains_at_hub, other, an_item("reuse", of=lesson, of_region="XR-A"))
    assert titles(chains_at_hub, "network") == ["Titel van reuse"]
    for reader in ("public", "partners"):
        assert titles(chains_at_hub, reader) == []  # type: ignore[arg-type]
        with chains_at_hub.hub.engine.connect() as connection, pytest.raises(ItemUnknown):
            one_item(connection, reader, tried)  # type: ignore[arg-type]
    with chains_at_hub.hub.engine.connect() as connection:
        (entry,) = [one for one in page(connection, "XR-B", "public", 0, 10) if one.id == tried]
        assert entry.payload is None
    sent(chains_at_hub, other, ItemWithdrawn(tried, "Nog eens kijken."))
    sent(chains_at_hub, other, EventRedacted(tried, "Te veel gezegd."))
    with chains_at_hub.hub.engine.connect() as connection:
        now = chains_at_hub.hub.clock()
        assert recall_page(connection, "public", "x", now).recalls == ()
        assert len(recall_page(connection, "network", "x", now).recalls) == 2
        with pytest.raises(ItemUnknown):
            one_item(connection, "public", tried)


def test_knowledge_is_found_by_its_words_and_tags(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    made = {noun: sent(chains_at_hub, region, an_item(noun)) for noun in ("method", "training", "question", "action")}
    found = find(chains_at_hub.hub.engine, "public", "", {"kind": list(KNOWLEDGE_NOUNS)})
    assert {one.event_id for one in found.hits} == {made["method"], made["training"], made["question"]}
    (hit,) = find(chains_at_hub.hub.engine, "public", "gespreksleider", {}).hits
    assert (hit.kind, hit.event_id) == ("method", made["method"])
    assert find(chains_at_hub.hub.engine, "public", "", {"lens": ["process"], "kind": ["training"]}).total == 1
    with chains_at_hub.hub.engine.connect() as connection:
        assert set(items_of(connection, "public", [hit.event_id])) == {made["method"]}


def test_a_region_does_not_reuse_its_own_and_forms_are_held(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    for payload, sentence in (
        (an_item("reuse", of="c" * 64, of_region="XR-A"), "of its own region"),
        (an_item("action", due="2026-02-30"), "none that the calendar has"),
        (an_item("training", ends_on="2026-03-01"), "field `ends_on` lies before `starts_on`"),
        (an_item("method", title=" "), "field `title` is empty"),
        (an_item("action", owner_role="x" * 101), "field `owner_role` is longer than 100"),
        (an_item("reflection", outcomes=["zelfde", "zelfde"]), "field `outcomes` lists the same twice"),
    ):
        (made,) = region.release([payload], "public")
        (answer,) = receive([made.body], chains_at_hub.hub)
        assert answer.outcome == "refused", sentence
        assert sentence in str(answer.detail), sentence
