"""The public ledger: anyone can check the chain, and nobody outside the audience learns a figure from it."""

import hashlib
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from connectors.database import writing
from hub.intake.enrol import add_partner
from hub.schedule import make_todays_heads
from schemas.canonical import canonical_bytes
from schemas.cloudevents import BATCH_MEDIA_TYPE
from schemas.codes import AUDIENCES, PROTOCOL_HEADER
from schemas.envelope import Envelope, event_id, payload_hash
from schemas.heads import FIRST_DAY_BEFORE, Head, Heads, check_heads, heads_hash
from schemas.receipt import Answer, check_answer
from tests.support.events import TestRegion, diabetes, lesson
from tests.support.hub import NOW, RunningHub

COUNT = 800


@pytest.fixture
def region(running_hub: RunningHub) -> TestRegion:
    region = running_hub.enrol(TestRegion())
    for audience in AUDIENCES:
        region.release([diabetes(COUNT)], audience)
    running_hub.push(region.code, [one.body for one in region.chain])
    return region


def entries(running_hub: RunningHub, query: str = "", token: str | None = None) -> list[dict[str, Any]]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    response = running_hub.client.get(f"/api/v1/ledger/XR-DUINRAND{query}", headers=headers)
    assert response.status_code == 200
    found: list[dict[str, Any]] = response.get_json()["entries"]
    return found


def test_anyone_can_check_the_whole_chain(running_hub: RunningHub, region: TestRegion) -> None:
    previous = "0" * 64
    for entry in entries(running_hub):
        envelope = msgspec.convert(entry["envelope"], Envelope)
        assert (event_id(envelope), envelope.previous) == (entry["id"], previous)
        previous = entry["id"]
    assert previous == region.chain[-1].id


def test_salt_and_payload_are_for_the_audience_only(running_hub: RunningHub, region: TestRegion) -> None:
    with writing(running_hub.hub.engine) as connection:
        partner = add_partner(connection, "A partner", NOW)
    seen = {
        reader: [entry["envelope"]["audience"] for entry in entries(running_hub, token=token) if "salt" in entry]
        for reader, token in (("public", None), ("partner", partner), ("region", running_hub.tokens[region.code]))
    }
    assert seen == {
        "public": ["public"],
        "partner": ["public", "partners"],
        "region": ["public", "partners", "network"],
    }
    for token in (None, partner):
        assert all(("salt" in entry) == ("payload" in entry) for entry in entries(running_hub, token=token))


def test_a_reader_in_the_audience_can_rebuild_the_signed_hash(running_hub: RunningHub, region: TestRegion) -> None:
    for entry in entries(running_hub, token=running_hub.tokens[region.code]):
        rebuilt = payload_hash(bytes.fromhex(entry["salt"]), canonical_bytes(entry["payload"]))
        assert rebuilt == entry["envelope"]["payload_hash"]


def test_no_count_can_be_guessed_from_the_public_ledger(running_hub: RunningHub, region: TestRegion) -> None:
    """Try every count against the hash, as an outsider who knows all but the count, then with the salt in hand."""
    hidden = entries(running_hub)[2]
    hash_ = hidden["envelope"]["payload_hash"]
    assert set(hidden) == {"id", "envelope", "accepted_at"}

    def guesses(salt: bytes) -> list[int]:
        return [n for n in range(10_001) if payload_hash(salt, canonical_bytes(diabetes(n))) == hash_]

    public_salt = bytes.fromhex(entries(running_hub)[0]["salt"])
    everything_public = [b"", b"\x00" * 32, public_salt, bytes.fromhex(hidden["id"])]
    assert [guesses(salt) for salt in everything_public] == [[], [], [], []]
    assert guesses(region.chain[2].salt) == [COUNT]  # the same attack finds it at once where the salt is known


def test_the_public_ledger_holds_no_byte_of_a_hidden_payload(running_hub: RunningHub, region: TestRegion) -> None:
    made = region.release([lesson("Een titel die niet naar buiten mag")], "network")[0]
    running_hub.push(region.code, [made.body])
    text = running_hub.client.get("/api/v1/ledger/XR-DUINRAND").text
    assert "titel" not in text
    assert made.salt.hex() not in text
    assert hashlib.sha256(made.payload).hexdigest() not in text
    assert made.id in text


def test_pages_follow_each_other_without_loss(running_hub: RunningHub, region: TestRegion) -> None:
    found: list[str] = []
    after: int | None = 0
    while after is not None:
        answer = running_hub.client.get(f"/api/v1/ledger/XR-DUINRAND?after={after}&limit=2").get_json()
        found += [entry["id"] for entry in answer["entries"]]
        after = answer["next"]
    assert found == [one.id for one in region.chain]


