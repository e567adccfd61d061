"""Work out the totals that an audience may be shown of an indicator and period, to be kept as they are now.

Of what stands now, and of how every day ended since the last time: a hub that was filled at once knows its past.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from hub import tables
from hub.audit import utc_text
from hub.comparison import Reference, reference_of
from hub.comparison.compare import NothingToCompare
from hub.serving.as_compared import stored_of
from hub.serving.compared import CutUnknown, parse_cut
from hub.serving.figures import AcceptedIndicator, Latest, latest, readable
from hub.serving.totals import cut_text, vintage_of
from schemas.catalogue import catalogue
from schemas.codes import AREA, TOTAL, Audience
from schemas.joint import Cut, Total

_MOST_CUTS: Final = 2_000  # of one comparison; finer ones have no total


class FigureDestroyed(LookupError):
    """A total that was to be kept, of which a figure was destroyed meanwhile."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A total to be kept: its row, and region and event of each part."""

    row: Mapping[str, Any] = field(repr=False)
    parts: tuple[tuple[str, str], ...]


def frozen(
    connection: Connection,
    reader: Audience,
    place: tuple[str, str],
    since: str | None,
    now: datetime,
    may: Callable[[Total], bool],
) -> Iterator[Frozen]:
    """Yield the totals of a place that are not kept yet and that `may` lets through.

    Of past days those from `since` on (UTC text), of None all.
    """
    indicator, period = place
    if indicator not in catalogue():
        return
    found = tables.indicator_payload.c
    here = (found.indicator == indicator, found.period == period, found.audience.in_(readable(reader)))
    names = connection.scalars(select(found.region_set).where(*here).distinct().order_by(found.region_set)).all()
    stood: set[tuple[str, str]] = set()
    for moment in (None, *_day_ends(connection, here, since, now)):
        for name in names:
            held = latest(connection, reader, indicator, period, name, moment)
            vintage = vintage_of(catalogue()[indicator], held, moment)
            if (name, vintage) not in stood:
                stood.add((name, vintage))
                yield from _of(connection, reader, (indicator, period, name), held, vintage, now, may)


def _day_ends(connection: Connection, here: Sequence[Any], since: str | None, now: datetime) -> list[str]:
    """Return the ends of the days, before today, on which something came here, took its place or was opened."""
    found, took = tables.indicator_payload, tables.superseded
    came = select(found.c.accepted_at).where(*here)
    noted = select(took.c.accepted_at).join(found, found.c.event_id == took.c.event_id).where(*here)
    held = tables.held_figure
    opened = select(held.c.opened_at).join(found, found.c.event_id == held.c.event_id).where(*here)
    opened = opened.where(held.c.opened_at.is_not(None))
    days = {at[:10] for query in (came, noted, opened) for at in connection.scalars(query)}
    return [f"{day}T23:59:59Z" for day in sorted(days) if (since or "")[:10] <= day < utc_text(now)[:10]]


def _of(
    connection: Connection,
    reader: Audience,
    place: tuple[str, str, str],
    held: Sequence[Latest],
    vintage: str,
    now: datetime,
    may: Callable[[Total], bool],
) -> Iterator[Frozen]:
    definition = catalogue()[place[0]]
    total = tables.shown_total.c
    common = dict(zip(("indicator", "period", "region_set"), place, strict=True))
    common |= {"audience": reader, "vintage": vintage}
    kept = connection.scalars(select(total.cut).where(*(total[name] == value for name, value in common.items())))
    known, figures = set(kept), stored_of(held)
    standing = {one.region: one for one in held if isinstance(one, AcceptedIndicator)}
    for cut in _cuts(held):
        try:
            reference = None if cut_text(cut) in known else reference_of(definition, figures, dict(cut))
        except NothingToCompare:
            return
        if reference is None:
            continue
        parts = tuple((region, standing[region].event_id) for region in reference.parts)
        if may(Total(cut, reference.numerator, reference.denominator, parts)):
            newest = max(standing[region].accepted_at for region in reference.parts)
            yield Frozen({**common, "cut": cut_text(cut), **_figures(reference, newest, now)}, parts)


def _figures(reference: Reference, newest: str, now: datetime) -> dict[str, Any]:
    return {
        "numerator": reference.numerator,
        "denominator": reference.denominator,
        "regions": reference.regions,
        "out_of": reference.out_of,
        "accepted_at": newest,
        "shown_at": utc_text(now),
    }


def _cuts(held: Sequence[Latest]) -> list[Cut]:
    """Return the cuts that a reader can ask for and that some region has a figure of."""
    found: set[Cut] = {()}
    for one in held:
        if isinstance(one, AcceptedIndicator):
            for cell in one.payload.cells:
                pairs = zip(one.payload.dimensions, cell.nodes, strict=True)
                found.add(tuple(sorted(pair for pair in pairs if pair[0] != AREA and pair[1] != TOTAL)))
    return [cut for cut in sorted(found) if _is_asked(cut)][:_MOST_CUTS]


def _is_asked(cut: Cut) -> bool:
    try:
        return tuple(sorted(parse_cut(cut_text(cut)).items())) == cut and len(cut_text(cut)) <= 200
    except CutUnknown:
        return False


def keep(connection: Connection, found: Sequence[Frozen]) -> None:
    """Keep totals in the caller's transaction; raises FigureDestroyed.

    The events' rows are locked until then, so that whoever destroys one finds the totals that are made of it.
    """
    event = tables.event
    events = sorted({event_id for one in found for _, event_id in one.parts})
    for start in range(0, len(events), 500):
        some = events[start : start + 500]
        query = select(event.c.id).where(event.c.id.in_(some), event.c.payload != b"").order_by(event.c.id)
        if len(connection.scalars(query.with_for_update(read=True)).all()) < len(some):
            raise FigureDestroyed(
                "A figure of a total was destroyed while the total was worked out; it is proven again."
            )
    for one in found:
        (number,) = connection.execute(insert(tables.shown_total).values(one.row)).inserted_primary_key or (None,)
        rows = [{"total": number, "event_id": event_id, "region": region} for region, event_id in one.parts]
        connection.execute(insert(tables.shown_total_part), rows)
