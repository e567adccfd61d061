"""Corrections of figures computed here: too small a one waits and is not lost, a large one goes out, and so on."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete

from connectors.database import writing
from node.bootstrap import Node
from node.indicators.figures import Axis, ComputedIndicator
from node.release import candidate, memory, review
from node.release.revise import CorrectionWaits, NothingChanged, ReasonMissing, StandingChanged
from node.release.withdraw import withdraw
from node.tables import vintage
from schemas.catalogue import catalogue
from schemas.codes import EventType
from schemas.payloads import IndicatorPending
from schemas.upcast import read_payload
from schemas.values import Exact, Rounded, Suppressed, TypedValue
from tests.support.corrections import KEYS, NOW, announced, make_node, prepared, signed, stands, table

PEOPLE = np.array([400, 250, 300])
PATIENTS = np.array([75, 30, 63])


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = make_node(tmp_path / "node")
    yield made
    made.engine.dispose()


def computed(more: int = 0, indicator: str = "h.gi_bleed", people: int = 0) -> ComputedIndicator:
    """Make the share of patients in three areas, with so many more patients (and people) in the first."""
    patients = PATIENTS + np.array([more, 0, 0])
    counted = PEOPLE + np.array([people, 0, 0])
    axes = (Axis("area", ("XG-A", "XG-B", "XG-C")),)
    return ComputedIndicator(catalogue()[indicator], "2025", axes, patients, patients, counted, counted, ("gp",))


def figures(node: Node, bundle: candidate.FrozenBundle) -> dict[str, TypedValue]:
    """Return what stands of a bundle's first item, by area."""
    found = stands(node, bundle.items[0].subject)
    assert found is not None
    return found


def waits(node: Node, one: ComputedIndicator) -> bool:
    """Whether nothing of it leaves but, the first time, the word that a correction waits."""
    try:
        bundle = prepared(node, one, reason="Counted again.")
    except CorrectionWaits:
        return True
    with writing(node.engine) as connection:
        review.reject(connection, bundle.id, KEYS[0], "Tried only.", NOW)
    return [item.type for item in bundle.items] == [EventType.INDICATOR_PENDING]


def withdrawn(node: Node, event_id: str) -> None:
    with writing(node.engine) as connection:
        _, notice = withdraw(connection, event_id, "Counted wrongly.")
    signed(node, announced(node, notice))


def test_the_word_that_a_correction_waits_is_not_frozen_twice(node: Node) -> None:
    signed(node, prepared(node, computed()))
    first = prepared(node, computed(more=1))
    assert [item.type for item in first.items] == [EventType.INDICATOR_PENDING]
    with pytest.raises(CorrectionWaits):
        prepared(node, computed(more=1))
    with writing(node.engine) as connection:
        review.reject(connection, first.id, KEYS[0], "Not yet.", NOW)
    again = prepared(node, computed(more=1))
    assert [item.type for item in again.items] == [EventType.INDICATOR_PENDING]
    signed(node, again)
    with pytest.raises(CorrectionWaits):
        prepared(node, computed(more=1))


def test_what_waits_beside_figures_that_nobody_read_yet_names_the_bundle_to_reject(node: Node) -> None:
    first = prepared(node, computed())
    with pytest.raises(CorrectionWaits, match=rf"nothing is lost.*review reject {first.id} --key FILE"):
        prepared(node, computed(more=1))
    mixed = prepared(node, computed(more=1), table(GM0001=30))
    assert any(f"review reject {first.id}" in line for line in mixed.report)
    with writing(node.engine) as connection:
        review.reject(connection, first.id, KEYS[0], "Counted again.", NOW)
    second = prepared(node, computed(more=1))
    signed(node, second)
    assert figures(node, second)["XG-A"] == Exact(76, 400)
    signed(node, prepared(node, computed(more=2)))
    with pytest.raises(CorrectionWaits) as refused:
        prepared(node, computed(more=2))
    assert "review reject" not in str(refused.value)


def test_of_figures_that_were_released_and_withdrawn_no_bundle_is_named_to_reject(node: Node) -> None:
    (event_id,) = signed(node, prepared(node, computed()))
    withdrawn(node, event_id)
    prepared(node, computed())
    with pytest.raises(CorrectionWaits) as refused:
        prepared(node, computed(more=1))
    assert "review reject" not in str(refused.value)


