"""Periods and completed years: when a person counts, and how old they are then."""

import datetime
import re
from dataclasses import dataclass
from typing import Final, Literal

from schemas.codes import PERIOD
from schemas.definition import Criterion, IndicatorDefinition
from schemas.refused import Refused

YEAR_AFTER: Final = 365  # days
_MID_MONTH_DAY: Final = 16


class PeriodNotOver(Refused, ValueError):
    """A period of which days are still to come, or days after it that a definition looks at."""


class PeriodUnknown(Refused, ValueError):
    """A period is not a year, a quarter or a month."""


@dataclass(frozen=True, slots=True)
class Period:
    """The half-open days [start, end) of a period, and its middle day."""

    start: datetime.date
    middle: datetime.date
    end: datetime.date

    def reference(self, covered_on: str) -> datetime.date:
        """Return the day on which coverage, life and age are judged: the middle day or the last day."""
        return self.middle if covered_on == "mid_period" else self.end - datetime.timedelta(days=1)


def read_period(period: str) -> Period:
    """Return the days of `2024`, `2024-Q3` or `2024-07`.

    The middle day of a year is 1 July, of a quarter the 16th of its second month, of a month the 16th.
    Raises PeriodUnknown for anything else.
    """
    first, months = _first_month(period)
    year, month = first.year + (first.month - 1 + months) // 12, (first.month - 1 + months) % 12 + 1
    if months == 12:
        middle = first.replace(month=7)
    else:
        middle = first.replace(month=first.month + months // 2, day=_MID_MONTH_DAY)
    return Period(first, middle, datetime.date(year, month, 1))


def check_over(period: str, today: datetime.date, definition: IndicatorDefinition | None = None) -> None:
    """Raise PeriodNotOver for a period of which days are still to come; days and weeks are not counted here.

    With a definition also where it looks beyond the period, such as for whoever is admitted again, and those days are
    still to come: they would count as days on which nothing happened.
    """
    try:
        end = read_period(period).end
    except PeriodUnknown:  # whoever computed it reads it; `compile` refuses what cannot be counted
        return
    if end > today:
        raise PeriodNotOver(
            f"Period {period} ends on {end - datetime.timedelta(days=1)} and today is {today}: its figures would not be"
            " those of the whole period; choose one that has ended."
        )
    last = None if definition is None else looks_until(definition, read_period(period))
    if definition is not None and last is not None and last >= today:
        raise PeriodNotOver(
            f"{definition.id} over {period} looks until {last} and today is {today}: what is still to come would count"
            " as not happening; leave it out until then, or choose an earlier period."
        )


def looks_until(definition: IndicatorDefinition, days: Period) -> datetime.date | None:
    """Return the last day beyond the period on which a definition looks; None where it looks at none."""
    population, measure = definition.population, definition.measure
    if population is None:
        return None
    asked: list[Criterion] = [*population.criteria, *population.exclude]
    if measure is not None and measure.of is not None:
        asked.append(measure.of)
    last_day = days.end - datetime.timedelta(days=1)
    found = [
        days.reference(population.covered_on) + datetime.timedelta(days=YEAR_AFTER)
        for one in asked
        if one.window == "year_after_reference"
    ]
    found += [last_day + datetime.timedelta(days=one.again.within_days) for one in asked if one.again is not None]
    return max(found, default=None)


def last_whole(unit: Literal["year", "quarter", "month"], today: datetime.date) -> str:
    """Return the last year, quarter or month that had ended before `today`."""
    if unit == "year":
        return f"{today.year - 1:04d}"
    if unit == "quarter":
        year, quarter = divmod(today.year * 4 + (today.month - 1) // 3 - 1, 4)
        return f"{year:04d}-Q{quarter + 1}"
    year, month = divmod(today.year * 12 + today.month - 2, 12)
    return f"{year:04d}-{month + 1:02d}"


def _first_month(period: str) -> tuple[datetime.date, int]:
    if PERIOD.fullmatch(period) and re.match(r"(?!0000)\d{4}(-(Q\d|0[1-9]|1[0-2]))?$", period):
        year = int(period[:4])
        if len(period) == 4:
            return datetime.date(year, 1, 1), 12
        if period[5] == "Q":
            return datetime.date(year, 3 * int(period[6]) - 2, 1), 3
        return datetime.date(year, int(period[5:]), 1), 1
    raise PeriodUnknown(f"The period {period!r} is unknown; write a year 2024, a quarter 2024-Q3 or a month 2024-07.")


def born_by(reference: datetime.date, age: int) -> datetime.date:
    """Return the last birth date of those who have completed `age` years on the reference date."""
    year = reference.year - age
    if year < 1:
        return datetime.date.min
    if (reference.month, reference.day) == (2, 29) and not _is_leap(year):
        return datetime.date(year, 2, 28)
    return reference.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
