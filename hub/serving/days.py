"""The days of a period, as other formats ask for them."""

from datetime import date, timedelta

from schemas.codes import first_day


class PeriodUnknown(ValueError):
    """A period that the calendar does not have."""


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the last day of a year, quarter, month, week or day; raises PeriodUnknown."""
    first = first_day(period)
    if first is None:
        raise PeriodUnknown(f"The calendar has no period {period}.")
    rest = period[5:]
    if rest.startswith("W"):
        return first, first + timedelta(days=6)
    if "-" in rest:
        return first, first
    months = 12 if not rest else 3 if rest.startswith("Q") else 1
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return first, date(year, month + 1, 1) - timedelta(days=1)
