"""What a plan does when it is due: load a source, or compute figures and freeze what is new for review."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select

from connectors.database import writing
from node import flow
from node.audit import AuditEntry
from node.bootstrap import Node
from node.indicators.compute import outside
from node.indicators.period import last_whole
from node.indicators.requirements import unfed
from node.records.load import load
from node.records.store import RecordStoreBusy
from node.release import candidate
from node.release.states import OVER
from node.tables import bundle as bundle_table
from node.tables import run as run_table
from node.work.plans import Ingest, Plan, Prepare
from node.work.runs import Ended
from schemas.refused import Refused
from schemas.text import many

from .choice import counting_place, measured, open_records, owners


def doing(node: Node, home: Path) -> Callable[[Plan, datetime], Ended]:
    """Return what does this node's plans."""
    return partial(_do, node, home)


def _do(node: Node, home: Path, plan: Plan, now: datetime) -> Ended:
    try:
        if isinstance(plan.task, Ingest):
            return _ingest(node, home, plan.task, now)
        return _prepare(node, home, plan, plan.task, now)
    except RecordStoreBusy:
        raise  # it is tried again
    except Refused as error:
        return Ended("failed", detail=str(error))


def _ingest(node: Node, home: Path, task: Ingest, now: datetime) -> Ended:
    year = node.settings.division_year
    report = load(home, Path(task.mapping), node.pseudonym_keys(), None, now.date(), division_year=year)
    read, loaded, rejected = (sum(getattr(file, of) for file in report.files) for of in ("read", "loaded", "rejected"))
    return Ended("done", read, f"{report.source}: {loaded} of {many(read, 'row', 'rows')} loaded, {rejected} rejected.")


def _prepare(node: Node, home: Path, plan: Plan, task: Prepare, now: datetime) -> Ended:
    waiting = _undecided(node, plan.id)
    if waiting is not None:
        return Ended("nothing", detail=f"{waiting} of this plan still waits at the desk; decide on it first.")
    period = last_whole(task.unit, now.date())
    with open_records(home) as records:
        with node.engine.connect() as connection, counting_place(node, records) as place:
            found = measured(connection, records, place, task.indicators, period, node.settings)
            computed = found.computed
            notes = (*found.notes, *unfed(place, computed), *outside(place, node.settings.areas))
        whose = owners(records, computed)
    figures = sum(one.numerator.size for one in computed)
    with writing(node.engine) as connection:
        entry = AuditEntry(plan.author, "bundle.prepared", period, now, f"by plan {plan.id}")
        try:
            bundle = flow.release(
                connection, node.settings, computed, (), (), audience=task.audience,
                subject_key=node.secret("subject"), entry=entry, notes=notes, owners=whose,
            )  # fmt: skip
        except candidate.NothingToRelease:
            return Ended("nothing", figures, f"Nothing of {period} differs from what stands.")
    said = f"{bundle.id} with {len(bundle.items)} indicators of {period} waits at the desk: `review show {bundle.id}`."
    return Ended("done", figures, said, bundle.id)


def _undecided(node: Node, plan_id: str) -> str | None:
    """Return the last bundle of this plan if nobody has decided on it yet."""
    with node.engine.connect() as connection:
        row = connection.execute(
            select(bundle_table.c.id, bundle_table.c.state)
            .join(run_table, run_table.c.bundle_id == bundle_table.c.id)
            .where(run_table.c.plan == plan_id)
            .order_by(run_table.c.due_at.desc())
            .limit(1)
        ).first()
    return None if row is None or row.state in OVER else str(row.id)
