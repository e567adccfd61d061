"""The days of a period, as other formats ask for them."""

from datetime import date

from schemas.codes import first_day, last_day


class PeriodUnknown(ValueError):
    """A period that the calendar does not have."""


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the last day of a year, quarter, month, week or day; raises PeriodUnknown."""
    first, last = first_day(period), last_day(period)
    if first is None or last is None:
        raise PeriodUnknown(f"The calendar has no period {period}.")
    return first, last
