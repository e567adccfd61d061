"""One run: set up, let things go wrong as planned, bring everything back, wait until it settles, check."""

import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from connectors.database import open_engine, writing
from connectors.secret_files import write_secret
from hub.intake.position import keep_positions
from hub.tables import event
from node.bootstrap import open_node
from tests.faults.actor import Actor
from tests.faults.check import Untrue, check_hub, check_node
from tests.faults.mischief import publish_again, stand_between
from tests.faults.patience import Patience
from tests.faults.plan import MISCHIEF, Fault, Kind, Plan
from tests.faults.roles import controls, publish_bundles, receive_for_hub, serve_hub, ship_outbox
from tests.faults.stage import Stage
from tests.faults.strike import COPY, KEEP_BROKER_DOWN, STRIKES
from tests.faults.workload import CODES, DATABASE, copy_of
from tests.support.kafka.broker import free_ports

TICK_SECONDS = 0.03
SETTLE_SECONDS = 40.0
LONGEST_RUN_SECONDS = 120.0
HANG_SECONDS = 12.0  # that a broker may need to start on few cores
STUCK_SECONDS = 1.0  # without an answer, an event is due again by the node's clock after this long of no progress
OVERDUE_SECONDS = 11 * 60.0  # a minute more than node.release.outbox.ANSWER_OVERDUE; then four times that, and so on
LONGEST_SECONDS = 2 * 24 * 3600.0  # no wait of the outbox is longer


class Unsettled(AssertionError):
    """A run in which events still waited long after the last fault."""


@dataclass
class Outcome:
    """What one run did: strikes and spoilt messages by kind, and what was wrong afterwards, if anything."""

    seed: int
    seconds: float = 0.0
    events: int = 0
    strikes: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    dead_letters: int = 0
    failure: str | None = None


