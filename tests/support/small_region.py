"""A small region with a real node store: two reviewers, lessons and figures that go through its whole release zone."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from connectors.database import writing
from connectors.transport.http import HttpSender
from node import flow
from node.audit import AuditEntry
from node.bootstrap import Node, create_node, enrol
from node.indicators.figures import PublishedTable
from node.release import candidate, review
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.protect import protect
from node.release.scan import scan
from schemas.catalogue import catalogue
from schemas.payloads import Cell, TakenOver
from schemas.signature import SigningKey
from schemas.values import Exact
from tests.support.events import lesson
from tests.support.network import Network

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CODE = "XR-DUINRAND"
REGION_SET = "invented"
ORIGIN = TakenOver("Owner", "table", "https://example.org/table", "CC-BY-4.0", "2026-11-01", "f" * 64)


@dataclass(frozen=True)
class SmallRegion:
    """A node and its two reviewers' keys, which in earnest never come near it."""

    node: Node
    keys: tuple[SigningKey, SigningKey]

    def at(self, node: Node) -> "SmallRegion":
        """Return the same people with another node."""
        return replace(self, node=node)

    def approve(self, name: str) -> str:
        """Freeze a lesson and a figure as one bundle and let both reviewers approve it; `name` is a year."""
        words = scan(msgspec.structs.replace(lesson(f"Les {name}"), lesson=name))
        cells = (Cell(("total",), Exact(1000 + int(name), 20_000)), Cell(("XG-A",), Exact(int(name), 9_000)))
        table = PublishedTable(catalogue()["h.gi_bleed"], name, 2023, ("area",), cells, ORIGIN)
        figures = protect((), (table,), Earlier(), DisclosurePolicy(), region_set=REGION_SET, division_year=2023)
        entry = AuditEntry("Author", "bundle.prepared", name, NOW)
        with writing(self.node.engine) as connection:
            bundle = candidate.freeze(
                connection, [words, *figures], audience="public", subject_key=self.node.secret("subject"),
                entry=entry, now=NOW,
            )  # fmt: skip
            for key in self.keys:
                review.approve(connection, bundle.id, CODE, key, NOW)
        return bundle.id

    def publish(self, bundle: str) -> int:
        """Sign an approved bundle onto the chain."""
        with writing(self.node.engine) as connection:
            entry = AuditEntry("Author", "bundle.published", bundle, NOW)
            return flow.publish(connection, bundle, CODE, self.node.service_key(), entry)

    def release(self, name: str) -> int:
        """Approve and sign a lesson and a figure."""
        return self.publish(self.approve(name))

    def ship(self) -> None:
        """Send what waits."""
        sender = HttpSender(self.node.settings.hub_url, self.node.secret("token").decode())
        flow.ship(self.node.engine, CODE, sender, self.node.hub_key(), lambda: datetime.now(UTC))
        sender.close()


def small_region(home: Path, hub_url: str, database: str = "") -> SmallRegion:
    """Make a node that is not enrolled yet, with its reviewers."""
    values = {
        "region": CODE, "name": "Duinrand", "region_set": REGION_SET, "division_year": 2023, "areas": [],
        "hub_url": hub_url, "database": database,
    }  # fmt: skip
    made = SmallRegion(create_node(home, values), (SigningKey.generate(), SigningKey.generate()))
    with writing(made.node.engine) as connection:
        for reviewer in _reviewers(made):
            review.register(connection, reviewer, AuditEntry(reviewer.name, "reviewer.joined", "key", NOW))
    return made


def enrolled_region(home: Path, network: Network, database: str = "") -> SmallRegion:
    """Make a node and enrol it at a served hub."""
    made = small_region(home, network.url, database)
    enrol(made.node, network.invite(CODE, "Duinrand", REGION_SET), _reviewers(made))
    network.approve(CODE)
    return made


def _reviewers(region: SmallRegion) -> tuple[review.Reviewer, ...]:
    names = ("First", "Second")
    return tuple(
        review.Reviewer(name, f"{name} hospital", key.public) for name, key in zip(names, region.keys, strict=True)
    )
