"""One signature for a run of events, events without their payload, and what is counted, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace as changed
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from connectors.database import writing
from connectors.row_stream import RowStream
from hub.bootstrap import make_hub
from hub.config import Hub
from hub.flow import receive
from hub.intake import take, verify
from hub.tables import dead_letter, event, indicator_payload
from schemas.cloudevents import to_cloudevent
from schemas.envelope import Envelope, signed
from schemas.signature import PublicKey, Purpose, SigningKey
from tests.support.events import SignedEvent, TestRegion, diabetes
from tests.support.hub import RunningHub

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
GARBAGE = "0" * 128


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    environ = {}
    if request.param == "postgresql":
        environ["REGIOHELIX_HUB_DATABASE"] = request.getfixturevalue("postgres_url")
    made = make_hub(tmp_path / "hub", environ)
    yield Hub(made.engine, made.key, made.settings, lambda: NOW)
    made.engine.dispose()


@pytest.fixture
def region(hub: Hub) -> TestRegion:
    return RunningHub(hub).enrol(TestRegion())


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the signatures of envelopes that are verified."""
    seen: list[str] = []
    real = PublicKey.verify

    def noting(self: PublicKey, purpose: Purpose, message: bytes, signature: str) -> None:
        if purpose is Purpose.ENVELOPE:
            seen.append(signature)
        real(self, purpose, message, signature)

    monkeypatch.setattr(PublicKey, "verify", noting)
    return seen


def released(region: TestRegion, count: int) -> list[SignedEvent]:
    return region.release([diabetes(800, str(2000 + year)) for year in range(count)])


def outcomes(hub: Hub, bodies: list[bytes]) -> list[str]:
    return [answer.reason or answer.outcome for answer in receive(bodies, hub)]


def bent(one: SignedEvent, key: SigningKey | None = None, **changes: Any) -> SignedEvent:
    envelope: Envelope = msgspec.structs.replace(one.envelope, **changes)
    return changed(one, envelope=signed(envelope, key) if key else envelope)


def test_one_signature_is_verified_for_a_run_in_any_order(hub: Hub, region: TestRegion, checked: list[str]) -> None:
    made = released(region, 6)
    assert outcomes(hub, [made[place].body for place in (3, 0, 5, 1, 4, 2)]) == ["accepted"] * 6
    assert checked == [made[5].envelope.signature]


def test_each_side_of_a_missing_event_is_verified_by_itself(hub: Hub, region: TestRegion, checked: list[str]) -> None:
    made = released(region, 5)
    assert outcomes(hub, [made[place].body for place in (0, 1, 3, 4)]) == ["accepted"] * 4
    assert sorted(checked) == sorted(made[place].envelope.signature for place in (1, 4))


def test_a_run_whose_last_signature_fails_loses_that_event_only(hub: Hub, region: TestRegion) -> None:
    made = released(region, 4)
    forged = bent(made[3], SigningKey.generate())
    answers = outcomes(hub, [one.body for one in (*made[:3], forged)])
    assert answers == ["accepted", "accepted", "accepted", "signature_mismatch"]


@pytest.mark.parametrize("place", range(4))
def test_a_forged_event_in_a_run_is_refused_and_nothing_else(hub: Hub, region: TestRegion, place: int) -> None:
    made = released(region, 4)
    forged = [bent(one, SigningKey.generate()) if at == place else one for at, one in enumerate(made)]
    expected = ["signature_mismatch" if at == place else "accepted" for at in range(4)]
    assert outcomes(hub, [one.body for one in forged]) == expected


def test_a_forgery_that_only_a_forged_successor_names_is_refused(hub: Hub, region: TestRegion) -> None:
    one, two = released(region, 2)
    first = bent(one, signature=GARBAGE)
    second = bent(two, SigningKey.generate(), previous=first.id)
    assert outcomes(hub, [first.body, second.body]) == ["signature_mismatch"] * 2


def test_whoever_signs_a_successor_vouches_for_what_it_names(hub: Hub, region: TestRegion) -> None:
    """The signer committed to every byte before it, a garbled signature included: see the security page."""
    one, two = released(region, 2)
    first = bent(one, signature=GARBAGE)
    second = bent(two, region.service, previous=first.id)
    assert outcomes(hub, [first.body, second.body]) == ["accepted", "accepted"]


@pytest.mark.parametrize("change", [{"sequence": 3}, {"key_id": "d" * 16}, {"region": "XR-VEENKANT"}])
def test_a_successor_at_another_place_or_by_another_key_vouches_for_nothing(
    hub: Hub, region: TestRegion, change: dict[str, Any]
) -> None:
    RunningHub(hub).enrol(TestRegion("XR-VEENKANT"))
    one, two = released(region, 2)
    first = bent(one, signature=GARBAGE)
    second = bent(two, region.service, previous=first.id, **change)
    assert outcomes(hub, [first.body, second.body])[0] == "signature_mismatch"


