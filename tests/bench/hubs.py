"""Hubs to measure: on a PostgreSQL of the run's own that keeps what it says it keeps (fsync on), and on SQLite."""

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil
from sqlalchemy import URL, create_engine, make_url, text

from connectors.database import open_engine
from hub.bootstrap import make_hub
from hub.config import Hub
from hub.flow import receive
from tests.support.events import TestRegion
from tests.support.hub import RunningHub
from tests.support.postgres import Cluster

_EMPTIED = "TRUNCATE event, indicator_payload, lesson, superseded, dead_letter CASCADE"


class NotAccepted(AssertionError):
    """An event of the bench that the hub did not accept, so that its figures mean nothing."""


@dataclass
class Cost:
    """Seconds of one run: on the clock, on the processor in this process, and in the database server's processes."""

    wall: float
    cpu: float
    server: float


@dataclass
class Server:
    """A PostgreSQL with durable commits, and its processes."""

    url: str
    process: psutil.Process = field(repr=False)

    def cpu(self) -> float:
        """Return the processor seconds of the server and of its processes that are alive."""
        total = 0.0
        for one in (self.process, *self.process.children(recursive=True)):
            try:
                times = one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return total

    def database(self) -> str:
        """Make an empty database and return its address."""
        name = f"bench_{uuid.uuid4().hex[:12]}"
        engine = create_engine(self._address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._address.set(database=name).render_as_string(hide_password=False)

    @property
    def _address(self) -> URL:
        return make_url(self.url).set(drivername="postgresql+psycopg")


@contextmanager
def server(durable: bool = True) -> Iterator[Server]:
    """Start a PostgreSQL for the run; raises PostgresMissing or PostgresNotStarted."""
    cluster = Cluster(durable=durable)
    url = cluster.start()
    try:
        yield Server(url, psutil.Process(cluster.process_id()))
    finally:
        cluster.stop()


def hub_on(folder: Path, url: str | None, regions: Sequence[TestRegion]) -> Hub:
    """Make a hub in a folder, on SQLite where there is no address, with these regions enrolled."""
    hub = make_hub(folder / uuid.uuid4().hex, {} if url is None else {"REGIOHELIX_HUB_DATABASE": url})
    running = RunningHub(hub)
    for region in regions:
        running.enrol(region)
    return hub


def opened(hub: Hub) -> Hub:
    """Return a hub on connections of its own."""
    return Hub(open_engine(hub.settings.database), hub.key, hub.settings, hub.clock)


def received(hub: Hub, bodies: Sequence[bytes], batch: int) -> None:
    """Let a hub receive events in batches; raises NotAccepted."""
    for start in range(0, len(bodies), batch):
        for answer in receive(bodies[start : start + batch], hub):
            if answer.outcome != "accepted":
                raise NotAccepted(f"Event {answer.event_id} was answered {answer.outcome}: {answer.reason}.")


def empty(hub: Hub) -> None:
    """Take every event out of a hub on PostgreSQL, and let the server write back what it still has to."""
    with hub.engine.begin() as connection:
        connection.execute(text(_EMPTIED))
    with hub.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))


@contextmanager
def timed(costs: list[Cost], of: Server | None = None) -> Iterator[None]:
    """Add what the block costs."""
    server_before = of.cpu() if of else 0.0
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    costs.append(Cost(wall, cpu, (of.cpu() if of else 0.0) - server_before))


def spread(values: Sequence[float], digits: int = 2) -> dict[str, float]:
    """Return median, smallest and largest."""
    return {
        "median": round(median(values), digits),
        "min": round(min(values), digits),
        "max": round(max(values), digits),
    }
