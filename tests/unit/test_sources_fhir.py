"""A FHIR resource becomes a row or is refused with its reason: its fields, whose it is, and what does not count."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.sources.batch import RefusedRow
from connectors.sources.canonical import FIELDS
from connectors.sources.fhir import read_fhir
from connectors.sources.fhir_table import RESOURCES
from tests.support.fhir_resources import (
    ANNA,
    BSN,
    batches,
    condition,
    mapping,
    observation,
    refusal,
    refused,
    rows,
)
from tests.support.sources import SOUND_NUMBERS


def test_each_field_is_taken_from_its_path(tmp_path: Path) -> None:
    read = batches(tmp_path, ANNA, condition(abatementDateTime="2021"), observation())
    assert rows(read, "Patient") == [
        {
            "row": 1,
            "person_id": SOUND_NUMBERS[0],
            "birth_date": "1950-02-01",
            "sex": "f",
            "municipality": "GM0363",
            "death_date": "",
        }
    ]
    (found,) = rows(read, "Condition")
    assert found == {
        "row": 2,
        "person_id": SOUND_NUMBERS[0],
        "code_system": "snomed",
        "code": "73211009",
        "start_date": "2020-03-01",
        "end_date": "2021-12-31",
        "record_id": "c1",
    }
    assert rows(read, "Observation")[0]["value"] == "48.1"


def test_every_type_names_only_fields_of_its_record() -> None:
    for kind, read in RESOURCES.items():
        assert set(read.fields) <= set(FIELDS[read.record])
        assert kind == "Patient" or read.person


@pytest.mark.parametrize(
    ("resource", "column", "reason"),
    [
        (
            condition(verificationStatus={"coding": [{"code": "refuted"}]}),
            "verificationStatus.coding.code",
            "is refuted",
        ),
        (
            condition(verificationStatus={"coding": [{"code": "entered-in-error"}]}),
            "verificationStatus.coding.code",
            "is entered-in-error",
        ),
        (
            condition(modifierExtension=[{"url": "https://example.org/not"}]),
            "modifierExtension",
            "is an extension that can turn the meaning round",
        ),
        (observation(status="entered-in-error"), "status", "is entered-in-error"),
        (
            {
                "resourceType": "MedicationRequest",
                "status": "active",
                "intent": "order",
                "doNotPerform": True,
                "subject": {"reference": "Patient/anna"},
            },
            "doNotPerform",
            "is true",
        ),
        (
            condition(subject={"reference": "Patient/bert"}),
            "subject",
            "points to a patient that is not in the delivery",
        ),
        (condition(subject={"reference": "Group/all"}), "subject", "is not about a patient"),
        (condition(subject=None), "subject", "is empty"),
        (condition(subject={"reference": "#p"}), "subject", "points to a patient that is not in the delivery"),
        (
            condition(code={"coding": [{"system": "http://example.org/own", "code": "1"}]}),
            "code",
            "has no code of a known system",
        ),
        (condition(code=None), "code", "is empty"),
    ],
)
def test_what_is_no_record_is_refused_with_its_reason(
    tmp_path: Path, resource: dict[str, Any], column: str, reason: str
) -> None:
    read = batches(tmp_path, ANNA, resource)
    assert refused(read) == [RefusedRow(2, column, reason)]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/anna"},
        {"reference": "Patient/anna/_history/3"},
        {"reference": "https://fhir.example.org/r4/Patient/anna"},
        {"reference": "urn:uuid:5a2b"},
        {"reference": f"Patient?identifier={BSN}|{SOUND_NUMBERS[0]}"},
        {"reference": f"Patient?identifier={BSN.replace(':', '%3A')}%7C{SOUND_NUMBERS[0]}"},
        {"identifier": {"system": BSN, "value": SOUND_NUMBERS[0]}},
        {"reference": "#p"},
    ],
)
def test_a_person_is_found_by_every_kind_of_reference(tmp_path: Path, subject: dict[str, Any]) -> None:
    held = [{**ANNA, "id": "p"}] if subject.get("reference") == "#p" else None
    entries = [
        {"fullUrl": "urn:uuid:5a2b", "resource": ANNA},
        {"fullUrl": "urn:uuid:9c", "resource": condition(subject=subject, contained=held)},
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    (tmp_path / "one.json").write_text(json.dumps(bundle), encoding="utf-8")
    read = list(read_fhir(mapping(tmp_path)))
    assert [row["person_id"] for row in rows(read, "Condition")] == [SOUND_NUMBERS[0]]
    assert refused(read) == []


def test_a_name_that_two_patients_have_leads_to_neither(tmp_path: Path) -> None:
    other = {**ANNA, "identifier": [{"system": BSN, "value": SOUND_NUMBERS[1]}]}
    read = batches(tmp_path, ANNA, other, condition())
    assert refused(read) == [RefusedRow(3, "subject", "points to several patients who are called the same")]


def test_a_patient_without_the_identifier_is_seen_at_the_patient_and_at_the_record(tmp_path: Path) -> None:
    read = batches(tmp_path, {**ANNA, "identifier": [{"system": "http://example.org", "value": "7"}]}, condition())
    assert rows(read, "Patient")[0]["person_id"] == ""
    assert refused(read) == [RefusedRow(2, "subject", "points to a patient without the identifier")]


def test_without_linkage_the_id_stands_for_the_person_and_pseudonyms_need_their_system(tmp_path: Path) -> None:
    read = batches(tmp_path, ANNA, condition(), linkage="none")
    assert rows(read, "Condition")[0]["person_id"] == "anna"
    assert refusal(tmp_path, linkage="pseudonym").startswith("fhir.identifier_system: is missing")


def test_components_are_records_of_their_own_and_the_whole_counts_once(tmp_path: Path) -> None:
    parts = [
        {"code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]}, "valueQuantity": {"value": 120}},
        {"code": {"text": "diastolic"}, "valueQuantity": {"value": 80}},
    ]
    read = batches(tmp_path, ANNA, observation(valueQuantity=None, component=parts))
    assert [(row["code"], row["value"]) for row in rows(read, "Observation")] == [("4548-4", "")]
    (found,) = rows(read, "component")
    assert (found["code"], found["value"], found["measured_on"], found["record_id"]) == (
        "8480-6",
        "120",
        "2020-03-01",
        "o1#1",
    )
    assert refused(read) == [RefusedRow(2, "code", "has no code of a known system")]


def test_medicines_are_found_by_reference_and_the_preferred_code_is_taken(tmp_path: Path) -> None:
    codes = [
        {"system": "urn:oid:2.16.840.1.113883.2.4.4.1", "code": "67903"},
        {"system": "http://www.whocc.no/atc", "code": "A10BA02"},
    ]
    medicine = {"resourceType": "Medication", "id": "m", "code": {"coding": codes}}
    dispensed = {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "subject": {"reference": "Patient/anna"},
        "whenHandedOver": "2024-01-01",
        "medicationReference": {"reference": "Medication/m"},
    }
    inside = {**dispensed, "contained": [{**medicine, "id": "in"}], "medicationReference": {"reference": "#in"}}
    lost = {**dispensed, "medicationReference": {"reference": "Medication/x"}}
    read = batches(tmp_path, ANNA, medicine, dispensed, inside, lost)
    assert [row["code"] for row in rows(read, "MedicationDispense")] == ["A10BA02"] * 2
    assert [one.row for one in refused(read)] == [5]


def test_encounters_have_the_types_of_the_mapping_and_count_without_a_reason(tmp_path: Path) -> None:
    def visit(code: str) -> dict[str, Any]:
        return {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"code": code},
            "subject": {"reference": "Patient/anna"},
            "period": {"start": "2024-01-01T10:00:00+01:00"},
        }

    read = batches(tmp_path, ANNA, *map(visit, ("AMB", "EMER", "IMP", "VR")), encounter_types={"AMB": "gp"})
    found = [(row["encounter_type"], row["urgency"]) for row in rows(read, "Encounter")]
    assert found == [("gp", ""), ("ed", "acute"), ("admission", ""), ("other", "")]


def test_the_municipality_is_the_code_of_the_home_address(tmp_path: Path) -> None:
    coded = {"extension": [{"valueCodeableConcept": {"coding": [{"code": "0518"}]}}]}
    addresses = [
        {"use": "temp", "district": "Elders", "_district": {"extension": []}},
        {"use": "old", "district": "GM0001"},
        {"use": "home", "district": "'s-Gravenhage", "_district": coded},
    ]
    read = batches(tmp_path, {**ANNA, "address": addresses})
    assert rows(read, "Patient")[0]["municipality"] == "GM0518"