def test_a_run_again_with_one_person_more_waits_and_one_without_a_change_is_left_out(node: Node) -> None:
    (event_id,) = signed(node, prepared(node, computed()))
    bundle = prepared(node, computed(more=1))
    (item,) = bundle.items
    assert read_payload(item.type, item.payload) == IndicatorPending(event_id, waits=True)
    assert bundle.needed == 1
    assert any("fewer than 10 persons waits in h.gi_bleed 2025" in line for line in bundle.report)
    said = re.sub(r"[0-9a-f]{16,}", "", " ".join(bundle.report))  # an event's id can have any digits
    assert "76" not in said
    signed(node, bundle)
    with pytest.raises(CorrectionWaits, match=r"fewer than 10 persons waits in h.gi_bleed 2025.*nothing is lost"):
        prepared(node, computed(more=2))


def test_readers_are_told_when_none_waits_any_more(node: Node) -> None:
    (event_id,) = signed(node, prepared(node, computed()))
    with pytest.raises(NothingChanged):
        prepared(node, computed())
    signed(node, prepared(node, computed(more=1)))
    bundle = prepared(node, computed())
    assert [read_payload(one.type, one.payload) for one in bundle.items] == [IndicatorPending(event_id, waits=False)]
    signed(node, bundle)
    with pytest.raises(NothingChanged):
        prepared(node, computed())
    assert figures(node, bundle)["XG-A"] == Exact(75, 400)


def test_a_word_on_an_event_that_was_replaced_meanwhile_is_not_signed(node: Node) -> None:
    signed(node, prepared(node, computed()))
    word = prepared(node, computed(more=1))
    signed(node, prepared(node, computed(more=15), reason="A practice delivered late."))
    with pytest.raises(StandingChanged):
        signed(node, word)


def test_the_other_tables_of_the_run_go_out_and_the_reviewers_read_where_a_correction_waits(node: Node) -> None:
    signed(node, prepared(node, computed()))
    bundle = prepared(node, computed(more=1), computed(indicator="h.dm_prev"), table(GM1680=3))
    published, pending = EventType.INDICATOR_PUBLISHED, EventType.INDICATOR_PENDING
    assert [item.type for item in bundle.items] == [published, published, pending]
    assert "Against what stands: 2 new, 0 corrected, 0 withdrawn, 1 unchanged and left out." in bundle.report
    assert sum("waits in h.gi_bleed 2025" in line for line in bundle.report) == 1


def test_what_waited_goes_out_as_a_correction_when_it_has_become_ten(node: Node) -> None:
    first = prepared(node, computed())
    signed(node, first)
    for more in (1, 5, 9, -9):
        assert waits(node, computed(more=more))
    with pytest.raises(ReasonMissing):
        prepared(node, computed(more=10))
    second = prepared(node, computed(more=10), reason="A practice delivered late.")
    assert [item.type for item in second.items] == [EventType.INDICATOR_CORRECTED]
    signed(node, second)
    assert figures(node, first)["XG-A"] == Exact(85, 400)
    assert figures(node, first)["total"] == Exact(178, 950)


def test_a_third_vintage_is_held_against_both_before(node: Node) -> None:
    first = prepared(node, computed())
    signed(node, first)
    signed(node, prepared(node, computed(more=15), reason="A practice delivered late."))
    for more in (15 + 9, 15 - 12, 5, 20):  # ten or more from the second, but one to nine from the first; or neither
        assert waits(node, computed(more=more))
    signed(node, prepared(node, computed(more=0), reason="That practice was counted twice."))
    assert figures(node, first)["XG-A"] == Exact(75, 400)
    signed(node, prepared(node, computed(more=40), reason="Counted again."))
    assert figures(node, first)["XG-A"] == Exact(115, 400)
    with node.engine.connect() as connection:
        assert [one.moment for one in memory.earlier(connection).vintages] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_correction_of_which_the_remainder_is_small_waits_as_far_as_it_must(node: Node) -> None:
    first = prepared(node, computed())
    signed(node, first)
    bundle = prepared(node, computed(more=14, people=12), reason="A practice delivered late.")
    assert any("waits in h.gi_bleed 2025" in line for line in bundle.report)
    signed(node, bundle)
    assert figures(node, first)["XG-A"] == Exact(89, 400)  # 12 people of whom 14 fell ill would tell of 2 others