class Run:
    """The processes and files of one run."""

    def __init__(self, stage: Stage, plan: Plan) -> None:
        self.stage: Stage = stage
        self.plan = plan
        self.outcome = Outcome(plan.seed)
        self.codes = CODES[: plan.regions]
        self.workload = stage.workload(plan.events_per_bundle)
        self.place = stage.folder / f"run-{plan.seed}"
        self.place.mkdir()
        self.homes = {code: stage.nodes.path / f"run-{plan.seed}" / code for code in self.codes}
        self.controls = controls(stage.context)
        self.publishers: list[Actor] = []
        self.shippers: list[Actor] = []
        self.hubs: list[Actor] = []  # HTTP servers or workers
        self._between: list[Actor] = []
        self._open: dict[int, Fault] = {}
        self.missing_at_copy = 0  # events that the hub did not hold yet when it was copied
        self._make_hub()
        self._make_nodes(self._make_link())

    @property
    def actors(self) -> list[Actor]:
        return [*self.publishers, *self.shippers, *self.hubs, *self._between]

    def execute(self) -> Outcome:
        """Do it all and return the outcome; a check that fails is in it, not raised."""
        began = time.monotonic()
        try:
            self._suffer()
            self._settle()
            while self._stop() and time.monotonic() - began < LONGEST_RUN_SECONDS:
                self._settle()
            self._check()
        except (AssertionError, ValueError) as wrong:
            self.outcome.failure = f"{type(wrong).__name__}: {wrong}"
        finally:
            self._clear()
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    def call_reserve(self) -> None:
        """Let one more worker join the hub's group."""
        self.hubs.append(self._worker(len(self.hubs) + 1))

    def keep_alive(self) -> None:
        """Start what is gone and not held down, as service managers would: processes, and the broker."""
        for actor in self.actors:
            actor.keep_alive()
        held = any(fault.kind in KEEP_BROKER_DOWN for fault in self._open.values())
        if self.plan.transport == "kafka" and not held and not self.stage.broker.alive:
            self.stage.broker.restart()

    def missing(self) -> int:
        """Count what the hub lost though regions have receipts, as after a restore; all of it when it is away."""
        wanted = sum(len(self.workload.ids[code]) for code in self.codes)
        engine = open_engine(self.url)
        try:
            with engine.connect() as connection:
                return wanted - (connection.scalar(select(func.count()).select_from(event)) or 0)
        except DBAPIError:
            return wanted
        finally:
            engine.dispose()

    def _make_hub(self) -> None:
        home = copy_of(self.workload.hub_home, self.stage.hub.path / f"run-{self.plan.seed}")
        if self.plan.database == "postgres":
            name = f"run_{self.plan.seed}"
            self.url = self.stage.make_database(name, f"template_{self.plan.events_per_bundle}")
        else:
            self.url = f"sqlite:///{home / 'hub.sqlite'}"
        self._hub = (home, {DATABASE: self.url})

    def _make_link(self) -> dict[str, Any]:
        plan, by = self.plan, self.controls
        if plan.transport == "kafka":
            config, begin = self.stage.kafka_config(), self.stage.skip_messages(self.codes)
            engine = open_engine(self.url)
            with writing(engine) as connection:
                keep_positions(connection, begin)
            engine.dispose()
            self.hubs = [self._worker(number) for number in range(1, plan.workers + 1)]
            if plan.odds:
                arguments = (config, begin, plan.seed, plan.odds, by)
                self._between = [self._actor("again", publish_again, *arguments)]
            return config
        hub_port, port = free_ports(2)
        self.hubs = [self._actor("hub", serve_hub, *self._hub, hub_port, by)]
        if not plan.odds:
            return {"url": f"http://127.0.0.1:{hub_port}"}
        self._between = [self._actor("between", stand_between, port, hub_port, plan.seed, plan.odds, by)]
        return {"url": f"http://127.0.0.1:{port}"}

    def _make_nodes(self, link: dict[str, Any]) -> None:
        for code in self.codes:
            member = self.workload.members[code]
            home = copy_of(member.home, self.homes[code])
            token = self.workload.tokens[self.plan.database][code]
            write_secret(home / "secrets" / "token", token.encode())
            own = {**link, "token": token} if "url" in link else link
            pace = self.plan.pace
            self.publishers.append(
                self._actor(f"publish-{code}", publish_bundles, home, member.bundles, pace, self.controls)
            )
            for number in range(1 + (Kind.TWO_SHIPPERS in self.plan.kinds)):
                self.shippers.append(self._actor(f"ship-{code}-{number}", ship_outbox, home, own, self.controls))

    def _worker(self, number: int) -> Actor:
        return self._actor(f"worker-{number}", receive_for_hub, *self._hub, self.stage.kafka_config(), self.controls)

    def _actor(self, name: str, target: Any, *arguments: Any) -> Actor:
        return Actor(self.stage.context, name, self.place / f"{name}.log", target, *arguments)

    def _suffer(self) -> None:
        """Let the planned faults begin and end at their moments, keeping alive what is not held down."""
        coming = [(fault.at, number, fault, True) for number, fault in enumerate(self.plan.faults)]
        self.outcome.strikes.update(fault.kind for fault in self.plan.faults if fault.kind is Kind.TWO_SHIPPERS)
        coming = [one for one in coming if one[2].kind in STRIKES]
        began = self._first_release()
        while coming:
            self.keep_alive()
            coming.sort(key=lambda one: one[0])
            if coming[0][0] > time.monotonic() - began:
                time.sleep(TICK_SECONDS)
                continue
            _, number, fault, begins = coming.pop(0)
            begin, end = STRIKES[fault.kind]
            if not begins:
                end(self, self._open.pop(number))
            elif begin(self, fault):
                self._open[number] = fault
                self.outcome.strikes[fault.kind] += 1
                coming.append((time.monotonic() - began + fault.lasting, number, fault, False))
        while not all(actor.done for actor in self.publishers) and time.monotonic() - began < SETTLE_SECONDS:
            self.keep_alive()
            time.sleep(TICK_SECONDS)
        self.controls.mischief.value = 0
        for place, kind in enumerate(MISCHIEF):
            if spoilt := self.controls.counts[place]:
                self.outcome.strikes[kind] += spoilt

    def _first_release(self) -> float:
        """Start every process and return the moment at which the first event is signed: before, nothing can suffer."""
        until = time.monotonic() + SETTLE_SECONDS
        while not any(self._waiting(home, "none") for home in self.homes.values()) and time.monotonic() < until:
            self.keep_alive()
            time.sleep(TICK_SECONDS)
        return time.monotonic()

    def _settle(self) -> None:
        """Wait until every event is answered; where nothing moves, let the node's clock pass the overdue time.

        A broker that is there and answers nobody once its disk was full is started again, as a health check would.
        """
        patience = Patience()
        for actor in [*self.shippers, *self.hubs, *self._between]:
            actor.call_back()
        for actor in self.publishers:
            actor.held = False
        moved, overdue = time.monotonic(), OVERDUE_SECONDS
        hangs = Kind.BROKER_DISK_FULL in self.plan.kinds
        while True:
            is_up = self.stage.broker.alive if self.plan.transport == "kafka" else True
            self.keep_alive()
            if not is_up:
                patience.renew()  # it was started just now, which takes a busy machine a minute
            left = sum(self._waiting(home) for home in self.homes.values())
            if left == 0 and all(actor.done for actor in self.publishers):
                left = self.missing()
                if left == 0:
                    return
            now = time.monotonic()
            if patience.saw(left):
                moved = now
            elif now - moved > STUCK_SECONDS:
                self.controls.node_clock.value += overdue
                overdue, moved = min(overdue * 4, LONGEST_SECONDS), now
            if hangs and patience.still > HANG_SECONDS:
                self.stage.broker.restart()
                patience.renew()
                hangs = False
            if (why := patience.over()) is not None:
                raise Unsettled(f"{left} events still waited: {why}.")
            time.sleep(TICK_SECONDS)

    def _stop(self) -> int:
        """End all processes; return how many events wait again, put back at the last moment by a late word of the hub.

        It says what it held while a batch was about to be kept. Sending again is harmless, so the run settles again.
        """
        for actor in [*self.shippers, *self._between, *self.hubs]:
            actor.kill()
        return sum(self._waiting(home) for home in self.homes.values())

    def _waiting(self, home: Path, but: str = "accepted") -> int:
        with closing(sqlite3.connect(f"file:{home / 'node.sqlite'}?mode=ro", uri=True, timeout=30)) as connection:
            query = f"SELECT count(*) FROM outbox WHERE state <> '{but}'"
            return int(connection.execute(query).fetchone()[0])

    def _check(self) -> None:
        work = self.workload
        expected = work.expected.of(self.codes)
        keys = {code: work.members[code].key for code in self.codes}
        engine = open_engine(self.url)
        try:
            self.outcome.dead_letters = check_hub(engine, expected, keys, work.hub_key, set(work.bodies))
        finally:
            engine.dispose()
        for code in self.codes:
            node = open_node(self.homes[code])
            try:
                check_node(node, work.ids[code], work.hub_key)
            finally:
                node.engine.dispose()
            self.outcome.events += len(work.ids[code])
        if self.outcome.dead_letters and not {Kind.CORRUPTED, Kind.TRUNCATED} & set(self.plan.odds):
            raise Untrue(f"{self.outcome.dead_letters} dead letters, though nothing was spoilt.")

    def _clear(self) -> None:
        for actor in self.actors:
            actor.held = True
            actor.kill()
            self.outcome.restarts += actor.starts - 1
        self.outcome.restarts = max(self.outcome.restarts, 0)
        for fault in self._open.values():  # a run that broke off leaves nothing broken to the next
            STRIKES[fault.kind][1](self, fault)
        self._open.clear()
        if self.plan.transport == "kafka" and not self.stage.broker.alive:
            self.stage.broker.restart()
        if self.plan.database == "postgres":
            for name in (f"run_{self.plan.seed}", f"run_{self.plan.seed}{COPY}"):
                self.stage.drop_database(name)
        for folder in (self.stage.nodes.path / f"run-{self.plan.seed}", self.stage.hub.path / f"run-{self.plan.seed}"):
            shutil.rmtree(folder)
        if self.outcome.failure is not None:
            kept = Path(tempfile.gettempdir()) / f"regiohelix-faults-seed-{self.plan.seed}"
            self.stage.keep(self.place, kept)
            self.outcome.failure += f" What its processes said is in {kept}."
        shutil.rmtree(self.place)
