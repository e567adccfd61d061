"""The hub's own log of who did what; append-only."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from hub.tables import audit_log

BACKED_UP: Final = "backup made"
OPERATOR: Final = "operator"  # who acts on the command line


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log; positions grow with time."""

    position: int
    at: str
    actor: str
    action: str
    detail: Mapping[str, Any]


def utc_text(moment: datetime) -> str:
    """Return a moment in the one form in which the hub writes and signs times: UTC, whole seconds, `Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def record(connection: Connection, at: datetime, actor: str, action: str, **detail: str | int) -> None:
    """Write one line; `detail` names things (a region, a key id), never a token or a payload."""
    connection.execute(
        insert(audit_log).values(
            at=utc_text(at), actor=actor, action=action, detail=json.dumps(detail, sort_keys=True, ensure_ascii=False)
        )
    )


def lines(
    connection: Connection,
    size: int,
    before: int | None = None,
    actor: str | None = None,
    action: str | None = None,
    until: str | None = None,
) -> Sequence[Line]:
    """Return at most `size` lines, newest first: before a position, of one actor or action, up to and with a day."""
    log = audit_log.c
    query = select(audit_log).order_by(log.position.desc()).limit(size)
    for wanted, column in ((actor, log.actor), (action, log.action)):
        query = query if wanted is None else query.where(column == wanted)
    query = query if before is None else query.where(log.position < before)
    query = query if until is None else query.where(log.at <= f"{until}T23:59:59Z")
    return tuple(
        Line(row.position, row.at, row.actor, row.action, json.loads(row.detail)) for row in connection.execute(query)
    )


def actions(connection: Connection) -> Sequence[str]:
    """Return what was ever done here, by name."""
    return connection.scalars(select(audit_log.c.action).distinct().order_by(audit_log.c.action)).all()
