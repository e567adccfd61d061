"""On which day a period begins."""

from datetime import date

import pytest

from schemas.codes import PERIOD, first_day, last_day


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2026", date(2026, 1, 1)),
        ("2026-Q1", date(2026, 1, 1)),
        ("2026-Q4", date(2026, 10, 1)),
        ("2026-02", date(2026, 2, 1)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-W01", date(2025, 12, 29)),
        ("2026-W53", date(2026, 12, 28)),
        ("9999", date(9999, 1, 1)),
    ],
)
def test_a_period_begins_on_its_first_day(period: str, day: date) -> None:
    assert PERIOD.match(period)
    assert first_day(period) == day


@pytest.mark.parametrize("period", ["0000", "2026-13", "2026-00", "2026-02-29", "2025-W53"])
def test_a_period_that_the_calendar_lacks_begins_on_no_day(period: str) -> None:
    assert PERIOD.match(period)
    assert first_day(period) is None


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2024", date(2024, 12, 31)), ("2024-Q1", date(2024, 3, 31)), ("2024-02", date(2024, 2, 29)),
        ("2020-W53", date(2021, 1, 3)), ("2024-02-29", date(2024, 2, 29)), ("9999", date(9999, 12, 31)),
        ("9999-W52", date(9999, 12, 31)), ("2026-13", None), ("2026-W53", date(2027, 1, 3)), ("2025-W53", None),
    ],
)  # fmt: skip
def test_a_period_ends_on_its_last_day(period: str, day: date | None) -> None:
    assert last_day(period) == day
