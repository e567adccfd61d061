"""What a run releases: approved bundles in node stores, and what the hub holds of them without any fault."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from connectors.secret_files import write_secret
from connectors.transport.memory import MemoryTransport
from hub.bootstrap import make_hub, open_hub
from hub.flow import receive
from node import flow, tables
from node.bootstrap import open_node
from schemas.signature import PublicKey
from tests.faults.check import Content, content
from tests.faults.plan import BUNDLES
from tests.faults.regions import approve, make_region, publish, small_events
from tests.support.events import TestRegion
from tests.support.hub import RunningHub

CODES = ("XR-EEN", "XR-TWEE", "XR-DRIE")
START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
# The hours by which the signing clock is off from one bundle to the next: chains do not hang on clocks.
ASTRAY = (0, 5, -30, 0, 24 * 400, 0, -24 * 800, 2)
DATABASE = "REGIOHELIX_HUB_DATABASE"


@dataclass(frozen=True)
class Member:
    """One region's template: its node's folder, its approved bundles with the moments they are signed at, its key."""

    home: Path
    bundles: tuple[tuple[str, datetime], ...]
    key: PublicKey


@dataclass(frozen=True)
class Workload:
    """Templates that runs copy, and the outcome that every run must reach.

    `ids` are each region's events in order; `bodies` all events as they travel; `tokens` go by kind of database.
    """

    hub_home: Path
    hub_key: PublicKey
    members: Mapping[str, Member]
    tokens: Mapping[str, Mapping[str, str]]
    expected: Content
    ids: Mapping[str, tuple[str, ...]]
    bodies: frozenset[bytes]


def make_workload(folder: Path, events_per_bundle: int, postgres_url: str) -> Workload:
    """Make regions, let bundles be approved, enrol all in an SQLite file and in PostgreSQL, and run without faults."""
    hub = make_hub(folder / "hub", {})
    regions = {code: make_region(folder / code, code, "http://127.0.0.1:1", START) for code in CODES}
    other = open_hub(folder / "hub", {DATABASE: postgres_url}, make_tables=True)
    tokens: dict[str, dict[str, str]] = {}
    for name, one in (("sqlite", hub), ("postgres", other)):
        running = RunningHub(one)
        for region in regions.values():
            running.enrol(TestRegion(region.code, region.node.service_key(), region.keys))
        tokens[name] = dict(running.tokens)
        one.engine.dispose()
    members = {}
    for code, region in regions.items():
        write_secret(region.node.settings.secret("hub.pub"), hub.key.public.hex.encode())
        write_secret(region.node.settings.secret("token"), tokens["sqlite"][code].encode())
        bundles = []
        for number in range(BUNDLES):
            moment = START + timedelta(minutes=number, hours=ASTRAY[number % len(ASTRAY)])
            names = [f"les-{number}-{item}" for item in range(events_per_bundle)]
            bundles.append((approve(region, small_events(names, number * events_per_bundle), moment), moment))
        members[code] = Member(folder / code, tuple(bundles), region.node.service_key().public)
        region.node.engine.dispose()
    expected, ids, bodies = _without_faults(folder, members)
    return Workload(folder / "hub", hub.key.public, members, tokens, expected, ids, bodies)


def copy_of(home: Path, to: Path) -> Path:
    """Copy a template's folder, whose database nobody has open."""
    shutil.copytree(home, to)
    return to


def _without_faults(
    folder: Path, members: Mapping[str, Member]
) -> tuple[Content, dict[str, tuple[str, ...]], frozenset[bytes]]:
    """Release and ship everything on copies, nothing going wrong; return the hub's content, event ids and bodies."""
    place = folder / "without-faults"
    home = copy_of(folder / "hub", place / "hub")
    hub = open_hub(home, {DATABASE: f"sqlite:///{home / 'hub.sqlite'}"})
    ids: dict[str, tuple[str, ...]] = {}
    bodies: set[bytes] = set()
    for code, member in members.items():
        node = open_node(copy_of(member.home, place / code))
        for bundle, moment in member.bundles:
            publish(node, bundle, moment)
        sender = MemoryTransport(lambda sent, code=code: receive(sent, hub, code))  # type: ignore[misc]
        flow.ship(node.engine, code, sender, hub.key.public, hub.clock)
        ids[code], sent = _outbox(node.engine)
        bodies |= sent
        node.engine.dispose()
    with hub.engine.connect() as connection:
        expected = content(connection)
    hub.engine.dispose()
    shutil.rmtree(place)
    return expected, ids, frozenset(bodies)


def _outbox(engine: Engine) -> tuple[tuple[str, ...], set[bytes]]:
    columns = (tables.outbox.c.event_id, tables.outbox.c.body)
    with engine.connect() as connection:
        rows = connection.execute(select(*columns).order_by(tables.outbox.c.sequence)).all()
    return tuple(row.event_id for row in rows), {bytes(row.body) for row in rows}
