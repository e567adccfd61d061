"""Citations: what they rest on, who sees them, and what becomes of them; on SQLite and on a real PostgreSQL."""

from collections.abc import Sequence
from typing import Any

import pytest

from hub.flow import receive
from hub.intake.ledger import page
from hub.intake.rebuild import rebuild
from hub.serving.citations import AcceptedCitation, LessonCitations, citations_of
from hub.serving.lessons import LessonUnknown
from schemas.citation import (
    CitationClass,
    CitationPublished,
    CitationWithdrawn,
    CitedEvaluation,
    CitedExperience,
    CitedFigures,
)
from schemas.codes import Audience
from schemas.payloads import EventRedacted, IndicatorCorrected, IndicatorWithdrawn, LessonRevised, LessonWithdrawn
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.evaluations import an_evaluation
from tests.support.events import TestRegion, diabetes
from tests.support.held_by_hub import a_lesson

EXPERIENCE = CitedExperience("residents", "Verslag van de bewonersavond van 3 maart.")


def cites(
    lesson: str, classified: CitationClass = "mentioning", evidence: Sequence[Any] = (), name: str = "c-1"
) -> CitationPublished:
    return CitationPublished(name, lesson, "XR-A", "nl", classified, "epidemioloog", "Ook bij ons.", tuple(evidence))


def sent(held: ChainsAtHub, region: TestRegion, payload: Any, audience: Audience = "public") -> str:
    (made,) = region.release([payload], audience)
    assert held.arrive(made) == ["accepted"]
    return made.id


def of(held: ChainsAtHub, lesson: str, reader: Audience = "public") -> LessonCitations:
    with held.hub.engine.connect() as connection:
        return citations_of(connection, reader, lesson)


def only(held: ChainsAtHub, lesson: str) -> AcceptedCitation:
    (one,) = of(held, lesson).citations
    return one


@pytest.fixture
def two(chains_at_hub: ChainsAtHub) -> tuple[ChainsAtHub, TestRegion, TestRegion, str]:
    """Offer a hub with a lesson of one region, and another region."""
    writer, other = chains_at_hub.enrolled("XR-A"), chains_at_hub.enrolled("XR-B")
    return chains_at_hub, writer, other, sent(chains_at_hub, writer, a_lesson())


Two = tuple[ChainsAtHub, TestRegion, TestRegion, str]


def test_each_class_is_counted_by_what_the_hub_finds_of_its_evidence(two: Two) -> None:
    held, writer, other, lesson = two
    own = sent(held, other, diabetes(800))
    foreign = sent(held, writer, diabetes(700))
    before = sent(held, other, diabetes(750, "2024"))
    evaluation = sent(held, other, an_evaluation([(own, "2025"), (before, "2024")]))
    figures = CitedFigures(own, "diabetes-prevalence", "2025")
    wanted: list[tuple[CitationClass, Sequence[Any], str, str]] = [
        ("supporting", [figures], "stands", "supporting"),
        ("contrasting", [CitedEvaluation(evaluation)], "stands", "contrasting"),
        ("contrasting", [EXPERIENCE], "stands", "contrasting"),
        ("mentioning", [], "", "mentioning"),
        ("supporting", [CitedFigures(foreign, "diabetes-prevalence", "2025")], "does_not_fit", "unverified"),
        ("supporting", [CitedFigures(own, "diabetes-prevalence", "2024")], "does_not_fit", "unverified"),
        ("supporting", [CitedEvaluation(own)], "does_not_fit", "unverified"),
    ]
    for number, (classified, evidence, _, _) in enumerate(wanted):
        sent(held, other, cites(lesson, classified, evidence, f"c-{number}"))
    found = of(held, lesson)
    assert found.counts == {"supporting": 1, "contrasting": 2, "mentioning": 1, "unverified": 3}
    states = {one.citation: "".join(piece.state for piece in one.evidence) for one in found.citations}
    assert states == {f"c-{number}": state for number, (_, _, state, _) in enumerate(wanted)}
    rebuild(held.hub.engine)
    assert of(held, lesson) == found


