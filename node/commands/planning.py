"""Commands for what the node does by itself: plans, when they are due, and every run with its outcome."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import now
from node.indicators import approved
from node.work import plans, runs
from node.work.plans import Ingest, Plan, Prepare, Task, Unit
from node.work.take_up import run_now
from node.work.timetable import next_due, read_timetable
from schemas.codes import Audience
from schemas.refused import Refused

from . import options, planned

_at = click.option(
    "--at", required=True, help="'daily 03:30', 'weekly mon 03:30', 'monthly 5 03:30', or a crontab line."
)
_zone = click.option("--zone", default="Europe/Amsterdam", show_default=True, help="The time zone of --at.")
_name = click.argument("name")
_setter = click.option("--author", required=True, help="Who sets it; of its bundles they can be no reviewer.")


class PlanFailed(Refused, RuntimeError):
    """A plan that was run by hand and did not end well; the sentence is the run's own."""


@click.group("plan")
def plan_group() -> None:
    """Have the node load, measure and prepare by itself; `python -m node run` does what is due."""


@plan_group.command("ingest")
@_name
@click.argument("mapping", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_at
@_zone
@_setter
@options.records_home
def plan_ingest(name: str, mapping: Path, at: str, zone: str, author: str, home: Path) -> None:
    """Load the source that MAPPING (YAML) describes, each time it is due; NAME is the plan's own."""
    _add(home, name, Ingest(str(mapping.resolve())), at, zone, author)


@plan_group.command("measure")
@_name
@click.option("--unit", type=click.Choice(["year", "quarter", "month"]), required=True, help="Of the last whole one.")
@options.indicators
@options.audience
@_at
@_zone
@_setter
@options.records_home
def plan_measure(
    name: str, unit: Unit, names: Sequence[str], audience: Audience, at: str, zone: str, author: str, home: Path
) -> None:
    """Compute the last whole year, quarter or month and freeze what is new for review; people still decide."""
    with options.opened(home) as node, node.engine.connect() as connection:
        computable = approved.computable(connection)
        for one in names:
            if one not in computable:
                raise approved.refusal(connection, one)
    _add(home, name, Prepare(unit, audience, tuple(names)), at, zone, author)


def _add(home: Path, name: str, task: Task, at: str, zone: str, author: str) -> None:
    crontab, moment = read_timetable(at, zone), now()
    with options.opened(home) as node, writing(node.engine) as connection:
        plan = Plan(name, task, crontab, zone, author, moment)
        plans.add(connection, plan, AuditEntry(author, "plan.added", name, moment, crontab))
    click.echo(f"Plan '{name}' is kept; first due {_local(next_due(crontab, zone, moment), zone)}.")
    click.echo("`python -m node run` does it then; `plan run` does it now.")


@plan_group.command("list")
@options.home
@options.json
def list_plans(home: Path, as_json: bool) -> None:
    """Name every plan: what it does, when it is due next, and how it went last."""
    moment = now()
    with options.opened(home) as node, node.engine.connect() as connection:
        found = [(plan, runs.newest(connection, plan.id)) for plan in plans.plans(connection)]
    if as_json:
        click.echo(json.dumps([_facts(plan, last, moment) for plan, last in found]))
        return
    for plan, last in found:
        click.echo(f"{plan.id:<16}  {_task(plan.task)}; set by {plan.author}")
        click.echo(f"                  next {_local(next_due(plan.at, plan.zone, moment), plan.zone)}; {_last(last)}")
    if not found:
        click.echo("No plan yet; make one with `plan ingest` or `plan measure`.")


@plan_group.command("remove")
@_name
@options.author
@options.home
def remove_plan(name: str, author: str, home: Path) -> None:
    """Forget a plan; its runs stay readable."""
    with options.opened(home) as node, writing(node.engine) as connection:
        plans.remove(connection, name, AuditEntry(author, "plan.removed", name, now()))
    click.echo(f"Plan '{name}' is removed.")


@plan_group.command("run")
@_name
@options.home
def run_plan(name: str, home: Path) -> None:
    """Do a plan's task now."""
    with options.opened(home) as node:
        with node.engine.connect() as connection:
            plan = plans.find(connection, name)
        ended = run_now(node.engine, home, plan, planned.doing(node, home), now)
    if ended.outcome not in ("done", "nothing"):
        raise PlanFailed(f"Plan '{name}': {ended.detail}")
    click.echo(ended.detail)


@plan_group.command("runs")
@click.option("--plan", "name", help="Of this plan only; `ship` for rounds of shipping.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@options.home
@options.json
def list_runs(name: str | None, limit: int, home: Path, as_json: bool) -> None:
    """List the last runs, the newest first: when, how long, rows and outcome."""
    with options.opened(home) as node, node.engine.connect() as connection:
        found = runs.runs(connection, limit, name)
    if as_json:
        click.echo(json.dumps([_run_facts(run) for run in found]))
        return
    for run in found:
        took = "" if run.seconds is None else f"{run.seconds:.1f} s"
        tries = f", attempt {run.attempts}" if run.attempts > 1 else ""
        click.echo(f"{_stamp(run.started_at)}  {run.plan:<16}  {run.outcome:<10}  {took:>9}  {run.rows:>9} rows{tries}")
        if run.detail:
            click.echo(f"                      {run.detail}")
    if not found:
        click.echo("Nothing has run yet.")


def _task(task: Task) -> str:
    if isinstance(task, Ingest):
        return f"loads {task.mapping}"
    what = ", ".join(task.indicators) or "all permitted indicators"
    return f"prepares {what} of the last whole {task.unit} for {task.audience}"


def _last(run: runs.Run | None) -> str:
    if run is None:
        return "has not run yet"
    again = f", tried again at {_stamp(run.retry_at)}" if run.retry_at else ""
    return f"last {_stamp(run.started_at)}: {run.outcome.replace('_', ' ')}{again}"


def _local(moment: datetime | None, zone: str) -> str:
    return "never" if moment is None else f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%MZ}"


def _facts(plan: Plan, last: runs.Run | None, moment: datetime) -> dict[str, Any]:
    due = next_due(plan.at, plan.zone, moment)
    return {
        "plan": plan.id, "does": _task(plan.task), "at": plan.at, "zone": plan.zone, "author": plan.author,
        "next": None if due is None else due.isoformat(), "last": None if last is None else _run_facts(last),
    }  # fmt: skip


def _run_facts(run: runs.Run) -> dict[str, Any]:
    return {
        "plan": run.plan, "due_at": run.due_at.isoformat(), "started_at": run.started_at.isoformat(),
        "seconds": run.seconds, "attempts": run.attempts, "outcome": run.outcome, "rows": run.rows,
        "detail": run.detail, "bundle": run.bundle,
        "retry_at": None if run.retry_at is None else run.retry_at.isoformat(),
    }  # fmt: skip
