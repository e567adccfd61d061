"""A region's keys hold for stretches of its chain, and its own events change them, in whatever order they arrive."""

import itertools
import json
import threading

import msgspec
import pytest
from sqlalchemy import func, select

from connectors.database import writing
from hub.config import Hub
from hub.flow import receive, replay_waiting
from hub.intake.enrol import EnrolmentKeyInUse, RegionNotEnrolled, invite_again
from hub.intake.keys import MOST_KEYS, KeyNotHeld, KeyRevokedAlready, revoke_by_operator
from hub.tables import audit_log, event, key
from schemas.cloudevents import to_cloudevent
from schemas.signature import SigningKey
from tests.support.events import SignedEvent, TestRegion, diabetes, lesson
from tests.support.hub_stores import Clock, join, new_key, old_key


@pytest.fixture
def region(stored_hub: Hub) -> TestRegion:
    return join(stored_hub, TestRegion())


def said(hub: Hub, events: list[SignedEvent]) -> list[str]:
    """Send events one by one and return what the hub said of each: its outcome, or the reason of its refusal."""
    return [answer.reason or answer.outcome for one in events for answer in receive([one.body], hub)]


def ranges(hub: Hub, use: str = "service") -> list[tuple[int, int | None]]:
    with hub.engine.connect() as connection:
        rows = connection.execute(select(key.c.from_sequence, key.c.until_sequence).where(key.c.use == use))
        return sorted(((row.from_sequence, row.until_sequence) for row in rows), key=str)


def rotation(region: TestRegion) -> list[SignedEvent]:
    """Sign a chain of five: figures, a new key, figures with it, the old key's end, figures."""
    region.release([diabetes(800, "2019")])
    young = SigningKey.generate()
    region.release([new_key(region.code, young)])
    old, region.service = region.service, young
    region.release([diabetes(810, "2020")])
    region.release([old_key(old)])
    region.release([diabetes(820, "2021")])
    return region.chain


def test_a_key_is_rotated_by_the_chain_itself(stored_hub: Hub, region: TestRegion) -> None:
    assert said(stored_hub, rotation(region)) == ["accepted"] * 5
    assert ranges(stored_hub) == [(1, 5), (3, None)]
    with stored_hub.engine.connect() as connection:
        actions = connection.scalars(select(audit_log.c.action).where(audit_log.c.actor == region.code)).all()
    assert [one for one in actions if one.startswith("key")] == ["key enrolled", "key revoked"]


def test_one_delivery_may_hold_a_key_event_and_what_the_new_key_signed(stored_hub: Hub, region: TestRegion) -> None:
    answers = receive([one.body for one in rotation(region)], stored_hub)
    assert [answer.outcome for answer in answers] == ["accepted"] * 5
    assert ranges(stored_hub) == [(1, 5), (3, None)]


def test_an_old_event_that_comes_late_verifies_by_the_key_that_held_then(stored_hub: Hub, region: TestRegion) -> None:
    chain = rotation(region)
    assert said(stored_hub, [chain[1], chain[3], chain[4], chain[0]]) == ["accepted"] * 4


def test_an_event_behind_the_revocation_of_its_key_is_refused(stored_hub: Hub, region: TestRegion) -> None:
    old = region.service
    assert said(stored_hub, rotation(region)) == ["accepted"] * 5
    region.service = old
    assert said(stored_hub, region.release([diabetes(830, "2022")])) == ["key_revoked"]


def test_a_thief_cannot_fill_a_gap_behind_the_revocation_in_the_same_delivery(
    stored_hub: Hub, region: TestRegion
) -> None:
    old = region.service
    chain = rotation(region)[:4]
    del region.chain[4:]
    region.service = old
    forged = region.release([diabetes(999, "2022")])
    answers = receive([one.body for one in [*chain, *forged]], stored_hub)
    assert [answer.reason or answer.outcome for answer in answers] == ["accepted"] * 4 + ["key_revoked"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(1, 4))), ids=str)
def test_the_order_of_arrival_changes_neither_keys_nor_events(
    stored_hub: Hub, region: TestRegion, order: tuple[int, ...]
) -> None:
    """What a key event lets in waits as a dead letter until it has come, and is taken then by itself."""
    chain = rotation(region)
    said(stored_hub, [chain[0], *(chain[place] for place in order), chain[4]])
    assert ranges(stored_hub) == [(1, 5), (3, None)]
    with stored_hub.engine.connect() as connection:
        assert sorted(connection.scalars(select(event.c.sequence))) == [1, 2, 3, 4, 5]


