"""Where the indicator of a region's goal stands now, for one reader; where that cannot be said, why not.

A goal is held against the newest figure that this reader sees, at the total of every dimension. Whether it is reached
is told only where the figure has an interval that lies wholly on one side of the goal; without an interval there is no
verdict. An intervention's goal is of those who took part: a figure of the whole population says nothing of it.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec
from sqlalchemy import Connection

from hub.comparison.progress import passed
from hub.serving.items import AcceptedItem
from hub.serving.profile import ProfileRow, profile
from schemas.catalogue import catalogue
from schemas.codes import Audience, first_day
from schemas.text import Text

GoalStanding = Literal["reached", "not_reached", "cannot_be_told"]
WhyNot = Literal["other_people", "unknown_indicator", "no_figure", "hidden", "partial", "no_interval"]


class GoalStands(msgspec.Struct, frozen=True):
    """A goal beside the newest figure, all in the indicator's unit.

    `standing` None: nothing can be held against it, `why_not` says why. `is_early`: the figure is of a period before
    the goal's, so the goal may yet be reached or lost.
    """

    item: AcceptedItem
    title: Text | None
    unit: Text | None
    standing: GoalStanding | None
    why_not: WhyNot | None
    period: str | None = None
    shown: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    is_early: bool = False
    figure: str | None = None  # the event that holds it


def goals_stand(
    connection: Connection, reader: Audience, now: datetime, code: str, goals: Sequence[AcceptedItem]
) -> tuple[GoalStands, ...]:
    """Return each of a region's goals beside its newest figure. Raises RegionNotListed."""
    if not goals:
        return ()
    rows = {row.indicator: row for row in profile(connection, reader, now, code).rows}
    return tuple(_stands(one, rows.get(one.payload.indicator)) for one in goals)


def _stands(goal: AcceptedItem, row: ProfileRow | None) -> GoalStands:
    said = goal.payload
    definition = catalogue().get(said.indicator)
    title, unit = (None, None) if definition is None else (definition.title, definition.unit)
    if definition is None:
        return GoalStands(goal, title, unit, None, "unknown_indicator")
    if said.level == "intervention":
        return GoalStands(goal, title, unit, None, "other_people")
    if row is None or (row.bounds is None and row.shown is None):
        return GoalStands(goal, title, unit, None, "no_figure")
    if row.bounds != "interval":
        return GoalStands(goal, title, unit, None, _why(row), row.period, row.shown, figure=row.event_id)
    (beside,) = passed(definition, [row.value], Decimal(said.value))  # by the interval itself, not as it is shown
    standing: GoalStanding = "cannot_be_told"
    if beside.to_goal in ("higher", "lower"):
        standing = "reached" if (beside.to_goal == "higher") == (said.at == "at_least") else "not_reached"
    return GoalStands(
        goal, title, unit, standing, None, row.period, row.shown, row.low, row.high,
        str(first_day(row.period)) < str(first_day(said.period)), row.event_id,
    )  # fmt: skip


def _why(row: ProfileRow) -> WhyNot:
    if row.why_not == "partial":
        return "partial"
    return "hidden" if row.bounds == "range" else "no_interval"
