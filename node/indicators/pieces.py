"""The days on which each person is observed as intervals side by side, and the stretches between them."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, Date, Select, String, case, column, func, literal, select, table

from .fuse import Gathering
from .residence import observed

Stretch = tuple[datetime.date, datetime.date]
PIECES: Final = table(
    "fused_pieces", column("person_id", BigInteger), column("municipality", String), column("start_date", Date),
    column("end_date", Date),
)  # fmt: skip
AWAY: Final = table("fused_away", column("person_id", BigInteger), column("start_date", Date), column("end_date", Date))


def observed_pieces(areas: Sequence[str], again: Select[Any] | None = None) -> Select[Any]:
    """Return the days on which persons are observed in `areas` as intervals that do not overlap: later ones are cut.

    With `again`, a query of person numbers, those of these persons only.
    """
    seen = observed(areas)
    within = () if again is None else (seen.c.person_id.in_(again),)
    start, end = seen.c.start_date, seen.c.end_date
    reached = func.max(end).over(partition_by=seen.c.person_id, order_by=(start, end), rows=(None, -1))
    columns = (seen.c.person_id, seen.c.municipality, start, end, reached.label("reached"))
    ordered = select(*columns).where(*within).subquery("ordered")
    fresh = case((ordered.c.reached > ordered.c.start_date, ordered.c.reached), else_=ordered.c.start_date)
    return select(ordered.c.person_id, ordered.c.municipality, fresh.label("start_date"), ordered.c.end_date).where(
        ordered.c.end_date > fresh
    )


def looked_at(gatherings: Iterable[Gathering]) -> Stretch | None:
    """Return the days of which some gathering asks who is observed: the first, and the day after the last."""
    cuts = [one.cuts for one in gatherings if one.is_observed]
    return (min(one[0] for one in cuts), max(one[-1] for one in cuts)) if cuts else None


def away(stretch: Stretch) -> list[Select[Any]]:
    """Return queries for the days from `stretch` on which persons in `PIECES` are not observed, as intervals.

    Columns: person_id, start_date, end_date; those of a person do not overlap. Most persons are observed throughout.
    """
    first, after = stretch
    pieces = PIECES.c
    end = func.max(pieces.end_date)
    until = select(pieces.person_id, end.label("start_date"), literal(after, Date).label("end_date")).group_by(
        pieces.person_id
    )
    left = func.lag(pieces.end_date).over(partition_by=pieces.person_id, order_by=pieces.start_date)
    through = select(pieces.person_id).where(pieces.start_date <= first, pieces.end_date >= after)
    before = (
        select(
            pieces.person_id,
            func.coalesce(left, literal(first, Date)).label("start_date"),
            pieces.start_date.label("end_date"),
        )
        .where(pieces.person_id.not_in(through))
        .subquery("before")
    )
    return [
        select(before.c.person_id, before.c.start_date, before.c.end_date).where(
            before.c.end_date > before.c.start_date, before.c.end_date > first, before.c.start_date < after
        ),
        until.having(end < after),
    ]
