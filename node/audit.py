"""The audit entry that every write takes as a required argument and stores in the same transaction."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from .tables import audit_log


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to which object, and when (UTC); `detail` holds no record value."""

    actor: str
    action: str
    subject: str
    at: datetime
    detail: str = ""


def record(connection: Connection, entry: AuditEntry) -> None:
    """Append an entry in the caller's transaction."""
    connection.execute(
        insert(audit_log).values(
            at=timestamp(entry.at),
            actor=entry.actor,
            action=entry.action,
            subject=entry.subject,
            detail=entry.detail,
        )
    )


def timestamp(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC with milliseconds, the form that is stored and signed."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
