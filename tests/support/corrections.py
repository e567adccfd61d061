"""A node with two reviewers, public tables of a few areas, and the steps from a release to its signed events."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import Connection, select

from connectors.database import writing
from node import flow, tables
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.indicators.figures import ComputedIndicator, PublishedTable, WholeTable
from node.release import candidate, review
from node.release.answer import answer, findings_of
from node.release.notice import Notice
from node.release.standing import standing
from schemas import items
from schemas.catalogue import catalogue
from schemas.citation import CitationPublished
from schemas.codes import Audience
from schemas.payloads import Cell, IndicatorPublished, LessonPublished, TakenOver
from schemas.signature import SigningKey
from schemas.values import Exact, NotAvailable, TypedValue
from tests.support.neighbours import nobody

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REGION = "XR-DUINRAND"
INDICATOR = "c19.reported_total"
REASON = "The owner counted again."
WHOLE = WholeTable("Owner", "table", (INDICATOR,))
KEYS = (SigningKey.generate(), SigningKey.generate())
Item = ComputedIndicator | PublishedTable | LessonPublished | CitationPublished | items.Item


def make_node(folder: Path, database: str = "") -> Node:
    """Make a node with two reviewers, on SQLite or on the PostgreSQL that an address names."""
    values = {
        "region": REGION,
        "name": "Duinrand",
        "region_set": "invented",
        "division_year": 2020,
        "areas": [],
        "hub_url": "http://localhost:1",
        "database": database,
    }
    node = create_node(folder, values)
    with writing(node.engine) as connection:
        for name, key in zip(("First", "Second"), KEYS, strict=True):
            person = review.Reviewer(name, f"{name} hospital", key.public)
            review.register(connection, person, AuditEntry(name, "reviewer.joined", key.public.key_id, NOW))
    return node


def table(period: str = "2020-03-02", on: str = "2020-03-03", **values: int | None) -> PublishedTable:
    """Make a day's table: the count of every area, None where the source has no figure."""
    cells = tuple(
        Cell((area,), NotAvailable() if count is None else Exact(count)) for area, count in sorted(values.items())
    )
    origin = TakenOver("Owner", "table", "https://example.org", "CC0", on, "a" * 64)
    return PublishedTable(catalogue()[INDICATOR], period, 2020, ("area",), cells, origin)


def prepared(
    node: Node,
    *given: Item,
    reason: str = "",
    audience: Audience = "public",
    whole: WholeTable | None = None,
    random: Random | None = None,
) -> candidate.FrozenBundle:
    """Freeze what does not stand yet; raises as `flow.release`."""
    computed = [item for item in given if isinstance(item, ComputedIndicator)]
    found = [item for item in given if isinstance(item, PublishedTable)]
    words = [item for item in given if isinstance(item, LessonPublished | CitationPublished | items.Item)]
    with writing(node.engine) as connection:
        return flow.release(
            connection, node.settings, computed, found, words,
            audience=audience, subject_key=node.secret("subject"),
            entry=AuditEntry("Author", "bundle.prepared", "test", NOW), reason=reason, whole=whole, random=random,
        )  # fmt: skip


def announced(node: Node, notice: Notice) -> candidate.FrozenBundle:
    """Freeze a notice for everybody."""
    with writing(node.engine) as connection:
        return candidate.freeze(
            connection, [notice], audience="public", subject_key=node.secret("subject"),
            entry=AuditEntry("Author", "notice.prepared", "test", NOW), now=NOW,
        )  # fmt: skip


def signed(node: Node, bundle: candidate.FrozenBundle) -> Sequence[str]:
    """Answer the desk, let as many reviewers approve as are needed, sign, and return the new events' ids in order."""
    checked = AuditEntry("Author", "bundle.checked", bundle.id, NOW)
    flow.check_neighbours(node.engine, bundle.id, node.settings, nobody, checked)
    with writing(node.engine) as connection:
        answer_all(connection, bundle)
        for key in KEYS[: bundle.needed]:
            review.approve(connection, bundle.id, REGION, key, NOW)
        entry = AuditEntry("Author", "bundle.published", bundle.id, NOW)
        flow.publish(connection, bundle.id, REGION, node.service_key(), entry)
        event = tables.event.c
        return connection.scalars(select(event.id).where(event.bundle_id == bundle.id).order_by(event.sequence)).all()


def answer_all(connection: Connection, bundle: candidate.FrozenBundle) -> None:
    """Answer whatever the desk found in a bundle."""
    codes = [one.kind.code for one in findings_of(connection, bundle.id) if one.is_open]
    if codes:
        entry = AuditEntry("Author", "finding.answered", bundle.id, NOW)
        answer(connection, bundle.id, bundle.state, codes, "Seen, and meant so.", entry)


def stands(node: Node, subject: str) -> dict[str, TypedValue] | None:
    """Return the figures by area that stand of a subject, None where nothing does."""
    with node.engine.connect() as connection:
        found = standing(connection, [subject]).get(subject)
    if found is None or not isinstance(found.content, IndicatorPublished):
        return None
    return {cell.nodes[0]: cell.value for cell in found.content.cells}
