"""How each kind of fault begins and ends. A `begin` tells whether it could be done on this machine and in this run."""

import os
import resource
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError

from tests.faults.actor import Actor
from tests.faults.disks import Disk
from tests.faults.plan import Fault, Kind

if TYPE_CHECKING:
    from tests.faults.run import Run

LEAVE_SECONDS = 5.0
PROGRESS_SECONDS = 10.0
COPY = "_copy"
ROOM_BYTES = 16 * 1024  # what a limited process may still write into a file
Begin = Callable[["Run", Fault], bool]
End = Callable[["Run", Fault], None]


def _of(actors: list[Actor], fault: Fault) -> Actor:
    return actors[fault.target % len(actors)]


def _kill(whom: Callable[["Run"], list[Actor]]) -> tuple[Begin, End]:
    def begin(run: "Run", fault: Fault) -> bool:
        actor = _of(whom(run), fault)
        actor.held = True
        actor.kill()
        return True

    def end(run: "Run", fault: Fault) -> None:
        _of(whom(run), fault).held = False

    return begin, end


def _break_broker(run: "Run", _: Fault) -> bool:
    run.stage.broker.kill()
    return True


def _mend_broker(run: "Run", _: Fault) -> None:
    """Do nothing: the run starts a dead broker again as soon as no fault keeps it down."""


def _fill_broker(run: "Run", _: Fault) -> bool:
    if run.stage.kafka.small:
        run.stage.kafka.fill()
    return run.stage.kafka.small


def _empty_broker(run: "Run", _: Fault) -> None:
    """Make room; a broker that ended for want of it is started again by the run, as a service manager would."""
    run.stage.kafka.free()


def _break_database(run: "Run", _: Fault) -> bool:
    run.stage.cluster.crash()
    return True


def _fill_database(run: "Run", _: Fault) -> bool:
    if run.stage.postgres.small:
        run.stage.postgres.fill()
    return run.stage.postgres.small


def _mend_database(run: "Run", _: Fault) -> None:
    run.stage.postgres.free()
    run.stage.cluster.revive()


def _fill(disk: Disk, actors: list[Actor], file: os.PathLike[str]) -> bool:
    """Fill the disk; where it is a plain folder, limit how far the processes may write a file instead."""
    if disk.small:
        disk.fill()
        return True
    room = os.stat(file).st_size + ROOM_BYTES
    for pid in (actor.pid for actor in actors):
        if pid is not None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    return True


def _free(disk: Disk, actors: list[Actor]) -> None:
    disk.free()
    for pid in (actor.pid for actor in actors):
        if pid is not None and not disk.small:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _fill_node(run: "Run", fault: Fault) -> bool:
    home = run.homes[run.codes[fault.target % len(run.codes)]]
    return _fill(run.stage.nodes, [*run.publishers, *run.shippers], home / "node.sqlite")


def _fill_hub(run: "Run", _: Fault) -> bool:
    return _fill(run.stage.hub, run.hubs, _hub_home(run) / "hub.sqlite")


def _slow(run: "Run", fault: Fault) -> bool:
    run.controls.slow.value = fault.size
    return True


def _quick(run: "Run", _: Fault) -> None:
    run.controls.slow.value = 0.0


def _node_astray(run: "Run", fault: Fault) -> bool:
    run.controls.node_clock.value = fault.size
    return True


def _node_right(run: "Run", _: Fault) -> None:
    run.controls.node_clock.value = 0.0


def _hub_astray(run: "Run", fault: Fault) -> bool:
    run.controls.hub_clock.value = fault.size
    return True


def _hub_right(run: "Run", _: Fault) -> None:
    run.controls.hub_clock.value = 0.0


def _copy_hub(run: "Run", _: Fault) -> bool:
    """Copy the hub's database while the hub is down for a moment."""
    run.missing_at_copy = run.missing()
    for actor in run.hubs:
        actor.kill()
    if run.plan.database == "sqlite":
        shutil.copytree(_hub_home(run), run.place / COPY)
        return True
    try:
        run.stage.copy_database(f"run_{run.plan.seed}", f"run_{run.plan.seed}{COPY}")
    except DBAPIError:  # another fault has the server down
        return False
    return True


def _restore_hub(run: "Run", _: Fault) -> None:
    """Put the copy in the database's place once something came since; all of that is gone then."""
    until = time.monotonic() + PROGRESS_SECONDS
    while run.missing() >= run.missing_at_copy and time.monotonic() < until:
        run.keep_alive()
        time.sleep(PROGRESS_SECONDS / 100)
    for actor in run.hubs:
        actor.kill()
    if run.plan.database == "sqlite":
        run.stage.hub.free()
        for file in _hub_home(run).glob("hub.sqlite*"):
            file.unlink()
        for file in (run.place / COPY).glob("hub.sqlite*"):
            shutil.copy(file, _hub_home(run))
        return
    _mend_database(run, _)
    run.stage.copy_database(f"run_{run.plan.seed}{COPY}", f"run_{run.plan.seed}")


def _hub_home(run: "Run") -> Path:
    return run.stage.hub.path / f"run-{run.plan.seed}"


def _join(run: "Run", _: Fault) -> bool:
    run.call_reserve()
    return True


def _stay(run: "Run", _: Fault) -> None:
    """Leave it as it is: who joined stays to the end."""


def _leave(run: "Run", fault: Fault) -> bool:
    actor = _of(run.hubs, fault)
    actor.held = True
    actor.leave(LEAVE_SECONDS)
    return True


def _return(run: "Run", _: Fault) -> None:
    for actor in run.hubs:
        actor.call_back()


KEEP_BROKER_DOWN: Final = (Kind.BROKER_KILLED, Kind.BROKER_AWAY, Kind.BROKER_DISK_FULL)
STRIKES: Final[Mapping[Kind, tuple[Begin, End]]] = {
    Kind.NODE_KILLED: _kill(lambda run: run.shippers),
    Kind.SIGNING_KILLED: _kill(lambda run: run.publishers),
    Kind.HUB_KILLED: _kill(lambda run: run.hubs),
    Kind.HUB_AWAY: _kill(lambda run: run.hubs),
    Kind.WORKER_KILLED: _kill(lambda run: run.hubs),
    Kind.BROKER_KILLED: (_break_broker, _mend_broker),
    Kind.BROKER_AWAY: (_break_broker, _mend_broker),
    Kind.BROKER_DISK_FULL: (_fill_broker, _empty_broker),
    Kind.DATABASE_KILLED: (_break_database, _mend_database),
    Kind.DATABASE_AWAY: (_break_database, _mend_database),
    Kind.DATABASE_DISK_FULL: (_fill_database, _mend_database),
    Kind.NODE_DISK_FULL: (_fill_node, lambda run, _: _free(run.stage.nodes, [*run.publishers, *run.shippers])),
    Kind.HUB_DISK_FULL: (_fill_hub, lambda run, _: _free(run.stage.hub, run.hubs)),
    Kind.HUB_RESTORED: (_copy_hub, _restore_hub),
    Kind.SLOW_DISK: (_slow, _quick),
    Kind.NODE_CLOCK: (_node_astray, _node_right),
    Kind.HUB_CLOCK: (_hub_astray, _hub_right),
    Kind.WORKER_JOINS: (_join, _stay),
    Kind.WORKER_LEAVES: (_leave, _return),
}
