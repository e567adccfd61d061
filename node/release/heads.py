"""Heads: the hub's signed daily lists of all chains, kept and compared, so that it cannot show two histories unseen."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select

from node.audit import AuditEntry, record
from node.tables import event as event_table
from node.tables import head_seen
from node.tables import restored as restored_table
from schemas.canonical import canonical_bytes
from schemas.delivery import HeadsOf
from schemas.heads import FIRST_DAY_BEFORE, Heads, check_heads, heads_hash
from schemas.signature import PublicKey, SignatureMismatch

from .alarm import HubHistoryChanged, HubSaysOtherwise, sound, worded

_FIRST_LOOK: Final = timedelta(days=30)  # how far a node looks back that never compared before
_MOST_DAYS: Final = 400  # that a hub gives at once


def first_day(connection: Connection, live: Heads, today: date) -> date | None:
    """Return the first day whose heads are to be compared: the last kept one, which may not change.

    None where the live heads follow from that one, or from no day at all.
    """
    last = _newest(connection)
    if live.previous == (last.hash if last else FIRST_DAY_BEFORE):
        return None
    return datetime.fromisoformat(last.as_of).date() if last else today - _FIRST_LOOK


def since(first: date, today: date, heads_of: HeadsOf) -> tuple[Heads, ...]:
    """Return the heads that the hub kept from that day on, oldest first; raises what the transport does.

    One request, where both clocks are right. A hub whose clock was ahead kept more days than passed here: it is asked
    for more, since a list that begins too late would look like a day that was rewritten.
    """
    days = min(max((today - first).days + 1, 1), _MOST_DAYS)
    while True:
        found = sorted(heads_of(days), key=lambda one: one.as_of)
        if len(found) < days or days == _MOST_DAYS or found[0].as_of[:10] <= f"{first}":
            return tuple(one for one in found if one.as_of[:10] >= f"{first}")
        days = min(2 * days, _MOST_DAYS)


def is_due(connection: Connection, now: datetime) -> bool:
    """Tell whether the heads of a day that is over are still to be compared."""
    last = _newest(connection)
    return last is None or datetime.fromisoformat(last.as_of) + timedelta(days=1) <= now


def heed(
    connection: Connection, heads: Heads, region: str, hub_key: PublicKey, now: datetime, *, live: bool
) -> HubSaysOtherwise | None:
    """Compare the hub's heads with this chain and, unless they are `live`, with those kept; keep them then.

    Return the alarm where they contradict. Heads that the hub did not sign are recorded, and nothing follows.
    """
    try:
        check_heads(heads, hub_key)
    except SignatureMismatch as error:
        record(connection, AuditEntry("hub", "heads.doubted", heads.as_of[:32], now, str(error)))
        return None
    fact = _own_contradiction(connection, heads, region)
    if not live:
        fact = _chained(connection, heads) or fact
    if fact is None:
        return None
    alarm = worded(HubHistoryChanged, fact)
    sound(connection, alarm, AuditEntry("hub", "heads", region, now))
    return alarm


def _chained(connection: Connection, heads: Heads) -> str | None:
    """Keep a day's heads and say what contradicts those kept before; a day kept already must be the same."""
    fact, digest, last = None, heads_hash(heads), _newest(connection)
    kept = connection.scalar(select(head_seen.c.hash).where(head_seen.c.as_of == heads.as_of))
    if kept is not None:
        return None if kept == digest else _changed(heads)
    if last is not None and (heads.previous != last.hash or heads.as_of < last.as_of):
        fact = _changed(heads)
    # Kept also when it contradicts: it is the evidence, and what the days to come are chained to.
    connection.execute(
        insert(head_seen).values(as_of=heads.as_of, hash=digest, body=canonical_bytes(heads))
    )  # fmt: skip
    return fact


def _changed(heads: Heads) -> str:
    return f"The hub's heads of {heads.as_of[:10]} do not follow from those it showed before"


def _own_contradiction(connection: Connection, heads: Heads, region: str) -> str | None:
    own = next((head for head in heads.heads if head.region == region and head.sequence), None)
    if own is None or connection.scalar(select(restored_table.c.made_at).limit(1)) is not None:
        return None
    signed = connection.scalar(select(event_table.c.id).where(event_table.c.sequence == own.sequence))
    if signed == own.event_id:
        return None
    return f"The hub's heads of {heads.as_of[:10]} name another event as number {own.sequence} of {region}'s chain"


def _newest(connection: Connection) -> Row[Any, Any] | None:
    rows = select(head_seen.c.as_of, head_seen.c.hash).order_by(head_seen.c.as_of.desc()).limit(1)
    return connection.execute(rows).one_or_none()
