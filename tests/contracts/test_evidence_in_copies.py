"""Digests and partners' topic: that the evidence of a lesson changed is told to who holds a copy; on both databases."""

from typing import Any

import msgspec
import pytest

from hub.config import Hub
from schemas.about import LessonAbout
from schemas.citation import CitationWithdrawn, CitedFigures
from schemas.evaluation import EvaluationPublished
from schemas.payloads import EventRedacted, IndicatorCorrected, LessonPublished, LessonRevised
from tests.contracts.test_citations import cites
from tests.support.digests import SITE, Mailed, post
from tests.support.evaluations import an_evaluation
from tests.support.events import SignedEvent, TestRegion, diabetes, lesson
from tests.support.hub_stores import join
from tests.support.mail_server import text_of
from tests.support.partners_topic import Given

__all__ = ["post"]


@pytest.fixture
def given(stored_hub: Hub) -> Given:
    return Given(stored_hub)


def evaluated(*figures: str) -> EvaluationPublished:
    made = an_evaluation(
        [(one, f"{2025 - place}") for place, one in enumerate(figures)], indicator="diabetes-prevalence"
    )
    return msgspec.structs.replace(made, definition_hash="a" * 64)


def rests_on(evaluation: str, title: str = "Bel eerst") -> LessonPublished:
    return msgspec.structs.replace(lesson(title), about=LessonAbout(evidence=(evaluation,)))


def published(says: Given | Mailed, audience: Any = "public") -> tuple[SignedEvent, SignedEvent]:
    """Let a region tell figures, and a lesson that rests on an evaluation of these; return both."""
    after, before = says.say(diabetes(700), audience), says.say(diabetes(800, "2024"), audience)
    evaluation = says.say(evaluated(after.id, before.id), audience)
    return after, says.say(rests_on(evaluation.id), audience)


def test_a_mail_tells_each_change_once_with_the_lesson_that_was_sent(post: Mailed) -> None:
    post.subscribe()
    post.clock.move(minutes=1)
    after, made = published(post)
    first = post.next_mail()
    assert first is not None
    assert "Het bewijs" not in text_of(first)
    post.say(IndicatorCorrected(after.id, "Twee keer geteld.", diabetes(650)))
    mail = post.next_mail()
    assert mail is not None
    assert mail["Subject"] == "Lessen van regio’s: 1 met ander bewijs"
    text = text_of(mail)
    assert "HET BEWIJS IS VERANDERD" in text
    assert "zijn cijfers gecorrigeerd waarop deze les rust: diabetes-prevalence, 2025, Xr-Duinrand." in text
    assert "Reden: Twee keer geteld." in text
    assert f"{SITE}/lessons/{made.id}?lang=nl" in text
    assert post.next_mail() is None
    other = join(post.hub, TestRegion("XR-B"))
    own = post.say(diabetes(900), region=other)
    post.say(cites(made.id, "contrasting", [CitedFigures(own.id, "diabetes-prevalence", "2025")]), region=other)
    post.say(IndicatorCorrected(own.id, "Een register kwam laat.", diabetes(950)), region=other)
    again = post.next_mail()
    assert again is not None
    assert "Een register kwam laat." in text_of(again)
    assert "Twee keer geteld." not in text_of(again)


def test_who_was_not_sent_a_lesson_or_may_not_know_gets_no_mail(post: Mailed) -> None:
    after, _ = published(post)
    post.clock.move(hours=1)
    post.subscribe()
    hidden, _ = published(post)
    assert post.next_mail() is not None
    post.say(IndicatorCorrected(hidden.id, "Alleen het netwerk.", diabetes(651)), "network")
    assert post.next_mail() is None
    assert after.id != hidden.id


def test_the_topic_has_what_changed_beside_the_lesson_and_without_figures(given: Given) -> None:
    after, made = published(given, "partners")
    assert given.tell() == [made.id]
    corrected = given.say(IndicatorCorrected(after.id, "Laat.", diabetes(650)))
    assert given.tell() == [corrected.id]
    assert given.tell() == []
    key = f"{made.id}.evidence".encode()
    (change,) = [body for name, body in given.topic.messages if name == key]
    told = msgspec.json.decode(change or b"")
    assert told["type"] == "nl.regiohelix.indicator.corrected.v1"
    assert told["data"] is None
    hidden = given.say(IndicatorCorrected(corrected.id, "Alleen het netwerk.", diabetes(640)), "network")
    assert given.tell() == []
    newer = given.say(LessonRevised(made.id, "Beter.", lesson("Zonder bewijs")))
    assert given.tell() == [newer.id, ""]
    assert key not in given.topic.compacted()
    assert hidden.id not in given.topic.told


def test_the_topic_forgets_the_evidence_of_what_is_destroyed_or_cited_no_more(given: Given) -> None:
    _, made = published(given, "partners")
    other = join(given.hub, TestRegion("XR-B"))
    own = given.say(diabetes(900), region=other)
    figures = [CitedFigures(own.id, "diabetes-prevalence", "2025")]
    cited = given.say(cites(made.id, "contrasting", figures), region=other)
    given.say(IndicatorCorrected(own.id, "Laat.", diabetes(950)), region=other)
    given.tell()
    key = f"{made.id}.evidence".encode()
    assert key in given.topic.compacted()
    given.say(CitationWithdrawn(cited.id, "Verkeerde les."), region=other)
    assert given.tell() == [""]
    assert key not in given.topic.compacted()
    given.say(cites(made.id, "contrasting", figures, "c-2"), region=other)
    assert len(given.tell()) == 1, "who comes late sees that it rests on what changed"
    given.say(EventRedacted(made.id, "Een naam."))
    given.tell()
    assert given.topic.compacted() == {}
