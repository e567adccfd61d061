"""Finding by words and facets: the same on SQLite and on a real PostgreSQL, whatever happened to what is found."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, permutations
from typing import Any

import pytest
from sqlalchemy import text

from connectors.database import database_file
from hub.config import Hub
from hub.intake.rebuild import rebuild
from hub.intake.redact import scrub
from hub.serving.lessons import every_lesson, lessons_of
from hub.serving.paging import PageUnknown
from hub.serving.search import Found, find
from schemas.codes import AUDIENCES, Audience
from schemas.payloads import EventRedacted, LessonPublished, LessonRevised, LessonWithdrawn
from schemas.values import Exact
from tests.contracts.test_lesson_states import (
    another_lesson_named,
    destroyed_and_back,
    first_destroyed,
    revised,
    revision_destroyed,
    withdrawn,
    withdrawn_and_back,
)
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.evaluations import an_evaluation
from tests.support.events import SignedEvent, TestRegion
from tests.support.held_by_hub import a_lesson, figures
from tests.support.hub_stores import Clock, join
from tests.support.replies import DAYS, by_the_clock, comes_in, with_term

Story = Callable[[TestRegion], tuple[list[SignedEvent], Any]]


def found(
    held: ChainsAtHub, question: str = "", reader: Audience = "public", page: int = 1, **chosen: Sequence[str]
) -> Found:
    return find(held.hub.engine, reader, question, chosen, page)


def ids(found_: Found) -> list[str]:
    return [one.event_id for one in found_.hits]


def counts(found_: Found, facet: str) -> dict[str, int]:
    return {one.value: one.count for one in found_.facets[facet]}


def said(region: TestRegion, *payloads: Any, audience: Audience = "public") -> list[SignedEvent]:
    return [region.release([one], audience)[0] for one in payloads]


def held_lessons(held: ChainsAtHub, *payloads: LessonPublished, audience: Audience = "public") -> list[str]:
    region = held.regions.get("XR-DUINRAND") or held.enrolled()
    events = said(region, *payloads, audience=audience)
    assert set(held.arrive(*events)) == {"accepted"}
    return [one.id for one in events]


QUESTIONS = {
    "verdeelsleutel": "a",
    "VERDEELSLEUTELS": "a",  # another form of the word, and capitals
    "besparing afspreken": "a",  # every word, wherever it stands: in the title and in the text
    "besparing rooster": "",
    "riool": "b",  # the beginning of rioolwatercijfers
    "cooperatie": "b",  # coöperatie
    "coöperatie": "b",
    "de besparing van het": "a",  # words that say nothing do not narrow
    "meetings": "c",  # an English text by its own stems
    "meeting": "c",
    "'; DROP TABLE lesson; --": "",
    '") OR (x*': "",
    "NOT NEAR AND": "",
    "%": "abc",  # no word at all: nothing is asked
    "ß²½ ͏": "",
}


def test_words_find_the_same_on_both_databases(chains_at_hub: ChainsAtHub) -> None:
    names = dict(zip(held_lessons(chains_at_hub, *three()), "abc", strict=True))
    told = {one: "".join(sorted(names[hit] for hit in ids(found(chains_at_hub, one)))) for one in QUESTIONS}
    assert told == QUESTIONS


def three() -> tuple[LessonPublished, ...]:
    first = a_lesson("l-a", "Spreek de verdeling van een besparing af", context="Er was nog geen verdeelsleutel.")
    second = a_lesson("l-b", "Kijk een week eerder", context="Rioolwatercijfers van de coöperatie liepen voor.")
    third = a_lesson("l-c", "Meet the sports clubs", context="Two meetings were enough, schools were not asked.")
    return (
        replace_(first, action="Wij gingen het eerst afspreken.", themes=("geld",), steps=(4,)),
        replace_(second, themes=("zorg", "acute zorg"), steps=(5, 2), helix_voices=("citizens",)),
        replace_(third, language="en", themes=("zorg",), steps=(5,), indicators=()),
    )


def replace_(payload: LessonPublished, **other: Any) -> LessonPublished:
    return LessonPublished(**({name: getattr(payload, name) for name in payload.__struct_fields__} | other))


def test_a_word_in_the_title_weighs_more_and_the_whole_word_more_than_its_beginning(chains_at_hub: ChainsAtHub) -> None:
    in_text, in_title, begins = held_lessons(
        chains_at_hub,
        a_lesson("l-1", "Een les over iets", context="Het rooster hielp."),
        a_lesson("l-2", "Het rooster", context="Een ander woord hielp."),
        a_lesson("l-3", "Een les over iets", context="De roosterplanning hielp."),
    )
    assert ids(found(chains_at_hub, "rooster")) == [in_title, in_text, begins]


def test_facets_narrow_and_say_what_choosing_another_value_would_give(chains_at_hub: ChainsAtHub) -> None:
    money, early, clubs = held_lessons(chains_at_hub, *three())
    everything = found(chains_at_hub)
    assert counts(everything, "theme") == {"zorg": 2, "acute zorg": 1, "geld": 1}
    assert counts(everything, "step") == {"2": 1, "4": 1, "5": 2}
    assert [one.value for one in everything.facets["step"]] == ["2", "4", "5"]
    assert counts(everything, "language") == {"nl": 2, "en": 1}
    assert counts(everything, "kind") == {"lesson": 3}
    by_theme = found(chains_at_hub, theme=["zorg"])
    assert (set(ids(by_theme)), by_theme.total) == ({early, clubs}, 2)
    assert counts(by_theme, "theme") == {"zorg": 2, "acute zorg": 1, "geld": 1}  # as if none were chosen
    assert counts(by_theme, "language") == {"nl": 1, "en": 1}
    assert set(ids(found(chains_at_hub, theme=["geld", "acute zorg"]))) == {money, early}  # either
    assert ids(found(chains_at_hub, theme=["zorg"], voice=["citizens"])) == [early]  # both
    none = found(chains_at_hub, theme=["zorg"], step=["4"])
    assert (ids(none), none.total, none.pages) == ([], 0, 1)
    assert counts(none, "step") == {"2": 1, "4": 0, "5": 2}
    assert counts(found(chains_at_hub, "besparing"), "theme") == {"geld": 1}
    assert counts(found(chains_at_hub, theme=["zorg", "geld"]), "step") == {"2": 1, "4": 1, "5": 2}  # all of them
    most = found(chains_at_hub, language=["nl"])  # most of them
    assert counts(most, "step") == {"2": 1, "4": 1, "5": 1}
    assert counts(most, "theme") == {"geld": 1, "zorg": 1, "acute zorg": 1}
    assert counts(found(chains_at_hub, "klein", theme=["zorg"]), "language") == {"nl": 1, "en": 1}
    assert ids(found(chains_at_hub, "meetings", language=["nl"])) == []


def test_pages_hold_everything_once_the_newest_first(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    events = said(region, *(a_lesson(f"les-{n}", f"Les {n}") for n in range(45)))
    for start in range(0, 45, 9):
        chains_at_hub.arrive(*events[start : start + 9])
    for question in ("", "les"):
        pages = [ids(found(chains_at_hub, question, page=page)) for page in (1, 2, 3)]
        assert sorted(chain(*pages)) == sorted(one.id for one in events)
        assert set(pages[0][:9]) == {one.id for one in events[36:]}
        with pytest.raises(PageUnknown, match="no page 4; ask for a page from 1 to 3"):
            found(chains_at_hub, question, page=4)


def test_what_others_may_not_read_changes_nothing_that_a_reader_gets(chains_at_hub: ChainsAtHub) -> None:
    """The public finds the same, in the same order, with the same counts, after items of the network came."""
    held_lessons(chains_at_hub, *three())
    questions: list[tuple[str, Mapping[str, Sequence[str]]]] = [
        ("", {}),
        ("zorg", {}),
        ("besparing", {"theme": ["geld"]}),
    ]
    before = [found(chains_at_hub, question, "public", **chosen) for question, chosen in questions]
    secret = [
        a_lesson(f"geheim-{n}", "Een besparing op zorg, week na week", context="besparing zorg week") for n in range(30)
    ]
    held_lessons(chains_at_hub, *secret, audience="network")
    partners = held_lessons(chains_at_hub, a_lesson("p", "Een besparing voor partners"), audience="partners")
    assert [found(chains_at_hub, question, "public", **chosen) for question, chosen in questions] == before
    assert found(chains_at_hub, "besparing", "network").total == 32
    assert set(ids(found(chains_at_hub, "besparing", "partners"))) == {
        *partners,
        *ids(found(chains_at_hub, "besparing")),
    }
    scores = (
        "SELECT count(*) FROM search_words_public"
        if is_sqlite(chains_at_hub)
        else ("SELECT count(*) FROM search_words WHERE reader = 'public'")
    )
    with chains_at_hub.hub.engine.connect() as connection:
        assert connection.scalar(text(scores)) == 3


def is_sqlite(held: ChainsAtHub) -> bool:
    return held.hub.engine.dialect.name == "sqlite"


def test_a_wording_for_fewer_readers_leaves_the_earlier_one_to_the_others(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    (first,) = said(region, a_lesson("l", "Eerst het rooster"))
    (second,) = said(region, LessonRevised(first.id, "r", a_lesson("l", "Eerst het gesprek")), audience="network")
    chains_at_hub.arrive(first, second)
    assert ids(found(chains_at_hub, "rooster")) == [first.id]
    assert ids(found(chains_at_hub, "gesprek")) == []
    assert ids(found(chains_at_hub, "rooster", "network")) == []
    assert ids(found(chains_at_hub, "gesprek", "network")) == [second.id]


STORIES = (
    *(revised, withdrawn, withdrawn_and_back, revision_destroyed, first_destroyed, destroyed_and_back),
    another_lesson_named,
)


@pytest.mark.parametrize("story", STORIES)
def test_the_index_says_what_the_list_of_lessons_says(chains_at_hub: ChainsAtHub, story: Story) -> None:
    places = range(len(story(TestRegion())[0]))
    follow(chains_at_hub, story, [tuple(places), tuple(reversed(places))])


@pytest.mark.nightly
@pytest.mark.parametrize("story", STORIES)
def test_the_index_says_what_the_list_of_lessons_says_in_every_order_of_arrival(
    chains_at_hub: ChainsAtHub, story: Story
) -> None:
    follow(chains_at_hub, story, list(permutations(range(len(story(TestRegion())[0])))))


def follow(held: ChainsAtHub, story: Story, orders: Sequence[Sequence[int]]) -> None:
    """Let a story's events arrive in these orders, each in a region of its own, and compare after every event."""
    for number, order in enumerate(orders):
        region = held.enrolled(f"XR-{number}")
        events = story(region)[0]
        for place in order:
            held.arrive(events[place])
            assert_as_listed(held)
    rebuild(held.hub.engine)
    assert_as_listed(held)


