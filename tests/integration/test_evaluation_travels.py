"""An evaluation from a region's desk to the hub's readers: as it was approved, and destroyed where it is redacted."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from connectors.database import writing
from hub.bootstrap import application, make_hub
from hub.config import Hub
from hub.intake.enrol import invite
from node import flow
from node.audit import AuditEntry
from node.bootstrap import enrol
from node.evaluation.asked import AskedEvaluation
from node.release import candidate, redact, review
from node.tables import event as event_table
from node.tables import item as item_table
from tests.support.approval import approve_keys
from tests.support.evaluations import QUARTERS, publish_figures, record_intervention
from tests.support.served import served
from tests.support.small_region import CODE, NOW, REGION_SET, SmallRegion, small_region


@dataclass
class Line:
    """A region enrolled at a hub that is served in this process."""

    client: FlaskClient
    region: SmallRegion

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def release(self, bundle: candidate.FrozenBundle) -> str:
        """Approve, sign and ship a bundle; return its last event."""
        with writing(self.region.node.engine) as connection:
            for key in self.region.keys[: bundle.needed]:
                review.approve(connection, bundle.id, CODE, key, NOW)
        self.region.publish(bundle.id)
        self.region.ship()
        newest = select(event_table.c.id).order_by(event_table.c.sequence.desc())
        with self.region.node.engine.connect() as connection:
            return str(connection.scalars(newest).first())


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    made = make_hub(tmp_path / "hub", {})
    hub = Hub(made.engine, made.key, made.settings, lambda: NOW)
    app = application(hub)
    with served(app) as port:
        region = small_region(tmp_path / "node", f"http://127.0.0.1:{port}")
        with writing(hub.engine) as connection:
            invitation = invite(connection, CODE, "Duinrand", REGION_SET, NOW)
        with region.node.engine.connect() as connection:
            people = review.reviewers(connection)
        enrol(region.node, invitation, people)
        with writing(hub.engine) as connection:
            approve_keys(connection, CODE, NOW)
        yield Line(app.test_client(), region)
        region.node.engine.dispose()
        hub.engine.dispose()


def entry(subject: str) -> AuditEntry:
    return AuditEntry("Author", "bundle.prepared", subject, NOW)


def test_what_was_approved_is_what_readers_get_until_it_is_destroyed(line: Line, tmp_path: Path) -> None:
    node = line.region.node
    record_intervention(line.region, tmp_path)
    publish_figures(line.region, audience="public")
    key = node.secret("subject")
    with writing(node.engine) as connection:
        bundle = flow.release(
            connection, node.settings, (), (), (), (AskedEvaluation("thuisarts", QUARTERS, "analyst"),),
            audience="public", subject_key=key, entry=entry("thuisarts"),
        )  # fmt: skip
    event_id = line.release(bundle)
    found = line.get(f"/api/v1/evaluations/{event_id}").get_json()
    assert (found["outcome"], found["payload"]["made_by"]) == ("fits_effect", "analyst")
    assert [one["state"] for one in found["evidence"]] == ["stands"] * len(QUARTERS)
    assert "Huisarts aan huis" in line.get(f"/regions/{CODE}").text

    publish_figures(line.region, QUARTERS[:1], audience="public", more=7)
    line.region.ship()
    found = line.get(f"/api/v1/evaluations/{event_id}").get_json()
    assert [one["state"] for one in found["evidence"]] == ["corrected"] + ["stands"] * (len(QUARTERS) - 1)

    with writing(node.engine) as connection:
        _, notice = redact.order(connection, event_id, "The title told too much.")
        assert any("its evaluation and salt are destroyed" in line for line in notice.summary)
        bundle = candidate.freeze(
            connection, [notice], audience="public", subject_key=key, entry=entry(event_id), now=NOW
        )
    line.release(bundle)
    assert line.get(f"/api/v1/evaluations/{event_id}").status_code == 410
    assert "Huisarts aan huis" not in line.get(f"/regions/{CODE}").text
    with node.engine.connect() as connection:
        kept = connection.scalars(select(item_table.c.payload).where(item_table.c.title == redact.DESTROYED)).all()
    assert kept == [b""]
