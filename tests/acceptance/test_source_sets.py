"""Every public set of persons loads through the connectors, with the counts that its makers publish.

What the sets say of themselves is in the SOURCE.md beside each; every row or resource is loaded or accounted for.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.sources.mapping import read_mapping
from connectors.sources.read import read
from node.records.load import FileCount, LoadReport, load
from node.records.store import open_store, records_path
from tests.support.shared_data import ROOT
from tests.support.sources import KEY, TODAY, legal

pytestmark = pytest.mark.shared_data


def loaded(place: Path, folder: Path | str, **document: Any) -> LoadReport:
    whole = {"id": "public", "legal": legal(linkage="none"), "max_reject_share": 1.0, "folder": str(folder), **document}
    (place / "public.yaml").write_text(json.dumps(whole, default=str), encoding="utf-8")
    report = load(place / "home", place / "public.yaml", KEY, None, TODAY)
    for count in report.files:
        found = count.loaded + count.rejected + count.duplicates + count.objected + count.outside
        assert count.read == found, count.file
    return report


def read_by_type(report: LoadReport) -> dict[str, int]:
    """Count what was read per resource type or table, components left out: they are parts of what was counted."""
    counts = Counter[str]()
    for count in report.files:
        if not count.file.endswith("component"):
            counts[count.file.split(".")[0]] += count.read
    return dict(counts)


def not_read(report: LoadReport) -> dict[str, int]:
    return {one.file: one.count for one in report.remarks if "resources" in one.text and one.count}


def kept(place: Path, table: str) -> int:
    connection = open_store(records_path(place / "home"), read_only=True)
    try:
        (row,) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    finally:
        connection.close()
    return int(row[0])


def reasons(report: LoadReport) -> dict[tuple[str, str, str], int]:
    return {(one.file, one.column, one.reason): one.rows for one in report.rejects}


def file_of(report: LoadReport, name: str) -> FileCount:
    (found,) = [count for count in report.files if count.file == name]
    return found


def test_synthea_bundles(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "a_fhir_synthea_bundles6"
    report = loaded(tmp_path, folder, kind="fhir", fhir={"currency": "USD", "round": True})
    assert read_by_type(report) == {
        "Patient": 6,
        "Encounter": 185,
        "Condition": 4,
        "Observation": 298,
        "Immunization": 289,
        "ExplanationOfBenefit": 185,
    }
    assert not_read(report) == {"Claim": 185, "DiagnosticReport": 185, "DocumentReference": 185, "Provenance": 6}
    assert sum(read_by_type(report).values()) + sum(not_read(report).values()) == 1_528
    assert report.rejects == ()
    tables = ("person", "encounter", "condition", "measurement", "treatment", "cost")
    assert [kept(tmp_path, table) for table in tables] == [6, 185, 4, 298, 289, 185]


def test_synthea_claims_in_place_of_what_was_paid(shared_data: Path, tmp_path: Path) -> None:
    report = loaded(
        tmp_path,
        shared_data / "a_fhir_synthea_bundles6",
        kind="fhir",
        fhir={"resources": ["Patient", "Claim"], "currency": "USD"},
    )
    assert file_of(report, "Claim").read == 185
    dear = ("Claim", "total")
    assert {key[:2]: rows for key, rows in reasons(report).items()} == {dear: file_of(report, "Claim").rejected}


def test_a_bulk_export_without_its_observations(shared_data: Path, tmp_path: Path) -> None:
    report = loaded(tmp_path, shared_data / "a_fhir_synthea_ndjson10", kind="fhir")
    assert read_by_type(report) == {
        "Patient": 13,
        "Encounter": 1_215,
        "Condition": 555,
        "Procedure": 2_056,
        "MedicationRequest": 1_745,
        "Immunization": 161,
    }
    assert not_read(report) == {
        "AllergyIntolerance": 11,
        "Device": 16,
        "DocumentReference": 1_215,
        "Location": 44,
        "Organization": 43,
        "Practitioner": 43,
        "PractitionerRole": 43,
    }
    assert report.rejects == ()
    assert "public: Observation: not in the delivery, so it brings no measurement; resources: 0" in report.lines()
    assert kept(tmp_path, "condition") == 555


def test_dutch_examples_in_xml(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "a_fhir_nl_zib2020_examples" / "xml"
    report = loaded(tmp_path, folder, kind="fhir")
    counts = read_by_type(report)
    assert (counts["Patient"], counts["Observation"], counts["Condition"]) == (8, 70, 22)
    assert not_read(report)["PractitionerRole"] == 13
    assert sum(counts.values()) + sum(not_read(report).values()) == 194
    # most examples show one building block and leave out who or when: each of those is in the list, with its reason
    whole = {key: rows for key, rows in reasons(report).items() if not key[0].endswith("component")}
    assert whole == {
        ("Patient", "birthDate", "is empty"): 6,
        ("Observation", "effectiveDateTime", "is empty"): 38,
        ("Observation", "subject", "is empty"): 6,
        ("Condition", "onsetDateTime", "is empty"): 11,
        ("Condition", "code", "has no code of a known system"): 2,
        ("Encounter", "subject", "is empty"): 1,
        ("Procedure", "subject", "points to a patient that is not in the delivery"): 1,
        ("Coverage", "period.start", "is empty"): 1,
        ("Coverage", "status", "is cancelled"): 1,
    }


def test_dutch_examples_by_citizen_service_number(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "a_fhir_nl_zib2020_examples" / "xml"
    report = loaded(tmp_path, folder, kind="fhir", legal=legal())
    assert kept(tmp_path, "person") == 2
    assert file_of(report, "Observation").loaded == 26


@pytest.mark.parametrize(
    ("name", "counts", "left"),
    [
        (
            "a_omop_gibleed",
            {
                "PERSON": 2_694,
                "OBSERVATION_PERIOD": 5_343,
                "CONDITION_OCCURRENCE": 65_332,
                "DRUG_EXPOSURE": 67_707,
                "VISIT_OCCURRENCE": 1_037,
                "MEASUREMENT": 44_053,
            },
            {"PROCEDURE_OCCURRENCE": 37_409, "OBSERVATION": 1_477},
        ),
        (
            "a_omop_synthea27nj",
            {
                "PERSON": 28,
                "OBSERVATION_PERIOD": 28,
                "CONDITION_OCCURRENCE": 470,
                "DRUG_EXPOSURE": 883,
                "VISIT_OCCURRENCE": 1_791,
                "MEASUREMENT": 10_040,
            },
            {"PROCEDURE_OCCURRENCE": 1_649, "OBSERVATION": 8_099, "DEVICE_EXPOSURE": 1, "VISIT_DETAIL": 1_791},
        ),
    ],
)
def test_omop_sets_of_both_versions(
    shared_data: Path, tmp_path: Path, name: str, counts: dict[str, int], left: dict[str, int]
) -> None:
    report = loaded(tmp_path, shared_data / name, kind="omop")
    assert read_by_type(report) == counts
    assert report.rejects == ()
    assert {one.file: one.count for one in report.remarks} == left
    assert kept(tmp_path, "person") == counts["PERSON"]
    for table, record in {"CONDITION_OCCURRENCE": "condition", "MEASUREMENT": "measurement"}.items():
        assert kept(tmp_path, record) == counts[table]


def example(folder: Path) -> dict[str, Any]:
    mapping = yaml.safe_load((ROOT / "docs" / "mappings" / "synthea_claims.yaml").read_text(encoding="utf-8"))
    return {**mapping, "folder": str(folder)}


def test_an_insurers_claims_by_the_mapping_that_is_shipped(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "a_synthea_csv_claims"
    report = loaded(tmp_path, **example(folder))
    assert [kept(tmp_path, table) for table in ("person", "encounter", "condition")] == [27, 604, 438]
    assert kept(tmp_path, "encounter WHERE encounter_type = 'admission'") == 11
    costs = file_of(report, "claims_transactions.csv")
    assert (costs.read, costs.loaded, costs.rejected) == (5_228, 1_545, 3_683)
    connection = open_store(records_path(tmp_path / "home"), read_only=True)
    (row,) = connection.execute("SELECT sum(amount_cents), count(DISTINCT person_id) FROM cost").fetchall()
    connection.close()
    assert row == (109_240_273, 27)
    assert reasons(report)["claims_transactions.csv", "TYPE", "is not one of the known codes"] == 3_683


def test_an_insurers_claims_are_1267(shared_data: Path, tmp_path: Path) -> None:
    document = example(shared_data / "a_synthea_csv_claims")
    (costs,) = [file for file in document["files"] if file["record"] == "cost"]
    costs["fields"]["record_id"] = {"column": "CLAIMID"}
    path = tmp_path / "claims.yaml"
    path.write_text(json.dumps({**document, "files": [costs]}, default=str), encoding="utf-8")
    claims, persons = set[str](), set[str]()
    for batch in read(read_mapping(path, TODAY)):
        charged = [row for row in batch.table.to_pylist() if row["category"] == "CHARGE"]
        claims |= {row["record_id"] for row in charged}
        persons |= {row["person_id"] for row in charged}
    assert (len(claims), len(persons)) == (1_267, 27)