def test_a_correction_that_would_uncover_what_is_hidden_waits_as_a_whole(node: Node) -> None:
    def with_few(second: int) -> ComputedIndicator:
        patients = np.array([2, second, 63])
        return replace(computed(), numerator=patients, numerator_persons=patients)

    first = prepared(node, with_few(20))
    signed(node, first)
    assert sum(isinstance(value, Suppressed) for value in figures(node, first).values()) == 2
    assert waits(node, with_few(10))  # ten less, and the few beside them could be told from the total
    assert prepared(node, with_few(35), reason="Counted again.").items


def test_a_rejected_correction_does_not_count(node: Node) -> None:
    signed(node, prepared(node, computed()))
    bundle = prepared(node, computed(more=15), reason="A practice delivered late.")
    with writing(node.engine) as connection:
        review.reject(connection, bundle.id, KEYS[0], "Not yet.", NOW)
    assert prepared(node, computed(more=18), reason="A practice delivered late.").items


def test_what_was_withdrawn_stays_known_and_does_not_come_back_while_a_correction_waits(node: Node) -> None:
    (event_id,) = signed(node, prepared(node, computed()))
    with node.engine.connect() as connection:
        known = memory.earlier(connection).cells
    withdrawn(node, event_id)
    with node.engine.connect() as connection:
        assert memory.earlier(connection).cells == known
    with pytest.raises(CorrectionWaits):
        prepared(node, computed(more=1))
    assert prepared(node, computed()).items[0].type is EventType.INDICATOR_PUBLISHED


def test_figures_of_which_only_the_payload_is_left_stay_fixed_and_the_rest_of_the_run_goes_out(node: Node) -> None:
    signed(node, prepared(node, computed()))
    with writing(node.engine) as connection:
        connection.execute(delete(vintage))
    with pytest.raises(CorrectionWaits, match=r"h.gi_bleed 2025 was left out.*is not known here any more"):
        prepared(node, computed(more=40))
    with pytest.raises(CorrectionWaits, match=r"left out.*reveal fewer than 10 persons"):
        prepared(node, computed(more=4))
    bundle = prepared(node, computed(more=40), table(GM1680=3))
    assert len(bundle.items) == 1
    assert any(line.startswith("h.gi_bleed 2025 was left out") for line in bundle.report)


def bare(*patients: int) -> ComputedIndicator:
    """Make a count without a denominator, of three areas."""
    axes, found = (Axis("area", ("XG-A", "XG-B", "XG-C")),), np.array(patients)
    return ComputedIndicator(catalogue()["pop.persons"], "2025", axes, found, found, None, None, ("gp",))


def test_what_waits_in_a_bare_count_goes_out_rounded_if_the_region_wants_it(node: Node) -> None:
    random = np.random.default_rng(7)
    first = prepared(node, bare(400, 250, 300))
    signed(node, first)
    assert waits(node, bare(403, 254, 295))
    bundle = prepared(node, bare(403, 254, 295), reason="Counted again.", random=random)
    assert [item.type for item in bundle.items] == [EventType.INDICATOR_CORRECTED]
    assert any("rounded to tens" in line for line in bundle.report)
    signed(node, bundle)
    found = figures(node, first)
    assert all(isinstance(value, Rounded) and value.step == "10" for value in found.values())
    for area, records in {"XG-A": 403, "XG-B": 254, "XG-C": 295, "total": 952}.items():
        value = found[area]
        assert isinstance(value, Rounded)
        assert abs(int(value.value) - records) < 10
    with pytest.raises(NothingChanged):
        prepared(node, bare(403, 254, 295), random=random)


def test_a_share_of_a_rounded_count_is_left_out(node: Node) -> None:
    random = np.random.default_rng(7)
    signed(node, prepared(node, bare(400, 250, 300)))
    signed(node, prepared(node, bare(403, 254, 295), reason="Counted again.", random=random))
    bundle = prepared(node, computed(), table(GM1680=3))
    assert len(bundle.items) == 1
    assert any(line.startswith("h.gi_bleed 2025 was left out: a count behind it") for line in bundle.report)


def test_a_count_that_is_the_denominator_of_a_released_share_is_not_rounded(node: Node) -> None:
    signed(node, prepared(node, computed()))
    signed(node, prepared(node, bare(400, 250, 300)))
    bundle = prepared(node, bare(403, 254, 295), random=np.random.default_rng(7))
    assert [item.type for item in bundle.items] == [EventType.INDICATOR_PENDING]
