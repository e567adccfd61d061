"""The hub's own log of who did what; append-only."""

import json
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert

from hub.tables import audit_log

BACKED_UP: Final = "backup made"


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
