"""A citation leaves only on evidence of this region's own: looked at when it is frozen, and again when it is signed."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from node.bootstrap import Node
from node.release.candidate import LessonNamesPerson
from node.release.own_evidence import EvidenceChanged, EvidenceForFewer, EvidenceNotOwn
from node.release.revise import CitationStands, NothingChanged
from schemas.about import LessonAbout
from schemas.citation import CitationPublished, CitedEvaluation, CitedExperience, CitedFigures, Evidence
from schemas.codes import EventType
from tests.support.corrections import INDICATOR, REASON, make_node, prepared, signed, table
from tests.support.events import lesson

PERIOD = "2020-03-02"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def citing(*evidence: Evidence, context: str = "Ook bij ons kwam het eerst.") -> CitationPublished:
    return CitationPublished("c-1", "c" * 64, "XR-VEENKANT", "nl", "supporting", "epidemioloog", context, evidence)


def figures(event_id: str, indicator: str = INDICATOR, period: str = PERIOD) -> CitedFigures:
    return CitedFigures(event_id, indicator, period)


def test_figures_have_to_be_this_regions_and_what_the_citation_says(node: Node) -> None:
    (own,) = signed(node, prepared(node, table(PERIOD, GM0001=3)))
    for wrong in (
        figures("e" * 64),
        figures(own, period="2020-03-03"),
        figures(own, indicator="h.dm_prev"),
        CitedEvaluation(own),
    ):
        with pytest.raises(EvidenceNotOwn, match=f"Event {wrong.event_id[:16]} of citation 'c-1'"):
            prepared(node, citing(wrong))
    bundle = prepared(node, citing(figures(own), CitedExperience("residents", "Verslag van de bewonersavond.")))
    assert [(item.type, bundle.needed) for item in bundle.items] == [(EventType.CITATION_PUBLISHED, 1)]
    signed(node, bundle)
    with pytest.raises(NothingChanged):
        prepared(node, citing(figures(own), CitedExperience("residents", "Verslag van de bewonersavond.")))
    with pytest.raises(CitationStands, match="cite withdraw c-1"):
        prepared(node, citing(figures(own), context="Anders gezegd."))


def test_figures_that_changed_between_freezing_and_signing_stop_the_citation(node: Node) -> None:
    (own,) = signed(node, prepared(node, table(PERIOD, GM0001=3)))
    frozen = prepared(node, citing(figures(own)))
    (later,) = signed(node, prepared(node, table(PERIOD, GM0001=14), reason=REASON))
    with pytest.raises(EvidenceChanged, match=f"name event {later}"):
        signed(node, frozen)
    with pytest.raises(EvidenceChanged):
        prepared(node, citing(figures(own)))


def test_a_citation_is_for_no_more_readers_than_its_evidence(node: Node) -> None:
    (own,) = signed(node, prepared(node, table(PERIOD, GM0001=3), audience="partners"))
    with pytest.raises(EvidenceForFewer, match="choose --audience partners"):
        prepared(node, citing(figures(own)))
    assert prepared(node, citing(figures(own)), audience="partners").items


def test_an_experience_is_scanned_like_any_words(node: Node) -> None:
    with pytest.raises(LessonNamesPerson, match="evidence: looks like"):
        prepared(node, citing(CitedExperience("residents", "Gesprek met BSN 123456782.")))


def test_a_lesson_rests_on_evaluations_of_this_region_alone(node: Node) -> None:
    (figures_,) = signed(node, prepared(node, table(PERIOD, GM0001=3)))
    for event_id in ("e" * 64, figures_):
        said = msgspec.structs.replace(lesson(), about=LessonAbout(aims=("cost",), evidence=(event_id,)))
        with pytest.raises(EvidenceNotOwn, match=f"Event {event_id[:16]} of lesson 'les-1' is no evaluation"):
            prepared(node, said)
    bundle = prepared(node, msgspec.structs.replace(lesson(), about=LessonAbout(aims=("cost",))))
    assert [item.type for item in bundle.items] == [EventType.LESSON_PUBLISHED_V2]
