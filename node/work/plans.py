"""Plans: which source to load, or which figures to prepare for review, when, and who set it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from node.audit import AuditEntry, record, timestamp
from node.tables import plan as plan_table
from schemas.codes import Audience
from schemas.refused import Refused

Unit = Literal["year", "quarter", "month"]
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


class PlanWrong(Refused, ValueError):
    """A plan whose name is taken or of another form."""


class PlanUnknown(Refused, LookupError):
    """A plan that this node does not have."""


class Ingest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="ingest"):
    """Load the source that this mapping file (an absolute path) describes."""

    mapping: str


class Prepare(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="measure"):
    """Compute indicators over the last whole year, quarter or month and freeze what is new for review.

    Without indicators: all that the sources permit.
    """

    unit: Unit
    audience: Audience
    indicators: tuple[str, ...] = ()


Task = Ingest | Prepare


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as kept; `at` is a crontab line in time zone `zone`, and who set it can review none of its bundles."""

    id: str
    task: Task
    at: str
    zone: str
    author: str
    added_at: datetime


def add(connection: Connection, plan: Plan, entry: AuditEntry) -> None:
    """Keep a plan; raises PlanWrong."""
    if not _NAME.fullmatch(plan.id):
        raise PlanWrong(f"'{plan.id}' is no name for a plan; write lower-case letters, digits and hyphens.")
    try:
        connection.execute(
            insert(plan_table).values(
                id=plan.id,
                task=msgspec.json.encode(plan.task).decode(),
                at=plan.at,
                zone=plan.zone,
                author=plan.author,
                added_at=timestamp(plan.added_at),
            )
        )
    except IntegrityError as error:
        raise PlanWrong(f"There is a plan '{plan.id}' already; remove it first, or choose another name.") from error
    record(connection, entry)


def remove(connection: Connection, plan_id: str, entry: AuditEntry) -> None:
    """Forget a plan; what it did stays among the runs. Raises PlanUnknown."""
    if connection.execute(delete(plan_table).where(plan_table.c.id == plan_id)).rowcount == 0:
        raise _unknown(plan_id)
    record(connection, entry)


def find(connection: Connection, plan_id: str) -> Plan:
    """Return one plan; raises PlanUnknown."""
    for plan in plans(connection):
        if plan.id == plan_id:
            return plan
    raise _unknown(plan_id)


def plans(connection: Connection) -> tuple[Plan, ...]:
    """Return every plan: what loads before what measures, then by name."""
    rows = connection.execute(select(plan_table).order_by(plan_table.c.id)).all()
    found = [
        Plan(
            row.id,
            msgspec.json.decode(row.task, type=Task),
            row.at,
            row.zone,
            row.author,
            datetime.fromisoformat(row.added_at).astimezone(UTC),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda plan: isinstance(plan.task, Prepare)))


def _unknown(plan_id: str) -> PlanUnknown:
    return PlanUnknown(f"There is no plan '{plan_id}'; `python -m node plan list` names them.")
