"""A region with a real node store, and bundles of small events that go through its whole release zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from connectors.database import writing
from node import flow
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.indicators.figures import PublishedTable
from node.release import candidate, review
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.protect import ProtectedIndicator, protect
from node.release.scan import ScannedLesson, scan
from schemas.catalogue import catalogue
from schemas.payloads import Cell, TakenOver
from schemas.signature import SigningKey
from schemas.values import Exact
from tests.support.events import lesson
from tests.support.neighbours import nobody

REGION_SET = "invented"
DIVISION_YEAR = 2023
AUTHOR = "Author"
INDICATOR = "h.gi_bleed"
FIGURE_EVERY = 3
FIRST_YEAR, YEARS = 1950, 100
Small = ProtectedIndicator | ScannedLesson
ORIGIN = TakenOver(
    owner="An owner",
    table="A table",
    url="https://example.org/table",
    licence="CC BY 4.0",
    retrieved_on="2026-11-01",
    file_sha256="f" * 64,
)


@dataclass(frozen=True)
class Region:
    """A node and its two reviewers' keys, which in earnest never come near it."""

    node: Node
    keys: tuple[SigningKey, SigningKey]

    @property
    def code(self) -> str:
        return self.node.settings.region

    @property
    def reviewers(self) -> tuple[review.Reviewer, ...]:
        names = ("First", "Second")
        return tuple(
            review.Reviewer(name, f"{name} hospital", key.public) for name, key in zip(names, self.keys, strict=True)
        )


def make_region(home: Path, code: str, hub_url: str, now: datetime) -> Region:
    """Make a node that is not enrolled yet, and register its reviewers."""
    values = {
        "region": code,
        "name": code.title(),
        "region_set": REGION_SET,
        "division_year": DIVISION_YEAR,
        "areas": [],
        "hub_url": hub_url,
    }
    made = Region(create_node(home, values), (SigningKey.generate(), SigningKey.generate()))
    with writing(made.node.engine) as connection:
        for reviewer in made.reviewers:
            review.register(connection, reviewer, AuditEntry(reviewer.name, "reviewer.joined", "key", now))
    return made


def small_events(names: Sequence[str], first: int = 0) -> list[Small]:
    """Make a lesson for each name, and for every third a figure of two cells instead; `first` counts on from before."""
    made: list[Small] = []
    for number, name in enumerate(names, first):
        if number % FIGURE_EVERY == FIGURE_EVERY - 1:
            month = number // FIGURE_EVERY
            made.append(figure(f"{FIRST_YEAR + month // 12 % YEARS}-{month % 12 + 1:02d}", 1000 + number))
        else:
            made.append(scan(msgspec.structs.replace(lesson(f"Les {name}"), lesson=name)))
    return made


def figure(period: str, count: int) -> ProtectedIndicator:
    """Make a figure taken over from a public table, through the release zone's own door."""
    cells = (Cell(("total",), Exact(count, 20_000)), Cell(("XG-A",), Exact(count // 2, 9_000)))
    table = PublishedTable(catalogue()[INDICATOR], period, DIVISION_YEAR, ("area",), cells, ORIGIN)
    (made,) = protect((), (table,), Earlier(), DisclosurePolicy(), region_set=REGION_SET, division_year=DIVISION_YEAR)
    return made


def approve(region: Region, items: Sequence[Small], now: datetime) -> str:
    """Freeze items as one bundle, let both reviewers approve it, and return its id."""
    entry = AuditEntry(AUTHOR, "bundle.prepared", "faults", now)
    with writing(region.node.engine) as connection:
        bundle = candidate.freeze(
            connection, items, audience="public", subject_key=region.node.secret("subject"), entry=entry, now=now
        )
        for key in region.keys[: bundle.needed]:
            review.approve(connection, bundle.id, region.code, key, now)
    return bundle.id


def publish(node: Node, bundle: str, now: datetime) -> int:
    """Sign an approved bundle onto the chain and put it into the outbox; return the number of events."""
    checked = AuditEntry(AUTHOR, "bundle.checked", bundle, now)
    flow.check_neighbours(node.engine, bundle, node.settings, nobody, checked)
    with writing(node.engine) as connection:
        entry = AuditEntry(AUTHOR, "bundle.published", bundle, now)
        return flow.publish(connection, bundle, node.settings.region, node.service_key(), entry)
