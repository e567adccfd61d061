"""Refuse what would be a second table of one statistic: cut by other dimensions, or over a period that overlaps.

Two tables of one statistic share margins, and a year is the sum of its quarters. The model joins neither: each table
can be safe by itself, and both together tell what one of them hides.
"""

from collections.abc import Iterator, Sequence

from node.indicators.figures import ComputedIndicator
from node.release.cube import Key, statistic_keys
from node.release.disclosure import Earlier
from node.release.refusal import ReleaseRefused
from schemas.codes import first_day, last_day

_MOST_DIMENSIONS = 3  # of one table


class SecondTable(ReleaseRefused):
    """A statistic that was released, or is in this release, cut by other dimensions."""


class PeriodsOverlap(ReleaseRefused):
    """A statistic that adds up over time, and that was released, or is in this release, for a period that overlaps."""


def require_one_table(computed: Sequence[ComputedIndicator], earlier: Earlier) -> None:
    """Refuse a second table of a statistic beside those of this run and of all releases; raises the classes above."""
    cut: dict[Key, tuple[str, ...]] = {}
    periods: dict[str, set[str]] = {}
    for vintage in earlier.vintages:
        table = vintage.statistic
        cut[table.key, table.period] = tuple(side.name for side in table.dimensions)
    for cell in earlier.cells:
        periods.setdefault(cell.statistic, set()).add(cell.period)
    for one in computed:
        axes = tuple(axis.name for axis in one.axes)
        for side, key, adds_up in _statistics(one):
            before = cut.setdefault((key, one.period), axes)
            if before != axes:
                raise SecondTable(_second(one, side, before, axes))
            known = periods.setdefault(key, set())
            other = next((period for period in sorted(known) if adds_up and _overlap(period, one.period)), None)
            if other is not None:
                raise PeriodsOverlap(_overlapping(one, side, other))
            known.add(one.period)


def _statistics(one: ComputedIndicator) -> Iterator[tuple[str, str, bool]]:
    """Yield what each side is called, its key, and whether its figures of parts of a period bound those of the whole.

    Records, amounts and days add up. Persons with a record in the period do not, but a year has at least as many as any
    of its quarters, and at most as many as all of them. Who has a condition on a day is another statistic the next day.
    """
    measure, population = one.definition.measure, one.definition.population
    part, whole = statistic_keys(one)
    if measure is None or population is None:
        return
    of_period = any(criterion.window == "in_period" for criterion in population.criteria)
    matching = measure.of is not None and measure.of.window == "in_period"
    yield "numerator", part, measure.count != "persons" or matching or of_period
    if whole is not None:
        yield "denominator", whole, measure.denominator != "persons" or of_period


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


def _overlapping(one: ComputedIndicator, side: str, other: str) -> str:
    return (
        f"The {side} of {one.definition.id} for {one.period} overlaps that for {other}: what adds up over time could be"
        " subtracted, and tell what one of them hides; release one length of period only."
    )
