"""Runs: what each was due for, how long it took, its rows and how it ended.

States: `running` -> `done | nothing | failed | waiting`; `waiting` and `broken_off` (its process ended meanwhile) are
taken up again, up to MOST_ATTEMPTS times.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from node.audit import timestamp
from node.tables import run as run_table

from .plans import Plan
from .timetable import newest_due

Outcome = Literal["running", "done", "nothing", "failed", "waiting", "broken_off"]

MOST_ATTEMPTS: Final = 6
_FIRST_PAUSE: Final = timedelta(minutes=5)  # doubling: 5, 10, 20, 40, 80 minutes
_KEPT: Final = timedelta(days=400)
SHIPPING: Final = "ship"
"""The name under which rounds of shipping are kept that sent something or failed."""
REMINDING: Final = "remind"
"""The name under which it is kept, once a day, that actions are overdue or due soon."""
MAILING: Final = "remind by mail"
"""The name under which it is kept that a reminder went out by mail."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: rows read or figures or events; one sentence; the bundle it made, if it did."""

    outcome: Outcome
    rows: int = 0
    detail: str = ""
    bundle: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `due_at` is the moment it was due for, moments in UTC."""

    id: int
    plan: str
    due_at: datetime
    started_at: datetime
    ended_at: datetime | None
    attempts: int
    outcome: Outcome
    rows: int
    detail: str
    bundle: str | None
    retry_at: datetime | None

    @property
    def seconds(self) -> float | None:
        """Return how long it took, None while it runs or where its process ended."""
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()


def claim_due(connection: Connection, plan: Plan, now: datetime) -> int | None:
    """Begin the run that is due, or that is to be tried again, and return its number; None where there is none.

    Of moments that were missed only the last counts. Two processes never begin the same.
    """
    last = newest(connection, plan.id)
    since = plan.added_at if last is None else max(plan.added_at, last.due_at)
    due = newest_due(plan.at, plan.zone, since, now)
    if due is not None:
        return begin(connection, plan.id, due, now)
    if last is None or not _to_try_again(last, now):
        return None
    taken = connection.execute(
        update(run_table)
        .where(run_table.c.id == last.id, run_table.c.outcome == last.outcome, run_table.c.attempts == last.attempts)
        .values(
            outcome="running", started_at=timestamp(now), ended_at=None, retry_at=None, attempts=last.attempts + 1,
            detail="",
        )
    )  # fmt: skip
    return last.id if taken.rowcount == 1 else None


def begin(connection: Connection, plan_id: str, due: datetime, now: datetime) -> int | None:
    """Begin a run for one moment and return its number; None where that moment has its run already."""
    values = {
        "plan": plan_id, "due_at": timestamp(due), "started_at": timestamp(now), "outcome": "running", "attempts": 1,
        "rows": 0, "detail": "",
    }  # fmt: skip
    try:
        with connection.begin_nested():
            made = connection.execute(insert(run_table).values(**values))
    except IntegrityError:
        return None
    return int(made.inserted_primary_key[0]) if made.inserted_primary_key else None


def end(connection: Connection, run_id: int, ended: Ended, now: datetime) -> None:
    """Write down how a run ended; one that waits says when it is tried again, and fails after the last attempt."""
    attempts = connection.scalar(select(run_table.c.attempts).where(run_table.c.id == run_id)) or 1
    outcome, retry_at = ended.outcome, None
    if outcome == "waiting":
        if attempts >= MOST_ATTEMPTS:
            outcome = "failed"
        else:
            retry_at = timestamp(now + _FIRST_PAUSE * 2 ** (attempts - 1))
    connection.execute(
        update(run_table)
        .where(run_table.c.id == run_id)
        .values(
            outcome=outcome, ended_at=timestamp(now), rows=ended.rows, detail=ended.detail, bundle_id=ended.bundle,
            retry_at=retry_at,
        )
    )  # fmt: skip


def break_off(connection: Connection) -> int:
    """Mark what another process left running when it ended; for who holds the turn, so that nothing runs now."""
    left = update(run_table).where(run_table.c.outcome == "running").values(outcome="broken_off")
    return connection.execute(left).rowcount


def note(connection: Connection, plan_id: str, started: datetime, ended: datetime, how: Ended) -> None:
    """Keep a run that is over already."""
    number = begin(connection, plan_id, started, started)
    if number is not None:
        end(connection, number, how, ended)


def newest(connection: Connection, plan_id: str) -> Run | None:
    """Return a plan's last run."""
    found = runs(connection, 1, plan_id)
    return found[0] if found else None


def runs(connection: Connection, limit: int, plan_id: str | None = None) -> tuple[Run, ...]:
    """Return the last runs, the newest first."""
    chosen = select(run_table).order_by(run_table.c.started_at.desc(), run_table.c.id.desc()).limit(limit)
    if plan_id is not None:
        chosen = chosen.where(run_table.c.plan == plan_id)
    return tuple(
        Run(
            row.id, row.plan, _moment(row.due_at), _moment(row.started_at),
            None if row.ended_at is None else _moment(row.ended_at),
            row.attempts, row.outcome, row.rows, row.detail, row.bundle_id,
            None if row.retry_at is None else _moment(row.retry_at),
        )
        for row in connection.execute(chosen)
    )  # fmt: skip


def forget(connection: Connection, now: datetime) -> int:
    """Forget what ran more than 400 days ago, each plan's last run excepted; return how many there were."""
    last = select(func.max(run_table.c.id)).group_by(run_table.c.plan)
    old = delete(run_table).where(run_table.c.due_at < timestamp(now - _KEPT), run_table.c.id.not_in(last))
    return connection.execute(old).rowcount


def _to_try_again(last: Run, now: datetime) -> bool:
    if last.outcome == "broken_off":
        return last.attempts < MOST_ATTEMPTS
    return last.outcome == "waiting" and last.retry_at is not None and last.retry_at <= now


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
