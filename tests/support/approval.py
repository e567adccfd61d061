"""The hub's operator of the tests, who approves the keys that a region's people read out."""

from datetime import datetime

from sqlalchemy import Connection

from hub.intake.approval import approve, awaiting


def approve_keys(connection: Connection, code: str, now: datetime) -> None:
    """Approve the keys with which a region waits, where any wait."""
    fingerprint = awaiting(connection, code)
    if fingerprint is not None:
        approve(connection, code, fingerprint, now)
