"""The tables that lay one region beside others, areas along a gradient, or a region beside its own past."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .tables import Row, Table
from .values import Value


@dataclass(frozen=True, slots=True)
class PeerRow(Row):
    """One region near another, in standard deviations; `values` are its figures of the traits, in their order.

    `likeness` is `certain` (whatever is hidden) or `possible`; `distance` None where a figure is hidden, `high` None
    without an upper end.
    """

    region: str
    name: str
    likeness: str
    distance: Decimal | None
    low: Decimal
    high: Decimal | None
    values: tuple[Value, ...]

    def flat(self) -> dict[str, Any]:
        """Return the row without its figures, of which each has an indicator of its own."""
        row = Row.flat(self)
        del row["values"]
        return row


@dataclass(frozen=True, slots=True)
class GradientRow(Row):
    """One area at its `place`, 0 the least favoured end to 1; `rank_value` is the figure that ranks it."""

    area: str
    name: str
    place: Decimal
    people: int | None
    value: Value
    shown: Decimal | None
    low: Decimal | None
    high: Decimal | None
    rank_value: Value

    def flat(self) -> dict[str, Any]:
        """Return the row with the kind of the figure that ranks it."""
        row = Row.flat(self)
        del row["rank_value"]
        return row | {"rank_kind": self.rank_value.kind}


@dataclass(frozen=True, slots=True)
class ProgressRow(Row):
    """One period of one region beside its first (`since_first`), a goal (`to_goal`) and the network (`standing`)."""

    period: str
    value: Value
    shown: Decimal | None
    bounds: str | None
    low: Decimal | None
    high: Decimal | None
    why_not: str | None
    change: Decimal | None
    since_first: str | None
    goal_gap: Decimal | None
    to_goal: str | None
    reference: Decimal | None
    reference_withheld: str | None
    reference_change: Decimal | None
    reference_of_same: bool | None
    standing: str
    revision: int
    accepted_at: str
    event_id: str


@dataclass(frozen=True)
class Peers(Table[PeerRow]):
    """The `count` regions of its set nearest to one, more where some are only possible; `left_out` says who and why."""

    row_type = PeerRow
    region: str
    name: str
    region_set: str
    count: int
    as_known_on: str
    traits: tuple[Mapping[str, Any], ...]
    left_out: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Inequality(Table[GradientRow]):
    """One indicator along another that ranks the areas, in that order.

    `slope` is above 0 where the least favoured have the higher figure, `low`..`high` its interval; with `bounds` range
    it is None and lies between them. `relative` is the slope over the mean, `ratio` the highest figure over the lowest.
    """

    row_type = GradientRow
    indicator: str
    title: Mapping[str, str]
    unit: Mapping[str, str]
    period: str
    rank_by: str
    rank_period: str
    first: str
    region_set: str
    region: str | None
    by: Mapping[str, str]
    weights: str
    as_known_on: str
    bounds: str
    slope: Decimal | None
    low: Decimal
    high: Decimal
    relative: Decimal | None
    relative_low: Decimal | None
    relative_high: Decimal | None
    relative_withheld: str | None
    ratio: Decimal | None
    ratio_low: Decimal | None
    ratio_high: Decimal | None
    why_no_ratio: str | None
    left_out: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Progress(Table[ProgressRow]):
    """One region and indicator from its `first` period on, of all people; `trend` is the verdict on these periods.

    `test_assumes` says what that verdict takes for granted, None of a hub before 0.11 and where nothing is tested.
    """

    row_type = ProgressRow
    region: str
    name: str
    region_set: str
    indicator: str
    title: Mapping[str, str]
    unit: Mapping[str, str]
    favourable: str
    by: Mapping[str, str]
    period_unit: str
    first: str
    goal: Decimal | None
    periods_left_out: int
    as_known_on: str
    trend: str | None
    why_no_trend: str | None
    test_assumes: Mapping[str, str] | None
