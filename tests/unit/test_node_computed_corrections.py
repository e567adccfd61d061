"""Corrections of figures computed here: refused while they tell of persons; taking them back hides nothing again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from connectors.database import writing
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.indicators.figures import Axis, ComputedIndicator
from node.release import candidate, memory, review
from node.release.protect import RevisionRevealsPersons
from node.release.revise import NothingChanged
from node.release.withdraw import withdraw
from schemas.catalogue import catalogue
from schemas.codes import EventType
from schemas.signature import SigningKey

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEYS = (SigningKey.generate(), SigningKey.generate())
REGION = "XR-DUINRAND"
PEOPLE = np.array([400, 250, 300])
PATIENTS = np.array([75, 30, 63])


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    values = {
        "region": REGION,
        "name": "Duinrand",
        "region_set": "invented",
        "division_year": 2025,
        "areas": [],
        "hub_url": "http://localhost:1",
    }
    made = create_node(tmp_path / "node", values)
    with writing(made.engine) as connection:
        for name, key in zip(("First", "Second"), KEYS, strict=True):
            person = review.Reviewer(name, "Hospital", key.public)
            review.register(connection, person, AuditEntry(name, "reviewer.joined", key.public.key_id, NOW))
    yield made
    made.engine.dispose()


def computed(more: int = 0) -> ComputedIndicator:
    """Make the share of patients in three areas, with so many more patients in the first."""
    patients = PATIENTS + np.array([more, 0, 0])
    axes = (Axis("area", ("XG-A", "XG-B", "XG-C")),)
    return ComputedIndicator(catalogue()["h.gi_bleed"], "2025", axes, patients, patients, PEOPLE, PEOPLE, ("gp",))


def released(node: Node, one: ComputedIndicator) -> candidate.FrozenBundle:
    with writing(node.engine) as connection:
        return flow.release(
            connection, node.settings, (one,), (), (),
            audience="public", subject_key=node.secret("subject"), reason="A late delivery.",
            entry=AuditEntry("Author", "bundle.prepared", "test", NOW),
        )  # fmt: skip


def signed(node: Node, bundle: candidate.FrozenBundle) -> str:
    with writing(node.engine) as connection:
        for key in KEYS[: bundle.needed]:
            review.approve(connection, bundle.id, REGION, key, NOW)
        entry = AuditEntry("Author", "bundle.published", bundle.id, NOW)
        flow.publish(connection, bundle.id, REGION, node.service_key(), entry)
        return str(connection.scalar(select(tables.event.c.id).where(tables.event.c.bundle_id == bundle.id)))


def withdrawn(node: Node, event_id: str) -> None:
    with writing(node.engine) as connection:
        found, notice = withdraw(connection, event_id, "Counted wrongly.")
        bundle = candidate.freeze(
            connection, [notice], audience=found.audience, subject_key=node.secret("subject"),
            entry=AuditEntry("Author", "withdrawal.prepared", event_id, NOW), now=NOW,
        )  # fmt: skip
    signed(node, bundle)


def test_a_run_again_with_one_person_more_is_refused_and_one_without_a_change_is_left_out(node: Node) -> None:
    signed(node, released(node, computed()))
    with pytest.raises(RevisionRevealsPersons):
        released(node, computed(more=1))
    with pytest.raises(NothingChanged):
        released(node, computed())


def test_what_was_withdrawn_stays_known_so_other_figures_are_still_refused(node: Node) -> None:
    event_id = signed(node, released(node, computed()))
    with node.engine.connect() as connection:
        known = memory.earlier(connection)
    withdrawn(node, event_id)
    with node.engine.connect() as connection:
        assert memory.earlier(connection) == known
    with pytest.raises(RevisionRevealsPersons):
        released(node, computed(more=1))
    assert released(node, computed()).items[0].type is EventType.INDICATOR_PUBLISHED
