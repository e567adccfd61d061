"""What all runs share: disks that can be full, one PostgreSQL, one broker, a warm server to fork from, workloads."""

import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cached_property, partial
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec
from kafka.errors import KafkaError, TopicAlreadyExistsError
from kafka.structs import OffsetAndMetadata
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from hub.bootstrap import EVENT_TOPICS
from schemas.codes import DEAD_LETTERS_TOPIC, RECEIPTS_TOPIC
from tests.faults.disks import Disk
from tests.faults.workload import Workload, make_workload
from tests.support.kafka.broker import KafkaBroker
from tests.support.kafka.settings import as_text
from tests.support.postgres import Cluster, PostgresNotStarted
from tests.support.transports_kafka import HASTE

PARTITIONS = 3
MIB = 1 << 20
START_SECONDS = 10.0
BROKER_STARTS = 2
ADMINISTERING = {"bootstrap_timeout_ms": 5_000}
IMPATIENT = {
    "broker.session.timeout.ms": "1500",  # a killed broker is let in again after this long
    "broker.heartbeat.interval.ms": "250",
    "group.min.session.timeout.ms": "1000",  # a killed worker is missed after SESSION, not six seconds and more
    "offsets.topic.num.partitions": "4",  # of 50, each would be opened again at every restart
}
QUICK_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # seconds less for each restart, on few cores
# What is not preloaded is imported by every child anew, which would cost a second each.
PRELOADED = ["tests.faults.roles", "tests.faults.mischief", "psycopg", "requests", "hub.web.pages", "alembic.command"]
# A killed worker's partitions are free again after this long; with production's ten seconds, runs would take longer.
SESSION = {"session_timeout_ms": 2_000, "heartbeat_interval_ms": 400}


class CrashingCluster(Cluster):
    """A PostgreSQL that can be killed and comes back on the same data and port."""

    def crash(self) -> None:
        """End every server process at once; harmless when it is down already."""
        with suppress(PostgresNotStarted):
            self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")

    def revive(self) -> None:
        """Start it again with the options it had; harmless when it runs."""
        with suppress(PostgresNotStarted):
            self._run("pg_ctl", "-D", str(self._folder / "data"), "status")
            return
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-l", str(self._folder / "log"), "-w", "restart")


class CrashingBroker(KafkaBroker):
    """A broker of which one can ask whether its process is there."""

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _format(self) -> None:
        super()._format()
        with (self._home() / "server.properties").open("a", encoding="utf-8") as file:
            file.write(as_text(IMPATIENT))  # the last of two equal names holds

    def _launch(self) -> None:
        if QUICK_START[0] not in self._java:
            self._java[1:1] = QUICK_START
        super()._launch()