def test_a_new_key_must_prove_that_its_holder_has_it(stored_hub: Hub, region: TestRegion) -> None:
    made = new_key(region.code, SigningKey.generate())
    other = new_key(region.code, SigningKey.generate())
    assert said(stored_hub, region.release([msgspec.structs.replace(made, proof=other.proof)])) == [
        "key_proof_mismatch"
    ]
    region.chain.clear()
    elsewhere = new_key("XR-VEENKANT", SigningKey.generate())
    assert said(stored_hub, region.release([elsewhere])) == ["key_proof_mismatch"]
    region.chain.clear()
    as_reviewer = msgspec.structs.replace(made, use="reviewer")
    assert said(stored_hub, region.release([as_reviewer])) == ["key_proof_mismatch"]
    assert ranges(stored_hub) == [(1, None)]


def test_a_key_of_another_use_or_region_or_time_is_refused(stored_hub: Hub, region: TestRegion) -> None:
    other = join(stored_hub, TestRegion("XR-VEENKANT"))
    gone = region.service
    assert said(stored_hub, rotation(region)) == ["accepted"] * 5
    strangers = ((region.reviewers[0], "service"), (region.service, "reviewer"), (other.service, "service"))
    for stranger, use in (*strangers, (gone, "service")):
        assert said(stored_hub, region.release([new_key(region.code, stranger, use)])) == ["key_in_use"]
        region.chain.pop()


def test_a_key_event_needs_two_reviewers_that_hold_before_it(stored_hub: Hub, region: TestRegion) -> None:
    young = SigningKey.generate()
    alone = region.release([new_key(region.code, young, "reviewer")], approvers=1)
    assert said(stored_hub, alone) == ["approval_missing"]
    region.chain.clear()
    reviewers = region.reviewers
    region.reviewers = (reviewers[0], young)
    assert said(stored_hub, region.release([new_key(region.code, young, "reviewer")])) == ["unknown_key"]
    region.chain.clear()
    region.reviewers = reviewers
    assert said(stored_hub, region.release([new_key(region.code, young, "reviewer")])) == ["accepted"]
    region.reviewers = (young, reviewers[0])
    assert said(stored_hub, region.release([diabetes(800)])) == ["accepted"]


def test_a_revoked_reviewer_counts_before_the_revocation_and_not_behind_it(stored_hub: Hub, region: TestRegion) -> None:
    early = region.release([diabetes(800)])
    gone = region.release([old_key(region.reviewers[0])])
    behind = region.release([diabetes(810, "2024")])
    assert said(stored_hub, [*gone, *behind, *early]) == ["accepted", "approval_missing", "accepted"]
    region.chain.pop()
    region.reviewers = region.reviewers[1:]
    assert said(stored_hub, region.release([diabetes(810, "2024")])) == ["accepted"]


def test_a_region_keeps_a_service_key(stored_hub: Hub, region: TestRegion) -> None:
    assert said(stored_hub, region.release([old_key(region.service)])) == ["last_service_key"]
    region.chain.clear()
    assert said(stored_hub, region.release([diabetes(800)])) == ["accepted"]


def test_a_region_has_at_most_fifty_reviewers(stored_hub: Hub, region: TestRegion) -> None:
    more = [new_key(region.code, SigningKey.generate(), "reviewer") for _ in range(MOST_KEYS - len(region.reviewers))]
    assert said(stored_hub, region.release(more)) == ["accepted"] * len(more)
    last = new_key(region.code, SigningKey.generate(), "reviewer")
    assert said(stored_hub, region.release([last])) == ["too_many_keys"]
    region.chain.pop()
    assert said(stored_hub, region.release([old_key(region.reviewers[2])])) == ["accepted"]
    assert said(stored_hub, region.release([last])) == ["accepted"]


def test_an_operator_ends_a_stolen_key_behind_what_the_hub_holds(stored_hub: Hub, region: TestRegion) -> None:
    assert said(stored_hub, region.release([diabetes(800), diabetes(810, "2024")])) == ["accepted"] * 2
    key_id = region.service.public.key_id

    def revoke(code: str, name: str) -> int:
        with writing(stored_hub.engine) as connection:
            return revoke_by_operator(connection, code, name, "stolen", stored_hub.clock())

    assert revoke(region.code, key_id) == 3
    assert said(stored_hub, region.release([lesson()], approvers=1)) == ["key_revoked"]
    assert said(stored_hub, region.chain[:2]) == ["duplicate", "duplicate"]
    with pytest.raises(KeyRevokedAlready):
        revoke(region.code, key_id)
    with pytest.raises(KeyNotHeld):
        revoke(region.code, "0" * 16)


def test_revoking_twice_is_harmless(stored_hub: Hub, region: TestRegion) -> None:
    made = [new_key(region.code, SigningKey.generate()), old_key(region.reviewers[2])]
    again = old_key(region.reviewers[2])
    assert said(stored_hub, region.release([*made, again])) == ["accepted"] * 3
    assert ranges(stored_hub, "reviewer") == [(1, 3), (1, None), (1, None)]


