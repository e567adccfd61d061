"""The days of a period, as other formats ask for them."""

from datetime import date, timedelta

from schemas.codes import first_day


class PeriodUnknown(ValueError):
    """A period that the calendar does not have."""


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the last day of a year, quarter, month, week or day; raises PeriodUnknown."""
    first = first_day(period)
    try:
        if first is not None:
            return first, _last_day(period, first)
    except (ValueError, OverflowError):  # the day after it has no place in the calendar
        pass
    raise PeriodUnknown(f"The calendar has no period {period}.")


def _last_day(period: str, first: date) -> date:
    rest = period[5:]
    if rest.startswith("W"):
        return first + timedelta(days=6)
    if "-" in rest:
        return first
    months = 12 if not rest else 3 if rest.startswith("Q") else 1
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)