class Stage:
    """Real parts that outlive a run. Start it from the main thread and close it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="regiohelix-faults-"))
        self.folder.chmod(0o755)  # PostgreSQL runs as another user
        self.nodes = Disk(self.folder / "nodes", 64 * MIB)
        self.hub = Disk(self.folder / "hub", 64 * MIB)
        self.postgres = Disk(self.folder / "postgres", 512 * MIB)
        self.kafka = Disk(self.folder / "kafka", 512 * MIB)
        self.context: ForkServerContext = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(PRELOADED)
        self._workloads: dict[int, Workload] = {}

    @cached_property
    def cluster(self) -> CrashingCluster:
        """The one PostgreSQL; raises PostgresMissing."""
        with _temporary_folders_in(self.postgres.path):
            cluster = CrashingCluster()
        self._server = create_engine(
            make_url(cluster.start()).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,  # a crash leaves no connection that only seems to be there
        )
        return cluster

    @cached_property
    def broker(self) -> CrashingBroker:
        """The one broker, with its topics; raises JavaMissing or JarsNotFetched."""
        broker = CrashingBroker()
        with _temporary_folders_in(self.kafka.path):
            broker.start()
        for topic in (*EVENT_TOPICS, RECEIPTS_TOPIC, DEAD_LETTERS_TOPIC):
            with suppress(TopicAlreadyExistsError):
                broker.create_topic(topic, PARTITIONS)
        return broker

    def workload(self, events_per_bundle: int) -> Workload:
        """Return the templates of one size, made when first asked for."""
        if events_per_bundle not in self._workloads:
            name = f"template_{events_per_bundle}"
            url = self.make_database(name)
            place = self.folder / name
            place.mkdir()
            self._workloads[events_per_bundle] = make_workload(place, events_per_bundle, url)
        return self._workloads[events_per_bundle]

    def make_database(self, name: str, template: str = "template0") -> str:
        """Make a PostgreSQL database and return its address."""
        assert self.cluster
        with self._server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return self._server.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)

    def copy_database(self, name: str, to: str) -> None:
        """Copy a database whose users are all gone, or as good as; raises DBAPIError when the server is down."""
        with self._server.connect() as connection:
            gone = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
            connection.execute(gone, {"name": name})
        _retried(partial(self.make_database, to, name), DBAPIError)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        with self._server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))

    def keep(self, place: Path, kept: Path) -> None:
        """Copy what a run's processes said to where it outlives the stage, with the end of what the broker said."""
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(place, kept)
        if "broker" in self.__dict__:  # else no run of this stage needed one
            (kept / "broker.log").write_text(self.broker.log_tail(), encoding="utf-8")

    def kafka_config(self) -> dict[str, Any]:
        """Return how clients reach the broker: as its administrator, noticing an outage within a run."""
        return {**self.broker.client_config(), **HASTE, **SESSION}

    def skip_messages(self, codes: Sequence[str]) -> dict[tuple[str, int], int]:
        """Drop all messages that are in the topics and let nodes begin behind them; return where the hub begins.

        Dropping saves room and no more: a broker killed soon, or without room to note it, has them back. One whose disk
        was full may end a moment after the run that filled it; it is started again.
        """
        for _ in range(BROKER_STARTS):
            with suppress(KafkaError):
                return self._skip_messages(codes)
            self.broker.restart()
        return self._skip_messages(codes)

    def _skip_messages(self, codes: Sequence[str]) -> dict[tuple[str, int], int]:
        with closing(KafkaAdminClient(**{**self.broker.client_config(), **ADMINISTERING})) as administrator:
            return self._skipped(administrator, codes)

    def _skipped(self, administrator: KafkaAdminClient, codes: Sequence[str]) -> dict[tuple[str, int], int]:
        places = [TopicPartition(topic, n) for topic in (*EVENT_TOPICS, RECEIPTS_TOPIC) for n in range(PARTITIONS)]
        found = administrator.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
        ends = {place: one.offset for place, one in found.items()}
        administrator.delete_records(ends)
        receipts = {
            place: OffsetAndMetadata(end, "", -1) for place, end in ends.items() if place.topic == RECEIPTS_TOPIC
        }
        for code in codes:
            _retried(partial(administrator.alter_group_offsets, f"regiohelix-node-{code}", receipts), KafkaError)
        return {(place.topic, place.partition): end for place, end in ends.items() if place.topic != RECEIPTS_TOPIC}

    def close(self) -> None:
        """Stop everything and remove it."""
        if "cluster" in self.__dict__:
            self._server.dispose()
            self.cluster.crash()
        if "broker" in self.__dict__:
            self.broker.stop()
        for disk in (self.nodes, self.hub, self.postgres, self.kafka):
            disk.free()
            disk.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _retried(act: Callable[[], object], error: type[Exception]) -> None:
    """Do something until a server that is not quite ready for it lets it happen; raises the error in the end."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            act()
            return
        except error:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextmanager
def _temporary_folders_in(place: Path) -> Iterator[None]:
    before, tempfile.tempdir = tempfile.tempdir, str(place)
    try:
        yield
    finally:
        tempfile.tempdir = before
