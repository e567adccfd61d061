"""What the desk finds by itself when a bundle is frozen, who answers it, and when."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from connectors.database import writing
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node
from node.indicators.figures import PublishedTable
from node.release import review
from node.release.answer import NothingToAnswer, findings_of, unanswered
from node.release.candidate import load
from node.release.examine import FindingsBlock
from node.release.finding_kinds import KINDS, Weight
from node.release.period_before import months_since, period_before
from node.release.reason import ReasonUnfit
from node.release.states import BundleNotInState, BundleState
from schemas.catalogue import catalogue
from schemas.payloads import Cell
from schemas.values import Rounded
from tests.support.corrections import KEYS, NOW, REASON, make_node, prepared, signed, table
from tests.support.desk import (
    answered,
    approve,
    audit,
    codes,
    computed,
    mostly_hidden,
    publish,
)
from tests.support.events import lesson


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def with_origin(**changes: str) -> PublishedTable:
    made = table(GM0001=30)
    return replace(made, origin=msgspec.structs.replace(made.origin, **changes))


def test_every_finding_says_what_and_how_to_put_it_right_in_both_languages() -> None:
    for kind in KINDS.values():
        for text in (kind.what, kind.repair):
            assert text.nl.endswith(".")
            assert text.en.endswith(".")
            assert text.nl != text.en
    assert {kind.weight for kind in KINDS.values()} == set(Weight)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"owner": " "}, "whose they are"),
        ({"url": ""}, "whose they are"),
        ({"licence": ""}, "without a licence"),
        ({"retrieved_on": "yesterday"}, "on which day they were fetched"),
    ],
)
def test_a_table_without_its_context_is_not_frozen(node: Node, changes: dict[str, str], words: str) -> None:
    with pytest.raises(FindingsBlock, match=words):
        prepared(node, with_origin(**changes))
    with node.engine.connect() as connection:
        assert connection.execute(select(tables.bundle)).all() == []


def test_a_table_that_is_mostly_hidden_waits_for_an_answer_and_then_for_its_reviewers(node: Node) -> None:
    bundle = prepared(node, mostly_hidden())
    assert bundle.state is BundleState.TO_ANSWER
    assert "mostly_hidden" in codes(node, bundle)
    with pytest.raises(BundleNotInState, match="findings without an answer"):
        approve(node, bundle.id, KEYS[0])
    with pytest.raises(BundleNotInState, match="findings without an answer"):
        publish(node, bundle.id)
    assert answered(node, bundle, "mostly_hidden") == 0
    with node.engine.connect() as connection:
        (found,) = (one for one in findings_of(connection, bundle.id) if one.kind.code == "mostly_hidden")
    assert (found.answer, found.answered_by) == ("Seen, and meant so.", "Author")
    assert ("Author", "finding.answered") in audit(node)
    assert [approve(node, bundle.id, key) for key in KEYS] == [BundleState.UNDER_REVIEW, BundleState.APPROVED]


def test_an_answer_needs_an_open_finding_and_a_reason_that_names_nobody(node: Node) -> None:
    bundle = prepared(node, mostly_hidden())
    with pytest.raises(NothingToAnswer, match="no_sources"):
        answered(node, bundle, "no_sources")
    with pytest.raises(ReasonUnfit):
        answered(node, bundle, "mostly_hidden", why="Bel 06-12345678.")
    with node.engine.connect() as connection:
        assert unanswered(connection, bundle.id) == 1
    answered(node, bundle, "mostly_hidden")
    with node.engine.connect() as connection:
        again = load(connection, bundle.id)
    with pytest.raises(BundleNotInState, match="nothing to answer"):
        answered(node, again, "mostly_hidden")


def test_who_answers_a_finding_does_not_approve_the_bundle(node: Node) -> None:
    bundle = prepared(node, mostly_hidden())
    answered(node, bundle, "mostly_hidden", by="First")
    with pytest.raises(review.ReviewerIsAuthor, match="answered a finding"):
        approve(node, bundle.id, KEYS[0])
    assert approve(node, bundle.id, KEYS[1]) is BundleState.UNDER_REVIEW


def test_more_readers_than_the_last_time_is_asked_about_and_fewer_is_not(node: Node) -> None:
    signed(node, prepared(node, table(GM0001=30), audience="partners"))
    narrower = prepared(node, table(GM0001=30), audience="network", reason=REASON)
    assert "wider_audience" not in codes(node, narrower)
    wider = prepared(node, table(GM0001=30), audience="public", reason=REASON)
    assert wider.state is BundleState.TO_ANSWER
    assert "wider_audience" in codes(node, wider)
    assert "also_in_review" in codes(node, wider)


def test_an_extreme_change_is_asked_about_where_we_counted_and_noted_where_others_did(node: Node) -> None:
    people = [900, 800, 700]
    signed(node, prepared(node, computed([100, 90, 80], people, "2024")))
    assert "extreme_change" in codes(node, prepared(node, computed([260, 190, 180], people, "2025")))
    signed(node, prepared(node, replace(table("2024", GM0001=200), division_year=2024)))
    theirs = prepared(node, replace(table("2025", GM0001=500), division_year=2024))
    assert {"extreme_change_taken_over"} <= codes(node, theirs)
    assert theirs.state is BundleState.UNDER_REVIEW


def test_a_day_of_fetching_that_is_still_to_come_is_noted(node: Node) -> None:
    assert "source_date_ahead" in codes(node, prepared(node, with_origin(retrieved_on="2027-01-01")))
    assert "source_date_ahead" not in codes(node, prepared(node, with_origin(retrieved_on="2026-11-23")))


def test_figures_among_few_of_the_residents_are_noted_as_partial(node: Node) -> None:
    residents = computed([900, 800, 700], [900, 800, 700], what="pop.persons")
    residents = replace(residents, denominator=None, denominator_persons=None)
    few = computed([60, 70, 80], [190, 180, 170], what="h.srh_good")
    assert "partial_coverage" not in codes(node, prepared(node, few))  # nobody knows of how many
    many = computed([160, 170, 180], [690, 680, 670], "2024", what="h.srh_good")
    bundle = prepared(node, residents, few, replace(residents, period="2024"), many)
    with node.engine.connect() as connection:
        (found,) = (one for one in findings_of(connection, bundle.id) if one.kind.code == "partial_coverage")
    assert found.places == ((1, "540/2400"),)
    ill = computed([20, 30, 40], [190, 180, 170], what="q.hba1c")
    assert "partial_coverage" not in codes(node, prepared(node, residents, ill))  # the ill are a group, no sample


def test_an_ordinary_change_is_no_finding(node: Node) -> None:
    people = [900, 800, 700]
    signed(node, prepared(node, computed([100, 90, 80], people, "2024")))
    assert codes(node, prepared(node, computed([120, 95, 84], people, "2025"))) == set()


def test_what_can_be_seen_of_a_table_taken_over_is_noted(node: Node) -> None:
    found = prepared(node, table("2020-03", GM0001=3, GM0002=40))
    assert codes(node, found) == {"small_counts_taken_over", "old_figures"}
    definition = next(one for one in catalogue().values() if one.kind == "percentage")
    shares = replace(table("2026"), definition=definition, cells=(Cell(("XR-DUINRAND",), Rounded("12.5", "0.1")),))
    assert {"no_denominator", "unverified_definition"} <= codes(node, prepared(node, shares))


def test_events_of_a_rate_are_noted_and_rows_of_a_count_are_asked_about(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = computed([100, 90, 80], [90_000, 80_000, 70_000], what="c.ed")
    assert codes(node, prepared(node, events)) == {"events_counted", "unverified_definition"}
    measure = events.definition.measure
    assert measure is not None
    rows = msgspec.structs.replace(
        events.definition, kind="count", measure=msgspec.structs.replace(measure, denominator=None)
    )
    monkeypatch.setattr("node.release.examine.catalogue", lambda: {rows.id: rows})
    bare = replace(events, definition=rows, denominator=None, denominator_persons=None, period="2024", sources=())
    bundle = prepared(node, bare)
    assert {"rows_counted", "no_sources"} <= codes(node, bundle)
    assert bundle.state is BundleState.TO_ANSWER


def test_an_empty_field_of_a_lesson_and_an_unknown_indicator_are_found(node: Node) -> None:
    bundle = prepared(node, msgspec.structs.replace(lesson(), consequence=" ", indicators=("h.none",)))
    assert codes(node, bundle) == {"lesson_incomplete", "unknown_indicator"}
    assert bundle.state is BundleState.TO_ANSWER


def test_an_owner_without_a_reviewer_is_noted(node: Node) -> None:
    with writing(node.engine) as connection:
        bundle = flow.release(
            connection, node.settings, (computed([100, 90, 80], [900, 800, 700]),), (), (),
            audience="public", subject_key=node.secret("subject"),
            entry=AuditEntry("Author", "bundle.prepared", "test", NOW), owners=("first HOSPITAL", "Insurer"),
        )  # fmt: skip
        (found,) = (one for one in findings_of(connection, bundle.id) if one.kind.code == "owner_without_reviewer")
    assert found.places == ((-1, "Insurer"),)


@pytest.mark.parametrize(
    ("period", "before", "months"),
    [
        ("2025", "2024", 10),
        ("2026-Q1", "2025-Q4", 7),
        ("2026-Q3", "2026-Q2", 1),
        ("2026-01", "2025-12", 9),
        ("2026-11", "2026-10", 0),
        ("2027", "2026", 0),
        ("2026-W10", None, None),
        ("2026-03-02", None, None),
    ],
)
def test_periods_have_a_predecessor_and_an_age(period: str, before: str | None, months: int | None) -> None:
    assert period_before(period) == before
    assert months_since(period, date(2026, 11, 22)) == months
