"""Reply to a comparison, or say that no time is needed for it, as the commands and the desk's pages do alike."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, select

from connectors.database import writing
from node.audit import AuditEntry
from node.config import Settings
from node.knowledge import replies
from node.release import candidate
from node.release.notice import Notice
from node.release.standing import same_place, standing
from node.release.subject import figures_name, opaque, reply_name
from node.tables import event, item
from schemas.codes import CORRECTED_FIGURES, PUBLISHED_FIGURES, EventType
from schemas.delivery import TransportRefused, TransportUnavailable
from schemas.payloads import Computed, IndicatorPublished, ReplyPublished
from schemas.refused import Refused

from .writing import Clock

Asked = Callable[[str, str], bool]
"""Asks the hub whether any region has figures of an indicator over a period; raises what a transport raises."""

_MOST_EVENTS = 200  # of the region's own figures, the newest, among which comparisons are looked for


class NothingToReplyTo(Refused, LookupError):
    """A comparison in which no region has figures."""


def keep(engine: Engine, found: ReplyPublished, author: str, clock: Clock) -> None:
    """Keep a reply as a draft, in the place of an earlier one of its name."""
    with writing(engine) as connection:
        replies.keep(connection, found, AuditEntry(author, "reply.written", replies.name_of(found), clock()))


def waive(
    engine: Engine, settings: Settings, subject_key: bytes, indicator: str, period: str, author: str, clock: Clock
) -> candidate.FrozenBundle:
    """Freeze for one reviewer that the region needs no time for a reply; raises ReplyUnreadable."""
    payload = replies.waiver(indicator, period, settings.region_set, clock())
    title = f"No reply to {indicator} {period}"
    told = f"{title}: others than the network may see the comparison as known on {payload.as_known_on}."
    notice = Notice(EventType.REPLY_WAIVED, payload, reply_name(f"{indicator}|{period}|waived"), title, (told,))
    with writing(engine) as connection:
        entry = AuditEntry(author, "waiver.prepared", f"{indicator} {period}", clock())
        return candidate.freeze(
            connection, [notice], audience="network", subject_key=subject_key, entry=entry, now=entry.at
        )  # fmt: skip


def check_compared(engine: Engine, subject_key: bytes, indicator: str, period: str, ask: Asked | None) -> bool:
    """Return whether it is certain that there are figures to reply to: the region's own, or others' at the hub.

    Raises NothingToReplyTo where the hub says that there are none. Without `ask`, and where the hub does not answer,
    nobody can tell.
    """
    with engine.connect() as connection:
        if standing(connection, [opaque(subject_key, figures_name(indicator, period))]):
            return True
    if ask is None:
        return False
    try:
        is_there = ask(indicator, period)
    except (TransportUnavailable, TransportRefused):
        return False
    if not is_there:
        raise NothingToReplyTo(
            f"No region released figures of {indicator} over {period}, so there is nothing to reply to; choose a "
            "period that the comparison has."
        )
    return True


def comparisons(connection: Connection, most: int) -> list[tuple[str, str]]:
    """Return the indicators and periods of figures that this region counted and readers see, the newest first."""
    newest = connection.scalars(
        select(item.c.subject).join(event, same_place())
        .where(item.c.type.in_((*PUBLISHED_FIGURES, *CORRECTED_FIGURES)))
        .order_by(event.c.sequence.desc()).limit(_MOST_EVENTS)
    ).all()  # fmt: skip
    found = standing(connection, newest)
    contents = [found[one].content for one in dict.fromkeys(newest) if one in found]
    own = [one for one in contents if isinstance(one, IndicatorPublished) and isinstance(one.origin, Computed)]
    return [(one.indicator, one.period) for one in own[:most]]
