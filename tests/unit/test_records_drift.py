"""What moved between two loads, and months with too few rows: known answers."""

from typing import Any

import msgspec
import pytest

from node.records.drift import drift
from node.records.finding import KINDS, Finding
from node.records.profile import FileProfile, shown
from node.records.sanity import months_with_gap

MONTHS = {f"2024-{month:02}": 100 for month in range(1, 13)}
BEFORE = FileProfile(
    file="contacten.csv", record="encounter", read=1_200, rejected=0, sound=1_200, repeated=0,
    empty={"end_date": 0}, constant=(), codes={"gp": 1_000, "ed": 200}, months=MONTHS,
)  # fmt: skip


def moved(**changed: Any) -> list[tuple[str, str]]:
    return [(one.kind, one.severity) for one in drift((BEFORE,), (msgspec.structs.replace(BEFORE, **changed),))]


def test_the_same_profile_moved_nowhere() -> None:
    assert moved() == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"read": 960}, []),
        ({"read": 959}, [("drift_rows", "warning")]),
        ({"read": 599}, [("drift_rows", "serious")]),
        ({"read": 2_400}, [("drift_rows", "warning")]),
        ({"empty": {"end_date": 120}}, []),
        ({"empty": {"end_date": 121}}, [("drift_empty", "warning")]),
        ({"codes": {"gp": 941, "ed": 259}}, []),
        ({"codes": {"gp": 930, "ed": 270}}, [("drift_code", "warning"), ("drift_code", "warning")]),
        ({"codes": {"gp": 1_000}}, [("drift_code", "warning")]),
        ({"months": {**MONTHS, "2024-03": 111}}, [("drift_month", "note")]),
        ({"months": {**MONTHS, "2024-03": 110}}, []),
        ({"months": {**MONTHS, "2024-12": 10}}, []),
    ],
)
def test_what_moved_is_found_at_its_threshold(changed: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert moved(**changed) == found


def test_files_that_came_or_went_are_named() -> None:
    other = msgspec.structs.replace(BEFORE, file="nieuw.csv")
    found = drift((BEFORE,), (other,))
    assert [(one.kind, one.severity, one.file) for one in found] == [
        ("drift_new", "warning", "nieuw.csv"),
        ("drift_gone", "serious", "contacten.csv"),
    ]


@pytest.mark.parametrize(
    ("changed", "gaps"),
    [
        ({}, []),
        ({"2024-06": 39}, ["2024-06"]),
        ({"2024-06": 40}, []),
        ({"2024-06": 0}, ["2024-06"]),
        ({"2024-01": 1, "2024-12": 1}, []),  # at the ends an extract is cut off anyway
    ],
)
def test_a_month_with_far_fewer_rows_than_those_around_is_a_gap(changed: dict[str, int], gaps: list[str]) -> None:
    assert months_with_gap(MONTHS | changed) == gaps


def test_a_month_that_is_absent_altogether_is_a_gap_and_a_small_source_has_none() -> None:
    assert months_with_gap({month: rows for month, rows in MONTHS.items() if month != "2024-06"}) == ["2024-06"]
    assert months_with_gap({"2023-11": 19, "2024-01": 19, "2024-02": 19}) == []
    assert months_with_gap({}) == []


def test_every_finding_can_be_said_in_both_languages() -> None:
    for kind in KINDS:
        one = Finding(kind, "warning", "x.csv", "column", 3, 7, "2024-06")
        assert one.line("en") != one.line("nl")
        assert one.line("en").startswith("[warning] x.csv: ")
        assert "{" not in one.line("nl")


def test_small_months_are_not_shown_outside() -> None:
    (document,) = shown((msgspec.structs.replace(BEFORE, months={"2024-01": 9, "2024-02": 10, "2024-03": 30}),))
    assert document["months"] == {"2024-01": None, "2024-02": None, "2024-03": 30}  # else 49 rows less 40 tell it
    (document,) = shown((msgspec.structs.replace(BEFORE, months={"2024-01": 9, "2024-02": 8, "2024-03": 30}),))
    assert document["months"] == {"2024-01": None, "2024-02": None, "2024-03": 30}
