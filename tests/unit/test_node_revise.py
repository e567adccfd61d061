"""Corrections at the node: what stands is left alone, what changed names what it replaces, and why."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from connectors.database import writing
from node import tables
from node.bootstrap import Node
from node.indicators.figures import WholeTable
from node.release import candidate
from node.release.revise import NothingChanged, ReasonMissing, StandingChanged
from node.release.standing import EventUnknown
from node.release.states import BundleState
from node.release.withdraw import StandsNoMore, withdraw
from schemas.codes import EventType
from schemas.payloads import IndicatorCorrected, IndicatorWithdrawn, LessonRevised
from schemas.upcast import read_payload
from schemas.values import Exact, NotAvailable, Withdrawn
from tests.support.corrections import (
    INDICATOR,
    REASON,
    WHOLE,
    announced,
    make_node,
    prepared,
    signed,
    stands,
    table,
)
from tests.support.events import lesson


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def payload(item: candidate.FrozenItem) -> Any:
    return read_payload(item.type, item.payload)


def test_what_stands_as_it_is_needs_no_new_signature_whenever_it_was_fetched(node: Node) -> None:
    signed(node, prepared(node, table(GM0001=3, GM0002=4)))
    with pytest.raises(NothingChanged, match="The item stands already as it is"):
        prepared(node, table(on="2026-01-01", GM0002=4, GM0001=3))
    bundle = prepared(node, table(GM0001=3, GM0002=4), table("2020-03-03", GM0001=5))
    assert [item.title for item in bundle.items] == [f"{INDICATOR} 2020-03-03"]
    assert bundle.report[0] == "Against what stands: 1 new, 0 corrected, 0 withdrawn, 1 unchanged and left out."


def test_a_changed_figure_corrects_the_event_that_stands_on_the_same_subject(node: Node) -> None:
    first = prepared(node, table(GM0001=3, GM0002=4))
    (before,) = signed(node, first)
    second = prepared(node, table(GM0001=2, GM0002=4), reason=REASON)
    (item,) = second.items
    found = payload(item)
    assert isinstance(found, IndicatorCorrected)
    assert (item.type, found.corrects, found.reason) == (EventType.INDICATOR_CORRECTED, before, REASON)
    assert (item.subject, second.needed) == (first.items[0].subject, 2)
    (after,) = signed(node, second)
    third = prepared(node, table(GM0001=3, GM0002=4), reason=REASON)
    assert payload(third.items[0]).corrects == after


def test_an_area_that_vanished_is_taken_back_and_may_return(node: Node) -> None:
    bundle = prepared(node, table(GM0001=3, GM0002=4))
    signed(node, bundle)
    subject = bundle.items[0].subject
    signed(node, prepared(node, table(GM0001=3), reason=REASON))
    assert stands(node, subject) == {"GM0001": Exact(3), "GM0002": Withdrawn()}
    with pytest.raises(NothingChanged):
        prepared(node, table(GM0001=3), reason=REASON)
    signed(node, prepared(node, table(GM0001=3, GM0002=None), reason=REASON))
    assert stands(node, subject) == {"GM0001": Exact(3), "GM0002": NotAvailable()}


def test_a_change_without_a_reason_or_with_an_unfit_one_is_refused_and_leaves_nothing(node: Node) -> None:
    signed(node, prepared(node, table(GM0001=3)))
    with pytest.raises(ReasonMissing, match=f"the first is {INDICATOR} 2020-03-02; say why with --reason"):
        prepared(node, table(GM0001=4))
    for reason in ("Bel 06-12345678.", "x" * 1001):
        with pytest.raises(candidate.ReasonUnfit) as refusal:
            prepared(node, table(GM0001=4), reason=reason)
        assert "12345678" not in str(refusal.value)
    with node.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.bundle)) == 1


def test_other_readers_are_a_change(node: Node) -> None:
    signed(node, prepared(node, table(GM0001=3), audience="network"))
    bundle = prepared(node, table(GM0001=3), audience="public", reason="It may be read by all now.")
    assert bundle.items[0].type is EventType.INDICATOR_CORRECTED


def test_a_period_that_a_whole_table_no_longer_has_is_withdrawn_and_may_return(node: Node) -> None:
    first, second = signed(node, prepared(node, table(GM0001=3), table("2020-03-03", GM0001=5)))
    with pytest.raises(ReasonMissing, match="1 are gone from the source"):
        prepared(node, table(GM0001=3), whole=WHOLE)
    bundle = prepared(node, table(GM0001=3), whole=WHOLE, reason=REASON)
    (item,) = bundle.items
    assert (payload(item), bundle.needed) == (IndicatorWithdrawn(second, REASON), 1)
    signed(node, bundle)
    assert stands(node, item.subject) is None
    again = prepared(node, table(GM0001=3), table("2020-03-03", GM0001=5), whole=WHOLE)
    assert [one.type for one in again.items] == [EventType.INDICATOR_PUBLISHED]
    emptied = prepared(node, whole=WHOLE, reason=REASON)
    assert [payload(one).withdraws for one in emptied.items] == [first]


def test_a_part_of_a_table_and_other_owners_tables_withdraw_nothing(node: Node) -> None:
    signed(node, prepared(node, table(GM0001=3)))
    assert len(prepared(node, table("2020-03-03", GM0001=5)).items) == 1
    other = WholeTable("Another owner", "table", (INDICATOR,))
    assert len(prepared(node, table("2020-03-03", GM0001=5), whole=other).items) == 1


def test_an_edited_lesson_is_a_revision_for_one_reviewer(node: Node) -> None:
    (before,) = signed(node, prepared(node, lesson()))
    with pytest.raises(NothingChanged):
        prepared(node, lesson())
    edited = msgspec.structs.replace(lesson(), advice="Begin klein.")
    bundle = prepared(node, edited, reason="Reworded.")
    assert payload(bundle.items[0]) == LessonRevised(before, "Reworded.", edited)
    assert (bundle.items[0].type, bundle.needed) == (EventType.LESSON_REVISED, 1)
    with pytest.raises(candidate.LessonNamesPerson):
        prepared(node, msgspec.structs.replace(lesson(), advice="Bel 06-12345678."), reason="Reworded.")


def test_a_bundle_that_another_one_overtook_is_not_signed(node: Node) -> None:
    signed(node, prepared(node, table(GM0001=3)))
    slow, quick = (prepared(node, table(GM0001=count), reason=REASON) for count in (4, 5))
    signed(node, quick)
    with pytest.raises(StandingChanged, match="prepare it again"):
        signed(node, slow)
    with node.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.event)) == 2
        assert candidate.load(connection, slow.id).state is BundleState.UNDER_REVIEW


def test_only_what_stands_can_be_withdrawn(node: Node) -> None:
    (first,) = signed(node, prepared(node, table(GM0001=3)))
    (second,) = signed(node, prepared(node, table(GM0001=4), reason=REASON))
    with writing(node.engine) as connection:
        with pytest.raises(StandsNoMore, match=f"replaced by event {second}; withdraw that one"):
            withdraw(connection, first, REASON)
        with pytest.raises(EventUnknown, match="ledger"):
            withdraw(connection, "0" * 64, REASON)
        found, notice = withdraw(connection, second, REASON)
    assert found.audience == "public"
    bundle = announced(node, notice)
    assert bundle.needed == 1
    (third,) = signed(node, bundle)
    with writing(node.engine) as connection:
        for event, sentence in ((second, "was withdrawn before"), (third, "holds no figures and no words")):
            with pytest.raises(StandsNoMore, match=sentence):
                withdraw(connection, event, REASON)