def assert_as_listed(held: ChainsAtHub) -> None:
    found_ = find(held.hub.engine, "public", "", {}, size=1000)
    with held.hub.engine.connect() as connection:
        listed = list(every_lesson(connection, "public"))
        read = lessons_of(connection, "public", ids(found_))
    assert ids(found_) == [one.event_id for one in listed]
    assert list(read.values()) == listed


def test_destroyed_words_are_out_of_the_index_before_anybody_searches(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    (first, other) = said(region, a_lesson("l", "Kwikzilver"), a_lesson("m", "Bladgoud"))
    chains_at_hub.arrive(first, other)
    assert ids(found(chains_at_hub, "kwikzilver")) == [first.id]
    chains_at_hub.arrive(*said(region, EventRedacted(first.id, "r")))
    tables = ("search_words_public", "search_words_partners", "search_words_network")
    with chains_at_hub.hub.engine.connect() as connection:
        kept = [
            str(row)
            for table in (tables if is_sqlite(chains_at_hub) else ("search_words",))
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert len(kept) == 3
    assert not any("kwikzilver" in row for row in kept)
    assert ids(found(chains_at_hub, "kwikzilver")) == []
    if (file := database_file(chains_at_hub.hub.engine)) is not None:
        scrub(chains_at_hub.hub.engine)
        bytes_ = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
        assert (b"wikzilver" in bytes_, b"ladgoud" in bytes_) == (False, True)


def test_a_withdrawn_lesson_is_found_no_more_and_its_values_are_no_choice(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    events = said(region, *three())
    chains_at_hub.arrive(*events)
    assert "geld" in counts(found(chains_at_hub), "theme")
    chains_at_hub.arrive(*said(region, LessonWithdrawn(events[0].id, "r")))
    assert counts(found(chains_at_hub), "theme") == {"zorg": 2, "acute zorg": 1}
    assert ids(found(chains_at_hub, "verdeelsleutel")) == []


def test_an_evaluation_is_found_by_each_reader_once_its_figures_are_open(stored_hub: Hub, clock: Clock) -> None:
    hub = with_term(stored_hub)
    region = join(hub, TestRegion())

    def readers() -> list[str]:
        return [one for one in AUDIENCES if find(hub.engine, one, "huisarts", {"kind": ["evaluation"]}).total]

    made = figures("h.dm_prev", {("total",) * 3: Exact(60, 1000)}, region_set="invented")
    held = comes_in(hub, region, made)
    before = comes_in(hub, region, figures("h.dm_prev", {("total",) * 3: Exact(90, 1000)}, "2023", "invented"))
    comes_in(hub, region, an_evaluation([(held, "2025"), (before, "2023")], indicator="h.dm_prev"))
    assert readers() == ["network"]
    clock.move(days=DAYS)
    assert by_the_clock(hub) == 2
    assert readers() == ["public", "partners", "network"]
    comes_in(hub, region, figures("h.dm_prev", {("total",) * 3: Exact(70, 1000)}, "2024", "invented"), "network")
    assert readers() == ["public", "partners", "network"]  # other figures than those it rests on
    assert find(hub.engine, "public", "dokter at home", {}).total == 0
    assert find(hub.engine, "public", "doctor home", {"indicator": ["h.dm_prev"]}).total == 1  # in both languages
