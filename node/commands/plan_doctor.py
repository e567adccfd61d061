"""What the doctor sees of the planned work: what failed, and what is due while nobody does it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from connectors.findings import Finding
from node.audit import timestamp
from node.bootstrap import Node, now
from node.knowledge import actions
from node.release import turn
from node.work import plans, runs
from node.work.plans import Plan
from node.work.timetable import newest_due
from schemas.learning import SOON_DAYS

_LATE: Final = timedelta(minutes=10)  # `run` looks every minute
_SHOWN: Final = 5  # names in one line


def at_work(connection: Connection, node: Node) -> Iterator[Finding]:
    """Yield the plans whose last run failed, and those that are due and not begun."""
    for plan in plans.plans(connection):
        last = runs.newest(connection, plan.id)
        if last is not None and last.outcome == "failed":
            mend = f"mend that, then `python -m node plan run {plan.id}`"
            yield Finding("plans", f"{plan.id} failed: {last.detail}", mend, since=timestamp(last.started_at))
        yield from _late(plan, last, node)


def of_actions(connection: Connection, _node: Node) -> Iterator[Finding]:
    """Yield the actions that are overdue or due soon; readers see that they are, and nothing else waits for them."""
    found = actions.due(connection, now().date())
    mend = "`python -m node action done NAME`, or `action drop`; `item write` gives one another day"
    for names, what in ((found.overdue, "overdue"), (found.due_soon, f"due within {SOON_DAYS} days")):
        if names:
            shown = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
            yield Finding("actions", f"{len(names)} {what}: {shown}", mend, needs_hand=False)


def _late(plan: Plan, last: runs.Run | None, node: Node) -> Iterator[Finding]:
    since = plan.added_at if last is None else max(plan.added_at, last.due_at)
    due = newest_due(plan.at, plan.zone, since, now() - _LATE)
    if due is None:
        return
    with turn.holding(node.settings.home / "work.lock") as nobody_works:
        if nobody_works:
            mend = "keep `python -m node run` running"
            yield Finding("plans", f"{plan.id} was due and has not begun", mend, since=timestamp(due))
