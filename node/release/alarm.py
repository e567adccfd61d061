"""Alarms: the hub's signed words contradict this region's own chain, and everything waits until somebody looked."""

from typing import Final

from sqlalchemy import Connection, select

from node.audit import AuditEntry, record
from node.tables import audit_log
from schemas.refused import Refused

RAISED: Final = "alarm.raised"
CLOSED: Final = "alarm.closed"
_CLOSING: Final = "nothing is signed or sent until somebody compared both and ran `python -m node resume`"


class HubSaysOtherwise(Refused, RuntimeError):
    """A word signed by the hub that contradicts what this node knows."""


class HubShowsAnotherChain(HubSaysOtherwise):
    """A hub that holds another event at a place of this region's chain than this node signed there."""


class HubHistoryChanged(HubSaysOtherwise):
    """A hub whose daily heads are not those it showed before, or not this region's."""


class NoAlarm(Refused, ValueError):
    """An alarm to be closed where there is none."""


_KINDS: Final = {kind.__name__: kind for kind in (HubShowsAnotherChain, HubHistoryChanged)}


def sound(connection: Connection, alarm: HubSaysOtherwise, entry: AuditEntry) -> None:
    """Record an alarm, in a transaction that the caller commits before raising it; `entry` says by whom and when."""
    record(connection, AuditEntry(entry.actor, RAISED, type(alarm).__name__, entry.at, str(alarm)))


def worded(kind: type[HubSaysOtherwise], fact: str) -> HubSaysOtherwise:
    """Return an alarm whose sentence says the fact and what follows from it."""
    return kind(f"{fact}; {_CLOSING}.")


def standing_alarm(connection: Connection) -> HubSaysOtherwise | None:
    """Return the alarm that nobody has closed yet, None where there is none."""
    last = connection.execute(
        select(audit_log).where(audit_log.c.action.in_((RAISED, CLOSED))).order_by(audit_log.c.id.desc()).limit(1)
    ).one_or_none()
    return None if last is None or last.action == CLOSED else _KINDS[last.subject](last.detail)


def check_calm(connection: Connection) -> None:
    """Raise the alarm that nobody has closed yet: HubShowsAnotherChain or HubHistoryChanged."""
    alarm = standing_alarm(connection)
    if alarm is not None:
        raise alarm


def close(connection: Connection, entry: AuditEntry) -> None:
    """Go on after somebody looked; the entry's detail is what was found. Raises NoAlarm."""
    alarm = standing_alarm(connection)
    if alarm is None:
        raise NoAlarm("There is no alarm to close; `python -m node doctor` says how this node is.")
    record(connection, AuditEntry(entry.actor, CLOSED, type(alarm).__name__, entry.at, entry.detail))