def withheld(one: SignedEvent) -> bytes:
    return to_cloudevent(one.envelope, None, None)


def held(hub: Hub) -> list[tuple[Any, ...]]:
    with hub.engine.connect() as connection:
        rows = connection.execute(select(event.c.id, event.c.salt, event.c.payload).order_by(event.c.sequence))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_withheld_event_is_filled_in_when_its_payload_comes(hub: Hub, region: TestRegion, in_one_batch: bool) -> None:
    (one,) = released(region, 1)
    bodies = [withheld(one), one.body, withheld(one), one.body]
    answers = receive(bodies, hub) if in_one_batch else [receive([body], hub)[0] for body in bodies]
    assert [answer.outcome for answer in answers] == ["accepted", "duplicate", "duplicate", "duplicate"]
    assert len({answer.receipt for answer in answers}) == 1
    assert held(hub) == [(one.id, one.salt, one.payload)]
    with hub.engine.connect() as connection:
        assert connection.scalars(select(indicator_payload.c.event_id)).all() == [one.id]


def test_a_withheld_event_alone_shows_nothing(hub: Hub, region: TestRegion) -> None:
    (one,) = released(region, 1)
    assert outcomes(hub, [withheld(one)]) == ["accepted"]
    assert held(hub) == [(one.id, b"", b"")]
    with hub.engine.connect() as connection:
        assert connection.scalars(select(indicator_payload.c.event_id)).all() == []


def test_the_same_refusal_is_counted_and_another_is_kept_beside_it(hub: Hub, region: TestRegion) -> None:
    (one,) = released(region, 1)
    forged = bent(one, SigningKey.generate()).body
    altered = to_cloudevent(one.envelope, one.salt, one.payload.replace(b"800", b"801"))
    for body in (forged, forged, altered, b"no event", b"no event", forged):
        receive([body], hub)
    with hub.engine.connect() as connection:
        rows = connection.execute(select(dead_letter.c.body, dead_letter.c.times).order_by(dead_letter.c.id)).all()
    assert [tuple(row) for row in rows] == [(forged, 3), (altered, 1), (b"no event", 2)]


def test_an_event_at_which_the_code_fails_stands_aside_alone(
    hub: Hub, region: TestRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = released(region, 3)
    real = verify.check_in_bundle

    def fail(envelope: Envelope) -> None:
        if envelope.sequence == 2:
            raise ZeroDivisionError
        real(envelope)

    monkeypatch.setattr(verify, "check_in_bundle", fail)
    assert outcomes(hub, [one.body for one in made]) == ["accepted", "unreadable", "accepted"]
    monkeypatch.undo()
    assert outcomes(hub, [made[1].body]) == ["accepted"]


def test_a_delivery_is_taken_in_portions_and_answered_in_order(
    hub: Hub, region: TestRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = released(region, 7)
    monkeypatch.setattr(take, "MOST_EVENTS", 3)
    bodies = [one.body for one in made[:5]]
    assert [answer.event_id for answer in receive(bodies, hub)] == [one.id for one in made[:5]]
    monkeypatch.setattr(take, "MOST_BYTES", 1)
    answers = receive([one.body for one in made], hub, None, {("topic", 0): 7})
    assert [answer.outcome for answer in answers] == ["duplicate"] * 5 + ["accepted"] * 2


def test_a_row_the_database_refuses_is_told_without_a_value(hub: Hub, region: TestRegion) -> None:
    receive([released(region, 1)[0].body], hub)
    with hub.engine.connect() as connection:
        row = dict(connection.execute(select(event)).mappings().one())
    del row["position"]
    row["subject"] = "Jan Jansen"
    with (
        pytest.raises(IntegrityError) as caught,
        writing(hub.engine) as connection,
        RowStream(connection, event, tuple(row)) as stream,
    ):
        stream.add(tuple(row.values()))
    assert "Jan" not in str(caught.value)
    assert len(held(hub)) == 1


def test_rows_on_their_way_are_given_up_when_something_fails(hub: Hub, region: TestRegion) -> None:
    receive([released(region, 1)[0].body], hub)
    with hub.engine.connect() as connection:
        row = dict(connection.execute(select(event)).mappings().one())
    del row["position"]
    row |= {"id": "f" * 64, "sequence": 2, "bundle_index": 7}

    def interrupted() -> None:
        with writing(hub.engine) as connection, RowStream(connection, event, tuple(row)) as stream:
            stream.add(tuple(row.values()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(held(hub)) == 1
    with hub.engine.connect() as connection:
        assert connection.scalar(select(event.c.id).where(event.c.sequence == 1))