def test_evidence_that_changes_is_told_beside_the_citation(two: Two) -> None:
    held, _, other, lesson = two
    own = sent(held, other, diabetes(800))
    sent(held, other, cites(lesson, "supporting", [CitedFigures(own, "diabetes-prevalence", "2025")]))
    assert not only(held, lesson).evidence_changed
    sent(held, other, IndicatorCorrected(own, "A register came late.", diabetes(850)))
    one = only(held, lesson)
    assert (one.evidence_changed, one.evidence[0].state, one.is_verified) == (True, "corrected", True)
    assert one.evidence[0].changed is not None
    assert one.evidence[0].changed.reason == "A register came late."
    other_year = sent(held, other, diabetes(700, "2024"))
    sent(held, other, cites(lesson, "contrasting", [CitedFigures(other_year, "diabetes-prevalence", "2024")], "c-2"))
    sent(held, other, IndicatorWithdrawn(other_year, "Wrong register."))
    assert of(held, lesson).citations[0].evidence[0].state == "withdrawn"


def test_a_citation_tells_nobody_of_a_lesson_or_of_evidence_that_is_not_for_them(two: Two) -> None:
    held, writer, other, lesson = two
    secret = sent(held, writer, a_lesson("geheim", "Alleen het netwerk"), "network")
    secret_figures = sent(held, other, diabetes(800), "network")
    sent(held, other, cites(secret, name="c-1"))
    sent(held, other, cites(lesson, "supporting", [CitedFigures(secret_figures, "diabetes-prevalence", "2025")], "c-2"))
    sent(held, other, cites("f" * 64, name="c-3"))  # of a lesson that the hub has not got
    sent(held, other, cites(lesson, name="c-4"), "network")
    open_ = sent(held, other, cites(lesson, name="c-5"))
    assert [one.citation for one in of(held, lesson).citations] == ["c-5"]
    assert of(held, lesson).counts == {"supporting": 0, "contrasting": 0, "mentioning": 1, "unverified": 0}
    assert {one.citation for one in of(held, lesson, "network").citations} == {"c-2", "c-4", "c-5"}
    assert [one.citation for one in of(held, secret, "network").citations] == ["c-1"]
    with pytest.raises(LessonUnknown):
        of(held, secret)
    with held.hub.engine.connect() as connection:
        told = {one.id: one.payload for one in page(connection, other.code, "public", 0, 100)}
        inside = {one.id: one.payload for one in page(connection, other.code, "network", 0, 100)}
    assert [event_id for event_id, payload in told.items() if payload is not None] == [open_]
    assert all(inside.values())


def test_a_citation_of_a_lesson_taken_back_stays_and_says_so_and_one_taken_back_goes(two: Two) -> None:
    held, writer, other, lesson = two
    revised = sent(held, writer, LessonRevised(lesson, "r", a_lesson(title="Anders gezegd")))
    first = sent(held, other, cites(lesson))
    second = sent(held, other, cites(revised, name="c-2"))
    assert {one.event_id for one in of(held, revised).citations} == {first, second}  # of every version
    sent(held, writer, LessonWithdrawn(revised, "Not so any more."))
    found = of(held, revised)
    assert {one.event_id for one in found.citations} == {first, second}
    assert found.taken_back is not None
    assert found.taken_back.reason == "Not so any more."
    sent(held, other, CitationWithdrawn(first, "Wrong lesson."))
    sent(held, writer, CitationWithdrawn(second, "Not ours to take back."))
    assert [one.event_id for one in of(held, lesson).citations] == [second]
    sent(held, other, EventRedacted(second, "A name was in it."))
    assert of(held, lesson).citations == ()


def test_a_region_cannot_cite_itself_and_a_class_asks_for_evidence(two: Two) -> None:
    held, writer, other, lesson = two
    for region, payload, reason in (
        (writer, cites(lesson), "own_lesson_cited"),
        (other, cites(lesson, "supporting"), "schema_mismatch"),
        (other, cites("x" * 64), "schema_mismatch"),
        (other, cites(lesson, "supporting", [CitedExperience("residents", " ")]), "schema_mismatch"),
    ):
        fork = TestRegion(region.code, region.service, region.reviewers, list(region.chain))
        (made,) = fork.release([payload], "public")
        assert refused(held, made) == reason
    false_region = CitationPublished("c", lesson, "XR-C", "nl", "mentioning", "rol", "Woorden.", ())
    sent(held, writer, false_region)  # that it is of another region is not so
    assert of(held, lesson).citations == ()


def refused(held: ChainsAtHub, made: Any) -> str | None:
    (answer,) = receive([made.body], held.hub)
    return answer.reason
