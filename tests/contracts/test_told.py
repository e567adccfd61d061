"""What readers of the stream are told of lessons, whatever became of these, on SQLite and on a real PostgreSQL."""

import json
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from connectors.database import writing
from hub.intake.rebuild import rebuild
from hub.serving.stream import Question, until_now
from hub.serving.telling import forget_told
from hub.serving.told import Place, heads, place_of
from hub.tables.search import search_told
from schemas.codes import Audience
from schemas.payloads import EventRedacted, LessonRevised, LessonWithdrawn
from tests.contracts.test_lesson_states import (
    another_lesson_named,
    destroyed_and_back,
    first_destroyed,
    revised,
    revision_destroyed,
    said,
    withdrawn,
    withdrawn_and_back,
    wording,
)
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.event_stream import Received, received
from tests.support.events import SignedEvent, TestRegion

ALL = Question()
URN = "urn:regiohelix:event:"
Copy = dict[str, tuple[str, str]]  # what a reader keeps: entry to title and event, as the stream told it


def head(held: ChainsAtHub, reader: Audience = "public") -> Place:
    return heads(held.hub.engine)[reader]


def told(held: ChainsAtHub, after: Place, question: Question = ALL) -> list[Received]:
    head(held)  # as whoever feeds readers does first
    return received(b"".join(until_now(held.hub.engine, after, question, "https://hub/")))


def beginning(held: ChainsAtHub, reader: Audience = "public") -> Place:
    return head(held, reader)._replace(number=0)


def kept(copy: Copy, events: list[Received]) -> Copy:
    """Do what a reader does who follows the stream."""
    for event in events:
        item = json.loads(event.data)
        about = item["_regiohelix"]
        assert about["kind"] == event.type
        if event.type in ("published", "revised"):
            copy[item["id"]] = (item["title"], about["event_id"])
        elif not about["stands"]:
            copy.pop(item["id"], None)
        else:
            assert copy.get(item["id"], ("", ""))[1] != about["version"]
    return copy


def shown(held: ChainsAtHub, reader: Audience = "public") -> Copy:
    from hub.serving.lessons import every_lesson

    with held.hub.engine.connect() as connection:
        lessons = list(every_lesson(connection, reader))
    return {f"{URN}{one.entry}": (one.payload.title, one.event_id) for one in lessons}


def places(held: ChainsAtHub) -> list[tuple[Any, ...]]:
    with held.hub.engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(select(search_told)))


STORIES = (
    revised,
    withdrawn,
    withdrawn_and_back,
    revision_destroyed,
    first_destroyed,
    destroyed_and_back,
    another_lesson_named,
)


