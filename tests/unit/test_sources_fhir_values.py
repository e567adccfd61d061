"""Values, amounts and days of FHIR resources keep what was written, and what is not certain is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.sources.batch import RefusedRow
from connectors.sources.fhir import read_fhir
from connectors.sources.fhir_elements import day
from tests.support.fhir_resources import (
    ANNA,
    SNOMED,
    batches,
    mapping,
    observation,
    refused,
    remarks,
    rows,
)


def test_a_bound_is_no_value_and_coded_values_get_the_numbers_of_the_mapping(tmp_path: Path) -> None:
    smoker = {"coding": [{"system": "http://snomed.info/sct", "code": "77176002"}]}
    read = batches(
        tmp_path,
        ANNA,
        observation(valueQuantity={"value": 5, "comparator": "<"}),
        observation(id="o2", valueQuantity=None, valueCodeableConcept=smoker),
        observation(id="o3", valueQuantity=None, valueCodeableConcept=SNOMED),
        value_codes={"77176002": "1"},
    )
    assert [row["value"] for row in rows(read, "Observation")] == ["", "1", ""]
    assert remarks(read)["Observation", "has a value that is a bound (< or >), and counts without it"] == 1


def test_one_code_in_two_units_is_said(tmp_path: Path) -> None:
    grams = {"value": 480, "code": "g"}
    read = batches(tmp_path, ANNA, observation(), observation(valueQuantity=grams), observation(valueQuantity=grams))
    assert (
        remarks(read)["Observation", "loinc 4548-4 comes in several units (g, mmol/mol), none of them converted"] == 3
    )


def test_decimals_are_kept_to_the_last_digit_and_rounded_only_where_asked(tmp_path: Path) -> None:
    text = json.dumps(observation()).replace("48.1", "48.12345000000000000001")
    (tmp_path / "all.ndjson").write_text(json.dumps(ANNA) + "\n" + text, encoding="utf-8")
    for rounded, expected in ((False, "48.12345000000000000001"), (True, "48.1235")):
        read = list(read_fhir(mapping(tmp_path, round=rounded)))
        assert rows(read, "Observation")[0]["value"] == expected


def test_costs_are_what_was_paid_in_the_currency_of_the_mapping(tmp_path: Path) -> None:
    def paid(**changed: Any) -> dict[str, Any]:
        whole = {
            "resourceType": "ExplanationOfBenefit",
            "status": "active",
            "use": "claim",
            "type": {"coding": [{"code": "pharmacy"}]},
            "patient": {"reference": "Patient/anna"},
            "billablePeriod": {"start": "2024-05-01"},
        }
        return {**whole, **changed}

    benefit = {"category": {"coding": [{"code": "benefit"}]}, "amount": {"value": 7, "currency": "EUR"}}
    submitted = {"category": {"coding": [{"code": "submitted"}]}, "amount": {"value": 9, "currency": "EUR"}}
    read = batches(
        tmp_path,
        ANNA,
        paid(payment={"amount": {"value": 12.5, "currency": "EUR"}}),
        paid(total=[submitted, benefit]),
        paid(payment={"amount": {"value": 12.5, "currency": "USD"}}),
        {**paid(total={"value": 3}), "resourceType": "Claim"},
    )
    assert [row["amount"] for row in rows(read, "ExplanationOfBenefit")] == ["12.5", "7"]
    assert refused(read) == [RefusedRow(4, "payment.amount", "is not in the currency of the mapping")]
    assert remarks(read)["Claim", "not read; resources"] == 1


def test_partial_dates_are_read_as_their_first_day_and_counted(tmp_path: Path) -> None:
    read = batches(tmp_path, {**ANNA, "birthDate": "1950", "deceasedDateTime": "2024-02", "id": "b"})
    (found,) = rows(read, "Patient")
    assert (found["birth_date"], found["death_date"]) == ("1950-01-01", "2024-02-29")
    assert remarks(read)["Patient", "birthDate gives only the year, read as its first day"] == 1


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2024-02-01", "2024-02-01"),
        ("2024-02-01T23:30:00+01:00", "2024-02-01"),
        ("2024-02-01T23:30:00Z", "2024-02-02"),
        ("2024-07-01T22:00:00.000Z", "2024-07-02"),
        ("2024-02-01T23:30:00-05:00", "2024-02-01"),
        ("2024-99-01T00:00:00Z", "2024-99-01T00:00:00Z"),
        ("gisteren", "gisteren"),
        ("2024-13", "2024-13-01"),
    ],
)
def test_a_moment_is_the_day_it_was_in_the_netherlands_or_the_day_that_was_written(moment: str, expected: str) -> None:
    assert day(moment)[0] == expected


def test_only_a_dead_person_without_a_day_is_said_to_count_as_alive(tmp_path: Path) -> None:
    read = batches(tmp_path, {**ANNA, "deceasedBoolean": True}, {**ANNA, "deceasedBoolean": False})
    assert remarks(read)["Patient", "has died on a day that is not given, and counts as alive"] == 1