def test_a_region_that_lost_its_keys_comes_back_to_its_chain(stored_hub: Hub, region: TestRegion) -> None:
    assert said(stored_hub, region.release([diabetes(800), diabetes(810, "2024")])) == ["accepted"] * 2
    stolen = region.service
    with writing(stored_hub.engine) as connection:
        invitation = invite_again(connection, region.code, stored_hub.clock())
    region.service = SigningKey.generate()
    region.reviewers = (*region.reviewers[:2], SigningKey.generate())
    join(stored_hub, region, invitation)
    join(stored_hub, region, invitation)  # a lost answer costs nothing
    assert ranges(stored_hub) == [(1, 3), (3, None)]
    assert ranges(stored_hub, "reviewer") == [(1, 3), (1, None), (1, None), (3, None)]
    assert said(stored_hub, region.chain) == ["duplicate"] * 2
    assert said(stored_hub, region.release([diabetes(820, "2023")])) == ["accepted"]
    region.service = stolen
    assert said(stored_hub, region.release([diabetes(999, "2022")])) == ["key_revoked"]


def test_a_region_does_not_come_back_with_a_key_that_was_revoked_or_is_anothers(
    stored_hub: Hub, region: TestRegion
) -> None:
    other = join(stored_hub, TestRegion("XR-VEENKANT"))
    assert said(stored_hub, rotation(region)) == ["accepted"] * 5
    with stored_hub.engine.connect() as connection, pytest.raises(RegionNotEnrolled):
        invite_again(connection, "XR-NIEMAND", stored_hub.clock())
    with writing(stored_hub.engine) as connection:
        invitation = invite_again(connection, region.code, stored_hub.clock())
    for key_ in (other.service, region.reviewers[0]):
        wanted = TestRegion(region.code, key_, (SigningKey.generate(),))
        with pytest.raises(EnrolmentKeyInUse):
            join(stored_hub, wanted, invitation)
    assert ranges(stored_hub)[:2] == [(1, 5), (1, None)]


def test_no_event_slips_in_behind_a_revocation_made_meanwhile(stored_hub: Hub, region: TestRegion) -> None:
    """Deliveries are verified before they hold their chain's lock; what changed until then must count."""
    events = region.release([diabetes(800 + year, str(1900 + year)) for year in range(60)])
    outcomes: list[str] = []
    underway = threading.Event()

    def push() -> None:
        for one in events:
            outcomes.extend(said(stored_hub, [one]))
            if len(outcomes) > 10:
                underway.set()

    thread = threading.Thread(target=push)
    thread.start()
    underway.wait(30)
    with writing(stored_hub.engine) as connection:
        until = revoke_by_operator(connection, region.code, region.service.public.key_id, "stolen", stored_hub.clock())
    thread.join()
    assert outcomes == ["accepted"] * (until - 1) + ["key_revoked"] * (60 - until + 1)
    with stored_hub.engine.connect() as connection:
        assert connection.scalar(select(func.max(event.c.sequence))) == until - 1


def test_a_key_event_that_came_bare_counts_once_it_comes_whole(
    stored_hub: Hub, region: TestRegion, clock: Clock
) -> None:
    young = SigningKey.generate()
    (enrols,) = region.release([new_key(region.code, young)])
    region.service = young
    (later,) = region.release([diabetes(800)])
    bare = to_cloudevent(enrols.envelope, None, None)
    assert [answer.outcome for answer in receive([bare], stored_hub)] == ["accepted"]
    assert ranges(stored_hub) == [(1, None)]
    assert said(stored_hub, [later, enrols]) == ["unknown_key", "duplicate"]
    assert ranges(stored_hub) == [(1, None), (2, None)]
    clock.move(minutes=1)
    assert replay_waiting(stored_hub) == 1
    assert said(stored_hub, [later]) == ["duplicate"]


def test_a_revocation_that_comes_after_what_it_precedes_is_taken_and_the_rest_is_counted(
    stored_hub: Hub, region: TestRegion
) -> None:
    region.release([new_key(region.code, SigningKey.generate())])
    region.release([old_key(region.service)])
    region.release([diabetes(800)])  # still signed by the old key
    enrols, revokes, behind = region.chain
    assert said(stored_hub, [enrols, behind, revokes]) == ["accepted"] * 3
    assert ranges(stored_hub) == [(1, 3), (2, None)]
    with stored_hub.engine.connect() as connection:
        line = connection.scalar(select(audit_log.c.detail).where(audit_log.c.action == "key revoked"))
    assert json.loads(line or "")["events_behind"] == 1