@pytest.mark.parametrize("story", STORIES)
def test_who_follows_in_any_steps_ends_with_what_is_shown(
    chains_at_hub: ChainsAtHub, story: Callable[[TestRegion], tuple[list[SignedEvent], Any]]
) -> None:
    """One reader hears of each event as it comes, in any order of arrival; one comes late; one comes back halfway."""
    closely: Copy = {}
    now = beginning(chains_at_hub)
    halfway: dict[str, tuple[Place, Copy]] = {}
    orders = list(permutations(range(len(story(TestRegion())[0]))))
    for number, order in enumerate((orders[0], orders[-1], orders[len(orders) // 2])):
        region = chains_at_hub.enrolled(f"XR-{number}")
        events, _ = story(region)
        for step, place in enumerate(order):
            assert chains_at_hub.arrive(events[place]) == ["accepted"]
            kept(closely, told(chains_at_hub, now))
            now = head(chains_at_hub)
            if step == len(order) // 2:
                halfway[region.code] = (now, dict(closely))
    assert closely == shown(chains_at_hub)
    assert kept({}, told(chains_at_hub, beginning(chains_at_hub))) == closely
    for place, copy in halfway.values():
        assert kept(copy, told(chains_at_hub, place)) == closely
    before = places(chains_at_hub)
    rebuild(chains_at_hub.hub.engine)
    assert told(chains_at_hub, now) == []
    assert places(chains_at_hub) == before


def test_nothing_is_told_twice_and_each_id_is_where_to_go_on(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    first = [
        said(region, wording(f"t{number}", f"les-{number}")) for number in range(120)
    ]  # more than are read at once
    chains_at_hub.arrive(*first)
    whole = told(chains_at_hub, beginning(chains_at_hub))
    assert [json.loads(one.data)["id"] for one in whole] == [f"{URN}{one.id}" for one in first]
    for place in (0, 49, 50, 119):
        assert told(chains_at_hub, place_of(whole[place].last_id, head(chains_at_hub))) == whole[place + 1 :]
    assert place_of(whole[-1].last_id, head(chains_at_hub)) == head(chains_at_hub)


def test_a_correction_a_withdrawal_and_a_redaction_say_what_they_are(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    one, two = said(region, wording("een", "les-1")), said(region, wording("twee", "les-2"))
    chains_at_hub.arrive(one, two)
    was = head(chains_at_hub)
    newer = said(region, LessonRevised(one.id, "beter", wording("een, beter", "les-1")))
    gone = said(region, LessonWithdrawn(two.id, "klopt niet"))
    chains_at_hub.arrive(newer, gone)
    taken, change = told(chains_at_hub, was)  # in the order of the versions that they are about
    assert (change.type, taken.type) == ("revised", "withdrawn")
    item = json.loads(change.data)
    assert (item["id"], item["title"]) == (f"{URN}{one.id}", "een, beter")
    assert item["_regiohelix"] == {
        "kind": "revised", "event_id": newer.id, "region": region.code, "audience": "public", "fits": True,
    }  # fmt: skip
    item = json.loads(taken.data)
    assert item["id"] == f"{URN}{two.id}"
    assert "twee" not in taken.data
    about = item["_regiohelix"]
    assert (about["reason"], about["event_id"], about["version"]) == ("klopt niet", gone.id, two.id)
    was = head(chains_at_hub)
    chains_at_hub.arrive(said(region, EventRedacted(one.id, "een naam")))
    (destroyed,) = told(chains_at_hub, was)  # an earlier wording: the entry stands, and its readers let go of that one
    about = json.loads(destroyed.data)["_regiohelix"]
    assert (destroyed.type, about["version"], about["stands"]) == ("redacted", one.id, True)


def test_a_lesson_published_anew_without_a_word_takes_the_old_one_away(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    old = said(region, wording("oud"))
    chains_at_hub.arrive(old)
    copy = kept({}, told(chains_at_hub, beginning(chains_at_hub)))
    was = head(chains_at_hub)
    new = said(region, wording("nieuw"))
    chains_at_hub.arrive(new)
    events = told(chains_at_hub, was)
    assert kept(copy, events) == {f"{URN}{new.id}": ("nieuw", new.id)} == shown(chains_at_hub)
    (gone,) = [json.loads(one.data) for one in events if one.type == "withdrawn"]
    assert gone["_regiohelix"]["replaced_by"] == f"{URN}{new.id}"


def questions() -> Iterator[tuple[Question, str]]:
    yield Question.of("", {"theme": ["diabetes"]}), "ab"
    yield Question.of("", {"theme": ["zorg", "diabetes"], "step": ["3"]}), "ab"
    yield Question.of("", {"region": ["XR-DUINRAND"], "kind": ["lesson"]}), "ab"
    yield Question.of("", {"language": ["en"]}), ""
    yield Question.of("rioolcijfers", {}), "a"
    yield Question.of("RIOOL", {"theme": ["diabetes"]}), "a"  # the beginning of a word
    yield Question.of("rooster", {}), "b"
    yield Question.of("riool rooster", {}), ""


def test_a_question_is_answered_as_the_search_answers_it(chains_at_hub: ChainsAtHub) -> None:
    from hub.serving.search import find

    region = chains_at_hub.enrolled()
    chains_at_hub.arrive(said(region, wording("a rioolcijfers", "les-a")), said(region, wording("b rooster", "les-b")))
    for question, expected in questions():
        found = told(chains_at_hub, beginning(chains_at_hub), question)
        assert "".join(sorted(json.loads(one.data)["title"][0] for one in found)) == expected, question
    words = {"rioolcijfers": "a", "riool": "a", "": "ab", "rooster": "b", "riool rooster": ""}
    for asked, expected in words.items():
        assert find(chains_at_hub.hub.engine, "public", asked, {}).total == len(expected)
        assert len(told(chains_at_hub, beginning(chains_at_hub), Question.of(asked, {}))) == len(expected)


def test_who_got_a_wording_hears_of_its_correction_though_it_fits_no_more(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    one = said(region, wording("riool", "les-1"))
    chains_at_hub.arrive(one)
    was, sewers, rosters = head(chains_at_hub), Question.of("riool", {}), Question.of("rooster", {})
    newer = said(region, LessonRevised(one.id, "r", wording("water", "les-1")))
    chains_at_hub.arrive(newer)
    (left,) = told(chains_at_hub, was, sewers)
    assert json.loads(left.data)["_regiohelix"]["fits"] is False
    assert told(chains_at_hub, was, rosters) == []
    chains_at_hub.arrive(said(region, EventRedacted(one.id, "r")))
    newest = said(region, LessonRevised(newer.id, "r", wording("water, weer", "les-1")))
    chains_at_hub.arrive(newest)
    # nobody knows any more what the destroyed wording fitted, so that it has to go is told to everybody
    assert [one.type for one in told(chains_at_hub, was, rosters)] == ["redacted"]


def test_each_audience_counts_by_itself_and_an_id_says_nothing_of_another(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    chains_at_hub.arrive(said(region, wording("a", "les-1")))
    was = {reader: head(chains_at_hub, reader) for reader in ("public", "partners", "network")}
    for number in range(5):
        chains_at_hub.arrive(said(region, wording("geheim", f"les-n{number}"), "network"))
    hidden = said(region, LessonRevised(region.chain[0].id, "geheim", wording("geheim", "les-1")), "network")
    chains_at_hub.arrive(hidden)
    assert head(chains_at_hub, "public") == was["public"]
    assert head(chains_at_hub, "partners") == was["partners"]
    chains_at_hub.arrive(said(region, wording("b", "les-2")))
    (one,) = told(chains_at_hub, was["partners"])
    assert one.last_id == str(was["partners"]._replace(number=was["partners"].number + 1))
    # the reader of another audience, era or time begins at the beginning, and never in the middle
    now = head(chains_at_hub)
    for cursor in (str(head(chains_at_hub, "network")), f"public-{'0' * 8}-1", f"public-{now.era}-99", "geen", ""):
        assert place_of(cursor, now).number == 0
    assert place_of(str(now), now) == now


def test_a_restored_database_counts_in_another_era(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    chains_at_hub.arrive(said(region, wording("a", "les-1")))
    old = told(chains_at_hub, beginning(chains_at_hub))[-1].last_id
    with writing(chains_at_hub.hub.engine) as connection:
        forget_told(connection)
    chains_at_hub.arrive(said(region, wording("b", "les-2")))
    again = told(chains_at_hub, place_of(old, head(chains_at_hub)))
    assert [json.loads(one.data)["title"] for one in again] == ["a", "b"]
    assert again[0].last_id != old
