"""How the hub keeps and gives the receipts that it signed together, on SQLite and on a real PostgreSQL alike."""

from collections.abc import Sequence

import msgspec
import pytest
from sqlalchemy import select, text

from connectors.database import writing
from hub.config import Hub
from hub.flow import receive
from hub.intake.receipts import receipts
from hub.intake.store import SequenceUsedTwice, Shelf
from hub.tables import event, receipt_batch
from schemas.receipt import Answer, Place, Receipt, check_receipt
from tests.support.events import SignedEvent, TestRegion, diabetes
from tests.support.hub import RunningHub


@pytest.fixture
def region(stored_hub: Hub) -> TestRegion:
    return RunningHub(stored_hub).enrol(TestRegion())


def released(region: TestRegion, count: int) -> list[SignedEvent]:
    return region.release([diabetes(800 + year, str(1900 + year)) for year in range(count)])


def receipts_of(answers: Sequence[Answer], hub: Hub) -> list[Receipt]:
    found = []
    for answer in answers:
        assert answer.receipt is not None
        assert answer.receipt.event_id == answer.event_id
        check_receipt(answer.receipt, hub.key.public)
        found.append(answer.receipt)
    return found


def sizes(hub: Hub) -> list[int]:
    with hub.engine.connect() as connection:
        return sorted(len(leaves) // 32 for leaves in connection.scalars(select(receipt_batch.c.leaves)))


def test_a_delivery_s_receipts_share_one_signature_and_come_again_byte_for_byte(
    stored_hub: Hub, region: TestRegion
) -> None:
    bodies = [one.body for one in released(region, 5)]
    first = receipts_of(receive(bodies, stored_hub), stored_hub)
    assert [(one.batch.index, one.batch.size) for one in first if isinstance(one.batch, Place)] == [
        (index, 5) for index in range(5)
    ]
    assert len({one.signature for one in first}) == 1
    assert receipts_of(receive([*bodies[3:], bodies[0]], stored_hub), stored_hub) == [*first[3:], first[0]]
    with stored_hub.engine.connect() as connection:
        assert receipts_of(receipts(connection, region.code, 0, 500), stored_hub) == first
        assert receipts_of(receipts(connection, region.code, 2, 2), stored_hub) == first[2:4]
    assert sizes(stored_hub) == [5]


def test_an_event_that_comes_by_itself_is_signed_by_itself(stored_hub: Hub, region: TestRegion) -> None:
    for one in released(region, 2):
        (receipt,) = receipts_of(receive([one.body], stored_hub), stored_hub)
        assert receipt.batch is msgspec.UNSET
    assert sizes(stored_hub) == []


def test_each_region_of_a_delivery_has_a_batch_of_its_own(stored_hub: Hub, region: TestRegion) -> None:
    """As a broker brings them: mixed, with a region's only event, with what is refused, with one that comes twice."""
    heath, hill = (RunningHub(stored_hub).enrol(TestRegion(code)) for code in ("XR-HEIDE", "XR-HEUVEL"))
    ours, theirs, (single,) = released(region, 3), released(heath, 2), released(hill, 1)
    bent = ours[1].body.replace(b'"network"', b'"public"', 1)
    bodies = [ours[0].body, theirs[0].body, bent, single.body, theirs[1].body, ours[2].body, ours[0].body]
    answers = receive(bodies, stored_hub)
    assert [one.outcome[0] for one in answers] == list("aaraaad")
    found = receipts_of([one for one in answers if one.outcome != "refused"], stored_hub)
    assert [one.batch.index if isinstance(one.batch, Place) else None for one in found] == [0, 0, None, 1, 1, 0]
    assert found[-1] == found[0]
    assert sizes(stored_hub) == [2, 2]


def test_what_is_new_among_what_is_known_is_a_batch_of_what_is_new(stored_hub: Hub, region: TestRegion) -> None:
    made = released(region, 4)
    before = receipts_of(receive([one.body for one in made[:2]], stored_hub), stored_hub)
    after = receipts_of(receive([one.body for one in made], stored_hub), stored_hub)
    assert after[:2] == before
    assert [one.batch.size for one in after if isinstance(one.batch, Place)] == [2, 2, 2, 2]
    again = receipts_of(receive([one.body for one in made], stored_hub), stored_hub)
    assert again == after  # out of two batches


def test_events_that_were_signed_one_by_one_are_answered_as_they_were(stored_hub: Hub, region: TestRegion) -> None:
    """A hub that took events before receipts were signed together."""
    made = released(region, 4)
    alone = [receipts_of(receive([one.body], stored_hub), stored_hub)[0] for one in made[:2]]
    mixed = receipts_of(receive([one.body for one in made], stored_hub), stored_hub)
    assert mixed[:2] == alone
    assert [isinstance(one.batch, Place) for one in mixed] == [False, False, True, True]


def test_nothing_of_a_batch_is_kept_where_its_transaction_fails(
    stored_hub: Hub, region: TestRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    class DiskFull(OSError):
        pass

    def fail(*_: object) -> None:
        raise DiskFull

    bodies = [one.body for one in released(region, 3)]
    with monkeypatch.context() as broken:
        broken.setattr(Shelf, "answers", fail)
        with pytest.raises(DiskFull):
            receive(bodies, stored_hub)
    with stored_hub.engine.connect() as connection:
        assert connection.scalars(select(event.c.id)).all() == []
    assert sizes(stored_hub) == []
    receipts_of(receive(bodies, stored_hub), stored_hub)
    assert sizes(stored_hub) == [3]


def test_a_time_of_acceptance_that_somebody_changed_in_the_store_is_found_out(
    stored_hub: Hub, region: TestRegion
) -> None:
    receive([one.body for one in released(region, 3)], stored_hub)
    with writing(stored_hub.engine) as connection:
        connection.execute(text("UPDATE event SET accepted_at = '2026-01-01T00:00:00Z' WHERE sequence = 2"))
    with stored_hub.engine.connect() as connection:
        answers = receipts(connection, region.code, 0, 500)
    receipts_of([answers[0], answers[2]], stored_hub)
    with pytest.raises(ValueError, match="does not fit"):
        receipts_of([answers[1]], stored_hub)


def test_a_conflict_in_a_batch_takes_no_place_in_it(stored_hub: Hub, region: TestRegion) -> None:
    made = released(region, 3)
    region.chain[-1:] = []
    (other,) = region.release([diabetes(900, "1999")])
    answers = receive([*(one.body for one in made), other.body], stored_hub)
    assert answers[3].reason == SequenceUsedTwice.reason
    assert [one.batch.size for one in receipts_of(answers[:3], stored_hub) if isinstance(one.batch, Place)] == [3] * 3
