"""FHIR resources that are right, read from a folder, for tests."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pytest

from connectors.sources import SourceRefused
from connectors.sources.batch import RawBatch, RefusedRow
from connectors.sources.fhir import read_fhir
from connectors.sources.mapping import LegalGround, SourceMapping
from connectors.sources.settings import FhirSettings
from tests.support.sources import SOUND_NUMBERS, TODAY

BSN = "http://fhir.nl/fhir/NamingSystem/bsn"
SNOMED = {"coding": [{"system": "http://snomed.info/sct", "code": "73211009"}]}
ANNA = {
    "resourceType": "Patient",
    "id": "anna",
    "identifier": [{"system": BSN, "value": SOUND_NUMBERS[0]}],
    "gender": "female",
    "birthDate": "1950-02-01",
}


def condition(**changed: Any) -> dict[str, Any]:
    whole = {
        "resourceType": "Condition",
        "id": "c1",
        "subject": {"reference": "Patient/anna"},
        "code": SNOMED,
        "onsetDateTime": "2020-03-01",
    }
    return {name: value for name, value in {**whole, **changed}.items() if value is not None}


def observation(**changed: Any) -> dict[str, Any]:
    whole = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "subject": {"reference": "Patient/anna"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}]},
        "effectiveDateTime": "2020-03-01",
        "valueQuantity": {"value": 48.1, "unit": "mmol/mol"},
    }
    return {name: value for name, value in {**whole, **changed}.items() if value is not None}


def mapping(folder: Path, linkage: Literal["bsn", "pseudonym", "none"] = "bsn", **fhir: Any) -> SourceMapping:
    ground = LegalGround("a", "b", "c", "d", linkage, ("all",), TODAY)
    return SourceMapping("fhir", "fhir", ground, folder, fhir=FhirSettings(**fhir), municipality="GM0363")


def batches(folder: Path, *resources: Mapping[str, Any], **how: Any) -> list[RawBatch]:
    (folder / "all.ndjson").write_text("".join(json.dumps(one) + "\n" for one in resources), encoding="utf-8")
    return list(read_fhir(mapping(folder, **how)))


def rows(read: list[RawBatch], file: str) -> list[dict[str, Any]]:
    return [row for batch in read if batch.file.endswith(file) for row in batch.table.to_pylist()]


def refused(read: list[RawBatch]) -> list[RefusedRow]:
    return [one for batch in read for one in batch.refused]


def remarks(read: list[RawBatch]) -> dict[tuple[str, str], int]:
    return {(one.file, one.text): one.count for batch in read for one in batch.remarks}


def refusal(folder: Path, **how: Any) -> str:
    with pytest.raises(SourceRefused) as found:
        list(read_fhir(mapping(folder, **how)))
    assert found.value.__cause__ is None
    return str(found.value)