def test_live_heads_are_signed_by_the_hub(running_hub: RunningHub, region: TestRegion) -> None:
    heads = msgspec.json.decode(running_hub.client.get("/api/v1/heads").data, type=Heads)
    check_heads(heads, running_hub.hub.key.public)
    assert heads.previous == FIRST_DAY_BEFORE
    assert heads.heads == (Head(region.code, 3, region.chain[2].id),)


def test_the_heads_of_a_day_stay_as_they_were_signed(running_hub: RunningHub, region: TestRegion) -> None:
    assert running_hub.client.get("/api/v1/heads/2026-11-22").status_code == 404
    make_todays_heads(running_hub.hub)
    kept = running_hub.client.get("/api/v1/heads/2026-11-22")
    running_hub.push(region.code, [region.release([diabetes(801, "2001")])[0].body])
    make_todays_heads(running_hub.hub)
    assert running_hub.client.get("/api/v1/heads/2026-11-22").data == kept.data
    day = msgspec.json.decode(kept.data, type=Heads)
    assert day.heads == (Head(region.code, 3, region.chain[2].id),)
    live = msgspec.json.decode(running_hub.client.get("/api/v1/heads").data, type=Heads)
    assert (live.previous, live.heads[0].sequence) == (heads_hash(day), 4)
    assert msgspec.json.decode(running_hub.client.get("/api/v1/heads?days=7").data, type=list[Heads]) == [day]
    assert running_hub.client.get("/api/v1/heads?days=0").status_code == 422


def test_a_region_fetches_its_own_receipts_after_a_sequence(running_hub: RunningHub, region: TestRegion) -> None:
    other = running_hub.enrol(TestRegion("XR-VEENKANT"))
    listed = running_hub.client.get("/api/v1/receipts?after=1", headers=running_hub.as_region(region.code)).get_json()
    assert [answer["receipt"]["sequence"] for answer in listed] == [2, 3]
    nothing = running_hub.client.get("/api/v1/receipts", headers=running_hub.as_region(other.code)).get_json()
    assert nothing == []


@pytest.mark.parametrize("protocol", [None, 1, 2])
def test_receipts_come_in_the_form_that_the_caller_says_it_reads(running_hub: RunningHub, protocol: int | None) -> None:
    region = running_hub.enrol(TestRegion("XR-VEENKANT"))
    made = region.release([diabetes(801, "2001"), diabetes(802, "2002"), diabetes(803, "2003")])
    said = running_hub.as_region(region.code) | ({} if protocol is None else {PROTOCOL_HEADER: str(protocol)})
    body = b"[" + b",".join(one.body for one in made) + b"]"
    posted = [
        running_hub.client.post("/api/v1/events", data=body, content_type=BATCH_MEDIA_TYPE, headers=said)
        for _ in range(2)
    ]
    listed = running_hub.client.get("/api/v1/receipts", headers=said)
    found = [msgspec.json.decode(one.data, type=list[Answer]) for one in (*posted, listed)]
    outcomes = [[one.outcome for one in answers] for answers in found]
    assert outcomes == [["accepted"] * 3, ["duplicate"] * 3, ["accepted"] * 3]
    receipts = [[one.receipt for one in answers] for answers in found]
    assert receipts[0] == receipts[1] == receipts[2]
    for answer in (*found[0], *found[2]):
        check_answer(answer, running_hub.hub.key.public)
    schema = running_hub.client.get(f"/schemas/{'answer.v2' if protocol == 2 else 'answer'}").get_json()
    for one in (*posted, listed):
        for answer in one.get_json():
            jsonschema_rs.validate(schema, answer)
            assert ("batch" in answer["receipt"]) == (protocol == 2)


def test_a_protocol_that_is_no_number_is_said_where_receipts_are_asked_for(
    running_hub: RunningHub, region: TestRegion
) -> None:
    said = running_hub.as_region(region.code) | {PROTOCOL_HEADER: "two"}
    assert running_hub.client.get("/api/v1/receipts", headers=said).status_code == 400


def test_a_region_shows_its_gaps_and_freshness(running_hub: RunningHub, region: TestRegion) -> None:
    made = region.release([diabetes(801, "2001"), diabetes(802, "2002"), diabetes(803, "2003")])
    running_hub.push(region.code, [made[2].body])
    shown = running_hub.client.get("/api/v1/regions/XR-DUINRAND").get_json()
    assert shown["gaps"] == [{"first": 4, "last": 5}]
    assert (shown["events"], shown["last_sequence"], shown["seconds_since_last_event"]) == (4, 6, 0)
    assert running_hub.client.get("/api/v1/regions").get_json() == [shown]
