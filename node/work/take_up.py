"""Take up what is due: one plan after the other, one process at a time, and every run is written down."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import writing
from connectors.trouble import of_file, of_records, trouble
from node.records.store import RecordStoreBusy
from node.release import turn
from schemas.refused import Refused

from . import runs
from .plans import Plan, plans
from .runs import Ended

log = logging.getLogger(__name__)

Do = Callable[[Plan, datetime], Ended]
"""Does a plan's task at a moment; a refusal it returns as `failed`, and what may pass by itself it raises."""


class WorkGoesOn(Refused, RuntimeError):
    """Another process of this node does what is planned now."""


def take_up(engine: Engine, home: Path, do: Do, clock: Callable[[], datetime]) -> int:
    """Do whatever is due, oldest kind first (loading before measuring); return how many runs there were.

    Nothing where another process is at it. What a killed process left is taken up again.
    """
    done = 0
    with turn.holding(home / "work.lock") as mine:
        if not mine:
            return 0
        with writing(engine) as connection:
            if left := runs.break_off(connection):
                log.warning("%d runs were broken off and are taken up again", left)
            waiting = plans(connection)
        for plan in waiting:
            with writing(engine) as connection:
                number = runs.claim_due(connection, plan, clock())
            if number is not None:
                _run(engine, plan, number, do, clock)
                done += 1
    return done


def run_now(engine: Engine, home: Path, plan: Plan, do: Do, clock: Callable[[], datetime]) -> Ended:
    """Do one plan's task now, whenever it is due; raises WorkGoesOn."""
    with turn.holding(home / "work.lock") as mine:
        if not mine:
            raise WorkGoesOn("Another process of this node is at its planned work; wait until it has ended.")
        with writing(engine) as connection:
            runs.break_off(connection)
            number = runs.begin(connection, plan.id, clock(), clock())
        if number is None:
            raise WorkGoesOn(f"Plan '{plan.id}' was begun this very moment by another process; see `plan runs`.")
        return _run(engine, plan, number, do, clock)


def _run(engine: Engine, plan: Plan, number: int, do: Do, clock: Callable[[], datetime]) -> Ended:
    ended = _attempt(plan, do, clock())
    with writing(engine) as connection:
        runs.end(connection, number, ended, clock())
    level = logging.INFO if ended.outcome in ("done", "nothing") else logging.WARNING
    log.log(level, "Plan %s: %s, %d rows; %s", plan.id, ended.outcome, ended.rows, ended.detail)
    return ended


def _attempt(plan: Plan, do: Do, now: datetime) -> Ended:
    try:
        return do(plan, now)
    except RecordStoreBusy:
        return Ended("waiting", detail="The records are in use by another command; it is tried again.")
    except SQLAlchemyError as error:
        return Ended("waiting", detail=f"The node's store: {trouble(error).sentence} It is tried again.")
    except duckdb.Error as error:
        return Ended("waiting", detail=of_records(error))
    except OSError as error:
        return Ended("waiting", detail=f"{of_file(error)} It is tried again.")
    except Exception as error:  # one plan's fault must not stop the others, nor shipping
        log.error("Plan %s failed by a fault of this program", plan.id, exc_info=error)
        return Ended(
            "failed", detail=f"A fault of this program ({type(error).__name__}); report it with the log's line."
        )
