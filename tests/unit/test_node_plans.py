"""Planned work: caught up once, never twice at a time, tried again where that helps, and every run written down."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.records.store import RecordStoreBusy
from node.work import plans, runs, take_up
from node.work.plans import Ingest, Plan, Prepare
from node.work.runs import Ended
from tests.unit.test_node_schedule import VALUES

ADDED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = ADDED

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def add(node: Node, name: str, task: plans.Task | None = None) -> Plan:
    plan = Plan(name, task or Ingest("/data/gp.yaml"), "0 3 * * *", "UTC", "Analyst", ADDED)
    with writing(node.engine) as connection:
        plans.add(connection, plan, AuditEntry("Analyst", "plan.added", name, ADDED))
    return plan


def last(node: Node, name: str) -> runs.Run:
    with node.engine.connect() as connection:
        found = runs.newest(connection, name)
    assert found is not None, "it has not run"
    return found


class Work:
    """Does plans as told, and remembers which."""

    def __init__(self, *outcomes: Ended | Exception) -> None:
        self.outcomes = list(outcomes)
        self.done: list[str] = []

    def __call__(self, plan: Plan, now: datetime) -> Ended:
        self.done.append(plan.id)
        outcome = self.outcomes.pop(0) if self.outcomes else Ended("done", 7, "loaded")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def test_a_week_that_was_missed_is_caught_up_once(node: Node, clock: Clock) -> None:
    add(node, "gp")
    work = Work()
    assert take_up.take_up(node.engine, node.settings.home, work, clock) == 0
    clock.now = ADDED + timedelta(days=7)
    for _ in range(3):
        take_up.take_up(node.engine, node.settings.home, work, clock)
    assert work.done == ["gp"]
    run = last(node, "gp")
    assert (run.outcome, run.rows, run.due_at) == ("done", 7, datetime(2026, 11, 27, 3, 0, tzinfo=UTC))


def test_what_loads_goes_before_what_measures(node: Node, clock: Clock) -> None:
    add(node, "a-measure", Prepare("month", "network"))
    add(node, "z-ingest")
    clock.now = ADDED + timedelta(days=1)
    work = Work()
    take_up.take_up(node.engine, node.settings.home, work, clock)
    assert work.done == ["z-ingest", "a-measure"]


@pytest.mark.parametrize(
    "trouble", [RecordStoreBusy("busy"), OperationalError("x", {}, Exception("away")), OSError(28, "No space left")]
)
def test_what_may_pass_is_tried_again_ever_later_and_then_fails(node: Node, clock: Clock, trouble: Exception) -> None:
    add(node, "gp")
    clock.now = ADDED + timedelta(hours=16)
    work, waits = Work(*[trouble] * 6), []
    while last_retry(node, clock, work):
        waits.append(round((clock.now - last(node, "gp").started_at).total_seconds() / 60))
    assert waits == [5, 10, 20, 40, 80]
    assert (last(node, "gp").outcome, last(node, "gp").attempts) == ("failed", 6)
    clock.now += timedelta(hours=2)
    assert take_up.take_up(node.engine, node.settings.home, work, clock) == 0


def last_retry(node: Node, clock: Clock, work: Work) -> bool:
    """Take up what is due and move the clock to the moment it is tried again, if there is one."""
    take_up.take_up(node.engine, node.settings.home, work, clock)
    again = last(node, "gp").retry_at
    if again is None:
        return False
    clock.now = again - timedelta(seconds=1)
    assert take_up.take_up(node.engine, node.settings.home, work, clock) == 0, "before its time"
    clock.now = again
    return True


def test_one_plans_fault_stops_no_other_and_tells_no_value(
    node: Node, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    add(node, "a")
    add(node, "b")
    clock.now = ADDED + timedelta(days=1)
    assert take_up.take_up(node.engine, node.settings.home, Work(ValueError("Jan 111222333")), clock) == 2
    assert (last(node, "a").outcome, last(node, "b").outcome) == ("failed", "done")
    assert "111222333" not in last(node, "a").detail + caplog.messages[0]


def test_a_run_that_was_killed_is_taken_up_again(node: Node, clock: Clock) -> None:
    add(node, "gp")
    clock.now = ADDED + timedelta(days=1)
    with pytest.raises(KeyboardInterrupt):
        take_up.take_up(node.engine, node.settings.home, _raising, clock)
    assert (last(node, "gp").outcome, last(node, "gp").seconds) == ("running", None)
    take_up.take_up(node.engine, node.settings.home, Work(), clock)
    assert (last(node, "gp").outcome, last(node, "gp").attempts) == ("done", 2)


def _raising(_plan: Plan, _now: datetime) -> Ended:
    raise KeyboardInterrupt


def test_two_processes_never_work_at_once(node: Node, clock: Clock) -> None:
    plan = add(node, "gp")
    clock.now = ADDED + timedelta(days=1)
    begun, go_on = threading.Event(), threading.Event()

    def slow(_plan: Plan, _now: datetime) -> Ended:
        begun.set()
        assert go_on.wait(20)
        return Ended("done")

    thread = threading.Thread(target=take_up.take_up, args=(node.engine, node.settings.home, slow, clock))
    thread.start()
    try:
        assert begun.wait(20)
        work = Work()
        assert take_up.take_up(node.engine, node.settings.home, work, clock) == 0
        with pytest.raises(take_up.WorkGoesOn):
            take_up.run_now(node.engine, node.settings.home, plan, work, clock)
        assert work.done == []
    finally:
        go_on.set()
        thread.join(20)
    assert last(node, "gp").outcome == "done"


def test_old_runs_are_forgotten_but_not_a_plans_last(node: Node, clock: Clock) -> None:
    plan = add(node, "gp")
    for day in range(3):
        clock.now = ADDED + timedelta(days=day)
        take_up.run_now(node.engine, node.settings.home, plan, Work(), clock)
    with writing(node.engine) as connection:
        assert runs.forget(connection, ADDED + timedelta(days=800)) == 2
        assert len(runs.runs(connection, 10)) == 1


def test_names_are_taken_once_and_removed_by_name(node: Node) -> None:
    add(node, "gp")
    entry = AuditEntry("Analyst", "plan.removed", "gp", ADDED)
    with pytest.raises(plans.PlanWrong, match="already"):
        add(node, "gp")
    with pytest.raises(plans.PlanWrong, match="is no name"):
        add(node, "GP lists")
    with writing(node.engine) as connection:
        plans.remove(connection, "gp", entry)
        with pytest.raises(plans.PlanUnknown, match="plan list"):
            plans.find(connection, "gp")
