"""Tell readers that a correction waits, without where in the figures or how large, and when it waits no more."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from node.tables import bundle, event, item
from schemas.codes import EventType
from schemas.payloads import IndicatorPending
from schemas.upcast import read_payload

from .notice import Notice
from .protect import ProtectedIndicator
from .standing import StandingItem, same_place
from .states import OVER
from .subject import name_of


def words(connection: Connection, unchanged: Sequence[tuple[ProtectedIndicator, StandingItem]]) -> tuple[Notice, ...]:
    """Return a notice for each of these figures whose readers are told otherwise than it is now.

    Figures that change themselves need none: what was said before concerned the event they replace. Nor do those of
    which a bundle that did not leave yet holds the same notice: it would be published twice.
    """
    return tuple(
        _notice(one, stood)
        for one, stood in unchanged
        if one.audit is not None
        and one.facts.waits != _told(connection, stood)
        and not _is_about_to_be_told(connection, IndicatorPending(stood.event_id, one.facts.waits), stood.subject)
    )


def _told(connection: Connection, stood: StandingItem) -> bool:
    """Tell whether readers know that a correction of this event waits."""
    rows = connection.execute(
        select(item.c.type, item.c.payload)
        .join(event, same_place())
        .where(item.c.subject == stood.subject, item.c.type == EventType.INDICATOR_PENDING)
        .order_by(event.c.sequence.desc())
    )
    said = (read_payload(row.type, row.payload) for row in rows if row.payload)
    return any(
        latest.waits and latest.concerns == stood.event_id
        for latest in [next(said, None)]
        if isinstance(latest, IndicatorPending)
    )


def _is_about_to_be_told(connection: Connection, notice: IndicatorPending, subject: str) -> bool:
    """Tell whether a bundle that is neither signed nor rejected holds this notice."""
    rows = connection.execute(
        select(item.c.type, item.c.payload)
        .join(bundle, bundle.c.id == item.c.bundle_id)
        .where(
            item.c.subject == subject,
            item.c.type == EventType.INDICATOR_PENDING,
            bundle.c.state.not_in(OVER),
        )
    )
    return any(row.payload and read_payload(row.type, row.payload) == notice for row in rows)


def _notice(one: ProtectedIndicator, stood: StandingItem) -> Notice:
    waits = one.facts.waits
    title = f"Correction pending of {stood.title}" if waits else f"No correction pending any more of {stood.title}"
    told = "readers see that a correction waits" if waits else "readers see no more that a correction waits"
    return Notice(
        type=EventType.INDICATOR_PENDING,
        payload=IndicatorPending(stood.event_id, waits),
        natural=name_of(stood.content),
        title=title,
        summary=(f"{title} (event {stood.event_id[:16]}): {told}, and not how large it is.",),
    )
