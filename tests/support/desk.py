"""Steps at the review desk on a small node: who joins, answers, approves, holds and publishes."""

from datetime import datetime

import numpy as np
from sqlalchemy import select

from connectors.database import writing
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node
from node.indicators.figures import Axis, ComputedIndicator
from node.release import officer, review
from node.release.answer import answer, findings_of
from node.release.candidate import FrozenBundle
from node.release.states import BundleState
from schemas.catalogue import catalogue
from schemas.signature import SigningKey
from tests.support.corrections import NOW, REGION
from tests.support.neighbours import nobody

OFFICER = SigningKey.generate()


def join(node: Node, name: str, key: SigningKey, at: datetime = NOW) -> None:
    with writing(node.engine) as connection:
        officer.register(connection, officer.Officer(name, key.public), AuditEntry(name, "officer.joined", "key", at))


def hold(node: Node, bundle: str, key: SigningKey = OFFICER, reason: str = "Ask the practices first.") -> FrozenBundle:
    with writing(node.engine) as connection:
        return officer.hold(connection, bundle, key.public, reason, AuditEntry("officer", "bundle.held", bundle, NOW))


def lift(node: Node, bundle: str, key: SigningKey = OFFICER) -> FrozenBundle:
    with writing(node.engine) as connection:
        entry = AuditEntry("officer", "bundle.hold_lifted", bundle, NOW)
        return officer.lift(connection, bundle, key.public, "They agreed.", entry)


def approve(node: Node, bundle: str, key: SigningKey) -> BundleState:
    with writing(node.engine) as connection:
        return review.approve(connection, bundle, REGION, key, NOW).state


def publish(node: Node, bundle: str) -> int:
    checked = AuditEntry("Author", "bundle.checked", bundle, NOW)
    flow.check_neighbours(node.engine, bundle, node.settings, nobody, checked)
    with writing(node.engine) as connection:
        entry = AuditEntry("Author", "bundle.published", bundle, NOW)
        return flow.publish(connection, bundle, REGION, node.service_key(), entry)


def answered(node: Node, bundle: FrozenBundle, code: str, by: str = "Author", why: str = "Seen, and meant so.") -> int:
    with writing(node.engine) as connection:
        entry = AuditEntry(by, "finding.answered", bundle.id, NOW)
        return answer(connection, bundle.id, bundle.state, [code], why, entry)


def codes(node: Node, bundle: FrozenBundle) -> set[str]:
    with node.engine.connect() as connection:
        return {one.kind.code for one in findings_of(connection, bundle.id)}


def audit(node: Node) -> list[tuple[str, str]]:
    with node.engine.connect() as connection:
        rows = connection.execute(select(tables.audit_log).order_by(tables.audit_log.c.id))
        return [(row.actor, row.action) for row in rows]


def computed(
    patients: list[int], people: list[int], period: str = "2025", what: str = "h.gi_bleed"
) -> ComputedIndicator:
    axes = (Axis("area", tuple(f"XG-{place}" for place in range(len(people)))),)
    ill, all_ = np.array(patients), np.array(people)
    return ComputedIndicator(catalogue()[what], period, axes, ill, ill, all_, all_, ("gp",))


def mostly_hidden() -> ComputedIndicator:
    return computed([3, 4, 5, 6, 60], [400, 410, 420, 430, 440])
