"""Open held figures to readers outside the network: the term is over, or every region of the comparison has replied.

A region has replied to figures where its reply, or its word that it needs no time, is about the comparison as known
when they came in or later. Regions whose figures came later had none in that comparison. What was opened stays
open, also where a reply is taken back or another region's figures come. Of what was taken back meanwhile only the place
is seen, before and after (`hub.intake.hold`).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, or_, select, update

from connectors.database import writing
from hub.audit import record, utc_text
from hub.tables import held_figure, indicator_payload, reply

_PLACE: Final = ("indicator", "period", "region_set")
Place = tuple[str, str, str]


def open_figures(engine: Engine, clock: Callable[[], datetime]) -> int:
    """Open what may be seen by now, and return of how many events; harmless to do again, and by several processes."""
    with engine.connect() as connection:
        if not _to_open(connection, utc_text(clock())):
            return 0
    with writing(engine) as connection:
        now = clock()
        opened = 0
        for event_id, why in sorted(_to_open(connection, utc_text(now)).items()):
            still = (held_figure.c.event_id == event_id, held_figure.c.opened_at.is_(None))
            changed = connection.execute(update(held_figure).where(*still).values(opened_at=utc_text(now)))
            if changed.rowcount:
                record(connection, now, "hub", "figures opened", event=event_id, why=why)
            opened += changed.rowcount
    return opened


def _to_open(connection: Connection, now: str) -> dict[str, str]:
    """Return the held events that readers may see by now, each with why."""
    held = held_figure.c
    closed = held.opened_at.is_(None)
    if connection.scalar(select(held.event_id).where(closed).limit(1)) is None:
        return {}
    found = dict.fromkeys(connection.scalars(_replied(connection, closed)), "replied")
    return found | dict.fromkeys(connection.scalars(select(held.event_id).where(closed, held.due_at <= now)), "term")


def _replied(connection: Connection, closed: ColumnElement[bool]) -> Any:
    """Select the held events of comparisons to which all regions that were in it have replied."""
    found, held = indicator_payload.c, held_figure.c
    place = [found[name] for name in _PLACE]
    waiting = select(*place).join(held_figure, held.event_id == found.event_id).where(closed).distinct()
    about = and_(*(reply.c[name] == found[name] for name in _PLACE))
    waiting = waiting.where(select(reply.c.event_id).where(about).exists())
    places: list[Place] = [(row.indicator, row.period, row.region_set) for row in connection.execute(waiting)]
    fitting = []
    for one in places:
        until = replied_until(_came(connection, one), _covered(connection, one))
        here = and_(*(found[name] == value for name, value in zip(_PLACE, one, strict=True)))
        fitting.append(and_(here, _came_at() <= until))
    chosen = select(held.event_id).join(indicator_payload, held.event_id == found.event_id)
    return chosen.where(closed, or_(False, *fitting))


def replied_until(came: Iterable[tuple[str, str]], covered: Mapping[str, str]) -> str:
    """Return the acceptance time of the newest figures to which every region that had some by then has replied.

    `came` are region and time of all figures of a comparison, `covered` until when a region's replies reach; times are
    UTC text. Empty where there is none.
    """
    first: dict[str, str] = {}
    times = set()
    for region, at in came:
        first[region] = min(at, first.get(region, at))
        times.add(at)
    for at in sorted(times, reverse=True):
        if all(covered.get(region, "") >= at for region, since in first.items() if since <= at):
            return at
    return ""


def _came(connection: Connection, place: Place) -> list[tuple[str, str]]:
    """Return of the figures at a place that others than the network are to see the region, and when they came in.

    That is their acceptance, or later where the event had come without its payload: nobody could reply to that.
    """
    found = indicator_payload.c
    here = [found[name] == value for name, value in zip(_PLACE, place, strict=True)]
    came = select(found.region, _came_at().label("at"))
    came = came.outerjoin(held_figure, held_figure.c.event_id == found.event_id)
    return [(row.region, row.at) for row in connection.execute(came.where(*here, found.audience != "network"))]


def _came_at() -> ColumnElement[str]:
    return func.coalesce(func.nullif(held_figure.c.filled_at, ""), indicator_payload.c.accepted_at)


def _covered(connection: Connection, place: Place) -> dict[str, str]:
    """Return per region until when its replies reach; what was known after a reply came in it cannot be about."""
    here = [reply.c[name] == value for name, value in zip(_PLACE, place, strict=True)]
    rows = connection.execute(select(reply.c.region, reply.c.as_known_on, reply.c.accepted_at).where(*here))
    covered: dict[str, str] = {}
    for row in rows:
        covered[row.region] = max(covered.get(row.region, ""), min(row.as_known_on, row.accepted_at))
    return covered


def held_back(connection: Connection, by: str) -> tuple[int, str | None]:
    """Return how many figures were due by a moment and are closed still, and when the first was due (UTC text)."""
    late = (held_figure.c.opened_at.is_(None), held_figure.c.due_at <= by)
    row = connection.execute(select(func.count(), func.min(held_figure.c.due_at)).where(*late)).one()
    return row[0], row[1]
