"""Approve a region's keys: an operator compares their fingerprint with what the region's people read out."""

import hmac
from datetime import datetime

from sqlalchemy import Connection, select, update

from hub.audit import OPERATOR, record
from hub.tables import region
from schemas.fingerprint import digits_of
from schemas.refused import Refused


class NothingToApprove(Refused, LookupError):
    """A region without keys that wait for approval."""


class FingerprintMismatch(Refused, PermissionError):
    """A fingerprint that is not that of the keys which came in."""


def awaiting(connection: Connection, code: str) -> str | None:
    """Return the fingerprint that a region's keys wait with, or None where none wait."""
    return connection.scalar(select(region.c.awaiting).where(region.c.code == code))


def approve(
    connection: Connection, code: str, fingerprint: str, now: datetime, by: str = OPERATOR, **where: str
) -> None:
    """Let a region's enrolled keys count from now on; `by` and `where` (an origin) go into the log.

    Raises NothingToApprove or FingerprintMismatch.
    """
    waits = connection.scalar(select(region.c.awaiting).where(region.c.code == code).with_for_update())
    if waits is None:
        raise NothingToApprove(f"Region {code} has no keys that wait for approval; see: python -m hub doctor")
    if not hmac.compare_digest(digits_of(fingerprint).encode(), digits_of(waits).encode()):
        raise FingerprintMismatch(
            f"That is not the fingerprint of the keys that came in for {code}; have it read out again, and when it "
            f"still differs, invite the region anew: python -m hub invite {code} --again"
        )
    connection.execute(update(region).where(region.c.code == code).values(awaiting=None))
    record(connection, now, by, "keys approved", region=code, fingerprint=waits, **where)
