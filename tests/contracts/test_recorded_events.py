"""What any released version signed, this version still reads, verifies, stores and answers alike."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select, update

from connectors.database import writing
from hub import tables
from schemas.canonical import canonical_bytes
from schemas.cloudevents import CloudEvent, from_cloudevent, to_cloudevent
from schemas.codes import EventType
from schemas.envelope import CHAIN_START, check_in_bundle, check_signature, event_id, payload_hash
from schemas.receipt import Answer, Receipt, check_answer, check_receipt
from schemas.signature import PublicKey
from schemas.upcast import read_payload
from tests.support.hub import RunningHub

UNRELEASED: frozenset[EventType] = frozenset()  # types that came since; a release records them
RECORDED = sorted((Path(__file__).parent.parent / "recorded").glob("*.json"))


@pytest.fixture(params=RECORDED, ids=lambda file: file.stem)
def recording(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.param.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def hub_of_then(running_hub: RunningHub, recording: dict[str, Any]) -> RunningHub:
    """Offer a hub of today that knows the region by its recorded keys only."""
    code = recording["region"]
    keys = [(recording["service_key"], "service"), *((hex_, "reviewer") for hex_ in recording["reviewer_keys"])]
    running_hub.invite(code)
    with writing(running_hub.hub.engine) as connection:
        connection.execute(
            update(tables.region).where(tables.region.c.code == code).values(enrolled_at="2026-11-22T00:00:00Z")
        )
        for hex_, use in keys:
            row = {"region": code, "key_id": PublicKey(hex_).key_id, "hex": hex_, "use": use, "role": use}
            connection.execute(insert(tables.key).values(**row, enrolled_at="2026-11-22T00:00:00Z"))
    return running_hub


def test_every_released_version_is_recorded_with_all_its_types() -> None:
    newest = json.loads(RECORDED[-1].read_text(encoding="utf-8"))
    recorded = {event["type"] for event in newest["events"]}
    assert recorded.isdisjoint(UNRELEASED)
    assert recorded | UNRELEASED == set(EventType)
    assert len(RECORDED) > 1


def test_recorded_bytes_verify_and_are_written_alike(recording: dict[str, Any]) -> None:
    previous = CHAIN_START
    for recorded in recording["events"]:
        body = recorded["body"].encode()
        event = msgspec.json.decode(body, type=CloudEvent)
        envelope, salt, payload = from_cloudevent(event)
        assert salt is not None
        assert payload is not None
        assert to_cloudevent(envelope, salt, payload) == body
        check_signature(envelope, PublicKey(recording["service_key"]))
        check_in_bundle(envelope)
        assert payload_hash(salt, payload) == envelope.payload_hash
        assert envelope.previous == previous
        previous = event_id(envelope)


def test_recorded_payloads_say_what_they_said(recording: dict[str, Any]) -> None:
    for recorded in recording["events"]:
        read = read_payload(recorded["type"], canonical_bytes(recorded["payload"]))
        shown = json.loads(canonical_bytes(read))
        assert {name: shown[name] for name in recorded["payload"]} == recorded["payload"]


def test_recorded_receipts_verify(recording: dict[str, Any]) -> None:
    for recorded in recording["events"]:
        check_answer(msgspec.convert(recorded["answer"], Answer), PublicKey(recording["hub_key"]))


def test_recorded_receipts_that_were_signed_together_verify_alone_and_are_written_alike() -> None:
    told = json.loads((RECORDED[0].parent / "receipts" / "protocol_2.json").read_text(encoding="utf-8"))
    assert len(told["receipts"]) == 5
    for recorded in told["receipts"]:
        receipt = msgspec.convert(recorded, Receipt)
        check_receipt(receipt, PublicKey(told["hub_key"]))
        assert json.loads(canonical_bytes(receipt)) == recorded


def test_a_hub_of_today_accepts_recorded_events(hub_of_then: RunningHub, recording: dict[str, Any]) -> None:
    from hub.flow import receive

    answers = receive([one["body"].encode() for one in recording["events"]], hub_of_then.hub)
    assert [answer.outcome for answer in answers] == ["accepted"] * len(recording["events"])
    assert [answer.event_id for answer in answers] == [one["answer"]["event_id"] for one in recording["events"]]
    with hub_of_then.hub.engine.connect() as connection:
        rows = connection.execute(select(tables.event.c.type).order_by(tables.event.c.sequence)).scalars().all()
    assert rows == [one["type"] for one in recording["events"]]
