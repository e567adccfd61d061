"""Signed chains sent to a hub on SQLite and on a real PostgreSQL, at moments that the test chooses."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import flask
import pytest
from sqlalchemy import Table, select

from connectors.database import writing
from hub.bootstrap import application, make_hub
from hub.config import Hub
from hub.flow import receive
from hub.intake.enrol import Enrolment, ReviewerKey, enrol, invite
from tests.support.approval import approve_keys
from tests.support.events import SignedEvent, TestRegion

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@dataclass
class ChainsAtHub:
    """A hub whose clock stands still between deliveries; every delivery of `arrive` comes an hour after the last."""

    made: Hub
    now: datetime = START
    regions: dict[str, TestRegion] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def hub(self) -> Hub:
        """The hub, with the test's clock."""
        return Hub(self.made.engine, self.made.key, self.made.settings, lambda: self.now)

    @cached_property
    def app(self) -> flask.Flask:
        """What the hub answers over HTTP; making it takes longer than most questions."""
        return application(self.hub)

    def enrolled(self, code: str = "XR-DUINRAND") -> TestRegion:
        """Enrol a region with an empty chain."""
        region = TestRegion(code)
        with writing(self.hub.engine) as connection:
            request: dict[str, Any] = region.enrolment(invite(connection, code, code.title(), "invented", self.now))
            keys = [ReviewerKey(**key) for key in request.pop("reviewer_keys")]
            self.tokens[code] = enrol(connection, Enrolment(reviewer_keys=keys, **request), self.now)
            approve_keys(connection, code, self.now)
        self.regions[code] = region
        return region

    def arrive(self, *events: SignedEvent) -> list[str]:
        """Deliver events together, an hour later, and return what the hub answered."""
        self.now += timedelta(hours=1)
        return [answer.outcome for answer in receive([one.body for one in events], self.hub)]

    def content(self, *tables: Table) -> list[tuple[Any, ...]]:
        """Return what tables hold, in an order that says nothing of arrival."""
        held = []
        with self.hub.engine.connect() as connection:
            for table in tables:
                columns = [column for column in table.c if column.name != "position"]
                held += [(table.name, *row) for row in connection.execute(select(*columns))]
        return sorted(held, key=repr)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def chains_at_hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ChainsAtHub]:
    """Offer an empty hub, on either database."""
    environ = {}
    if request.param == "postgresql":
        environ["REGIOHELIX_HUB_DATABASE"] = request.getfixturevalue("postgres_url")
    made = make_hub(tmp_path / "hub", environ)
    yield ChainsAtHub(made)
    made.engine.dispose()
