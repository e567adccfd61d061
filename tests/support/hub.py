"""A hub in this process for one test: its application, its regions enrolled over HTTP, and short ways to call it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from flask.testing import FlaskClient

from connectors.database import writing
from hub.bootstrap import application, make_hub
from hub.config import Hub
from hub.intake.enrol import invite
from schemas.cloudevents import BATCH_MEDIA_TYPE
from schemas.codes import PROTOCOL_HEADER
from schemas.receipt import Answer
from tests.support.approval import approve_keys
from tests.support.events import TestRegion

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class RunningHub:
    """A hub and its HTTP client."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.client: FlaskClient = application(hub).test_client()
        self.tokens: dict[str, str] = {}

    def invite(self, code: str) -> str:
        with writing(self.hub.engine) as connection:
            return invite(connection, code, code.title(), "invented", self.hub.clock())

    def enrol(self, region: TestRegion) -> TestRegion:
        response = self.client.post("/api/v1/enrolments", json=region.enrolment(self.invite(region.code)))
        assert response.status_code == 201, response.get_json()
        self.tokens[region.code] = response.get_json()["token"]
        with writing(self.hub.engine) as connection:
            approve_keys(connection, region.code, self.hub.clock())
        return region

    def as_region(self, code: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[code]}"}

    def push(self, code: str, bodies: Sequence[bytes], protocol: int = 1) -> list[Answer]:
        response = self.client.post(
            "/api/v1/events",
            data=b"[" + b",".join(bodies) + b"]",
            content_type=BATCH_MEDIA_TYPE,
            headers=self.as_region(code) | {PROTOCOL_HEADER: str(protocol)},
        )
        assert response.status_code == 200, response.get_json()
        return msgspec.json.decode(response.data, type=list[Answer])


@pytest.fixture
def running_hub(tmp_path: Path) -> Iterator[RunningHub]:
    """Offer a fresh hub on SQLite whose clock stands at NOW."""
    made = make_hub(tmp_path / "hub", {})
    hub = Hub(made.engine, made.key, made.settings, lambda: NOW)
    yield RunningHub(hub)
    made.engine.dispose()
