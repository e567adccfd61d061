"""What became of a lesson, whatever the order in which its events arrive; on SQLite and on a real PostgreSQL."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from hub.intake.rebuild import rebuild
from hub.serving.lesson_states import lesson_states
from hub.serving.lessons import LessonTakenBack, WithdrawnLesson, every_lesson, one_lesson
from hub.serving.told import told_page
from schemas.codes import Audience
from schemas.payloads import EventRedacted, LessonPublished, LessonRevised, LessonWithdrawn
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import SignedEvent, TestRegion
from tests.support.held_by_hub import a_lesson

Shown = tuple[list[str], list[str], list[str]]  # titles listed, titles in feeds, entries with a tombstone


def said(region: TestRegion, payload: Any, audience: Audience = "public") -> SignedEvent:
    return region.release([payload], audience)[0]


def wording(title: str, lesson: str = "les-1") -> LessonPublished:
    return a_lesson(lesson, title)


def revised(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, wording("a"))
    second = said(region, LessonRevised(first.id, "r", wording("b")))
    third = said(region, LessonRevised(second.id, "r", wording("c")))
    return [first, second, third], (["c"], ["c"], [])


def withdrawn(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, wording("a"))
    second = said(region, LessonRevised(first.id, "r", wording("b")))
    return [first, second, said(region, LessonWithdrawn(second.id, "r"))], ([], [], [first.id])


def withdrawn_and_back(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, wording("a"))
    gone = said(region, LessonWithdrawn(first.id, "r"))
    return [first, gone, said(region, wording("b"))], (["b"], ["b"], [first.id])


def revision_destroyed(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, wording("a"))
    second = said(region, LessonRevised(first.id, "r", wording("b")))
    return [first, second, said(region, EventRedacted(second.id, "r"))], ([], [], [first.id])


def first_destroyed(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, wording("a"))
    second = said(region, LessonRevised(first.id, "r", wording("b")))
    return [first, second, said(region, EventRedacted(first.id, "r"))], (["b"], ["b"], [])


def destroyed_and_back(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, wording("a"))
    second = said(region, LessonRevised(first.id, "r", wording("b")))
    gone = said(region, EventRedacted(second.id, "r"))
    return [first, second, gone, said(region, LessonRevised(second.id, "r", wording("c")))], (["c"], ["c"], [])


def another_lesson_named(region: TestRegion) -> tuple[list[SignedEvent], Shown]:
    first = said(region, wording("a"))
    return [first, said(region, LessonRevised(first.id, "r", wording("b", "les-2")))], (["a", "b"], ["a", "b"], [])


@pytest.mark.parametrize(
    "story",
    [
        revised,
        withdrawn,
        withdrawn_and_back,
        revision_destroyed,
        first_destroyed,
        destroyed_and_back,
        another_lesson_named,
    ],
)
def test_every_order_of_arrival_ends_in_the_same(
    chains_at_hub: ChainsAtHub, story: Callable[[TestRegion], tuple[list[SignedEvent], Shown]]
) -> None:
    expected = {}
    for number, order in enumerate(permutations(range(len(story(TestRegion())[0])))):
        region = chains_at_hub.enrolled(f"XR-{number}")
        events, expected[region.code] = story(region)
        for place in order:
            assert chains_at_hub.arrive(events[place]) == ["accepted"]
    for _ in range(2):
        assert shown(chains_at_hub) == expected
        rebuild(chains_at_hub.hub.engine)


def shown(held: ChainsAtHub) -> dict[str, Shown]:
    found: dict[str, Shown] = {code: ([], [], []) for code in held.regions}
    with held.hub.engine.connect() as connection:
        for one in every_lesson(connection, "public"):
            found[one.region][0].append(one.payload.title)
    for entry in told_page(held.hub.engine, "public", size=1000).entries:
        if isinstance(entry, WithdrawnLesson):
            found[entry.region][2].append(entry.entry)
        else:
            found[entry.region][1].append(entry.payload.title)
    return {code: (sorted(listed), sorted(fed), stones) for code, (listed, fed, stones) in found.items()}


def test_every_version_of_a_lesson_that_was_taken_back_says_so(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    events, _ = withdrawn(region)
    chains_at_hub.arrive(*events)
    with chains_at_hub.hub.engine.connect() as connection:
        for version in events[:2]:
            with pytest.raises(LessonTakenBack, match="withdrawn by Xr-Duinrand on 2026-11-01: r"):
                one_lesson(connection, "public", version.id)


def test_wordings_that_were_published_over_are_not_read_again_and_still_found(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    events = [said(region, wording(title)) for title in "abcde"]
    chains_at_hub.arrive(*events)
    with chains_at_hub.hub.engine.connect() as connection:
        assert set(lesson_states(connection, "public").versions) == {events[-1].id}
        old = one_lesson(connection, "public", events[1].id)
    assert (old.payload.title, old.replaced_by) == ("b", events[-1].id)
