"""Twenty-five GGD nodes and one hub in this process, under a clock that the replay of real revisions sets."""

import csv
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from connectors.database import writing
from connectors.transport.memory import MemoryTransport
from demo import ggd
from hub import flow as hub_flow
from hub.audit import utc_text
from hub.bootstrap import make_hub
from hub.config import Hub
from hub.intake.enrol import Enrolment, ReviewerKey, enrol, enrolment_message, invite
from hub.serving.figures import AcceptedIndicator, latest, offers
from node import flow as node_flow
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.commands.inspection import verify_chain
from node.indicators.figures import PublishedTable, WholeTable
from node.indicators.take_over import left_out, take_over, whole_table
from node.release import review
from node.release.revise import NothingChanged
from schemas.codes import Audience
from schemas.signature import Purpose, SigningKey
from schemas.values import Exact, NotAvailable, Rounded, Withdrawn
from tests.support.approval import approve_keys

DATA = Path(__file__).parent / "replay_data"
MEMBERS = ggd.DATA.parent / "regions" / "municipalities_2023.csv"
AUDIENCE: Audience = "public"
State = dict[tuple[str, str], str]  # (area, period) to the figure's text, empty where the source has none


@dataclass
class Clock:
    """The one clock of the hub and all nodes; `UTC` moments only."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Region:
    """A node with its two reviewers' keys and its way to the hub."""

    node: Node
    service: SigningKey
    reviewers: tuple[SigningKey, SigningKey]
    sender: MemoryTransport


@dataclass
class Replay:
    """The hub and its 25 regions; `mappings` holds the mapping files beside the membership of municipalities."""

    hub: Hub
    clock: Clock
    regions: dict[str, Region]
    mappings: Path
    events: int = 0
    bundles: int = 0
    notes: set[str] = field(default_factory=set)

    def release(self, table: Path, mapping: str, reason: str = "", months: Sequence[str] = ()) -> None:
        """Let every region take a public table over and send what is new, changed or gone, a bundle per month.

        Without `months` all of the table is one bundle.
        """
        of = self.mappings / mapping
        whole = whole_table(table, of)
        self.notes |= set(left_out(table, of))
        for code, region in self.regions.items():
            tables = take_over(table, of, code)
            for month in months or ("",):
                chosen = [one for one in tables if one.period.startswith(month)]
                if chosen or whole:
                    self._bundle(region, chosen, whole, reason)
            self._ship(region)

    def state(self, indicator: str, known_on: datetime | None = None) -> State:
        """Return every figure that the public sees at the hub, or saw on a moment."""
        moment = None if known_on is None else utc_text(known_on)
        found: State = {}
        with self.hub.engine.connect() as connection:
            periods = next(
                (o.periods for o in offers(connection, AUDIENCE, self.hub.clock()) if o.indicator == indicator), ()
            )
            for period in periods:
                for one in latest(connection, AUDIENCE, indicator, period, ggd.REGION_SET, moment):
                    for cell in one.payload.cells if isinstance(one, AcceptedIndicator) else ():
                        match cell.value:
                            case Exact(numerator=text) | Rounded(value=text):
                                found[cell.nodes[0], period] = str(text)
                            case NotAvailable():
                                found[cell.nodes[0], period] = ""
                            case Withdrawn():
                                continue
        return found

    def chained(self) -> int:
        """Verify every region's chain, at its node, and return how many events they hold."""
        total = 0
        for region in self.regions.values():
            with region.node.engine.connect() as connection:
                total += verify_chain(connection, region.service.public)
        return total

    def _bundle(self, region: Region, tables: Sequence[PublishedTable], whole: WholeTable | None, reason: str) -> None:
        node = region.node
        with writing(node.engine) as connection:
            try:
                bundle = node_flow.release(
                    connection, node.settings, (), tables, (),
                    audience=AUDIENCE, subject_key=node.secret("subject"),
                    entry=AuditEntry("Author", "bundle.prepared", "replay", self.clock.now), reason=reason, whole=whole,
                )  # fmt: skip
            except NothingChanged:
                return
            for key in region.reviewers[: bundle.needed]:
                review.approve(connection, bundle.id, node.settings.region, key, self.clock.now)
            entry = AuditEntry("Author", "bundle.published", bundle.id, self.clock.now)
            self.events += node_flow.publish(connection, bundle.id, node.settings.region, region.service, entry)
            self.bundles += 1

    def _ship(self, region: Region) -> None:
        shipped = node_flow.ship(
            region.node.engine, region.node.settings.region, region.sender, self.hub.key.public, self.clock
        )
        assert shipped.refused == 0


@contextmanager
def replaying(folder: Path, start: datetime) -> Iterator[Replay]:
    """Make the hub and the 25 regions with the municipalities of 2020 to 2023, and close them at the end."""
    clock = Clock(start)
    made = make_hub(folder / "hub", {})
    hub = Hub(made.engine, made.key, made.settings, clock)
    mappings = folder / "mappings"
    shutil.copytree(DATA, mappings)
    names = _write_members(mappings / "members.csv")
    regions = {code: _region(hub, folder, code, name) for code, name in sorted(names.items())}
    try:
        yield Replay(hub, clock, regions, mappings)
    finally:
        made.engine.dispose()
        for region in regions.values():
            region.node.engine.dispose()


def moment_of(version: Path) -> datetime:
    """Return the commit time that the name of a version's file starts with."""
    return datetime.strptime(version.name.partition("_")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _write_members(file: Path) -> dict[str, str]:
    """Write which region a municipality belongs to, merged ones included; return the regions' names."""
    names: dict[str, str] = {}
    rows = []
    for source in (MEMBERS, DATA / "municipalities_until_2022.csv"):
        with source.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                names.setdefault(row["region"], row.get("region_name") or "")
                rows.append(f"{row['municipality']},{row['region']}\n")
    file.write_text("municipality,region\n" + "".join(rows), encoding="utf-8")
    return names


def _region(hub: Hub, folder: Path, code: str, name: str) -> Region:
    values = {
        "region": code,
        "name": name,
        "region_set": ggd.REGION_SET,
        "division_year": 2023,
        "areas": [],
        "hub_url": "http://localhost:1",
    }
    node = create_node(folder / code, values)
    service, reviewers = node.service_key(), (SigningKey.generate(), SigningKey.generate())
    now = hub.clock()
    with writing(node.engine) as connection:
        for number, key in enumerate(reviewers, start=1):
            person = review.Reviewer(f"Reviewer {number}", f"Organisation {number}", key.public)
            review.register(connection, person, AuditEntry(person.name, "reviewer.joined", key.public.key_id, now))
    with writing(hub.engine) as connection:
        invitation = invite(connection, code, name, ggd.REGION_SET, now)
        keys = tuple(ReviewerKey(key.public.hex, "Organisation") for key in reviewers)
        bare = Enrolment(code, invitation, service.public.hex, keys, "")
        proof = service.sign(Purpose.ENROLMENT, enrolment_message(bare))
        enrol(connection, Enrolment(code, invitation, service.public.hex, keys, proof), now)
        approve_keys(connection, code, now)
    return Region(node, service, reviewers, MemoryTransport(lambda bodies: hub_flow.receive(bodies, hub, code)))
