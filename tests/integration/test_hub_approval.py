"""A region's keys count only when an operator has compared their fingerprint with what its people read out."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from connectors.database import writing
from hub.__main__ import cli
from hub.flow import receive
from hub.intake.approval import FingerprintMismatch, NothingToApprove, approve, awaiting
from hub.intake.enrol import invite
from hub.tables import audit_log
from schemas.fingerprint import digits_of, fingerprint
from schemas.signature import SigningKey
from tests.support.events import TestRegion, lesson
from tests.support.hub import NOW, RunningHub


def fingerprint_of(region: TestRegion) -> str:
    return fingerprint(region.service.public.hex, [key.public.hex for key in region.reviewers])


def enrolled(running: RunningHub, region: TestRegion, expected: str | None = None) -> dict[str, str]:
    with writing(running.hub.engine) as connection:
        invitation = invite(connection, region.code, "Duinrand", "invented", NOW, expected)
    response = running.client.post("/api/v1/enrolments", json=region.enrolment(invitation))
    told: dict[str, str] = response.get_json()
    running.tokens[region.code] = told.get("token", "")
    return told


def test_events_wait_in_the_outbox_until_the_fingerprint_is_approved(running_hub: RunningHub) -> None:
    region = TestRegion()
    told = enrolled(running_hub, region)
    assert told["awaiting"] == fingerprint_of(region)
    (event,) = region.release([lesson()])
    refused = running_hub.client.post("/api/v1/events", data=b"[]", headers=running_hub.as_region(region.code),
                                      content_type="application/cloudevents-batch+json")  # fmt: skip
    assert refused.status_code == 403
    assert fingerprint_of(region) in refused.get_json()["detail"]
    with writing(running_hub.hub.engine) as connection:
        approve(connection, region.code, fingerprint_of(region).upper().replace(" ", "-"), NOW)
        assert awaiting(connection, region.code) is None
    assert running_hub.push(region.code, [event.body])[0].outcome == "accepted"


def test_an_event_that_a_broker_brought_before_the_approval_comes_in_after_it(running_hub: RunningHub) -> None:
    region = TestRegion()
    enrolled(running_hub, region)
    (event,) = region.release([lesson()])
    (answer,) = receive([event.body], running_hub.hub)
    assert (answer.outcome, answer.reason) == ("refused", "not_approved")
    home = str(running_hub.hub.settings.home)
    done = CliRunner().invoke(cli, ["approve", region.code, "--fingerprint", fingerprint_of(region), "--home", home])
    assert done.exit_code == 0
    assert "1 event that waited is in" in done.output
    assert receive([event.body], running_hub.hub)[0].outcome == "duplicate"


def test_another_fingerprint_is_refused_and_logged(running_hub: RunningHub) -> None:
    region, stranger = TestRegion(), TestRegion("XR-STRANGER")
    enrolled(running_hub, region)
    home = str(running_hub.hub.settings.home)
    done = CliRunner().invoke(cli, ["approve", region.code, "--fingerprint", fingerprint_of(stranger), "--home", home])
    assert isinstance(done.exception, FingerprintMismatch)
    with running_hub.hub.engine.connect() as connection:
        actions = connection.scalars(select(audit_log.c.action)).all()
    assert "fingerprint refused" in actions
    with running_hub.hub.engine.begin() as connection, pytest.raises(FingerprintMismatch):
        approve(connection, region.code, fingerprint_of(stranger), NOW)
    with running_hub.hub.engine.connect() as connection:
        assert awaiting(connection, region.code) == fingerprint_of(region)
        with pytest.raises(NothingToApprove):
            approve(connection, stranger.code, fingerprint_of(stranger), NOW)


def test_an_invitation_for_known_keys_is_good_for_no_others(running_hub: RunningHub) -> None:
    region, thief = TestRegion(), TestRegion()
    with writing(running_hub.hub.engine) as connection:
        invitation = invite(connection, region.code, "Duinrand", "invented", NOW, fingerprint_of(region))
    stolen = running_hub.client.post("/api/v1/enrolments", json=thief.enrolment(invitation))
    assert stolen.status_code == 403
    good = running_hub.client.post("/api/v1/enrolments", json=region.enrolment(invitation))
    assert (good.status_code, good.get_json()["awaiting"]) == (201, "")


def test_every_key_is_in_the_fingerprint() -> None:
    keys = [SigningKey.generate().public.hex for _ in range(4)]
    of_all = fingerprint(keys[0], keys[1:])
    assert of_all == fingerprint(keys[0], reversed(keys[1:]))
    assert len({of_all, fingerprint(keys[1], [keys[0], *keys[2:]]), fingerprint(keys[0], keys[1:3])}) == 3
    assert len(digits_of(of_all)) == 32
