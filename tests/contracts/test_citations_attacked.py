"""Ways in which a citation told too much, or bore a class for nothing, once; on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, select

from hub import tables
from hub.config import Hub
from hub.intake.ledger import page
from hub.intake.rebuild import rebuild
from hub.serving.citations import citations_of, tallies
from hub.serving.recalls import recall_page
from schemas.citation import CitationWithdrawn, CitedEvaluation, CitedFigures
from schemas.codes import Audience
from schemas.payloads import EventRedacted, IndicatorCorrected, IndicatorWithdrawn
from schemas.values import Exact
from tests.contracts.test_citations import Two, cites, of, only, sent, two
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.evaluations import an_evaluation
from tests.support.events import TestRegion, diabetes
from tests.support.held import both, evaluated, open_all
from tests.support.held_by_hub import a_lesson
from tests.support.hub_stores import Clock
from tests.support.replies import comes_in, hub, regions
from tests.support.totals import count

__all__ = ["hub", "regions", "two"]


def told_in_ledger(held: Hub, region: TestRegion, reader: Audience = "public") -> set[str]:
    with held.engine.connect() as connection:
        return {one.id for one in page(connection, region.code, reader, 0, 100) if one.payload is not None}


def test_a_citation_waits_for_the_figures_that_an_evaluation_it_names_rests_on(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    """What it says of the evaluation was read before the regions in that comparison could reply."""
    lesson = comes_in(hub, regions[1], a_lesson())
    held = comes_in(hub, regions[0], evaluated(*both(regions)))
    says = cites(lesson, "supporting", [CitedEvaluation(held)])
    cited = comes_in(hub, regions[0], says)

    def readers() -> tuple[bool, bool]:
        with hub.engine.connect() as connection:
            is_told = bool(citations_of(connection, "public", lesson).citations)
        return is_told, cited in told_in_ledger(hub, regions[0])

    assert readers() == (False, False)
    open_all(hub, clock)
    assert readers() == (True, True)


def test_a_correction_that_waits_for_replies_is_not_told_beside_a_citation_of_what_it_corrects(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    open_all(hub, clock)
    lesson, (figures, _) = comes_in(hub, regions[1], a_lesson()), both(regions)
    comes_in(hub, regions[0], cites(lesson, "supporting", [CitedFigures(figures, "h.dm_prev", "2025")]))
    comes_in(hub, regions[0], IndicatorCorrected(figures, "Thirty more.", count(Exact(150, 1000))))

    def state() -> str:
        with hub.engine.connect() as connection:
            (one,) = citations_of(connection, "public", lesson).citations
        return one.evidence[0].state

    assert state() == "stands"
    open_all(hub, clock)
    assert state() == "corrected"


def test_that_a_hidden_citation_was_taken_back_is_hidden_too(two: Two) -> None:
    held, _, other, lesson = two
    secret = sent(held, other, diabetes(800), "network")
    figures = [CitedFigures(secret, "diabetes-prevalence", "2025")]
    hidden = sent(held, other, cites(lesson, "supporting", figures))
    withdrawal = sent(held, other, CitationWithdrawn(hidden, "The figures for the network alone were wrong."))
    second = sent(held, other, cites(lesson, "supporting", figures, "c-2"))
    sent(held, other, EventRedacted(second, "A name was in it."))
    shown = sent(held, other, cites(lesson, name="c-3"))
    sent(held, other, CitationWithdrawn(shown, "Wrong lesson."))
    assert taken_back(held, "partners") == {shown}
    assert taken_back(held, "network") == {hidden, second, shown}
    assert withdrawal not in told_in_ledger(held.hub, other, "partners")
    assert withdrawal in told_in_ledger(held.hub, other, "network")


def taken_back(held: ChainsAtHub, reader: Audience) -> set[str]:
    with held.hub.engine.connect() as connection:
        return {one.event_id for one in recall_page(connection, reader, "a", held.now).recalls}


def test_what_is_destroyed_bears_a_class_only_where_it_was_what_the_citation_says(two: Two) -> None:
    held, _, other, lesson = two
    words = sent(held, other, a_lesson("les-b"))
    sent(held, other, cites(lesson, "supporting", [CitedFigures(words, "diabetes-prevalence", "2025")]))
    sent(held, other, cites(lesson, "supporting", [CitedEvaluation(words)], "c-2"))
    sent(held, other, EventRedacted(words, "A name was in it."))
    assert of(held, lesson).counts == {"supporting": 0, "contrasting": 0, "mentioning": 0, "unverified": 2}
    assert {piece.state for one in of(held, lesson).citations for piece in one.evidence} == {"does_not_fit"}


def test_no_class_rests_on_what_was_taken_back_or_replaced_before_the_region_cited_it(two: Two) -> None:
    held, _, other, lesson = two
    figures = sent(held, other, diabetes(800))
    evidence = [CitedFigures(figures, "diabetes-prevalence", "2025")]
    sent(held, other, IndicatorWithdrawn(figures, "Never so."))
    sent(held, other, cites(lesson, "supporting", evidence))
    assert not only(held, lesson).is_verified
    assert only(held, lesson).evidence[0].state == "withdrawn"
    replaced = sent(held, other, diabetes(700, "2024"))
    sent(held, other, IndicatorCorrected(replaced, "Late.", diabetes(750, "2024")))
    sent(held, other, cites(lesson, "supporting", [CitedFigures(replaced, "diabetes-prevalence", "2024")], "c-2"))
    assert of(held, lesson).counts["unverified"] == 2


def test_a_destroyed_citation_leaves_no_name_in_whatever_order_it_came(two: Two) -> None:
    held, _, other, lesson = two
    early = sent(held, other, cites(lesson, name="jan-jansen"))
    (late, *orders) = (
        *other.release([cites(lesson, name="piet-pietersen")], "public"),
        *other.release([EventRedacted(early, "A name.")], "public"),
    )
    orders += other.release([EventRedacted(late.id, "A name.")], "public")
    assert held.arrive(late, *orders) == ["accepted"] * 3
    for _ in range(2):
        with held.hub.engine.connect() as connection:
            assert set(connection.scalars(select(tables.citation.c.citation))) <= {""}
        assert of(held, lesson).citations == ()
        rebuild(held.hub.engine)


def test_what_is_asked_of_the_database_does_not_grow_with_citations_and_their_evidence(two: Two) -> None:
    """A region can send as many as it likes: each page of lessons would ask for every piece of evidence by itself."""
    held, _, other, lesson = two
    figures = sent(held, other, diabetes(800))
    evaluations = [
        sent(held, other, an_evaluation([(figures, "2025"), (f"{number:064x}", "2024")])) for number in range(4)
    ]
    asked = []
    for number in range(3):
        says = cites(lesson, "supporting", [CitedEvaluation(one) for one in evaluations[: number + 1]], f"c-{number}")
        sent(held, other, says)
        with held.hub.engine.connect() as connection, counting(held.hub.engine) as statements:
            counts = tallies(connection, "network", [lesson])
        assert counts[lesson]["supporting"] == number + 1
        asked.append(len(statements))
    assert len(set(asked)) == 1


@contextmanager
def counting(engine: Engine) -> Iterator[list[Any]]:
    statements: list[Any] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
