"""What a hub keeps of destroyed events, worked out again where they come without their payloads from a ledger file.

Every version of the same figures, lesson or evaluation has one opaque subject, so the versions beside a destroyed one
tell its place, and what it took the place of: without that, what was corrected would be shown again.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, func, insert, select

from hub.tables import event, indicator_payload, superseded
from schemas.catalogue import catalogue
from schemas.codes import CORRECTED_FIGURES, FIGURE_EVENTS, PUBLISHED_LESSONS, REVISED_LESSONS, EventType
from schemas.ledger_file import LedgerEntry

_REVISIONS: Final = (
    *REVISED_LESSONS,
    EventType.EVALUATION_REVISED,
    EventType.ASSESSMENT_REVISED,
    EventType.REPLY_REVISED,
)
_REVISED: Final = dict.fromkeys(_REVISIONS, "revised")
_REPLACES: Final = dict.fromkeys(CORRECTED_FIGURES, "corrected") | _REVISED
_FIRST: Final = (
    *PUBLISHED_LESSONS,
    EventType.EVALUATION_PUBLISHED,
    EventType.ASSESSMENT_PUBLISHED,
    EventType.REPLY_PUBLISHED,
)
_WORDS: Final = (*_FIRST, *_REVISIONS)
_PLACE: Final = ("indicator", "version", "definition_hash", "period", "region_set")


def put_remains(connection: Connection, destroyed: Sequence[LedgerEntry]) -> list[int]:
    """Put the remains of destroyed events of one region in, oldest first; all its other events are held already.

    Returns the places of figures of which nothing tells the indicator and the period: readers see a gap there, where
    the hub that had them shows `withdrawn`.
    """
    unknown = []
    for one in destroyed:
        if one.envelope.type in _REPLACES:
            _put_replaced(connection, one)
        if one.envelope.type in FIGURE_EVENTS and not _put_place(connection, one):
            unknown.append(one.envelope.sequence)
    return unknown


def _common(one: LedgerEntry) -> dict[str, object]:
    accepted_at = one.receipt.accepted_at if one.receipt else ""
    envelope = one.envelope
    return {
        "region": envelope.region, "sequence": envelope.sequence, "audience": envelope.audience,
        "accepted_at": accepted_at,
    }  # fmt: skip


def _put_replaced(connection: Connection, one: LedgerEntry) -> None:
    """Say what a destroyed correction or revision took the place of: the version before it."""
    envelope = one.envelope
    before = connection.scalar(
        select(event.c.id)
        .where(
            event.c.region == envelope.region,
            event.c.subject == envelope.subject,
            event.c.type.in_((*FIGURE_EVENTS, *_WORDS)),
            event.c.sequence < envelope.sequence,
        )
        .order_by(event.c.sequence.desc())
        .limit(1)
    )
    if before is not None:
        row = {"by_event": one.id, "event_id": before, "kind": _REPLACES[envelope.type], "reason": ""}
        connection.execute(insert(superseded).values(**row, **_common(one)))


def _put_place(connection: Connection, one: LedgerEntry) -> bool:
    """Say of which indicator and period destroyed figures were, as the nearest other version does."""
    envelope, place = one.envelope, indicator_payload.c
    found = connection.execute(
        select(*(place[name] for name in _PLACE))
        .join(event, event.c.id == place.event_id)
        .where(event.c.region == envelope.region, event.c.subject == envelope.subject)
        .order_by(func.abs(event.c.sequence - envelope.sequence))
        .limit(1)
    ).one_or_none()
    if found is not None and found.indicator in catalogue():
        values = dict(zip(_PLACE, found, strict=True))
        connection.execute(insert(indicator_payload).values(event_id=one.id, **values, **_common(one)))
    return found is not None
