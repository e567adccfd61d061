"""Refuse what would be a second table of one statistic: cut by other dimensions, or over a period that overlaps.

Two tables of one statistic share margins, a year is the sum of its quarters, and a quarter is judged on one day with
its second month. The model joins none of these: each table can be safe by itself, and both together tell what one of
them hides.
"""

from collections.abc import Callable, Mapping, Sequence

from node.indicators.figures import ComputedIndicator
from node.indicators.period import PeriodUnknown, read_period
from node.release.cube import Key, statistic_keys
from node.release.disclosure import Earlier
from node.release.refusal import ReleaseRefused
from schemas.codes import first_day, last_day
from schemas.inclusion import PERSONS, is_part, taken_apart

_WITHIN = ("in_period", "ended_in_period")  # windows that a longer period has more of
_MOST_DIMENSIONS = 3  # of one table


class SecondTable(ReleaseRefused):
    """A statistic that was released, or is in this release, cut by other dimensions."""


class PeriodsOverlap(ReleaseRefused):
    """A statistic of which it, a part or a whole of it, is there for a period that overlaps, or is of the same day."""


def require_one_table(computed: Sequence[ComputedIndicator], earlier: Earlier) -> None:
    """Refuse a second table of a statistic beside those of this run and of all releases; raises the classes above."""
    cut: dict[Key, tuple[str, ...]] = {}
    periods: dict[str, set[str]] = {}  # by statistic
    for vintage in earlier.vintages:
        table = vintage.statistic
        cut[table.key, table.period] = tuple(side.name for side in table.dimensions)
    for cell in earlier.cells:
        periods.setdefault(cell.statistic, set()).add(cell.period)
    for one in computed:
        axes = tuple(axis.name for axis in one.axes)
        for side, key in zip(("numerator", "denominator"), statistic_keys(one), strict=True):
            if key is None:
                continue
            before = cut.setdefault((key, one.period), axes)
            if before != axes:
                raise SecondTable(_second(one, side, before, axes))
            if (other := _overlapped(periods, key, one.period)) is not None:
                raise PeriodsOverlap(_overlapping(one, side, *other))
            periods.setdefault(key, set()).add(one.period)


def _adds_up(key: str) -> bool:
    """Tell whether a statistic's figures of parts of a period bound those of the whole, by its canonical name.

    Records, amounts and days add up. Persons with a record in the period do not, but a year has at least as many as any
    of its quarters, and at most as many as all of them; so it is with who was there on any day. Who has a condition on
    a day is another statistic the next day.
    """
    found = taken_apart(key)
    return found is not None and (
        found.counted != PERSONS
        or found.population.covered_on == "any_day"
        or any(criterion.window in _WITHIN for criterion in found.population.criteria)
    )


def _overlapped(periods: Mapping[str, set[str]], key: str, period: str) -> tuple[str, str] | None:
    """Return a period that overlaps this one of the same statistic, or of a part or whole of it, and what it is of.

    Of what does not add up over time: one that is judged on the same day. A quarter and its second month share theirs.
    """
    adds_up = _adds_up(key)
    for other, known in sorted(periods.items()):
        meets = _overlap if adds_up else _on_one_day(key)
        found = next((one for one in sorted(known) if meets(one, period)), None)
        if found is None or adds_up != _adds_up(other):
            continue
        if other == key:
            return found, "that"
        if is_part(other, key) or is_part(key, other):
            return found, "a part of it" if is_part(other, key) else "that of which it is a part"
    return None


def _on_one_day(key: str) -> Callable[[str, str], bool]:
    """Return what tells of two periods whether they are judged on the same day for a statistic."""
    counted = taken_apart(key)

    def meets(one: str, other: str) -> bool:
        if counted is None or one == other:
            return False
        try:
            days = {read_period(period).reference(counted.population.covered_on) for period in (one, other)}
        except PeriodUnknown:  # a day or week: nothing is counted by these
            return False
        return len(days) == 1

    return meets


def _overlap(one: str, other: str) -> bool:
    start, end, other_start, other_end = first_day(one), last_day(one), first_day(other), last_day(other)
    if one == other or start is None or end is None or other_start is None or other_end is None:
        return False
    return start <= other_end and other_start <= end


def _second(one: ComputedIndicator, side: str, before: Sequence[str], axes: Sequence[str]) -> str:
    crossed = tuple(dict.fromkeys((*before, *axes)))
    cross = f"cross them in one table ({', '.join(crossed)}), or " if len(crossed) <= _MOST_DIMENSIONS else ""
    return (
        f"The {side} of {one.definition.id} {one.period} is cut by {', '.join(axes)} here and by {', '.join(before)} in"
        f" another table: they share totals, and together they could tell what one of them hides; {cross}release only"
        " one of them."
    )


def _overlapping(one: ComputedIndicator, side: str, other: str, what: str) -> str:
    if _overlap(one.period, other) and any(_adds_up(key) for key in statistic_keys(one) if key is not None):
        return (
            f"The {side} of {one.definition.id} for {one.period} overlaps {what} for {other}: what adds up over time"
            " could be subtracted, and tell what one of them hides; release one length of period only."
        )
    return (
        f"The {side} of {one.definition.id} for {one.period} is judged on the same day as {what} for {other}: they are"
        " one statistic under two names, and together tell what one of them hides; release one length of period only."
    )
