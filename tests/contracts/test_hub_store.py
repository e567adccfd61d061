"""What the hub's store must do, on SQLite and on a real PostgreSQL alike."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from connectors.database import is_current, writing
from hub.bootstrap import MIGRATIONS, make_hub
from hub.config import Hub
from hub.flow import receive
from hub.intake.enrol import Enrolment, InvitationUnknown, ReviewerKey, enrol, invite
from hub.intake.keyring import keyring
from hub.intake.ledger import chain, page
from hub.intake.rebuild import rebuild
from hub.serving.figures import latest
from hub.tables import dead_letter, event, indicator_payload, lesson
from schemas.cloudevents import to_cloudevent
from schemas.envelope import signed
from schemas.receipt import check_receipt
from tests.support import events as given
from tests.support.events import TestRegion

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    environ = {}
    if request.param == "postgresql":
        environ["REGIOHELIX_HUB_DATABASE"] = request.getfixturevalue("postgres_url")
    made = make_hub(tmp_path / "hub", environ)
    assert made.engine.dialect.name == request.param
    yield Hub(made.engine, made.key, made.settings, lambda: NOW)
    made.engine.dispose()


@pytest.fixture
def region(hub: Hub) -> TestRegion:
    return enrolled(hub, TestRegion())


def enrolled(hub: Hub, region: TestRegion) -> TestRegion:
    with writing(hub.engine) as connection:
        invitation = invite(connection, region.code, "Duinrand", "invented", NOW, region.fingerprint)
        request: dict[str, Any] = region.enrolment(invitation)
        keys = [ReviewerKey(**key) for key in request.pop("reviewer_keys")]
        enrol(connection, Enrolment(reviewer_keys=keys, **request), NOW)
    return region


def count(hub: Hub, table: Any) -> int:
    with hub.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_migrations_bring_an_empty_database_up_to_date(hub: Hub) -> None:
    assert is_current(hub.engine, MIGRATIONS)


def test_an_event_is_accepted_once_and_its_receipt_stays_the_same(hub: Hub, region: TestRegion) -> None:
    bodies = [one.body for one in region.release([given.diabetes(800), given.lesson()])]
    first = receive(bodies, hub)
    again = receive([*bodies, *bodies], hub)
    assert [a.outcome for a in first] == ["accepted", "accepted"]
    assert {a.outcome for a in again} == {"duplicate"}
    assert [a.receipt for a in again] == [a.receipt for a in first] * 2
    for answer in first:
        assert answer.receipt is not None
        check_receipt(answer.receipt, hub.key.public)
        assert answer.receipt.accepted_at == "2026-11-22T12:00:00Z"
    assert (count(hub, event), count(hub, indicator_payload), count(hub, lesson)) == (2, 1, 1)


def test_any_order_is_accepted_and_gaps_are_named_until_filled(hub: Hub, region: TestRegion) -> None:
    made = region.release([given.diabetes(800 + year, str(2015 + year)) for year in range(6)])
    receive([made[5].body, made[2].body], hub)
    with hub.engine.connect() as connection:
        assert chain(connection, region.code).gaps == ((1, 2), (4, 5))
    receive([one.body for one in reversed(made)], hub)
    with hub.engine.connect() as connection:
        standing = chain(connection, region.code)
    assert (standing.gaps, standing.events, standing.last_event) == ((), 6, made[5].id)


def test_a_batch_that_contradicts_itself_keeps_what_came_first(hub: Hub, region: TestRegion) -> None:
    one, two = region.release([given.diabetes(800), given.diabetes(810, "2024")])
    twice = signed(msgspec.structs.replace(one.envelope, time="2026-11-22T11:00:00.000Z"), region.service)
    broken = signed(msgspec.structs.replace(two.envelope, previous="d" * 64), region.service)
    conflicting = [to_cloudevent(twice, one.salt, one.payload), to_cloudevent(broken, two.salt, two.payload)]
    answers = receive([one.body, *conflicting, one.body, two.body], hub)
    assert [answer.outcome for answer in answers] == ["accepted", "refused", "refused", "duplicate", "accepted"]
    assert [answer.reason for answer in answers[1:3]] == ["sequence_conflict", "chain_broken"]
    assert (count(hub, event), count(hub, dead_letter)) == (2, 2)


def test_the_signed_bytes_are_kept_as_received(hub: Hub, region: TestRegion) -> None:
    made = region.release([given.diabetes(800)])[0]
    receive([made.body], hub)
    with hub.engine.connect() as connection:
        kept = page(connection, region.code, "network", 0, 10)[0]
    assert (kept.id, kept.salt, kept.payload) == (made.id, made.salt, made.payload)
    assert msgspec.json.decode(kept.envelope, type=type(made.envelope)) == made.envelope


def test_rebuild_makes_the_same_projections_again(hub: Hub, region: TestRegion) -> None:
    receive([one.body for one in region.release([given.diabetes(800), given.diabetes(810, "2024")])], hub)
    receive([one.body for one in region.release([given.lesson()], approvers=1)], hub)
    before = _projections(hub)
    with writing(hub.engine) as connection:
        connection.execute(delete(indicator_payload).where(indicator_payload.c.period == "2024"))
    assert _projections(hub) != before
    assert rebuild(hub.engine).events == 3
    assert _projections(hub) == before


def test_a_place_in_the_chain_cannot_be_taken_twice_even_behind_the_checks(hub: Hub, region: TestRegion) -> None:
    receive([region.release([given.diabetes(800)])[0].body], hub)
    with hub.engine.connect() as connection:
        row = dict(connection.execute(select(event)).mappings().one())
    del row["position"]
    with pytest.raises(IntegrityError), writing(hub.engine) as connection:
        connection.execute(event.insert().values({**row, "id": "f" * 64, "bundle_index": 1}))


def test_two_writers_at_once_store_every_event_once(hub: Hub, region: TestRegion) -> None:
    bodies = [one.body for one in region.release([given.diabetes(800 + i, f"{1900 + i}") for i in range(30)])]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def push(batch: list[bytes]) -> None:
        start.wait()
        for place in range(0, len(batch), 5):
            outcomes.extend(answer.outcome for answer in receive(batch[place : place + 5], hub))

    threads = [threading.Thread(target=push, args=(batch,)) for batch in (bodies, bodies[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("accepted"), outcomes.count("duplicate")) == (30, 30)
    assert (count(hub, event), count(hub, dead_letter)) == (30, 0)


def test_each_reader_gets_the_figures_of_their_own_audience_only(hub: Hub, region: TestRegion) -> None:
    receive([region.release([given.diabetes(800)], "public")[0].body], hub)
    receive([region.release([given.diabetes(900)], "network")[0].body], hub)
    seen = []
    with hub.engine.connect() as connection:
        for reader in ("public", "partners", "network"):
            (one,) = latest(connection, reader, "diabetes-prevalence", "2025", "invented")
            seen += [one.payload.cells[0].value.numerator]  # type: ignore[union-attr]
    assert seen == [800, 800, 900]


def _projections(hub: Hub) -> list[list[Any]]:
    with hub.engine.connect() as connection:
        return [connection.execute(select(t).order_by(t.c.event_id)).all() for t in (indicator_payload, lesson)]  # type: ignore[misc]


def test_one_invitation_enrols_one_set_of_keys_however_many_try_at_once(hub: Hub) -> None:
    with writing(hub.engine) as connection:
        invitation = invite(connection, "XR-VEENKANT", "Veenkant", "invented", NOW)
    enrolled_keys: list[str] = []
    start = threading.Barrier(4)

    def attempt(candidate: TestRegion) -> None:
        request: dict[str, Any] = candidate.enrolment(invitation)
        keys = [ReviewerKey(**key) for key in request.pop("reviewer_keys")]
        start.wait()
        try:
            with writing(hub.engine) as connection:
                enrol(connection, Enrolment(reviewer_keys=keys, **request), NOW)
        except InvitationUnknown:
            return
        enrolled_keys.append(candidate.service.public.hex)

    threads = [threading.Thread(target=attempt, args=(TestRegion("XR-VEENKANT"),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with hub.engine.connect() as connection:
        ring = keyring(connection)["XR-VEENKANT"]
    assert [held.key.hex for held in ring.service.values()] == enrolled_keys
    assert len(enrolled_keys) == 1
