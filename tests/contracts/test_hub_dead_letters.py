"""What is refused is kept, tried again when it may hold, and given up only for a stated reason."""

import json

import msgspec
import pytest
from sqlalchemy import select

from connectors.database import writing
from hub.config import Hub
from hub.flow import receive, replay, replay_waiting
from hub.intake import letters
from hub.tables import audit_log, dead_letter, event
from schemas.canonical import canonical_bytes
from schemas.cloudevents import to_cloudevent
from schemas.signature import SigningKey
from tests.support.events import TestRegion, diabetes, lesson
from tests.support.hub_stores import Clock, join, new_key


def states(hub: Hub) -> list[tuple[str, str]]:
    with hub.engine.connect() as connection:
        rows = connection.execute(select(dead_letter.c.state, dead_letter.c.reason).order_by(dead_letter.c.id))
        return [(row.state, row.reason) for row in rows]


def every_open(hub: Hub) -> list[int]:
    with hub.engine.connect() as connection:
        return letters.open_numbers(connection)


def test_a_letter_is_accepted_once_its_region_is_enrolled(stored_hub: Hub) -> None:
    region = TestRegion()
    made = region.release([diabetes(800), diabetes(810, "2024")])
    receive([one.body for one in made], stored_hub)
    answers = replay(stored_hub, every_open(stored_hub))
    assert {answer.reason for answer in answers.values()} == {"unknown_region"}
    join(stored_hub, region)
    answers = replay(stored_hub, every_open(stored_hub))
    assert [answer.outcome for answer in answers.values()] == ["accepted"] * 2
    assert all(answer.receipt is not None for answer in answers.values())
    assert states(stored_hub) == [("accepted", "unknown_region")] * 2
    assert replay(stored_hub, [1, 2]) == {}


def test_the_schedule_replays_what_waited_for_keys_and_tries_the_rest_once(stored_hub: Hub, clock: Clock) -> None:
    region, stranger = TestRegion(), TestRegion("XR-VEENKANT")
    made = region.release([diabetes(800)])
    receive([made[0].body, stranger.release([diabetes(1)])[0].body], stored_hub)
    forged = TestRegion(region.code, region.service)
    receive([forged.release([lesson()], approvers=1)[0].body], stored_hub)
    join(stored_hub, region)
    clock.move(minutes=5)
    assert replay_waiting(stored_hub) == 1
    assert states(stored_hub) == [("accepted", "unknown_region"), ("open", "unknown_region"), ("open", "unknown_key")]
    with stored_hub.engine.connect() as connection:
        assert letters.untried_since_keys(connection) == []


def test_a_key_event_lets_in_what_waited_for_it_in_the_same_call(stored_hub: Hub) -> None:
    region = join(stored_hub, TestRegion())
    young = SigningKey.generate()
    arrival = region.release([new_key(region.code, young)])
    region.service = young
    later = region.release([diabetes(800 + year, str(2000 + year)) for year in range(20)])
    refused = receive([one.body for one in later], stored_hub)
    assert {answer.reason for answer in refused} == {"unknown_key"}
    assert receive([arrival[0].body], stored_hub)[0].outcome == "accepted"
    assert states(stored_hub) == [("accepted", "unknown_key")] * 20
    with stored_hub.engine.connect() as connection:
        assert len(connection.execute(select(event.c.id)).all()) == 21


def test_a_letter_that_is_refused_again_stays_open_with_its_newest_reason(stored_hub: Hub, clock: Clock) -> None:
    region = TestRegion()
    one = region.release([diabetes(800)])[0]
    altered = to_cloudevent(one.envelope, one.salt, one.payload.replace(b"800", b"801"))
    receive([altered], stored_hub)
    join(stored_hub, region)
    clock.move(hours=1)
    assert [answer.reason for answer in replay(stored_hub, [1]).values()] == ["payload_altered"]
    assert states(stored_hub) == [("open", "payload_altered")]
    with stored_hub.engine.connect() as connection:
        shown = letters.shown(connection, 1)
        assert letters.backlog(connection, clock()) == letters.Backlog(1, 3600)
    assert (shown["times"], shown["received_at"], shown["last_at"]) == (
        1,
        "2026-11-22T12:00:00Z",
        "2026-11-22T13:00:00Z",
    )


def test_a_letter_closes_when_its_event_comes_in_another_way(stored_hub: Hub, clock: Clock) -> None:
    region = join(stored_hub, TestRegion())
    one = region.release([diabetes(800)])[0]
    receive([to_cloudevent(one.envelope, one.salt, one.payload.replace(b"800", b"801"))], stored_hub)
    receive([one.body], stored_hub)
    with writing(stored_hub.engine) as connection:
        assert letters.settle(connection, clock()) == 1
        assert letters.backlog(connection, clock()) == letters.Backlog(0, 0)


def test_a_region_cannot_replay_itself_into_another_regions_chain(stored_hub: Hub) -> None:
    one, other = join(stored_hub, TestRegion()), join(stored_hub, TestRegion("XR-VEENKANT"))
    receive([other.release([diabetes(800)])[0].body], stored_hub, one.code)
    assert [answer.reason for answer in replay(stored_hub, every_open(stored_hub)).values()] == ["region_mismatch"]


def test_discarding_empties_the_bytes_and_is_written_down(stored_hub: Hub, clock: Clock) -> None:
    receive([TestRegion().release([diabetes(800)])[0].body], stored_hub)
    with writing(stored_hub.engine) as connection:
        letters.discard(connection, 1, "a test of the region's supplier", clock())
        assert letters.shown(connection, 1)["body"] == 0
        line = connection.execute(select(audit_log).where(audit_log.c.action == "dead letter discarded")).one()
    told = json.loads(line.detail)
    assert (told["number"], told["refused_for"]) == (1, "unknown_region")
    assert told["reason"] == "a test of the region's supplier"
    with stored_hub.engine.connect() as connection:
        for act in (letters.replayable, lambda c, n: letters.discard(c, n, "again", clock())):
            with pytest.raises(letters.DeadLetterDecided):
                act(connection, 1)
        with pytest.raises(letters.DeadLetterUnknown):
            letters.replayable(connection, 2)


def test_what_was_kept_in_part_cannot_be_replayed(stored_hub: Hub) -> None:
    receive([b"{" + b" " * (2 * 1024 * 1024)], stored_hub)
    with stored_hub.engine.connect() as connection:
        assert letters.open_numbers(connection) == []
        with pytest.raises(letters.DeadLetterNotWhole):
            letters.replayable(connection, 1)


def test_what_the_commands_show_holds_no_payload(stored_hub: Hub) -> None:
    region = join(stored_hub, TestRegion())
    made = region.release([lesson("Een titel die niemand kent")])[0]
    receive([to_cloudevent(made.envelope, made.salt, canonical_bytes({"a": "onbekend"}))], stored_hub)
    with stored_hub.engine.connect() as connection:
        told = msgspec.json.encode([letters.shown(connection, 1), *letters.listed(connection)])
    assert b"onbekend" not in told
    assert b"titel" not in told
