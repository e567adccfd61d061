"""Refuse what would be a second table of one statistic: cut by other dimensions, or over a period that overlaps.

Two tables of one statistic share margins, and a year is the sum of its quarters. The model joins neither: each table
can be safe by itself, and both together tell what one of them hides.
"""

from collections.abc import Mapping, Sequence

from node.indicators.figures import ComputedIndicator
from node.release.cube import Key, statistic_keys
from node.release.disclosure import Earlier
from node.release.refusal import ReleaseRefused
from schemas.codes import first_day, last_day
from schemas.inclusion import PERSONS, is_part, taken_apart

_MOST_DIMENSIONS = 3  # of one table


class SecondTable(ReleaseRefused):
    """A statistic that was released, or is in this release, cut by other dimensions."""


class PeriodsOverlap(ReleaseRefused):
    """A statistic that adds up over time, where it, a part or a whole of it, is there for a period that overlaps."""


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
    of its quarters, and at most as many as all of them. Who has a condition on a day is another statistic the next day.
    """
    found = taken_apart(key)
    return found is not None and (
        found.counted != PERSONS or any(criterion.window == "in_period" for criterion in found.population.criteria)
    )


def _overlapped(periods: Mapping[str, set[str]], key: str, period: str) -> tuple[str, str] | None:
    """Return a period that overlaps this one of the same statistic, or of a part or whole of it, and what it is of."""
    for other, known in sorted(periods.items()) if _adds_up(key) else ():
        found = next((one for one in sorted(known) if _overlap(one, period)), None)
        if found is None or not _adds_up(other):
            continue
        if other == key:
            return found, "that"
        if is_part(other, key) or is_part(key, other):
            return found, "a part of it" if is_part(other, key) else "that of which it is a part"
    return None


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
    return (
        f"The {side} of {one.definition.id} for {one.period} overlaps {what} for {other}: what adds up over time could"
        " be subtracted, and tell what one of them hides; release one length of period only."
    )
