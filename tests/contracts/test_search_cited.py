"""Lessons found by what citations say of them: by those who may read these, after their own words, and no longer."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from connectors.database import database_file
from hub.config import Hub
from hub.intake.rebuild import rebuild
from hub.intake.redact import scrub
from hub.serving.citations import citations_of, contexts
from hub.serving.search import find
from schemas.citation import CitationPublished, CitationWithdrawn, CitedFigures
from schemas.codes import AUDIENCES, Audience, Language
from schemas.payloads import EventRedacted, LessonRevised
from schemas.values import Exact
from tests.contracts.test_citations import cites, sent
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import TestRegion, diabetes
from tests.support.held_by_hub import a_lesson, figures
from tests.support.hub_stores import Clock, join
from tests.support.replies import DAYS, by_the_clock, comes_in, with_term

Two = tuple[ChainsAtHub, TestRegion, TestRegion, str]


@pytest.fixture
def two(chains_at_hub: ChainsAtHub) -> Two:
    """Offer a hub with a lesson of one region, and another region."""
    writer, other = chains_at_hub.enrolled("XR-A"), chains_at_hub.enrolled("XR-B")
    return chains_at_hub, writer, other, sent(chains_at_hub, writer, a_lesson("l-1", "Bel eerst"))


def saying(lesson: str, context: str, name: str = "c-1", lang: Language = "nl", **other: Any) -> CitationPublished:
    return msgspec.structs.replace(cites(lesson, name=name), context=context, language=lang, **other)


def found(held: ChainsAtHub, question: str, reader: Audience = "public") -> list[str]:
    return [one.event_id for one in find(held.hub.engine, reader, question, {}).hits]


def test_a_lesson_is_found_by_a_citation_in_either_language_after_those_that_say_it_themselves(two: Two) -> None:
    held, writer, other, lesson = two
    own = sent(held, writer, a_lesson("l-2", "Een les over iets", context="Zuurkool hielp."))
    assert found(held, "zuurkool") == [own]
    sent(held, other, saying(lesson, "Bij ons hielp de zuurkool ook."))
    sent(held, other, saying(lesson, "It worked with the sports clubs.", "c-2", "en"))
    assert found(held, "zuurkool") == [own, lesson]
    assert found(held, "zuurkool bel") == [lesson]  # a word of its own and one of the citation
    assert found(held, "club") == [lesson]
    rebuild(held.hub.engine)
    assert found(held, "zuurkool") == [own, lesson]


def test_every_version_is_found_by_citations_of_the_others(two: Two) -> None:
    held, writer, other, lesson = two
    sent(held, other, saying(lesson, "Zuurkool."))
    revised = sent(held, writer, LessonRevised(lesson, "r", a_lesson("l-1", "Anders gezegd")))
    assert found(held, "zuurkool") == [revised]
    assert found(held, "zuurkool anders") == [revised]


def test_a_citation_moves_nothing_for_those_who_may_not_read_it(two: Two) -> None:
    held, _, other, lesson = two
    before = [find(held.hub.engine, one, "bel", {}) for one in AUDIENCES]
    sent(held, other, saying(lesson, "Zuurkool, bel bel bel."), "network")
    figures = sent(held, other, diabetes(800), "network")
    evidence = (CitedFigures(figures, "diabetes-prevalence", "2025"),)
    sent(held, other, saying(lesson, "Spruitjes.", "c-2", classified="supporting", evidence=evidence))
    for question in ("zuurkool", "spruitjes"):
        told = {one: found(held, question, one) for one in AUDIENCES}
        assert told == {"public": [], "partners": [], "network": [lesson]}
    after = [find(held.hub.engine, one, "bel", {}) for one in AUDIENCES]
    assert after == before
    with held.hub.engine.connect() as connection:
        for reader in AUDIENCES:
            said = {one.context for one in citations_of(connection, reader, lesson).citations}
            assert said == {one.context for one in contexts(connection, reader, "XR-A").get("l-1", [])}


def test_a_citation_taken_back_finds_nothing_any_more(two: Two) -> None:
    held, _, other, lesson = two
    citation = sent(held, other, saying(lesson, "Zuurkool."))
    assert found(held, "zuurkool") == [lesson]
    sent(held, other, CitationWithdrawn(citation, "Wrong lesson."))
    assert found(held, "zuurkool") == []
    assert found(held, "bel") == [lesson]


def test_destroyed_words_of_a_citation_are_out_of_the_index_before_anybody_searches(two: Two) -> None:
    held, _, other, lesson = two
    citation = sent(held, other, saying(lesson, "Kwikzilver."))
    assert found(held, "kwikzilver") == [lesson]
    sent(held, other, EventRedacted(citation, "r"))
    is_sqlite = held.hub.engine.dialect.name == "sqlite"
    tables = [f"search_words_{one}" for one in AUDIENCES] if is_sqlite else ["search_words"]
    with held.hub.engine.connect() as connection:
        kept = [str(row) for table in tables for row in connection.execute(text(f"SELECT * FROM {table}"))]
    assert not any("kwikzilver" in row for row in kept)
    assert (found(held, "kwikzilver"), found(held, "bel")) == ([], [lesson])
    if (file := database_file(held.hub.engine)) is not None:
        scrub(held.hub.engine)
        assert b"wikzilver" not in b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))


def test_a_citation_that_came_before_its_lesson_is_found_once_that_is_there(chains_at_hub: ChainsAtHub) -> None:
    writer, other = chains_at_hub.enrolled("XR-A"), chains_at_hub.enrolled("XR-B")
    (lesson,) = writer.release([a_lesson("l-1", "Bel eerst")], "public")
    sent(chains_at_hub, other, saying(lesson.id, "Zuurkool."))
    assert found(chains_at_hub, "zuurkool") == []
    assert chains_at_hub.arrive(lesson) == ["accepted"]
    assert found(chains_at_hub, "zuurkool") == [lesson.id]


def test_more_citations_than_an_index_holds_end_no_finding(two: Two) -> None:
    held, _, other, lesson = two
    for place in range(20):
        words = " ".join(f"w{place}x{number}" for number in range(500))[:3_990]
        sent(held, other, saying(lesson, f"{words} spruitjes", f"c-{place}"))
    assert found(held, "spruitjes") == [lesson]
    assert found(held, "bel") == [lesson]
    assert found(held, "w19x0") == [lesson]  # the newest are kept


def test_a_citation_is_searched_once_the_figures_that_it_rests_on_are_open(stored_hub: Hub, clock: Clock) -> None:
    hub = with_term(stored_hub)
    writer, other = join(hub, TestRegion("XR-A")), join(hub, TestRegion("XR-B"))
    lesson = comes_in(hub, writer, a_lesson("l-1", "Bel eerst"))
    own = comes_in(hub, other, figures("h.dm_prev", {("total",) * 3: Exact(60, 1000)}, region_set="invented"), "public")
    evidence = (CitedFigures(own, "h.dm_prev", "2025"),)
    comes_in(hub, other, saying(lesson, "Zuurkool.", classified="supporting", evidence=evidence))

    def readers() -> list[str]:
        return [one for one in AUDIENCES if find(hub.engine, one, "zuurkool", {}).total]

    assert readers() == ["network"]
    clock.move(days=DAYS)
    assert by_the_clock(hub) == 1
    assert readers() == ["public", "partners", "network"]
