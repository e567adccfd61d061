"""A hub without its HTTP side, once on SQLite and once on a real PostgreSQL, and regions enrolled at it directly."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.database import writing
from hub.bootstrap import make_hub
from hub.config import Hub
from hub.intake.enrol import Enrolment, ReviewerKey, enrol, invite
from schemas.payloads import KeyEnrolled, KeyRevoked, key_proof_message
from schemas.signature import Purpose, SigningKey
from tests.support.approval import approve_keys
from tests.support.events import TestRegion

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """Offer the clock of the hub under test."""
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def stored_hub(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Hub]:
    """Offer a fresh hub on each database."""
    environ = {}
    if request.param == "postgresql":
        environ["REGIOHELIX_HUB_DATABASE"] = request.getfixturevalue("postgres_url")
    made = make_hub(tmp_path / "hub", environ)
    assert made.engine.dialect.name == request.param
    yield Hub(made.engine, made.key, made.settings, clock)
    made.engine.dispose()


def join(hub: Hub, region: TestRegion, invitation: str | None = None) -> TestRegion:
    """Enrol a region with its keys, by this invitation or by a first one."""
    with writing(hub.engine) as connection:
        used = invitation or invite(connection, region.code, region.code.title(), "invented", hub.clock())
        request: dict[str, Any] = region.enrolment(used)
        keys = [ReviewerKey(**key) for key in request.pop("reviewer_keys")]
        enrol(connection, Enrolment(reviewer_keys=keys, **request), hub.clock())
        approve_keys(connection, region.code, hub.clock())
    return region


def new_key(code: str, key: SigningKey, use: str = "service", role: str = "data owner") -> KeyEnrolled:
    """Return the payload that enrols a key, with its holder's proof."""
    hex_ = key.public.hex
    proof = key.sign(Purpose.ENROLMENT, key_proof_message(code, hex_, use))
    return KeyEnrolled(hex_, "service" if use == "service" else "reviewer", role, proof)


def old_key(key: SigningKey) -> KeyRevoked:
    """Return the payload that revokes a key."""
    return KeyRevoked(key.public.key_id, "A new key took its place.")
