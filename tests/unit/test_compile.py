"""Periods, ages and bands, and what the compiled statement looks like."""

import datetime
import re

import pytest
from sqlalchemy.dialects import postgresql

from node.indicators.compile import NothingToCount, band_labels, compile
from node.indicators.period import PeriodNotOver, PeriodUnknown, born_by, check_over, read_period
from node.indicators.warehouse import statement_for_duckdb
from schemas.catalogue import catalogue

COUNTED = sorted(name for name, definition in catalogue().items() if definition.measure is not None)


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("period", "start", "middle", "end"),
    [
        ("2024", "2024-01-01", "2024-07-01", "2025-01-01"),
        ("2023", "2023-01-01", "2023-07-01", "2024-01-01"),
        ("2024-Q1", "2024-01-01", "2024-02-16", "2024-04-01"),
        ("2024-Q4", "2024-10-01", "2024-11-16", "2025-01-01"),
        ("2024-02", "2024-02-01", "2024-02-16", "2024-03-01"),
        ("2024-12", "2024-12-01", "2024-12-16", "2025-01-01"),
    ],
)
def test_a_period_has_half_open_days_and_a_middle_day(period: str, start: str, middle: str, end: str) -> None:
    days = read_period(period)
    assert (days.start, days.middle, days.end) == (_day(start), _day(middle), _day(end))
    assert days.reference("mid_period") == days.middle
    assert days.reference("end_period") == days.end - datetime.timedelta(days=1)


@pytest.mark.parametrize("period", ["24", "2024-13", "2024-00", "2024-Q5", "0000", "2024-1", "2024-07-01", "2024\n"])
def test_an_unknown_period_is_refused_with_the_forms_to_write(period: str) -> None:
    with pytest.raises(PeriodUnknown, match="write a year 2024, a quarter 2024-Q3 or a month 2024-07"):
        read_period(period)


@pytest.mark.parametrize(
    ("reference", "age", "last_birth"),
    [
        ("2024-07-01", 18, "2006-07-01"),
        ("2024-12-31", 0, "2024-12-31"),
        ("2024-02-29", 18, "2006-02-28"),
        ("2024-02-29", 20, "2004-02-29"),
        ("2000-02-29", 100, "1900-02-28"),
    ],
)
def test_years_are_completed_on_the_birthday(reference: str, age: int, last_birth: str) -> None:
    assert born_by(_day(reference), age) == _day(last_birth)


def test_age_bands_are_named_by_their_first_and_last_age() -> None:
    assert band_labels((0, 18, 45, 65, 75)) == ("0-17", "18-44", "45-64", "65-74", "75+")
    assert band_labels((60,)) == ("60+",)
    assert band_labels(()) == ()


@pytest.mark.parametrize("indicator", COUNTED)
def test_no_value_is_written_into_the_text_of_a_statement(indicator: str) -> None:
    text, parameters = statement_for_duckdb(compile(catalogue()[indicator], "2024", ("GM0363", "GM0362")))
    assert "GM0363" not in text
    assert "2024" not in text
    assert text.count("?") == len(parameters)
    assert {"GM0363", "GM0362"} <= set(parameters)


@pytest.mark.parametrize("indicator", COUNTED)
def test_the_same_statement_compiles_for_postgresql(indicator: str) -> None:
    text = str(compile(catalogue()[indicator], "2024", ("GM0363",)).compile(dialect=postgresql.dialect()))
    figures = 2 if catalogue()[indicator].kind == "count" else 4
    assert len(re.findall(r"AS (?:numerator|denominator)\w*", text)) == figures


def test_the_order_of_areas_does_not_change_the_statement() -> None:
    definition = catalogue()["h.dm_prev"]
    one, other = (statement_for_duckdb(compile(definition, "2024", areas)) for areas in (("XA", "XB"), ("XB", "XA")))
    assert one == other


def test_a_definition_without_a_measure_is_not_compiled() -> None:
    with pytest.raises(NothingToCount, match=r"jv24\.rookt_tabak_75 has no measure"):
        compile(catalogue()["jv24.rookt_tabak_75"], "2024", ())


def test_a_period_of_which_days_are_to_come_is_not_released() -> None:
    check_over("2025-Q3", datetime.date(2025, 10, 1))
    with pytest.raises(PeriodNotOver, match="Period 2031 ends on 2031-12-31 and today is 2026-11-28"):
        check_over("2031", datetime.date(2026, 11, 28))
    with pytest.raises(PeriodNotOver):
        check_over("2025-09", datetime.date(2025, 9, 30))


@pytest.mark.parametrize(("indicator", "last"), [("pop.last_phase", "2025-07-01"), ("q.readmit30", "2025-01-30")])
def test_a_period_waits_until_the_days_after_it_that_a_definition_looks_at_are_over(indicator: str, last: str) -> None:
    day = datetime.date.fromisoformat(last)
    with pytest.raises(PeriodNotOver, match=f"{indicator} over 2024 looks until {last} and today is {last}"):
        check_over("2024", day, catalogue()[indicator])
    check_over("2024", day + datetime.timedelta(days=1), catalogue()[indicator])
    check_over("2024", datetime.date(2025, 1, 1), catalogue()["h.mort_prem"])
